"""The laboratory for critics without a browser: what it trains, what it measures, what it draws, what controls do."""

import asyncio
import io
from html import unescape

import ipywidgets
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image

from ganlib import divergences, losses, viz
from ganlib.metrics import gradient_norms
from ganlib.viz.critic_lab import Settings, Trial, Trials, charts, controls, words
from ganlib.viz.critic_lab import trials as trials_module
from ganlib.viz.critic_lab.surfaces import EDGE, surface

SMALL = {"depth": 4, "width": 8, "batch": 16}


def make(**settings):
    return viz.CriticLab(**SMALL | settings)


def parameters(trials):
    return torch.cat([trial.weights() for trial in trials.all])


def after(n, **settings):
    trials = Trials(Settings(**SMALL | settings))
    for _ in range(n):
        trials.step()
    return trials


def error(lab):
    return unescape(lab.events.box.value)


# What is trained


def test_equal_settings_give_equal_runs_and_leave_the_notebook_s_random_stream_alone():
    torch.manual_seed(1)
    one, random = after(12), torch.get_rng_state()
    torch.manual_seed(2)
    other = after(12)
    assert torch.equal(parameters(one), parameters(other)) and one.estimates()[0][1].tolist()
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), random)
    assert not torch.equal(parameters(one), parameters(after(12, seed=1)))


def test_all_critics_begin_alike_and_see_the_same_real_points():
    trials = after(0)
    first = trials.all[0]
    for trial in trials.all[1:]:
        assert torch.equal(trial.weights(), first.weights())
        assert torch.equal(trial.samples.peek(), first.samples.peek())
        assert not torch.equal(next(trial.samples), trial.samples.peek())


def test_clipping_keeps_every_weight_within_its_limit_and_the_penalty_keeps_none():
    trials = after(5, clips=(0.2, 0.05, 0.003))
    for trial, clip in zip(trials.all, (0.2, 0.05, 0.003), strict=False):
        assert trial.weights().abs().max().item() == pytest.approx(clip, rel=1e-6)
        assert 0 < trial.share_at_limit() <= 1
    assert trials.all[-1].weights().abs().max() > 0.2 and trials.all[-1].share_at_limit() == 0


def test_the_critics_differ_in_what_keeps_them_lipschitz_and_in_nothing_else():
    clipped, penalised = Trial(Settings(**SMALL), 0.1), Trial(Settings(**SMALL, penalty=7.0), None)
    x = torch.randn(16, 2)
    assert set(clipped.gan.discriminator_loss(x)) == {"adversarial"} and clipped.gan.clip == 0.1
    assert set(penalised.gan.discriminator_loss(x)) == {"adversarial", "gradient_penalty"}
    assert penalised.gan.penalty_weight == 7.0
    assert clipped.optimizer.defaults == penalised.optimizer.defaults
    assert clipped.optimizer.defaults["betas"] == (0.0, 0.9)


def test_the_fakes_are_other_real_points_with_unit_noise():
    trial = Trial(Settings(**SMALL, data="ring"), None)
    z = torch.randn(20_000, 2)
    x = trial.gan.generator(z) - z  # on the ring again: radius 2, deviation 0.05
    assert (x.norm(dim=1) - 2).abs().mean() < 0.1
    torch.testing.assert_close(trial.gan.noise(50_000).std(), torch.tensor(1.0), atol=0.02, rtol=0)


@pytest.mark.parametrize("data", ["swiss roll", "ring", "grid"])
def test_exact_is_w1_as_the_linear_program_finds_it(data, monkeypatch):
    monkeypatch.setattr(trials_module, "SEEN", 60)
    real, fake, exact = trials_module.seen.__wrapped__(data)
    assert len(real) == len(fake) == 60
    assert exact == pytest.approx(divergences.optimal_transport(torch.cdist(real.double(), fake.double())).cost)


# What is measured


def test_a_reading_is_what_it_says():
    trial = after(3).all[0]
    reading = trial.read()
    real, fake = trial.critic(trial.real), trial.critic(trial.fake)
    assert reading.estimate == pytest.approx(-losses.wasserstein.discriminator(real, fake).item(), abs=1e-6)
    norms = gradient_norms(trial.critic, trial.real[:128], trial.fake[:128])
    torch.testing.assert_close(reading.norms.activations, norms.activations)
    assert len(reading.norms.layers) == 4 and reading.clip == 0.1 and reading.name == "c = 0.1"
    assert len(reading.weights) == sum(p.numel() for p in trial.critic.parameters())


