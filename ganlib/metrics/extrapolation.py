"""The Fréchet distance of infinitely many samples, read off from how it falls with their number."""

from math import sqrt
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlib.metrics.frechet import fid
from ganlib.metrics.statistics import GaussianStatistics


class FIDInfinity(NamedTuple):
    """The extrapolated distance, its standard error, and what it was read off from.

    ``distances`` holds, for k = 1, 2, ..., the mean distance when the samples are cut into k parts. Along the line that
    fits them best, they grow by ``slope`` with each k; at k = 0 the line is at ``value``.
    """

    value: float
    standard_error: float
    slope: float
    distances: tuple[float, ...]


def fid_infinity(
    features_a: Tensor | GaussianStatistics, features_b: Tensor | GaussianStatistics, parts: int = 5, seed: int = 0
) -> FIDInfinity:
    """``fid`` without most of its bias: FID of N samples is about FID of infinitely many + constant / N.

    Both sets are shuffled (by ``seed``) and cut into k parts of N / k samples, for k = 1 to ``parts``. The k distances
    of the parts are averaged, and a straight line through the averages gives the value at k = 0. It can be below 0. A
    set that is given by its ``GaussianStatistics`` is not cut, and the bias that comes from its size remains.

    The standard error is the standard deviation of the distances of the smallest parts over sqrt(parts). It says how
    far other samples of the same distributions would move the value, and is too large when both are nearly the same.
    The error of the fitted line would not do: all points of the line share the samples, so it is far too small.

    The paper draws fresh subsets of 15 sizes from 5,000 samples on. Disjoint parts use every sample for every point,
    and so move less from draw to draw. Its other idea, noise from a Sobol sequence, needs the generator and is left
    out here. The smallest part should hold several times d samples, or the line is none.

    Shapes: (N, d) and (M, d).

    Raises: ValueError as ``fid``, for two sets of statistics, or parts that are below 3 or have fewer than 2 samples.

    Source: Chong and Forsyth 2020, arXiv 1911.07023, section 4.
    """
    random, sets = torch.Generator().manual_seed(seed), []
    for name, features in (("features_a", features_a), ("features_b", features_b)):
        if isinstance(features, Tensor):
            if not 3 <= parts <= len(features) // 2:
                sizes = f"{len(features)} samples in {name}"
                raise ValueError(f"parts = {parts} of {sizes}, expected 3 or more, and two samples for each")
            features = features[torch.randperm(len(features), generator=random).to(features.device)]
        sets.append(features)
    if all(isinstance(features, GaussianStatistics) for features in sets):
        raise ValueError("features_a and features_b are statistics, expected at least one tensor, which can be cut")
    a, b = sets
    counts = range(1, parts + 1)
    distances = [[fid(x, y) for x, y in zip(_cut(a, k), _cut(b, k), strict=True)] for k in counts]
    means = [float(np.mean(some)) for some in distances]
    slope, value = np.polyfit(counts, means, deg=1).tolist()
    return FIDInfinity(value, float(np.std(distances[-1], ddof=1)) / sqrt(parts), slope, tuple(means))


def _cut(features: Tensor | GaussianStatistics, k: int) -> list[Tensor] | list[GaussianStatistics]:
    """Tensors in k parts; statistics k times as they are."""
    return [features] * k if isinstance(features, GaussianStatistics) else list(features.tensor_split(k))
