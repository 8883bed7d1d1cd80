"""Distances with a closed form, differentiable in the parameters of the distributions (``gaussian_w2`` excepted)."""

from math import inf, log, pi, sqrt
from typing import NamedTuple

import torch
from torch import Tensor
from torch.distributions import Distribution, MultivariateNormal, Normal, Uniform, kl_divergence

from ganlib.metrics.frechet import frechet_distance


class Divergences(NamedTuple):
    """KL(p || q), KL(q || p) and JS in nats, total variation, and W1 in the units of x; one value for each pair."""

    kl: Tensor
    reverse_kl: Tensor
    js: Tensor
    total_variation: Tensor
    w1: Tensor


def parallel_lines(theta: Tensor) -> Divergences:
    """The segments {0} x [0, 1] and {theta} x [0, 1] of the plane, each with its uniform distribution.

    theta = 0: all are 0. Else: KL = reverse KL = inf, JS = log 2, TV = 1, whose gradients are exactly 0; W1 = |theta|.

    Shapes: theta of any shape; each result has it too.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, example 1.
    """
    theta = torch.as_tensor(theta, dtype=torch.float64)
    apart = theta.sign().abs()
    infinite = torch.where(apart > 0, inf, apart)
    return Divergences(infinite, infinite, log(2) * apart, apart, theta.abs())


def uniform_divergences(p: Uniform, q: Uniform) -> Divergences:
    """Two uniform distributions on intervals of the line, of widths u and v, which share an interval of length o.

    JS = log 2 + (o / u log(v / (u + v)) + o / v log(u / (u + v))) / 2 and TV = 1 - o / max(u, v). With s and t the
    differences of the lower and of the upper ends, W1 = |s + t| / 2 when s t >= 0 and (s^2 + t^2) / (2 (|s| + |t|))
    else. Disjoint intervals: JS = log 2, with gradient exactly 0.

    Shapes: parameters of any shapes that broadcast; each result has the common one.

    Raises: TypeError for another kind of distribution.

    Source: KL is PyTorch's; JS, TV and W1 are the integrals of Lin 1991 (eq. 4.1) and Vallender 1974 done by hand.
    """
    p, q = (Uniform(d.low.double(), d.high.double()) for d in _both(p, q, Uniform))
    u, v = p.high - p.low, q.high - q.low
    shared = (torch.minimum(p.high, q.high) - torch.maximum(p.low, q.low)).clamp_min(0)
    js = log(2) + (shared / u * (v / (u + v)).log() + shared / v * (u / (u + v)).log()) / 2
    tv = 1 - shared / torch.maximum(u, v)
    s, t = p.low - q.low, p.high - q.high
    crossing = s * t < 0
    ends = torch.where(crossing, s.abs() + t.abs(), 1.0)
    w1 = torch.where(crossing, (s.square() + t.square()) / (2 * ends), (s + t).abs() / 2)
    return Divergences(kl_divergence(p, q), kl_divergence(q, p), js, tv, w1)


def normal_w1(p: Normal, q: Normal) -> Tensor:
    """W1 of two Gaussians on the line: E |m + s Z|, m and s the differences of means and deviations, Z ~ N(0, 1).

    The best plan pairs equal quantiles, so W1 is the mean of a folded normal:
    |s| sqrt(2 / pi) exp(-m^2 / (2 s^2)) + m erf(m / (|s| sqrt 2)), and |m| when s = 0.

    Shapes: parameters of any shapes that broadcast; the result has the common one, in the units of x.

    Raises: TypeError for another kind of distribution.

    Source: Vallender 1974 (quantiles); Leone et al. 1961, "The folded normal distribution", Technometrics 3(4).
    """
    p, q = _both(p, q, Normal)
    m, s = p.loc.double() - q.loc.double(), (p.scale.double() - q.scale.double()).abs()
    equal = s == 0
    spread = torch.where(equal, 1.0, s)
    z = m / spread
    folded = spread * sqrt(2 / pi) * (-z.square() / 2).exp() + m * torch.erf(z / sqrt(2))
    return torch.where(equal, m.abs(), folded)


def gaussian_w2(p: MultivariateNormal, q: MultivariateNormal) -> float:
    """W2 of two Gaussians in d dimensions, the square root of ``ganlib.metrics.frechet_distance``; units of x.

    W2^2 = |mean_p - mean_q|^2 + tr(cov_p + cov_q - 2 (cov_p cov_q)^(1/2)). Of a rounding error of 1e-16 the
    root makes 1e-8 when p and q are nearly equal.

    Raises: TypeError for another kind of distribution; ValueError for batches or different dimensions.

    Source: Dowson and Landau 1982, J. Multivariate Analysis 12; Givens and Shortt 1984, Michigan Math. J. 31, prop. 7.
    """
    p, q = _both(p, q, MultivariateNormal)
    if p.batch_shape or q.batch_shape or p.event_shape != q.event_shape:
        shapes = f"{tuple(p.loc.shape)} and {tuple(q.loc.shape)}"
        raise ValueError(f"the means have shapes {shapes}, expected (d,) twice with the same d")
    statistics = [t.detach().double() for d in (p, q) for t in (d.loc, d.covariance_matrix)]
    return sqrt(frechet_distance(*statistics))


def _both(p: Distribution, q: Distribution, kind: type) -> tuple:
    for name, distribution in (("p", p), ("q", q)):
        if not isinstance(distribution, kind):
            raise TypeError(f"{name} is a {type(distribution).__name__}, expected torch.distributions.{kind.__name__}")
    return p, q
