"""The ward without a browser: three tiny patients are diagnosed and really treated."""

import asyncio
import io
import re
from dataclasses import fields, replace
from html import unescape

import ipywidgets
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image
from widgets import press, tiles

from ganlib import clinic, losses, viz
from ganlib.clinic import recordings, ward
from ganlib.clinic.subjects import Measure, Subject
from ganlib.clinic.ward import Clue, Goal, Patient
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.viz.clinic import charts, samples, scales, thumbnails, words
from ganlib.viz.style import LIGHT

UPDATES = 14


def subject(kind, shape):
    """Something to be learned that is quick to judge: how large samples are."""
    real = torch.linspace(-1, 1, 300).repeat_interleave(int(np.prod(shape))).reshape(300, *shape)
    measures = {"size": Measure("mean size of a sample", "{:.3f}", more_is_better=False), "count": Measure("samples")}
    return Subject(kind, (real,), measures, lambda x, data: {"size": x.abs().mean(), "count": 5}, judged=40, shown=30)


def setup(kind="points", shape=(2,), **changes):
    """A run of 14 updates."""
    ordinary = clinic.Setup(
        subject(kind, shape),
        lambda: MLPGenerator(2, shape, 8),
        lambda: MLPDiscriminator(shape, 8),
        updates=UPDATES,
        batch_size=8,
    )
    return replace(ordinary, **changes)


def pictures():
    return setup("images", (1, 8, 8))


def other_weights():
    return setup(seed=1)


def patient(name, make, diagnosis="high_rate", treatments=("lower_rates",), tempting="average", **facts):
    known = {
        "explanation": f"What {name} had,\nin two lines.",
        "complaint": f"{name} says <it> & hurts.",
        "goals": (Goal("size", at_most=1e9),),
        "clue": Clue("loss_g", f"The curve of {name}.", 4),
        "reread": ("02", "Circles"),
        "against": {"collapse": f"No collapse in {name}.", "healthy": "Far from it."},
    }
    return Patient(name, make, diagnosis=diagnosis, treatments=treatments, tempting=tempting, **known | facts)


FIRST_PIXELS = pytest.approx((-torch.linspace(-1, 1, 300)[: samples.TILES]).tolist(), abs=0.01)
"""Of the real pictures, as they are drawn: ink on paper."""

PATIENTS = (
    patient("anna", setup, hint="Look there."),
    patient("ben", pictures, goals=(Goal("size", at_most=0.0),), clue=Clue("samples", "See")),
    patient("cleo", other_weights, "healthy", ("wait",), clue=Clue("layers", "Look at the layers.")),
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A folder with the recordings of the three."""
    folder = tmp_path_factory.mktemp("recordings")
    for one in PATIENTS:
        run = clinic.Run(one.setup(), one.name)
        list(run)
        recordings.save(run.recording, folder / f"{one.name}.npz")
    return folder


@pytest.fixture(scope="module", autouse=True)
def three(recorded):
    """The three are all the patients there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ward, "_ward", lambda: {one.name: one for one in PATIENTS})
        patch.setattr(recordings, "FOLDER", recorded)
        yield


@pytest.fixture(scope="module")
def one_ward(three):
    return viz.Clinic()


@pytest.fixture
def lab(one_ward):
    """The ward as at first: it takes some time to make one."""
    one_ward.reset()
    return one_ward


def choose(lab, diagnosis="high_rate", treatment="lower_rates"):
    lab.face.diagnosis.value = diagnosis
    press(lab, "Diagnose")
    lab.face.treatment.value = treatment


def said(lab, name):
    return unescape(lab.face.says[name].value)


def error(lab):
    return unescape(lab.events.box.value)


def shown_updates(sheet):
    """The update that a sheet's caption names."""
    return int(re.search(r"after ([\d,]+) updates", sheet.samples._caption.value)[1].replace(",", ""))


# A visit, by Python and by mouse


