"""One run of the laboratory: the players, their data and their random stream, without any picture."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor, nn

from ganlib.data import Samples, toys
from ganlib.gans import GAN, Terms
from ganlib.losses import AdversarialLoss
from ganlib.metrics import grid_js_divergence, sliced_wasserstein
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer, evaluation
from ganlib.viz.ganlab.curves import Curve
from ganlib.viz.ganlab.settings import DATA, DRAWN, OPTIMIZERS, YOURS, Settings, make_gan

EXTENT = (-1.6, 1.6, -1.6, 1.6)
SEEN = 500  # points in the pictures and in the distances
MEASURE_EVERY = 100  # iterations
PROBABILITIES = ("minimax", "non_saturating")
BANDWIDTH = 0.05  # of the kernel density that drawn points stand for


@dataclass(frozen=True)
class Yours:
    """What the reader brings: players (modules, or functions that make them), a loss or a class of GAN, data."""

    generator: nn.Module | Callable[[], nn.Module] | None = None
    discriminator: nn.Module | Callable[[], nn.Module] | None = None
    loss: AdversarialLoss | Callable[[nn.Module, nn.Module], GAN] | None = None
    data: toys.Toy | None = None


class UniformNoise(nn.Module):
    """A generator behind z -> erf(z / sqrt 2) = 2 Phi(z) - 1, which turns normal into uniform noise on (-1, 1)."""

    def __init__(self, generator: nn.Module):
        super().__init__()
        self.generator, self.latent_dim = generator, generator.latent_dim

    def forward(self, z: Tensor) -> Tensor:
        """z ~ N(0, I), of which the generator sees the uniform image."""
        return self.generator(torch.erf(z / sqrt(2)))


class Run:
    """A training run that can be watched and stepped: equal settings give equal runs, bit for bit.

    It draws from a random stream of its own, so it neither disturbs the notebook's nor is disturbed by it. ``real`` and
    ``z`` are fixed points and noise to look at and to measure with; training never uses them.
    """

    def __init__(self, settings: Settings, yours: Yours | None = None, drawn: Tensor | None = None):
        self.settings, self.yours, self.drawn = settings, yours or Yours(), drawn
        self.toy = self._toy()
        self.random = torch.Generator().manual_seed(settings.seed).get_state()
        with self.stream():
            generator = self._player(self.yours.generator, self._own_generator)
            discriminator = self._player(self.yours.discriminator, self._own_discriminator)
        if not hasattr(generator, "latent_dim"):
            raise ValueError("generator has no latent_dim, expected a module that says how many numbers z it takes")
        self._players, self.latent_dim = (generator, discriminator), generator.latent_dim
        self.gan, self.optimizers = self._game(settings), self._optimizers(generator, discriminator)
        self.samples = Samples(self.toy, settings.batch, settings.seed)
        self.trainer = Trainer(self.gan, self.samples, **self.optimizers)
        look = torch.Generator().manual_seed(settings.seed + 1)
        self.real, other = (self.toy.sample(SEEN, look) for _ in range(2))
        self.z = torch.randn(SEEN, self.latent_dim, generator=look)
        self.floor = self._distances(other)
        self.iteration = 0
        self.losses, self.distances = Curve("D", "G"), Curve("JS", "W")
        self.last = {"D": float("nan"), "G": float("nan")}
        self._measure()

    def _toy(self) -> toys.Toy:
        if self.settings.data == YOURS:
            if self.yours.data is None:
                raise ValueError('data = "yours", but no data was passed to the laboratory')
            return self.yours.data
        if self.settings.data == DRAWN:
            if self.drawn is None or len(self.drawn) == 0:
                raise ValueError('data = "drawn", but nothing was drawn yet: draw at least one point')
            return toys.points(self.drawn, BANDWIDTH)
        return DATA[self.settings.data]()

    def _own_generator(self) -> nn.Module:
        return MLPGenerator(self.settings.noise_dim, (2,), self.settings.width_g, self.settings.layers_g)

    def _own_discriminator(self) -> nn.Module:
        return MLPDiscriminator((2,), self.settings.width_d, self.settings.layers_d)

    def _player(self, given: nn.Module | Callable[[], nn.Module] | None, own: Callable[[], nn.Module]) -> nn.Module:
        """A fresh player: a copy of the reader's module, what the reader's function makes, or the laboratory's own."""
        if isinstance(given, nn.Module):
            return deepcopy(given).cpu()
        return (given or own)().cpu()

    def _optimizers(self, generator: nn.Module, discriminator: nn.Module) -> dict[str, torch.optim.Optimizer]:
        chosen = self.settings
        return {
            "optimizer_d": OPTIMIZERS[chosen.optimizer_d](discriminator.parameters(), chosen.rate_d),
            "optimizer_g": OPTIMIZERS[chosen.optimizer_g](generator.parameters(), chosen.rate_g),
        }

    def _game(self, settings: Settings) -> GAN:
        """The players with the objectives of these settings."""
        generator, discriminator = self._players
        behind = UniformNoise(generator) if settings.noise == "uniform" else generator
        return make_gan(settings, behind, discriminator, self.yours.loss)

    def adjust(self, settings: Settings) -> None:
        """Go on with other settings of those that can change in the middle of a run."""
        if any(getattr(settings, name) != getattr(self.settings, name) for name in ("loss", "penalty", "clip")):
            self.gan = self.trainer.gan = self._game(settings)
        self.settings = settings
        for name, rate in (("optimizer_d", settings.rate_d), ("optimizer_g", settings.rate_g)):
            for group in self.optimizers[name].param_groups:
                group["lr"] = rate

    @contextmanager
    def stream(self, keep: bool = True, start: Tensor | None = None):
        """Within the block, random numbers come from the run's own stream; without ``keep``, they will come again.

        ``start`` is another place to begin from, an earlier value of ``random``.
        """
        outside = torch.get_rng_state()
        torch.set_rng_state(self.random if start is None else start)
        try:
            yield
            if keep:
                self.random = torch.get_rng_state()
        finally:
            torch.set_rng_state(outside)

    def discriminator_step(self) -> Terms:
        """One update of D."""
        with self.stream():
            return self._note("D", self.trainer.discriminator_step())

    def generator_step(self) -> Terms:
        """One update of G."""
        with self.stream():
            return self._note("G", self.trainer.generator_step())

    def _note(self, player: str, terms: Terms) -> Terms:
        self.last[player] = sum(terms.values()).item()
        return terms

    def iterate(self) -> None:
        """One iteration: ``steps_d`` updates of D, then ``steps_g`` of G."""
        with self.stream():
            for _ in range(self.settings.steps_d):
                self._note("D", self.trainer.discriminator_step())
            for _ in range(self.settings.steps_g):
                self._note("G", self.trainer.generator_step())
        self.count()

    def count(self) -> None:
        """An iteration is done: count it, note the losses, and measure the distances now and then."""
        self.iteration += 1
        self.losses.add(self.last["D"], self.last["G"])
        if self.iteration % MEASURE_EVERY == 0:
            self._measure()

    def latest_batch(self) -> Tensor:
        """The real batch that the next update of G is given: the latest of D, or the first one if D had none yet."""
        batch = self.trainer.state_dict()["batch"]
        return batch[0] if batch else self.samples.peek()

    def fakes(self, z: Tensor | None = None) -> Tensor:
        """G's points for noise z (default: the fixed one), in evaluation mode."""
        return self.trainer.sample(self.z if z is None else z)

    def origins(self, z: Tensor) -> Tensor:
        """Noise z (..., latent_dim) as places in the plane, (..., 2): where fakes start on their way."""
        seen = torch.erf(z / sqrt(2)) if self.settings.noise == "uniform" else z / 2
        return seen[..., :2] if self.latent_dim > 1 else torch.cat([seen, torch.zeros_like(seen)], dim=-1)

    def gradient(self, x: Tensor) -> Tensor:
        """The gradient of G's loss at each fake x (n, 2), times n because the loss is a mean over them.

        The loss is what the GAN's class says, with the points in the place of what G makes, and D in evaluation mode.
        """
        x = x.detach().clone().requires_grad_(True)
        hook = self.gan.generator.register_forward_hook(lambda *_: x)
        try:
            with self.stream(keep=False), evaluation(self.gan), torch.enable_grad():
                loss = sum(self.gan.generator_loss(self.real[: len(x)]).values())
        finally:
            hook.remove()
        return torch.autograd.grad(loss * len(x), x)[0]

    @property
    def verdict_name(self) -> str:
        """What ``judge`` returns: a probability, or a score put between 0 and 1."""
        return "D" if self.settings.loss in PROBABILITIES else "score"

    def judge(self, logits: Tensor) -> Tensor:
        """D's raw output as a verdict in [0, 1].

        A probability for the cross-entropy losses, the output itself for least squares (trained towards 0 and 1), half
        of the margin above it for the hinge; a critic's score has no scale, so 0 and 1 are as far from its average on
        real and fake points as the farthest of these.
        """
        loss = self.settings.loss
        if loss in PROBABILITIES:
            return torch.sigmoid(logits)
        if loss == "least_squares":
            return logits.clamp(0, 1)
        if loss == "hinge":
            return ((1 + logits) / 2).clamp(0, 1)
        with evaluation(self.gan.discriminator):
            known = torch.cat([self.gan.logits(self.real), self.gan.logits(self.fakes())])
        reach = (known - known.mean()).abs().max().clamp_min(1e-6)
        return ((logits - known.mean()) / (2 * reach) + 0.5).clamp(0, 1)

    def _measure(self) -> None:
        self.distances.add(*self._distances(self.fakes()))

    def _distances(self, x: Tensor) -> tuple[float, float]:
        """(JS, W) to the real points; NaN where G's points are not finite."""
        if not x.isfinite().all():
            return float("nan"), float("nan")
        return grid_js_divergence(x, self.real, EXTENT), sliced_wasserstein(x, self.real)
