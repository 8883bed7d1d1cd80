"""Samples with classes: how different those of one class are, how real each class is, and what codes stand for."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from ganlib.metrics.frechet import fid


def class_diversity(x: Tensor, y: Tensor, real_x: Tensor, real_y: Tensor) -> float:
    """How different the samples of one class are, in comparison with real ones: 1 as different, 0 all alike.

    The mean over classes k of d_k / r_k, with d_k the mean distance |x_i - x_j| of all pairs i != j of samples of class
    k, and r_k the same of real ones. It says nothing about quality: noise is diverse, too, and samples of a wrong class
    count as diversity. Pictures may be given as they are, for distances of pixels, or by their features.

    Shapes: x (N, ...) with classes y (N,), real_x (M, ...) with real_y (M,). Each real class needs two in both.

    Raises: ValueError for other shapes, for a class with fewer than two samples, or one whose real ones are all alike.
    """
    ratios = []
    for k, samples, real in _by_class(x, y, real_x, real_y):
        mine, theirs = (_mean_distance(points.flatten(1)) for points in (samples, real))
        if theirs == 0:
            raise ValueError(f"the real samples of class {k} are all alike, so nothing can be compared with them")
        ratios.append(mine / theirs)
    return sum(ratios) / len(ratios)


def class_fid(features: Tensor, y: Tensor, real_features: Tensor, real_y: Tensor) -> float:
    """The Fréchet distance inside each class, averaged over classes: 0 is best. Its name in papers is *intra-FID*.

    Unlike the distance of all samples together it sees samples of a wrong class, and a lack of variety in one. With few
    samples of a class it is biased upwards, so compare it only for equal numbers of samples.

    Shapes: features (N, d) with classes y (N,), real_features (M, d) with real_y (M,), two of each real class in both.

    Raises: ValueError as ``class_diversity`` and ``fid``.

    Source: Miyato and Koyama 2018, arXiv 1802.05637, section 4.
    """
    distances = [fid(samples, real) for _, samples, real in _by_class(features, y, real_features, real_y)]
    return sum(distances) / len(distances)


class Matching(NamedTuple):
    """What codes stand for: code c is matched with ``classes[c]``, and that fits ``agreement`` of the samples."""

    classes: tuple[int, ...]
    agreement: float


def best_matching(codes: Tensor, classes: Tensor, count: int | None = None) -> Matching:
    """Match codes with classes, one to one, so that they agree for as many samples as possible.

    agreement = max over permutations s of the share of samples with s(code) = class: 1 for codes that are the classes
    under other names, 1 / count for codes that have nothing to do with them, or a little more by chance. The best
    permutation is found exactly (the assignment problem).

    Shapes: codes and classes (N,), int64, both from 0 to count - 1. ``count`` is by default the largest number + 1.

    Raises: ValueError for other shapes, no samples, or numbers out of range.

    Source: Kuhn 1955, "The Hungarian method for the assignment problem"; scipy's ``linear_sum_assignment``.
    """
    if codes.shape != classes.shape or codes.dim() != 1 or len(codes) == 0:
        shapes = f"{tuple(codes.shape)} and {tuple(classes.shape)}"
        raise ValueError(f"codes and classes have shapes {shapes}, expected (N,) twice, N at least 1")
    low, high = min(codes.min(), classes.min()).item(), max(codes.max(), classes.max()).item()
    count = high + 1 if count is None else count
    if low < 0 or high >= count:
        raise ValueError(f"codes and classes span {low} to {high}, expected 0 to {count - 1}")
    together = torch.bincount(codes.cpu() * count + classes.cpu(), minlength=count * count).view(count, count)
    rows, columns = linear_sum_assignment(together, maximize=True)
    return Matching(tuple(columns.tolist()), together[rows, columns].sum().item() / len(codes))


def _by_class(x: Tensor, y: Tensor, real_x: Tensor, real_y: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Each real class with its samples and its real ones.

    Raises: ValueError as ``class_diversity``.
    """
    for name, samples, classes in (("x", x, y), ("real_x", real_x, real_y)):
        if classes.shape != samples.shape[:1]:
            shapes = f"{tuple(samples.shape)} and its classes {tuple(classes.shape)}"
            raise ValueError(f"{name} has shape {shapes}, expected one class for each sample")
    if x.shape[1:] != real_x.shape[1:]:
        raise ValueError(
            f"x has shape {tuple(x.shape)} and real_x {tuple(real_x.shape)}, expected samples of one shape"
        )
    for k in real_y.unique().tolist():
        samples, real = x[y == k], real_x[real_y == k]
        if min(len(samples), len(real)) < 2:
            raise ValueError(f"class {k} has {len(samples)} samples and {len(real)} real ones, expected 2 or more")
        yield k, samples, real


def _mean_distance(points: Tensor) -> float:
    """The mean Euclidean distance of all pairs of different points (n, d)."""
    return torch.pdist(points.detach().cpu().double()).mean().item()
