"""Closed forms against quadrature, SciPy, linear programs and finite differences."""

from itertools import pairwise
from math import inf, log, sqrt

import pytest
import torch
from scipy import stats
from scipy.integrate import quad
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from scipy.special import rel_entr
from torch.distributions import MultivariateNormal, Normal, Uniform

from ganlib import divergences

INTERVALS = [
    ((0.0, 1.0), (0.4, 1.4)),  # shifted
    ((0.0, 1.0), (0.25, 0.5)),  # one within the other
    ((-1.0, 2.0), (0.5, 2.75)),
    ((0.0, 1.0), (3.0, 5.0)),  # disjoint
    ((2.0, 3.0), (-1.0, 0.5)),
    ((0.0, 1.0), (0.0, 1.0)),
]


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def uniform(interval):
    return Uniform(*(number(end) for end in interval))


def gaussian(d, seed):
    g = torch.Generator().manual_seed(seed)
    root = torch.randn(d, d, generator=g, dtype=torch.float64)
    mean = torch.randn(d, generator=g, dtype=torch.float64)
    return MultivariateNormal(mean, root @ root.T + 0.1 * torch.eye(d, dtype=torch.float64))


@pytest.mark.parametrize(("a", "b"), INTERVALS)
def test_uniforms_agree_with_quadrature(a, b):
    got = divergences.uniform_divergences(uniform(a), uniform(b))
    p, q = (stats.uniform(low, high - low) for low, high in (a, b))
    kinks = sorted({*a, *b})

    def integral(f):
        return sum(quad(f, low, high, limit=200)[0] for low, high in pairwise(kinks))

    def middle(x):
        return (p.pdf(x) + q.pdf(x)) / 2

    js = integral(lambda x: (rel_entr(p.pdf(x), middle(x)) + rel_entr(q.pdf(x), middle(x))) / 2)
    assert got.js.item() == pytest.approx(js, abs=1e-9)
    assert got.total_variation.item() == pytest.approx(integral(lambda x: abs(p.pdf(x) - q.pdf(x))) / 2, abs=1e-9)
    assert got.w1.item() == pytest.approx(integral(lambda x: abs(p.cdf(x) - q.cdf(x))), abs=1e-9)
    if b[0] <= a[0] and a[1] <= b[1]:
        assert got.kl.item() == pytest.approx(log((b[1] - b[0]) / (a[1] - a[0])), abs=1e-12)
    else:
        assert got.kl.item() == inf
    swapped = divergences.uniform_divergences(uniform(b), uniform(a))
    assert got.kl == swapped.reverse_kl and got.reverse_kl == swapped.kl
    torch.testing.assert_close(got[2:], swapped[2:], rtol=0, atol=1e-15)


def test_sliding_uniforms():
    """JS rises with slope log 2 to log 2 and is flat beyond, exactly; W1 = |theta| has slope 1 everywhere."""
    theta = torch.tensor([-0.5, 0.25, 1.5, 7.0], dtype=torch.float64, requires_grad=True)
    got = divergences.uniform_divergences(Uniform(number(0.0), number(1.0)), Uniform(theta, theta + 1))
    slope = {k: torch.autograd.grad(v.sum(), theta, retain_graph=True)[0].tolist() for k, v in got._asdict().items()}
    assert slope["js"][:2] == pytest.approx([-log(2), log(2)], abs=1e-12) and slope["js"][2:] == [0.0, 0.0]
    assert got.js[2:].tolist() == [log(2)] * 2 and got.js[:2].tolist() == pytest.approx([0.5 * log(2), 0.25 * log(2)])
    assert slope["total_variation"] == pytest.approx([-1, 1, 0, 0])
    assert slope["w1"] == pytest.approx([-1, 1, 1, 1]) and got.w1.tolist() == pytest.approx([0.5, 0.25, 1.5, 7.0])


@pytest.mark.parametrize(("a", "b"), [*INTERVALS[1:5], ((0.0, 1.0), (0.4, 1.5)), ((-1.0, 1.0), (-3.0, 4.0))])
def test_gradients_of_uniforms_are_finite_differences(a, b):
    ends = [number(end).requires_grad_(True) for end in (*a, *b)]

    def finite(p_low, p_high, q_low, q_high):
        return divergences.uniform_divergences(Uniform(p_low, p_high), Uniform(q_low, q_high))[2:]

    assert torch.autograd.gradcheck(finite, ends)


def test_parallel_lines_are_the_example_of_the_paper():
    theta = torch.tensor([-2.0, 0.0, 1e-9, 0.5], dtype=torch.float64, requires_grad=True)
    got = divergences.parallel_lines(theta)
    assert got.kl.tolist() == got.reverse_kl.tolist() == [inf, 0, inf, inf]
    assert got.js.tolist() == [log(2), 0, log(2), log(2)]
    assert got.total_variation.tolist() == [1, 0, 1, 1]
    assert got.w1.tolist() == [2, 0, 1e-9, 0.5]
    for name in ("kl", "reverse_kl", "js", "total_variation"):
        assert torch.autograd.grad(getattr(got, name).sum(), theta, retain_graph=True)[0].tolist() == [0.0] * 4, name
    assert torch.autograd.grad(got.w1.sum(), theta)[0].tolist() == [-1, 0, 1, 1]


