"""The laboratory of precision and recall without a browser: what is drawn is what the metrics count."""

import asyncio
import json
import re

import numpy as np
import pytest
import torch

from ganlib import metrics, viz
from ganlib.viz.precision_recall import PRESETS, VIEWS
from ganlib.viz.precision_recall import lab as module
from ganlib.viz.precision_recall.balls import Balls
from ganlib.viz.precision_recall.face import FAKE, HANDLE, REAL


def make(*arguments, **named):
    return viz.PrecisionRecallLab(*arguments, **named)


def shown(lab):
    """The numbers of each layer on the canvas, as the browser cuts them."""
    numbers, at, found = np.frombuffer(lab.face.canvas.frame, np.float32), 0, {}
    for layer in lab.face.canvas.layers:
        found[layer["name"]] = numbers[at : at + layer["length"]]
        at += layer["length"]
    return found


def outside(lab):
    """The points that have a ring."""
    return shown(lab)["outside"].reshape(-1, 2)


def says(lab):
    return re.sub("<[^>]*>", " ", lab.face.says.value)


def by_hand(real, fake, k):
    """All four metrics, counted point by point."""
    real, fake = real.tolist(), fake.tolist()

    def distance(a, b):
        return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5

    def radii(points):
        return [sorted(distance(p, q) for j, q in enumerate(points) if j != i)[k - 1] for i, p in enumerate(points)]

    def holders(x, points, reach):
        return sum(distance(x, p) <= r for p, r in zip(points, reach, strict=True))

    around_real, around_fake = radii(real), radii(fake)
    counts = [holders(x, real, around_real) for x in fake]
    return {
        "precision": sum(n > 0 for n in counts) / len(fake),
        "recall": sum(holders(x, fake, around_fake) > 0 for x in real) / len(real),
        "density": sum(counts) / (k * len(fake)),
        "coverage": sum(any(distance(p, x) <= r for x in fake) for p, r in zip(real, around_real, strict=True))
        / len(real),
    }


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("preset", PRESETS)
def test_the_scores_are_what_is_counted_by_hand_and_by_the_metrics(preset, k):
    lab = make(preset, k=k)
    real, fake = lab.points
    assert lab.scores == pytest.approx(by_hand(real, fake, k))
    expected = metrics.precision_recall(real, fake, k)._asdict() | metrics.density_coverage(real, fake, k)._asdict()
    assert lab.scores == pytest.approx(expected)


@pytest.mark.parametrize("view", VIEWS)
def test_rings_are_around_what_is_not_found(view):
    lab = make("a mode dropped", view=view)
    rings, seen = outside(lab), lab.points[VIEWS[view].seen == "fake"]
    found = lab.balls.counted(view) > 0
    np.testing.assert_allclose(rings, seen[~found], rtol=1e-6)
    if view != "density":
        assert 1 - len(rings) / len(seen) == pytest.approx(lab.scores[view])


@pytest.mark.parametrize(("view", "kind"), [("precision", REAL), ("recall", FAKE), ("density", REAL)])
def test_each_ball_reaches_its_neighbour(view, kind):
    lab = make(view=view, k=4)
    discs = torch.tensor(shown(lab)["balls"].reshape(-1, 3)).double()
    points = lab.points[kind]
    torch.testing.assert_close(discs[:, :2], points, rtol=1e-5, atol=1e-5)
    inside = (torch.cdist(points, points) <= discs[:, 2:] + 1e-5).sum(1)
    assert (inside == 1 + 4).all()  # itself and four others


def test_full_and_empty_balls_are_told_apart():
    lab = make("modes collapsed", view="coverage")
    full, empty = (shown(lab)[name].reshape(-1, 3) for name in ("full", "empty"))
    fakes = lab.points[1].numpy()
    for discs, holds in ((full, True), (empty, False)):
        for x, y, r in discs:
            assert (np.hypot(*(fakes - [x, y]).T) <= r + 1e-6).any() == holds
    assert len(full) / len(lab.points[0]) == pytest.approx(lab.scores["coverage"])


