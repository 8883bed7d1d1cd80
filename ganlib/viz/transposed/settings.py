"""The settings of a convolution on a small grid, and which of them go together."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from ganlib.viz.transposed.presets import KERNELS, PIXELS, table

OPERATIONS = {
    "transposed": "transposed convolution",
    "convolution": "convolution",
    "upsample": "upsample, then convolve",
}
RANGES = {
    "size": (2, 6),
    "kernel_size": (1, 5),
    "stride": (1, 3),
    "padding": (0, 2),
    "output_padding": (0, 2),
    "dimensions": (1, 2),
}
FIXED = {"operation", "size", "kernel_size", "dimensions"}
"""What numbers of the reader's own, or output padding, may not survive a change of."""


class Axis(NamedTuple):
    """One axis of a convolution, which has a wide and a narrow side.

    Place q of the ``narrow`` ones has a window of ``kernel`` cells, from ``stride`` q on, among ``full`` cells. Of
    these, ``wide`` ones from ``padding`` on are seen; the others are padding. A convolution reads each window into its
    place; its adjoint stamps each place on its window.
    """

    narrow: int = 1
    wide: int = 1
    full: int = 1
    kernel: int = 1
    stride: int = 1
    padding: int = 0

    def window(self, q: int) -> slice:
        """The cells that belong to place q."""
        return slice(self.stride * q, self.stride * q + self.kernel)

    @property
    def seen(self) -> slice:
        """The cells that are no padding."""
        return slice(self.padding, self.padding + self.wide)


@dataclass(frozen=True)
class Settings:
    """What is computed: the operation, its sizes as PyTorch names them, and its numbers.

    With "upsample", ``stride`` is how often each input cell is repeated, and the convolution has stride 1. ``x`` and
    ``kernel`` are names of presets, or numbers of your own: square, or one row where ``dimensions`` is 1. Then ``size``
    and ``kernel_size`` follow from them.

    Raises: ValueError, which names the setting, for a value that is out of range or does not go with the others.
    """

    operation: str = "transposed"
    size: int = 3
    kernel_size: int = 3
    stride: int = 2
    padding: int = 0
    output_padding: int = 0
    dimensions: int = 2
    x: str | Sequence = "ramp"
    kernel: str | Sequence = "ramp"

    def __post_init__(self):
        if self.operation not in OPERATIONS:
            raise ValueError(f"operation = {self.operation!r}, expected one of {', '.join(OPERATIONS)}")
        self._take("x", "size", PIXELS)
        self._take("kernel", "kernel_size", KERNELS)
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, int) or not low <= value <= high:
                raise ValueError(f"{name} = {value!r}, expected an integer from {low} to {high}")
        self._check_output_padding()
        self._check_output()

    def change(self, **settings) -> "Settings":
        """These settings with some changed.

        Numbers of your own give way to the ramp where a size or dimension is asked for that is not theirs. Another
        operation begins without output padding.

        Raises: ValueError for a name that is none or a value that is refused.
        """
        names = [field.name for field in fields(self)]
        unknown = sorted(set(settings) - set(names))
        if unknown:
            raise ValueError(f"{unknown[0]} is no setting, expected one of {', '.join(names)}")
        moved = {name for name in FIXED & set(settings) if settings[name] != getattr(self, name)}
        for name, size in (("x", "size"), ("kernel", "kernel_size")):
            if not isinstance(getattr(self, name), str) and {size, "dimensions"} & moved:
                settings = {name: "ramp"} | settings
        if "operation" in moved:
            settings = {"output_padding": 0} | settings
        return replace(self, **settings)

    @property
    def axis(self) -> Axis:
        """The axis along which the convolution works: one of two equal ones, or the only one."""
        n, k, s, p = self.size, self.kernel_size, self.stride, self.padding
        if self.operation == "transposed":
            stamped = (n - 1) * s + k
            wide = stamped - 2 * p + self.output_padding
            return Axis(n, wide, max(stamped, p + wide), k, s, p)
        repeats, step = (s, 1) if self.operation == "upsample" else (1, s)
        full = n * repeats + 2 * p
        return Axis((full - k) // step + 1, n * repeats, full, k, step, p)

    @property
    def output_size(self) -> int:
        """How many cells the output has along an axis."""
        return self.axis.wide if self.operation == "transposed" else self.axis.narrow

    def _take(self, name: str, size: str, presets: dict) -> None:
        """Keep numbers of the reader's own as a table, and their size with them."""
        value = getattr(self, name)
        if isinstance(value, str):
            if value not in presets:
                raise ValueError(f"{name} = {value!r}, expected one of {', '.join(presets)}, or numbers")
            return
        rows = table(name, value, self.dimensions)
        object.__setattr__(self, name, rows)
        object.__setattr__(self, size, len(rows[0]))

    def _check_output_padding(self) -> None:
        o, s = self.output_padding, self.stride
        if self.operation != "transposed" and o:
            raise ValueError(f"output_padding = {o}, expected 0: only a transposed convolution has one")
        if self.operation == "transposed" and o >= s:
            raise ValueError(f"output_padding = {o}, expected less than the stride, which is {s}")

    def _check_output(self) -> None:
        n, k, s, p = self.size, self.kernel_size, self.stride, self.padding
        if self.output_size >= 1:
            return
        if self.operation == "transposed":
            cells = (n - 1) * s + k + self.output_padding
            raise ValueError(
                f"padding = {p}, expected at most {(cells - 1) // 2}: 2 x {p} of {cells} cells are cut off"
            )
        full = self.axis.full
        raise ValueError(f"kernel_size = {k}, expected at most {full}: with its padding the picture is {full} wide")

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """The input and the kernel, each (rows, columns) with a single row where ``dimensions`` is 1."""
        pairs = ((self.x, self.size, PIXELS), (self.kernel, self.kernel_size, KERNELS))
        shapes = [((n if self.dimensions == 2 else 1), n) for _, n, _ in pairs]
        return tuple(
            presets[value](shape) if isinstance(value, str) else np.array(value, dtype=float)
            for (value, _, presets), shape in zip(pairs, shapes, strict=True)
        )
