"""The Fréchet distance against closed forms, SciPy's general square root and itself by other routes."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch

from ganlib.metrics import GaussianStatistics, fid, frechet_distance, gaussian_statistics
from ganlib.metrics import frechet as module


def rotation(d):
    return torch.linalg.qr(torch.randn(d, d, dtype=torch.float64)).Q


def covariance(variances):
    q = rotation(len(variances))
    return (q * variances) @ q.T, q


def random_covariance(d):
    a = torch.randn(d, d, dtype=torch.float64)
    return a @ a.T + 0.1 * torch.eye(d, dtype=torch.float64)


def zeros(d):
    return torch.zeros(d, dtype=torch.float64)


def by_triangles(x, y):
    """The distance from the triangular factors of the centred features, which never squares their spread."""
    (mean_x, r_x), (mean_y, r_y) = (
        (some.double().mean(0), torch.linalg.qr(some.double() - some.double().mean(0)).R / math.sqrt(len(some) - 1))
        for some in (x, y)
    )
    cross = torch.linalg.svdvals(r_x @ r_y.T).sum()
    return ((mean_x - mean_y).square().sum() + r_x.square().sum() + r_y.square().sum() - 2 * cross).item()


def test_in_one_dimension():
    """(m1 - m2)^2 + (s1 - s2)^2."""
    one = [torch.tensor([1.0]), torch.tensor([[4.0]])]
    two = [torch.tensor([-2.0]), torch.tensor([[9.0]])]
    assert frechet_distance(*one, *two) == pytest.approx(9 + 1, rel=1e-14)


@pytest.mark.parametrize("d", [2, 12, 60])
def test_agrees_with_the_general_matrix_square_root(d):
    a, b, mean_a, mean_b = random_covariance(d), random_covariance(d), torch.randn(d), torch.randn(d)
    root = scipy.linalg.sqrtm((a @ b).numpy())
    expected = (mean_a - mean_b).double().square().sum().item() + np.trace(a.numpy() + b.numpy() - 2 * root.real)
    assert frechet_distance(mean_a, a, mean_b, b) == pytest.approx(expected, rel=1e-8)


SPECTRA = {
    "even": torch.linspace(1, 2, 40, dtype=torch.float64),
    "falling": torch.arange(1.0, 41, dtype=torch.float64) ** -2,
    "steep": torch.logspace(0, -14, 40, dtype=torch.float64),
    "singular": torch.tensor([3.0, 2, 1, *[0] * 37], dtype=torch.float64),
    "zero": torch.zeros(40, dtype=torch.float64),
}


@pytest.mark.parametrize("b", SPECTRA)
@pytest.mark.parametrize("a", SPECTRA)
def test_covariances_that_commute(a, b):
    """sum (sqrt a_i - sqrt b_i)^2, for variances a_i and b_i along the same axes; singular ones and tiny ones too.

    A covariance in float64 knows a variance only up to 1e-16 of the largest, and so its root up to 1e-8.
    """
    cov_a, q = covariance(SPECTRA[a])
    cov_b = (q * SPECTRA[b]) @ q.T
    expected = (SPECTRA[a].sqrt() - SPECTRA[b].sqrt()).square().sum().item()
    blurred = "steep" in (a, b)
    scale = (cov_a.trace() + cov_b.trace()).item()
    assert frechet_distance(zeros(40), cov_a, zeros(40), cov_b) == pytest.approx(
        expected, rel=1e-8, abs=scale * (1e-7 if blurred else 1e-11)
    )


def test_covariances_of_rank_one():
    """|u|^2 + |v|^2 - 2 |u . v|."""
    u, v = torch.randn(2, 30, dtype=torch.float64)
    expected = (u.square().sum() + v.square().sum() - 2 * (u @ v).abs()).item()
    assert frechet_distance(zeros(30), u.outer(u), zeros(30), v.outer(v)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("spectrum", ["even", "steep", "singular"])
def test_a_scaled_covariance(spectrum):
    """(1 - s)^2 tr cov for cov and s^2 cov, in any order."""
    cov, _ = covariance(SPECTRA[spectrum])
    expected = 0.25 * cov.trace().item()
    for a, b in ((cov, 2.25 * cov), (2.25 * cov, cov)):
        assert frechet_distance(zeros(40), a, zeros(40), b) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_identical_gaussians_are_at_distance_zero(spectrum):
    cov, _ = covariance(SPECTRA[spectrum])
    mean = 100 * torch.randn(40)
    assert 0 <= frechet_distance(mean, cov, mean, cov) <= 1e-13 * cov.trace().item()


@pytest.mark.parametrize("width", [1, 3, 7, 20, 100])
def test_the_half_product_by_blocks_is_the_product(width, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", width)
    triangle, matrix = torch.randn(20, 20).tril().double(), random_covariance(20)
    expected = (triangle.T @ matrix @ triangle).tril()
    torch.testing.assert_close(module._lower_half(triangle, matrix).tril(), expected)


@pytest.mark.parametrize(("n", "m"), [(2, 2), (5, 300), (300, 5), (19, 20), (20, 20), (21, 21), (21, 20), (300, 400)])
def test_every_route_agrees(n, m):
    """Few features without a covariance, many with one; and the same from statistics of either."""
    d = 20
    x, y = 3 + torch.randn(n, d) * torch.arange(1.0, d + 1), torch.randn(m, d)
    expected = by_triangles(x, y)
    assert fid(x, y) == pytest.approx(expected, rel=1e-8)
    assert frechet_distance(*gaussian_statistics(x), *gaussian_statistics(y)) == pytest.approx(expected, rel=1e-8)
    for a, b in ((GaussianStatistics.of(x), y), (x, GaussianStatistics.of(y))):
        assert (fid(a, b), fid(b, a)) == pytest.approx((expected, expected), rel=1e-8)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("n", [50, 64, 65, 200])
def test_features_of_very_different_spread(n, power):
    """The directions' standard deviations fall as k^-power, down to 6e-8 of the largest."""
    x, y = torch.randn(2, n, 64, dtype=torch.float64) * torch.arange(1.0, 65) ** -power
    q, r = rotation(64), by_triangles(x, y)
    assert fid(x @ q, y @ q) == pytest.approx(r, rel=1e-8)


