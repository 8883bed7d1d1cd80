"""Metrics from nearest neighbours: precision and recall, density and coverage, and whether training data come back."""

from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib.metrics.statistics import check_features, exact

BLOCK = 2**22  # distances held at a time, 32 MiB in float64, whatever the number of points
SLACK = 1e-12  # squared distances differ by rounding when they differ by less than this share of the squared norms
LEVEL = 0.05
FEWEST_HELD_OUT = 19  # so many are needed before one in twenty can be told apart


class Nearest(NamedTuple):
    """For each of M points the Euclidean ``distance`` (M,), float64, and the ``index`` (M,) of the nearest one."""

    distance: Tensor
    index: Tensor


class PrecisionRecall(NamedTuple):
    """Shares from 0 to 1: of the fakes on the manifold of real samples, and of real samples on that of the fakes."""

    precision: float
    recall: float

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}"


class DensityCoverage(NamedTuple):
    """``density``, from 0 to possibly above 1, and ``coverage``, from 0 to 1."""

    density: float
    coverage: float

    def __str__(self) -> str:
        return f"density {self.density:.3f}, coverage {self.coverage:.3f}"


class MemorisationScore(NamedTuple):
    """Whether fakes lie nearer to the training set than held-out samples do.

    - ``nearer``: P(a fake is nearer than a held-out sample), ties by half: 1/2 for an honest sampler, 1 for copies.
    - ``standard_error``: of ``nearer`` for an honest sampler.
    - ``too_near``: the share of the fakes nearer than all but 5 % of the held-out samples; at most 5 % expected.
    """

    nearer: float
    standard_error: float
    too_near: float

    @property
    def z(self) -> float:
        """How many standard errors ``nearer`` lies above 1/2; above 3 is no accident."""
        return (self.nearer - 0.5) / self.standard_error

    def __str__(self) -> str:
        return f"nearer {self.nearer:.3f} (0.5 is honest), {self.z:+.1f} standard errors, {self.too_near:.1%} too near"


class Manifold:
    """Where a distribution has mass, guessed from a sample: around each point a ball that reaches its k-th neighbour.

    The radius of ball i is the distance from point i to its k-th nearest *other* point. Balls are closed, so points on
    the rim belong to them, and k + 1 equal points have balls of radius 0 that hold their equals. Balls are large where
    points are rare: an outlier has a huge one.

    Shapes: points (N, d) with N above k. Attributes: ``points`` (N, d) and ``radii`` (N,), float64. All is computed
    with at most 32 MiB of distances at a time, on the device of the points (on the CPU for one without float64).

    Raises: ValueError for another shape, k below 1 or not below N, or values that are not finite.

    Source: Kynkäänniemi et al. 2019, arXiv 1904.06991, eq. 1.
    """

    def __init__(self, points: Tensor, k: int = 3):
        self.points, self.k = _checked("points", points), k
        if not 1 <= k < len(points):
            raise ValueError(f"k = {k} with {len(points)} points, expected from 1 to the number of points less one")
        self.radii = torch.cat([self._reach(rows) for rows in _blocks(self.points, len(points))])

    def counts(self, x: Tensor) -> Tensor:
        """How many balls hold each of the points x (M, d): (M,) int64."""
        return torch.cat([inside.sum(1) for inside in self._inside(x)])

    def reached(self, x: Tensor) -> Tensor:
        """Which balls hold at least one of the points x (M, d): (N,) bool."""
        reached = torch.zeros(len(self.points), dtype=torch.bool, device=self.points.device)
        for inside in self._inside(x):
            reached |= inside.any(0)
        return reached

    def _reach(self, rows: Tensor) -> Tensor:
        """The radii of some rows: each point is left out of its own neighbours by its place, not by its distance."""
        squared = _squared_distances(self.points[rows], self.points)
        squared[torch.arange(len(rows), device=rows.device), rows] = torch.inf
        kth = squared.topk(self.k, dim=1, largest=False).indices[:, -1]
        return _lengths(self.points[rows] - self.points[kth])

    def _inside(self, x: Tensor) -> Iterator[Tensor]:
        """For some of the points x at a time, whether each lies in each ball: (rows, N) bool."""
        x = _checked("x", x, like=self.points)
        for rows in _blocks(x, len(self.points)):
            yield _squared_distances(x[rows], self.points, slack=SLACK) <= self.radii.square()


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> PrecisionRecall:
    """Improved precision and recall: quality and variety as two numbers, 1 is best.

    Precision is the share of the fakes that lie in a ball of ``Manifold(real, k)``, recall the share of the real
    samples that lie in a ball of ``Manifold(fake, k)``. One outlier, with its huge ball, can raise either.

    Shapes: real (N, d), fake (M, d): features, or points.

    Raises: ValueError for other shapes, k not below N and M, or values that are not finite.

    Source: Kynkäänniemi et al. 2019, arXiv 1904.06991, eq. 1 and 2.
    """
    real, fake = _pair(real, fake)
    precision, recall = Manifold(real, k).counts(fake) > 0, Manifold(fake, k).counts(real) > 0
    return PrecisionRecall(precision.double().mean().item(), recall.double().mean().item())


