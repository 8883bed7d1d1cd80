"""Repetitions of one experiment: draw examples, fit two models, measure how often each is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganlib.viz.learning_curves.data import Data, Rule

RESAMPLES = 400
Fit = Callable[[Tensor, Tensor], Rule]


@dataclass(frozen=True)
class Crossing:
    """Where the second model's curve goes below the first one's for good: at which number of examples.

    ``at`` is the first size where the second model is ahead everywhere, and infinite where it is behind at the end.
    ``low`` and ``high`` hold 95 % of what repetitions like these would give; they are NaN with fewer than two.
    """

    at: float
    low: float
    high: float


class Trials:
    """Both models at every size, again and again. One ``step`` is one training set at one size, from small to large.

    ``means`` and ``standard_errors`` have shape (sizes, 3): the error of the first model, of the second one, and the
    first minus the second on the same training set. ``latest`` (sizes, 2) are the last errors. NaN is what has not been
    measured yet. All come from one random stream that begins with ``seed``.
    """

    def __init__(self, data: Data, models: Sequence[Fit], sizes: Sequence[int], seed: int, settings: dict):
        self.data, self.models, self.sizes, self.settings = data, models, sizes, settings
        self.fits = 0
        self.latest = np.full((len(sizes), 2), np.nan)
        self._random = torch.Generator().manual_seed(seed)
        self._counts = np.zeros((len(sizes), 1))
        self._means, self._squares = np.zeros((2, len(sizes), 3))

    @property
    def repetitions(self) -> int:
        """How often every size has had its turn."""
        return self.fits // len(self.sizes)

    @property
    def means(self) -> np.ndarray:
        """The mean errors, as shares."""
        return np.where(self._counts > 0, self._means, np.nan)

    @property
    def standard_errors(self) -> np.ndarray:
        """The standard errors of the means; NaN with fewer than two measurements."""
        n = np.where(self._counts > 1, self._counts, np.nan)
        return np.sqrt(self._squares / (n - 1) / n)

    def step(self) -> None:
        """One training set at the next size: both models learn from it and are measured."""
        i = self.fits % len(self.sizes)
        x, y = self.data.draw(self.sizes[i], self._random, **self.settings)
        rules = [fit(x, y) for fit in self.models]
        first, second = self.data.errors(rules, self._random, **self.settings)
        self.latest[i] = first, second
        self._add(i, np.array([first, second, first - second]))
        self.fits += 1

    def crossing(self) -> Crossing | None:
        """Where the curves cross; None before the first repetition is complete.

        Sizes have training sets of their own, so their mean differences are independent. Around the true ones each
        spreads about as Student's t says for so many repetitions.
        """
        if not self.repetitions:
            return None
        lead, spread = self.means[:, 2], self.standard_errors[:, 2]
        at = crossing_points(self.sizes, lead)
        if self.repetitions < 2:
            return Crossing(float(at), np.nan, np.nan)
        noise = np.random.default_rng(0).standard_t(self.repetitions - 1, (RESAMPLES, len(self.sizes)))
        found = np.sort(crossing_points(self.sizes, lead + spread * noise))
        edge = RESAMPLES // 40
        return Crossing(float(at), float(found[edge]), float(found[-1 - edge]))

    def _add(self, i: int, values: np.ndarray) -> None:
        """Welford's update of mean and sum of squares."""
        self._counts[i] += 1
        before = values - self._means[i]
        self._means[i] += before / self._counts[i]
        self._squares[i] += before * (values - self._means[i])


def crossing_points(sizes: Sequence[int], lead: np.ndarray) -> np.ndarray:
    """Where each row of ``lead`` (..., sizes) becomes positive for good, on straight lines over a logarithmic axis.

    The first size for a row that is positive everywhere, infinity for one that is not at its end.
    """
    positions = np.arange(len(sizes))
    last = np.where(lead > 0, -1, positions).max(-1)
    i = last.clip(0, len(sizes) - 2)[..., None]
    below, above = (np.take_along_axis(lead, j, -1)[..., 0] for j in (i, i + 1))
    inside = (last >= 0) & (last < len(sizes) - 1)
    share = np.divide(-below, above - below, out=np.zeros_like(below), where=inside)
    logs = np.log(sizes)
    at = np.exp(logs[i[..., 0]] + share * np.diff(logs)[i[..., 0]])
    return np.where(last == len(sizes) - 1, np.inf, np.where(inside, at, sizes[0]))