@pytest.mark.parametrize("power", [0.5, 1.5, 2.0])
def test_sets_that_hardly_differ(power):
    """The distance is a millionth of the variance, and yet has eight digits: rounding must not add up in the roots."""
    spread, q = torch.arange(1.0, 201, dtype=torch.float64) ** -power, rotation(200)
    x, noise = torch.randn(2, 800, 200, dtype=torch.float64) * spread
    x, y = x @ q, (x + 1e-3 * (x + noise)) @ q
    assert fid(x, y) == pytest.approx(by_triangles(x, y), rel=1e-8)


@pytest.mark.parametrize("n", [10, 100])
def test_dead_and_repeated_features_are_fine(n):
    """Units that are always 0, and two that always agree: the covariance is singular."""
    x, y = torch.randn(2, n, 6)
    wide = [torch.cat([some, torch.zeros(n, 4), 2 * some[:, :2]], dim=1) for some in (x, y)]
    assert fid(*wide) == pytest.approx(by_triangles(*wide), rel=1e-8)
    dead = [torch.cat([some, torch.zeros(n, 4)], dim=1) for some in (x, y)]
    assert fid(*dead) == pytest.approx(fid(x, y), rel=1e-8)


@pytest.mark.parametrize("n", [2, 30, 500])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_identical_features_are_at_distance_zero(n, dtype):
    x = (torch.randn(n, 30) + 5).to(dtype)
    assert 0 <= fid(x, x) < 1e-11
    assert 0 <= fid(x, x.flip(0)) < 1e-11


def test_features_that_do_not_vary():
    same = torch.ones(9, 5)
    assert fid(same, same) == 0
    assert fid(same, same + torch.tensor([3.0, 4, 0, 0, 0])) == pytest.approx(25)
    x = torch.randn(40, 5)
    expected = (x.double().mean(0) - 1).square().sum() + gaussian_statistics(x)[1].trace()
    assert (fid(same, x), fid(x, same)) == pytest.approx((expected.item(),) * 2)


def test_it_ignores_rotation_and_sees_a_shift_and_a_scale():
    x, y = torch.randn(500, 5).double(), torch.randn(400, 5).double() * torch.tensor([1, 2, 3, 1, 1.0])
    q, shift = rotation(5), torch.tensor([3.0, 4, 0, 0, 0])
    assert fid(x @ q, y @ q) == pytest.approx(fid(x, y), rel=1e-9)
    assert fid(x, x + shift) == pytest.approx(25, rel=1e-9)
    assert fid(7 * x, 7 * y) == pytest.approx(49 * fid(x, y), rel=1e-9)
    assert fid(x[torch.randperm(500)], y) == pytest.approx(fid(x, y), rel=1e-9)


def test_its_root_obeys_the_triangle_inequality():
    x, y, z = (torch.randn(50, 4) * scale + shift for scale, shift in ((1, 0), (2, 1), (0.5, 3)))
    assert math.sqrt(fid(x, z)) < math.sqrt(fid(x, y)) + math.sqrt(fid(y, z))


