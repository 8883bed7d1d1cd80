"""The judge of avatars: what it reads, and scores that rise and fall with what they name."""

import math

import pytest
import torch

from ganlib import checkpoints
from ganlib.data.avatars import CAPTIONED, VOCABULARY, Attributes, avatars, caption
from ganlib.metrics import (
    AvatarClassifier,
    AvatarReadings,
    avatar_classifier,
    fid,
    read_avatars,
    score_avatars,
)
from ganlib.metrics.avatar_classifier import COMBINED, WEIGHTS

FLOOR = 6  # the Fréchet distance of 1,000 real avatars: about 4
ONE = 1 / 64  # one combination of hair colour, hairstyle and glasses


@pytest.fixture(scope="module")
def real():
    """Avatars that the classifier has never seen."""
    return avatars(1000, 32, seed=77)


def readings(attributes, probability=1.0):
    values = {name: getattr(attributes, name) for name in CAPTIONED}
    return AvatarReadings(values, {name: torch.full((len(attributes),), probability) for name in CAPTIONED})


@pytest.mark.parametrize(("size", "style"), [(32, "flat"), (64, "flat"), (32, "shaded")])
def test_it_reads_held_out_avatars(size, style):
    images, attributes = avatars(500, size, style, seed=78)
    read = read_avatars(images).values
    for name in CAPTIONED:
        least = 0.95 if name in ("eyes", "mouth") else 0.99
        assert (read[name] == getattr(attributes, name)).double().mean() >= least, name


def test_real_avatars_score_best(real):
    images, _ = real
    scores = score_avatars(images)
    assert scores.fid < FLOOR and scores.coverage == 1 and scores.readable > 0.97
    for name in CAPTIONED:
        assert sum(scores.shares[name]) == pytest.approx(1)
        assert len(scores.shares[name]) == len(VOCABULARY[name])


@pytest.mark.parametrize("size", [16, 64])
def test_real_avatars_of_other_sizes_are_compared_with_their_own_kind(size):
    scores = score_avatars(avatars(500, size, seed=77)[0])
    assert scores.fid < 2 * FLOOR and scores.coverage >= 0.85


def test_one_picture_covers_one_combination(real):
    images, _ = real
    clear = images[read_avatars(images).confident()][:1]
    scores = score_avatars(clear.expand(300, -1, -1, -1))
    assert scores.coverage == ONE and scores.fid > 100 and scores.readable == 1
    assert max(scores.shares["hair"]) == 1


def test_dropping_half_of_the_hair_colours_halves_coverage(real):
    images, attributes = real
    scores = score_avatars(images[attributes.hair < 4])
    assert scores.coverage == pytest.approx(0.5, abs=2 * ONE) and scores.fid > 4 * score_avatars(images).fid
    assert max(scores.shares["hair"][4:]) < 0.01


def test_coverage_falls_with_each_combination_that_is_dropped(real):
    images, attributes = real
    spectacled = images[attributes.glasses == 1]
    assert score_avatars(spectacled).coverage == pytest.approx(0.5, abs=2 * ONE)
    bald_spot = images[~((attributes.hair == 2) & (attributes.hairstyle == 1))]
    assert score_avatars(bald_spot).coverage == pytest.approx(1 - 2 * ONE, abs=1e-9)


@pytest.mark.parametrize("noise", ["pixels", "blocks", "grey", "blended"])
def test_what_is_no_avatar_covers_next_to_nothing(real, noise):
    pictures = {
        "pixels": torch.rand(500, 3, 32, 32) * 2 - 1,
        "blocks": (torch.rand(500, 3, 4, 4) * 2 - 1).repeat_interleave(8, 2).repeat_interleave(8, 3),
        "grey": torch.zeros(500, 3, 32, 32),
        "blended": sum(real[0].roll(k, 0) for k in range(4))[:500] / 4,
    }[noise]
    scores = score_avatars(pictures)
    assert scores.coverage <= 2 * ONE and scores.readable < 0.2 and scores.fid > 100