def test_a_visit_from_python_runs_to_its_end_and_takes_down_the_points(lab):
    assert lab.name == "anna" and lab.after is None
    assert lab.diagnose("high_rate") is True
    after = lab.treat("lower_rates")
    assert after is not lab.before and after.total == after.updates[-1] == UPDATES
    assert lab.visit.points("anna") == lab.visit.score == 4
    assert "Anna" in lab.score() and "1 of 3 patients done, 4 of 12 points" in lab.score()


def test_a_treatment_is_the_run_that_the_clinic_gives_however_it_is_watched(lab):
    lab.diagnose("high_rate")
    torch.manual_seed(0)
    before = torch.get_rng_state()
    mine, bare = lab.treat("lower_rates"), clinic.treat("anna", "lower_rates")
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(mine.samples, bare.samples)
    for key, values in bare.curves.items():
        np.testing.assert_array_equal(mine.curves[key], values)
    assert not np.array_equal(mine.curves["loss_d"], lab.before.curves["loss_d"])


def test_the_same_by_mouse(lab):
    choose(lab)
    press(lab, "Treat")
    assert lab.visit.points("anna") == 4 and error(lab) == ""
    assert said(lab, "progress").startswith("<b>\u2713 Well after \u201cLower the learning rates\u201d.</b>")
    assert "D\u2019s learning rate 0.001 \u2192 0.0001" in said(lab, "progress")
    press(lab, "Next patient")
    assert lab.name == "ben" and lab.face.diagnosis.value == lab.face.treatment.value == ""
    lab.face.beds.press(0)
    assert lab.name == "anna" and lab.face.treatment.value == "lower_rates"
    assert lab.face.says["progress"].value != ""


def test_the_first_diagnosis_and_the_first_treatment_count_and_others_may_be_tried(lab):
    assert lab.diagnose("collapse") is False
    assert "No collapse in anna." in said(lab, "answer") and said(lab, "answer").startswith("<b>\u2717")
    assert lab.diagnose("high_rate") is True and "The curve of anna." in said(lab, "answer")
    lab.see("ben")
    lab.diagnose("high_rate")
    lab.treat("average")
    points = lab.visit.points("ben")
    assert "\u2717 Not healed" in said(lab, "progress")
    lab.treat("lower_rates")
    assert lab.visit.points("ben") == points == 2 and lab.visit.charts["ben"].treatment == "average"
    assert lab.after.treatment == "lower_rates"
    assert lab.visit.charts["anna"].diagnosis == "collapse" and lab.visit.points("anna") == 0


def test_leaving_the_healthy_alone_is_a_treatment_and_runs_on_a_longer_axis(lab):
    lab.see("cleo")
    lab.diagnose("healthy")
    assert lab.treat("wait").total == 2 * UPDATES and lab.visit.points("cleo") == 4
    for ax in lab.still().axes[:4]:
        assert ax.get_xlim()[1] == pytest.approx(scales.ROOM * 2 * UPDATES)
    lab.reset()
    lab.see("cleo")
    lab.diagnose("healthy")
    lab.treat("lower_rates")
    assert "nothing was wrong" in said(lab, "progress") and lab.visit.points("cleo") == 1


def test_a_treatment_that_finds_nothing_to_mend_says_so_and_runs_all_the_same(lab):
    lab.see("anna")
    lab.diagnose("high_rate")
    after = lab.treat("detach")
    assert "nothing to mend" in said(lab, "progress")
    np.testing.assert_allclose(after.curves["loss_g"], lab.before.curves["loss_g"], rtol=1e-5)


@pytest.mark.parametrize(
    ("changes", "said_of_it"),
    [
        ({"lr_d": 1e-4}, "Changed: D\u2019s learning rate 0.001 \u2192 0.0001."),
        (
            {"updates": 2000, "decay": 0.9},
            "Changed: updates 14 \u2192 2,000; decay of G\u2019s moving average none \u2192 0.9.",
        ),
        ({"betas": (0.0, 0.9)}, "Changed: Adam\u2019s betas (0.5, 0.99) \u2192 (0.0, 0.9)."),
        ({"data": (torch.zeros(5, 2),)}, "Changed: the data that D is shown."),
        ({"loss": losses.hinge, "n_critic": 3}, "Changed: the loss; D\u2019s updates for one of G 1 \u2192 3."),
        ({}, "It finds nothing to mend: the run is the same again."),
    ],
)
def test_what_a_treatment_changes_is_said(changes, said_of_it):
    before = setup(data=(torch.ones(5, 2),))
    assert words.changes(before, replace(before, **changes)) == said_of_it


