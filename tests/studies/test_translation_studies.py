"""How translations are judged, and what the studies of CycleGAN and StarGAN vary."""

import pytest
import torch
from torch import nn

from ganlib.gans import Translators
from ganlib.studies import cyclegan, stargan
from ganlib.studies.annealing import annealed
from ganlib.training import Trainer


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Judge on 60 avatars, train on 64."""
    for study in (cyclegan, stargan):
        monkeypatch.setattr(study, "JUDGED", 60)
        monkeypatch.setattr(study, "PICTURES", 64)
        study.pictures.cache_clear()
        study.held_out.cache_clear()
    yield
    for study in (cyclegan, stargan):
        study.pictures.cache_clear()
        study.held_out.cache_clear()


class Fixed(nn.Module):
    """Answers ``pictures`` to whatever it is asked."""

    def __init__(self, pictures):
        super().__init__()
        self.pictures = pictures

    def forward(self, x, y=None):
        return self.pictures


def test_a_translation_that_does_nothing_scores_the_difference_of_the_styles():
    scores = cyclegan.measure(Translators(nn.Identity(), nn.Identity()))
    assert scores["l1"] == scores["l1_ab"] == scores["l1_ba"] == scores["unchanged"] > 0.1
    assert scores["cycle"] == 0 and scores["kept"] > 0.99


def test_the_true_partners_score_zero_and_others_do_not():
    a, b, _ = cyclegan.held_out()
    right = cyclegan.measure(Translators(Fixed(b), Fixed(a)))
    assert right["l1"] == right["cycle"] == 0 and right["kept"] > 0.99
    wrong = cyclegan.measure(Translators(Fixed(b.roll(1, 0)), Fixed(a)))
    assert wrong["l1_ba"] == 0 and wrong["l1_ab"] > 0.2 and wrong["kept"] < 0.8


def test_differences_are_of_pixels_from_minus_one_to_one():
    assert cyclegan.difference(torch.ones(1, 3, 4, 4), -torch.ones(1, 3, 4, 4)) == 2


def test_other_styles_can_be_asked_for():
    scores = cyclegan.measure(Translators(nn.Identity(), nn.Identity()), "flat", "sketch")
    assert scores["unchanged"] > cyclegan.measure(Translators(nn.Identity(), nn.Identity()))["unchanged"]


def test_the_avatar_drawn_as_wanted_scores_best_and_the_old_picture_as_unchanged():
    images, before, after, truth = stargan.held_out()
    assert (before.hair != after.hair).all() and before.eyes.equal(after.eyes) and before.pose.equal(after.pose)
    right = stargan.measure(Fixed(truth))
    assert right["l1"] == 0 and right["hit"] > 0.99 and right["kept"] > 0.99
    left = stargan.measure(Fixed(images))
    assert left["l1"] == left["unchanged"] > 0.05 and left["cycle"] == 0
    assert left["hit"] < 0.5 and left["kept"] > 0.99


def test_the_generator_is_told_hair_mouth_and_glasses_in_this_order():
    _, before, _, _ = stargan.held_out()
    y = stargan.numbers(before)
    assert stargan.COUNTS == (8, 3, 2) and y.shape == (60, 3)
    assert y[:, 0].equal(before.hair) and y[:, 1].equal(before.mouth) and y[:, 2].equal(before.glasses)


@pytest.mark.parametrize("study", [cyclegan, stargan])
def test_each_variant_trains_and_leaves_the_random_state(study):
    before = torch.get_rng_state()
    rows = [study.run(variant, 0, updates=2) for variant in study.VARIANTS]
    assert torch.equal(torch.get_rng_state(), before)
    assert len({tuple(row) for row in rows}) == 1 and [row["variant"] for row in rows] == list(study.VARIANTS)
    assert next(iter(study.VARIANTS)) == study.BASELINE


@pytest.mark.parametrize("study", [cyclegan, stargan])
def test_a_variant_differs_from_the_baseline_in_its_losses(study):
    names = {}
    for variant in study.VARIANTS:
        torch.manual_seed(0)
        trainer = study.trainer(variant, 0, 2)
        names[variant] = set(trainer.gan.generator_loss(*next(trainer.data)))
    if study is cyclegan:
        assert names["CycleGAN"] - names["no cycle loss"] == {"cycle"}
        assert names["CycleGAN"] - names["no identity loss"] == {"identity"}
        assert trainer.gan.past_a.capacity == trainer.gan.past_b.capacity == 0  # the last variant: no buffer
    else:
        assert names["StarGAN"] - names["no reconstruction"] == {"reconstruction"}


def test_an_unknown_variant_is_refused():
    with pytest.raises(KeyError, match="no generator"):
        cyclegan.trainer("no generator", 0)


def test_rates_stay_for_half_of_the_updates_and_then_fall_to_zero():
    torch.manual_seed(0)
    trainer = annealed(stargan.trainer(stargan.BASELINE, 0, 10**9), 8)
    rates = []
    for _ in trainer.rounds(8):
        rates.append(
            [
                optimizer.param_groups[0]["lr"] / optimizer.defaults["lr"]
                for optimizer in (trainer.optimizer_d, trainer.optimizer_g)
            ]
        )
    expected = [1, 1, 1, 1, 0.75, 0.5, 0.25, 0]
    assert [d for d, _ in rates] == pytest.approx(expected) and [g for _, g in rates] == pytest.approx(expected)
    assert isinstance(trainer, Trainer)
