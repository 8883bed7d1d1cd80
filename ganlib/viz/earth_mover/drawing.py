"""Heaps, goals and moves as a picture, for where the puzzle does not live."""

from collections.abc import Iterable
from math import ceil, sqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.gridspec import SubplotSpec
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path

from ganlib.viz.earth_mover.level import EarthLevel
from ganlib.viz.earth_mover.play import Play, number
from ganlib.viz.style import Picture

ROOM = 1.95  # for heaps and the arrows above them, in heights of the highest heap
LOW = 0.08  # blocks lie a little below the middle of their cell

Arrow = tuple[int, int, int]
"""Source, target, blocks; places are numbers."""


def draw_game(play: Play) -> Picture:
    """The start and, once something has moved, the heaps now with an arrow for each move."""
    level, moves = play.level, play.moves
    alt = f"Earth-mover puzzle, level {level.name!r}: heaps {level.start.tolist()}, goal {level.goal.tolist()}."
    if not moves:
        picture = Picture(5, _height(level), alt)
        _panel(
            picture,
            picture.add_gridspec()[0],
            level,
            level.start,
            (),
            f"{level.name}: {level.blocks} blocks and their goal (dashed)",
        )
        return picture
    picture = Picture(9, _height(level), f"{alt} Now {play.heaps.tolist()}. {play.verdict}")
    plural = "" if len(moves) == 1 else "s"
    left, right = picture.add_gridspec(1, 2)
    _panel(picture, left, level, level.start, (), f"{level.name}: the start")
    arrows = [(move.source, move.target, move.mass) for move in moves]
    words = f"after {len(moves)} move{plural}, {number(play.paid)} paid"
    _panel(picture, right, level, play.heaps, arrows, words)
    return picture


def draw_plan(level: EarthLevel, prices: bool = False) -> Picture:
    """The start, the goal, and an optimal plan as arrows with the blocks that they carry; the prices if asked for."""
    arrows = [(int(i), int(j), int(level.plan[i, j])) for i, j in zip(*level.plan.nonzero(), strict=True) if i != j]
    below = prices and level.on_a_line
    alt = f"An optimal plan for level {level.name!r}, of cost {number(level.optimum)}."
    words = f" Prices that prove it: {level.prices.round(2).tolist()}." if prices else ""
    picture = Picture(5, _height(level) + 1.4 * below, alt + words)
    grid = picture.add_gridspec(1 + below, 1, height_ratios=[2, 1][: 1 + below])
    _panel(picture, grid[0], level, level.start, arrows, f"{level.name}: an optimal plan costs {number(level.optimum)}")
    if below:
        _price_line(picture.axes_of(grid[1], sharex=picture.axes[0]), level)
    elif prices:
        _price_tags(picture.axes[0], level)
    return picture


def _price_line(ax: Axes, level: EarthLevel) -> None:
    """The prices over the columns."""
    theme, f = ax.figure.theme, level.prices
    ax.plot(f, "o-", color=theme.discriminator, markersize=5)
    for column, price in enumerate(f):
        ax.annotate(
            number(price), (column, price), (0, 6), textcoords="offset points", ha="center", color=theme.discriminator
        )
    ax.set(ylim=(-0.1 * f.max(), 1.35 * f.max()), yticks=[], xlabel="column")
    ax.spines["left"].set_visible(False)
    ax.figure.caption(ax, "prices f: no steeper than one per column", loc="left")


def _price_tags(ax: Axes, level: EarthLevel) -> None:
    """The prices in the corners of the cells."""
    colour = ax.figure.theme.discriminator
    for index, price in enumerate(level.prices):
        row, column = level.place(index)
        ax.text(column - 0.44, row - 0.42, f"f = {number(price)}", color=colour, fontsize=8, ha="left", va="top")


def _height(level: EarthLevel) -> float:
    return 2.9 if level.on_a_line else 0.5 + level.start.shape[0]


