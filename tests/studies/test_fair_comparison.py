"""The comparison of six GANs: equal in all but the method, rows that can be had again, and tables that are whole."""

from statistics import fmean, stdev

import pytest
import torch
from torch import nn

from ganlib import gans, losses, metrics, studies
from ganlib.data import digits
from ganlib.studies import fair_comparison, fair_tuning

VARIANTS, BUDGETS = fair_comparison.VARIANTS, fair_comparison.BUDGETS


@pytest.fixture
def short(monkeypatch):
    """Trainings of 8 updates, judged by as few samples as there are held-out digits."""
    monkeypatch.setattr(fair_comparison.Method, "updates_in", lambda self, budget: round(8 * budget / BUDGETS[-1]))
    monkeypatch.setattr(fair_comparison, "JUDGED", 360)


def players(name):
    gan = VARIANTS[name].trainer(3, 1e-3).gan
    return gan.generator, gan.discriminator


def kinds(network):
    return {type(part) for part in network.modules()}


@pytest.mark.parametrize(
    ("name", "kind", "loss", "norm", "optimizer", "betas", "n_critic"),
    [
        ("GAN", gans.GAN, losses.non_saturating, None, torch.optim.Adam, (0.5, 0.999), 1),
        ("DCGAN", gans.GAN, losses.non_saturating, nn.BatchNorm2d, torch.optim.Adam, (0.5, 0.999), 1),
        ("LSGAN", gans.GAN, losses.least_squares, nn.BatchNorm2d, torch.optim.Adam, (0.5, 0.999), 1),
        ("hinge + SN", gans.GAN, losses.hinge, None, torch.optim.Adam, (0.0, 0.9), 1),
        ("WGAN", gans.WGAN, losses.wasserstein, nn.BatchNorm2d, torch.optim.RMSprop, None, 5),
        ("WGAN-GP", gans.WGANGP, losses.wasserstein, nn.InstanceNorm2d, torch.optim.Adam, (0.0, 0.9), 5),
    ],
)
def test_each_method_is_that_of_its_paper(name, kind, loss, norm, optimizer, betas, n_critic):
    trainer = VARIANTS[name].trainer(0, 7e-4)
    assert type(trainer.gan) is kind and trainer.gan.loss is loss and trainer.n_critic == n_critic
    for chosen in (trainer.optimizer_d, trainer.optimizer_g):
        assert type(chosen) is optimizer and chosen.defaults["lr"] == 7e-4 and chosen.defaults.get("betas") == betas
    norms = kinds(trainer.gan.discriminator) & {nn.BatchNorm2d, nn.InstanceNorm2d, nn.GroupNorm}
    assert norms == ({norm} if norm else set())
    spectral = [name for name, _ in trainer.gan.discriminator.named_parameters() if "original" in name]
    assert len(spectral) == (3 if name == "hinge + SN" else 0)
    assert "arXiv" in VARIANTS[name].source


def test_all_methods_start_from_the_same_generator_and_see_the_same_batches():
    first, *others = (VARIANTS[name].trainer(3, 1e-3) for name in VARIANTS)
    batch = next(first.data)[0]
    for other in others:
        states = first.gan.generator.state_dict(), other.gan.generator.state_dict()
        assert all(torch.equal(one, states[1][key]) for key, one in states[0].items())
        assert torch.equal(next(other.data)[0], batch)


def test_discriminators_have_the_same_convolutions():
    shapes = {
        tuple(tuple(part.weight.shape) for part in players(name)[1].modules() if isinstance(part, nn.Conv2d))
        for name in VARIANTS
    }
    assert len(shapes) == 1


def test_a_longer_budget_pays_for_more_updates_in_proportion():
    for method in VARIANTS.values():
        assert [method.updates_in(budget) * BUDGETS[-1] for budget in BUDGETS] == [
            pytest.approx(method.updates * budget) for budget in BUDGETS
        ]


@pytest.mark.usefixtures("short")
def test_a_row_can_be_had_again_and_disturbs_nothing():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one = fair_comparison.run("WGAN-GP", 1, budget=BUDGETS[1])
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)  # a row does not depend on what was drawn before it
    again = fair_comparison.run("WGAN-GP", 1)
    assert [row["budget"] for row in again] == list(BUDGETS)
    assert [row | {"seconds": 0} for row in one] == [row | {"seconds": 0} for row in again[:2]]
    assert fair_comparison.run("WGAN-GP", 2, budget=BUDGETS[0])[0]["fid"] != one[0]["fid"]
    assert list(one[0]) == list(studies.read("fair_comparison")[0])


@pytest.mark.usefixtures("short")
def test_progress_sees_every_round_and_the_end():
    seen = []

    def watch(rounds):
        for one in rounds:
            seen.append(one.number)
            yield one
        seen.append("end")

    fair_comparison.run("DCGAN", 0, budget=BUDGETS[2], progress=watch)
    assert seen == [1, 2, 3, 4, "end"]


@pytest.mark.usefixtures("short")
def test_a_trial_trains_with_its_own_rate(monkeypatch):
    asked = []
    real = fair_comparison.Method.trainer
    monkeypatch.setattr(
        fair_comparison.Method, "trainer", lambda self, seed, rate: asked.append((self, rate)) or real(self, seed, rate)
    )
    rows = fair_tuning.run("LSGAN, rate 0.003", fair_tuning.SEED)
    assert asked == [(VARIANTS["LSGAN"], 3e-3)]
    assert {(row["variant"], row["method"], row["rate"]) for row in rows} == {("LSGAN, rate 0.003", "LSGAN", 3e-3)}
    assert list(rows[0]) == list(studies.read("fair_tuning")[0])


