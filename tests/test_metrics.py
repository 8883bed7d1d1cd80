"""Metrics against closed forms and SciPy."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch

from ganlib.data import digits, toys
from ganlib.metrics import (
    DigitClassifier,
    digit_classifier,
    fid,
    frechet_distance,
    gaussian_statistics,
    mode_coverage,
    score_digits,
)


def random_covariance(d, seed):
    a = torch.randn(d, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return a @ a.T + 0.1 * torch.eye(d, dtype=torch.float64)


def test_frechet_distance_in_one_dimension():
    """(m1 - m2)^2 + (s1 - s2)^2."""
    one = [torch.tensor([1.0]).double(), torch.tensor([[4.0]]).double()]
    two = [torch.tensor([-2.0]).double(), torch.tensor([[9.0]]).double()]
    assert frechet_distance(*one, *two) == pytest.approx(9 + 1)


def test_frechet_distance_agrees_with_the_general_matrix_square_root():
    a, b = random_covariance(12, 0), random_covariance(12, 1)
    mean_a, mean_b = torch.randn(12).double(), torch.randn(12).double()
    root = scipy.linalg.sqrtm((a @ b).numpy())
    expected = (mean_a - mean_b).square().sum().item() + np.trace(a.numpy() + b.numpy() - 2 * root.real)
    assert frechet_distance(mean_a, a, mean_b, b) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_is_symmetric_and_zero_on_itself():
    a, b = random_covariance(6, 2), random_covariance(6, 3)
    mean = torch.zeros(6).double()
    assert frechet_distance(mean, a, mean, b) == pytest.approx(frechet_distance(mean, b, mean, a))
    assert frechet_distance(mean, a, mean, a) == pytest.approx(0, abs=1e-9)


def test_fid_ignores_rotation_and_sees_a_shift():
    x = torch.randn(500, 5)
    y = torch.randn(400, 5) * torch.tensor([1, 2, 3, 1, 1.0])
    q = torch.linalg.qr(torch.randn(5, 5)).Q
    assert fid(x @ q, y @ q) == pytest.approx(fid(x, y), rel=1e-4)
    assert fid(x, x + torch.tensor([3.0, 4, 0, 0, 0])) == pytest.approx(25, rel=1e-4)


def test_fid_handles_fewer_samples_than_dimensions():
    assert fid(torch.randn(5, 20), torch.randn(400, 20)) > 0


def test_statistics_agree_with_numpy():
    x = torch.randn(50, 4)
    mean, covariance = gaussian_statistics(x)
    np.testing.assert_allclose(mean, x.double().numpy().mean(0))
    np.testing.assert_allclose(covariance, np.cov(x.double().numpy().T))
    assert gaussian_statistics(torch.randn(9, 1))[1].shape == (1, 1)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.randn(5, 3), torch.randn(5, 4), "expected the same second dimension"),
        (torch.randn(1, 3), torch.randn(5, 3), r"shape \(1, 3\), expected \(N, d\)"),
        (torch.full((5, 3), math.nan), torch.randn(5, 3), "NaN"),
        (torch.randn(5), torch.randn(5), r"shape \(5,\)"),
    ],
)
def test_bad_features(a, b, message):
    with pytest.raises(ValueError, match=message):
        fid(a, b)


def test_the_mixture_itself_covers_all_modes():
    """99.7 % of a line lies within 3 standard deviations; of a plane it is 1 - exp(-9/2) = 98.9 %."""
    mixture = toys.grid()
    coverage = mode_coverage(mixture.sample(20_000), mixture)
    assert (coverage.captured, coverage.total) == (25, 25)
    assert coverage.high_quality == pytest.approx(1 - math.exp(-4.5), abs=0.005)
    assert coverage.reverse_kl < 0.01


def test_a_collapsed_generator_scores_log_k():
    mixture = toys.ring(8)
    coverage = mode_coverage(mixture.centers[2].expand(100, 2), mixture)
    assert coverage.captured == 1 and coverage.high_quality == 1.0
    assert coverage.reverse_kl == pytest.approx(math.log(8))


def test_reverse_kl_respects_unequal_weights():
    mixture = toys.Gaussians([[0.0, 0], [5, 0]], 0.1, weights=[3, 1])
    samples = torch.tensor([[0.0, 0]] * 3 + [[5.0, 0]])
    assert mode_coverage(samples, mixture).reverse_kl == pytest.approx(0, abs=1e-7)


def test_reverse_kl_counts_all_samples_not_only_good_ones():
    """Half of the samples lie far from their nearest center: they still count for its share."""
    mixture = toys.Gaussians([[0.0, 0], [10, 0]], 0.1)
    samples = torch.tensor([[0.0, 0], [10, 0], [10, 3.0], [10, -3]])
    expected = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    assert mode_coverage(samples, mixture).reverse_kl == pytest.approx(expected)


def test_far_away_samples_capture_nothing():
    coverage = mode_coverage(torch.full((10, 2), 50.0), toys.ring())
    assert coverage.captured == 0 and coverage.high_quality == 0


@pytest.mark.parametrize(
    ("samples", "message"),
    [(torch.zeros(3), "shape"), (torch.zeros(0, 2), "N at least 1"), (torch.tensor([[math.nan, 0]]), "diverge")],
)
def test_bad_samples(samples, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(samples, toys.ring())


@pytest.mark.parametrize("size", [8, 16, 32])
def test_the_classifier_reads_held_out_digits_at_every_size(size):
    images, labels = digits(size, "test")
    assert (digit_classifier()(images).argmax(1) == labels).float().mean() > 0.98


def test_score_of_real_digits_is_near_zero_and_of_others_far():
    images, labels = digits(16, "train")
    real = score_digits(images)
    assert real.fid < 0.5 and real.classes == 10 and sum(real.shares) == pytest.approx(1)
    assert score_digits(images[labels != 3]).fid > real.fid
    assert score_digits(images[labels == 1]).classes <= 2
    assert score_digits(torch.rand(500, 1, 16, 16) * 2 - 1).fid > 20


def test_the_judge_is_everyone_s_own_copy_and_frozen():
    mine = digit_classifier()
    assert not mine.training and not any(p.requires_grad for p in mine.parameters())
    images = digits(16, "test")[0]
    before = score_digits(images).fid
    mine.train().double()
    with torch.no_grad():
        mine.head.weight.zero_()
    assert score_digits(images).fid == before == pytest.approx(0, abs=1e-4)  # the held-out digits are the reference


def test_the_judge_draws_no_random_numbers():
    """So scoring in the middle of a run does not change the run, not even the first time."""
    before = torch.get_rng_state()
    digit_classifier()
    assert torch.equal(torch.get_rng_state(), before)


def test_a_digit_counts_from_one_percent_on():
    images, labels = digits(16, "train")
    sevens, others = images[labels == 7], images[labels == 1]
    few = torch.cat([others.repeat(8, 1, 1, 1)[:995], sevens[:5]])
    assert score_digits(few).classes < score_digits(torch.cat([few[:-5], sevens[:50]])).classes


@pytest.mark.parametrize("shape", [(4, 3, 16, 16), (4, 1, 4, 4), (4, 1, 16, 8), (16, 16)])
def test_classifier_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match="images has shape"):
        DigitClassifier().features(torch.zeros(shape))


@pytest.mark.slow
def test_the_recorded_command_makes_a_classifier_as_good():
    from ganlib.metrics.train_digit_classifier import train_digit_classifier

    images, labels = digits(16, "test")
    classifier = train_digit_classifier(steps=200)
    assert (classifier(images).argmax(1) == labels).float().mean() > 0.97
