"""The upright axes of a run's curves: one scale for the run before and after a treatment."""

from collections.abc import Iterable
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, Locator, MaxNLocator, NullLocator

WIDE = 20.0  # values beyond are drawn on an axis that is logarithmic outside [-1, 1]
SMALLEST, LARGEST = 1e-8, 1e9  # norms below and values beyond are drawn here
MARGIN = 0.04  # around shares, so that lines at 0 and 1 are seen whole
TOPS = (1 + MARGIN, 1.25, 1.5, 2.0, 3.0)  # where the axis of shares can end; what lies beyond is drawn there
ROOM = 1.04  # how far the axis of updates goes on, in lengths of the run


class Scale(NamedTuple):
    """An upright axis: ``linear``, ``symlog`` or ``log``, with its ends."""

    kind: str
    low: float
    high: float

    def drawable(self, values: np.ndarray) -> np.ndarray:
        """Values with those beyond the axis at its ends, so that they can be seen; NaN stays."""
        values = np.where(np.isinf(values), np.nan, values)
        return values.clip(max(self.low, SMALLEST) if self.kind == "log" else self.low, self.high)


def scale_of(kind: str, values: np.ndarray) -> Scale:
    """The scale on which values can be seen. Its ends are round, so they move in steps when a run goes on.

    ``kind`` is ``"share"`` for values around [0, 1], ``"norm"`` for a logarithmic axis, or ``"free"``.
    """
    values = values[np.isfinite(values)].clip(-LARGEST, LARGEST)
    return {"share": _of_shares, "norm": _of_norms, "free": _of_any}[kind](values)


def _of_shares(values: np.ndarray) -> Scale:
    highest = max(values, default=0.0)
    return Scale("linear", -MARGIN, next((top for top in TOPS if highest <= top), TOPS[-1]))


def _of_norms(values: np.ndarray) -> Scale:
    """Whole powers of ten, from 0.1 to 10 at least. A norm of 0 lies a little above the bottom, to be seen."""
    seen = values[values > SMALLEST]
    low, high = (min(seen), max(seen)) if len(seen) else (1.0, 1.0)
    low = SMALLEST / 10 if len(seen) < len(values) else low
    return Scale("log", 10.0 ** min(-1, floor(log10(low))), 10.0 ** max(1, ceil(log10(high))))


def _of_any(values: np.ndarray) -> Scale:
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if max(-low, high) > WIDE:
        return Scale("symlog", -_power_above(-low), _power_above(high))
    return Scale("linear", -_rounded_up(-low), _rounded_up(high) if high > 0 or low < 0 else 1.0)


def put_scale(ax: Axes, scale: Scale, total: int) -> None:
    """Give axes the ends of both scales, and ticks that are few and round."""
    ax.set_xlim(0, ROOM * total)
    if (ax.get_yscale(), *ax.get_ylim()) == tuple(scale):
        return
    if ax.get_yscale() != scale.kind:
        ax.set_yscale(scale.kind, **({"linthresh": 1.0} if scale.kind == "symlog" else {}))
    ax.set_ylim(scale.low, scale.high)
    ax.yaxis.set_major_locator(_ticks(scale))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(lambda value, _: _short(value))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _ticks(scale: Scale) -> Locator:
    if scale.kind == "log":
        low, high = (round(log10(end)) for end in (max(scale.low, SMALLEST), scale.high))
        return FixedLocator([10.0**power for power in range(low, high + 1, ceil((high - low) / 4))])
    if scale.kind == "linear":
        return MaxNLocator(3, steps=[1, 2, 5, 10])
    return FixedLocator([-tick for tick in _powers(-scale.low)] + [0.0] + _powers(scale.high))


def _powers(end: float) -> list[float]:
    """The end, which is a power of ten, and one on the way to it."""
    last = round(log10(end)) if end > 0 else 0
    return [10.0**power for power in {last, last // 2} if power > 0]


def _short(value: float) -> str:
    """A number for an axis: powers of ten beyond 1,000 and below 0.01, 0 for all that is too small to tell."""
    if value == SMALLEST:
        return "0"
    if value and not 0.0099 <= abs(value) < 9_999:
        exponent = str(round(log10(abs(value)))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return ("\u2212" if value < 0 else "") + f"10{exponent}"
    return f"{value:,g}".replace("-", "\u2212")


def _rounded_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ... and their tenths; 0 for 0."""
    if value <= 0:
        return 0.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


def _power_above(value: float) -> float:
    """The next power of ten, 1 at least; 0 for 0."""
    return 10.0 ** max(0, ceil(log10(value) - 1e-9)) if value > 0 else 0.0


def together(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """All numbers of some arrays in one row."""
    return np.concatenate([np.zeros(0), *(np.ravel(array) for array in arrays)])
