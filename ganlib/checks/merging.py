"""Check of chapter 09: mean and covariance of two heaps, from the statistics of each."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ganlib.checks.arrays import as_array, judge_arrays
from ganlib.checks.core import check
from ganlib.checks.manifolds import as_pair

Formula = Callable[..., Tensor]

FEW = torch.tensor([[1.0, 0.5], [0.2, -0.7], [2.2, 0.9]], dtype=torch.float64)
MANY = torch.tensor([[4.0, 1.5], [3.1, 2.7], [5.2, -0.9], [4.4, 0.3], [2.7, 1.8]], dtype=torch.float64)
OTHER = MANY.flip(1) - torch.tensor([6.0, -2.0], dtype=torch.float64)


def _statistics(x: Tensor) -> tuple[int, Tensor, Tensor]:
    return len(x), x.mean(0), torch.cov(x.T)


def _case(x: Tensor, y: Tensor) -> tuple:
    return *_statistics(x), *_statistics(y)


def _mean(n: int, mean_a: Tensor, m: int, mean_b: Tensor) -> Tensor:
    return (n * mean_a + m * mean_b) / (n + m)


def _between(n: int, mean_a: Tensor, m: int, mean_b: Tensor) -> Tensor:
    """The scatter that comes from the distance of the two means."""
    apart = mean_b - mean_a
    return torch.outer(apart, apart) * n * m / (n + m)


def _with(covariance: Formula, mean: Formula = _mean) -> Formula:
    """Mean and covariance as one array, with another way to put together either."""

    def merged(n: int, mean_a: Tensor, cov_a: Tensor, m: int, mean_b: Tensor, cov_b: Tensor) -> Tensor:
        within = (n - 1) * cov_a + (m - 1) * cov_b
        cov = covariance(n, m, within, _between(n, mean_a, m, mean_b), cov_a, cov_b, mean_b - mean_a)
        return torch.cat([mean(n, mean_a, m, mean_b)[None], cov])

    return merged


def _covariance(n, m, within, between, *_):
    return (within + between) / (n + m - 1)


_MISTAKES: Mapping[str, Formula] = {
    "the mean is wrong: the larger heap counts for more. Weigh each mean with its number of samples.": _with(
        _covariance, lambda n, mean_a, m, mean_b: (mean_a + mean_b) / 2
    ),
    "each mean has the weight of the other heap. Weigh it with its own number of samples.": _with(
        _covariance, lambda n, mean_a, m, mean_b: (m * mean_a + n * mean_b) / (n + m)
    ),
    "mean and covariance are plain averages. Weigh with the numbers of samples, and mind that two heaps with different "
    "means are spread further than either.": _with(
        lambda n, m, w, t, cov_a, cov_b, d: (cov_a + cov_b) / 2, lambda n, mean_a, m, mean_b: (mean_a + mean_b) / 2
    ),
    "the distance of the two means is missing from the covariance: two narrow heaps far apart are a wide one.": _with(
        lambda n, m, within, *_: within / (n + m - 1)
    ),
    "the covariances are averaged with weights n, and the distance of the two means is missing.": _with(
        lambda n, m, w, t, cov_a, cov_b, d: (n * cov_a + m * cov_b) / (n + m)
    ),
    "the covariance is the plain average of the two, and the distance of the two means is missing.": _with(
        lambda n, m, w, t, cov_a, cov_b, d: (cov_a + cov_b) / 2
    ),
    "the pooled covariance of a t-test, divided by n + m - 2, knows nothing of the distance of the two means.": _with(
        lambda n, m, within, *_: within / (n + m - 2)
    ),
    "divide by n + m - 1: the result is the unbiased covariance, like the two that came in.": _with(
        lambda n, m, within, between, *_: (within + between) / (n + m)
    ),
    "divide by n + m - 1, not n + m - 2: the merged heap has one mean.": _with(
        lambda n, m, within, between, *_: (within + between) / (n + m - 2)
    ),
    "the covariances came with the divisor n - 1, so the scatter of a heap is (n - 1) times its covariance, not n "
    "times.": _with(lambda n, m, w, t, cov_a, cov_b, d: (n * cov_a + m * cov_b + t) / (n + m - 1)),
    "the covariances came with the divisor n - 1, and the result needs n + m - 1. You use n in both places.": _with(
        lambda n, m, w, t, cov_a, cov_b, d: (n * cov_a + m * cov_b + t) / (n + m)
    ),
    "the squared distance of the two means needs the factor n m / (n + m).": _with(
        lambda n, m, within, t, cov_a, cov_b, d: (within + torch.outer(d, d)) / (n + m - 1)
    ),
    "the squared distance of the two means is multiplied by n m, and not divided by n + m.": _with(
        lambda n, m, within, between, *_: (within + between * (n + m)) / (n + m - 1)
    ),
    "the distance of the two means is squared entry by entry and added everywhere. Asked is the outer product, whose "
    "entry i, j is d_i d_j.": _with(
        lambda n, m, within, t, cov_a, cov_b, d: (within + d.square() * n * m / (n + m)) / (n + m - 1)
    ),
    "the distance of the two means enters as one number, the scalar product. Asked is the outer product, whose entry "
    "i, j is d_i d_j.": _with(lambda n, m, within, t, *_: (within + t.trace()) / (n + m - 1)),
    "the distance of the two means enters the diagonal only. It correlates features, too: take the outer product.": (
        _with(lambda n, m, within, between, *_: (within + between.diagonal().diag()) / (n + m - 1))
    ),
    "the distance of the two means is subtracted. It spreads the heap: add it.": _with(
        lambda n, m, within, between, *_: (within - between) / (n + m - 1)
    ),
}


@check
def merge(answer) -> None:
    """Judge ``merge(n_a, mean_a, cov_a, n_b, mean_b, cov_b)``: mean and unbiased covariance of both heaps together."""

    def both(*case):
        mean, cov = (as_array(value) for value in as_pair(answer(*case), "mean, covariance"))
        return torch.cat([mean.reshape(1, -1), cov]) if cov.shape == (2, 2) and mean.numel() == 2 else cov

    cases = [_case(FEW, MANY), _case(OTHER, FEW)]
    judge_arrays(both, _with(_covariance), _MISTAKES, cases, ("for heaps of 3 and 5 samples", "for heaps of 5 and 3"))
