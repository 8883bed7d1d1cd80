"""The Fréchet distance: features, then their mean and covariance, then the distance of two Gaussians."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import torch
from torch import Tensor

from ganlib.metrics.statistics import GaussianStatistics, check_features, exact

EPSILON = torch.finfo(torch.float64).eps
ACCURATE = 1e-8  # of a sum of roots: how much rounding may add up to, if all of it has one sign
BLOCK = 256  # columns of a product that are worked on at a time
NEGATIVE = 1e-6  # of the largest number: more than rounding in float32


def frechet_distance(mean_a: Tensor, cov_a: Tensor, mean_b: Tensor, cov_b: Tensor) -> float:
    """|mean_a - mean_b|^2 + tr(cov_a + cov_b - 2 (cov_a cov_b)^(1/2)), the squared W2 distance of two Gaussians.

    W2 is the Wasserstein distance with squared Euclidean cost.
    With cov_a = R R^T, by Cholesky, the trace of (cov_a cov_b)^(1/2) is the sum of the square roots of the eigenvalues
    of the symmetric matrix R^T cov_b R, so no square root of an unsymmetric matrix is needed, and nothing can become
    complex. Where that would lose digits, as for singular covariances, it is the sum of the singular values of
    R_a^T R_b.

    Shapes: means (d,), covariances (d, d); computed in float64 on the device of ``mean_a``.

    Raises: ValueError for other shapes, values that are not finite, or covariances that are not symmetric or have
    negative eigenvalues.

    Source: Dowson and Landau 1982, J. Multivariate Analysis 12; Heusel et al. 2017, arXiv 1706.08500, eq. 6.
    """
    d = mean_a.numel()
    return _distance(_given("a", exact(mean_a), exact(cov_a), d), _given("b", exact(mean_b), exact(cov_b), d))


def fid(features_a: Tensor | GaussianStatistics, features_b: Tensor | GaussianStatistics) -> float:
    """The Fréchet distance of two sets of features, (N, d) and (M, d), each summed up by a Gaussian. 0 is best.

    Called FID when the features are Inception's; with another network's features the numbers are on another scale and
    must not be compared. The estimate is biased upwards for small N and M: see ``fid_infinity``.

    Either set may be given by its ``GaussianStatistics``. Of N <= d features no covariance is formed: centred and
    divided by sqrt(N - 1), they are themselves a root of it. Computed in float64 on the device of ``features_a``.

    Raises: ValueError when the dimensions differ, for fewer than two features, or values that are not finite.

    Source: Heusel et al. 2017, arXiv 1706.08500, eq. 6.
    """
    a, b = _summed_up("features_a", features_a), _summed_up("features_b", features_b)
    if a.mean.shape != b.mean.shape:
        d_a, d_b = len(a.mean), len(b.mean)
        raise ValueError(f"features_a has dimension {d_a} and features_b {d_b}, expected the same second dimension")
    return _distance(a, b)


@dataclass
class _Gaussian:
    """A mean (d,), and a covariance (d, d) that is given as it is or by a root (d, r): root root^T = covariance."""

    name: str
    mean: Tensor
    covariance: Tensor | None = None
    root: Tensor | None = None

    def on(self, device: torch.device) -> "_Gaussian":
        """The same on another device."""
        parts = (self.mean, self.covariance, self.root)
        return _Gaussian(self.name, *[None if part is None else part.to(device) for part in parts])

    def trace(self) -> Tensor:
        """That of the covariance."""
        return self.root.square().sum() if self.covariance is None else self.covariance.trace()

    @cached_property
    def triangle(self) -> Tensor | None:
        """The lower triangular root, by Cholesky, of a covariance that was given and is not singular."""
        if self.covariance is None:
            return None
        triangle, failed = torch.linalg.cholesky_ex(self.covariance)
        return None if failed else triangle

    def any_root(self) -> Tensor:
        """The root that was given, or Cholesky's, or that of the eigenvectors whose eigenvalues are above rounding.

        Raises: ValueError when there are eigenvalues below 0.
        """
        if self.covariance is None:
            return self.root
        if self.triangle is not None:
            return self.triangle
        values, vectors = torch.linalg.eigh(self.covariance)
        if values[0] < -NEGATIVE * values[-1].abs():
            raise ValueError(f"{self.name} has the eigenvalue {values[0]:.3g}, expected none below 0")
        known = values > len(values) * EPSILON * values[-1]
        return vectors[:, known] * values[known].sqrt()


def _given(letter: str, mean: Tensor, cov: Tensor, d: int) -> _Gaussian:
    """The Gaussian of a mean (d,) and a symmetric covariance (d, d).

    Raises: ValueError that says which argument is not one.
    """
    if mean.shape != (d,) or cov.shape != (d, d) or d < 1:
        shapes = f"{tuple(mean.shape)} and {tuple(cov.shape)}"
        raise ValueError(f"mean_{letter} and cov_{letter} have shapes {shapes}, expected (d,) and (d, d) with one d")
    for name, values in ((f"mean_{letter}", mean), (f"cov_{letter}", cov)):
        low, high = values.aminmax()
        if not (high - low).isfinite():
            raise ValueError(f"{name} holds NaN or infinity, expected finite numbers")
    blocks = [slice(start, start + BLOCK) for start in range(0, d, BLOCK)]  # a transpose as a whole is slow
    uneven = max((cov[block] - cov[:, block].T).abs().max() for block in blocks)
    if uneven > NEGATIVE * cov.abs().max():
        raise ValueError(f"cov_{letter} is not symmetric, expected a covariance")
    return _Gaussian(f"cov_{letter}", mean, cov)


def _summed_up(name: str, features: Tensor | GaussianStatistics) -> _Gaussian:
    """The Gaussian of features, in the form that is cheapest to have."""
    if isinstance(features, GaussianStatistics):
        if features.count < 2:
            raise ValueError(f"{name} has count {features.count}, expected statistics of at least 2 features")
        return _Gaussian(name, features.mean, features.covariance)
    check_features(name, features, least=2)
    if len(features) > features.shape[1]:
        return _summed_up(name, GaussianStatistics.of(features))
    x = exact(features)
    mean = x.mean(dim=0)
    return _Gaussian(name, mean, root=(x - mean).T / sqrt(len(x) - 1))


def _distance(a: _Gaussian, b: _Gaussian) -> float:
    a, b = a.on(a.mean.device), b.on(a.mean.device)
    roots = _eigenvalue_roots(a, b)
    if roots is None:
        roots = torch.linalg.svdvals(a.any_root().T @ b.any_root())
    distance = (a.mean - b.mean).square().sum() + a.trace() + b.trace() - 2 * roots.sum()
    return max(distance.item(), 0.0)


def _eigenvalue_roots(a: _Gaussian, b: _Gaussian) -> Tensor | None:
    """The roots of the eigenvalues of R^T cov_b R with Cholesky's R; None when there is no such R, or digits are lost.

    An eigenvalue s is right up to EPSILON times the largest one, and so its root up to that over 2 sqrt(s).
    """
    if a.triangle is None or b.covariance is None:
        return None
    values = torch.linalg.eigvalsh(_lower_half(a.triangle, b.covariance))
    roots = values.sqrt()  # NaN of one below 0, and then so is the error, which is not small enough either
    error = (EPSILON * values[-1] / (2 * roots)).sum()
    return roots if error <= ACCURATE * roots.sum() else None


def _lower_half(triangle: Tensor, matrix: Tensor) -> Tensor:
    """R^T matrix R on and below the diagonal, for a lower triangular R: a third of the whole product's work."""
    product = torch.zeros_like(matrix)
    for start in range(0, len(matrix), BLOCK):
        rest, columns = slice(start, None), slice(start, start + BLOCK)
        product[rest, columns] = triangle[rest, rest].T @ (matrix[rest, rest] @ triangle[rest, columns])
    return product
