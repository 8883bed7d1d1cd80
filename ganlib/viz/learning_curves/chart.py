"""The picture of the learning curves, for a ``FigureWidget``: it draws the numbers that it is given."""

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FixedLocator, NullLocator

from ganlib.viz.figure_widget import Move
from ganlib.viz.style import Picture

LOOKS = (("-", "o", "generator"), ("--", "s", "discriminator"))
"""Line, mark and colour of the generative and of the discriminative model."""
HIGHEST = 50  # in %, what guessing gives; the axis grows in tens where an error lies above


def curves_chart(names: Sequence[str], sizes: Sequence[int]) -> Callable[[Picture], Move]:
    """A ``build`` for a figure with ``move(means, spreads, latest, limits, crossing)``, errors in percent.

    ``means``, ``spreads`` and ``latest`` have shape (sizes, 2): a column for each of the two models, NaN where there is
    nothing. ``limits`` are two levels, NaN where unknown, and ``crossing`` may be None.
    """

    def build(picture: Picture, place=111) -> Move:
        ax, theme = picture.axes_of(place), picture.theme
        ax.set(xscale="log", xlabel="examples", ylabel="test error in %", xlim=(sizes[0] / 1.25, sizes[-1] * 1.25))
        ax.xaxis.set_major_locator(FixedLocator(sizes))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
        span = ax.axvspan(sizes[0], sizes[1], color=theme.faint, alpha=0.5, lw=0, zorder=0)
        upright = ax.axvline(sizes[0], color=theme.text, lw=1.2, ls=":", zorder=1)
        parts = []
        for name, (dash, marker, player) in zip(names, LOOKS, strict=True):
            colour = getattr(theme, player)
            band = ax.fill_between(sizes, 0, 0, color=colour, alpha=0.25, lw=0, zorder=2)
            limit = ax.axhline(0, color=colour, lw=0.9, ls=dash, alpha=0.6, zorder=1)
            marks = {"marker": marker, "color": colour, "markersize": 5}
            (one,) = ax.plot([], [], ls="", fillstyle="none", alpha=0.6, zorder=3, **marks)
            (mean,) = ax.plot([], [], dash, lw=1.8, label=name, zorder=4, **marks)
            parts.append((band, limit, one, mean))
        ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="upper right")

        def move(means, spreads, latest, limits, crossing) -> list[Artist]:
            top = np.nanmax([HIGHEST, *latest.flat, *means.flat])
            ax.set_ylim(0, 10 * ceil(top / 10))
            for k, (band, limit, one, mean) in enumerate(parts):
                band.set_verts([_outline(sizes, means[:, k], spreads[:, k])])
                limit.set_ydata([limits[k]] * 2)
                one.set_data(sizes, latest[:, k])
                mean.set_data(sizes, means[:, k])
            for artist in (span, upright):
                artist.set_visible(crossing is not None)
            if crossing is not None:
                upright.set_xdata([crossing.at] * 2)
                span.set(x=crossing.low, width=crossing.high - crossing.low)
            return [span, upright, *(part for each in parts for part in each)]

        return move

    return build


def _outline(x: Sequence[int], y: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The corners of a band from y - spread to y + spread: to the right below and back above."""
    known = np.isfinite(y) & np.isfinite(spread)
    x, y, spread = (np.asarray(each)[known] for each in (x, y, spread))
    return np.column_stack([[*x, *x[::-1]], [*(y - spread), *(y + spread)[::-1]]])
