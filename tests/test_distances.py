"""Distances of samples, against SciPy and closed forms."""

from math import cos, gamma, log, pi, sin, sqrt

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from ganlib.metrics import grid_js_divergence, sliced_wasserstein

BOX = (-1.0, 1.0, -1.0, 1.0)


def cloud(n, seed, shift=(0.0, 0.0)):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed)) * 0.4 + torch.tensor(shift)


def test_sliced_wasserstein_is_scipy_s_distance_averaged_over_directions():
    a, b = cloud(300, 0), cloud(300, 1, (0.5, -0.2))
    directions = [torch.tensor([cos(pi * k / 8), sin(pi * k / 8)]) for k in range(8)]
    expected = np.mean([wasserstein_distance(a @ direction, b @ direction) for direction in directions])
    assert sliced_wasserstein(a, b, directions=8) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_of_a_shift_is_two_over_pi_of_its_length():
    a = cloud(100, 0)
    shifted = sliced_wasserstein(a, a + torch.tensor([3.0, 4.0]), directions=500)
    assert shifted == pytest.approx(2 / pi * 5, rel=1e-4)
    assert sliced_wasserstein(a, a[torch.randperm(100)]) < 1e-6


@pytest.mark.parametrize(("n", "m"), [(300, 300), (300, 200), (7, 300), (1, 12), (12, 1), (5, 10)])
def test_samples_of_any_sizes_are_compared_by_their_quantiles(n, m):
    a, b = (torch.randn(k, 4, generator=torch.Generator().manual_seed(k)).double() for k in (n, m + 1000))
    b = b[:m] + 0.3
    theta = torch.eye(4, dtype=torch.float64)[:3]
    expected = np.mean([wasserstein_distance(a[:, k], b[:, k]) for k in range(3)])
    assert sliced_wasserstein(a, b, directions=theta) == pytest.approx(expected, rel=1e-12)
    assert sliced_wasserstein(b, a, directions=theta) == pytest.approx(expected, rel=1e-12)


def test_repeating_a_sample_changes_nothing():
    a, b = cloud(40, 0), cloud(30, 1, (1.0, 0.0))
    assert sliced_wasserstein(a.repeat(3, 1), b.repeat(5, 1)) == pytest.approx(sliced_wasserstein(a, b), rel=1e-5)
    assert sliced_wasserstein(a, a.repeat(7, 1)) < 1e-6


@pytest.mark.parametrize("d", [2, 3])
def test_whole_numbers_and_mixed_precision_are_compared_as_real_numbers(d):
    a, b = torch.arange(5 * d).view(5, d), torch.arange(4 * d).view(4, d) ** 2
    expected = sliced_wasserstein(a.double(), b.double())
    assert expected > 1
    assert sliced_wasserstein(a, b) == pytest.approx(expected, rel=1e-5)
    assert sliced_wasserstein(a.double(), b.half()) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("d", [1, 2, 3, 10, 200])
def test_a_shift_and_a_scale_in_any_dimension_have_closed_forms(d):
    a = torch.randn(1000, d, generator=torch.Generator().manual_seed(d), dtype=torch.float64)
    v = torch.linspace(-1, 3, d, dtype=torch.float64) + 0.5
    mean = gamma(d / 2) / (sqrt(pi) * gamma((d + 1) / 2)) if d < 100 else sqrt(2 / (pi * (d - 0.5)))
    shifted = sliced_wasserstein(a, a + v, directions=500)
    assert shifted == pytest.approx(mean * v.norm().item(), rel=0.1)
    assert sliced_wasserstein(a, a + v, directions=(v / v.norm())[None]) == pytest.approx(v.norm().item())
    assert sliced_wasserstein(a, 1.5 * a) == pytest.approx(0.5 * sqrt(2 / pi), rel=0.05)  # of Gaussians: |s - t| E|Z|


def test_random_directions_are_the_same_again_and_draw_from_no_one():
    a, b = (torch.randn(50, 5, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    before = torch.get_rng_state()
    assert sliced_wasserstein(a, b) == sliced_wasserstein(a, b, directions=128, seed=0)
    assert sliced_wasserstein(a, b) != sliced_wasserstein(a, b, seed=1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.gpu
def test_slices_on_a_gpu():
    for d in (2, 6):
        a, b = (torch.randn(n, d, generator=torch.Generator().manual_seed(n)) for n in (50, 40))
        for x, y in ((a.cuda(), b.cuda()), (a.cuda(), b), (a, b.cuda())):
            assert sliced_wasserstein(x, y) == pytest.approx(sliced_wasserstein(a, b), rel=1e-4)


def test_grid_js_is_scipy_s_on_the_same_counts():
    a, b = cloud(400, 2), cloud(500, 3, (0.3, 0.1))
    edges = np.linspace(-1, 1, 9)
    inside = [np.clip(x.numpy(), -1, 1 - 1e-6) for x in (a, b)]
    p, q = (np.histogram2d(*x.T, bins=(edges, edges))[0].ravel() for x in inside)
    assert grid_js_divergence(a, b, BOX, cells=8) == pytest.approx(jensenshannon(p, q) ** 2, rel=1e-6)


def test_grid_js_reaches_log_2_when_apart_and_0_when_equal():
    a = cloud(50, 0).clamp(-0.9, -0.1)
    assert grid_js_divergence(a, -a, BOX) == pytest.approx(log(2), abs=1e-12)
    assert grid_js_divergence(a, a.flip(0), BOX) == 0.0
    far = torch.tensor([[9.0, 9.0]])  # beyond the edge: counts in the corner
    assert grid_js_divergence(far, torch.tensor([[0.99, 0.99]]), BOX) == 0.0


def test_wide_boxes_know_left_from_bottom():
    a, b = torch.tensor([[1.5, 0.2]]), torch.tensor([[0.5, 0.2]])
    assert grid_js_divergence(a, b, (0.0, 2.0, 0.0, 1.0), cells=2) == pytest.approx(log(2))
    assert grid_js_divergence(a, b, (0.0, 4.0, 0.0, 1.0), cells=2) == 0.0


def test_bad_samples_are_named():
    with pytest.raises(ValueError, match=r"a has shape \(3, 2\) and b \(3, 4\), expected \(N, d\) and \(M, d\)"):
        sliced_wasserstein(torch.zeros(3, 2), torch.zeros(3, 4))
    with pytest.raises(ValueError, match=r"a has shape \(0, 2\)"):
        sliced_wasserstein(torch.zeros(0, 2), torch.zeros(3, 2))
    with pytest.raises(ValueError, match="b holds NaN"):
        sliced_wasserstein(torch.zeros(3, 2), torch.full((3, 2), torch.nan))
    for d in (2, 3):
        with pytest.raises(ValueError, match="directions = 0"):
            sliced_wasserstein(torch.zeros(3, d), torch.zeros(3, d), directions=0)
    with pytest.raises(ValueError, match=r"directions has shape \(2, 3\), expected \(n, 2\)"):
        sliced_wasserstein(torch.zeros(3, 2), torch.zeros(3, 2), directions=torch.zeros(2, 3))
    with pytest.raises(ValueError, match="b holds NaN"):
        grid_js_divergence(torch.zeros(3, 2), torch.full((3, 2), torch.nan), BOX)
    with pytest.raises(ValueError, match=r"a has shape \(0, 2\)"):
        grid_js_divergence(torch.zeros(0, 2), torch.zeros(3, 2), BOX)
