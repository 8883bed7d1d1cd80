"""The laboratory for a discriminator, without a browser: it trains what it says, and shows what it measures."""

import asyncio
import random
import re

import numpy as np
import pytest
import torch
from ipywidgets import Dropdown
from torch.optim import Adam

from ganlib import divergences, viz
from ganlib.data.mixtures import Mixture
from ganlib.losses import minimax, r1_penalty
from ganlib.models import MLPDiscriminator
from ganlib.viz import played as module
from ganlib.viz.densities.panel import PRESETS
from ganlib.viz.densities.training import BATCH, GRID, MEASURE_EVERY, Settings, Training

P, Q = Mixture((-1.0,), (1.0,)), Mixture((1.0,), (1.0,))
SMALL = {"width": 8}


def make(**settings):
    return viz.DensityLab(**SMALL | settings)


def weights(discriminator):
    return torch.cat([parameter.detach().flatten() for parameter in discriminator.parameters()])


def trained(steps, **settings):
    training = Training(Settings(**SMALL | settings))
    for _ in range(steps):
        training.step()
    return training


def set_to_optimum(training, slope=-2.0):
    """A linear D with the logit -2 x, the log ratio of N(-1, 1) and N(1, 1)."""
    with torch.no_grad():
        layer = training.discriminator.net[1]
        layer.weight.fill_(slope)
        layer.bias.zero_()


def test_the_laboratory_is_the_bare_run_and_that_is_the_usual_loop():
    """The same updates as three lines of PyTorch make, on the points that the run shows."""
    lab, bare = make(samples=20, penalty=0.1), trained(15, samples=20, penalty=0.1)
    lab.run(15)
    assert torch.equal(weights(lab.discriminator), weights(bare.discriminator)) and lab.steps == 15
    torch.manual_seed(0)
    D = MLPDiscriminator((1,), 8)
    optimizer, real, fake = Adam(D.parameters(), 3e-3), bare.real[:, None], bare.fake[:, None]
    for _ in range(15):
        loss = minimax.discriminator(D(real), D(fake)) + 0.1 * r1_penalty(D, real)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(weights(D), weights(bare.discriminator), rtol=1e-4, atol=1e-6)


def test_the_notebook_s_random_numbers_are_neither_used_nor_needed():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = trained(12)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(6)
    assert torch.equal(weights(first.discriminator), weights(trained(12).discriminator))
    assert not torch.equal(weights(first.discriminator), weights(trained(12, seed=1).discriminator))


def test_watching_changes_nothing():
    lab = make()
    for _ in range(12):
        lab.step()
        lab.measures()
        lab.still()
    assert torch.equal(weights(lab.discriminator), weights(trained(12).discriminator))


def test_new_samples_are_new_and_fixed_ones_stay():
    fresh, fixed = trained(0), trained(0, samples=200)
    seen, pool = [], fixed.real.clone()
    for _ in range(3):
        fresh.step()
        fixed.step()
        seen.append(fresh.real.clone())
        assert torch.equal(fixed.real, pool)
    assert not torch.equal(seen[0], seen[1]) and len(seen[0]) == BATCH and len(pool) == 200


def test_a_large_pool_is_used_up_to_its_last_point():
    training = trained(0, samples=300)
    seen = set()
    for _ in range(40):
        seen |= set(training._batch()[0].flatten().tolist())
    assert seen == set(training.real.tolist()) and len(training._batch()[0]) == BATCH


def test_at_the_optimum_nothing_is_missing():
    training = trained(0, p=P, q=Q, width=0)
    set_to_optimum(training)
    now = training.measures()
    assert now.error < 1e-6 and now.value == pytest.approx(now.best, abs=1e-7)
    grid = torch.linspace(-14, 14, 2001, dtype=torch.float64)
    best = divergences.optimal_value(P.log_density(grid), Q.log_density(grid), grid).item()
    assert now.best == pytest.approx(best, abs=1e-9)
    set_to_optimum(training, slope=-1.0)
    assert training.measures().error > 0.05 and training.measures().value < best - 0.01