def test_the_rate_of_a_method_is_the_one_with_the_smallest_distance_at_the_end(monkeypatch):
    def trial(method, rate, budget, fid):
        return {"method": method, "rate": rate, "budget": budget, "fid": fid}

    end, (low, middle, high) = BUDGETS[-1], fair_comparison.RATES
    trials = [trial("a", low, end, 7.0), trial("b", low, end, 2.0), trial("a", high, end, 5.0)]
    others = [trial("b", high, end, 9.0), trial("a", middle, BUDGETS[0], 1.0), trial("b", fair_tuning.BEYOND, end, 1.0)]
    for rows in (trials + others, others[::-1] + trials[::-1]):
        monkeypatch.setattr(fair_comparison, "read", lambda name, rows=rows: rows)
        assert fair_comparison.rates() == {"a": high, "b": low}


def test_measures_of_real_digits_are_those_of_perfect_samples():
    images = digits(16)[0]
    found = fair_comparison.measures(images)
    assert found["fid"] < 0.5 and found["kid"] < 3 * found["kid_error"] and found["digits"] == 10
    assert found["inception_score"] > 7
    assert min(found["precision"], found["recall"], found["density"], found["coverage"]) > 0.7


def test_measures_are_those_of_the_metrics():
    images, (train, _) = torch.rand(2 * 360, 1, 16, 16) * 2 - 1, digits(16)
    images[:600] = train[:600]
    found = fair_comparison.measures(images)
    real, fake = (metrics.extract(x, "digits") for x in (digits(16, "test")[0], images))
    assert found["fid"] == pytest.approx(metrics.fid(fake.values, real.values))
    assert (found["kid"], found["kid_error"]) == pytest.approx(metrics.kid(fake.values, real.values))
    halves = [metrics.precision_recall(real.values, half) for half in fake.values.chunk(2)]
    assert found["precision"] == pytest.approx(fmean(half.precision for half in halves))
    assert found["recall"] == pytest.approx(fmean(half.recall for half in halves))
    assert found["precision"] < 0.95 and found["digits"] == 10


def test_one_class_of_digits_has_no_variety():
    images, y = digits(16)
    found = fair_comparison.measures(images[y == 3].repeat(3, 1, 1, 1))
    assert found["digits"] == 1 and found["inception_score"] < 1.2 and found["coverage"] < 0.3
    assert found["precision"] > 0.85


def test_what_is_refused():
    with pytest.raises(ValueError, match="images holds 10 pictures, expected at least 360"):
        fair_comparison.measures(torch.zeros(10, 1, 16, 16))
    with pytest.raises(ValueError, match=r"budget = 7, expected one of 1.25, 2.5"):
        fair_comparison.at(7)
    with pytest.raises(KeyError, match="StyleGAN"):
        fair_comparison.run("StyleGAN", 0)


def test_the_recorded_comparison_is_whole_and_under_one_budget():
    rows = studies.read("fair_comparison")
    seeds = sorted({row["seed"] for row in rows})
    assert len(seeds) >= 5 and fair_tuning.SEED not in seeds
    expected = [(seed, name, budget) for seed in seeds for name in VARIANTS for budget in BUDGETS]
    assert [(row["seed"], row["variant"], row["budget"]) for row in rows] == expected
    rates = fair_comparison.rates()
    for row in rows:
        assert row["updates"] == VARIANTS[row["variant"]].updates_in(row["budget"])
        assert row["rate"] == pytest.approx(rates[row["variant"]])
    for budget in BUDGETS[1:]:
        seconds = [one.mean for one in studies.summary(fair_comparison.at(budget), "seconds").values()]
        assert max(seconds) < 1.3 * min(seconds)


def test_the_recorded_trials_are_whole():
    rows = studies.read("fair_tuning")
    assert [(row["variant"], row["budget"]) for row in rows] == [(t, b) for t in fair_tuning.TRIALS for b in BUDGETS]
    for row in rows:
        method, rate = fair_tuning.TRIALS[row["variant"]]
        assert (row["method"], row["seed"]) == (method, fair_tuning.SEED) and row["rate"] == pytest.approx(rate)
    assert set(fair_comparison.rates()) == set(VARIANTS)


def test_the_rate_beyond_the_grid_is_better_by_less_than_two_seeds_differ():
    trials = {(row["method"], row["rate"]): row["fid"] for row in studies.read("fair_tuning") if row["budget"] == 10}
    rates = fair_comparison.rates()
    for name, rate in rates.items():
        over_seeds = [row["fid"] for row in fair_comparison.at(10) if row["variant"] == name]
        assert trials[name, rate] - trials[name, fair_tuning.BEYOND] < 2**0.5 * stdev(over_seeds)
    assert rates["WGAN-GP"] == max(fair_comparison.RATES)
    assert trials["WGAN-GP", fair_tuning.BEYOND] > trials["WGAN-GP", rates["WGAN-GP"]]


@pytest.mark.parametrize("study", ["fair_comparison", "fair_tuning"])
def test_recorded_measures_are_in_their_ranges(study):
    for row in studies.read(study):
        assert row["fid"] > 0 and row["kid_error"] > 0 and 1 <= row["inception_score"] <= 10
        assert all(0 <= row[share] <= 1 for share in ("precision", "recall", "coverage")) and row["density"] >= 0
        assert 1 <= row["digits"] <= 10
