"""Toys: densities are densities, samples follow them, and bad arguments are refused."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlib.data import toys

ALL = [
    toys.Gaussians([[0.0, 1.0], [2.0, -1.0]], std=0.4, weights=[1, 3]),
    toys.ring(),
    toys.grid(),
    toys.points([[0.0, 0.0], [0.3, 0.1], [-1.0, 0.5]], std=0.3),
    toys.Line((0.0, 0.0), (3.0, 4.0), std=0.2),
    toys.Segments((0.0, 2.0)),
    toys.SwissRoll(),
]
WITH_DENSITY = [
    toys.Gaussians([[0.0, 1.0], [2.0, -1.0]], std=0.4, weights=[1, 3]),
    toys.ring(k=5, radius=1.5, std=0.2),
    toys.grid(k=3, spacing=1.0, std=0.3),
    toys.points([[0.0, 0.0], [0.3, 0.1], [-1.0, 0.5]], std=0.3),
    toys.Line((-1.0, -1.5), (1.0, 0.5), std=0.2),
]


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def plane(low: float, high: float, n: int) -> tuple[torch.Tensor, float]:
    """The centers of n x n squares that tile [low, high]^2, and the area of one."""
    step = (high - low) / n
    axis = torch.linspace(low + step / 2, high - step / 2, n, dtype=torch.float64)
    return torch.cartesian_prod(axis, axis), step**2


@pytest.mark.parametrize("toy", ALL, ids=lambda toy: type(toy).__name__)
def test_sample_depends_on_the_generator_alone(toy):
    before = torch.get_rng_state()
    x = toy.sample(100, seeded(1))
    assert torch.equal(torch.get_rng_state(), before)
    assert x.shape == (100, 2) and x.dtype == torch.float32 and x.isfinite().all()
    assert torch.equal(x, toy.sample(100, seeded(1)))
    assert not torch.equal(x, toy.sample(100, seeded(2)))
    assert toy.sample(1).shape == (1, 2)


@pytest.mark.parametrize("toy", WITH_DENSITY, ids=lambda toy: type(toy).__name__)
def test_density_integrates_to_one(toy):
    x, area = plane(-4, 4, 320)
    assert toy.log_density(x).exp().sum().item() * area == pytest.approx(1, abs=5e-3)


@pytest.mark.parametrize("toy", WITH_DENSITY, ids=lambda toy: type(toy).__name__)
def test_samples_fall_where_the_density_says(toy):
    """Counts in 6 x 6 boxes against the integral of the density over each box: a chi-squared test."""
    n, boxes, per_box = 20_000, 6, 40
    low, high = -2.4, 2.4
    x, area = plane(low, high, boxes * per_box)
    mass = toy.log_density(x).exp().view(boxes, per_box, boxes, per_box).sum((1, 3)) * area
    edges = np.linspace(low, high, boxes + 1)
    counts, _, _ = np.histogram2d(*toy.sample(n, seeded(0)).numpy().T, bins=(edges, edges))
    expected = np.append(n * mass.numpy().ravel(), n * (1 - mass.sum().item()))
    observed = np.append(counts.ravel(), n - counts.sum())
    enough = expected >= 10
    merged = [np.append(v[enough], v[~enough].sum()) for v in (observed, expected)]
    keep = merged[1] > 1
    statistic = ((merged[0] - merged[1])[keep] ** 2 / merged[1][keep]).sum()
    assert stats.chi2.sf(statistic, df=keep.sum() - 1) > 1e-4


def test_mixture_density_agrees_with_scipy():
    toy = toys.Gaussians([[0.0, 1.0], [2.0, -1.0], [-1.0, 0.5]], std=0.4, weights=[2, 0, 6])
    x = torch.randn(50, 2, generator=seeded(0), dtype=torch.float64)
    modes = [stats.multivariate_normal(c, 0.4**2) for c in toy.centers.double().tolist()]
    expected = np.log(0.25 * modes[0].pdf(x) + 0.75 * modes[2].pdf(x))
    np.testing.assert_allclose(toy.log_density(x), expected, rtol=1e-10)
    assert toy.log_density(x.float()).dtype == torch.float32


def test_mixture_moments_have_their_closed_form():
    """mean = sum w c; covariance = std^2 I + sum w c c^T - mean mean^T."""
    toy = toys.Gaussians([[0.0, 1.0], [2.0, -1.0]], std=0.4, weights=[1, 3])
    assert toy.weights.tolist() == [0.25, 0.75]
    x = toy.sample(100_000, seeded(0))
    mean = toy.weights @ toy.centers
    cov = 0.16 * torch.eye(2) + (toy.weights[:, None] * toy.centers).T @ toy.centers - mean.outer(mean)
    torch.testing.assert_close(x.mean(0), mean, atol=0.015, rtol=0)
    torch.testing.assert_close(x.T.cov(), cov, atol=0.02, rtol=0)


def test_log_density_far_away_is_finite_and_its_gradient_points_home():
    toy, x = toys.ring(), torch.tensor([[30.0, 0.0]], requires_grad=True)
    log_p = toy.log_density(x)
    (score,) = torch.autograd.grad(log_p.sum(), x)
    assert log_p.isfinite().all()
    torch.testing.assert_close(score, (torch.tensor([[1.0, 0.0]]) - x.detach()) / 0.01**2)


@pytest.mark.parametrize("k, radius", [(8, 1.0), (1, 2.0), (5, 0.5)])
def test_ring_has_k_equal_modes_on_its_circle(k, radius):
    toy = toys.ring(k, radius)
    assert toy.centers.shape == (k, 2)
    torch.testing.assert_close(toy.centers.norm(dim=1), torch.full((k,), radius))
    torch.testing.assert_close(toy.centers[0], torch.tensor([radius, 0.0]))
    heights = toy.log_density(toy.centers)
    torch.testing.assert_close(heights, heights[:1].expand(k))
    if k > 1:
        gaps = torch.cdist(toy.centers, toy.centers).fill_diagonal_(math.inf).amin(1)
        torch.testing.assert_close(gaps, torch.full((k,), 2 * radius * math.sin(math.pi / k)))


def test_grid_is_the_25_gaussians_of_the_papers():
    toy = toys.grid()
    expected = {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert len(toy.centers) == 25 and {tuple(c) for c in toy.centers.tolist()} == expected
    assert toy.std == 0.05
    assert toys.grid(k=1).centers.tolist() == [[0, 0]]


def test_every_mode_is_drawn_equally_often():
    toy = toys.ring()
    nearest = torch.cdist(toy.sample(8000, seeded(0)), toy.centers).argmin(1)
    assert stats.chisquare(nearest.bincount(minlength=8)).pvalue > 1e-4


def test_points_is_a_kernel_density_estimate():
    x = torch.randn(20, 2, generator=seeded(0), dtype=torch.float64).float().double()
    at = torch.randn(30, 2, generator=seeded(1), dtype=torch.float64)
    expected = np.mean([stats.multivariate_normal(c, 0.3**2).pdf(at) for c in x.tolist()], axis=0)
    np.testing.assert_allclose(toys.points(x, std=0.3).log_density(at).exp(), expected, rtol=1e-10)


def test_toy_keeps_its_own_centers():
    x = torch.zeros(3, 2)
    toy = toys.points(x)
    x.fill_(7)
    assert toy.centers.eq(0).all()


def test_line_is_uniform_along_and_normal_across():
    toy = toys.Line((0.0, 0.0), (3.0, 4.0), std=0.2)
    x = toy.sample(5000, seeded(0)) @ torch.tensor([[0.6, -0.8], [0.8, 0.6]])
    assert stats.kstest(x[:, 0].numpy(), "uniform", args=(0, 5)).pvalue > 1e-4
    assert stats.kstest(x[:, 1].numpy(), "norm", args=(0, 0.2)).pvalue > 1e-4
    inside, beyond = toy.log_density(torch.tensor([[1.5, 2.0], [3.1, 4.1]])).tolist()
    assert inside == pytest.approx(stats.norm(0, 0.2).logpdf(0) - math.log(5)) and beyond == -math.inf


def test_segments_are_those_of_the_wgan_paper():
    x = toys.Segments((0.0, 0.7)).sample(4000, seeded(0))
    assert set(x[:, 0].unique().tolist()) == {0.0, torch.tensor(0.7).item()}
    assert abs((x[:, 0] == 0).float().mean().item() - 0.5) < 0.04
    assert stats.kstest(x[:, 1].numpy(), "uniform").pvalue > 1e-4
    p0, p_theta = toys.Segments((0.0,)).sample(9, seeded(0)), toys.Segments((0.5,)).sample(9, seeded(0))
    torch.testing.assert_close(p_theta - p0, torch.tensor([[0.5, 0.0]]).expand(9, 2))


def test_swiss_roll_is_a_spiral():
    """Without noise the radius t / 7.5 tells the angle t, and t is uniform."""
    x = toys.SwissRoll(std=1e-6).sample(4000, seeded(0)).double()
    t = 7.5 * x.norm(dim=1)
    torch.testing.assert_close(x, torch.stack([t * t.cos(), t * t.sin()], 1) / 7.5, atol=2e-4, rtol=0)
    assert stats.kstest(t.numpy(), "uniform", args=(1.5 * math.pi, 3 * math.pi)).pvalue > 1e-4
    noise = toys.SwissRoll(std=0.1).sample(4000, seeded(0)).double() - x
    assert noise.std().item() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("toy", [toys.Segments(), toys.SwissRoll()], ids=lambda toy: type(toy).__name__)
def test_a_toy_without_density_says_so(toy):
    with pytest.raises(NotImplementedError, match=f"{type(toy).__name__} has no density"):
        toy.log_density(torch.zeros(1, 2))


@pytest.mark.parametrize("n", [0, -3, 2.5, None])
def test_sample_refuses_a_bad_n(n):
    with pytest.raises(ValueError, match=r"n = .*positive integer"):
        toys.ring().sample(n)


@pytest.mark.parametrize(
    "x", [torch.zeros(2), torch.zeros(4, 3), torch.zeros(4, 2, dtype=torch.int64), torch.tensor([[0.0, math.nan]])]
)
def test_log_density_refuses_bad_points(x):
    with pytest.raises(ValueError, match=r"^x (is|holds)"):
        toys.ring().log_density(x)


BAD = [
    (lambda: toys.ring(k=0), "k = 0"),
    (lambda: toys.ring(k=2.0), "k = 2.0"),
    (lambda: toys.ring(radius=0), "radius = 0"),
    (lambda: toys.ring(std=0), "std = 0"),
    (lambda: toys.ring(std=math.nan), "std = nan"),
    (lambda: toys.grid(k=-1), "k = -1"),
    (lambda: toys.grid(spacing=-1), "spacing = -1"),
    (lambda: toys.grid(std=math.inf), "std = inf"),
    (lambda: toys.points([[1.0, 2.0, 3.0]]), "x has shape"),
    (lambda: toys.points(torch.zeros(0, 2)), "x has shape"),
    (lambda: toys.points([[1.0, math.nan]]), "x holds NaN"),
    (lambda: toys.points([[0.0, 0.0]], std=-1), "std = -1"),
    (lambda: toys.Gaussians([0.0, 1.0], 0.1), "centers has shape"),
    (lambda: toys.Gaussians([[0.0, math.inf]], 0.1), "centers holds"),
    (lambda: toys.Gaussians([[0.0, 1.0]], 0.1, weights=[0.5, 0.5]), "weights has shape"),
    (lambda: toys.Gaussians([[0.0, 1.0], [1.0, 1.0]], 0.1, weights=[2, -1]), "weights ="),
    (lambda: toys.Gaussians([[0.0, 1.0]], 0.1, weights=[0.0]), "weights ="),
    (lambda: toys.Gaussians([[0.0, 1.0]], 0.1, weights=[math.nan]), "weights ="),
    (lambda: toys.Line((0.0, 0.0), (0.0, 0.0)), "start = end"),
    (lambda: toys.Line((0.0, 0.0, 1.0), (0.0, 0.0, 2.0)), "start and end"),
    (lambda: toys.Line(std=0), "std = 0"),
    (lambda: toys.Segments(()), "thetas ="),
    (lambda: toys.Segments((math.nan,)), "thetas ="),
    (lambda: toys.SwissRoll(std=-0.1), "std = -0.1"),
]


@pytest.mark.parametrize("make, message", BAD, ids=[message for _, message in BAD])
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
