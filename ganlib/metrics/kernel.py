"""The kernel distance (KID): two sets of features compared by the similarities of their pairs."""

from math import isfinite, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib.metrics.statistics import check_features, exact

PAIRS = 2**24  # whose similarities are held at a time


class KID(NamedTuple):
    """The kernel distance, and how far it is typically from that of infinitely many samples."""

    value: float
    standard_error: float


def kid(features_a: Tensor, features_b: Tensor, block: int | None = None, seed: int = 0) -> KID:
    """The unbiased estimate of the squared maximum mean discrepancy of two sets of features. 0 is best.

        MMD^2 = mean over i != j of k(x_i, x_j) + mean over i != j of k(y_i, y_j) - 2 mean over i, j of k(x_i, y_j)

    with k(x, y) = (x . y / d + 1)^3. For samples of one distribution its expectation is 0 for every N, so it needs no
    correction for small N as the Fréchet distance does, and it can be below 0.

    All pairs are compared, and the standard error is that of the jackknife: leave each sample out once, and see how
    the value moves. It is never too small on average, and up to sqrt(2) too large when both distributions are nearly
    the same. The cost is (N + M)^2 d. With ``block`` it is (N + M) block d: both sets are shuffled (by ``seed``) and
    cut into blocks of so many samples, of which no two share one. The value is then the mean over pairs of blocks, less
    precise than that of all pairs, and the standard error their standard deviation over the root of their number.
    Other tools give the standard deviation of 100 overlapping subsets of 1,000: that is no standard error.

    Shapes: (N, d) and (M, d), N and M at least 3. Computed in float64 on the device of ``features_a``.

    Raises: ValueError for other shapes, values that are not finite or too large for the kernel, or a block with which
    there are not two pairs.

    Source: Bińkowski et al. 2018, arXiv 1801.01401, section 4; Gretton et al. 2012, JMLR 13, "A kernel two-sample
    test", eq. 3; Efron and Stein 1981, Annals of Statistics 9(3), "The jackknife estimate of variance"; for blocks
    Zaremba et al. 2013, arXiv 1307.1954.
    """
    for name, features in (("features_a", features_a), ("features_b", features_b)):
        check_features(name, features, least=3)
    if features_a.shape[1] != features_b.shape[1]:
        shapes = f"{tuple(features_a.shape)} and features_b {tuple(features_b.shape)}"
        raise ValueError(f"features_a has shape {shapes}, expected the same second dimension")
    a, b = exact(features_a), exact(features_b)
    b = b.to(a.device)
    found = _all_pairs(a, b) if block is None else _by_blocks(a, b, block, seed)
    if not all(map(isfinite, found)):
        largest = max(a.abs().max().item(), b.abs().max().item())
        raise ValueError(f"features_a and features_b hold up to {largest:.3g}, expected finite cubes of products")
    return found


def _all_pairs(a: Tensor, b: Tensor) -> KID:
    """The estimate from all pairs, with the standard error of the jackknife."""
    n, m = len(a), len(b)
    across_a, across_b = _similarity_sums(a, b)
    within_a, within_b = (_similarity_sums(x, x)[0] - (x.square().mean(1) + 1) ** 3 for x in (a, b))
    across = across_a.sum()
    value = within_a.sum() / (n * (n - 1)) + within_b.sum() / (m * (m - 1)) - 2 * across / (n * m)
    variance = 0.0
    for within, to_others, k, others in ((within_a, across_a, n, m), (within_b, across_b, m, n)):
        without = (within.sum() - 2 * within) / ((k - 1) * (k - 2)) - 2 * (across - to_others) / ((k - 1) * others)
        variance += without.var().item() * (k - 1) ** 2 / k
    return KID(value.item(), sqrt(variance))


def _similarity_sums(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """For each x the sum of k(x, y) over all y, (N,), and for each y that over all x, (M,)."""
    rows, columns = [], y.new_zeros(len(y))
    for some in x.split(max(1, PAIRS // len(y))):
        similarity = (some @ y.T / x.shape[1] + 1) ** 3
        rows.append(similarity.sum(1))
        columns += similarity.sum(0)
    return torch.cat(rows), columns


def _by_blocks(a: Tensor, b: Tensor, block: int, seed: int) -> KID:
    """The mean over pairs of disjoint blocks of shuffled samples, with its standard error."""
    pairs = min(len(a), len(b)) // block if block >= 3 else 0
    if pairs < 2:
        sizes = f"{len(a)} and {len(b)} samples"
        raise ValueError(f"block = {block} with {sizes}, expected at least 3, and two blocks of each set")
    random = torch.Generator().manual_seed(seed)
    a, b = (x[torch.randperm(len(x), generator=random)[: pairs * block]].split(block) for x in (a, b))
    values = torch.tensor([_all_pairs(x, y).value for x, y in zip(a, b, strict=True)], dtype=torch.float64)
    return KID(values.mean().item(), values.std().item() / sqrt(pairs))