def test_the_measures_are_averages_over_samples():
    """Monte Carlo with 200,000 points of each kind, for a D that is not the best."""
    training = trained(30, p=P, q=Q, width=16)
    now = training.measures()
    real, fake = (mixture.sample(200_000, torch.Generator().manual_seed(0)) for mixture in (P, Q))
    estimate = divergences.value_estimate(training.logits(real), training.logits(fake))
    assert abs(now.value - estimate.value) < 5 * estimate.standard_error
    both = torch.cat([real, fake])
    gap = (torch.sigmoid(training.logits(both)) - torch.sigmoid(-2 * both)).abs()
    assert now.error == pytest.approx(gap.mean().item(), abs=2e-3)
    own = training.logits(training.real), training.logits(training.fake)
    assert now.own == pytest.approx(divergences.value_estimate(*own).value, abs=1e-6)
    assert now.accuracy == pytest.approx(((own[0] > 0).double().mean() + (own[1] < 0).double().mean()).item() / 2)


def test_no_discriminator_exceeds_the_bound():
    for settings in ({}, {"samples": 10, "width": 64, "rate": 1e-2}, {"width": 0}, {"penalty": 1.0}):
        course = trained(100, **settings).curve
        assert (course["value"][:, 1] <= course["best"][:, 1]).all()


@pytest.mark.slow
def test_new_samples_lead_to_the_optimum_and_few_points_away_from_it():
    fresh, few = trained(800, width=32), trained(800, width=128, samples=10, rate=1e-2)
    before = trained(0, width=32).measures()
    after, memory = fresh.measures(), few.measures()
    assert after.error < 0.05 < before.error and after.best - after.value < 0.03
    assert memory.own > memory.best + 0.1 and memory.value < memory.best - 0.3


def test_fixed_points_move_with_their_density():
    lab = make(samples=50, p=P, q=Q)
    before = lab.training.real.clone()
    lab.run(3)
    lab.panel.sliders["real", "mean 1"].value = -0.5
    torch.testing.assert_close(lab.training.real, before + 0.5)
    assert lab.settings.p.means[0] == -0.5 and lab.settings.q == Mixture((1.0, 1.0), (1.0, 1.0), (1.0, 0.0))


@pytest.mark.parametrize(
    ("name", "value", "anew"),
    [("samples", 30, False), ("rate", 1e-2, False), ("penalty", 0.1, False), ("width", 16, True), ("seed", 3, True)],
)
def test_every_control_sets_its_setting(name, value, anew):
    lab = make()
    lab.run(3)
    lab.controls[name].value = value
    assert getattr(lab.settings, name) == value and lab.steps == (0 if anew else 3)
    lab.run(2)
    assert lab.events.box.value == ""


def test_the_rate_reaches_the_optimizer():
    lab = make(rate=1e-3)
    lab.change(rate=1e-4)
    assert lab.training.optimizer.param_groups[0]["lr"] == 1e-4


def test_a_preset_moves_the_target_of_the_run():
    lab = make()
    lab.run(10)
    lab.panel.presets.value = "far apart"
    assert lab.steps == 10 and (lab.settings.p, lab.settings.q) == PRESETS["far apart"]
    assert lab.measures().best == pytest.approx(0, abs=1e-6)


def test_refused_values_are_explained_and_put_back():
    lab = make()
    lab.controls["seed"].value = -4
    assert "seed = -4, expected an integer from 0" in lab.events.box.value
    assert lab.controls["seed"].value == 0 and lab.settings.seed == 0
    lab.buttons["step"].click()
    assert lab.events.box.value == "" and lab.steps == 1
    for name, value in (("samples", 1), ("width", -1), ("rate", 0.0), ("penalty", -0.1)):
        with pytest.raises(ValueError, match=f"{name} = {value}, expected"):
            lab.change(**{name: value})
    with pytest.raises(ValueError, match="depth is no setting, expected one of p, q, samples"):
        lab.change(depth=3)
    with pytest.raises(ValueError, match="the real mean 1 is 9"):
        lab.change(p=Mixture((9.0,), (1.0,)))
    assert lab.settings == Settings(**SMALL)


def test_values_beyond_the_lists_are_welcome():
    lab = make(samples=77, width=20, rate=2e-3, penalty=0.05)
    for name, value in (("samples", 77), ("width", 20), ("rate", 2e-3), ("penalty", 0.05)):
        assert lab.controls[name].value == value
        values = [choice for _, choice in lab.controls[name].options]
        assert values == sorted(values)


