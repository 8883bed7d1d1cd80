"""Generators that fool: one repeats its samples, one has their mean and covariance."""

import pytest
import torch

from ganlib import metrics
from ganlib.data import digits
from ganlib.models import MomentsGenerator, ReplayGenerator


def noise(generator, n, seed=0):
    return torch.randn(n, generator.latent_dim, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def pictures():
    """Half of the training digits to learn from, the held-out ones to judge by."""
    return digits(16)[0][:700], digits(16, "test")[0]


def test_a_replay_without_noise_gives_each_sample_back_equally_often():
    samples = torch.randn(5, 1, 2, 3)
    made = ReplayGenerator(samples, std=0)(noise(ReplayGenerator(samples), 20_000))
    equal = (made[:, None] == samples).flatten(2).all(2)
    assert equal.sum(1).eq(1).all()
    shares = equal.double().mean(0)
    assert (shares - 0.2).abs().max() < 4 * (0.2 * 0.8 / 20_000) ** 0.5


def test_the_extremes_of_the_noise_choose_the_first_and_the_last_sample():
    generator = ReplayGenerator(torch.tensor([[1.0], [2.0], [3.0]]), std=0)
    z = torch.tensor([[-40.0, 0.0], [0.0, 0.0], [40.0, 0.0]])
    assert generator(z).flatten().tolist() == [1, 2, 3]


def test_the_noise_of_a_replay_has_the_size_that_was_asked_for():
    generator = ReplayGenerator(torch.zeros(3, 1, 4, 4), std=0.3)
    made = generator(noise(generator, 4000))
    assert made.std().item() == pytest.approx(0.3, rel=0.02) and made.mean().abs() < 0.01


def test_moments_are_those_of_the_samples():
    samples = torch.randn(30, 2, 3, dtype=torch.float64) ** 3
    generator = MomentsGenerator(samples)
    flat = samples.flatten(1)
    torch.testing.assert_close(generator.root.T @ generator.root, torch.cov(flat.T))
    torch.testing.assert_close(generator(torch.zeros(1, 30, dtype=torch.float64))[0], samples.mean(0))
    unit = generator(torch.eye(30, dtype=torch.float64)) - samples.mean(0)
    torch.testing.assert_close(unit.flatten(1), (flat - flat.mean(0)) / 29**0.5)


def test_pixels_take_the_moments_for_the_better_ones_and_the_classifier_does_not(pictures):
    """A mixture of both real sets is the rival: worse in pixels by its noise, better to whoever reads digits."""
    train, held_out = pictures
    blurred = MomentsGenerator(train)
    rival = (train + 0.2 * noise(ReplayGenerator(train), len(train))[:, 1:].view_as(train)).clamp(-1, 1)
    mush = blurred(noise(blurred, 1500))
    for extractor, fooled in (("pixels", True), ("digits", False)):
        real, *made = (metrics.extract(x, extractor).values for x in (held_out, mush, rival))
        distances = [metrics.fid(x, real) for x in made]
        assert (distances[0] < distances[1]) == fooled


def test_a_replay_is_as_near_as_real_digits_and_memorisation_finds_it(pictures):
    train, held_out = pictures
    replay = ReplayGenerator(train)
    copies = replay(noise(replay, 1500))
    train, held_out, fake = (metrics.extract(x, "digits").values for x in (train, held_out, copies))
    assert metrics.fid(fake, held_out) < 1.5 * metrics.fid(train, held_out)
    found = metrics.memorisation(train, fake, held_out)
    assert found.nearer > 0.99 and found.z > 20 and found.too_near > 0.99


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReplayGenerator(torch.zeros(0, 3)), r"samples has shape \(0, 3\), expected"),
        (lambda: ReplayGenerator(torch.zeros(3)), r"samples has shape \(3,\), expected"),
        (lambda: ReplayGenerator(torch.zeros(2, 3), std=-0.1), "std = -0.1, expected 0 or more"),
        (lambda: MomentsGenerator(torch.zeros(1, 3)), r"samples has shape \(1, 3\), expected"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_they_keep_their_samples_when_those_change_and_move_with_the_module():
    samples = torch.ones(4, 2)
    generator = ReplayGenerator(samples, std=0)
    samples.zero_()
    assert generator(noise(generator, 3)).eq(1).all()
    assert generator.double().samples.dtype == torch.float64
