"""Four critics in training on the same data against the same fixed generator, without any picture."""

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.optim import Adam

from ganlib import metrics
from ganlib.data import Samples
from ganlib.data.toys import Toy
from ganlib.gans import WGAN, WGANGP
from ganlib.metrics import GradientNorms
from ganlib.models import he_weights, mlp
from ganlib.training import evaluation
from ganlib.viz.critic_lab.settings import DATA, Settings
from ganlib.viz.ganlab.curves import Curve

SEEN = 400  # real points, and as many fakes, to look at and to measure with; training never uses them
MEASURED = 128  # of them, for the gradients
MEASURE_EVERY = 5  # steps


class Blurred(nn.Module):
    """A generator that never learns: x + z, with x drawn from a toy and z ~ N(0, I).

    Source: the fixed generator of Gulrajani et al. 2017, arXiv 1704.00028, section 3.
    """

    latent_dim = 2

    def __init__(self, toy: Toy, seed: int):
        super().__init__()
        self.toy, self.random = toy, torch.Generator().manual_seed(seed)

    def forward(self, z: Tensor) -> Tensor:
        """Noise z (N, 2) to points (N, 2)."""
        return self.toy.sample(len(z), self.random) + z


@cache
def seen(data: str) -> tuple[Tensor, Tensor, float]:
    """Real points and fakes (n, 2) to measure with, and the exact W1 of these two samples.

    With n equal masses on both sides a cheapest plan moves each point as a whole, so it is an assignment.
    """
    toy = DATA[data]()
    real = toy.sample(SEEN, torch.Generator().manual_seed(1))
    fake = Blurred(toy, seed=2)(torch.randn(SEEN, 2, generator=torch.Generator().manual_seed(3)))
    cost = torch.cdist(real.double(), fake.double()).numpy()
    return real, fake, cost[linear_sum_assignment(cost)].mean().item()


@dataclass(frozen=True)
class Reading:
    """A critic as it is at a moment.

    - ``estimate``: E f(real) - E f(fake) on points that training never uses. For a 1-Lipschitz critic it is W1 at most.
    - ``norms``: the gradient of its loss at each layer, on some of these points.
    - ``weights``: all its weights and biases in one row, and ``clip``, their bound (None without one).
    - ``at_limit``: the share of them at -clip or clip, or beyond before the first step; 0 without a bound.
    """

    name: str
    clip: float | None
    estimate: float
    norms: GradientNorms
    weights: Tensor
    at_limit: float


class Trial:
    """One critic: its objective, its optimizer, its random stream.

    ``clip`` is the bound of its weights, None for the critic with the gradient penalty. All trials of a lab begin with
    the same weights. These are drawn as He et al. say, so that gradients pass all layers at about the same size, as in
    the authors' experiments. The optimizer is Adam without momentum, betas (0, 0.9), for every critic: only what keeps
    it Lipschitz differs.
    """

    def __init__(self, settings: Settings, clip: float | None):
        self.clip, toy = clip, DATA[settings.data]()
        self.name = "penalty" if clip is None else f"c = {clip:g}"
        self.real, self.fake, _ = seen(settings.data)
        self._random = torch.Generator().manual_seed(settings.seed).get_state()
        with self._stream():
            self.critic = mlp([2, *[settings.width] * (settings.depth - 1), 1]).apply(he_weights)
        generator = Blurred(toy, settings.seed + 1)
        self.gan = (
            WGANGP(generator, self.critic, settings.penalty) if clip is None else WGAN(generator, self.critic, clip)
        )
        self.optimizer = Adam(self.critic.parameters(), settings.rate, betas=(0.0, 0.9), fused=True)
        self.samples = Samples(toy, settings.batch, settings.seed)

    @contextmanager
    def _stream(self):
        """Within the block, random numbers come from the trial's own stream."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._random)
            yield
            self._random = torch.get_rng_state()

    def step(self) -> None:
        """One update of the critic."""
        with self._stream():
            loss = sum(self.gan.discriminator_loss(next(self.samples)).values())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.gan.after_discriminator_step()

    def scores(self, x: Tensor) -> Tensor:
        """f at points (n, 2): (n,)."""
        with evaluation(self.critic) as critic:
            return critic(x).squeeze(1)

    def estimate(self) -> float:
        """E f(real) - E f(fake) on the points to measure with."""
        return (self.scores(self.real).mean() - self.scores(self.fake).mean()).item()

    def norms(self) -> GradientNorms:
        """The gradient of the critic's loss at each layer, on the first 128 points of both kinds."""
        return metrics.gradient_norms(self.critic, self.real[:MEASURED], self.fake[:MEASURED])

    def weights(self) -> Tensor:
        """All weights and biases in one row."""
        return torch.cat([parameter.detach().flatten() for parameter in self.critic.parameters()])

    def share_at_limit(self) -> float:
        """The share of them at -clip or clip, or beyond; 0 without a bound."""
        return 0.0 if self.clip is None else (self.weights().abs() >= self.clip).float().mean().item()

    def read(self) -> Reading:
        """All that is measured, now."""
        measured = self.estimate(), self.norms(), self.weights(), self.share_at_limit()
        return Reading(self.name, self.clip, *measured)


class Trials:
    """All critics of a lab, step by step. ``exact`` is the W1 that they estimate."""

    def __init__(self, settings: Settings):
        self.settings, self.steps = settings, 0
        self.all = [Trial(settings, clip) for clip in (*settings.clips, None)]
        self.exact = seen(settings.data)[2]
        self._curve = Curve(*map(str, range(len(self.all))))
        self._measure()

    def step(self) -> None:
        """One update of each critic."""
        for trial in self.all:
            trial.step()
        self.steps += 1
        if self.steps % MEASURE_EVERY == 0:
            self._measure()

    def estimates(self) -> list[tuple[str, np.ndarray]]:
        """The course of each critic's estimate: its name, and points (n, 2) of steps and estimates."""
        names = zip(self.all, self._curve.names, strict=True)
        return [(trial.name, (self._curve[name] - [1, 0]) * [MEASURE_EVERY, 1]) for trial, name in names]

    def read(self) -> list[Reading]:
        """Each critic as it is now."""
        return [trial.read() for trial in self.all]

    def _measure(self) -> None:
        self._curve.add(*(trial.estimate() for trial in self.all))
