"""The curves of a run, for a ``FigureWidget``: they draw the recordings that they are given."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from ganlib.clinic import Recording
from ganlib.viz.clinic.scales import Scale, put_scale, scale_of, together
from ganlib.viz.figure_widget import Move
from ganlib.viz.labels import spread
from ganlib.viz.style import Picture

LINE_GAP = 0.2  # between two names, in heights of the axes


class Line(NamedTuple):
    """A curve of a recording: its key, the name at its end, its colour in the theme, its dashes."""

    key: str
    name: str
    colour: str
    dash: str


class Panel(NamedTuple):
    """Curves on one pair of axes of a ``kind`` that ``scales.scale_of`` knows. ``guides`` are levels to compare with.

    ``layered``: the norms of the single layers are drawn behind.
    """

    title: str
    kind: str
    lines: tuple[Line, ...]
    guides: tuple[float, ...] = ()
    layered: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its curves."""
        return tuple(line.key for line in self.lines) + (("layers",) if self.layered else ())


D, G = ("discriminator", "-"), ("generator", "--")
PANELS = (
    Panel("Loss of each player", "free", (Line("loss_d", "D", *D), Line("loss_g", "G", *G))),
    Panel(
        "D\u2019s mean output on real samples and on fakes",
        "free",
        (Line("real_logit", "real", "real", "-"), Line("fake_logit", "fake", "fake", "--")),
    ),
    Panel(
        "Accuracy of D, and spread of the fakes (1: as real)",
        "share",
        (Line("accuracy", "accuracy", *D), Line("spread", "spread", *G)),
        guides=(0.5, 1.0),
    ),
    Panel(
        "Norm of each player\u2019s gradient (thin: its layers)",
        "norm",
        (Line("gradient_d", "D", *D), Line("gradient_g", "G", *G)),
        layered=True,
    ),
)
"""All panels, from top to bottom."""

Mark = tuple[str, int]
"""Where to look: the key of a curve, or ``layers``, and an update."""


def scales_of(*runs: Recording) -> tuple[Scale, ...]:
    """For each panel the scale on which all these runs can be seen."""
    return tuple(scale_of(panel.kind, together(_values(run, panel) for run in runs)) for panel in PANELS)


def _values(run: Recording, panel: Panel) -> np.ndarray:
    layers = run.layers.values() if panel.layered else ()
    return together([*(run.curves[line.key] for line in panel.lines), *layers])


def run_chart(picture: Picture, place=None) -> Callable[..., list[Artist]]:
    """``move(run, total, scales, cursor, mark)``: all panels of a ``Recording``, or empty ones for None.

    - ``total`` is where the axis of updates ends. ``scales`` has a ``Scale`` for each panel.
    - ``cursor`` is an update to point at, ``mark`` a place on a curve to ring; None for none.
    """
    cell = picture.add_gridspec(1, 1)[0] if place is None else place
    grid = cell.subgridspec(len(PANELS), 1, hspace=0.1)
    axes = [picture.axes_of(grid[i]) for i in range(len(PANELS))]
    moves = [_panel(ax, panel) for ax, panel in zip(axes, PANELS, strict=True)]
    for ax in axes[:-1]:
        ax.tick_params(labelbottom=False)
    axes[-1].set_xlabel("updates", color=picture.theme.text, fontsize=9)

    def move(run: Recording | None, total: int, scales: Sequence[Scale], cursor=None, mark=None) -> list[Artist]:
        parts = zip(moves, scales, strict=True)
        return [artist for put, scale in parts for artist in put(run, total, scale, cursor, mark)]

    return move


