"""Check of chapter 09: the Fréchet distance of two Gaussians."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check, expect

Formula = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def _numbers(*rows) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


LINE = (_numbers(1.0), _numbers([4.0]), _numbers(-1.5), _numbers([0.25]))
PLANE = (
    *(_numbers(0.5, -1.0), _numbers([2.0, 0.9], [0.9, 1.0])),
    *(_numbers(-0.3, 0.4), _numbers([0.5, -0.4], [-0.4, 3.0])),
)
SPACE = (
    *(_numbers(0.0, 1.0, 2.0), _numbers([1.0, 0.5, 0.0], [0.5, 2.0, 0.3], [0.0, 0.3, 0.5])),
    *(_numbers(0.5, 1.5, -1.0), _numbers([3.0, -0.5, 1.0], [-0.5, 1.0, 0.2], [1.0, 0.2, 2.0])),
)
_FLAT = _numbers([1.0, 2.0, 2.0], [0.5, -1.0, 0.3], [1.0, 1.0, -1.0])
THIN = (  # both have rank 2, in planes of their own
    *(_numbers(0.0, 0.0, 0.0), _FLAT[:2].T @ _FLAT[:2]),
    *(_numbers(1.0, 0.0, 0.0), _FLAT[1:].T @ _FLAT[1:]),
)


def _root(cov: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(cov)
    return vectors * values.clamp_min(0).sqrt() @ vectors.T


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """The trace of (a b)^(1/2)."""
    root = _root(a)
    return torch.linalg.eigvalsh(root @ b @ root).clamp_min(0).sqrt().sum()


def _square(m: Tensor, n: Tensor) -> Tensor:
    return (m - n).square().sum()


def _distance(m: Tensor, a: Tensor, n: Tensor, b: Tensor) -> Tensor:
    return _square(m, n) + a.trace() + b.trace() - 2 * _cross(a, b)


def _with_cross(cross: Callable[[Tensor, Tensor], Tensor]) -> Formula:
    """The distance with something else in the place of the trace of the root."""
    return lambda m, a, n, b: _square(m, n) + a.trace() + b.trace() - 2 * cross(a, b)


_MISTAKES: Mapping[str, Formula] = {
    "the term of the means is not squared: it is |mean_a - mean_b|^2.": (
        lambda m, a, n, b: _distance(m, a, n, b) - _square(m, n) + (m - n).norm()
    ),
    "the term of the means is missing.": lambda m, a, n, b: _distance(m, a, m, b),
    "the term of the covariances is missing: it compares spread and correlation.": lambda m, a, n, b: _square(m, n),
    "the squared differences of the means are averaged over the dimensions. Asked is their sum.": (
        lambda m, a, n, b: _distance(m, a, n, b) - _square(m, n) + (m - n).square().mean()
    ),
    "the factor 2 in front of the root is missing.": lambda m, a, n, b: _distance(m, a, n, b) + _cross(a, b),
    "the root is added. The more the two covariances agree, the smaller the distance: subtract.": (
        lambda m, a, n, b: _distance(m, a, n, b) + 4 * _cross(a, b)
    ),
    "the root was taken entry by entry. The square root of a matrix M is the matrix R with R @ R = M.": _with_cross(
        lambda a, b: (a @ b).clamp_min(0).sqrt().trace()
    ),
    "the covariances were multiplied entry by entry (*), so that only their diagonals count. Asked is the matrix "
    "product, @.": _with_cross(lambda a, b: (a * b).diagonal().sqrt().sum()),
    "this is the trace of (cov_a)^(1/2) (cov_b)^(1/2). The product stands under one root; the two agree only for "
    "covariances that commute.": _with_cross(lambda a, b: (_root(a) @ _root(b)).trace()),
    "the square root is missing: this has the trace of cov_a cov_b, the sum of its eigenvalues.": _with_cross(
        lambda a, b: (a @ b).trace()
    ),
    "eigvalsh and eigh are for symmetric matrices, and cov_a @ cov_b is none (they read one triangle and ignore the "
    "other). The eigenvalues of S @ cov_b @ S with S = cov_a^(1/2) are the same, and that is symmetric.": _with_cross(
        lambda a, b: torch.linalg.eigvalsh(a @ b).clamp_min(0).sqrt().sum()
    ),
    "these are the singular values of cov_a @ cov_b. For an unsymmetric matrix they are not its eigenvalues; use "
    "S @ cov_b @ S with S = cov_a^(1/2).": _with_cross(lambda a, b: torch.linalg.svdvals(a @ b).sqrt().sum()),
    "the square root is taken of the trace. The trace comes last: of the root.": _with_cross(
        lambda a, b: (a @ b).trace().clamp_min(0).sqrt()
    ),
    "this is the square root of the distance asked for: FID is the squared Wasserstein distance.": (
        lambda m, a, n, b: _distance(m, a, n, b).clamp_min(0).sqrt()
    ),
    "this compares the covariances entry by entry, |cov_a - cov_b|^2.": (
        lambda m, a, n, b: _square(m, n) + (a - b).square().sum()
    ),
    "this compares the traces only. Covariances that point elsewhere can have the same trace.": (
        lambda m, a, n, b: _square(m, n) + (a.trace() - b.trace()).abs()
    ),
}


@check
def frechet_distance(answer) -> None:
    """Judge ``frechet_distance(mean_a, cov_a, mean_b, cov_b)``: the squared W2 distance of two Gaussians."""

    def real(*statistics: Tensor):
        value = answer(*statistics)
        found = torch.as_tensor(value) if isinstance(value, Tensor | complex) or hasattr(value, "dtype") else None
        expect(
            found is None or not found.is_complex(),
            "it returned a complex number: a root of an unsymmetric matrix carries rounding into the imaginary part. "
            "Take the real part, or the eigenvalues of a symmetric matrix.",
        )
        return value

    words = ("for one dimension", "for two dimensions", "for three dimensions")
    judge_arrays(real, _distance, _MISTAKES, [LINE, PLANE, SPACE], words)
    where = "for two covariances of rank 2 in three dimensions"
    got = torch.as_tensor(real(*(values.clone() for values in THIN)), dtype=torch.float64)
    expect(
        not got.isnan(),
        f"{where} it is NaN: an eigenvalue that should be 0 comes out a little below. Clamp the eigenvalues at 0 "
        "before the root.",
    )
    right = _distance(*THIN)
    expect(torch.isclose(got, right, rtol=1e-4).item(), f"{where} it gives {got:.4f}, expected {right:.4f}.")