def test_the_curves_and_the_status_hold_what_was_measured():
    lab = make()
    lab.run(5 * MEASURE_EVERY)
    now = lab.measures()
    error, value = (lab.training.curve[name] for name in ("error", "value"))
    assert len(error) == 5 and error[-1, 1] == pytest.approx(now.error) and value[-1, 1] == pytest.approx(now.value)
    drawn = next(layer for layer in lab.errors._scene if layer.name == "error").values.reshape(-1, 2)
    np.testing.assert_allclose(drawn[:, 0], [10, 20, 30, 40, 50])
    np.testing.assert_allclose(drawn[:, 1], error[:, 1], rtol=1e-6)
    gap = next(layer for layer in lab.errors._scene if layer.name == "gap").values.reshape(-1, 2)
    np.testing.assert_allclose(gap[:, 1], now.best - value[:, 1], rtol=1e-5)
    assert f"step <b>{lab.steps}</b>" in lab.status.value and f"<b>{now.error:.4f}</b>" in lab.status.value
    best = next(layer for layer in lab.verdict._scene if layer.name == "best").values.reshape(-1, 2)
    x = torch.tensor(best[:, 0], dtype=torch.float64)
    share = torch.sigmoid(lab.settings.p.log_density(x) - lab.settings.q.log_density(x))
    np.testing.assert_allclose(best[:, 1], share, atol=1e-5)


def test_resetting_begins_the_same_run_again():
    lab = make()
    lab.run(12)
    first = weights(lab.discriminator)
    lab.buttons["reset"].click()
    assert lab.steps == 0 and len(lab.training.curve["error"]) == 0
    lab.run(12)
    assert torch.equal(weights(lab.discriminator), first)


def test_the_grid_holds_all_of_what_the_sliders_can_make():
    widest = Mixture((-4.0, 4.0), (2.0, 2.0))
    mass = widest.log_density(GRID.double()).exp().sum() * (GRID[1] - GRID[0])
    assert mass == pytest.approx(1, abs=1e-4)


def test_playing_trains_and_a_control_may_be_moved_meanwhile(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.02)

    async def main():
        lab, refreshed = make(), []
        lab.refresh = lambda: refreshed.append(lab.steps)
        lab.buttons["play"].click()
        assert lab.buttons["play"].description == "Pause"
        await asyncio.sleep(0.2)
        lab.panel.presets.value = "side by side"
        assert lab.player.playing
        before = lab.steps
        await asyncio.sleep(0.2)
        assert lab.steps > before > 0
        lab.controls["width"].value = 4
        assert not lab.player.playing and lab.steps == 0
        lab.buttons["play"].click()
        await asyncio.sleep(0.1)
        lab.buttons["reset"].click()
        assert not lab.player.playing and lab.steps == 0
        await asyncio.sleep(0.1)
        assert refreshed and asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    async def main():
        cells.run("lab")
        first = make()
        first.play()
        await asyncio.sleep(0.05)
        cells.run("lab")
        second = make()
        assert not first.player.playing
        second.run(2)
        await asyncio.sleep(0.01)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    lab = make()
    for control in (*lab.buttons.values(), *lab.controls.values()):
        assert control.tooltip and control.description
    assert all(slider.description for slider in lab.panel.sliders.values())


def test_the_still_says_what_it_shows():
    lab = make()
    lab.run(20)
    picture = lab.still()
    assert re.search(r"After 20 steps D is 0\.\d+ from D\*", picture.alt)
    assert len(picture.axes) == 4 and picture.png()[:4] == b"\x89PNG"


@pytest.mark.slow
def test_hundreds_of_random_events_leave_no_error():
    chance = random.Random(0)

    async def main():
        lab = make()
        things = [*lab.buttons.values(), *lab.controls.values(), *lab.panel.sliders.values(), lab.panel.presets]
        for _ in range(300):
            thing = chance.choice(things)
            if thing in lab.buttons.values():
                thing.click()
            elif isinstance(thing, Dropdown):
                thing.value = chance.choice([o[1] if isinstance(o, tuple) else o for o in thing.options])
            elif thing is lab.controls["seed"]:
                thing.value = chance.randint(0, 5)
            else:
                thing.value = chance.uniform(thing.min, thing.max)
            await asyncio.sleep(0.003)
            assert lab.events.box.value == ""
            assert (lab.settings.p, lab.settings.q) == lab.panel.mixtures
        lab.pause()
        await asyncio.sleep(0.05)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()
