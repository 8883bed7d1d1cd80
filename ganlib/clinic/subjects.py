"""What a run of the clinic is to learn, and how its samples are judged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import nan
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib import data as datasets
from ganlib import metrics
from ganlib.data.toys import Gaussians

Batch = tuple[Tensor, ...]
"""Samples x, or samples and labels (x, y)."""


class Measure(NamedTuple):
    """A number that says how well a run is: what it counts in words, how it is written, and its better direction."""

    words: str
    form: str = "{:.2f}"
    more_is_better: bool = True


@dataclass(frozen=True)
class Subject:
    """What is to be learned.

    - ``kind``: ``points`` in the plane, or ``images`` in [-1, 1], which decides how samples are shown and stored.
    - ``real``: the real samples, (x,) or (x, y), as they should be.
    - ``measures``: what is measured, by key; ``judge(samples, data)`` returns a number for each key, given samples of
      the generator and the data that it was trained with.
    - ``judged``, ``shown``: how many samples are judged, and how many are kept to be shown.
    - ``asked``: the labels (n,) that a conditional generator is asked for; None for an unconditional one.
    """

    kind: str
    real: Batch
    measures: dict[str, Measure]
    judge: Callable[[Tensor, Batch], dict[str, float]]
    judged: int = 1000
    shown: int = 250
    asked: Callable[[int], Tensor] | None = field(default=None)

    def __post_init__(self):
        if self.kind not in ("points", "images"):
            raise ValueError(f'kind = {self.kind!r}, expected "points" or "images"')

    def measured(self, samples: Tensor, data: Batch) -> dict[str, float]:
        """The numbers of all measures; NaN for samples that are not finite."""
        if not samples.isfinite().all():
            return dict.fromkeys(self.measures, nan)
        return {key: float(value) for key, value in self.judge(samples, data).items()}


def mixture(toy: Gaussians, n: int = 20_000) -> Subject:
    """Points of a mixture of Gaussians: how many modes are reached, how well, and how evenly.

    A mode is reached when it gets a fifth of the samples that are its due.
    """
    k = len(toy.centers)
    enough = toy.weights / 5

    def judge(samples: Tensor, data: Batch) -> dict[str, float]:
        coverage = metrics.mode_coverage(samples, toy)
        distance, nearest = torch.cdist(samples, toy.centers).min(1)
        shares = torch.bincount(nearest[distance < 3 * toy.std], minlength=k) / len(samples)
        return {
            "modes": int((shares > enough).sum()),
            "high_quality": coverage.high_quality,
            "reverse_kl": coverage.reverse_kl,
        }

    measures = {
        "modes": Measure(f"modes reached, of {k}", "{:.0f}"),
        "high_quality": Measure("samples close to a mode", "{:.0%}"),
        "reverse_kl": Measure("unevenness of the modes (reverse KL, nats)", "{:.2f}", more_is_better=False),
    }
    return Subject("points", (toy.sample(n, torch.Generator().manual_seed(0)),), measures, judge)


@cache
def digits(size: int = 16) -> Subject:
    """Handwritten digits, judged by the course's classifier: how far from real ones, and how many of the ten."""

    def judge(samples: Tensor, data: Batch) -> dict[str, float]:
        scores = metrics.score_digits(samples)
        return {"frechet": scores.fid, "digits": scores.classes}

    measures = {
        "frechet": Measure("Fréchet distance to real digits", "{:.1f}", more_is_better=False),
        "digits": Measure("digits drawn, of 10", "{:.0f}"),
    }
    return Subject("images", datasets.digits(size)[:1], measures, judge, judged=500, shown=25)
