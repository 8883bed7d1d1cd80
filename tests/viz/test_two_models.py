"""The laboratory of two models without a browser: what is drawn is what the models say, and all controls work."""

import asyncio
import json

import ipywidgets
import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from ganlib import viz
from ganlib.models import LDA, QDA, NaiveBayes
from ganlib.viz.two_models import BACKGROUNDS, MODELS, PRESETS
from ganlib.viz.two_models import lab as module
from ganlib.viz.two_models import scene as scenes
from ganlib.viz.two_models.fits import Fits
from ganlib.viz.two_models.words import sure


def make(*arguments, **named):
    return viz.TwoModels(*arguments, **named)


def shown(lab):
    """The numbers of each layer on the canvas, as the browser cuts them."""
    numbers, at, found = np.frombuffer(lab.face.canvas.frame, np.float32), 0, {}
    for layer in lab.face.canvas.layers:
        found[layer["name"]] = numbers[at : at + layer["length"]]
        at += layer["length"]
    return found


def line(lab, name):
    """The points of a line on the canvas."""
    xy = torch.tensor(shown(lab)[name].reshape(-1, 2))
    return xy[xy.isfinite().all(1)].double()


@pytest.mark.parametrize(("name", "model"), [("LDA", LDA), ("QDA", QDA), ("naive Bayes", NaiveBayes)])
@pytest.mark.parametrize("preset", PRESETS)
def test_on_the_lines_the_models_are_undecided(preset, name, model):
    lab = make(preset, model=name)
    x, y = lab.points
    fitted, logistic = model(1e-3).fit(x, y), LogisticRegression().fit(x.numpy(), y.numpy())
    border = line(lab, "generative")
    assert len(border) or name == "naive Bayes"
    if len(border):
        assert (fitted.posterior(border)[:, 1] - 0.5).abs().max() < 0.02
    border = line(lab, "discriminative")
    np.testing.assert_allclose(logistic.predict_proba(border.numpy())[:, 1], 0.5, atol=1e-5)


def test_equal_levels_of_both_classes_cross_on_the_decision_line():
    """On every level line p(x, y) is one of four heights, the same for both classes."""
    lab = make("an outlier", model="QDA", background="joint")
    model = lab.fits.generative
    heights = [model.log_joint(line(lab, f"levels {label}"))[:, label] for label in (0, 1)]
    peak = model.log_joint(model.means).diagonal().max()
    depths = ((peak - torch.cat(heights)) * 2).sqrt()
    assert (depths - depths.round()).abs().max() < 1e-3
    assert set(depths.round().int().tolist()) <= {1, 2, 3, 4} and len(set(depths.round().tolist())) >= 3


@pytest.mark.parametrize("background", ["generative", "discriminative", "density"])
def test_the_background_is_what_the_model_says(background):
    lab = make("XOR", model="QDA", background=background)
    layer = next(layer for layer in lab.face.canvas.layers if layer["kind"] == "field")
    values = torch.tensor(shown(lab)[layer["name"]]).view(layer["shape"]).double()
    left, right, bottom, top = layer["extent"]
    rows, columns = layer["shape"]
    for row, column in ((0, 0), (10, 50), (60, 3), (31, 31)):
        x = left + (column + 0.5) * (right - left) / columns
        y = bottom + (row + 0.5) * (top - bottom) / rows
        at = torch.tensor([[x, y]], dtype=torch.float64)
        expected = {
            "generative": lambda at=at: lab.fits.generative.posterior(at)[0, 1],
            "discriminative": lambda at=at: lab.fits.discriminative.predict_proba(at.numpy())[0, 1],
            "density": lambda at=at: lab.fits.generative.log_density(at)[0],
        }[background]()
        assert values[row, column].item() == pytest.approx(float(expected), abs=1e-4, rel=1e-5)


def test_moving_a_point_moves_the_lines():
    lab = make()
    before = shown(lab)
    x, y = lab.points
    x[5] += torch.tensor([1.5, 2.0])
    lab.points = x, y
    after = shown(lab)
    for name in ("generative", "discriminative", "levels 0"):
        assert not np.array_equal(before[name], after[name], equal_nan=True), name
    assert lab.undo()
    for name, values in shown(lab).items():
        np.testing.assert_array_equal(before[name], values)


def test_what_the_browser_reports_is_fitted():
    lab = make()
    rows = [*lab.face.canvas.points[:-1], [3.0, 3.0, 0], [-3.5, 3.5, 2]]
    lab.face.canvas.set_state({"points": rows, "gesture": lab.face.canvas.gesture + 1})
    x, y = lab.points
    assert len(x) == 41 and x[-1].tolist() == [3.0, 3.0] and y[-1] == 0 and lab.probe == (-3.5, 3.5)
    assert "of 41)" in lab.face.says.value and "(\u22123.50, 3.50)" in lab.face.says.value


