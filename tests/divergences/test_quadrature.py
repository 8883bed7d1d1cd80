"""Divergences of masses and of densities on a grid, against closed forms, SciPy and adaptive quadrature."""

import itertools
from math import erf, inf, log, pi, sqrt

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import wasserstein_distance
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

from ganlib import divergences

X = torch.linspace(-14, 18, 129, dtype=torch.float64)
FOUR = (divergences.kl, divergences.reverse_kl, divergences.js, divergences.total_variation)
SYMMETRIC = (divergences.js, divergences.total_variation, divergences.w1)


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def normal(mean, std):
    return Normal(number(mean), number(std))


def mixture(weights, means, stds):
    return MixtureSameFamily(Categorical(number(weights)), normal(means, stds))


def masses(n, seed, zeros=()):
    p = torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) ** 3
    p[list(zeros)] = 0
    return p / p.sum()


def bump(theta, x):
    """The log density of a raised cosine on [theta - 1, theta + 1]: smooth, and 0 beyond."""
    inside = (x - theta).abs() < 1
    safe = torch.where(inside, x - theta, 0.0)
    return torch.where(inside, ((1 + torch.cos(pi * safe)) / 2).log(), -inf)


def integral(f):
    return quad(f, -14, 18, epsabs=1e-12, epsrel=1e-12, limit=400)[0]


@pytest.mark.parametrize("q", [(0.0, 1.0), (1.5, 1.0), (-2.0, 0.6), (0.3, 1.4)])
def test_kl_of_gaussians_is_torch_s(q):
    p, q = normal(0.5, 0.8), normal(*q)
    at = p.log_prob(X), q.log_prob(X), X
    assert divergences.kl(*at).item() == pytest.approx(kl_divergence(p, q).item(), abs=1e-12)
    assert divergences.reverse_kl(*at).item() == pytest.approx(kl_divergence(q, p).item(), abs=1e-12)


def test_mixtures_agree_with_adaptive_quadrature():
    p, q = mixture([0.3, 0.7], [-2.0, 2.0], [0.6, 0.8]), mixture([0.5, 0.5], [-1.0, 4.0], [1.0, 0.7])
    f, g = (lambda x: p.log_prob(number(x)).exp().item()), (lambda x: q.log_prob(number(x)).exp().item())
    F, G = (lambda x: p.cdf(number(x)).item()), (lambda x: q.cdf(number(x)).item())
    half = [lambda x, a=a, b=b: rel_entr(a(x), (a(x) + b(x)) / 2) for a, b in ((f, g), (g, f))]
    fine = torch.linspace(-14, 18, 1001, dtype=torch.float64)
    at = p.log_prob(fine), q.log_prob(fine), fine
    assert divergences.kl(*at).item() == pytest.approx(integral(lambda x: rel_entr(f(x), g(x))), abs=1e-8)
    assert divergences.js(*at).item() == pytest.approx((integral(half[0]) + integral(half[1])) / 2, abs=1e-8)
    tv, w1 = integral(lambda x: abs(f(x) - g(x))) / 2, integral(lambda x: abs(F(x) - G(x)))
    assert divergences.total_variation(*at).item() == pytest.approx(tv, abs=2e-4)
    assert divergences.w1(*at).item() == pytest.approx(w1, abs=2e-4)


def test_the_errors_are_those_stated():
    """KL and JS of smooth densities: none left at h = 0.25. TV, which has a kink: a quarter for half the spacing."""
    p, q = normal(0.0, 1.0), normal(2.0, 1.0)
    error = {}
    for h in (0.25, 0.125, 0.0625):
        x = torch.arange(-12, 14 + h, h, dtype=torch.float64)
        error[h] = [f(p.log_prob(x), q.log_prob(x), x).item() for f in (divergences.kl, divergences.js)]
        error[h] += [erf(1 / sqrt(2)) - divergences.total_variation(p.log_prob(x), q.log_prob(x), x).item()]
    assert error[0.25][0] == pytest.approx(2, abs=1e-12)
    assert error[0.25][1] == pytest.approx(error[0.0625][1], abs=1e-12)
    assert error[0.125][2] / error[0.0625][2] == pytest.approx(4, rel=0.05)


