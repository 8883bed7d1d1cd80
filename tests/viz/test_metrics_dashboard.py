"""The dashboard of metrics without a browser: harm is done as said, and every number is the metric's own."""

import asyncio
import json
import re

import numpy as np
import pytest
import torch
from widgets import press, tiles

from ganlib import metrics, viz
from ganlib.viz.metrics_dashboard import bench as benches
from ganlib.viz.metrics_dashboard import words
from ganlib.viz.metrics_dashboard.digits import fooling, harmed
from ganlib.viz.metrics_dashboard.measures import MEASURES, Reading, Reference, measure, reference, twins
from ganlib.viz.metrics_dashboard.plane import MODES, RING, VARIANCE
from ganlib.viz.metrics_dashboard.table import FARTHEST, place, table

N = 100
PLANE, DIGITS = benches.WORLDS["plane"].make(), benches.WORLDS["digits"].make()
PRESETS = [(name, preset) for name, world in (("plane", PLANE), ("digits", DIGITS)) for preset in world.presets]


def make(*arguments, **named):
    return viz.MetricsDashboard(*arguments, **{"n": N, **named})


def fakes(world, n=N, seed=5, **settings):
    """The samples of a generator with these settings."""
    return world.fake(world.checked(settings), n, seed)


def cells(lab, name):
    """The cells of a metric's row in the table, without marks of HTML."""
    row = next(row for row in lab.face.table.value.split("<tr>") if re.search(rf"(>|> ){re.escape(name)} <", row))
    return [re.sub("<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]


def same_rows(a, b):
    """Which samples of a are in b, bit for bit."""
    return (a.flatten(1)[:, None] == b.flatten(1)).all(2).any(1)


# The plane


def test_a_shift_of_the_mean_adds_its_square_to_fid():
    """The samples are the same but for the shift v, so |d|^2 becomes |d + v|^2 and no covariance changes."""
    real, rest = PLANE.sets(N, 5)[0].features, fakes(PLANE).features
    d = (rest.mean(0) - real.mean(0))[0].item()
    for v in (0.5, 1.0, 1.5):
        more = metrics.fid(real, fakes(PLANE, shift=v).features) - metrics.fid(real, rest)
        assert more == pytest.approx(v**2 + 2 * d * v, abs=1e-6)


def test_scale_and_correlation_are_those_of_the_whole_cloud():
    rest = torch.cov(fakes(PLANE).features.T)
    torch.testing.assert_close(torch.cov(fakes(PLANE, scale=0.5).features.T), rest / 4, rtol=1e-5, atol=1e-7)
    covariance = torch.cov(fakes(PLANE, n=800, correlation=0.8).features.T) / VARIANCE
    torch.testing.assert_close(covariance, torch.tensor([[1, 0.8], [0.8, 1]]).double(), atol=0.1, rtol=0)


@pytest.mark.parametrize("dropped", range(MODES))
def test_dropped_modes_get_nothing_and_the_others_all(dropped):
    fake = fakes(PLANE, n=400, dropped=dropped)
    nearest = torch.cdist(fake.x, RING.centers).argmin(1)
    assert nearest.unique().tolist() == list(range(MODES - dropped)) and PLANE.count(fake) == MODES - dropped
    shares = torch.bincount(nearest).double() / 400
    assert (shares - 1 / (MODES - dropped)).abs().max() < 0.09


def test_a_mode_without_spread_is_a_point():
    fake = fakes(PLANE, spread=0.0)
    assert torch.cdist(fake.x, RING.centers).min(1).values.max() < 1e-6 and twins(fake.x) == 1
    wide, usual = ((fakes(PLANE, spread=s).x - fake.x).norm(dim=1) for s in (3.0, 1.0))
    torch.testing.assert_close(wide, 3 * usual, rtol=1e-4, atol=1e-5)


def test_one_gaussian_has_the_moments_of_the_ring():
    """Mean 0 and variance R^2 / 2 + std^2 in each direction; a ring of eight has no third moments either."""
    assert pytest.approx(2.0**2 / 2 + 0.2**2) == VARIANCE
    x = torch.cat([fakes(PLANE, n=800, seed=seed, gaussian=1.0).x for seed in range(20)]).double()
    assert x.mean(0).abs().max() < 0.05
    torch.testing.assert_close(torch.cov(x.T), VARIANCE * torch.eye(2).double(), atol=0.08, rtol=0)
    ring = RING.centers.double()
    assert torch.einsum("na,nb,nc->abc", ring, ring, ring).abs().max() < 1e-5


@pytest.mark.parametrize("knob", ["gaussian", "outliers", "copies"])
def test_a_share_is_replaced_exactly(knob):
    rest = fakes(PLANE).x
    for share in (0.0, 0.1, 0.3, 0.5):
        assert (fakes(PLANE, **{knob: share}).x != rest).any(1).sum() == round(share * N)
    at_tenth, at_half = ((fakes(PLANE, **{knob: share}).x != rest).any(1) for share in (0.1, 0.5))
    assert at_half[at_tenth].all()  # a larger share replaces the same ones, and more


@pytest.mark.parametrize("world", [PLANE, DIGITS], ids=["plane", "digits"])
def test_copies_are_the_training_set(world):
    real, held_out = world.sets(N, 5)
    fake = fakes(world, copies=1.0)
    assert same_rows(fake.x, real.x).all() and not same_rows(held_out.x, real.x).any()
    values = measure(world, fake, N, 5).values
    assert values["FID"] < 1e-9 and values["precision"] == values["recall"] == values["copying"] == 1


# Digits


def test_fakes_at_rest_are_scans_that_no_other_set_holds():
    real, held_out = DIGITS.sets(N, 5)
    fake = fakes(DIGITS)
    for one, other in ((fake, real), (fake, held_out), (real, held_out)):
        assert not same_rows(one.x, other.x).any()
    classifier = metrics.digit_classifier()
    torch.testing.assert_close(classifier.features(fake.x).double(), fake.features, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(classifier(fake.x).softmax(1).double(), fake.probabilities, rtol=1e-3, atol=1e-5)


def test_dropped_classes_do_not_come_up():
    for n in DIGITS.sizes:
        fake = fakes(DIGITS, n=n, dropped=7)
        assert len(fake) == n and twins(fake.x) == 0  # there are enough scans of three digits
        assert DIGITS.count(fake) == 3 and (fake.probabilities.argmax(1) < 3).double().mean() > 0.95


def test_one_picture_per_class():
    fake = fakes(DIGITS, sameness=1.0)
    assert len(fake.x.flatten(1).unique(dim=0)) == 10
    assert fake.probabilities.max(1).values.min() > 0.97 and twins(fake.x) == 1


def test_noise_fools_the_classifier():
    noise = fooling(metrics.digit_classifier(), 20)
    read = metrics.read_digits(noise)
    assert read.values.tolist() == [i % 10 for i in range(20)] and read.probabilities.mean() > 0.9
    scans = DIGITS.sets(300, 0)[0].x
    nearest = torch.cdist(noise.flatten(1), scans.flatten(1)).min()
    assert nearest > 2 * torch.cdist(scans.flatten(1), scans.flatten(1)).fill_diagonal_(torch.inf).min(1).values.mean()


def test_contrast_blur_and_noise_are_what_they_say():
    random = torch.Generator().manual_seed(0)
    ink = torch.rand(50, 1, 16, 16) * 1.6 - 0.8
    torch.testing.assert_close(harmed(ink, 0.5, 0.0, 0.0, random), (ink + 1) / 2 - 1)
    flat = torch.full((2, 1, 16, 16), 0.3)
    torch.testing.assert_close(harmed(flat, 1.0, 1.5, 0.0, random), flat)  # blur keeps what is the same everywhere
    dot = torch.full((1, 1, 33, 33), -1.0)
    dot[..., 16, 16] = 1
    spot = harmed(dot, 1.0, 1.5, 0.0, random)[0, 0] + 1
    offset = torch.arange(33) - 16.0
    assert (spot.sum(0) * offset**2).sum() / spot.sum() == pytest.approx(1.5**2, rel=1e-3)
    noisy = harmed(torch.zeros(50, 1, 16, 16), 1.0, 0.0, 0.2, random)
    assert noisy.std().item() == pytest.approx(0.2, rel=0.03)
    assert harmed(ink, 1.8, 0.0, 1.0, random).abs().max() <= 1


# Metrics


@pytest.mark.parametrize("world", [PLANE, DIGITS], ids=["plane", "digits"])
def test_every_value_is_the_metric_s(world):
    real, held_out = world.sets(N, 5)
    fake = fakes(world, dropped=3)
    reading = measure(world, fake, N, 5)
    a, b = real.features, fake.features
    expected = {"FID": metrics.fid(a, b), "KID": metrics.kid(a, b).value, "sliced W": metrics.sliced_wasserstein(a, b)}
    expected |= {
        "IS": metrics.inception_score(fake.probabilities).value,
        "modes": {8: 5, 10: 7}[world.count(fakes(world))],
    }
    expected |= metrics.precision_recall(a, b)._asdict() | metrics.density_coverage(a, b)._asdict()
    expected |= {"copying": metrics.memorisation(a, b, held_out.features).too_near, "twins": 0}
    assert reading.values == pytest.approx(expected) and list(reading.values) == list(MEASURES)
    assert reading.errors["KID"] == metrics.kid(a, b).standard_error


def test_twins_count_all_that_come_up_twice():
    x = torch.tensor([[0.0, 1], [2, 3], [0, 1], [4, 5], [0, 1], [2, 3]])
    assert twins(x) == pytest.approx(5 / 6) and twins(x[:2]) == 0


def test_a_verdict_depends_on_direction_and_noise():
    known = Reference(100, dict.fromkeys(MEASURES, 0.5), dict.fromkeys(MEASURES, 0.1))
    for name, measure_ in MEASURES.items():
        for harm, said in ((3.1, "worse"), (-3.1, "better"), (2.9, "as real"), (-2.9, "as real")):
            value = 0.5 - measure_.better * harm * 0.1
            assert known.verdict(name, value) == said and known.harm(name, value) == pytest.approx(harm)
    still = Reference(100, dict.fromkeys(MEASURES, 0.0), dict.fromkeys(MEASURES, 0.0))
    assert still.verdict("twins", 0.02) == "as real" and still.verdict("twins", 0.04) == "worse"  # 2 and 4 of 100
    assert still.verdict("modes", -1.0) == "worse"
    assert known.band("FID") == pytest.approx((0.2, 0.8))
    assert still.band("KID")[0] < 0 <= still.band("FID")[0]


@pytest.mark.parametrize("world", [PLANE, DIGITS], ids=["plane", "digits"])
def test_a_perfect_generator_is_rarely_called_anything_else(world):
    known = reference(world, N)
    said = [
        known.verdict(k, v) for s in range(20) for k, v in measure(world, fakes(world, seed=s), N, s).values.items()
    ]
    assert said.count("as real") / len(said) > 0.97
    assert abs(known.mean["KID"]) < 3 * known.spread["KID"] / 30**0.5 + 1e-3  # unbiased; FID is not
    assert known.mean["FID"] > 2 * known.spread["FID"] / 30**0.5


STORIES = {
    ("plane", "drop half the modes"): ("FID KID recall coverage IS modes", ""),
    ("plane", "collapse inside modes"): ("recall coverage twins", ""),
    ("plane", "blur"): ("precision density coverage IS", ""),
    ("plane", "memorise"): ("copying", "recall density"),
    ("plane", "FID's blind spot"): ("precision density coverage IS", ""),
    ("digits", "drop half the classes"): ("FID KID recall coverage IS modes", ""),
    ("digits", "one picture per class"): ("FID recall coverage twins", "IS"),
    ("digits", "memorise"): ("copying", "precision recall"),
    ("digits", "noise the classifier likes"): ("FID KID precision recall density coverage", "IS"),
}
BLIND = {
    ("plane", "drop half the modes"): "precision twins copying",
    ("plane", "collapse inside modes"): "FID KID IS modes",
    ("plane", "memorise"): "FID KID IS modes twins",
    ("plane", "FID's blind spot"): "FID KID modes twins",
    ("digits", "drop half the classes"): "precision twins copying",
    ("digits", "memorise"): "FID KID IS modes twins",
    ("digits", "noise the classifier likes"): "modes twins",
}


@pytest.mark.parametrize(("world", "preset"), STORIES, ids=map(" ".join, STORIES))
def test_who_notices_what(world, preset):
    """What the chapter tells of the presets, at the sizes and the seed with which the dashboard opens."""
    lab = viz.MetricsDashboard(world)
    assert set(lab.verdicts.values()) == {"as real"}
    lab.load(preset)
    verdicts, (worse, better) = lab.verdicts, STORIES[world, preset]
    assert all(verdicts[name] == "worse" for name in worse.split())
    assert all(verdicts[name] == "better" for name in better.split(" ") if name)
    assert all(verdicts[name] == "as real" for name in BLIND.get((world, preset), "").split())


# The widget


def test_a_slider_moves_all_numbers():
    lab = make()
    lab.bench.sliders["dropped"].value = 4
    assert lab.settings["dropped"] == 4 and cells(lab, "modes")[1:3] == ["4", "8"]
    reading = measure(PLANE, PLANE.fake(lab.settings, N, 3), N, 3)
    for name, value in reading.values.items():
        assert cells(lab, name)[1].startswith(words.value(name, value)) and lab.values[name] == value
        assert cells(lab, name)[4] == words.verdict(name, value, lab.reference)
    assert "\u00b1" in cells(lab, "KID")[1] and "Worse than a perfect generator: FID" in lab.face.says.value


@pytest.mark.parametrize(("world", "preset"), PRESETS, ids=lambda part: part)
def test_presets_are_settings(world, preset):
    lab = make(world)
    lab.change(**{"dropped": 2, "copies": 0.2})
    press(lab, preset)
    expected = lab.bench.world.checked(lab.bench.world.presets[preset])
    assert lab.settings == expected == {name: slider.value for name, slider in lab.bench.sliders.items()}
    press(lab, "Reset")
    assert lab.settings == lab.bench.world.rest


def test_the_scene_shows_the_samples_and_what_fid_sees():
    lab = make()
    lab.change(shift=1.0, correlation=0.5)
    layers = {layer.name: layer.values.reshape(-1, 2) for layer in lab.bench.scene.canvas._scene}
    np.testing.assert_allclose(layers["fake"], lab.bench.fake.x, rtol=1e-6)
    mean, covariance = metrics.gaussian_statistics(lab.bench.fake.features)
    out = torch.tensor(layers["fake Gaussian"]).double() - mean
    distance = ((out @ torch.linalg.inv(covariance)) * out).sum(1).sqrt()
    torch.testing.assert_close(distance, torch.full_like(distance, 2.0), rtol=1e-4, atol=1e-4)


def test_the_tiles_are_the_fakes_and_say_what_is_read():
    lab = make("digits")
    lab.change(noise=0.5)
    shown = tiles(lab.bench.scene.fakes)[..., 0]
    torch.testing.assert_close(-shown.float(), lab.bench.fake.x[: len(shown), 0], atol=0.01, rtol=0)
    read = metrics.read_digits(lab.bench.fake.x[:1])
    assert lab.bench.scene.fakes.captions[0] == f"{read.values[0]}:\u00a0{read.probabilities[0]:.2f}"


def test_another_draw_changes_values_and_reset_brings_nothing_back():
    lab = make()
    before, settings = lab.values, lab.settings
    press(lab, "New draw")
    assert lab.values != before and lab.settings == settings
    assert make(seed=4).values == lab.values and make().values == before
    lab.face.size.value = 200
    assert lab.n == 200 and lab.reference.n == 200 and len(lab.bench.fake) == 200
    lab.n = N
    assert lab.face.size.value == N and lab.values == make(seed=4).values


def test_each_world_keeps_its_settings():
    lab = make()
    lab.change(shift=0.5)
    lab.face.world.value = "digits"
    lab.change(blur=1.0)
    assert lab.world == "digits" and "10" in cells(lab, "modes")[2] and set(lab.settings) == set(DIGITS.knobs)
    lab.world = "plane"
    assert lab.settings["shift"] == 0.5 and lab.face.size.options == PLANE.sizes
    lab.world = "digits"
    assert lab.settings["blur"] == 1.0 and lab.n == 200


def test_the_trail_belongs_to_the_slider_moved_last():
    lab = make()
    lab.change(shift=0.5)
    assert sorted(lab.bench.trail) == [0, 0.5]  # and the place it came from
    lab.change(shift=1.0)
    lab.change(spread=2.0)
    assert lab.bench.moved == "spread" and sorted(lab.bench.trail) == [1, 2]
    lab.watched = "precision"
    drawn = {layer.name: layer.values.reshape(-1, 2) for layer in lab.face.curve.canvas._scene}
    expected = [[at, lab.bench.trail[at].values["precision"]] for at in (1, 2)]
    np.testing.assert_allclose(drawn["trail"], expected, rtol=1e-6)
    low, high = lab.reference.band("precision")
    assert drawn["edge 0"][0, 1] == pytest.approx(low) and drawn["edge 1"][0, 1] == pytest.approx(high)
    assert lab.face.curve.canvas.view["xlabel"] == "spread in modes"


def test_a_sweep_measures_everywhere_and_comes_back():
    lab = make()
    lab.change(shift=0.5)
    before = lab.values
    found = lab.sweep("spread", 5)
    assert [at for at, _ in found] == [0, 1, 2, 3, 4] and lab.settings["spread"] == 1 and lab.values == before
    assert found[1][1] == before and found[0][1]["twins"] == 1
    lab.change(spread=3.0)
    assert found[3][1] == lab.values
    assert [at for at, _ in lab.sweep("dropped")] == list(range(MODES))  # no more places than the slider has
    assert all(at == pytest.approx(round(at / 0.05) * 0.05) for at, _ in lab.sweep("shift", 8))


def test_the_button_sweeps_and_stops():
    async def play():
        lab = make()
        lab.change(dropped=2)
        lab.face.buttons["sweep"].click()
        assert lab.face.buttons["sweep"].description == "Stop"
        while lab.sweeping.player.playing:
            await asyncio.sleep(0.02)
        assert sorted(lab.bench.trail) == list(range(MODES)) and lab.settings["dropped"] == 2
        assert lab.face.buttons["sweep"].description == "Sweep"
        lab.sweeping.player.interval = 5.0  # so that it is stopped in the middle
        lab.face.buttons["sweep"].click()
        await asyncio.sleep(0.02)
        lab.face.buttons["sweep"].click()
        assert not lab.sweeping.player.playing and lab.events.box.value == ""

    asyncio.run(play())


def test_predict_first():
    lab = make()
    lab.face.question.ask.value = True
    press(lab, "memorise")
    assert all(cells(lab, name)[1] == cells(lab, name)[4] == "?" for name in MEASURES)
    assert lab.face.says.value == "" and lab.face.below.layout.display == "none"
    lab.face.question.chips["FID"].value = True
    lab.reveal("copying")
    assert cells(lab, "FID")[0].startswith("\u2717") and cells(lab, "copying")[0].startswith("\u2713")
    assert "you said not worse" in lab.face.table.value and cells(lab, "KID")[0].startswith("\u2713")
    assert "You named 1 of the 1" in lab.face.says.value
    assert "They saw nothing worse: FID." in lab.face.says.value and lab.face.below.layout.display is None
    lab.change(copies=0.5)
    assert cells(lab, "FID")[0] == "FID \u2193"
    press(lab, "memorise")
    lab.bench.sliders["copies"].value = 0.3  # who moves a slider wants to see
    assert cells(lab, "FID")[1] != "?" and lab.face.question.box.layout.display == "none"
    lab.face.question.ask.value = False
    press(lab, "memorise")
    assert cells(lab, "FID")[1] == "0.000"
    lab.reveal()  # nothing was asked
    assert cells(lab, "FID")[0] == "FID \u2193"


def test_a_question_never_shows_the_numbers_first():
    lab, shown = make(), []
    lab.face.table.observe(lambda change: shown.append(cells(lab, "FID")[1]), "value")
    lab.ask("memorise")
    assert shown == ["?"]


def test_a_slider_in_hand_is_not_moved():
    """Where messages come on another thread, the slider may be elsewhere when its last place has been measured."""
    lab = make()
    slider = lab.bench.sliders["shift"]
    with slider.hold_trait_notifications():  # its last message is still on the way
        slider.value = 1.0
        lab._turned = {"shift": 0.5}
        lab._look()
        assert slider.value == 1.0 and lab.settings["shift"] == 0.5
    assert lab.settings["shift"] == slider.value == 1.0


def test_the_scale_is_even_near_nothing_and_ends():
    assert [place(x) for x in (0, FARTHEST, -FARTHEST, 1e9)] == [0, 1, -1, 1]
    at = [place(x) for x in (-30, -3, 0, 3, 30)]
    assert at == sorted(at) and at[4] == -at[0]
    known = Reference(100, dict.fromkeys(MEASURES, 0.0), dict.fromkeys(MEASURES, 1.0))
    for value in (299, 301):  # of five metrics less is better
        shown = table(Reading(dict.fromkeys(MEASURES, value), {}), known)
        assert shown.count("\u25b6") == (value > 300) * 5 and shown.count("\u25c0") == (value > 300) * 6


def test_bad_values_are_named():
    lab = make()
    for action, told in (
        (lambda: make("sky"), "world = 'sky', expected one of plane, digits"),
        (lambda: make(n=7), "n = 7, expected one of 100, 200, 400, 800"),
        (lambda: setattr(lab, "world", "x"), "world = 'x', expected one of"),
        (lambda: setattr(lab, "n", 300), "n = 300, expected one of 100"),
        (lambda: setattr(lab, "watched", "x"), "watched = 'x', expected one of FID"),
        (lambda: lab.change(tilt=1), "tilt is no knob, expected one of shift"),
        (lambda: lab.change(shift=3), "shift = 3, expected a number from 0 to 1.5"),
        (lambda: lab.change(shift=float("nan")), "shift = nan, expected a number from 0 to 1.5"),
        (lambda: lab.load("x"), "preset = 'x', expected one of drop half"),
        (lambda: lab.ask("x"), "preset = 'x', expected one of drop half"),
        (lambda: lab.reveal("x"), "guessed = 'x', expected one of FID"),
        (lambda: lab.sweep("x"), "knob = 'x', expected one of shift"),
        (lambda: lab.sweep("shift", 1), "steps = 1, expected an integer from 2 on"),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            action()
    assert lab.settings == PLANE.rest and lab.n == N


def test_every_control_has_words():
    lab = make()
    lab.world = "digits"
    for bench in lab._benches.values():
        assert all(slider.tooltip and slider.description for slider in bench.sliders.values())
    assert all(button.description and button.tooltip for button in lab.face.buttons.values())
    assert all(button.tooltip for button in lab.face.presets.children)
    assert len(lab.face.world.tooltips) == 2
    json.dumps(lab.face.curve.canvas.get_state(["layers", "view"]), allow_nan=False)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("world", ["plane", "digits"])
def test_the_still_shows_every_metric(monkeypatch, world, name):
    monkeypatch.setenv("GANLIB_THEME", name)
    lab = make(world)
    lab.load("memorise")
    picture = lab.still()
    scale = picture.axes[-1]
    assert [label.get_text() for label in scale.get_yticklabels()] == list(MEASURES)
    assert [text.get_text() for text in scale.texts] == [words.value(name, lab.values[name]) for name in MEASURES]
    assert "harmed generator (copies: 1)." in picture.alt and "Worse than a perfect generator: copying." in picture.alt
    picture.draw_without_rendering()
    for ax in picture.axes:
        box = ax.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.bbox.x1 and box.y1 <= picture.bbox.y1


def test_running_a_cell_again_closes_the_old_dashboard(cells):
    cells.run("a cell")
    first = make()
    first.world = "digits"
    cells.run("a cell")
    second = make()
    for widget in (first, first._benches["plane"].scene.canvas, first._benches["digits"].sliders["blur"]):
        assert widget.comm is None
    assert second.face.curve.canvas.comm is not None


def test_nothing_is_drawn_from_the_global_stream():
    lab = make()
    state = torch.get_rng_state()
    for world in ("plane", "digits"):
        lab.world = world
        lab.change(noise=0.2) if world == "digits" else lab.change(outliers=0.2)
        lab.draw_again()
    assert torch.equal(torch.get_rng_state(), state)


def test_errors_are_shown():
    lab = make()
    lab.events.handler(lambda: lab.change(shift=9))()
    assert "expected a number from 0 to 1.5" in lab.events.box.value
    lab.reset()
    assert lab.events.box.value == ""
