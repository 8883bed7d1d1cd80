"""The Inception Score against its bounds, sums by hand and brute force."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from ganlib.metrics import inception_score


def certain(classes, count):
    return torch.eye(count)[torch.tensor(classes)]


def test_two_pictures_by_hand():
    """Both divergences are 0.9 log(0.9 / 0.5) + 0.1 log(0.1 / 0.5)."""
    score = inception_score(torch.tensor([[0.9, 0.1], [0.1, 0.9]], dtype=torch.float64))
    divergence = 0.9 * math.log(1.8) + 0.1 * math.log(0.2)
    assert score.value == pytest.approx(math.exp(divergence), rel=1e-14)
    assert score.standard_error == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("count", [2, 10, 1000])
def test_one_perfect_picture_of_each_class_has_the_highest_score(count):
    assert inception_score(torch.eye(count)).value == pytest.approx(count, rel=1e-12)


@pytest.mark.parametrize("row", [[1.0, 0, 0], [0.2, 0.3, 0.5], [1 / 3] * 3])
def test_pictures_that_look_alike_have_the_lowest_score(row):
    score = inception_score(torch.tensor([row] * 7))
    assert score.value == pytest.approx(1, rel=1e-12) and score.standard_error == pytest.approx(0, abs=1e-7)


def test_sure_pictures_of_unequal_classes_score_exp_of_the_entropy():
    score = inception_score(certain([0] * 5 + [1] * 3 + [2] * 2, 4))
    entropy = -sum(p * math.log(p) for p in (0.5, 0.3, 0.2))
    assert score.value == pytest.approx(math.exp(entropy), rel=1e-12)


@pytest.mark.parametrize("temperature", [0.01, 0.3, 1, 10])
@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_it_lies_between_one_and_the_number_of_classes(count, temperature):
    p = (torch.randn(30, count) / temperature).softmax(1)
    assert 1 <= inception_score(p).value <= count * (1 + 1e-12)


def test_names_of_classes_and_order_of_pictures_do_not_matter():
    p = torch.randn(40, 6).double().softmax(1)
    expected = pytest.approx(inception_score(p), rel=1e-12)
    assert inception_score(p[:, torch.randperm(6)]) == expected
    assert inception_score(p[torch.randperm(40)]) == expected


def test_its_logarithm_is_the_information_of_a_picture_about_its_class():
    """I(class; picture) = H(class) - H(class | picture)."""
    p = torch.randn(40, 6).double().softmax(1)

    def entropy(q):
        return -(q * q.log()).sum(-1)

    expected = entropy(p.mean(0)) - entropy(p).mean()
    assert math.log(inception_score(p).value) == pytest.approx(expected.item(), rel=1e-12)


@pytest.mark.parametrize(("n", "splits"), [(40, 2), (43, 10), (20, 10)])
def test_splits_are_disjoint_and_averaged(n, splits):
    """With a score for each part of the shuffled pictures, and their spread over the root of their number."""
    p = torch.randn(n, 5).softmax(1)
    shuffled = p[torch.randperm(n, generator=torch.Generator().manual_seed(3))]
    cuts = [k * n // splits for k in range(splits + 1)]
    scores = [inception_score(shuffled[i:j]).value for i, j in pairwise(cuts)]
    expected = np.mean(scores), np.std(scores, ddof=1) / math.sqrt(splits)
    assert inception_score(p, splits=splits, seed=3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("classes", [sorted(list(range(10)) * 40), list(range(10)) * 40], ids=["sorted", "in turn"])
def test_the_order_of_the_pictures_does_not_spoil_the_splits(classes):
    """Sorted by class, or one of each class in turn: without a shuffle each tenth of either would be of one class."""
    score = inception_score(certain(classes, 10), splits=10)
    assert 8 < score.value < 10 and 0 < score.standard_error < 0.2
    assert inception_score(certain(classes, 10), splits=10) == score


def test_it_draws_nothing_from_the_global_generator():
    before = torch.get_rng_state()
    inception_score(torch.eye(10).repeat(4, 1), splits=4)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_standard_error_is_how_far_other_pictures_would_move_it():
    """1,000 draws of 500 pictures from one source."""
    p = (2 * torch.randn(1000, 500, 6)).softmax(2)
    values, errors = np.array([tuple(inception_score(some)) for some in p]).T
    assert errors.mean() == pytest.approx(values.std(), rel=0.1)  # 1,000 values tell a spread to 2 %
    assert (np.abs(values - values.mean()) < 2 * errors).mean() == pytest.approx(0.954, abs=0.03)


@pytest.mark.parametrize(("dtype", "digits"), [(torch.float32, 1e-6), (torch.float16, 2e-3), (torch.bfloat16, 2e-2)])
def test_rounded_probabilities_are_probabilities(dtype, digits):
    p = torch.randn(200, 1000).double().softmax(1)
    assert inception_score(p.to(dtype)).value == pytest.approx(inception_score(p).value, rel=digits)
    assert inception_score(torch.eye(6, dtype=torch.int64)).value == pytest.approx(6)


@pytest.mark.parametrize(
    ("p", "splits", "message"),
    [
        (torch.rand(5), 1, r"probabilities has shape \(5,\), expected \(N, d\)"),
        (torch.full((4, 2), math.nan), 1, "probabilities holds NaN"),
        (torch.randn(4, 3).softmax(1) * 2, 1, "a row that sums to 2, expected none below 0 and sums of 1, as softmax"),
        (torch.tensor([[0.5, 0.4998]] * 4), 1, "a row that sums to 0.9998"),
        (torch.tensor([[1.5, -0.5], [0, 1]]), 1, "the smallest value -0.5"),
        (torch.randn(4, 3).log_softmax(1), 1, "as softmax gives"),
        (torch.eye(4), 0, "splits = 0 of 4 pictures, expected 1 or more"),
        (torch.eye(4), 3, "splits = 3 of 4 pictures, .* two pictures for each"),
        (torch.eye(1), 1, "splits = 1 of 1 pictures"),
    ],
)
def test_bad_probabilities(p, splits, message):
    with pytest.raises(ValueError, match=message):
        inception_score(p, splits=splits)


@pytest.mark.gpu
def test_on_a_gpu_it_is_the_same():
    p = torch.randn(60, 5).softmax(1)
    for splits in (1, 4):
        assert inception_score(p.cuda(), splits) == pytest.approx(inception_score(p, splits), rel=1e-9)