def test_uneven_grids_are_weighted():
    x = torch.sinh(torch.linspace(-3.5, 3.5, 3001, dtype=torch.float64))
    p, q = normal(0.0, 1.0), normal(1.0, 1.5)
    at = p.log_prob(x), q.log_prob(x), x
    assert divergences.kl(*at).item() == pytest.approx(kl_divergence(p, q).item(), abs=1e-4)
    shift = normal(0.7, 1.0)
    assert divergences.w1(p.log_prob(x), shift.log_prob(x), x).item() == pytest.approx(0.7, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_discrete_distributions_agree_with_scipy(seed):
    p, q = masses(9, seed, zeros=[seed]), masses(9, seed + 50)
    at = p.log(), q.log()
    p, q = p.numpy(), q.numpy()
    assert divergences.kl(*at).item() == pytest.approx(rel_entr(p, q).sum().item(), abs=1e-14)
    assert divergences.reverse_kl(*at).item() == inf
    assert divergences.js(*at).item() == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-14)
    assert divergences.total_variation(*at).item() == pytest.approx(np.abs(p - q).sum() / 2, abs=1e-15)


def test_w1_is_scipy_s_distance_of_the_masses():
    p, q = normal(0.0, 1.0), normal(1.0, 2.0)
    weights = [d.log_prob(X).exp().numpy() for d in (p, q)]
    expected = wasserstein_distance(X, X, *weights)
    assert divergences.w1(p.log_prob(X), q.log_prob(X), X).item() == pytest.approx(expected, rel=1e-9)


def test_far_gaussians_do_not_underflow():
    x = torch.linspace(-12, 62, 297, dtype=torch.float64)
    at = normal(0.0, 1.0).log_prob(x), normal(50.0, 1.0).log_prob(x), x
    assert divergences.kl(*at).item() == pytest.approx(1250, rel=1e-12)
    assert divergences.js(*at).item() == log(2)


def test_disjoint_supports():
    """JS is log 2 to machine precision and its gradient exactly 0; KL is infinite, W1 still has a slope."""
    x = torch.linspace(-2, 6, 801, dtype=torch.float64)
    theta = number(3.0).requires_grad_(True)
    at = bump(number(0.0), x), bump(theta, x), x
    js = divergences.js(*at)
    assert abs(js.item() - log(2)) <= 1e-16
    assert torch.autograd.grad(js, theta, retain_graph=True)[0].item() == 0.0
    assert divergences.kl(*at).item() == inf and divergences.reverse_kl(*at).item() == inf
    assert divergences.total_variation(*at).item() == pytest.approx(1, abs=1e-15)
    w1 = divergences.w1(*at)
    assert w1.item() == pytest.approx(3, abs=1e-6)
    assert torch.autograd.grad(w1, theta)[0].item() == pytest.approx(1, abs=1e-3)


def test_masses_are_normalised():
    """The trapezoidal rule gives these uniform densities a mass of 1.01; the bounds hold to rounding all the same."""
    x = torch.linspace(-1, 5, 601, dtype=torch.float64)
    p, q = (torch.where((x >= a) & (x <= a + 1), 0.0, -inf) for a in (0.0, 2.0))
    assert torch.trapezoid(p.exp(), x).item() == pytest.approx(1.01, abs=1e-9)
    assert divergences.total_variation(p, q, x).item() == pytest.approx(1, abs=1e-14)
    assert divergences.js(p, p, x).item() == pytest.approx(0, abs=1e-14)
    assert divergences.w1(p, q, x).item() == pytest.approx(2, abs=1e-12)


