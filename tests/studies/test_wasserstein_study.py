"""The comparison of DCGAN, WGAN and WGAN-GP: each as its paper says, one budget, and rows that can be had again."""

import pytest
import torch
from torch import nn

from ganlib import gans, studies
from ganlib.studies import tables, wasserstein, wasserstein_longer


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch):
    """Trainings on few pictures, judged by few samples."""
    monkeypatch.setattr(wasserstein, "PICTURES", 64)
    monkeypatch.setattr(wasserstein, "JUDGED", 20)
    monkeypatch.setattr(wasserstein, "JUDGED_ON_THE_WAY", 10)
    wasserstein.pictures.cache_clear()
    yield
    wasserstein.pictures.cache_clear()


def parts(network, kind):
    return sum(isinstance(part, kind) for part in network.modules())


@pytest.mark.parametrize(
    ("name", "kind", "optimizer", "lr", "betas", "n_critic"),
    [
        ("DCGAN", gans.GAN, torch.optim.Adam, 2e-4, (0.5, 0.999), 1),
        ("WGAN", gans.WGAN, torch.optim.RMSprop, 5e-5, None, 5),
        ("WGAN-GP", gans.WGANGP, torch.optim.Adam, 1e-4, (0.0, 0.9), 5),
    ],
)
def test_each_method_is_that_of_its_paper(name, kind, optimizer, lr, betas, n_critic):
    trainer = wasserstein.VARIANTS[name].trainer(0)
    assert type(trainer.gan) is kind and trainer.n_critic == n_critic
    for chosen in (trainer.optimizer_d, trainer.optimizer_g):
        assert type(chosen) is optimizer and chosen.defaults["lr"] == lr and chosen.defaults.get("betas") == betas
    critic = trainer.gan.discriminator
    assert (parts(critic, nn.BatchNorm2d) > 0) == (name == "DCGAN")
    assert (parts(critic, nn.InstanceNorm2d) > 0) == (name != "DCGAN")
    assert getattr(trainer.gan, "clip", 0.01) == 0.01 and getattr(trainer.gan, "penalty_weight", 10) == 10


def test_the_second_variant_of_a_method_differs_by_its_rate_alone():
    names = list(wasserstein.VARIANTS)
    for paper, faster in zip(names[::2], names[1::2], strict=True):
        factor = float(faster.removeprefix(f"{paper}, rate x "))
        one, other = (wasserstein.VARIANTS[name] for name in (paper, faster))
        assert (one.gan, one.norm, one.n_critic, one.updates) == (other.gan, other.norm, other.n_critic, other.updates)
        rates = [method.trainer(0).optimizer_d.defaults["lr"] for method in (one, other)]
        assert rates[1] == pytest.approx(factor * rates[0])


def test_all_methods_start_from_the_same_generator():
    torch.manual_seed(3)
    states = []
    for method in wasserstein.VARIANTS.values():
        torch.manual_seed(3)
        states.append(method.trainer(3).gan.generator.state_dict())
    for state in states[1:]:
        assert all(torch.equal(value, states[0][name]) for name, value in state.items())


def test_a_row_can_be_had_again_and_disturbs_nothing():
    before = torch.get_rng_state()
    one = wasserstein.run("WGAN-GP", 1, updates=2)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(1)  # a row does not depend on what was drawn before it
    again = wasserstein.run("WGAN-GP", 1, updates=2)
    assert one | {"seconds": 0} == again | {"seconds": 0}
    assert one["updates"] == 2 and 0 <= one["coverage"] <= 1 and one["fid"] > 0
    assert wasserstein.run("WGAN-GP", 2, updates=2)["fid"] != one["fid"]


def test_watching_a_training_does_not_change_it():
    curve = []
    watched = wasserstein.run("WGAN", 0, updates=wasserstein.MARKS, curve=curve)
    assert watched | {"seconds": 0} == wasserstein.run("WGAN", 0, updates=wasserstein.MARKS) | {"seconds": 0}
    assert [row["update"] for row in curve] == list(range(1, wasserstein.MARKS + 1))


def test_a_curve_has_the_same_rows_however_many_updates_there_are():
    curve = []
    wasserstein.run("DCGAN", 0, updates=19, curve=curve)
    assert len(curve) == wasserstein.MARKS and curve[-1]["update"] == 19


def test_correlations_compare_the_order_and_leave_the_first_row_out():
    falling = [{"variant": "a", "loss": loss, "fid": fid} for loss, fid in ((9, 99), (-3, 50), (-2, 7), (-1, 2))]
    rising = [{"variant": "b", "loss": loss, "fid": fid} for loss, fid in ((0, 99), (-1, 1), (-5, 2), (-9, 90))]
    against = [{"variant": "c", "loss": loss, "fid": fid} for loss, fid in ((9, -1), (1, 1), (2, 2), (3, 3))]
    found = wasserstein.correlations([*falling, *rising, *against])
    assert found == pytest.approx({"a": 1, "b": 1, "c": -1})


def test_only_seed_0_leaves_a_curve_and_each_variant_keeps_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    real = wasserstein.run
    monkeypatch.setattr(wasserstein, "run", lambda variant, seed, **more: real(variant, seed, updates=16, **more))
    for variant, seed in (("DCGAN", 0), ("WGAN", 0), ("WGAN", 1), ("DCGAN", 0)):
        assert wasserstein.run_with_curve(variant, seed)["seed"] == seed
    rows = studies.read(wasserstein.CURVES)
    assert {row["seed"] for row in rows} == {0}
    assert [row["variant"] for row in rows] == ["WGAN"] * 16 + ["DCGAN"] * 16


def test_the_stored_table_is_complete_and_under_one_budget():
    rows = studies.read("wasserstein")
    seeds = {name: {row["seed"] for row in rows if row["variant"] == name} for name in wasserstein.VARIANTS}
    assert len({frozenset(one) for one in seeds.values()}) == 1 and len(seeds["DCGAN"]) >= 2
    assert all(row["updates"] == wasserstein.VARIANTS[row["variant"]].updates for row in rows)
    seconds = studies.summary(rows, "seconds")
    assert max(one.mean for one in seconds.values()) < 1.6 * min(one.mean for one in seconds.values())
    curves = studies.read(wasserstein.CURVES)
    assert {row["variant"] for row in curves} == set(wasserstein.VARIANTS) and {row["seed"] for row in curves} == {0}


def test_the_longer_study_has_five_times_the_updates_and_its_table_is_complete(monkeypatch):
    rows = studies.read("wasserstein_longer")
    variants = wasserstein_longer.VARIANTS
    assert [(row["seed"], row["variant"]) for row in rows] == [(seed, name) for seed in range(3) for name in variants]
    monkeypatch.setattr(wasserstein, "run", lambda variant, seed, updates: (variant, seed, updates))
    for row in rows:
        assert wasserstein_longer.run(row["variant"], row["seed"]) == (row["variant"], row["seed"], row["updates"])
        assert row["updates"] == 5 * wasserstein.VARIANTS[row["variant"]].updates
