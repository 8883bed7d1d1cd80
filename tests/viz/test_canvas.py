"""The live canvas without a browser: what it sends, what it takes, and the still picture in its place."""

import io
import json
import shutil
import subprocess

import ipywidgets
import numpy as np
import pytest
import torch
from PIL import Image

from ganlib import viz
from ganlib.viz import browser, layers
from ganlib.viz.style import DARK, LIGHT


def canvas():
    return viz.Canvas("Points and a line.", (-1, 1), (-2, 2), width=300, height=200, legend=True)


def scene():
    return [
        layers.verdict("surface", torch.linspace(0, 1, 12).view(3, 4), (-1, 1, -2, 2)),
        layers.mesh("map", torch.rand(3, 5, 2), "fake"),
        layers.mesh("curve", torch.rand(1, 5, 2), "fake"),
        layers.points("real", torch.rand(7, 2), "real"),
        layers.points("fake", np.zeros((2, 2)), "fake", marker="x"),
        layers.points("drawn", [[0.0, 1.0]], "real", marker="ring"),
        layers.discs("balls", [[0.0, 0.0, 0.5], [0.2, 0.2, 0.5]], "real", alpha=0.5),
        layers.discs("apart", [[0.0, 0.0, 0.5], [0.2, 0.2, 0.5]], "fake", alpha=0.5, joined=False),
        layers.arrows("arrows", torch.zeros(4, 2), torch.ones(4, 2), "text"),
        layers.line("loss", [[0, 1], [0.5, np.nan], [1, 0]], "discriminator", label="D", dashed=True),
    ]


def received(widget):
    """What the browser makes of the state: each layer's numbers, as canvas.js cuts them."""
    numbers, at, found = np.frombuffer(widget.frame, np.float32), 0, {}
    for layer in widget.layers:
        found[layer["name"]] = numbers[at : at + layer["length"]]
        at += layer["length"]
    assert at == len(numbers)
    return found


def test_the_numbers_arrive_in_the_order_of_the_layers():
    widget, shown = canvas(), scene()
    widget.show(shown)
    for layer in shown:
        np.testing.assert_array_equal(received(widget)[layer.name], layer.values)
    assert [layer["kind"] for layer in widget.layers][:2] == ["field", "mesh"]
    json.dumps([widget.layers, widget.view, widget.palette], allow_nan=False)  # what is no byte travels as JSON


def test_a_frame_is_one_message():
    widget, sent = canvas(), []
    widget.send_state = lambda keys: sent.append(set(keys))
    widget.show(scene(), xlim=(0, 5))
    assert len(sent) == 1
    assert {"frame", "layers", "view"} <= sent[0] or not hasattr(ipywidgets, "Stack")  # 7: no kernel, no keys
    assert widget.view["xlim"] == [0, 5] and widget.view["ylim"] == [-2, 2]


def test_every_layer_leaves_its_colour_in_the_still_picture():
    for layer in scene():
        widget = canvas()
        before = np.asarray(Image.open(io.BytesIO(widget.still().png())).convert("RGB")).astype(int)
        widget.show([layer])
        after = np.asarray(Image.open(io.BytesIO(widget.still().png())).convert("RGB")).astype(int)
        assert (np.abs(before - after).max(axis=2) > 20).sum() > 20, layer.name


def test_joined_discs_have_one_tint_and_others_add_up():
    """At the centre of two discs of alpha 1/2 on white the colour is mixed once, or twice."""
    for joined, shares in ((True, (0.5, 0.5)), (False, (0.5, 0.75))):
        widget = viz.Canvas("Two discs.", (-1, 1), (-1, 1), width=400, height=400)
        rows = [[-0.25, 0.0, 0.5], [0.25, 0.0, 0.5]]
        widget.show([layers.discs("discs", rows, "text", alpha=0.5, joined=joined)])
        picture = widget.still()
        picture.draw_without_rendering()
        image = np.asarray(Image.open(io.BytesIO(picture.png(1))).convert("L")) / 255
        ink = 1 - (1 - 0x22 / 255) * np.array(shares)
        for x, expected in zip((-0.5, 0.0), ink, strict=True):
            column, row = picture.axes[0].transData.transform([x, 0.1])
            assert image[image.shape[0] - round(row), round(column)] == pytest.approx(expected, abs=0.02)


def test_an_edge_is_for_marks_with_an_inside(recwarn):
    """A cross keeps its colour, since an edge in the background's would hide it."""
    widget = canvas()
    before = np.asarray(Image.open(io.BytesIO(widget.still().png())).convert("RGB")).astype(int)
    widget.show([layers.points("fake", [[0.0, 0.0]], "fake", marker="x", size=6, edge="background")])
    after = np.asarray(Image.open(io.BytesIO(widget.still().png())).convert("RGB")).astype(int)
    assert (np.abs(before - after).max(axis=2) > 20).sum() > 20 and not list(recwarn)


def test_both_scales_are_equal_where_asked_for():
    for equal in (True, False):
        widget = viz.Canvas("A square.", (-1, 1), (-1, 1), width=600, height=200, equal=equal)
        (ax,) = widget.still().axes
        assert (ax.get_aspect() == 1.0) is equal


def test_the_palette_is_the_course_s():
    palette = canvas().palette
    assert (palette["light"]["real"], palette["dark"]["fake"]) == (LIGHT.real, DARK.fake)
    assert f"--ganlib-discriminator: {DARK.discriminator}" in browser.STYLES


def test_points_that_the_reader_draws_arrive():
    widget = canvas()
    widget.set_state({"drawn": [[0.25, -0.5], [0.5, 1.0]]})
    assert widget.drawn == [[0.25, -0.5], [0.5, 1.0]]


def test_an_animation_sends_where_each_layer_starts():
    widget, sent = canvas(), []
    widget.send = lambda content, buffers: sent.append((content, buffers))
    start = torch.rand(7, 2)
    widget.morph({"real": start}, seconds=1.5)
    (content, buffers) = sent[0]
    assert content == {"do": "morph", "layers": ["real"], "seconds": 1.5}
    np.testing.assert_array_equal(np.frombuffer(buffers[0], np.float32).reshape(-1, 2), start.numpy())


def test_bad_layers_and_edges_are_named():
    with pytest.raises(ValueError, match=r"'real' has values of shape \(3, 3\)"):
        layers.points("real", torch.zeros(3, 3), "real")
    with pytest.raises(ValueError, match=r"'s' has values of shape \(4,\)"):
        layers.verdict("s", torch.zeros(4), (0, 1, 0, 1))
    with pytest.raises(ValueError, match=r"'m' has values of shape \(4, 2\)"):
        layers.mesh("m", torch.zeros(4, 2), "fake")
    for xlim in ((1, 1), (0, float("nan")), (2, 1), (-np.inf, 0), (0, np.inf)):
        with pytest.raises(ValueError, match="xlim = "):
            canvas().show([], xlim=xlim)


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine's path")
@pytest.mark.parametrize("widget", [viz.Canvas, viz.FigureWidget, browser.Guard])
def test_the_scripts_parse(widget, tmp_path):
    (tmp_path / "widget.mjs").write_text(str(widget._esm), encoding="utf-8")
    subprocess.run(["node", "--check", tmp_path / "widget.mjs"], check=True)