def test_every_field_of_a_setup_has_words():
    assert {field.name for field in fields(clinic.Setup)} - {"seed", "mends"} <= set(words.FIELDS)


def test_what_a_choice_means_is_said_until_there_is_more_to_say(lab):
    assert "Look at the curves" in said(lab, "diagnosis")
    lab.face.diagnosis.value = "collapse"
    assert said(lab, "diagnosis") == clinic.DIAGNOSES["collapse"].sentence
    press(lab, "Diagnose")
    assert said(lab, "diagnosis") == ""
    lab.face.diagnosis.value = "high_rate"
    assert said(lab, "diagnosis") == clinic.DIAGNOSES["high_rate"].sentence
    lab.face.treatment.value = "wait"
    assert said(lab, "treatment") == clinic.TREATMENTS["wait"].sentence
    press(lab, "Treat")
    assert said(lab, "treatment") == "" and "\u201cLeave it alone\u201d" in said(lab, "progress")


def test_the_story_comes_after_the_treatment_and_the_ring_after_the_right_diagnosis(lab):
    lab.diagnose("collapse")
    assert lab.face.verdict.value == "" and lab._bed.mark is None
    lab.diagnose("high_rate")
    assert lab._bed.mark == ("loss_g", 4) and lab.face.verdict.value == ""
    lab.diagnose("collapse")
    lab.treat("average")
    story = unescape(lab.face.verdict.value)
    assert lab._bed.mark == ("loss_g", 4)
    for words_ in (
        "What anna had, in two lines.",
        "The curve of anna.",
        "\u201cLower the learning rates\u201d",
        "Circles",
    ):
        assert words_ in story
    assert "def setup(" in story  # the code


def test_a_hint_is_shown_when_it_is_asked_for(lab):
    assert "Look there." not in lab.face.card.value
    press(lab, "Hint")
    assert "Look there." in lab.face.card.value and lab.face.buttons["hint"].disabled
    lab.see("ben")
    assert lab.face.buttons["hint"].disabled  # has none


def test_buttons_that_can_do_nothing_are_shut(lab):
    some = lab.face.buttons
    assert some["diagnose"].disabled and some["treat"].disabled and some["stop"].disabled
    lab.face.treatment.value = "average"
    assert some["treat"].disabled  # no treatment before a diagnosis
    lab.face.diagnosis.value = "collapse"
    assert not some["diagnose"].disabled and some["treat"].disabled
    press(lab, "Diagnose")
    assert not some["treat"].disabled and some["stop"].disabled
    lab.begin("average")
    assert some["treat"].description == "Go on" and not some["stop"].disabled and lab.face.treatment.disabled
    press(lab, "Stop")
    assert some["treat"].description == "Treat" and lab.after is None and not lab.face.treatment.disabled
    assert lab.visit.charts["anna"].treatment is None


def test_a_treatment_that_is_given_up_does_not_count(lab):
    lab.diagnose("high_rate")
    lab.begin("average")
    lab.stop()
    assert not lab.visit.done("anna")
    lab.treat("lower_rates")
    assert lab.visit.charts["anna"].treatment == "lower_rates"
    lab.stop()
    assert lab.after is not None  # what has come to its end stays


def test_next_leads_to_those_who_are_not_done_and_then_around(lab):
    lab.see("ben")
    lab.diagnose("high_rate")
    lab.treat("average")
    lab.see("anna")
    lab.next()
    assert lab.name == "cleo"
    lab.next()
    assert lab.name == "anna"
    for name in ("anna", "cleo"):
        lab.see(name)
        lab.diagnose("healthy")
        lab.treat("average")
    lab.next()
    assert lab.visit.finished and lab.name == "anna"


