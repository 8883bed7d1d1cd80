"""Distances of samples, against SciPy and closed forms."""

from math import cos, log, pi, sin

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
    directions = [torch.tensor([cos(pi * k / 7), sin(pi * k / 7)]) for k in range(7)]
    expected = np.mean([wasserstein_distance(a @ direction, b @ direction) for direction in directions])
    assert sliced_wasserstein(a, b, directions=7) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_of_a_shift_is_two_over_pi_of_its_length():
    a = cloud(100, 0)
    shifted = sliced_wasserstein(a, a + torch.tensor([3.0, 4.0]), directions=500)
    assert shifted == pytest.approx(2 / pi * 5, rel=1e-4)
    assert sliced_wasserstein(a, a[torch.randperm(100)]) < 1e-6


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
    with pytest.raises(ValueError, match=r"a has shape \(3, 2\) and b \(4, 2\)"):
        sliced_wasserstein(torch.zeros(3, 2), torch.zeros(4, 2))
    with pytest.raises(ValueError, match="directions = 0"):
        sliced_wasserstein(torch.zeros(3, 2), torch.zeros(3, 2), directions=0)
    with pytest.raises(ValueError, match="b holds NaN"):
        grid_js_divergence(torch.zeros(3, 2), torch.full((3, 2), torch.nan), BOX)
    with pytest.raises(ValueError, match=r"a has shape \(0, 2\)"):
        grid_js_divergence(torch.zeros(0, 2), torch.zeros(3, 2), BOX)