def test_the_stories_of_the_presets():
    """What the chapter tells of them."""
    good, dropped, collapsed, blurred, real_out, fake_out = (make(preset).scores for preset in PRESETS)
    assert min(good["precision"], good["recall"], good["density"], good["coverage"]) > 0.8
    assert dropped["precision"] > 0.9 and dropped["recall"] < 0.7 and dropped["coverage"] < 0.7
    assert collapsed["precision"] == 1 and collapsed["recall"] < 0.1
    assert blurred["precision"] < 0.7 and blurred["recall"] > 0.9
    assert real_out["precision"] == 1 and real_out["density"] < 0.7  # one outlier forgives half of the fakes
    assert fake_out["recall"] == 1 and fake_out["coverage"] < 0.4  # three outliers hide that two modes are gone


@pytest.mark.parametrize("shift", [(1.0, -0.5), (-2.0, 2.0)])
def test_the_cloud_of_fakes_moves_as_a_whole(shift):
    lab = make()
    (real, fake), handle = lab.points, lab.face.canvas.of_group(HANDLE)[0]
    lab.move_fakes(*shift)
    torch.testing.assert_close(lab.points[0], real, rtol=0, atol=0)
    torch.testing.assert_close(lab.points[1], fake + torch.tensor(shift).double())
    assert lab.face.canvas.of_group(HANDLE)[0] == pytest.approx([handle[0] + shift[0], handle[1] + shift[1]])
    assert lab.scores["precision"] == pytest.approx(Balls(real, fake + torch.tensor(shift), 3).scores["precision"])
    assert lab.undo() and torch.equal(lab.points[1], fake)


def test_moving_all_points_changes_no_score():
    lab = make("an outlier among the real")
    before = lab.scores
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]]).double()
    lab.points = tuple(x @ turn.T + torch.tensor([0.3, -0.2]) for x in lab.points)
    assert lab.scores == pytest.approx(before)


def test_what_the_browser_reports_is_measured():
    lab = make()
    rows = [*lab.face.canvas.points, [-4.5, -4.5, FAKE]]
    lab.face.canvas.set_state({"points": rows, "gesture": lab.face.canvas.gesture + 1})
    assert len(lab.points[1]) == 31 and "of 31 fakes" in says(lab)
    np.testing.assert_allclose(outside(lab)[-1], [-4.5, -4.5])
    lab.face.buttons["undo"].click()
    assert len(lab.points[1]) == 30


def test_only_the_diamond_takes_others_with_it():
    takes = [group["takes"] for group in make().face.canvas.groups]
    assert takes == [-1, -1, FAKE] and [group["fixed"] for group in make().face.canvas.groups] == [False, False, True]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("precision", "Precision 1.000: 30 of 30 fakes lie in a ball of a real point."),
        ("recall", "Recall 1.000: 37 of 37 real points lie in a ball of a fake."),
        ("density", "Density 0.633: the 30 fakes lie in 57 balls altogether, where k \u00b7 30 = 90 are expected"),
        ("coverage", "Coverage 0.568: 21 of 37 balls of real points hold a fake."),
    ],
)
def test_what_is_said(view, words):
    lab = make("an outlier among the real", view=view)
    assert words in says(lab) and VIEWS[view].asks in says(lab)
    assert ("One outlier is enough" in says(lab)) == (view != "recall")
    assert f"<b>{lab.scores[view]:.3f}</b>" in lab.face.table.value and lab.face.table.value.count("<b>") == 2


def test_buttons_and_choices_do_what_the_methods_do():
    lab = make()
    lab.face.view.value = "recall"
    assert lab.view == "recall" and "real points lie in a ball" in says(lab)
    lab.face.k.value = 7
    assert lab.k == 7 and lab.scores == pytest.approx(by_hand(*lab.points, 7))
    lab.face.preset.value = "blurred"
    assert torch.equal(lab.points[1], make("blurred").points[1])
    lab.move_fakes(1, 1)
    lab.face.buttons["reset"].click()
    assert lab.scores == make("blurred", k=7).scores
    lab.load("good fakes")
    assert lab.face.preset.value == "good fakes" and torch.equal(lab.points[0], make().points[0])
    lab.move_fakes(1, 1)
    lab.load("good fakes")
    assert torch.equal(lab.points[1], make().points[1])
    lab.face.tool.value = -1
    assert lab.face.canvas.tool == -1
    lab.face.canvas.set_state({"tool": FAKE})  # by a key in the browser
    assert lab.face.tool.value == FAKE


