"""Mean and covariance of features in one pass over them: stable, and mergeable across processes."""

from copy import deepcopy

import torch
from torch import Tensor, distributed

ROWS = 4096  # of the features that are turned into float64 at a time
LARGEST = 1e75  # the fourth powers of larger features are infinite in float64


def exact(x: Tensor) -> Tensor:
    """``x`` in float64 without its graph, on its device, or on the CPU if that has no float64 (as Apple's GPUs)."""
    return (x.cpu() if x.device.type == "mps" else x).detach().double()


def check_features(name: str, features: Tensor, least: int = 1) -> None:
    """Refuse what is not (N, d) with N at least ``least`` and d at least 1, and what is not finite or overflows.

    Raises: ValueError that says ``name``, the value and what was expected.
    """
    if features.dim() != 2 or len(features) < least or features.shape[1] < 1:
        raise ValueError(f"{name} has shape {tuple(features.shape)}, expected (N, d) with N at least {least}")
    if not features.isfinite().all():
        raise ValueError(f"{name} holds NaN or infinity, expected finite numbers")
    if features.dtype == torch.float64 and features.abs().max() > LARGEST:
        raise ValueError(f"{name} holds {features.abs().max():.3g}, expected at most {LARGEST:g}")


class GaussianStatistics:
    """Count, mean (d,) and unbiased covariance (d, d) of features that come some at a time, in float64.

    ``update`` takes in more of them, and ``a.merge(b)``, or ``a + b``, is what one pass over both would have given.
    With n = n_a + n_b and delta = mean_b - mean_a,

        mean = mean_a + delta n_b / n,    scatter = scatter_a + scatter_b + delta delta^T n_a n_b / n,

    where scatter = sum (x - mean)(x - mean)^T = (n - 1) covariance. No large sum of squares is ever subtracted from
    another, so features far from 0 lose no digits, and the order of updates and merges does not matter but for
    rounding.

    Source: Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", American Statistician 37(3).
    """

    def __init__(self, dimension: int, device: torch.device | str = "cpu"):
        self.count = 0
        self.mean = torch.zeros(dimension, dtype=torch.float64, device=device)
        self.scatter = torch.zeros(dimension, dimension, dtype=torch.float64, device=device)

    @classmethod
    def of(cls, features: Tensor) -> "GaussianStatistics":
        """The statistics of features (N, d), N at least 1, on their device.

        Raises: ValueError as ``update``.
        """
        check_features("features", features)
        statistics = cls(features.shape[1], exact(features[:1]).device)
        statistics.update(features)
        return statistics

    @property
    def covariance(self) -> Tensor:
        """The unbiased covariance (d, d), scatter / (count - 1).

        Raises: ValueError when there are fewer than two features.
        """
        if self.count < 2:
            raise ValueError(f"count = {self.count}, expected at least 2 features for a covariance")
        return self.scatter / (self.count - 1)

    def update(self, features: Tensor) -> None:
        """Take in features (N, d) of any device and dtype.

        Raises: ValueError for another shape or d, or values that are not finite.
        """
        check_features("features", features)
        if features.shape[1:] != self.mean.shape:
            raise ValueError(f"features has shape {tuple(features.shape)}, expected (N, {len(self.mean)}) as before")
        for some in features.split(ROWS):
            x = exact(some).to(self.mean.device)
            mean = x.mean(dim=0)
            self._absorb(len(x), mean, (x - mean).T @ (x - mean))

    def merge(self, other: "GaussianStatistics") -> "GaussianStatistics":
        """The statistics of the features of both, on this one's device; neither changes.

        Raises: ValueError when their dimensions differ.
        """
        if other.mean.shape != self.mean.shape:
            raise ValueError(f"other has dimension {len(other.mean)}, expected {len(self.mean)} as this one")
        merged, device = deepcopy(self), self.mean.device
        merged._absorb(other.count, other.mean.to(device), other.scatter.to(device))
        return merged

    __add__ = merge

    def joined(self) -> "GaussianStatistics":
        """The statistics of the features of all processes of the group, the same in each; alone, a copy of this one.

        Every process must call it. Sums over processes are formed of numbers relative to the joined mean.
        """
        joined = deepcopy(self)
        if distributed.is_available() and distributed.is_initialized():
            count = self.mean.new_tensor([self.count])
            joined.mean *= self.count
            for part in (count, joined.mean):
                distributed.all_reduce(part)
            joined.count = int(count.item())
            joined.mean /= max(joined.count, 1)
            delta = self.mean - joined.mean
            joined.scatter += self.count * delta.outer(delta)
            distributed.all_reduce(joined.scatter)
        return joined

    def _absorb(self, count: int, mean: Tensor, scatter: Tensor) -> None:
        """Merge with what is known of ``count`` other features."""
        if count:
            delta, total = mean - self.mean, self.count + count
            self.mean = self.mean + delta * (count / total)
            self.scatter = self.scatter + scatter + delta.outer(delta) * (self.count * count / total)
            self.count = total


def gaussian_statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (d,) and unbiased covariance (d, d) of features (N, d), in float64 on their device.

    Raises: ValueError for another shape, fewer than two rows, or values that are not finite.
    """
    check_features("features", features, least=2)
    statistics = GaussianStatistics.of(features)
    return statistics.mean, statistics.covariance
