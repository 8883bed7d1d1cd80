"""Grids in a still picture: the boards of the page, drawn side by side with the same marks."""

from collections.abc import Mapping, Sequence
from html import unescape
from re import sub
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from ganlib.viz.style import DOTS_PER_INCH, Picture
from ganlib.viz.transposed.board import LETTER, RULED, STRENGTH, Grid, Mark, short

WIDTH, GAP, TITLE, LINE = 900.0, 24.0, 24.0, 19.0
NARROW = 300.0  # words beside the last grid need so much room, else they stand below
POINT = 72 / DOTS_PER_INCH
DASHES = {"window": (0, (4, 2))}


def painted(grids: Mapping[str, Grid | None], words: Sequence[str], alt: str) -> Picture:
    """A picture of the grids, in rows as they fit, and of lines of words (HTML) after the last grid."""
    shown = [grid for grid in grids.values() if grid is not None]
    places, (x, y), bottom = _places(shown)
    if WIDTH - x < NARROW:
        x, y = GAP / 2, bottom
    lines = [part for line in words for part in wrap(unescape(sub("<[^>]*>", "", line)), int((WIDTH - x) / LETTER))]
    height = max(bottom, y + LINE * (len(lines) + 1))
    picture = Picture(WIDTH / DOTS_PER_INCH, height / DOTS_PER_INCH, alt)
    picture.set_layout_engine("none")
    ax = picture.axes_of()
    ax.set(position=(0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
    ax.set_axis_off()
    for grid, place in zip(shown, places, strict=True):
        _paint(ax, grid, *place)
    for i, line in enumerate(lines):
        ax.text(x, y + LINE * (i + 0.9), line, color=picture.theme.text, fontsize=9.5, va="center")
    return picture


def _places(grids: Sequence[Grid]) -> tuple[list[tuple[float, float]], tuple[float, float], float]:
    """The left upper corner of each grid's cells, where the next grid would begin, and the height of all."""
    places, x, y, tallest = [], GAP / 2, 0.0, 0.0
    for grid in grids:
        width, height = grid.extent
        if x + width > WIDTH and x > GAP:
            x, y, tallest = GAP / 2, y + tallest, 0.0
        places.append((x + grid.margin, y + TITLE + grid.margin))
        x, tallest = x + width + GAP, max(tallest, TITLE + height + GAP / 2)
    return places, (x, y), y + tallest


def _paint(ax: Axes, grid: Grid, x: float, y: float) -> None:
    colours, (rows, columns), (w, h) = ax.figure.theme, grid.values.shape, grid.cell
    background, ink = (np.array(to_rgb(colour)) for colour in (colours.background, colours.text))
    share = STRENGTH[grid.readable] * grid.shades[..., None]
    edges = (x, x + columns * w, y + rows * h, y)
    ax.imshow(background + share * (ink - background), extent=edges, interpolation="nearest", aspect="auto", zorder=1)
    ax.text(x, y - grid.margin - 2, grid.title, color=colours.text, fontsize=9.5, va="bottom")
    for row, column in np.argwhere(~grid.inside):
        place = (x + column * w, y + row * h)
        ax.add_patch(Rectangle(place, w, h, fc="none", ec=colours.faint, lw=0, hatch="////", zorder=2))
    if min(w, h) >= RULED:
        ax.hlines(y + h * np.arange(rows + 1), x, x + columns * w, colors=colours.faint, lw=0.7, zorder=3)
        ax.vlines(x + w * np.arange(columns + 1), y, y + rows * h, colors=colours.faint, lw=0.7, zorder=3)
    else:
        ax.add_patch(Rectangle((x, y), columns * w, rows * h, fc="none", ec=colours.faint, lw=0.7, zorder=3))
    if grid.readable:
        _write(ax, grid, x, y)
    if grid.counted:
        _count(ax, grid, x, y)
    for mark in grid.marks:
        _outline(ax, mark, grid.cell, x, y)


def _write(ax: Axes, grid: Grid, x: float, y: float) -> None:
    """The numbers; over hatching, with a rim of background."""
    (w, h), style = grid.cell, {"color": ax.figure.theme.text, "ha": "center", "va": "center", "zorder": 4}
    longest = max([1, *map(len, grid.words)])
    size = POINT * max(8, min(15, 0.5 * h, 1.6 * (w - 6) / longest))
    halo = withStroke(linewidth=2, foreground=ax.figure.theme.background)
    for (row, column), value in np.ndenumerate(grid.values):
        effects = None if grid.inside[row, column] else [halo]
        place = (x + (column + 0.5) * w, y + (row + 0.5) * h)
        ax.text(*place, short(value), fontsize=size, path_effects=effects, **style)


def _count(ax: Axes, grid: Grid, x: float, y: float) -> None:
    """The counts of rows and columns, from the first cell inside."""
    style = {"color": ax.figure.theme.text, "fontsize": 7.5, "va": "center", "zorder": 4}
    (w, h), (rows, columns) = grid.cell, grid.seen
    for row in range(rows if rows > 1 else 0):
        ax.text(x - 4, y + (grid.first[0] + row + 0.5) * h, row, ha="right", **style)
    for column in range(columns):
        ax.text(x + (grid.first[1] + column + 0.5) * w, y - grid.margin / 2, column, ha="center", **style)


def _outline(ax: Axes, mark: Mark, cell: tuple[float, float], x: float, y: float) -> None:
    w, h = cell
    inset = min(4, 0.11 * h) if mark.kind == "focus" else 0
    place = (x + mark.left * w + inset, y + mark.top * h + inset)
    size = (mark.width * w - 2 * inset, mark.height * h - 2 * inset)
    thin = mark.kind == "focus" or min(cell) < 6
    style = {"lw": 1.2 if thin else 2, "ls": DASHES.get(mark.kind, "-"), "zorder": 5}
    ax.add_patch(Rectangle(place, *size, fc="none", ec=ax.figure.theme.text, **style))
