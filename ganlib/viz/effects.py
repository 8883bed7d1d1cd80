"""Effects with their confidence intervals, one row for each variant."""

from collections.abc import Sequence
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ganlib.viz.style import Picture


class Measured(Protocol):
    """What is drawn of an effect; ``ganlib.studies`` makes such. A ratio has 1 for ``none``, a difference 0."""

    variant: str
    value: float
    low: float
    high: float
    none: float
    verdict: str


MARKERS = {"helped": ("o", True), "hurt": ("s", True), "no difference seen": ("D", False)}
"""The shape for each verdict, and whether it is filled."""


def effect_plot(effects: Sequence[Measured], label: str, width: float = 8.0, alt: str = "") -> Picture:
    """Each effect as a mark with its interval, on a logarithmic axis if they are ratios; a line where nothing changes.

    A round mark helped, a square one hurt, and a hollow one stands for an interval that crosses the line. ``label``
    says what the axis measures.

    Raises: ValueError for no effects, or ratios and differences together.
    """
    if len({effect.none for effect in effects}) != 1:
        raise ValueError(f"effects holds {len(effects)} effects, expected one or more, all ratios or all differences")
    words = "; ".join(f"{e.variant} {e.value:.2g} ({e.low:.2g} to {e.high:.2g})" for e in effects)
    picture = Picture(width, 0.95 + 0.27 * len(effects), alt or f"{label}: {words}")
    ax = picture.axes_of()
    if effects[0].none == 1:
        _ratio_axis(ax)
    ax.axvline(effects[0].none, color=picture.theme.text, linewidth=0.8)
    for row, effect in enumerate(effects):
        _draw_effect(ax, row, effect)
    ax.set_yticks(range(len(effects)), [effect.variant for effect in effects])
    ax.set_ylim(len(effects) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(label, color=picture.theme.text)
    _explain(ax)
    return picture


def _ratio_axis(ax: Axes) -> None:
    """A logarithmic axis with plain numbers on it."""
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _draw_effect(ax: Axes, row: int, effect: Measured) -> None:
    colours = ax.figure.theme
    ax.axhline(row, color=colours.faint, linewidth=0.5, zorder=0)
    ax.plot([effect.low, effect.high], [row, row], "-", color=colours.text, linewidth=1.4)
    _mark(ax, [effect.value], [row], effect.verdict)


def _mark(ax: Axes, x: Sequence[float], y: Sequence[float], verdict: str, label: str = "") -> None:
    marker, filled = MARKERS[verdict]
    colours = ax.figure.theme
    face = colours.text if filled else colours.background
    ax.plot(x, y, marker, color=colours.text, markerfacecolor=face, markersize=6, label=label or "_")


def _explain(ax: Axes) -> None:
    """The key to the marks, above the axes."""
    for verdict in MARKERS:
        _mark(ax, [], [], verdict, label=verdict)
    style = {"ncols": 3, "frameon": False, "fontsize": 9, "labelcolor": ax.figure.theme.text, "handletextpad": 0.2}
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, **style)