def test_measuring_changes_no_training():
    watched, alone = after(0), after(0)
    for _ in range(6):
        watched.step()
        watched.read()
        surface(watched.all[0])
        alone.step()
    assert torch.equal(parameters(watched), parameters(alone))


def test_the_course_of_the_estimates_begins_before_training():
    trials = after(0)
    start = [trial.estimate() for trial in trials.all]
    for _ in range(10):
        trials.step()
    for (name, points), trial, first in zip(trials.estimates(), trials.all, start, strict=True):
        assert name == trial.name and points[:, 0].tolist() == [0, 5, 10]
        assert points[[0, 2], 1] == pytest.approx([first, trial.estimate()])


@pytest.mark.slow
def test_clipping_explodes_or_vanishes_geometrically_and_the_penalty_does_neither():
    """Where the signs of the weights stay random, a layer of n = 64 ReLU units gives a factor of some c sqrt(n / 2)."""
    trials = Trials(Settings())
    for _ in range(250):
        trials.step()
    large, small, tiny, penalty = (reading.norms.growth() for reading in trials.read())
    assert large.factor > 2 and large.r_squared > 0.95
    for growth, c in ((small, 0.01), (tiny, 0.001)):
        assert growth.factor == pytest.approx(c * np.sqrt(64 / 2), rel=0.25) and growth.r_squared > 0.99
    assert 0.8 < penalty.factor < 1.25
    assert 0.3 < trials.all[-1].estimate() / trials.exact < 2


# What is drawn


def test_histograms_hold_every_weight_once():
    weights = np.concatenate([np.full(7, -0.1), np.full(3, 0.1), [0.5, -0.0999, 0.0, 0.0999]]).astype(np.float32)
    edges, counts = charts.weight_counts(weights, 0.1)
    assert counts.sum() == len(weights) and len(edges) == len(counts) + 1
    assert (counts[0], counts[-1]) == (7, 4) and counts[1] == counts[-2] == 1
    edges, counts = charts.weight_counts(weights, None)
    assert counts.sum() == len(weights) and -edges[0] == edges[-1] > 0
    for trial in after(2).all:
        assert charts.weight_counts(trial.weights().numpy(), trial.clip)[1].sum() == len(trial.weights())


def test_names_that_would_touch_move_apart_and_stay_in_order():
    places = charts.spread([0.5, 0.52, 0.9, 0.51], 0.1)
    assert places == pytest.approx([0.41, 0.61, 0.9, 0.51])
    assert charts.spread([0.1, 0.9], 0.1) == pytest.approx([0.1, 0.9])
    crowded = charts.spread([2.0, 2.0, -1.0], 0.2)
    assert sorted(np.diff(np.sort(crowded)) >= 0.2 - 1e-9) == [True, True] and 0 <= crowded.min() <= crowded.max() <= 1


def test_a_surface_spans_the_scores_and_its_lines_follow_them():
    trial = after(3).all[-1]
    tint, fake, real, levels = surface(trial)
    low, high = tint.style["limits"]
    assert (low, high) == pytest.approx((tint.values.min(), tint.values.max()), abs=1e-5)
    cell = 2 * EDGE / tint.style["shape"][0]
    corner = torch.tensor([[cell / 2 - EDGE, cell / 2 - EDGE], [EDGE - cell / 2, cell / 2 - EDGE]])
    row = tint.values.reshape(tint.style["shape"])[0]
    assert row[[0, -1]] == pytest.approx(trial.scores(corner).numpy(), abs=1e-6)
    points = levels.values.reshape(-1, 2)
    scores = trial.scores(torch.tensor(points[~np.isnan(points[:, 0])]))
    steps = (scores - low) / (high - low) * 10
    assert (steps - steps.round()).abs().mean() < 0.05  # level lines of cells: not exactly on the score
    assert fake.values.size == real.values.size == 300


def test_a_flat_critic_has_no_level_lines_and_is_called_flat():
    trial = after(0).all[0]
    for parameter in trial.critic.parameters():
        parameter.data.zero_()
    *_, levels = surface(trial)
    assert np.isnan(levels.values).all()
    assert "the same everywhere" in words.span("x", "c", 0.5, 0.5)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def of_colour(png, colour):
    return (np.abs(pixels(png) - 255 * np.array(to_rgb(colour))).sum(axis=-1) < 6).sum()


