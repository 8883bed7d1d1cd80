"""Samples with classes: readings, diversity, the Fréchet distance inside classes, and matching codes with classes."""

from itertools import permutations

import pytest
import torch

from ganlib import metrics
from ganlib.data import digits
from ganlib.metrics import best_matching, class_diversity, class_fid


def test_digits_are_read_and_named():
    images, labels = digits(16, "test")
    readings = metrics.read_digits(images)
    assert readings.accuracy(labels) > 0.99 and len(readings) == len(images)
    assert readings.words()[:5] == [str(digit) for digit in readings.values[:5].tolist()]
    assert readings.named() == {"digit": readings.words()}
    assert readings.accuracy((labels + 1) % 10) < 0.01
    with torch.no_grad():
        probabilities = metrics.digit_classifier()(images).softmax(1)
    torch.testing.assert_close(readings.probabilities, probabilities.gather(1, readings.values[:, None])[:, 0])


def test_an_accuracy_of_other_pictures_is_refused():
    readings = metrics.read_digits(digits(16, "test")[0][:4])
    with pytest.raises(ValueError, match=r"y has shape \(3,\), expected \(4,\)"):
        readings.accuracy(torch.zeros(3).long())


def test_scores_and_readings_agree():
    images, _ = digits(16, "test")
    shares = metrics.score_digits(images).shares
    counted = torch.bincount(metrics.read_digits(images).values, minlength=10) / len(images)
    assert shares == pytest.approx(counted.tolist())


def clouds(n, scale=1.0, seed=0):
    """Three classes of points in 5 dimensions, far apart, with spreads 1, 2 and 3 times ``scale``."""
    rng = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    return scale * (y + 1.0)[:, None] * torch.randn(n, 5, generator=rng) + 100.0 * y[:, None], y


def test_held_out_digits_are_as_diverse_as_others_and_one_picture_is_not():
    real, y = digits(16)
    test, test_y = digits(16, "test")
    assert class_diversity(test, test_y, real, y) == pytest.approx(1, abs=0.05)
    assert class_diversity(real, y, real, y) == pytest.approx(1, rel=1e-9)
    first = torch.stack([real[y == k][0] for k in range(10)])
    assert class_diversity(first[test_y], test_y, real, y) == 0


def test_diversity_is_the_mean_ratio_of_pair_distances_by_hand():
    """Class 0: one pair at distance 1, real ones at distance 4; class 1: three pairs of mean distance 2, real 1."""
    x = torch.tensor([[0.0], [1.0], [5.0], [6.0], [8.0]])
    y = torch.tensor([0, 0, 1, 1, 1])
    real, real_y = torch.tensor([[0.0], [4.0], [0.0], [1.0]]), torch.tensor([0, 0, 1, 1])
    assert class_diversity(x, y, real, real_y) == pytest.approx((1 / 4 + 2 / 1) / 2)


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_diversity_grows_with_the_spread_inside_classes_and_not_with_their_places(scale):
    real, real_y = clouds(900, seed=1)
    x, y = clouds(600, scale)
    assert class_diversity(x, y, real, real_y) == pytest.approx(scale, rel=0.1)
    assert class_diversity(x + 50.0 * y[:, None], y, real, real_y) == pytest.approx(scale, rel=0.1)


def test_the_distance_inside_classes_sees_what_the_whole_does_not():
    """Classes exchanged: all together the same samples, each class another one."""
    x, y = clouds(600)
    assert class_fid(x, y, x, y) == pytest.approx(0, abs=1e-6)
    exchanged = (y + 1) % 3
    assert metrics.fid(x, x) == pytest.approx(0, abs=1e-6) and class_fid(x, exchanged, x, y) > 1e4
    expected = sum(metrics.fid(x[exchanged == k], x[y == k]) for k in range(3)) / 3
    assert class_fid(x, exchanged, x, y) == pytest.approx(expected)


@pytest.mark.parametrize("measure", [class_diversity, class_fid])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: (x, y[:-1], x, y), "x has shape .* expected one class for each sample"),
        (lambda x, y: (x, y, x, y[:-1]), "real_x has shape .* expected one class for each sample"),
        (lambda x, y: (x[:, :2], y, x, y), "expected samples of one shape"),
        (lambda x, y: (x, y.clamp_max(1), x, y), "class 2 has 0 samples and 10 real ones, expected 2 or more"),
    ],
)
def test_samples_that_cannot_be_compared_are_refused(measure, change, message):
    with pytest.raises(ValueError, match=message):
        measure(*change(*clouds(30)))


def test_nothing_is_compared_with_real_samples_that_are_all_alike():
    x, y = clouds(30)
    with pytest.raises(ValueError, match="real samples of class 0 are all alike"):
        class_diversity(x, y, torch.zeros_like(x), y)


def test_the_best_matching_is_the_best_of_all_permutations():
    rng = torch.Generator().manual_seed(0)
    for _ in range(20):
        codes, classes = torch.randint(4, (2, 30), generator=rng)
        shares = {p: (torch.tensor(p)[codes] == classes).double().mean().item() for p in permutations(range(4))}
        found = best_matching(codes, classes, 4)
        assert found.agreement == pytest.approx(max(shares.values())) == shares[found.classes]


def test_renamed_classes_agree_fully_and_chance_does_not():
    rng = torch.Generator().manual_seed(0)
    classes, names = torch.randint(10, (5000,), generator=rng), torch.randperm(10, generator=rng)
    found = best_matching(names[classes], classes)
    assert found.agreement == 1 and [found.classes[code] for code in names.tolist()] == list(range(10))
    assert 0.1 <= best_matching(torch.randint(10, (5000,), generator=rng), classes).agreement < 0.14


@pytest.mark.parametrize(
    ("codes", "classes", "count", "message"),
    [
        ([0, 1], [0], None, r"shapes \(2,\) and \(1,\)"),
        ([], [], None, "N at least 1"),
        ([0, 3], [0, 1], 3, "span 0 to 3, expected 0 to 2"),
        ([0, -1], [0, 1], None, "span -1 to 1"),
    ],
)
def test_codes_that_cannot_be_matched_are_refused(codes, classes, count, message):
    with pytest.raises(ValueError, match=message):
        best_matching(torch.tensor(codes, dtype=torch.long), torch.tensor(classes, dtype=torch.long), count)