def test_start_over_forgets_everything(lab):
    lab.diagnose("high_rate")
    lab.treat("average")
    lab.see("ben")
    press(lab, "Start over")
    assert lab.name == "anna" and lab.visit.score == 0 and lab.after is None
    assert lab.face.verdict.value == lab.face.score.value == said(lab, "answer") == said(lab, "progress") == ""
    assert lab.face.diagnosis.value == ""


# What is seen


def test_samples_follow_the_slider_in_both_runs_and_the_curves_point_at_the_moment(lab):
    lab.diagnose("high_rate")
    lab.treat("wait")
    moments = lab.before.moments
    assert [shown_updates(sheet) for sheet in (lab.face.before, lab.face.after)] == [UPDATES, 2 * UPDATES]
    lab.face.moment.value = 2
    assert [shown_updates(sheet) for sheet in (lab.face.before, lab.face.after)] == [moments[2], lab.after.moments[2]]
    points = lab.face.after.samples._canvas._scene[1].values.reshape(-1, 2)
    np.testing.assert_allclose(points, lab.after.samples[2], rtol=1e-6)
    assert lab.face.before._chart._values["cursor"] == moments[2]


def test_both_runs_are_drawn_on_the_same_axes(lab):
    lab.diagnose("high_rate")
    lab.treat("strengthen_d")
    before, after = lab.still().axes[:4], lab.still().axes[5:9]
    assert [ax.get_ylim() for ax in before] == [ax.get_ylim() for ax in after]
    assert [ax.get_xlim() for ax in before] == [ax.get_xlim() for ax in after]
    for run, axes in ((lab.before, before), (lab.after, after)):
        for ax, panel in zip(axes, charts.PANELS, strict=True):
            for line, part in zip(
                panel.lines, [found for found in ax.lines if len(found.get_xdata()) > 2], strict=True
            ):
                np.testing.assert_allclose(part.get_ydata(), run.curves[line.key])


def test_the_axes_hold_a_treated_run_that_goes_beyond_the_one_before(lab):
    lab.diagnose("high_rate")
    lab.treat("average")
    wild = replace(lab.after, curves={key: 7 * values for key, values in lab.after.curves.items()})
    lab._bed._after = wild
    np.testing.assert_allclose(lab._bed.scales[0].drawable(wild.curves["loss_d"]), wild.curves["loss_d"])


def test_images_are_shown_beside_the_real_ones(lab):
    lab.see("ben")
    real = lab.face.before.samples._reals
    assert tiles(real)[:, 0, 0, 0].tolist() == pytest.approx(
        (-torch.linspace(-1, 1, 300)[: samples.TILES]).tolist(), abs=0.01
    )
    fakes = tiles(lab.face.before.samples._fakes)
    expected = 1 - torch.tensor(lab.before.samples[-1][: samples.TILES, 0] / 127.5)  # ink on paper
    assert torch.allclose(fakes[..., 0].double(), expected, atol=0.01)
    assert lab.face.before.samples._views["points"].layout.display == "none"
    assert set(tiles(lab.face.after.samples._fakes).flatten().tolist()) == {1.0}  # none yet


def test_what_a_treatment_makes_of_the_data_is_shown_beside_the_treated_run(lab):
    lab.see("ben")
    lab.diagnose("high_rate")
    lab._bed.setup = replace(lab._bed.setup, data=(lab._bed.setup.real[0] * 100 + 200,))
    lab.begin("scale_data")
    before, after = (tiles(sheet.samples._reals) for sheet in (lab.face.before, lab.face.after))
    assert set(before.flatten().tolist()) == {-1.0}  # all of it beyond 1: ink everywhere
    assert after[:, 0, 0, 0].tolist() == pytest.approx(
        (-torch.linspace(-1, 1, 300)[: samples.TILES]).tolist(), abs=0.01
    )
    lab._bed.setup = pictures()


