"""All metrics of one draw, and what they are for a perfect generator."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf

import torch
from torch import Tensor

from ganlib import metrics
from ganlib.viz.metrics_dashboard.world import Sample, World

DRAWS = 30  # of a perfect generator, for the reference
FIRST_SEED = 1_000_000  # of these draws
NOTICED = 3.0  # standard deviations from the reference: no accident


@dataclass(frozen=True)
class Measure:
    """A metric: whether more of it is ``better`` (1) or less (-1), and what it is in words.

    Its noise is never taken to be smaller than ``least`` / N. No value is below ``lowest``.
    """

    better: int
    tip: str
    least: float = 0.0
    lowest: float = 0.0


MEASURES = {
    "FID": Measure(-1, "Fréchet distance of two Gaussians, fitted to the features of real and fake"),
    "KID": Measure(-1, "kernel distance of the features, unbiased, with its standard error", lowest=-inf),
    "sliced W": Measure(-1, "sliced Wasserstein distance of the features"),
    "IS": Measure(1, "Inception Score: is the classifier sure of each sample, and do all classes come up?"),
    "precision": Measure(1, "share of the fakes in a real sample's ball, k = 3", 1),
    "density": Measure(1, "real balls that hold a fake, over the number expected, k = 5", 1),
    "recall": Measure(1, "share of the real samples in a fake's ball, k = 3", 1),
    "coverage": Measure(1, "share of the real balls that hold a fake, k = 5", 1),
    "modes": Measure(1, "modes or classes that come up at all", 10),
    "twins": Measure(-1, "share of the fakes that come up more than once", 1),
    "copying": Measure(-1, "share of the fakes nearer to the training set than 95 % of held-out samples are", 1),
}


@dataclass(frozen=True)
class Reading:
    """The value of each metric, and the standard error of those that tell one."""

    values: Mapping[str, float]
    errors: Mapping[str, float]


@dataclass(frozen=True)
class Reference:
    """What a perfect generator gets with so many samples: the mean of each metric, and its spread from draw to draw."""

    n: int
    mean: Mapping[str, float]
    spread: Mapping[str, float]

    def harm(self, name: str, value: float) -> float:
        """How much worse a value is than a perfect generator's, in units of the spread; below 0 it is better."""
        return -MEASURES[name].better * (value - self.mean[name]) / self._noise(name)

    def band(self, name: str) -> tuple[float, float]:
        """Between these values a metric is as for a perfect generator."""
        reach = NOTICED * self._noise(name)
        return max(self.mean[name] - reach, MEASURES[name].lowest), self.mean[name] + reach

    def verdict(self, name: str, value: float) -> str:
        """ "worse", "better", or "as real" where the difference is within three standard deviations."""
        harm = self.harm(name, value)
        return "as real" if abs(harm) <= NOTICED else "worse" if harm > 0 else "better"

    def _noise(self, name: str) -> float:
        return max(self.spread[name], MEASURES[name].least / self.n, 1e-9)


def measure(world: World, fake: Sample, n: int, seed: int) -> Reading:
    """All metrics of these fakes against the real samples that their generator has learnt from."""
    real, held_out = world.sets(n, seed)
    a, b = real.features, fake.features
    kid, score = metrics.kid(a, b), metrics.inception_score(fake.probabilities)
    precision, recall = metrics.precision_recall(a, b)
    density, coverage = metrics.density_coverage(a, b)
    values = {"FID": metrics.fid(a, b), "KID": kid.value, "IS": score.value}
    values |= {"precision": precision, "recall": recall, "density": density, "coverage": coverage}
    values |= {
        "sliced W": metrics.sliced_wasserstein(a, b),
        "copying": metrics.memorisation(a, b, held_out.features)[2],
    }
    values |= {"twins": twins(fake.x), "modes": float(world.count(fake))}
    return Reading({name: values[name] for name in MEASURES}, {"KID": kid.standard_error, "IS": score.standard_error})


def twins(x: Tensor) -> float:
    """The share of the samples (N, ...) that come up more than once."""
    _, times = torch.unique(x.flatten(1), dim=0, return_counts=True)
    return times[times > 1].sum().item() / len(x)


@cache
def reference(world: World, n: int) -> Reference:
    """The metrics of thirty draws with the knobs at rest."""
    seeds = range(FIRST_SEED, FIRST_SEED + DRAWS)
    draws = [measure(world, world.fake(world.rest, n, seed), n, seed).values for seed in seeds]
    columns = {name: torch.tensor([draw[name] for draw in draws], dtype=torch.float64) for name in MEASURES}
    means = {name: column.mean().item() for name, column in columns.items()}
    return Reference(n, means, {name: column.std().item() for name, column in columns.items()})