@pytest.mark.parametrize("theta", [0.0, 0.3, -1.7])
def test_parallel_lines_agree_with_a_linear_program(theta):
    z = torch.linspace(0, 1, 25, dtype=torch.float64)
    at_zero, at_theta = (torch.stack([torch.full_like(z, t), z], dim=1) for t in (0.0, theta))
    plan = divergences.optimal_transport(cdist(at_zero, at_theta))
    assert plan.cost == pytest.approx(divergences.parallel_lines(theta).w1.item(), abs=1e-12)


@pytest.mark.parametrize("q", [(0.0, 1.0), (1.5, 1.0), (-1.5, 1.0), (0.4, 3.0), (-0.4, 0.2), (0.0, 2.0), (9.0, 1.1)])
def test_w1_of_normals_is_the_integral_of_the_gap(q):
    p, other = stats.norm(0, 1), stats.norm(*q)
    expected, _ = quad(lambda x: abs(p.cdf(x) - other.cdf(x)), -30, 30, epsabs=1e-11, limit=500)
    got = divergences.normal_w1(Normal(0.0, 1.0), Normal(*(number(v) for v in q)))
    assert got.dtype == torch.float64 and got.item() == pytest.approx(expected, abs=1e-8)


def test_w1_of_normals_has_gradients_also_at_equal_deviations():
    def w1(*v):
        return divergences.normal_w1(Normal(v[0], v[1]), Normal(v[2], v[3]))

    assert torch.autograd.gradcheck(w1, [number(v).requires_grad_(True) for v in (0.3, 1.0, -0.4, 1.7)])
    equal = [number(v).requires_grad_(True) for v in (0.3, 1.0, -0.4, 1.0)]
    assert torch.autograd.gradcheck(w1, equal)
    curve = divergences.normal_w1(Normal(number([0.0, 1.0]), number([1.0, 1.0])), Normal(number(0.0), number(1.0)))
    assert curve.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(4))
def test_w1_is_at_most_w2_and_w2_on_the_line_is_pythagoras(seed):
    p, q = gaussian(1, seed), gaussian(1, seed + 40)
    stds = p.scale_tril.item(), q.scale_tril.item()
    w2 = divergences.gaussian_w2(p, q)
    assert w2 == pytest.approx(sqrt((p.loc - q.loc).item() ** 2 + (stds[0] - stds[1]) ** 2), rel=1e-9)
    w1 = divergences.normal_w1(Normal(p.loc, number(stds[0])), Normal(q.loc, number(stds[1])))
    assert w1.item() <= w2


@pytest.mark.parametrize("d", [2, 5])
def test_w2_is_the_matrix_formula(d):
    p, q, r = (gaussian(d, seed) for seed in range(3))
    a, b = p.covariance_matrix.numpy(), q.covariance_matrix.numpy()
    squared = (p.loc - q.loc).square().sum().item() + (a + b - 2 * sqrtm(a @ b).real).trace()
    assert divergences.gaussian_w2(p, q) == pytest.approx(sqrt(squared), rel=1e-9)
    assert divergences.gaussian_w2(p, q) == pytest.approx(divergences.gaussian_w2(q, p), rel=1e-12)
    assert divergences.gaussian_w2(p, r) <= divergences.gaussian_w2(p, q) + divergences.gaussian_w2(q, r)
    assert divergences.gaussian_w2(p, p) < 1e-6


def test_w2_agrees_with_a_linear_program():
    """Points with mean 0 and covariance I, and their images under x -> A x + v, A symmetric and positive, are as far
    apart as the Gaussians of the same moments: that map is the best plan for both."""
    d, n = 3, 60
    x = torch.randn(n, d, dtype=torch.float64)
    x = x - x.mean(0)
    x = x @ torch.linalg.inv(torch.linalg.cholesky(x.T @ x / n)).T
    a, v = gaussian(d, 1).covariance_matrix, number([1.0, -2.0, 0.5])
    p = MultivariateNormal(torch.zeros(d, dtype=torch.float64), torch.eye(d, dtype=torch.float64))
    plan = divergences.optimal_transport(cdist(x, x @ a + v, "sqeuclidean"))
    assert divergences.gaussian_w2(p, MultivariateNormal(v, a @ a)) == pytest.approx(sqrt(plan.cost), rel=1e-9)


def test_bad_input_is_named():
    with pytest.raises(TypeError, match=r"q is a Normal, expected torch\.distributions\.Uniform"):
        divergences.uniform_divergences(Uniform(0.0, 1.0), Normal(0.0, 1.0))
    with pytest.raises(TypeError, match=r"p is a float, expected torch\.distributions\.Normal"):
        divergences.normal_w1(0.0, Normal(0.0, 1.0))
    with pytest.raises(TypeError, match=r"p is a Normal, expected .*MultivariateNormal"):
        divergences.gaussian_w2(Normal(0.0, 1.0), Normal(0.0, 1.0))
    with pytest.raises(ValueError, match=r"the means have shapes \(2,\) and \(3,\)"):
        divergences.gaussian_w2(gaussian(2, 0), gaussian(3, 0))
    with pytest.raises(ValueError, match=r"the means have shapes \(4, 2\) and \(2,\)"):
        divergences.gaussian_w2(gaussian(2, 0).expand([4]), gaussian(2, 0))
