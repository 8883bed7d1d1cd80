"""Captions against pictures: the scores of real avatars, of wrong captions, and of captions that say little."""

import math

import pytest
import torch

from ganlib.data import captions
from ganlib.data.avatars import CAPTIONED, VOCABULARY, avatars
from ganlib.metrics import score_captions


@pytest.fixture(scope="module")
def real():
    return avatars(400, 32, seed=78)


def test_real_pictures_agree_with_their_captions(real):
    images, attributes = real
    scores = score_captions(images, captions.tokens_of(attributes))
    assert list(scores.accuracy) == list(CAPTIONED)
    assert min(scores.accuracy.values()) > 0.99 and scores.all_right > 0.99


def test_other_pictures_agree_as_often_as_chance_has_it(real):
    images, attributes = real
    scores = score_captions(images, captions.tokens_of(attributes).roll(1, 0))
    for name, share in scores.accuracy.items():
        chance = 1 / len(VOCABULARY[name])
        assert share == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 400))
    assert scores.all_right < 0.02


def test_one_wrong_attribute_costs_that_attribute_and_all_right(real):
    images, attributes = real
    wrong = attributes.replace(hair=torch.where(torch.arange(400) < 100, (attributes.hair + 1) % 8, attributes.hair))
    scores = score_captions(images, captions.tokens_of(wrong))
    assert scores.accuracy["hair"] == scores.all_right == pytest.approx(0.75, abs=0.01)
    assert min(share for name, share in scores.accuracy.items() if name != "hair") > 0.99


def test_what_is_left_free_cannot_be_wrong(real):
    images, attributes = real
    blue = captions.encode(["blue hair"] * 400)
    scores = score_captions(images, blue)
    assert scores.accuracy["hair"] == scores.all_right == pytest.approx((attributes.hair == 5).float().mean().item())
    assert all(math.isnan(share) for name, share in scores.accuracy.items() if name != "hair")
    assert score_captions(images, captions.encode([""] * 400)).all_right == 1
    assert "hair 1" in str(scores) and "eyes" not in str(scores)


def test_numbers_must_agree(real):
    with pytest.raises(ValueError, match="3 images and 2 captions, expected one caption for each image"):
        score_captions(real[0][:3], captions.encode(["smile", "glasses"]))
    with pytest.raises(ValueError, match="0 images and 0 captions"):
        score_captions(real[0][:0], captions.encode([]))