def test_an_infinite_kl_has_no_gradient():
    theta = number(0.5).requires_grad_(True)
    x = torch.linspace(-2, 6, 801, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(divergences.kl(bump(theta, x), bump(number(0.0), x), x), theta)
    assert gradient.isnan()


def test_the_gradient_passes_by_points_where_both_vanish():
    x = torch.linspace(-2, 6, 1601, dtype=torch.float64)

    def js(theta):
        return divergences.js(bump(number(0.0), x), bump(theta, x), x)

    theta = number(0.5).requires_grad_(True)
    slope = (js(number(0.5 + 1e-4)) - js(number(0.5 - 1e-4))) / 2e-4
    assert torch.autograd.grad(js(theta), theta)[0].item() == pytest.approx(slope.item(), rel=1e-4)


def test_an_unlikely_point_outside_the_support_still_makes_kl_infinite():
    log_p = number([0.0, -2000.0])  # exp(-2000) is 0 in float64
    assert divergences.kl(log_p, number([0.0, -inf])).item() == inf
    assert divergences.kl(number([0.0, -inf]), log_p).item() == 0


def test_kl_has_slope_theta_and_js_flattens():
    theta = torch.tensor([0.5, 2.0, 8.0], dtype=torch.float64, requires_grad=True)
    p, q = normal(0.0, 1.0), Normal(theta[:, None], number(1.0))
    at = p.log_prob(X), q.log_prob(X), X
    slope = {f: torch.autograd.grad(f(*at).sum(), theta, retain_graph=True)[0] for f in (*FOUR, divergences.w1)}
    torch.testing.assert_close(slope[divergences.kl], theta.detach(), rtol=1e-9, atol=0)
    torch.testing.assert_close(slope[divergences.w1], torch.ones_like(theta), rtol=1e-9, atol=0)
    assert 0 < slope[divergences.js][2] < 1e-3 < slope[divergences.js][0]


@pytest.mark.parametrize("f", [*FOUR, divergences.w1])
def test_gradients_are_those_of_finite_differences(f):
    p = mixture([0.4, 0.6], [-1.0, 2.0], [0.7, 1.1])

    def at(mean, std):
        return f(p.log_prob(X), Normal(mean, std).log_prob(X), X)

    assert torch.autograd.gradcheck(at, [number(v).requires_grad_(True) for v in (0.37, 1.21)])


@pytest.mark.parametrize("f", [*FOUR, divergences.w1])
def test_a_curve_is_its_points(f):
    theta = torch.linspace(-3, 3, 5, dtype=torch.float64)
    p, curve = normal(0.0, 1.0), Normal(theta[:, None], number(1.3))
    got = f(p.log_prob(X), curve.log_prob(X), X)
    each = [f(p.log_prob(X), normal(t, 1.3).log_prob(X), X) for t in theta.tolist()]
    assert got.dtype == torch.float64
    torch.testing.assert_close(got, torch.stack(each), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("f", SYMMETRIC)
def test_symmetric_zero_at_equality_and_triangle(f):
    """The root of JS is a metric, and so are TV and W1."""
    grid = torch.arange(6, dtype=torch.float64)
    area = torch.tensor([0.5, 1, 1, 1, 1, 0.5], dtype=torch.float64).log()  # so that w1 gets densities

    def distance(a, b):
        d = f(a.log() - area, b.log() - area, grid)
        return d.clamp_min(0).sqrt().item() if f is divergences.js else d.item()

    ps = [masses(6, seed) for seed in range(6)]
    for a, b, c in itertools.permutations(ps, 3):
        assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-12)
        assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12
    assert all(distance(a, a) < 1e-7 for a in ps)


def test_inequalities():
    """Pinsker, JS <= log 2 TV, JS <= log 2, all positive; 500 pairs at once, some of them with zeros."""
    p, q = (torch.stack([masses(7, seed, [seed % 7] * (seed % 2)) for seed in range(s, s + 500)]) for s in (0, 900))
    kl, reverse, js, tv = (f(p.log(), q.log()) for f in FOUR)
    assert (kl >= 2 * tv**2).all() and (reverse >= 2 * tv**2).all()
    assert (js >= tv**2 / 2).all() and (js <= log(2) * tv + 1e-15).all() and (js <= log(2)).all()
    assert kl.isinf().any() and kl.isfinite().any() and not kl.isnan().any()


def test_float32_and_numpy_are_taken():
    p, q = masses(5, 0), masses(5, 1)
    expected = divergences.kl(p.log(), q.log()).item()
    assert divergences.kl(p.log().numpy(), q.log().tolist()).item() == pytest.approx(expected, abs=1e-15)
    got = divergences.kl(p.log().float(), q.log().float())
    assert got.dtype == torch.float64 and got.item() == pytest.approx(expected, abs=1e-6)


ONE = normal(0.0, 1.0).log_prob(X)
HALF = number([0.5, 0.5]).log()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((ONE, ONE[1:], X), r"log_p has shape \(129,\) and log_q \(128,\)"),
        ((number(0.0), ONE, X), r"log_p has shape \(\) and log_q \(129,\)"),
        ((ONE, ONE * torch.nan, X), "log_q holds NaN"),
        ((ONE, ONE + inf, X), r"log_q holds NaN or \+inf"),
        ((ONE.exp(), ONE, X), "log_p holds a density that integrates on the grid x to .*expected 1"),
        ((ONE, normal(17.0, 1.0).log_prob(X), X), "log_q holds a density .* to 0.84"),
        ((HALF.exp(), HALF), "log_p holds probabilities that sum to 3.29"),
        ((HALF, HALF + 1e-4), "log_q holds probabilities that sum to 1"),
        ((HALF, number([-inf, -inf])), "log_q holds probabilities that sum to 0"),
        ((HALF, torch.stack([HALF, HALF - 1])), "log_q holds probabilities that sum to 0.3679"),
        ((ONE, ONE, X[1:]), r"log_p has shape \(129,\), expected \(128,\) at the end"),
        ((ONE, ONE, X.flip(0)), "x has shape .* in increasing order"),
        ((ONE, ONE, X[:, None]), r"x has shape \(129, 1\)"),
        ((HALF, HALF, number([0.0, inf])), "x has shape .* finite"),
    ],
)
def test_bad_input_is_named(arguments, message):
    for f in FOUR[2:]:
        with pytest.raises(ValueError, match=message):
            f(*arguments)
