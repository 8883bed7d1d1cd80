"""What each board shows after so many steps of a story."""

import numpy as np

from ganlib.viz.transposed.board import Grid, Mark, fitted, short
from ganlib.viz.transposed.story import Cell, Story, Window
from ganlib.viz.transposed.words import PRIME, TIMES, extent

CELL = 28.0
BOARD, MATRIX = 430.0, 240.0  # the longest side of a grid and of a matrix, in pixels
NAMES = ("x", "wide", "kernel", "products", "output", "counts", "matrix", "adjoint")

Marks = tuple[Mark, ...]


def grids(story: Story, steps: int) -> dict[str, Grid | None]:
    """The grid of each board after so many steps; None for a board that the operation does not have."""
    focus = story.focus(steps) if steps else None
    return {
        **_inputs(story, steps),
        **_kernels(story, steps, focus),
        **_outputs(story, steps, focus),
        **_matrices(story, steps),
    }


def _inputs(story: Story, steps: int) -> dict[str, Grid | None]:
    words = extent(story.x.shape, story.settings.dimensions)
    place = story.places[steps - 1] if steps else None
    if story.stamps:
        marks = (Mark("now", *place),) if steps else ()
        return {"x": _grid(f"Input x, {words}", story.x, marks), "wide": None}
    window = (_outline("window", story.windows[steps - 1]),) if steps else ()
    padding = f", with padding {story.axes[1].padding}" if story.axes[1].padding else ""
    shown = {"inside": story.inside, "first": tuple(axis.padding for axis in story.axes)}
    if story.settings.operation == "convolution":
        return {"x": _grid(f"Input x, {words}{padding}", story.wide, window, **shown), "wide": None}
    wide = extent(tuple(axis.wide for axis in story.axes), story.settings.dimensions)
    grid = _grid(f"Upsampled, {wide}{padding}", story.wide, window, **shown)
    source = story.source(steps) if steps else None
    return {"x": _grid(f"Input x, {words}", story.x, (_outline("window", source),) if source else ()), "wide": grid}


def _kernels(story: Story, steps: int, focus: Cell | None) -> dict[str, Grid]:
    """The kernel and the products; in a stamp, the tap is marked that falls on the cell in focus."""
    marks, title = (), "Products"
    products = story.products(steps) if steps else np.full(story.weight.shape, np.nan)
    if story.stamps and focus:
        window = story.windows[steps - 1]
        marks = (Mark("focus", *(i - part.start for i, part in zip(focus, window, strict=True))),)
    if steps:
        title = f"{short(story.x[story.places[steps - 1]])} {TIMES} kernel" if story.stamps else "Products"
    peak = np.abs(story.x).max() * np.abs(story.weight).max()
    words = extent(story.weight.shape, story.settings.dimensions)
    return {
        "kernel": _grid(f"Kernel, {words}", story.weight, marks),
        "products": _grid(title, products, marks, peak=peak),
    }


def _outputs(story: Story, steps: int, focus: Cell | None) -> dict[str, Grid]:
    """The output as far as it is known, and the number of products in each of its cells."""
    counts, whole = story.counts(steps), story.counts(story.total)
    known = (counts > 0) | (steps == story.total) if story.stamps else ~np.isnan(counts)
    values, counts = (np.where(known, numbers, np.nan) for numbers in (story.after(steps), counts))
    shown, marks = {}, (Mark("now", *focus),) if focus else ()
    if story.stamps:
        shown = {"inside": story.inside, "first": tuple(axis.padding for axis in story.axes)}
        marks = (_outline("window", story.windows[steps - 1]),) if steps else ()
        marks += (Mark("focus", *focus),) if focus else ()
    cut = ", hatched cells cut off" if story.stamps and not story.inside.all() else ""
    words = extent(story.output.shape, story.settings.dimensions)
    title = "Stamps on each cell" if story.stamps else "Products in each cell"
    peak = np.abs(story.after(story.total)).max()
    return {
        "output": _grid(f"Output, {words}{cut}", values, marks, peak=peak, **shown),
        "counts": _grid(title, counts, marks, peak=whole.max(), largest=26, **shown),
    }


def _matrices(story: Story, steps: int) -> dict[str, Grid | None]:
    """C and its transpose, the one in use first; the place of the present step is a row of C and a column of C'."""
    if story.settings.operation == "upsample":
        return {"matrix": _matrix("C U", story.matrix, "output = C U x", steps, row=True), "adjoint": None}
    C = story.convolution
    both = {"matrix": ("C", C, "output = C x", True), "adjoint": (f"C{PRIME}", C.T, "the adjoint", False)}
    if story.stamps:
        both = {
            "matrix": (f"C{PRIME}", C.T, f"output = C{PRIME} x", False),
            "adjoint": ("C", C, "the convolution", True),
        }
    return {key: _matrix(name, M, use, steps, row=row) for key, (name, M, use, row) in both.items()}


def _matrix(name: str, matrix: np.ndarray, use: str, steps: int, *, row: bool) -> Grid:
    rows, columns = matrix.shape
    marks = ()
    if steps:
        marks = (Mark("now", steps - 1, 0, 1, columns) if row else Mark("now", 0, steps - 1, rows, 1),)
    return _grid(f"{name}, {rows} {TIMES} {columns}: {use}", matrix, marks, longest=MATRIX, largest=24, first=None)


def _grid(
    title: str,
    values: np.ndarray,
    marks: Marks = (),
    *,
    peak: float | None = None,
    inside: np.ndarray | None = None,
    first: Cell | None = (0, 0),
    longest: float = BOARD,
    largest: float = CELL,
) -> Grid:
    """A grid whose cells are as large as fits; the largest of its own values has the strongest tint, unless said."""
    peak = np.nanmax(np.abs(values)) if peak is None else peak
    inside = np.ones(values.shape, dtype=bool) if inside is None else inside
    return Grid(title, values, fitted(values.shape, longest, longest, largest), float(peak), inside, first, marks)


def _outline(kind: str, window: Window) -> Mark:
    rows, columns = window
    return Mark(kind, rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)
