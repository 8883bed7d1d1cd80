"""The picture of effects shows each interval, and words that tell them apart."""

import pytest

from ganlib.studies import Effect
from ganlib.viz import effect_plot

RATIOS = [
    Effect("pooling", 0.8, 0.7, 0.9, 4, none=1.0, gain=-1),
    Effect("no batch norm", 2.0, 1.5, 2.6, 4, none=1.0, gain=-1),
    Effect("hinge", 1.1, 0.9, 1.3, 4, none=1.0, gain=-1),
]


def marks(picture):
    """(x, row, marker, filled) of every effect, and the ends of every interval."""
    (ax,) = picture.axes
    lines = [line for line in ax.lines if len(line.get_xdata()) and line.get_label().startswith("_")]
    points = [line for line in lines if line.get_marker() not in ("None", "", None)]
    intervals = [line.get_xdata() for line in lines if line.get_linewidth() == pytest.approx(1.4)]
    filled = [line.get_markerfacecolor() == line.get_color() for line in points]
    where = [(line.get_xdata()[0], line.get_ydata()[0], line.get_marker()) for line in points]
    return [(*place, full) for place, full in zip(where, filled, strict=True)], [tuple(ends) for ends in intervals]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_effect_has_its_row_mark_and_interval(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    picture = effect_plot(RATIOS, "times the baseline's")
    points, intervals = marks(picture)
    assert points == [(0.8, 0, "o", True), (2.0, 1, "s", True), (1.1, 2, "D", False)]
    assert intervals == [(0.7, 0.9), (1.5, 2.6), (0.9, 1.3)]
    (ax,) = picture.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["pooling", "no batch norm", "hinge"]
    assert ax.get_xscale() == "log" and ax.get_ylim()[0] > ax.get_ylim()[1]  # the first is on top
    assert "no batch norm 2 (1.5 to 2.6)" in picture.alt


def test_differences_have_a_straight_axis_with_0_as_no_effect():
    picture = effect_plot([Effect("hinge", -1.0, -2.0, 0.5, 3, none=0.0, gain=1)], "modes")
    (ax,) = picture.axes
    assert ax.get_xscale() == "linear" and any(list(line.get_xdata()) == [0, 0] for line in ax.lines)


@pytest.mark.parametrize("effects", [[], [RATIOS[0], Effect("modes", 1.0, 0.0, 2.0, 3, none=0.0, gain=1)]])
def test_effects_of_two_kinds_are_refused(effects):
    with pytest.raises(ValueError, match=f"effects holds {len(effects)} effects"):
        effect_plot(effects, "x")


def test_nothing_is_clipped():
    picture = effect_plot([*RATIOS, Effect("a very long name of a variant", 30.0, 10.0, 90.0, 4, 1.0, -1)], "label")
    picture.draw_without_rendering()
    whole = picture.bbox
    (ax,) = picture.axes
    for text in (*ax.get_yticklabels(), ax.xaxis.label, *ax.get_legend().get_texts()):
        box = text.get_window_extent()
        assert box.x0 >= whole.x0 and box.x1 <= whole.x1 and box.y0 >= whole.y0 and box.y1 <= whole.y1