@pytest.mark.parametrize("model", MODELS)
def test_errors_are_counted(model):
    lab = make("two clusters", model=model)
    x, y = lab.points
    wrong = (lab.fits.generative.posterior(x).argmax(1) != y).double().mean().item()
    assert lab.errors.generative == pytest.approx(wrong)
    assert lab.errors.discriminative == pytest.approx(1 - lab.fits.discriminative.score(x.numpy(), y.numpy()))


def test_the_stories_of_the_presets():
    """What the chapter tells of them: an outlier costs LDA points, and XOR is beyond every line but not beyond QDA."""
    assert make().errors == (0, 0)
    outlier = make("an outlier").errors
    assert outlier.generative > 0 and outlier.discriminative == 0
    for preset in ("two clusters", "XOR"):
        assert min(make(preset).errors) > 0.25 and make(preset, model="QDA").errors.generative == 0


def test_the_score_of_a_strange_x():
    lab = make()
    lab.probe = (4.8, -4.8)
    score = lab.score
    at = torch.tensor([lab.probe], dtype=torch.float64)
    assert score.log_density == pytest.approx(lab.fits.generative.log_density(at).item())
    assert score.rank == 0 and min(score.generative, score.discriminative) > 0.999
    assert "is strange" in lab.face.says.value and lab.face.says.value.count("above 0.999") == 2
    lab.probe = lab.fits.generative.means[0].tolist()
    assert lab.score.rank > 0.9 and "nothing unusual" in lab.face.says.value


def test_the_rank_is_the_share_of_less_likely_samples():
    """For one Gaussian in the plane the share is exp(-r^2 / 2), r the Mahalanobis distance."""
    g = torch.Generator().manual_seed(0)
    x = torch.randn(400, 2, generator=g, dtype=torch.float64)
    fits = Fits(x, torch.arange(400) % 2, "LDA")
    mean, root = fits.generative.means.mean(0), torch.linalg.cholesky(fits.generative.covariances[0])
    for r in (0.5, 1.0, 2.0):
        place = mean + root @ torch.tensor([r, 0.0], dtype=torch.float64)
        assert fits.score(place).rank == pytest.approx(np.exp(-(r**2) / 2), abs=0.04)


def test_certainty_is_never_rounded_up():
    lab = make()
    scores = [lab.score._replace(generative=p) for p in (0.9994, 1.0, 0.0, 0.5004)]
    said = [sure(lab.fits, score).replace("\u00a0", " ") for score in scores]
    assert [each.split(" says")[0].split(": ")[1] for each in said] == [
        *("B with p(y | x) above 0.999", "B with p(y | x) above 0.999"),
        *("A with p(y | x) above 0.999", "B with p(y | x) = 0.500"),
    ]


