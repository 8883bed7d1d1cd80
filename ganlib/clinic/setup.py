"""Everything that a run depends on, in one place, so that a treatment is a function from setup to setup."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from torch import Tensor, nn
from torch.optim import Adam

from ganlib.clinic.subjects import Batch, Subject
from ganlib.data import Batches
from ganlib.gans import GAN
from ganlib.losses import AdversarialLoss, non_saturating
from ganlib.training import Trainer

Losses = tuple[Tensor, Tensor]
Step = Callable[[Trainer], Losses]
"""One round of both players; returns what they minimised, (discriminator, generator)."""


def alternate(trainer: Trainer) -> Losses:
    """The round of the house: the discriminator's updates, then one of the generator."""
    (done,) = trainer.rounds(1)
    return done.losses()


@dataclass(frozen=True)
class Setup:
    """A run before it starts. Players are made anew by calling ``generator()`` and ``discriminator()``.

    - ``subject``: what is to be learned. ``data``: what the discriminator is shown as real, (x,) or (x, y); by default
      the subject's own samples.
    - ``gan(generator, discriminator, loss)`` puts the players together. ``penalty(gan, x, y)``, if any, is added to
      what the discriminator minimises.
    - ``step``: one round, ``updates`` of which make the run. A mistake in the loop is a step of its own.
    - ``lr_d``, ``lr_g``, ``betas``: Adam's. ``n_critic``: updates of the discriminator for each of the generator.
    - ``decay``: of the generator's moving average, from which samples are then drawn; None keeps none.
    - ``mends``: what a treatment does to *this* setup, by the treatment's key, where the fault lies in code.
    """

    subject: Subject
    generator: Callable[[], nn.Module]
    discriminator: Callable[[], nn.Module]
    data: Batch | None = None
    loss: AdversarialLoss = non_saturating
    gan: Callable[[nn.Module, nn.Module, AdversarialLoss], GAN] = GAN
    penalty: Callable[[GAN, Tensor, Tensor | None], Tensor] | None = None
    step: Step = alternate
    updates: int = 1000
    batch_size: int = 64
    lr_d: float = 1e-3
    lr_g: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.99)
    n_critic: int = 1
    decay: float | None = None
    seed: int = 0
    mends: Mapping[str, "Change"] = field(default_factory=dict)

    @property
    def real(self) -> Batch:
        """What the discriminator is shown as real."""
        return self.subject.real if self.data is None else self.data

    def trainer(self) -> Trainer:
        """The trainer at its start. Draws the initial weights from the global random state."""
        gan = self.gan(self.generator(), self.discriminator(), self.loss)
        gan = gan if self.penalty is None else PenalisedGAN(gan, self.penalty)
        players = (gan.discriminator, self.lr_d), (gan.generator, self.lr_g)
        d, g = (Adam(player.parameters(), rate, self.betas, fused=True) for player, rate in players)
        data = Batches(self.real, self.batch_size, seed=self.seed)
        return Trainer(gan, data, optimizer_d=d, optimizer_g=g, n_critic=self.n_critic, decay=self.decay)

    def differences(self, other: "Setup") -> dict[str, tuple[object, object]]:
        """The fields in which another setup differs, as (mine, the other's)."""
        pairs = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return {name: pair for name, pair in pairs.items() if pair[0] is not pair[1] and not _equal(*pair)}


Change = Callable[[Setup], Setup]


def _equal(a: object, b: object) -> bool:
    """Whether two plain values are equal; tensors, functions and subjects are only equal to themselves."""
    plain = int | float | tuple
    return isinstance(a, plain) and isinstance(b, plain) and not _holds_tensors(a, b) and a == b


def _holds_tensors(*values: object) -> bool:
    return any(isinstance(part, Tensor) for value in values if isinstance(value, tuple) for part in value)


class PenalisedGAN(GAN):
    """Another GAN whose discriminator also minimises ``penalty(gan, x, y)``."""

    def __init__(self, gan: GAN, penalty: Callable[[GAN, Tensor, Tensor | None], Tensor]):
        super().__init__(gan.generator, gan.discriminator, gan.loss)
        self.gan, self._penalty = gan, penalty

    def penalty(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """What the discriminator pays on top."""
        return self._penalty(self.gan, x, y)

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The other GAN's fakes."""
        return self.gan.fakes(x, y)

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The other GAN's logits."""
        return self.gan.logits(x, y)

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> dict[str, Tensor]:
        """The other GAN's terms and the penalty."""
        return self.gan.discriminator_loss(x, y) | {"penalty": self.penalty(x, y)}

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> dict[str, Tensor]:
        """The other GAN's terms."""
        return self.gan.generator_loss(x, y)

    def after_discriminator_step(self) -> None:
        """What the other GAN does."""
        self.gan.after_discriminator_step()
