"""Figures that follow sliders: the fast path draws what the slow one would."""

import io

import numpy as np
import pytest
from ipywidgets import Dropdown, FloatSlider
from matplotlib.ticker import MultipleLocator
from PIL import Image

from ganlib import viz
from ganlib.viz.style import DARK, LIGHT

X = np.linspace(0, 6, 50)
BUILT = []


def build(picture):
    BUILT.append(picture.theme)
    ax = picture.axes_of()
    ax.set(xlim=(0, 6), ylim=(-1.1, 1.1), xlabel="x")
    ax.plot(X, np.cos(X), color=picture.theme.real)
    (curve,) = ax.plot(X, X, color=picture.theme.fake)
    words = ax.text(1, 0.9, "", color=picture.theme.text)

    def move(theta, name="theta"):
        curve.set_ydata(np.sin(X - theta))
        words.set_text(f"{name} = {theta:.2f}")
        return [curve, words]

    return move


def figure(**values):
    widget = viz.FigureWidget(4, 2.5, "Two waves.", build)
    widget.show(**({"theta": 0.0} | values))
    return widget


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_moved_figure_equals_one_made_there():
    moved = figure()
    for theta in (3.0, 1.0, 2.0):
        moved.show(theta=theta)
    assert (pixels(moved.png) == pixels(figure(theta=2.0).png)).all()
    assert (pixels(moved.png) != pixels(figure(theta=0.0).png)).any()


def test_only_what_moves_changes_and_nothing_is_left_behind():
    widget = figure(theta=0.0)
    first = pixels(widget.png)
    widget.show(theta=2.0)
    widget.show(theta=0.0)
    assert (pixels(widget.png) == first).all()


def test_axes_that_move_take_their_ticks_along():
    def build(picture):
        ax = picture.axes_of()
        ax.yaxis.set_major_locator(MultipleLocator(1))
        (curve,) = ax.plot([0, 1], [0, 1])

        def move(high):
            ax.set_ylim(0, high)
            curve.set_ydata([0, high / 2])
            return [curve]

        return move

    def shown(*highs):
        widget = viz.FigureWidget(4, 2.5, "A line.", build)
        for high in highs:
            widget.show(high=high)
        return pixels(widget.png)

    assert (shown(4, 8) == shown(8)).all() and (shown(8) != shown(4)).any()


def test_the_background_is_kept_while_axes_stand_still(monkeypatch):
    widget, drawn = figure(theta=0.0), []
    draw = widget._picture.canvas.draw
    monkeypatch.setattr(widget._picture.canvas, "draw", lambda: (drawn.append(1), draw()))
    for theta in (1.0, 2.0):
        widget.show(theta=theta)
    assert not drawn


def test_values_that_are_not_given_stay():
    widget = figure(theta=1.0)
    widget.show(name="angle")
    assert (pixels(widget.png) == pixels(figure(theta=1.0, name="angle").png)).all()


def test_a_dark_page_gets_a_dark_figure_with_the_same_values():
    widget = figure(theta=1.5)
    light = pixels(widget.png)
    widget.set_state({"dark": True})  # as the browser tells it
    dark = pixels(widget.png)
    assert BUILT[-1] is DARK and light[0, 0].sum() > 600 > 200 > dark[0, 0].sum()
    widget.set_state({"dark": False})
    assert BUILT[-1] is LIGHT and (pixels(widget.png) == light).all()


def test_the_still_picture_has_the_present_values():
    widget = figure(theta=1.0)
    still = widget.still().png()
    widget.show(theta=2.5)
    assert (pixels(widget.still().png()) != pixels(still)).any()


def test_controls_move_the_figure_from_the_start():
    theta = FloatSlider(value=1.0, min=0, max=6)
    name = Dropdown(options=["theta", "angle"])
    explorer = viz.Explorer(viz.FigureWidget(4, 2.5, "Two waves.", build), theta=theta, name=name)
    assert (pixels(explorer.figure.png) == pixels(figure(theta=1.0).png)).all()
    theta.set_state({"value": 2.0})
    name.value = "angle"
    assert (pixels(explorer.figure.png) == pixels(figure(theta=2.0, name="angle").png)).all()


def test_an_error_is_shown_in_the_widget_and_the_next_value_clears_it():
    def touchy(picture):
        ax = picture.axes_of()
        (dot,) = ax.plot([0], [0], "o")

        def move(theta):
            if theta > 3:
                raise ValueError(f"theta = {theta}, expected at most 3 <here>")
            return [dot]

        return move

    theta = FloatSlider(value=1.0, min=0, max=6)
    explorer = viz.Explorer(viz.FigureWidget(3, 2, "A dot.", touchy), theta=theta)
    theta.value = 4.0
    assert "theta = 4.0, expected at most 3 &lt;here&gt;" in explorer.events.box.value
    assert "line" not in explorer.events.box.value  # a bad value needs no traceback
    theta.value = 2.0
    assert explorer.events.box.value == ""


def test_showing_needs_the_values_that_move_takes():
    with pytest.raises(TypeError, match="unexpected"):
        figure(unexpected=1)