@pytest.mark.parametrize("dark", [False, True])
def test_every_chart_draws_something_in_the_critics_colour_in_both_themes(dark):
    lab, theme = make(), viz.DARK if dark else viz.LIGHT
    lab.run(10)
    for figure in (lab.face.norms, lab.face.estimates, lab.face.weights):
        figure.set_state({"dark": dark})
        assert of_colour(figure.png, theme.discriminator) > 300


@pytest.mark.parametrize("value", [0.0, float("inf"), float("nan")])
def test_norms_and_estimates_of_all_sizes_can_be_drawn(value):
    odd = np.array([value, 1e-30, 1.0])
    chart = viz.FigureWidget(4, 3, "", charts.norms_chart)
    chart.show(norms=[("a", odd), ("b", np.ones(3)), ("c", np.ones(3)), ("d", np.full(3, value))])
    course = np.array([[0, 0.0], [5, value], [10, -1e9]])
    chart = viz.FigureWidget(4, 3, "", charts.estimates_chart)
    chart.show(courses=[(name, course) for name in "abcd"], exact=0.6)
    assert chart.png


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        *((0.0, "0"), (0.62519, "0.625"), (-1.5, "\u22121.5"), (8243.4, "8,243"), (float("nan"), "\u2013")),
        *((2.04e4, "2.0 \u00b7 10<sup>4</sup>"), (1.6e-16, "1.6 \u00b7 10<sup>\u221216</sup>")),
    ],
)
def test_numbers_are_short(number, shown):
    assert words.short(number) == shown


def test_the_table_has_a_row_for_each_critic_and_a_dash_where_there_is_no_logarithm():
    readings = after(2).read()
    text = words.table(readings)
    assert text.count("<tr>") == 5 and "c = 0.001" in text and "penalty" in text
    dead = after(0).all[0]
    dead.critic[-1].weight.data.zero_()
    assert "\u2013" in words.table([dead.read()] * 4)


# What the controls do


def test_the_lab_trains_as_the_bare_trials_do_however_it_is_watched():
    lab = make()
    lab.run(7)
    lab.step()
    assert lab.steps == 8 and torch.equal(parameters(lab.trials), parameters(after(8)))
    assert "step <b>8</b>" in lab.face.status.value
    lab.face.buttons["reset"].click()
    assert lab.steps == 0 and torch.equal(parameters(lab.trials), parameters(after(0)))


@pytest.mark.parametrize(
    ("control", "value", "setting", "expected"),
    [
        ("data", "ring", "data", "ring"),
        ("clip 2", 0.5, "clips", (0.1, 0.5, 0.001)),
        ("penalty", 10.0, "penalty", 10.0),
        ("width", 16, "width", 16),
        ("rate", 3e-3, "rate", 3e-3),
        ("depth", 7, "depth", 7),
        ("seed", 3, "seed", 3),
    ],
)
def test_every_control_starts_the_critics_anew_with_its_setting(control, value, setting, expected):
    lab = make()
    lab.run(3)
    lab.face.controls[control].value = value
    assert getattr(lab.settings, setting) == expected and lab.steps == 0 and not error(lab)
    kept = {name: getattr(lab.settings, name) for name in Settings.__dataclass_fields__ if name != setting}
    assert kept == {name: getattr(Settings(**SMALL), name) for name in kept}
    lab.run(2)


def test_names_follow_the_settings():
    lab = make()
    lab.change(clips=(0.3, 0.02, 0.007), penalty=3.0)
    names = ("\u25cb c = 0.3", "\u25a1 c = 0.02", "\u25c7 c = 0.007", "\u00d7 penalty")
    for name, title in zip(names, lab.face.titles, strict=True):
        assert f">{name}<br>" in title.value
    assert "\u03bb = 3" in lab.face.surfaces[-1].view["alt"]
    assert lab.face.controls["clip 1"].value == 0.3 and lab.face.controls["clip 3"].value == 0.007


