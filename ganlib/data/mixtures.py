"""Gaussians on the line: distributions whose density is known, with the shapes that one Gaussian lacks."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Mixture"]


@dataclass(frozen=True)
class Mixture:
    """A mixture of k Gaussians on the line: p(x) = sum_i w_i N(x; mean_i, std_i^2).

    ``weights`` are divided by their sum; equal ones when none are given.

    Raises: ValueError for other than k numbers each, numbers that are not finite, a std <= 0, or weights that are
    negative or all 0.
    """

    means: tuple[float, ...]
    stds: tuple[float, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self):
        k = len(self.means)
        weights = self.weights or (1.0,) * k
        for name, values in (("means", self.means), ("stds", self.stds), ("weights", weights)):
            if len(values) != k or k == 0 or not all(map(math.isfinite, values)):
                raise ValueError(f"{name} = {values}, expected {max(k, 1)} finite numbers, one for each Gaussian")
        if min(self.stds) <= 0:
            raise ValueError(f"stds = {self.stds}, expected positive numbers")
        if min(weights) < 0 or sum(weights) == 0:
            raise ValueError(f"weights = {weights}, expected numbers >= 0 that are not all 0")
        object.__setattr__(self, "weights", tuple(float(weight) / sum(weights) for weight in weights))

    def _parameters(self, like: Tensor) -> Tensor:
        """Weights, means and stds, (3, k), in the dtype and on the device of a tensor."""
        return torch.tensor([self.weights, self.means, self.stds], dtype=like.dtype, device=like.device)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n numbers, float32 of shape (n,), on the generator's device (the CPU without one).

        From one random stream, neighbouring mixtures give neighbouring samples.

        Raises: ValueError when n is not a positive integer.
        """
        if not isinstance(n, int) or n < 1:
            raise ValueError(f"n = {n!r}, expected a positive integer")
        device = torch.device("cpu") if generator is None else generator.device
        level = torch.rand(n, generator=generator, device=device)
        noise = torch.randn(n, generator=generator, device=device)
        weights, means, stds = self._parameters(noise)
        part = torch.searchsorted(weights.cumsum(0)[:-1].contiguous(), level, right=True)
        return means[part] + stds[part] * noise

    def log_density(self, x: Tensor) -> Tensor:
        """The natural logarithm of the density at x, in the shape, in the dtype and on the device of x."""
        weights, means, stds = self._parameters(x)
        z = (x[..., None] - means) / stds
        return (weights.log() - stds.log() - z.square() / 2).logsumexp(-1) - math.log(2 * math.pi) / 2