@pytest.mark.parametrize("kind", ["real", "fake"])
def test_too_few_points_are_said_and_nothing_breaks(kind):
    lab = make(k=5)
    real, fake = make().points
    lab.points = (real[:5], fake) if kind == "real" else (real, fake[:5])
    assert f"each kind needs 6 points or more; there are 5 {kind}." in says(lab)
    assert shown(lab) == {} and lab.face.table.value == "" and lab.events.box.value == ""
    lab.still().png(0.3)
    with pytest.raises(ValueError, match=f"there are 5 {kind}"):
        _ = lab.scores
    lab.k = 4
    assert "balls" in shown(lab)
    lab.points = torch.zeros(0, 2), torch.zeros(0, 2)
    assert "there are 0 real and 0 fake." in says(lab)


def test_points_in_one_place_have_balls_without_size():
    lab = make()
    lab.points = torch.zeros(6, 2), torch.cat([torch.zeros(5, 2), torch.ones(1, 2)])
    assert lab.scores == {"precision": 5 / 6, "recall": 1, "density": pytest.approx(5 / 3), "coverage": 1}
    assert "has radius 0.00, where the median is 0.00." in says(lab)
    lab.still().png(0.3)


def test_bad_values_are_named():
    lab = make()
    for name, value in (("preset", "moons"), ("view", "fid")):
        with pytest.raises(ValueError, match=f"{name} = '{value}', expected one of "):
            make(**{name: value})
    for value in (0, 11):
        with pytest.raises(ValueError, match=f"k = {value}, expected one of 1, 2"):
            lab.k = value
    with pytest.raises(ValueError, match="view = 'x'"):
        lab.view = "x"
    with pytest.raises(ValueError, match="preset = 'x'"):
        lab.load("x")
    with pytest.raises(ValueError, match=r"points have shapes \(3, 3\) and \(3, 2\)"):
        lab.points = torch.zeros(3, 3), torch.zeros(3, 2)
    assert len(lab.points[0]) == 36 and lab.k == 3


def test_every_control_has_words():
    face = make().face
    for group in (face.tool, face.view):
        assert len(group.tooltips) == len(group.options) and all(group.tooltips)
    assert all(button.description and button.tooltip for button in face.buttons.values())
    assert face.k.tooltip and face.preset.tooltip
    json.dumps(face.canvas.get_state(["layers", "view", "points", "groups"]), allow_nan=False)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_the_still_says_what_the_laboratory_says(monkeypatch, recwarn, view, name):
    monkeypatch.setenv("GANLIB_THEME", name)
    lab = make("outliers among the fakes", view=view)
    picture = lab.still()
    said = " ".join(picture.axes[1].texts[0].get_text().split())
    assert all(" ".join(sentence.split()) in said for sentence in lab.sentences())
    assert f"> {view} {lab.scores[view]:.3f}" in said
    picture.draw_without_rendering()
    for ax in picture.axes:
        box = ax.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= picture.bbox.x1 and box.y1 <= picture.bbox.y1
    assert not list(recwarn)


def test_running_a_cell_again_closes_the_old_laboratory(cells):
    cells.run("a cell")
    first = make()
    cells.run("a cell")
    second = make()
    assert first.face.canvas.comm is None and second.face.canvas.comm is not None


def test_the_stored_picture_follows_when_all_is_quiet(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.3)

    async def edit():
        drawn = []
        monkeypatch.setattr(module.PrecisionRecallLab, "refresh", lambda lab: drawn.append(lab.k))
        lab = make()
        await asyncio.sleep(0.8)
        drawn.clear()
        for k in (4, 5, 6):
            lab.k = k
        await asyncio.sleep(1.0)
        return drawn

    assert asyncio.run(edit()) == [6]  # and not once more for each change