def test_a_refused_value_is_explained_and_put_back():
    lab = make()
    lab.face.controls["seed"].value = -5
    assert "seed = -5, expected an integer from 0" in error(lab)
    assert lab.settings.seed == 0 and lab.face.controls["seed"].value == 0
    lab.step()
    assert error(lab) == ""


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"data": "moons"}, "data = 'moons', expected one of swiss roll, ring, grid"),
        ({"clips": (0.1, 0.01)}, r"clips = \(0.1, 0.01\), expected three numbers"),
        ({"clips": (0.1, 0.01, 0.0)}, "expected three numbers from 1e-06 to 100"),
        ({"penalty": 0}, "penalty = 0, expected a number from 0.001"),
        ({"depth": 1}, "depth = 1, expected an integer from 2 to 16"),
        ({"depth": 3.0}, "depth = 3.0, expected an integer"),
        ({"rate": float("nan")}, "rate = nan, expected a number"),
    ],
)
def test_settings_out_of_range_are_refused(settings, complaint):
    for refused in (Settings, viz.CriticLab, Settings(**SMALL).change):
        with pytest.raises(ValueError, match=complaint):
            refused(**settings)


def test_a_change_that_is_refused_changes_nothing():
    lab = make()
    lab.run(2)
    for settings, complaint in (
        ({"layers": 3}, "layers is no setting, expected one of data, clips"),
        ({"width": 16, "depth": 0}, "depth = 0"),
    ):
        with pytest.raises(ValueError, match=complaint):
            lab.change(**settings)
    assert lab.settings == Settings(**SMALL) and lab.steps == 2


def test_what_training_raises_is_shown_and_stops_it():
    async def script():
        lab = make()
        lab.trials.all[2].optimizer.step = lambda: 1 / 0
        lab.play()
        await asyncio.sleep(0.2)
        assert not lab.player.playing and "ZeroDivisionError" in error(lab)
        assert lab.face.buttons["play"].description == "Play"

    asyncio.run(script())


def test_a_change_while_playing_goes_on_playing():
    async def script():
        lab = make()
        lab.face.buttons["play"].click()
        await asyncio.sleep(0.3)
        assert lab.steps > 0 and lab.face.buttons["play"].description == "Pause"
        lab.face.controls["clip 1"].value = 0.02
        assert lab.player.playing and lab.steps == 0
        await asyncio.sleep(0.3)
        assert lab.steps > 0 and "c = 0.02" in lab.face.titles[0].value
        lab.pause()
        assert f"step <b>{lab.steps}</b>" in lab.face.status.value
        shown = [figure.png for figure in (lab.face.norms, lab.face.estimates, lab.face.weights)]
        lab.draw()
        assert shown == [figure.png for figure in (lab.face.norms, lab.face.estimates, lab.face.weights)]
        lab.face.speed.value = 0.5
        lab.face.buttons["reset"].click()
        assert not lab.player.playing and lab.steps == 0
        lab.play()
        await asyncio.sleep(0.2)
        assert lab.steps == 1 and "step <b>1</b>" in lab.face.status.value
        shown = [figure.png for figure in (lab.face.norms, lab.face.weights)]
        lab.draw()
        assert shown == [figure.png for figure in (lab.face.norms, lab.face.weights)]  # a slow step is drawn whole
        lab.pause()

    asyncio.run(script())


def live_widgets():
    """All widgets that the kernel holds."""
    module = ipywidgets.widgets.widget
    return module._instances if hasattr(module, "_instances") else ipywidgets.Widget.widgets  # ipywidgets 8, 7


def test_a_cell_that_runs_again_stops_the_lab_before(cells):
    async def script():
        cells.run("lab")
        first = make()
        held = len(live_widgets())
        first.play()
        cells.run("lab")
        make()
        assert not first.player.playing and len(live_widgets()) == held

    asyncio.run(script())


def test_the_still_picture_shows_all_panes_and_the_present_step():
    lab = make()
    lab.run(3)
    picture = lab.still()
    assert len(picture.axes) == 10 and "after 3 steps" in picture.alt
    before = pixels(picture.png(1))
    lab.run(10)
    assert (pixels(lab.still().png(1)) != before).any()


def test_everything_that_is_pressed_or_moved_has_words_to_explain_it():
    face = make().face
    for control in (*face.buttons.values(), *face.controls.values(), face.speed):
        assert control.tooltip and control.description
    assert controls.clips_of(face.controls) == (0.1, 0.01, 0.001)