def _panel(
    picture: Picture, place: SubplotSpec, level: EarthLevel, heaps: np.ndarray, arrows: Iterable[Arrow], words: str
) -> None:
    ax = picture.axes_of(place)
    picture.caption(ax, words, loc="left")
    draw = _line if level.on_a_line else _grid
    draw(ax, level, heaps)
    for source, target, blocks in arrows:
        _arrow(ax, level, source, target, str(blocks))


def _block(ax: Axes, x: float, y: float, width: float, height: float, filled: bool, wanted: bool) -> None:
    """A block of earth, a place for one in dashes, or both: then the outline is closed."""
    theme = ax.figure.theme
    if filled:
        ax.add_patch(Rectangle((x + 0.08 * width, y + 0.08 * height), 0.84 * width, 0.84 * height, fc=theme.fake))
    if wanted:
        dashes = "-" if filled else (0, (3, 2))
        ax.add_patch(Rectangle((x, y), width, height, fill=False, ec=theme.real, lw=1.6, ls=dashes))


def _line(ax: Axes, level: EarthLevel, heaps: np.ndarray) -> None:
    """Columns of blocks, one above the other."""
    tall = int(max(level.start.max(), level.goal.max(), heaps.max()))
    for column, (here, goal) in enumerate(zip(heaps, level.goal, strict=True)):
        for k in range(max(here, goal)):
            _block(ax, column - 0.36, k, 0.72, 1, k < here, k < goal)
    ax.set(xlim=(-0.6, level.start.size - 0.4), ylim=(0, ROOM * tall), xticks=range(level.start.size), yticks=[])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("column")


def _grid(ax: Axes, level: EarthLevel, heaps: np.ndarray) -> None:
    """Cells with a small square of slots in each, filled from the lower left."""
    rows, columns = level.start.shape
    side = ceil(sqrt(max(level.start.max(), level.goal.max(), heaps.max())))
    size = 0.72 / side
    for (row, column), here in np.ndenumerate(heaps):
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, ec=ax.figure.theme.faint, lw=0.8))
        for k in range(max(here, level.goal[row, column])):
            x, y = column - 0.36 + size * (k % side), row + LOW + 0.36 - size * (k // side + 1)
            _block(ax, x, y, 0.9 * size, 0.9 * size, k < here, k < level.goal[row, column])
    ax.set(xlim=(-0.55, columns - 0.45), ylim=(rows - 0.45, -0.55), aspect="equal")
    ax.set(xticks=range(columns), yticks=range(rows), xlabel="column", ylabel="row")
    ax.spines[["left", "bottom"]].set_visible(False)


def _arrow(ax: Axes, level: EarthLevel, source: int, target: int, words: str) -> None:
    """A bent arrow from place to place, its words at the middle."""
    theme = ax.figure.theme
    start, peak, end = _way(level, ax.get_ylim()[1] / ROOM, source, target)
    way = Path([start, peak, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    ax.add_patch(FancyArrowPatch(path=way, arrowstyle="-|>", mutation_scale=11, color=theme.text, lw=1.2))
    box = {"facecolor": theme.background, "edgecolor": "none", "pad": 1.0}
    t = 0.5 - 0.2 * np.sign(end[1] - start[1])  # on grids clear of what is written at the top of cells
    x, y = (1 - t) ** 2 * start + 2 * t * (1 - t) * peak + t**2 * end
    ax.text(x, y, words, ha="center", va="center", color=theme.text, fontsize=9.5, bbox=box)


def _way(level: EarthLevel, tall: float, source: int, target: int) -> tuple[np.ndarray, ...]:
    """Start, peak and end of a quadratic curve: an arc above the heaps, or nearly straight from cell to cell."""
    if level.on_a_line:
        foot = 1.05 * tall
        rise = tall * (0.15 + 0.55 * abs(source - target) / (level.start.size - 1))
        return np.array([source, foot]), np.array([(source + target) / 2, foot + 2 * rise]), np.array([target, foot])
    start, end = (np.add(level.place(index)[::-1], (0, LOW)) for index in (source, target))
    across = np.array([-1, 1]) * (end - start)[::-1]
    return start, (start + end) / 2 + 0.15 * across, end