@pytest.mark.parametrize("channels", [1, 3])
def test_no_samples_yet_are_blank_paper(channels):
    sheet = samples.Samples("after")
    sheet.open("images", torch.zeros(30, channels, 8, 8))
    sheet.show(None, 0)
    assert len(tiles(sheet._fakes)) == samples.TILES and set(tiles(sheet._fakes).flatten().tolist()) == {1.0}


def test_samples_beyond_the_view_are_counted(monkeypatch):
    sheet = samples.Samples("before")
    sheet.open("points", torch.tensor([[-1.0, 0.0], [1.0, 0.0]]))
    run = clinic.recording("anna")
    sheet.show(replace(run, samples=np.array([[[0.0, 0.0], [1.3, 1.0], [1.4, 0.0], [0.0, -50.0]]] * 7)), 3)
    assert "2 of 4 lie outside" in sheet._caption.value
    marks = sheet._canvas._drawn()[-1].values.reshape(-1, 2)
    np.testing.assert_allclose(np.abs(marks).max(axis=1), samples.INSIDE * samples.edge_of(sheet._real), rtol=1e-6)
    assert len(marks) == 2 and marks[1][0] == 0 > marks[1][1]
    picture = viz.Picture(3, 3, "")
    samples.draw_plane(picture.axes_of(), sheet._real, torch.tensor([[0.0, 0.0], [9.0, 9.0]]))
    assert [words_.get_text() for words_ in picture.axes[0].texts] == ["1 of 2 lie outside"]


def test_points_outside_lie_at_the_edge_of_the_small_picture():
    run = replace(clinic.recording("anna"), samples=np.array([[[1e7, 1e7], [0.0, 0.0]]], np.float32))
    orange = thumbnails.small_points(run, torch.ones(3, 2)) - 2 * torch.tensor(to_rgb(LIGHT.fake))[:, None, None] + 1
    places = (orange.abs().max(dim=0).values < 0.01).nonzero().tolist()
    end, middle = thumbnails.SIDE - 1, thumbnails.SIDE // 2
    square = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert places == [[down, end - 1 + right] for down, right in square] + [
        [middle - 1 + down, middle - 1 + right] for down, right in square
    ]


def test_the_list_of_patients_says_how_far_each_one_is(lab):
    beds = lab.face.beds
    assert beds.captions == ["1\nnew", "2\nnew", "3\nnew"] and beds.marked == [0]
    lab.diagnose("collapse")
    lab.treat("average")
    lab.see("ben")
    lab.diagnose("collapse")
    lab.treat("average")
    lab.see("cleo")
    lab.diagnose("healthy")
    assert beds.captions == ["1\n\u2713\xa0well", "2\n\u2717\xa0ill", "3\n\u2026\xa0open"] and beds.marked == [2]
    assert beds.labels[1] == "Patient 2, Ben: \u2717\xa0ill"
    assert len(set(bytes(tile.numpy().tobytes()) for tile in tiles(beds))) == 3


def test_all_measures_stand_beside_each_other_with_the_goal(lab):
    lab.see("ben")
    lab.diagnose("high_rate")
    lab.treat("strengthen_d")
    table = unescape(lab.face.verdict.value)
    before, after = lab.before.outcome["size"], lab.after.outcome["size"]
    assert f"<td>mean size of a sample</td><td>{before:.3f}</td><td>{after:.3f}</td>" in table
    assert "at most 0.000 \u2717" in table and "= as before" in table
    assert f"Mean size of a sample: {after:.3f}, and at most 0.000 would be healthy." in said(lab, "progress")


@pytest.mark.parametrize(
    ("more_is_better", "old", "new", "word"),
    [
        (True, 1.0, 2.0, "\u25b2 better"),
        (True, 2.0, 1.0, "\u25bc worse"),
        (False, 1.0, 2.0, "\u25bc worse"),
        (False, 2.0, 1.0, "\u25b2 better"),
        (True, 1.0, 1.01, "= as before"),
        (True, 1.0, float("nan"), "\u25bc no number"),
        (True, float("nan"), 1.0, "\u25b2 better"),
    ],
)
def test_whether_a_measure_is_better(more_is_better, old, new, word):
    assert words._moved(Measure("", "{:.3f}", more_is_better), old, new) == word


