"""What can be chosen in the laboratory."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

from ganlib import losses
from ganlib.data import toys
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP

YOURS = "yours"
DRAWN = "drawn"

DATA: dict[str, Callable[[], toys.Toy]] = {
    "ring": lambda: toys.ring(8, 1.0, 0.05),
    "line": lambda: toys.Line((-1.0, -0.7), (1.0, 0.7), 0.04),
    "gaussians": lambda: toys.Gaussians([[-0.8, -0.5], [0.8, -0.5], [0.0, 0.8]], 0.15),
    "disjoint": lambda: toys.Gaussians([[x, y / 10] for x in (-1.0, 1.0) for y in range(-8, 9)], 0.04),
    "grid": lambda: toys.grid(3, 0.9, 0.05),
    "swiss roll": lambda: toys.SwissRoll(0.03),
}

NOISES = ("normal", "uniform")

LOSSES = (*losses.by_name, "wgan_gp")

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "Adam": lambda parameters, rate: Adam(parameters, rate, betas=(0.5, 0.9), fused=True),
    "RMSprop": lambda parameters, rate: RMSprop(parameters, rate),
    "SGD": lambda parameters, rate: SGD(parameters, rate),
}

RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
WIDTHS = (2, 4, 8, 16, 32, 64, 128)
PENALTIES = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
CLIPS = (0.01, 0.03, 0.1, 0.3)
TOY_PENALTY = 0.1  # lambda of the toy experiments of Gulrajani et al. 2017 (arXiv 1704.00028)


@dataclass(frozen=True)
class Settings:
    """All settings of one run; runs with equal settings are equal, bit for bit.

    ``penalty`` weighs the R1 penalty, or in ``wgan_gp`` the gradient penalty (their gamma and lambda); the clipped
    Wasserstein loss has ``clip`` instead. An iteration is ``steps_d`` updates of D, then ``steps_g`` of G.

    Raises: ValueError, which names the setting, for a value that is not among the choices or out of range.
    """

    data: str = "ring"
    noise: str = "normal"
    noise_dim: int = 2
    batch: int = 128
    layers_g: int = 3
    width_g: int = 64
    layers_d: int = 3
    width_d: int = 64
    loss: str = "non_saturating"
    penalty: float = 0.0
    clip: float = 0.1
    steps_d: int = 1
    steps_g: int = 1
    optimizer_d: str = "Adam"
    optimizer_g: str = "Adam"
    rate_d: float = 1e-3
    rate_g: float = 1e-3
    seed: int = 0

    def __post_init__(self):
        for name, choices in CHOICES.items():
            _expect(name, getattr(self, name), getattr(self, name) in choices, f"one of {', '.join(choices)}")
        for name, (low, high) in RANGES.items():
            value, kind = getattr(self, name), type(low)
            fits = isinstance(value, int | kind) and not isinstance(value, bool) and low <= value <= high
            _expect(name, value, fits, f"{'an integer' if kind is int else 'a number'} from {low} to {high}")
        _expect("steps_g", self.steps_g, self.steps_d + self.steps_g > 0, "at least 1 when steps_d is 0")
        _expect("penalty", self.penalty, self.loss != "wgan_gp" or self.penalty > 0, "a positive weight for wgan_gp")

    def change(self, **values: Any) -> "Settings":
        """These settings with some values replaced. WGAN-GP gets a penalty of 0.1 if there is none.

        Raises: ValueError also for a name that is no setting.
        """
        known = {field.name for field in fields(self)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"{unknown[0]} is no setting, expected one of {', '.join(sorted(known))}")
        if values.get("loss") == "wgan_gp" and self.penalty == 0:
            values = {"penalty": TOY_PENALTY} | values
        return replace(self, **values)


CHOICES = {
    "data": (*DATA, DRAWN, YOURS),
    "noise": NOISES,
    "loss": (*LOSSES, YOURS),
    "optimizer_d": tuple(OPTIMIZERS),
    "optimizer_g": tuple(OPTIMIZERS),
}
RANGES = {
    "noise_dim": (1, 512),
    "batch": (2, 4096),
    "layers_g": (1, 8),
    "width_g": (1, 512),
    "layers_d": (1, 8),
    "width_d": (1, 512),
    "penalty": (0.0, 1000.0),
    "clip": (1e-6, 1000.0),
    "steps_d": (0, 100),
    "steps_g": (0, 100),
    "rate_d": (1e-9, 100.0),
    "rate_g": (1e-9, 100.0),
    "seed": (0, 2**31 - 1),
}

LIVE = {"loss", "penalty", "clip", "steps_d", "steps_g", "rate_d", "rate_g"}
"""What can change in the middle of a run; a change of anything else starts it anew."""


def make_gan(settings: Settings, generator: nn.Module, discriminator: nn.Module, yours=None) -> GAN:
    """The players with the chosen objectives. ``yours`` is the reader's own: a pair of losses or a class of GAN."""
    if settings.loss == YOURS:
        pair = isinstance(yours, losses.AdversarialLoss)
        return GAN(generator, discriminator, yours) if pair else yours(generator, discriminator)
    if settings.loss == "wgan_gp":
        return WGANGP(generator, discriminator, settings.penalty)
    if settings.loss == "wasserstein":
        return WGAN(generator, discriminator, settings.clip)
    loss = losses.by_name[settings.loss]
    if settings.penalty:
        return R1GAN(generator, discriminator, loss, settings.penalty)
    return GAN(generator, discriminator, loss)


def _expect(name: str, value: object, fits: bool, expected: str) -> None:
    if not fits:
        raise ValueError(f"{name} = {value!r}, expected {expected}")