def test_worse_pictures_score_worse(real):
    images = real[0][:500]
    scores = [score_avatars(images + strength * torch.randn_like(images)) for strength in (0, 0.2, 0.6)]
    assert sorted(s.fid for s in scores) == [s.fid for s in scores]
    assert sorted((s.readable for s in scores), reverse=True) == [s.readable for s in scores]


def test_coverage_follows_its_definition():
    """Of 640 pictures, 5 are N / 128: combinations with 5 count, those with 4 do not, nor do doubtful readings."""
    every = Attributes.of(64, torch.Generator(), hair=torch.arange(64) // 8, hairstyle=torch.arange(64) // 2 % 4)
    every = every.replace(glasses=torch.arange(64) % 2)
    rows = torch.cat([torch.full((5,), 0), torch.full((4,), 1), torch.full((640 - 9,), 2)])
    assert readings(every[rows]).coverage() == 2 * ONE
    assert readings(every.replace()[torch.arange(640) % 64]).coverage() == 1
    assert readings(every[rows], probability=0.5).coverage() == 0
    doubtful = readings(every[rows])
    doubtful.probabilities["glasses"][:1] = 0.5
    assert doubtful.coverage() == ONE
    doubtful = readings(every[rows])
    doubtful.probabilities["mouth"][:] = 0.1  # no part of a combination
    assert doubtful.coverage() == 2 * ONE and set(COMBINED) == {"hair", "hairstyle", "glasses"}


def test_the_distance_is_the_one_of_features_to_the_stored_reference(real):
    images, _ = real
    stored = checkpoints.load(WEIGHTS)["real"][32]
    mean, covariance = stored["mean"], stored["covariance"]
    root = torch.linalg.cholesky(covariance + 1e-9 * torch.eye(len(mean)))
    white = torch.randn(4000, len(mean), dtype=torch.float64)
    white = (white - white.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(white.T))).T
    features = avatar_classifier().features(images)
    assert score_avatars(images).fid == pytest.approx(fid(features, white @ root.T + mean), rel=1e-3, abs=1e-3)


def test_words_are_the_captions_of_what_is_read(real):
    images, attributes = real
    words, truth = read_avatars(images).words(), caption(attributes)
    assert len(words) == 1000 and sum(a == b for a, b in zip(words, truth, strict=True)) > 950


def test_names_of_values_are_those_of_the_vocabulary(real):
    readings = read_avatars(real[0][:50])
    named = readings.named()
    assert [*named] == [*readings.values]
    told = caption(Attributes.of(50, torch.Generator(), **named))
    assert told == readings.words() and named["hair"][7] == VOCABULARY["hair"][readings.values["hair"][7]]


def test_the_judge_is_everyone_s_own_copy_frozen_and_draws_nothing(real):
    before = torch.get_rng_state()
    mine = avatar_classifier()
    fixed = score_avatars(real[0][:300]).fid
    assert torch.equal(torch.get_rng_state(), before)
    assert not mine.training and not any(p.requires_grad for p in mine.parameters())
    with torch.no_grad():
        mine.head.weight.zero_()
        mine.body[0].weight.zero_()
    assert score_avatars(real[0][:300]).fid == fixed


def test_scores_say_what_they_are(real):
    words = str(score_avatars(real[0]))
    assert words.startswith("Fréchet distance ") and words.endswith("100% readable, attribute coverage 100%")


@pytest.mark.parametrize("shape", [(4, 1, 32, 32), (4, 3, 8, 8), (4, 3, 32, 16), (32, 32)])
def test_the_classifier_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match=r"images has shape .*, expected \(N, 3, S, S\) with S at least 16"):
        AvatarClassifier().features(torch.zeros(shape))


def test_pictures_that_cannot_be_scored():
    with pytest.raises(ValueError, match="N at least 2"):
        score_avatars(torch.zeros(1, 3, 32, 32))
    with pytest.raises(ValueError, match="NaN"):
        score_avatars(torch.full((4, 3, 32, 32), math.nan))


@pytest.mark.slow
def test_the_recorded_command_makes_a_classifier_as_good():
    from ganlib.metrics.train_avatar_classifier import accuracies, train_avatar_classifier

    found = accuracies(train_avatar_classifier(pictures=6000, steps=250))
    assert min(found[name] for name in ("hair", "hairstyle", "glasses")) > 0.97
