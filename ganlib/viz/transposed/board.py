"""A grid of numbers with marked cells: as a live widget, and as part of a still picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import traitlets
from anywidget import AnyWidget

from ganlib.viz.browser import PALETTE, STATIC, STYLES, script

EDGE, COUNTS, LETTER = 3, 16, 7.4  # pixels: room for outlines, for counts of rows and columns, for a letter of a title
READABLE = 19  # cells with a narrower side show no numbers
RULED = 9  # cells with a narrower side have no lines between them
STRENGTH = {True: 0.3, False: 0.8}
"""How strong the tint of the largest number is, where numbers are shown and where not."""


class Mark(NamedTuple):
    """An outline around cells; ``kind`` is "now" (thick), "window" (dashed) or "focus" (a second, inner line)."""

    kind: str
    top: int
    left: int
    height: int = 1
    width: int = 1


@dataclass(frozen=True)
class Grid:
    """What a board shows.

    ``values`` (rows, columns) are written in cells of ``cell`` = (width, height) pixels where these have room, and
    tint them: |value| = ``peak`` is the strongest. NaN is an empty cell. Cells that are not ``inside`` are hatched.
    Rows and columns are counted from ``first`` on, from the first cell that is inside; None shows no counts.
    """

    title: str
    values: np.ndarray
    cell: tuple[float, float]
    peak: float
    inside: np.ndarray
    first: tuple[int, int] | None = (0, 0)
    marks: tuple[Mark, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the cells have room for numbers."""
        return min(self.cell) >= READABLE

    @property
    def counted(self) -> bool:
        """Whether there are counts of rows and columns."""
        return self.readable and self.first is not None

    @property
    def seen(self) -> tuple[int, int]:
        """How many rows and columns are inside."""
        return tuple(int(self.inside.any(axis=axis).sum()) for axis in (1, 0))

    @property
    def margin(self) -> int:
        """How far the cells are from the left and upper edge, in pixels."""
        return COUNTS if self.counted else EDGE

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in pixels at full size, the title's height aside."""
        rows, columns = self.values.shape
        width, height = (self.margin + n * side + EDGE for n, side in zip((columns, rows), self.cell, strict=True))
        return max(width, LETTER * len(self.title)), height

    @property
    def words(self) -> list[str]:
        """What is written in the cells, row by row."""
        return [short(value) for value in self.values.ravel()] if self.readable else []

    @property
    def shades(self) -> np.ndarray:
        """How strong the tint of each cell is, from 0 for 0 and for empty cells to 1; all that is not 0 can be told."""
        size = np.abs(np.nan_to_num(self.values)) / max(self.peak, 1e-12)
        return np.where(size > 0, 0.2 + 0.8 * size.clip(0, 1), 0.0)

    @property
    def alt(self) -> str:
        """The grid in words: its numbers row by row, as far as they are shown."""
        if not self.readable:
            return self.title
        rows = [" ".join(short(value) or "empty" for value in row) for row in self.values]
        return f"{self.title}: {'; '.join(rows)}"

    def form(self) -> dict:
        """What the browser is told about shape and looks."""
        return {
            "rows": self.values.shape[0],
            "columns": self.values.shape[1],
            "cell": list(self.cell),
            "first": list(self.first) if self.counted else None,
            "seen": list(self.seen),
            "strength": STRENGTH[self.readable],
            "margin": self.margin,
            "edge": EDGE,
            "ruled": min(self.cell) >= RULED,
        }


class Board(AnyWidget):
    """Shows a ``Grid``. With ``edited``, the reader may click a cell or go to it with the arrow keys and type a digit.

    ``edited(row, column, value)`` is then told, counted from the first cell inside. Nothing changes by itself.
    """

    _esm = script("shell", "board")
    _css = STYLES + (STATIC / "board.css").read_text(encoding="utf-8")
    palette = traitlets.Dict(PALETTE).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    form = traitlets.Dict().tag(sync=True)
    words = traitlets.List().tag(sync=True)
    shades = traitlets.Bytes(b"").tag(sync=True)
    hatched = traitlets.Bytes(b"").tag(sync=True)
    marks = traitlets.List().tag(sync=True)
    editable = traitlets.Bool(False).tag(sync=True)

    def __init__(self, edited: Callable[[int, int, float], None] | None = None):
        super().__init__(editable=edited is not None)
        self.layout.max_width, self.layout.margin = "calc(100% - 4px)", "4px 14px 4px 2px"
        if edited is not None:
            self.on_msg(lambda _, message, buffers: edited(message["row"], message["column"], message["value"]))

    def show(self, grid: Grid | None) -> None:
        """Show a grid, or hide for None."""
        self.layout.display = "none" if grid is None else "flex"
        if grid is None:
            return
        self.layout.width = f"{grid.extent[0]:.0f}px"
        with self.hold_sync():
            self.title, self.alt, self.form, self.words = grid.title, grid.alt, grid.form(), grid.words
            self.shades = np.rint(255 * grid.shades).astype(np.uint8).tobytes()
            self.hatched = (~grid.inside).astype(np.uint8).tobytes()
            self.marks = [mark._asdict() for mark in grid.marks]


def short(value: float) -> str:
    """A number as a board shows it, with a true minus; nothing for NaN."""
    return "" if np.isnan(value) else f"{value:.4g}".replace("-", "\u2212")


def fitted(shape: Sequence[int], width: float, height: float, largest: float) -> tuple[float, float]:
    """The width and height of cells, so that a grid of this shape fits: squares, unless these would hardly be seen."""
    across, down = min(largest, width / shape[1]), min(largest, height / shape[0])
    side = min(across, down)
    return (side, side) if side >= 3 else (min(across, 6 * side), min(down, 6 * side))