def test_gradients_are_ignored():
    x, y = torch.randn(2, 30, 4, requires_grad=True)
    assert fid(x, y) == fid(x.detach(), y.detach())


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.randn(5, 3), torch.randn(5, 4), "features_a has dimension 3 and features_b 4, expected the same second"),
        (torch.randn(1, 3), torch.randn(5, 3), r"features_a has shape \(1, 3\), expected \(N, d\) with N at least 2"),
        (torch.randn(5, 3), torch.randn(1, 3), r"features_b has shape \(1, 3\)"),
        (torch.full((5, 3), math.nan), torch.randn(5, 3), "features_a holds NaN or infinity"),
        (torch.randn(2, 3), torch.full((2, 3), math.inf), "features_b holds NaN or infinity"),
        (
            torch.randn(5, 3),
            torch.full((5, 3), -1e90, dtype=torch.float64),
            r"features_b holds 1e\+90, expected at most 1e\+75",
        ),
        (torch.randn(5), torch.randn(5), r"features_a has shape \(5,\)"),
        (torch.randn(5, 0), torch.randn(5, 0), r"features_a has shape \(5, 0\)"),
        (GaussianStatistics(3), torch.randn(5, 3), "features_a has count 0, expected statistics of at least 2"),
        (torch.randn(5, 2), GaussianStatistics.of(torch.randn(5, 3)), "features_a has dimension 2 and features_b 3"),
    ],
)
def test_bad_features(a, b, message):
    with pytest.raises(ValueError, match=message):
        fid(a, b)


EYE, MEAN = torch.eye(2), torch.zeros(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((MEAN, EYE, torch.zeros(3), torch.eye(3)), r"mean_b and cov_b have shapes \(3,\) and \(3, 3\)"),
        ((MEAN, torch.eye(3), MEAN, EYE), r"mean_a and cov_a have shapes \(2,\) and \(3, 3\)"),
        ((torch.tensor(0.0), torch.tensor(1.0), MEAN, EYE), r"mean_a and cov_a have shapes \(\) and \(\)"),
        ((torch.zeros(0), torch.zeros(0, 0)) * 2, r"mean_a and cov_a have shapes \(0,\)"),
        ((MEAN, EYE * math.nan, MEAN, EYE), "cov_a holds NaN or infinity"),
        ((MEAN, EYE, MEAN - math.inf, EYE), "mean_b holds NaN or infinity"),
        ((MEAN, EYE, MEAN, EYE.tril() + torch.tensor([[0.0, 0], [1, 0]])), "cov_b is not symmetric"),
        ((MEAN, -EYE, MEAN, EYE), "cov_a has the eigenvalue -1, expected none below 0"),
        ((MEAN, EYE, MEAN, -EYE), "cov_b has the eigenvalue -1, expected none below 0"),
        ((MEAN, EYE, MEAN, torch.diag(torch.tensor([1.0, -0.5]))), "cov_b has the eigenvalue -0.5"),
    ],
)
def test_what_is_no_gaussian_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(*arguments)


def test_a_far_corner_that_is_not_symmetric_is_found():
    cov = torch.eye(600, dtype=torch.float64)
    cov[2, 590] = 0.1
    with pytest.raises(ValueError, match="cov_a is not symmetric"):
        frechet_distance(zeros(600), cov, zeros(600), torch.eye(600))


def test_rounding_in_float32_is_no_negative_eigenvalue():
    x = torch.randn(5, 30)
    cov = torch.cov(x.T)
    assert torch.linalg.eigvalsh(cov.double())[0] < 0
    expected = gaussian_statistics(x)[1].trace().item()
    assert frechet_distance(zeros(30), cov, zeros(30), torch.zeros(30, 30)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.gpu
@pytest.mark.parametrize("n", [50, 300])
def test_on_a_gpu_features_stay_there_and_give_the_same(n, monkeypatch):
    x, y = torch.randn(2, n, 64)
    expected, moved = fid(x, y), []
    original = torch.Tensor.cpu
    monkeypatch.setattr(torch.Tensor, "cpu", lambda self: moved.append(self.shape) or original(self))
    for a, b in ((x.cuda(), y.cuda()), (x.cuda(), y), (x, y.cuda())):
        assert fid(a, b) == pytest.approx(expected, rel=1e-8)
    assert not moved
    mean, cov = gaussian_statistics(x)
    assert frechet_distance(mean.cuda(), cov, *gaussian_statistics(y)) == pytest.approx(expected, rel=1e-8)
