"""A discriminator that learns to tell samples of two known densities apart, and how far it is from the best one."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.optim import Adam

from ganlib import divergences
from ganlib.data.mixtures import Mixture
from ganlib.losses import minimax, r1_penalty
from ganlib.models import MLPDiscriminator
from ganlib.training import evaluation
from ganlib.viz.densities.panel import PRESETS, START
from ganlib.viz.ganlab.curves import Curve

BATCH = 128
MEASURE_EVERY = 10  # steps
GRID = torch.linspace(-12, 12, 601)


@dataclass(frozen=True)
class Settings:
    """What a training run depends on; equal settings give equal runs.

    ``samples`` is the number of points of each kind that D ever sees, 0 for new ones in every step. ``width`` is that
    of D's two hidden layers, 0 for a linear D. ``penalty`` weighs the R1 penalty.

    Raises: ValueError, which names the setting, for a value out of range.
    """

    p: Mixture = PRESETS[START][0]
    q: Mixture = PRESETS[START][1]
    samples: int = 0
    width: int = 32
    rate: float = 3e-3
    penalty: float = 0.0
    seed: int = 0

    def __post_init__(self):
        whole = "an integer from {} on"
        for name, fits, expected in (
            ("samples", self.samples >= 0 and self.samples != 1, "0 (new ones in every step) or at least 2"),
            ("width", self.width >= 0, whole.format(0)),
            ("rate", 0 < self.rate <= 1, "a number above 0, at most 1"),
            ("penalty", 0 <= self.penalty < float("inf"), "a number from 0 on"),
            ("seed", 0 <= self.seed < 2**32, whole.format(0)),
        ):
            if not fits:
                raise ValueError(f"{name} = {getattr(self, name)}, expected {expected}")


class Measures(NamedTuple):
    """A discriminator against the best one: all in nats but ``error``, a probability, and ``accuracy``, a share.

    - ``error``: the mean of |D - D*| over real and fake in equal parts.
    - ``value``, ``best``: V(G, D) and V(G, D*), by quadrature, so on all samples that there could be.
    - ``own``, ``accuracy``: V and the share of right answers on the points that D is trained with at present.
    """

    error: float
    value: float
    best: float
    own: float
    accuracy: float


class Training:
    """One run: D and its optimizer, step by step. It draws from random streams of its own and disturbs no other.

    ``real`` and ``fake`` are the points of the present batch pool: all points that D will ever see, or the latest new
    ones. ``curve`` holds the measures of every tenth step.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self._random = torch.Generator().manual_seed(settings.seed)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(settings.seed)
            depth = 2 if settings.width else 0
            self.discriminator = MLPDiscriminator((1,), settings.width, depth)
        self.optimizer = Adam(self.discriminator.parameters(), settings.rate, fused=True)
        self.steps, self.curve = 0, Curve(*Measures._fields)
        self._draw()

    def adjust(self, settings: Settings) -> None:
        """Go on with other densities, samples, rate or penalty; fixed points move with their densities."""
        self.settings = settings
        self.optimizer.param_groups[0]["lr"] = settings.rate
        self._draw()

    def _draw(self) -> None:
        """The points to train with, always the same ones for fixed points, and the best D for these densities."""
        chosen = self.settings
        fixed = torch.Generator().manual_seed(chosen.seed + 1)
        n = chosen.samples or BATCH
        self.real, self.fake = chosen.p.sample(n, fixed), chosen.q.sample(n, fixed)
        self._grid = tuple(density.log_density(GRID.double()) for density in (chosen.p, chosen.q))
        self._best = divergences.optimal_value(*self._grid, GRID).item()

    def _batch(self) -> tuple[Tensor, Tensor]:
        """Real and fake points (n, 1) for one step."""
        chosen, n = self.settings, self.settings.samples
        if not n:
            self.real, self.fake = (density.sample(BATCH, self._random) for density in (chosen.p, chosen.q))
        pools = (self.real, self.fake)
        if n > BATCH:
            pools = (pool[torch.randint(n, (BATCH,), generator=self._random)] for pool in pools)
        return tuple(pool[:, None] for pool in pools)

    def step(self) -> None:
        """One update of D: new points, or some of the fixed ones."""
        real, fake = self._batch()
        loss = minimax.discriminator(self.discriminator(real), self.discriminator(fake))
        if self.settings.penalty:
            loss = loss + self.settings.penalty * r1_penalty(self.discriminator, real)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.steps += 1
        if self.steps % MEASURE_EVERY == 0:
            self.curve.add(*self.measures())

    def logits(self, x: Tensor) -> Tensor:
        """D's logits at points (n,), without gradients."""
        with evaluation(self.discriminator) as discriminator:
            return discriminator(x.float()[:, None])

    def measures(self) -> Measures:
        """How far D is from D* now."""
        logits, (log_p, log_q) = self.logits(GRID).double(), self._grid
        gap = (torch.sigmoid(logits) - divergences.optimal_discriminator(log_p, log_q)).abs()
        mass = (log_p.exp() + log_q.exp()) / 2
        real, fake = self.logits(self.real), self.logits(self.fake)
        return Measures(
            error=((gap * mass).sum() / mass.sum()).item(),
            value=divergences.value(logits, log_p, log_q, GRID).item(),
            best=self._best,
            own=-minimax.discriminator(real, fake).item(),
            accuracy=((real > 0).float().mean() + (fake < 0).float().mean()).item() / 2,
        )
