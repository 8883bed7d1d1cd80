"""Mode counts against closed forms, and the classifier of digits."""

import math

import pytest
import torch

from ganlib.data import digits, toys
from ganlib.metrics import (
    DigitClassifier,
    digit_classifier,
    mode_coverage,
    score_digits,
)


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
