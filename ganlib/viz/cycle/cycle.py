"""Pictures that have been translated and translated back, and how much that has changed."""

from dataclasses import dataclass

from torch import Tensor, nn

from ganlib.viz.translation import l1, translate


@dataclass(frozen=True)
class Cycle:
    """Pictures (N, C, H, W) in [-1, 1] of one domain: x, G(x), F(G(x)), and the true partners where they are known."""

    before: Tensor
    after: Tensor
    back: Tensor
    partner: Tensor | None = None

    @classmethod
    def of(cls, before: Tensor, forward: nn.Module, back: nn.Module, partner: Tensor | None) -> "Cycle":
        """Translate pictures with one generator, and back with the other.

        Raises: ValueError when a generator changes the shape of a picture.
        """
        after = translate(forward, before)
        again = translate(back, after)
        for name, made in (("forward", after), ("back", again)):
            if made.shape != before.shape:
                raise ValueError(
                    f"{name} makes pictures of shape {tuple(made.shape)}, expected {tuple(before.shape)} as before"
                )
        return cls(before, after, again, partner)

    def __len__(self) -> int:
        return len(self.before)

    def __getitem__(self, i: int) -> "Cycle":
        """The cycle of picture i alone."""
        partner = None if self.partner is None else self.partner[i : i + 1]
        return Cycle(*(images[i : i + 1] for images in (self.before, self.after, self.back)), partner)

    @property
    def cycle_error(self) -> float:
        """mean |x - F(G(x))|, what the cycle consistency loss is (its weight aside)."""
        return l1(self.before, self.back)

    @property
    def partner_error(self) -> float | None:
        """mean |G(x) - partner|; None where no partner is known."""
        return None if self.partner is None else l1(self.after, self.partner)

    @property
    def identity_error(self) -> float | None:
        """mean |x - partner|: what is reached by doing nothing. None where no partner is known."""
        return None if self.partner is None else l1(self.before, self.partner)

    def errors(self) -> dict[str, float]:
        """The errors that are known, by their names in words."""
        known = {
            "cycle: before and back again": self.cycle_error,
            "truth: after and true partner": self.partner_error,
            "doing nothing: before and true partner": self.identity_error,
        }
        return {name: error for name, error in known.items() if error is not None}
