"""The earth mover's distance: sorting, SciPy, the linear program and its dual say the same."""

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

from ganlib import divergences


def cloud(n, d, seed):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def masses(n, seed):
    return torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_three_ways_to_w1_on_the_line():
    """Sorted samples = linear program = integral of |F - G| (which is what SciPy computes)."""
    a, b = cloud(40, 1, 0), cloud(40, 1, 1) * 2 + 0.5
    by_sorting = divergences.sorted_w1(a[:, 0], b[:, 0]).item()
    assert by_sorting == pytest.approx(wasserstein_distance(a[:, 0], b[:, 0]), rel=1e-12)
    assert by_sorting == pytest.approx(divergences.optimal_transport(cdist(a, b)).cost, rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_weighted_points_on_the_line_agree_with_scipy(seed):
    a, b = cloud(12, 1, seed), cloud(17, 1, seed + 10)
    p, q = masses(12, seed), masses(17, seed + 10)
    p, q = p / p.sum(), q / q.sum()
    got = divergences.optimal_transport(cdist(a, b), p, q)
    assert got.cost == pytest.approx(wasserstein_distance(a[:, 0], b[:, 0], p, q), rel=1e-10)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_equal_masses_agree_with_the_assignment_problem(metric):
    cost = cdist(cloud(30, 3, 0), cloud(30, 3, 1) + 1, metric)
    rows, columns = linear_sum_assignment(cost)
    got = divergences.optimal_transport(cost)
    assert got.cost == pytest.approx(cost[rows, columns].mean(), rel=1e-10)
    assert np.array_equal(got.plan.numpy().argmax(1), columns)


@pytest.mark.parametrize(("cost_unit", "mass_unit"), [(1.0, 1.0), (1e-9, 1e6), (1e9, 1e-6)])
def test_the_plan_is_feasible_and_the_potentials_prove_it_optimal(cost_unit, mass_unit):
    cost = torch.from_numpy(cdist(cloud(15, 2, 0), cloud(20, 2, 1))) * cost_unit
    p, q = masses(15, 0), masses(20, 1)
    p, q = mass_unit * p / p.sum(), mass_unit * q / q.sum()
    got = divergences.optimal_transport(cost, p, q)
    assert got.plan.shape == (15, 20) and got.f.shape == (15,) and got.g.shape == (20,)
    assert all(t.dtype == torch.float64 for t in (got.plan, got.f, got.g))
    assert (got.plan >= 0).all() and got.plan.count_nonzero() <= 15 + 20 - 1
    torch.testing.assert_close(got.plan.sum(1), p, rtol=1e-9, atol=1e-12 * mass_unit)
    torch.testing.assert_close(got.plan.sum(0), q, rtol=1e-9, atol=1e-12 * mass_unit)
    slack = (cost - got.f[:, None] - got.g) / cost_unit
    assert slack.min() > -1e-9 and slack[got.plan > 0].abs().max() < 1e-9
    assert (p @ got.f + q @ got.g).item() == pytest.approx(got.cost, rel=1e-9)
    assert got.cost == pytest.approx((got.plan * cost).sum().item(), rel=1e-12)


def test_rare_masses_are_moved_too():
    """A pile of 1e-8 is below the usual tolerance of HiGHS, 1e-7."""
    cost, p = cdist(cloud(30, 2, 0), cloud(30, 2, 1)), torch.full((30,), 1e-8, dtype=torch.float64)
    p[0] = 1 - p[1:].sum()
    got = divergences.optimal_transport(cost, p, p.flip(0))
    torch.testing.assert_close(got.plan.sum(1), p, rtol=1e-2, atol=0)
    torch.testing.assert_close(got.plan.sum(0), p.flip(0), rtol=1e-2, atol=0)
    assert (p @ got.f + p.flip(0) @ got.g).item() == pytest.approx(got.cost, rel=1e-9)


def test_every_other_plan_costs_at_least_as_much():
    cost = torch.from_numpy(cdist(cloud(8, 2, 0), cloud(8, 2, 1)))
    best = divergences.optimal_transport(cost).cost
    shuffled = [cost[range(8), torch.randperm(8)].mean().item() for _ in range(200)]
    assert min(shuffled) >= best - 1e-12


def test_moving_a_cloud_costs_the_length_of_the_move():
    x = cloud(25, 2, 0)
    assert divergences.optimal_transport(cdist(x, x + torch.tensor([3.0, 4.0]))).cost == pytest.approx(5, rel=1e-10)
    assert divergences.optimal_transport(cdist(x, x)).cost == pytest.approx(0, abs=1e-12)
    assert divergences.optimal_transport(torch.zeros(2, 3)).cost == 0


def test_blocks_are_paid_mass_times_distance():
    """Three blocks at 0, to 1 (two of them) and 5: 2 * 1 + 1 * 5. An empty pile takes no part."""
    got = divergences.optimal_transport([[0.0, 1.0, 5.0], [9.0, 9.0, 9.0]], [3.0, 0.0], [0.0, 2.0, 1.0])
    assert got.cost == pytest.approx(7) and got.plan.tolist() == [[0, 2, 1], [0, 0, 0]]


def test_w1_is_at_most_w2_and_obeys_the_triangle():
    x, y, z = cloud(20, 2, 0), cloud(20, 2, 1) + 1, cloud(20, 2, 2) * 2

    def w1(a, b):
        return divergences.optimal_transport(cdist(a, b)).cost

    assert w1(x, y) == pytest.approx(w1(y, x), rel=1e-10)
    assert w1(x, z) <= w1(x, y) + w1(y, z)
    assert w1(x, y) <= divergences.optimal_transport(cdist(x, y, "sqeuclidean")).cost ** 0.5


def test_the_critic_is_lipschitz_and_attains_w1():
    """Kantorovich-Rubinstein: no function of slope at most 1 separates more, and this one separates as much as W1."""
    x, y, p = cloud(25, 2, 0) + 1e4, cloud(30, 2, 1) + 1e4 + 1, masses(25, 3)
    p = p / p.sum()
    got = divergences.optimal_transport(cdist(x, y), p)
    critic = divergences.lipschitz_critic(y, got.g)
    assert (p @ critic(x) - critic(y).mean()).item() == pytest.approx(got.cost, rel=1e-9)
    torch.testing.assert_close(critic(x), got.f, rtol=0, atol=1e-9)
    torch.testing.assert_close(critic(y), -got.g, rtol=0, atol=1e-9)
    z = torch.cat([x, y, cloud(100, 2, 5) * 3 + 1e4])
    assert ((critic(z)[:, None] - critic(z)).abs().numpy() <= cdist(z, z) + 1e-11).all()
    z = cloud(50, 2, 6).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(z).sum(), z)
    torch.testing.assert_close(slope.norm(dim=1), torch.ones(50, dtype=torch.float64))


