"""A convolution told step by step: its numbers after each step, its matrix, and what each output cell is made of."""

from functools import cached_property

import numpy as np

from ganlib.viz.transposed.settings import Axis, Settings

Window = tuple[slice, slice]
Cell = tuple[int, int]


class Story:
    """The steps of an operation: a transposed convolution stamps one input cell each, the others fill one output cell.

    All grids have two axes; in one dimension the first has a single row.

        C: row q is the kernel, laid out on the wide side at the window of place q
        convolution:             output = C x
        transposed convolution:  output = C' x
        upsample, then convolve: output = C U x, where U repeats cells

    ``x`` and ``weight`` are the input and the kernel; ``windows`` are those of all places, row by row.

    Source: Dumoulin and Visin 2016, arXiv 1603.07285, section 4.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self.x, self.weight = settings.numbers()
        self.axes = (settings.axis if settings.dimensions == 2 else Axis(), settings.axis)
        self.places = [(r, c) for r in range(self.axes[0].narrow) for c in range(self.axes[1].narrow)]
        self.windows = [
            tuple(axis.window(q) for axis, q in zip(self.axes, place, strict=True)) for place in self.places
        ]

    @property
    def stamps(self) -> bool:
        """Whether the operation stamps its input on the wide side; otherwise it reads there."""
        return self.settings.operation == "transposed"

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(self.places)

    @property
    def seen(self) -> Window:
        """The cells of the wide side that are no padding."""
        return tuple(axis.seen for axis in self.axes)

    @property
    def full(self) -> Cell:
        """The shape of the wide side with its padding."""
        return tuple(axis.full for axis in self.axes)

    @cached_property
    def wide(self) -> np.ndarray:
        """What a convolution reads: the input, upsampled if so, with zeros around it."""
        return self._widened(self.x)

    @cached_property
    def inside(self) -> np.ndarray:
        """True where the wide side is no padding."""
        mask = np.zeros(self.full, dtype=bool)
        mask[self.seen] = True
        return mask

    def after(self, steps: int) -> np.ndarray:
        """The output after so many steps: with what will be cut off for stamps, else NaN where nothing is yet."""
        return self._after(steps, self.x, self.weight)

    def counts(self, steps: int) -> np.ndarray:
        """How many products, of an input cell and a kernel cell, each cell of ``after(steps)`` is the sum of."""
        return self._after(steps, np.ones_like(self.x), np.ones_like(self.weight))

    def products(self, step: int) -> np.ndarray:
        """What is multiplied in step 1, 2 and so on, in the kernel's shape."""
        source = self.x[self.places[step - 1]] if self.stamps else self.wide[self.windows[step - 1]]
        return source * self.weight

    def source(self, step: int) -> Window | None:
        """The input cells that a step of a convolution reads, upsampled or not; None if it reads padding only."""
        parts = []
        for axis, n, window in zip(self.axes, self.x.shape, self.windows[step - 1], strict=True):
            first, last = (max(window.start - axis.padding, 0), min(window.stop - axis.padding, axis.wide) - 1)
            repeats = axis.wide // n
            parts.append(slice(first // repeats, last // repeats + 1))
        return tuple(parts) if all(part.start < part.stop for part in parts) else None

    @property
    def output(self) -> np.ndarray:
        """The complete output."""
        whole = self.after(self.total)
        return whole[self.seen] if self.stamps else whole

    @property
    def overlap(self) -> np.ndarray:
        """How many products each cell of the complete output is the sum of."""
        whole = self.counts(self.total)
        return whole[self.seen] if self.stamps else whole

    @cached_property
    def convolution(self) -> np.ndarray:
        """C: a row for each narrow place, a column for each seen cell of the wide side."""
        rows = []
        for window in self.windows:
            laid = np.zeros(self.full)
            laid[window] = self.weight
            rows.append(laid[self.seen].ravel())
        return np.array(rows)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The matrix of the whole operation: a row for each output cell, a column for each input cell."""
        if self.stamps:
            return self.convolution.T
        cells = np.eye(self.x.size).reshape(-1, *self.x.shape)
        return self.convolution @ np.stack([self._widened(cell)[self.seen].ravel() for cell in cells], axis=1)

    def terms(self, cell: Cell, steps: int) -> list[tuple[float, float]]:
        """The products (input, kernel) that a cell of ``after(steps)`` is the sum of."""
        if not self.stamps:
            window = self.windows[self.places.index(cell)]
            inside = self.inside[window]
            return list(zip(self.wide[window][inside], self.weight[inside], strict=True))
        found = []
        for place, window in zip(self.places[:steps], self.windows, strict=False):
            tap = tuple(i - part.start for i, part in zip(cell, window, strict=True))
            if all(0 <= t < k for t, k in zip(tap, self.weight.shape, strict=True)):
                found.append((self.x[place], self.weight[tap]))
        return found

    def focus(self, step: int) -> Cell | None:
        """A cell of this step's output to look at: of a stamp the seen one with most stamps; None if none is seen."""
        if not self.stamps:
            return self.places[step - 1]
        counts = np.zeros(self.full)
        window = self.windows[step - 1]
        counts[window] = (self.counts(step) * self.inside)[window]
        cell = np.unravel_index(counts.argmax(), counts.shape)
        return tuple(map(int, cell)) if counts[cell] else None

    def _after(self, steps: int, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        if self.stamps:
            output = np.zeros(self.full)
            for place, window in zip(self.places[:steps], self.windows, strict=False):
                output[window] += x[place] * weight
            return output
        output, wide = np.full([axis.narrow for axis in self.axes], np.nan), self._widened(x)
        for place, window in zip(self.places[:steps], self.windows, strict=False):
            output[place] = (wide[window] * weight).sum()
        return output

    def _widened(self, x: np.ndarray) -> np.ndarray:
        repeats = [axis.wide // n for axis, n in zip(self.axes, x.shape, strict=True)]
        padded = np.zeros(self.full)
        padded[self.seen] = np.kron(x, np.ones(repeats))
        return padded