def test_samples_follow_the_model_until_they_are_cleared():
    lab = make(seed=3)
    x, y = lab.sample(50)
    assert x.shape == (50, 2) and set(y.tolist()) == {0, 1}
    np.testing.assert_allclose(shown(lab)["samples of B"].reshape(-1, 2), x[y == 1], rtol=1e-6)
    old, (px, py) = shown(lab)["samples of A"], lab.points
    lab.points = px + torch.tensor([0.5, 0.0]), py  # the model moves, and its samples with it
    np.testing.assert_allclose(shown(lab)["samples of A"] - old, np.tile([0.5, 0], len(old) // 2), atol=1e-5)
    lab.clear()
    assert "samples of A" not in shown(lab)
    assert not torch.equal(lab.sample(50)[0], x) and torch.equal(make(seed=3).sample(50)[0], x)


def test_buttons_and_toggles_do_what_the_methods_do():
    lab = make()
    lab.face.buttons["sample"].click()
    assert len(shown(lab)["samples of A"]) + len(shown(lab)["samples of B"]) == 200
    lab.face.buttons["clear"].click()
    lab.face.preset.value = "XOR"
    assert lab.errors == make("XOR").errors
    lab.face.model.value = "QDA"
    assert lab.model == "QDA" and "QDA 0.0\u00a0%" in lab.face.says.value
    lab.face.background.value = "density"
    assert "density" in shown(lab) and lab.background == "density"
    lab.face.tool.value = -1
    assert lab.face.canvas.tool == -1
    lab.face.canvas.set_state({"tool": 1})  # by a key in the browser
    assert lab.face.tool.value == 1
    lab.points = torch.eye(2), torch.tensor([0, 1])
    lab.face.buttons["undo"].click()
    assert len(lab.points[0]) == 40
    lab.points = torch.eye(2), torch.tensor([0, 1])
    lab.face.buttons["reset"].click()
    assert lab.errors == make("XOR", model="QDA").errors


def test_load_and_undo():
    lab = make()
    before = lab.points
    lab.load("XOR")
    assert lab.face.preset.value == "XOR" and not torch.equal(lab.points[0], before[0])
    lab.points = torch.eye(2), torch.tensor([0, 1])
    lab.load("XOR")
    assert torch.equal(lab.points[0], make("XOR").points[0])
    for _ in range(3):
        assert lab.undo()
    assert torch.equal(lab.points[0], before[0]) and not lab.undo()


@pytest.mark.parametrize(("label", "name"), [(0, "B"), (1, "A")])
def test_a_class_without_points_is_said_and_nothing_breaks(label, name):
    lab = make()
    lab.sample()
    lab.points = torch.zeros(3, 2), torch.full((3,), label)
    assert f"Class {name} without points" in lab.face.says.value and shown(lab) == {} and lab.events.box.value == ""
    lab.still().png(0.3)
    with pytest.raises(ValueError, match=f"Class {name} without points"):
        _ = lab.errors
    lab.face.buttons["sample"].click()
    assert f"Class {name} without points" in lab.events.box.value
    lab.undo()
    assert "generative" in shown(lab) and lab.events.box.value == ""
    lab.points = torch.zeros(0, 2), torch.zeros(0)
    assert "Class A and class B without points" in lab.face.says.value


@pytest.mark.parametrize("model", MODELS)
def test_points_in_one_place_or_on_a_line_are_fitted(model):
    lab = make(model=model)
    for x in (torch.zeros(4, 2), torch.tensor([[0.0, 0], [1, 1], [2, 2], [3, 3]]), torch.eye(2)):
        lab.points = x, torch.arange(len(x)) % 2
        for background in BACKGROUNDS:
            lab.background = background
            assert np.isfinite(lab.score).all() and np.isfinite(lab.errors).all()


def test_bad_values_are_named():
    for name, value in (("preset", "moons"), ("model", "SVM"), ("background", "sky")):
        with pytest.raises(ValueError, match=f"{name} = '{value}', expected one of "):
            make(**{name: value})
    lab = make()
    for name in ("model", "background"):
        with pytest.raises(ValueError, match=f"{name} = 'x', expected one of "):
            setattr(lab, name, "x")
    with pytest.raises(ValueError, match=r"points have shapes \(3, 3\) and \(3,\)"):
        lab.points = torch.zeros(3, 3), torch.zeros(3)
    with pytest.raises(ValueError, match="n labels 0, 1"):
        lab.points = torch.zeros(2, 2), torch.tensor([0, 2])
    with pytest.raises(ValueError, match="expected finite x and y"):
        lab.probe = (float("nan"), 0)
    with pytest.raises(ValueError, match="n = 0, expected a positive integer"):
        lab.sample(0)
    assert len(lab.points[0]) == 40 and lab.probe == module.FAR


def test_every_control_has_words():
    face = make().face
    for group in (face.tool, face.model, face.background):
        assert len(group.tooltips) == len(group.options) and all(group.tooltips)
    for button in face.buttons.values():
        assert button.description and button.tooltip
    json.dumps(face.canvas.get_state(["layers", "view", "points", "groups"]), allow_nan=False)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_still_says_what_the_laboratory_says(monkeypatch, name):
    monkeypatch.setenv("GANLIB_THEME", name)
    lab = make("XOR", model="QDA", background="generative")
    picture = lab.still()
    words = " ".join(picture.axes[1].texts[0].get_text().split())
    assert all(" ".join(sentence.split()) in words for sentence in lab.sentences())
    picture.draw_without_rendering()
    frame = picture.bbox
    for ax in picture.axes:
        box = ax.get_tightbbox()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= frame.x1 and box.y1 <= frame.y1


def test_running_a_cell_again_closes_the_old_laboratory(cells):
    live = ipywidgets.widgets.widget
    live = live._instances if hasattr(live, "_instances") else ipywidgets.Widget.widgets
    cells.run("a cell")
    first = make()
    assert first.model_id in live
    cells.run("a cell")
    second = make()
    assert first.face.canvas.comm is None and second.face.canvas.comm is not None


def test_the_stored_picture_follows_when_all_is_quiet(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.3)

    async def edit():
        drawn = []
        monkeypatch.setattr(module.TwoModels, "refresh", lambda lab: drawn.append(lab.probe))
        lab = make()
        await asyncio.sleep(0.6)
        drawn.clear()
        for i in range(4):
            lab.probe = (i, i)
        assert lab.score.log_density == lab.fits.score(torch.tensor([3.0, 3.0])).log_density  # at once
        await asyncio.sleep(0.9)
        return drawn

    assert asyncio.run(edit()) == [(3.0, 3.0)]  # and not once more for each change


def test_axes_and_grid_agree():
    nodes = scenes.GRID.view(scenes.NODES, scenes.NODES, 2)
    assert nodes[0, 0].tolist() == [-5, -5] and nodes[0, -1].tolist() == [5, -5] and nodes[-1, 0].tolist() == [-5, 5]