def test_sorted_w1_has_gradients_and_batches():
    a, b = cloud(5, 6, 0), cloud(5, 6, 1)
    got = divergences.sorted_w1(a, b)
    expected = [wasserstein_distance(u, v) for u, v in zip(a, b, strict=True)]
    assert got.tolist() == pytest.approx(expected)
    assert divergences.sorted_w1(a[0].float(), b[0].float()).dtype == torch.float64
    assert torch.autograd.gradcheck(divergences.sorted_w1, (a.requires_grad_(True), b.requires_grad_(True)))
    far = cloud(10, 1, 0)[:, 0].requires_grad_(True)
    (slope,) = torch.autograd.grad(divergences.sorted_w1(far, torch.full((10,), 9.0)), far)
    assert slope.tolist() == pytest.approx([-0.1] * 10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: divergences.sorted_w1(torch.zeros(3), torch.zeros(4)), r"a has shape \(3,\) and b \(4,\)"),
        (lambda: divergences.sorted_w1(torch.zeros(0), torch.zeros(0)), r"a has shape \(0,\)"),
        (lambda: divergences.sorted_w1(torch.zeros(3), torch.full((3,), torch.nan)), "b holds NaN"),
        (lambda: divergences.optimal_transport(torch.zeros(3)), r"cost has shape \(3,\), expected \(n, m\)"),
        (lambda: divergences.optimal_transport(torch.zeros(0, 3)), r"cost has shape \(0, 3\)"),
        (lambda: divergences.optimal_transport(torch.full((2, 2), torch.inf)), "cost holds NaN or infinity"),
        (lambda: divergences.optimal_transport(torch.zeros(2, 2), torch.ones(3)), r"p has shape \(3,\), expected 2"),
        (lambda: divergences.optimal_transport(torch.zeros(2, 2), None, [2.0, -1.0]), "q .* expected 2 masses >= 0"),
        (lambda: divergences.optimal_transport(torch.zeros(2, 2), [0.0, 0.0], [0.0, 0.0]), "p .* not all 0"),
        (lambda: divergences.optimal_transport(torch.zeros(2, 2), [3.0, 3.0], [3.0, 2.0]), "p has mass 6 and q 5"),
        (lambda: divergences.lipschitz_critic(torch.zeros(3), torch.zeros(3)), r"y has shape \(3,\) and g \(3,\)"),
        (lambda: divergences.lipschitz_critic(torch.zeros(3, 1), torch.zeros(2)), r"y has shape \(3, 1\) and g \(2,\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
