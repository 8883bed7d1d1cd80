"""Points that the reader edits, without a browser: what arrives, what goes back, and what can be taken back."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import traitlets

from ganlib import viz
from ganlib.viz import layers
from ganlib.viz.style import LIGHT

GROUPS = (
    viz.PointGroup("A", "class_a"),
    viz.PointGroup("B", "class_b", "square"),
    viz.PointGroup("mark", "text", "diamond", 7.0, fixed=True),
)
START = [[0.0, 0.0, 0], [1.0, 0.5, 1], [-1.0, 1.0, 2]]


@pytest.fixture
def canvas():
    widget = viz.PointCanvas("Points.", (-2, 2), (-2, 2), GROUPS, width=300, height=300, legend=True)
    widget.put(START)
    widget.forget()
    return widget


def gesture(canvas, *states):
    """What the browser reports of one gesture, state after state."""
    number = canvas.gesture + 1
    for points in states:
        canvas.set_state({"gesture": number, "points": points})


def moved(x, row=0):
    return [[x, *place[1:]] if i == row else place for i, place in enumerate(START)]


def test_points_arrive_and_are_told_to_observers(canvas):
    seen = []
    canvas.observe(lambda change: seen.append(change["new"]), "points")
    gesture(canvas, moved(0.1), moved(0.2))
    assert seen == [moved(0.1), moved(0.2)] and canvas.of_group(0) == [[0.2, 0.0]]
    assert canvas.of_group(2) == [[-1.0, 1.0]]


def test_undo_takes_back_whole_gestures_one_after_the_other(canvas):
    gesture(canvas, moved(0.1), moved(0.2), moved(0.3))
    gesture(canvas, [*moved(0.3), [1.0, 1.0, 1]])
    gesture(canvas, moved(0.3)[1:])
    canvas.put([[2.0, 2.0, 1]])
    for expected in (moved(0.3)[1:], [*moved(0.3), [1.0, 1.0, 1]], moved(0.3), START):
        assert canvas.undo() and canvas.points == expected
    assert not canvas.undo() and canvas.points == START
    gesture(canvas, moved(0.7))  # and it goes on from there
    assert canvas.undo() and canvas.points == START and not canvas.undo()


def test_the_browser_asks_for_undo(canvas):
    gesture(canvas, moved(0.1))
    canvas.set_state({"undone": 1})
    assert canvas.points == START


def test_several_undos_that_a_busy_kernel_gets_in_one_message_all_happen(canvas):
    for x in (0.1, 0.2, 0.3):
        gesture(canvas, moved(x))
    canvas.set_state({"undone": 2})
    assert canvas.points == moved(0.1)
    canvas.set_state({"undone": 9})
    assert canvas.points == START


def test_undo_comes_after_what_arrives_with_it(canvas):
    """A busy kernel gets the end of a drag and the key pressed after it in one message."""
    gesture(canvas, moved(0.1))
    canvas.set_state({"gesture": canvas.gesture, "points": moved(0.2), "undone": 1})
    assert canvas.points == START
    canvas.set_state({"gesture": canvas.gesture + 1, "points": moved(0.3), "undone": 2})
    assert canvas.points == START


def test_undo_is_bounded(canvas):
    for i in range(150):
        canvas.put(moved(i + 1.0))
    for _ in range(100):
        assert canvas.undo()
    assert not canvas.undo() and canvas.points == moved(50.0)


def test_points_and_gesture_go_out_as_one_message(canvas):
    """Two messages, and the browser would number its next gesture by the old count."""
    sent = []
    canvas.send_state = lambda keys: sent.append(set(keys))
    canvas.put(moved(0.5))
    canvas.undo()
    assert len(sent) == 2 and all({"points", "gesture"} <= keys for keys in sent)


def test_bad_points_are_named(canvas):
    for row in ([float("nan"), 0.0, 0], [0.0, float("inf"), 1], [0.0, 0.0, 3], [0.0, 0.0, -1], [0.0, 0.0, 0.5]):
        with pytest.raises(ValueError, match=r"the point \[.*\], expected finite x and y and a group below 3"):
            canvas.put([START[0], row])
        assert canvas.points == START


def test_the_tool_is_a_group_that_takes_points_or_removes(canvas):
    for tool in (1, -1, 0):
        canvas.tool = tool
    for tool in (2, 3, -2):
        with pytest.raises(traitlets.TraitError, match=f"tool = {tool}, expected a group that takes points"):
            canvas.tool = tool
    assert canvas.tool == 0


def test_all_that_travels_beside_the_frame_is_json(canvas):
    canvas.put(np.array([[0.5, 0.25, 1.0]]))
    state = canvas.get_state(["points", "groups", "gesture", "tool", "help"])
    assert json.loads(json.dumps(state, allow_nan=False))["points"] == [[0.5, 0.25, 1]]


def test_the_still_picture_shows_each_group_in_its_shape_over_the_scene(canvas):
    canvas.show([layers.boundary("border", [[-2, -2], [2, 2]], "generator", label="border")])
    (ax,) = canvas.still().axes
    shown = {collection.get_label(): collection for collection in ax.collections}
    assert list(shown) == ["A", "B", "mark"] and [words.get_text() for words in ax.get_legend().get_texts()] == [
        *("border", "A", "B", "mark")
    ]
    for group, name in enumerate(shown):
        np.testing.assert_allclose(shown[name].get_offsets(), canvas.of_group(group))
    corners = {len(shown[name].get_paths()[0].vertices) for name in shown}
    assert len(corners) >= 2  # a disc and four-sided ones
    assert len({tuple(shown[name].get_facecolor()[0]) for name in shown}) == 3


def test_an_empty_group_is_no_trouble(canvas):
    canvas.put([[0.0, 0.0, 1]])
    canvas.still().png(0.5)
    assert canvas.of_group(0) == []


def test_shades_go_through_the_named_tints_between_the_limits():
    shade = layers.shade("s", [[-4.0, 0.0], [4.0, np.nan]], (0, 1, 0, 1), ("class_a", "class_b"), limits=(-4, 4))
    picture = viz.Picture(1, 1, "", LIGHT)
    layers.paint(picture.axes_of(), shade)
    (image,) = picture.axes[0].images
    colours = image.cmap(image.norm([-9, -4, 0, 4, 9]))[:, :3]
    a, b = (np.array(LIGHT.pale(colour)) for colour in (LIGHT.class_a, LIGHT.class_b))
    np.testing.assert_allclose(colours, [a, a, (a + b) / 2, b, b], atol=0.01)


def test_marks_are_what_they_are_called():
    picture = viz.Picture(1, 1, "", LIGHT)
    ax = picture.axes_of()
    for marker in layers.MARKERS:
        layers.paint(ax, layers.points(marker, [[0.0, 0.0]], "class_b", marker=marker, label=marker))
    filled = {mark.get_label(): len(mark.get_facecolor()) > 0 for mark in ax.collections}
    assert filled == {"o": True, "x": True, "square": True, "diamond": True, "ring": False, "box": False}
    with pytest.raises(ValueError, match="marker = 'star', expected one of o, x, "):
        layers.points("p", [[0, 0]], "real", marker="star")


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine's path")
def test_the_script_parses_and_knows_every_mark(tmp_path):
    script = str(viz.PointCanvas._esm)
    marks = json.dumps(list(layers.MARKERS))
    test = f"\nfor (const name of {marks}) if (!shapes[name]?.trace) throw new Error(name);\n"
    (tmp_path / "widget.mjs").write_text(script + test, encoding="utf-8")
    subprocess.run(["node", tmp_path / "widget.mjs"], check=True)
