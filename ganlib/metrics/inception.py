"""The Inception Score: is each picture of a clear class, and do all classes come up?"""

from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib.metrics.statistics import check_features, exact

ROUNDING = 1e-4  # by how much the probabilities of a picture may miss a sum of 1, more in half precision


class InceptionScore(NamedTuple):
    """The score, and how far it is typically from that of infinitely many samples."""

    value: float
    standard_error: float


def inception_score(probabilities: Tensor, splits: int = 1, seed: int = 0) -> InceptionScore:
    """exp of the mean KL divergence from the classes of all pictures to those of one, from 1 to C. More is better.

        IS = exp( mean over x of sum over c of p(c|x) log( p(c|x) / p(c) ) ),    p(c) = mean over x of p(c|x)

    1 when all pictures look alike to the classifier; C when each is of a certain class and all C come up equally often.
    It sees no real picture, and nothing of variety inside a class.

    With ``splits`` above 1 the pictures are shuffled (by ``seed``) and cut into so many parts, as in papers (10): the
    value is the mean of their scores, and the standard error their standard deviation over sqrt(splits). Of all
    pictures at once it is IS times the standard deviation of the divergences over sqrt(N), by the delta method.

    Shapes: (N, C) with rows that sum to 1; N at least 2 for each split.

    Raises: ValueError for another shape, values that are not probabilities, or too many splits.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 4; Barratt and Sharma 2018, arXiv 1801.01973.
    """
    check_features("probabilities", probabilities)
    p, n = exact(probabilities), len(probabilities)
    sums = p.sum(1, keepdim=True)
    rounding = torch.finfo(probabilities.dtype).eps if probabilities.is_floating_point() else 0
    if p.min() < 0 or (sums - 1).abs().max() > max(ROUNDING, rounding):
        worst = sums.flatten()[(sums - 1).abs().argmax()].item()
        raise ValueError(
            f"probabilities has the smallest value {p.min():.3g} and a row that sums to {worst:.6g}, "
            "expected none below 0 and sums of 1, as softmax gives"
        )
    p = p / sums
    if not 1 <= splits <= n // 2:
        raise ValueError(f"splits = {splits} of {n} pictures, expected 1 or more, and two pictures for each")
    if splits == 1:
        divergences = _divergences(p)
        value = divergences.mean().exp().item()
        return InceptionScore(value, value * divergences.std().item() / sqrt(n))
    p = p[torch.randperm(n, generator=torch.Generator().manual_seed(seed))]
    cuts = [k * n // splits for k in range(splits + 1)]
    scores = torch.stack([_divergences(p[i:j]).mean().exp() for i, j in pairwise(cuts)])
    return InceptionScore(scores.mean().item(), scores.std().item() / sqrt(splits))


def _divergences(p: Tensor) -> Tensor:
    """For each row (N,) its Kullback-Leibler divergence from the mean of the rows, in nats; 0 log 0 is 0."""
    return (torch.xlogy(p, p) - torch.xlogy(p, p.mean(dim=0))).sum(1).clamp_min(0)