def _panel(ax: Axes, panel: Panel) -> Move:
    """One pair of axes with its lines and their names, a place for a remark, a cursor and a ring."""
    colours = ax.figure.theme
    ax.figure.caption(ax, panel.title, "left")
    ax.title.set_fontsize(9.5)
    for level in panel.guides:
        ax.axhline(level, color=colours.faint, lw=1, zorder=0)
    curves = [_Curve(ax, line, panel.layered) for line in panel.lines]
    names = [curve.name for curve in curves]
    remark = ax.text(0.985, 0.94, "", transform=ax.transAxes, ha="right", va="top", color=colours.text, fontsize=9)
    cursor = ax.axvline(0, color=colours.text, lw=0.9, ls=":", zorder=2)
    (ring,) = ax.plot([], [], "o", ms=15, mfc="none", mec=colours.text, mew=2, zorder=5, clip_on=False)

    def move(run, total, scale, at, mark) -> list[Artist]:
        put_scale(ax, scale, total)
        ends = [curve.put(run, scale) for curve in curves]
        _put_names(ax, names, ends)
        remark.set_text(_remark(run, panel))
        cursor.set_visible(at is not None)
        cursor.set_xdata([at or 0] * 2)
        _put_ring(ring, run, panel, scale, mark)
        return [cursor, *(part for curve in curves for part in curve.parts), *names, remark, ring]

    return move


class _Curve:
    """A line with its name, and the lines of the single layers behind it."""

    def __init__(self, ax: Axes, line: Line, layered: bool):
        colour = getattr(ax.figure.theme, line.colour)
        style = {"transform": ax.transAxes, "fontsize": 9, "va": "center", "weight": "bold"}
        self.key, self.player = line.key, line.colour if layered else ""
        self.name = ax.text(1.02, 0.5, line.name, color=colour, **style)
        self._line = ax.plot([], [], line.dash, color=colour, lw=1.6, zorder=4)[0]
        self._layers = LineCollection([], colors=[colour], linewidths=0.7, linestyles=line.dash, alpha=0.55, zorder=3)
        ax.add_collection(self._layers, autolim=False)

    @property
    def parts(self) -> tuple[Artist, Artist]:
        """What moves of it besides its name."""
        return self._layers, self._line

    def put(self, run: Recording | None, scale: Scale) -> float | None:
        """Show the run and return the last value that is a number; None if there is none."""
        values = np.zeros(0) if run is None else scale.drawable(run.curves[self.key])
        self._line.set_data(np.zeros(0) if run is None else run.updates, values)
        if self.player:
            self._layers.set_segments([] if run is None else _segments(run, self.player, scale))
        seen = values[~np.isnan(values)]
        return float(seen[-1]) if len(seen) else None


def _segments(run: Recording, player: str, scale: Scale) -> list[np.ndarray]:
    norms = scale.drawable(run.layers[player])
    return [np.column_stack([run.updates[: len(norms)], column]) for column in norms.T]


def _put_names(ax: Axes, names: Sequence[Text], ends: Sequence[float | None]) -> None:
    """Put each name beside the end of its line, and move apart those that would touch."""
    for name, end in zip(names, ends, strict=True):
        name.set_alpha(0 if end is None else 1)  # its room stays
    there = [(name, end) for name, end in zip(names, ends, strict=True) if end is not None]
    if there:
        to_axes = ax.transData + ax.transAxes.inverted()
        heights = np.clip([to_axes.transform((0, end))[1] for _, end in there], 0, 1)
        for (name, _), height in zip(there, spread(heights, LINE_GAP), strict=True):
            name.set_y(height)


def _put_ring(ring: Line2D, run: Recording | None, panel: Panel, scale: Scale, mark: Mark | None) -> None:
    """Ring the marked place on its curve; of the layers, the smallest norm of the generator there."""
    ring.set_visible(run is not None and mark is not None and mark[0] in panel.keys and len(run.updates) > 0)
    if ring.get_visible():
        key, update = mark
        at = int(np.abs(run.updates - update).argmin())
        values = run.layers["generator"].min(axis=1) if key == "layers" else run.curves[key]
        ring.set_data([run.updates[at]], scale.drawable(values[at : at + 1]))


def _remark(run: Recording | None, panel: Panel) -> str:
    """From which update on a value of the panel was no number."""
    curves: Mapping[str, np.ndarray] = {} if run is None else run.curves
    bad = [run.updates[~np.isfinite(curves[line.key])] for line in panel.lines if line.key in curves]
    first = min((updates[0] for updates in bad if len(updates)), default=None)
    return "" if first is None else f"no number from update {first:,} on"