def density_coverage(real: Tensor, fake: Tensor, k: int = 5) -> DensityCoverage:
    """Density and coverage: quality and variety by the balls of the real samples alone, so that no fake adds a ball.

    Density = (1 / k M) sum over fakes of the number of real balls that hold it: 1 is expected for real samples, and one
    huge ball counts only once. Coverage is the share of the real balls that hold a fake. When both sets come from one
    distribution, it is expected to be 1 - prod over i = 1..k of (N - i) / (N + M - i): nearly 1 - 2^-k for N = M.

    Shapes: real (N, d), fake (M, d): features, or points.

    Raises: ValueError for other shapes, k not below N, or values that are not finite.

    Source: Naeem et al. 2020, arXiv 2002.09797, section 3.
    """
    real, fake = _pair(real, fake)
    balls = Manifold(real, k)
    density = balls.counts(fake).double().mean().item() / k
    return DensityCoverage(density, balls.reached(fake).double().mean().item())


def nearest(x: Tensor, others: Tensor) -> Nearest:
    """The nearest one of ``others`` (N, d) for each point of x (M, d).

    Raises: ValueError for other shapes or values that are not finite.
    """
    x, others = _pair(x, others, ("x", "others"))
    index = torch.cat([_squared_distances(x[rows], others).argmin(1) for rows in _blocks(x, len(others))])
    return Nearest(torch.cat([_lengths(x[i] - others[index[i]]) for i in _blocks(x, x.shape[1])]), index)


def memorisation(train: Tensor, fake: Tensor, held_out: Tensor) -> MemorisationScore:
    """Does the generator give back its training set? Its fakes would lie nearer to it than new real samples do.

    With d(x) the distance from x to its nearest training sample, ``nearer`` is P(d(fake) < d(held-out)) + P(equal) / 2
    over all pairs, the Mann-Whitney statistic U / (M n). If fakes come from the distribution of the held-out samples,
    both kinds of distances do, too, whatever the training set is: then its mean is 1/2, and its standard error, from
    which ``z`` comes, is sqrt((M + n + 1) / (12 M n)), less with ties. Bad fakes lie far from everything and lower
    ``nearer``: they hide copies. ``too_near`` looks at each fake alone and finds those copies.

    Shapes: train (N, d), fake (M, d), held_out (n, d) with n from 19 on, never trained on: features, or pixels.

    Raises: ValueError for other shapes or values that are not finite.

    Source: Meehan et al. 2020, arXiv 2004.05675: their global test. Their final one looks into cells of the space, too.
    """
    if len(held_out) < FEWEST_HELD_OUT:
        raise ValueError(f"held_out has {len(held_out)} samples, expected at least {FEWEST_HELD_OUT}")
    train, fake = _pair(train, fake, ("train", "fake"))
    mine, theirs = (nearest(x, train).distance for x in (fake, _checked("held_out", held_out, like=train)))
    m, n = len(mine), len(theirs)
    theirs = theirs.sort().values
    below, up_to = (torch.searchsorted(theirs, mine, right=right) for right in (False, True))
    nearer = 1 - (below + up_to).double().mean().item() / (2 * n)
    too_near = up_to + 1 <= LEVEL * (n + 1)
    return MemorisationScore(nearer, sqrt((m + n + 1) / (12 * m * n)), too_near.double().mean().item())


def _squared_distances(a: Tensor, b: Tensor, slack: float = 0.0) -> Tensor:
    """|a_i - b_j|^2 = |a_i|^2 + |b_j|^2 - 2 <a_i, b_j> about the mean of b, less ``slack`` times the squared norms."""
    centre = b.mean(0)
    a, b = a - centre, b - centre
    norms = a.square().sum(1)[:, None] + b.square().sum(1)
    return norms.addmm_(a, b.T, beta=1 - slack, alpha=-2)


def _lengths(differences: Tensor) -> Tensor:
    """Exactly 0 for equal points, which the formula of ``_squared_distances`` misses by rounding."""
    return differences.square().sum(1).sqrt()


def _blocks(x: Tensor, columns: int) -> Iterator[Tensor]:
    """The rows of x, as many at a time as keep (rows, columns) within ``BLOCK``."""
    return iter(torch.arange(len(x), device=x.device).split(max(1, BLOCK // columns)))


def _pair(a: Tensor, b: Tensor, names: tuple[str, str] = ("real", "fake")) -> tuple[Tensor, Tensor]:
    a = _checked(names[0], a)
    return a, _checked(names[1], b, like=a)


def _checked(name: str, x: Tensor, like: Tensor | None = None) -> Tensor:
    """Points (N, d) in float64, of the same d and on the same device as ``like``."""
    check_features(name, x)
    if like is not None and x.shape[1] != like.shape[1]:
        raise ValueError(f"{name} has shape {tuple(x.shape)}, expected (N, {like.shape[1]}) as the other samples")
    return exact(x) if like is None else exact(x).to(like.device)
