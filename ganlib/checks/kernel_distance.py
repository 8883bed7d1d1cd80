"""Check of chapter 09: the kernel distance KID."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check

Formula = Callable[[Tensor, Tensor], Tensor]

A = torch.tensor([[1.0, 0.5, -0.5], [0.3, 1.2, 0.8], [-0.7, 0.4, 1.5], [1.1, -0.9, 0.2]], dtype=torch.float64)
B = torch.tensor(
    [[0.2, 0.9, 1.4], [1.6, 0.1, -0.3], [0.5, 0.5, 0.7], [-1.2, 0.8, 0.6], [0.9, 1.3, -0.4]], dtype=torch.float64
)


def _kernel(x: Tensor, y: Tensor) -> Tensor:
    return (x @ y.T / x.shape[1] + 1) ** 3


def _others(k: Tensor) -> Tensor:
    """The sum over pairs of different samples."""
    return k.sum() - k.trace()


def _pairs(k: Tensor) -> Tensor:
    """The mean over pairs of different samples."""
    return _others(k) / (len(k) * (len(k) - 1))


def _distance(inside: Callable[[Tensor], Tensor] = _pairs, kernel: Formula = _kernel, cross: float = 2.0) -> Formula:
    """The squared distance with another mean within a set, another kernel, or another factor of the cross term."""
    return lambda a, b: inside(kernel(a, a)) + inside(kernel(b, b)) - cross * kernel(a, b).mean()


def _gauss(x: Tensor, y: Tensor) -> Tensor:
    return (-torch.cdist(x, y).square() / 2).exp()


def _crossing(a: Tensor, b: Tensor) -> Tensor:
    """With the cross term divided as if its two sets were one."""
    k = _kernel(a, b)
    return _pairs(_kernel(a, a)) + _pairs(_kernel(b, b)) - 2 * k.sum() / (len(a) * (len(b) - 1))


def _without_diagonal(a: Tensor, b: Tensor) -> Tensor:
    """With a cross term that leaves out i = j, too."""
    k, equal = _kernel(a, b), min(len(a), len(b))
    return _pairs(_kernel(a, a)) + _pairs(_kernel(b, b)) - 2 * _others(k) / (k.numel() - equal)


_MISTAKES: Mapping[str, Formula] = {
    "the diagonals are kept: each sample is compared with itself, which makes the estimate too large. Leave out i = j "
    "and divide by n (n - 1).": _distance(lambda k: k.mean()),
    "the diagonals are kept, although you divide by n (n - 1): leave out i = j in the sum as well.": _distance(
        lambda k: k.sum() / (len(k) * (len(k) - 1))
    ),
    "the diagonals are left out, but you divide by n^2: there are n (n - 1) pairs left.": _distance(
        lambda k: _others(k) / len(k) ** 2
    ),
    "of each pair i, j only one order is summed, but you divide by n (n - 1), which counts both.": _distance(
        lambda k: _pairs(k) / 2
    ),
    "the scalar product is not divided by d, the number of features.": _distance(
        kernel=lambda x, y: (x @ y.T + 1) ** 3
    ),
    "the + 1 is divided by d as well: (x . y / d + 1)^3.": _distance(
        kernel=lambda x, y: ((x @ y.T + 1) / x.shape[1]) ** 3
    ),
    "the + 1 in the kernel is missing.": _distance(kernel=lambda x, y: (x @ y.T / x.shape[1]) ** 3),
    "the kernel has degree 2. Asked is 3.": _distance(kernel=lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2),
    "the kernel has no power: it would compare nothing but means. Asked is degree 3.": _distance(
        kernel=lambda x, y: x @ y.T / x.shape[1] + 1
    ),
    "the scalar product is divided by the number of samples. d is the number of features.": _distance(
        kernel=lambda x, y: (x @ y.T / len(x) + 1) ** 3
    ),
    "this is a Gaussian kernel. Asked is the polynomial one, (x . y / d + 1)^3.": _distance(kernel=_gauss),
    "the factor 2 of the cross term is missing.": _distance(cross=1.0),
    "the cross term is added. Sets that resemble each other have a small distance: subtract it twice.": (
        _distance(cross=-2.0)
    ),
    "the cross term is missing: nothing compares the two sets.": _distance(cross=0.0),
    "within the cross term no pair is left out, so there are n m pairs: take the plain mean.": _crossing,
    "the cross term leaves out i = j. A real and a fake of the same number are two samples: take the plain mean.": (
        _without_diagonal
    ),
    "this is the square root of it. An unbiased estimate can be negative; it stays squared.": (
        lambda a, b: _distance()(a, b).abs().sqrt()
    ),
    "a negative estimate was set to 0. Then it is no longer unbiased: let it be negative.": (
        lambda a, b: _distance()(a, b).clamp_min(0)
    ),
    "the scalar products are summed first and then raised to the third power. The kernel is of each pair.": (
        lambda a, b: sum(
            weight * ((_pairs(x @ y.T) if x is y else (x @ y.T).mean()) / x.shape[1] + 1) ** 3
            for x, y, weight in ((a, a, 1), (b, b, 1), (a, b, -2))
        )
    ),
    "this is a thousand times the distance, as some tables print it.": lambda a, b: 1000 * _distance()(a, b),
}
NEAR = A + torch.tensor([0.1, -0.1, 0.05], dtype=torch.float64)  # near enough for an estimate below 0


@check
def kid(answer) -> None:
    """Judge ``kid(features_a, features_b)``: the unbiased squared MMD with the kernel (x . y / d + 1)^3."""
    words = ("for 4 and 5 samples with 3 features", "for 5 and 4 samples with 3 features", "for two sets that are near")
    judge_arrays(answer, _distance(), _MISTAKES, [(A, B), (B + 0.5, A), (A, NEAR)], words)
