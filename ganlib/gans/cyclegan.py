"""Picture to picture without pairs: two generators that undo each other."""

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from ganlib import losses
from ganlib.gans.unconditional import GAN, Terms
from ganlib.losses import AdversarialLoss, full


class Translators(nn.Module):
    """Both directions of a translation, which train as one player: ``to_b`` maps pictures of A to B, ``to_a`` back."""

    def __init__(self, to_b: nn.Module, to_a: nn.Module):
        super().__init__()
        self.to_b, self.to_a = to_b, to_a

    def forward(self, a: Tensor) -> Tensor:
        """Pictures of A as pictures of B."""
        return self.to_b(a)


class Judges(nn.Module):
    """The discriminators of both domains, which train as one player: ``of_a`` judges pictures of A, ``of_b`` of B."""

    def __init__(self, of_a: nn.Module, of_b: nn.Module):
        super().__init__()
        self.of_a, self.of_b = of_a, of_b

    def forward(self, b: Tensor) -> Tensor:
        """The logits of pictures as pictures of B."""
        return self.of_b(b)


class ImageBuffer(nn.Module):
    """Remembers ``capacity`` generated pictures and mixes them into what the discriminator sees.

    Of each batch, every picture draws a place of its own in the buffer. If nothing is there, the picture is stored and
    also handed on. Otherwise, with probability 1/2, it is stored and the older picture handed on in its stead. So about
    half of what D sees stems from past generators, and D does not forget how they failed. A batch larger than the
    buffer hands on the rest as it is; a capacity of 0 remembers nothing.

    The pictures, of one ``shape`` (C, H, W), belong to the state, so that a run resumes exactly. Of several processes
    that train together, each remembers pictures of its own share of the batch.

    Raises: ValueError when ``capacity`` is negative.

    Source: Shrivastava et al. 2017, arXiv 1612.07828, section 2.3; Zhu et al. 2017, arXiv 1703.10593, section 4 (50).
    """

    def __init__(self, shape: tuple[int, ...], capacity: int = 50):
        super().__init__()
        if capacity < 0:
            raise ValueError(f"capacity = {capacity}, expected 0 (nothing is remembered) or more")
        self.capacity = capacity
        self.register_buffer("images", torch.zeros(capacity, *shape))
        self.register_buffer("filled", torch.zeros(capacity, dtype=torch.bool))

    @torch.no_grad()
    def forward(self, fresh: Tensor) -> Tensor:
        """A batch (N, C, H, W) with about half of its pictures exchanged for older ones, in the dtype of the buffer.

        Raises: ValueError for pictures of another shape.
        """
        if fresh.shape[1:] != self.images.shape[1:]:
            expected = ", ".join(map(str, self.images.shape[1:]))
            raise ValueError(f"fresh has shape {tuple(fresh.shape)}, expected (N, {expected}) as the buffer holds them")
        fresh = fresh.detach().to(self.images.dtype, copy=True)
        places = torch.rand(self.capacity, device=fresh.device).argsort()[: len(fresh)]
        mixed, older, filled = fresh[: len(places)], self.images[places], self.filled[places]
        heads = torch.rand(len(places), device=fresh.device) < 0.5
        keep = _column(filled & ~heads, fresh)
        self.images[places] = torch.where(keep, older, mixed)
        self.filled[places] = True
        fresh[: len(places)] = torch.where(_column(filled & heads, fresh), older, mixed)
        return fresh


def _column(flags: Tensor, images: Tensor) -> Tensor:
    """Flags (N,) in a shape that broadcasts over images (N, ...)."""
    return flags.view(-1, *[1] * (images.dim() - 1))


def _undivided(fake_logits: Tensor) -> Tensor:
    """E (D(G(x)) - 1)^2: CycleGAN halves the discriminator's objective alone."""
    return 2 * losses.least_squares.generator(fake_logits)


least_squares = AdversarialLoss(losses.least_squares.discriminator, _undivided)
"""CycleGAN's pair (Zhu et al. 2017, arXiv 1703.10593, section 4): least squares, halved for the discriminator only."""


class CycleGAN(GAN):
    """Two domains A and B without pairs: G maps A to B, F maps B to A, and each undoes what the other does.

    Both generators together minimise, with |.| the mean absolute difference of pixels,

    - adversarial: E (D_B(G(a)) - 1)^2 + E (D_A(F(b)) - 1)^2, the generator's part of ``loss``,
    - cycle: cycle_weight * (E |F(G(a)) - a| + E |G(F(b)) - b|),
    - identity: identity_weight * (E |G(b) - b| + E |F(a) - a|): what already looks right is left alone.

    The discriminators see past fakes too, from buffers of ``memory`` pictures of ``shape`` (C, H, W). ``generator`` has
    ``to_b`` and ``to_a``, ``discriminator`` has ``of_a`` and ``of_b`` (see ``Translators`` and ``Judges``). A batch is
    (a, b), unpaired; its two parts may differ in size.

    Raises: ValueError for a negative weight or memory.

    Source: Zhu et al. 2017, arXiv 1703.10593, eq. 1 to 3 and section 5.2 (lambda = 10, half of it for the identity).
    They train with Adam, learning rate 2e-4, betas (0.5, 0.999), one picture a batch.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        shape: tuple[int, ...],
        cycle_weight: float = 10.0,
        identity_weight: float = 5.0,
        memory: int = 50,
        loss: AdversarialLoss = least_squares,
    ):
        super().__init__(generator, discriminator, loss)
        if not min(cycle_weight, identity_weight) >= 0:
            weights = f"cycle_weight = {cycle_weight} and identity_weight = {identity_weight}"
            raise ValueError(f"{weights}, expected numbers from 0 on, such as 10 and 5")
        self.cycle_weight, self.identity_weight = cycle_weight, identity_weight
        self.past_a, self.past_b = ImageBuffer(shape, memory), ImageBuffer(shape, memory)

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Pictures ``x`` of A as pictures of B."""
        return self.generator.to_b(x)

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The logits of pictures ``x`` as pictures of B."""
        return self.discriminator.of_b(x)

    def discriminator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """What both discriminators minimise on real pictures ``x`` of A and ``y`` of B; the generators get no gradient.

        The fakes may be past ones.
        """
        with torch.no_grad():
            fake_a, fake_b = self.past_a(self.generator.to_a(y)), self.past_b(self.generator.to_b(x))
        of_a, of_b = self.discriminator.of_a, self.discriminator.of_b
        return {
            "adversarial_a": self.loss.discriminator(of_a(x), of_a(fake_a)),
            "adversarial_b": self.loss.discriminator(of_b(y), of_b(fake_b)),
        }

    def generator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The three terms on real pictures ``x`` of A and ``y`` of B. A term of weight 0 is left out."""
        to_a, to_b = self.generator.to_a, self.generator.to_b
        fake_a, fake_b = to_a(y), to_b(x)
        deceived = self.loss.generator(self.discriminator.of_a(fake_a))
        terms = {"adversarial": deceived + self.loss.generator(self.discriminator.of_b(fake_b))}
        if self.cycle_weight:
            terms["cycle"] = self.cycle_weight * (distance(to_a(fake_b), x) + distance(to_b(fake_a), y))
        if self.identity_weight:
            terms["identity"] = self.identity_weight * (distance(to_b(y), y) + distance(to_a(x), x))
        return terms


def distance(a: Tensor, b: Tensor) -> Tensor:
    """The mean absolute difference of two batches, in float32 at least; 0-dimensional."""
    return l1_loss(full(a), full(b))