def test_words_of_patients_cannot_break_the_page(lab):
    assert "<it>" not in lab.face.card.value and "<it> & hurts" in unescape(lab.face.card.value)


def test_references_lead_to_chapters_that_are_there():
    assert 'href="02_minimax_objective.ipynb#Two-losses"' in words.reference("02", "Two losses")
    assert words.reference("99", "Nothing") == "chapter 99, \u201cNothing\u201d"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_says_and_shows_what_there_is(lab, theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    still = lab.still()
    assert "anna says <it> & hurts." in still.alt
    empty = of_colour(still, still.theme.fake)
    lab.diagnose("high_rate")
    lab.treat("average")
    still = lab.still()
    assert "Well after" in still.alt and of_colour(still, still.theme.fake) > 1.5 * empty


def of_colour(picture, colour):
    pixels = np.asarray(Image.open(io.BytesIO(picture.png(1))).convert("RGB")).astype(int)
    return (np.abs(pixels - 255 * np.array(to_rgb(colour))).sum(axis=-1) < 6).sum()


# Scales


def test_scales_hold_all_values_and_are_shared():
    rng = np.random.default_rng(0)
    for kind in ("share", "norm", "free"):
        for size in (1e-3, 1.0, 40.0, 1e6):
            values = np.abs(rng.normal(size=50)) * size if kind != "free" else rng.normal(size=50) * size
            scale = scales.scale_of(kind, values)
            assert scale.low < scale.high
            if kind != "share":
                np.testing.assert_allclose(scale.drawable(values), values)


@pytest.mark.parametrize("values", [[], [np.nan], [0.0], [np.inf, 1.0], [0.0, 0.0], [-5.0], [1e30, -1e30]])
@pytest.mark.parametrize("kind", ["share", "norm", "free"])
def test_any_values_can_be_drawn(kind, values):
    picture = viz.Picture(3, 2, "")
    ax = picture.axes_of()
    scale = scales.scale_of(kind, np.array(values))
    scales.put_scale(ax, scale, 10)
    assert scale.low < scale.high and np.isfinite(scale[1:]).all() and picture.png(1)
    ticks = [tick.get_text() for tick in ax.get_yticklabels()]
    assert len(ticks) == len(set(ticks)) and 2 <= len(ticks) <= 8


def test_a_norm_of_0_is_seen_above_the_bottom_and_no_number_leaves_a_gap():
    scale = scales.scale_of("norm", np.array([0.0, 1.0]))
    drawn = scale.drawable(np.array([0.0, np.nan, np.inf, 1.0]))
    assert drawn[0] == scales.SMALLEST == 10 * scale.low and np.isnan(drawn[1:3]).all() and drawn[3] == 1.0


def test_a_run_that_breaks_down_says_from_where():
    run = clinic.recording("anna")
    broken = run.curves["loss_g"].copy()
    broken[9:] = np.nan
    picture = viz.Picture(4.8, 5, "")
    hurt = replace(run, curves=run.curves | {"loss_g": broken})
    charts.run_chart(picture)(hurt, run.total, charts.scales_of(hurt))
    remarks = [text.get_text() for ax in picture.axes for text in ax.texts if text.get_text().startswith("no number")]
    assert remarks == [f"no number from update {run.updates[9]} on"] and picture.png(1)


@pytest.mark.parametrize("clue", ["loss_g", "accuracy", "layers", "samples"])
def test_the_ring_lies_on_the_curve_of_the_clue(clue):
    run = clinic.recording("anna")
    picture = viz.Picture(4.8, 5, "")
    charts.run_chart(picture)(run, run.total, charts.scales_of(run), mark=(clue, 5))
    rings = [line for ax in picture.axes for line in ax.lines if line.get_marker() == "o" and line.get_visible()]
    at = list(run.updates).index(5)
    values = run.layers["generator"].min(axis=1) if clue == "layers" else run.curves.get(clue)
    assert len(rings) == (clue != "samples")
    for ring in rings:
        assert ring.get_xydata().tolist() == [[5, pytest.approx(values[at])]]


# Live


def test_a_treatment_plays_pauses_and_goes_on_to_the_same_end():
    async def script():
        lab = viz.Clinic(["anna"])
        lab.player.interval = 0.001  # one piece at a time: a quick machine would do all of them at once
        choose(lab)
        press(lab, "Treat")
        assert lab.player.playing and lab.face.buttons["treat"].description == "Pause"
        await asyncio.sleep(0)
        press(lab, "Pause")
        assert not lab.player.playing and lab.face.buttons["treat"].description == "Go on"
        torch.rand(3)  # another cell
        press(lab, "Go on")
        for _ in range(400):
            await asyncio.sleep(0.02)
            if not lab.player.playing:
                break
        assert lab.visit.points("anna") == 4 and lab.face.buttons["treat"].description == "Treat"
        return lab.after

    mine, bare = asyncio.run(script()), clinic.treat("anna", "lower_rates")
    np.testing.assert_array_equal(mine.samples, bare.samples)


def test_a_patient_who_is_left_waits_for_the_reader_to_come_back():
    async def script():
        lab = viz.Clinic()
        lab.player.interval = 0.001
        choose(lab)
        press(lab, "Treat")
        await asyncio.sleep(0)
        lab.see("ben")
        assert not lab.player.playing and lab.after is None
        await asyncio.sleep(0.05)
        lab.see("anna")
        assert lab.after is not None and lab.face.buttons["treat"].description == "Go on"
        press(lab, "Go on")
        assert lab.player.playing
        lab.pause()

    asyncio.run(script())


def test_what_a_treatment_raises_is_shown_and_stops_it():
    async def script():
        lab = viz.Clinic(["anna"])
        lab.diagnose("high_rate")
        lab.begin("average")
        lab._bed.run.advance = lambda: 1 / 0
        lab.play()
        await asyncio.sleep(0.1)
        assert not lab.player.playing and "ZeroDivisionError" in error(lab)
        assert lab.face.buttons["treat"].description == "Go on"
        lab.see("anna")
        assert error(lab) == ""

    asyncio.run(script())


def test_a_cell_that_runs_again_stops_the_ward_before(cells):
    async def script():
        cells.run("ward")
        first = viz.Clinic(["anna"])
        held = len(live_widgets())
        choose(first)
        press(first, "Treat")
        cells.run("ward")
        viz.Clinic(["anna"])
        assert not first.player.playing and len(live_widgets()) == held

    asyncio.run(script())


def live_widgets():
    """All widgets that the kernel holds."""
    module = ipywidgets.widgets.widget
    return module._instances if hasattr(module, "_instances") else ipywidgets.Widget.widgets  # ipywidgets 8, 7


# What is refused


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (lambda lab: lab.see("zoe"), "name = 'zoe', expected one of anna, ben, cleo"),
        (lambda lab: lab.diagnose("flu"), "diagnosis = 'flu', expected one of healthy"),
        (lambda lab: lab.treat("wait"), "treatment = 'wait' before any diagnosis"),
        (lambda lab: lab.diagnose("collapse") or lab.treat("tea"), "treatment = 'tea', expected one of wait"),
        (lambda lab: viz.Clinic(["zoe"]), "name = 'zoe'"),
    ],
)
def test_what_is_none_is_refused_and_changes_nothing(lab, act, complaint):
    with pytest.raises(ValueError, match=complaint):
        act(lab)
    assert lab.name == "anna" and lab.after is None and lab.visit.charts["anna"].treatment is None


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    face = viz.Clinic(["anna"]).face
    for control in (*face.buttons.values(), face.diagnosis, face.treatment, face.moment):
        assert control.tooltip and control.description
    assert len(face.diagnosis.options) == len(clinic.DIAGNOSES) + 1
    assert len(face.treatment.options) == len(clinic.TREATMENTS) + 1
