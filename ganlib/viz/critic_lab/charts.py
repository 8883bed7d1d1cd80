"""The charts of the laboratory, each for a ``FigureWidget``: they draw the numbers that they are given."""

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from ganlib.viz.figure_widget import Move
from ganlib.viz.labels import spread
from ganlib.viz.style import Picture

MARKS = ("o", "s", "D", "x")
GLYPHS = ("\u25cb", "\u25a1", "\u25c7", "\u00d7")
DASHES = ("-", "--", ":", "-.")
LOWEST, HIGHEST = 1e-44, 1e34  # norms beyond are drawn here
DECADES = 5  # the axis of the norms ends at multiples of it
LABEL_X = -0.15  # of the words beside the axis
LINE_GAP = 0.08  # between two names, in heights of the axes
BINS = 40
BAR = 0.1  # width of the bars at the limits, in units of the limit

Named = Sequence[tuple[str, np.ndarray]]


def norms_chart(picture: Picture, place=111) -> Move:
    """``move(norms)``: the norm of the gradient at each layer, on its way from the score back to the data.

    ``norms`` are (name, norms from the layer next to the data on) of four critics.
    """
    ax = picture.axes_of(place)
    ax.set_yscale("log")
    _label(ax, "layer, on the way from the score to the data", "norm of the gradient")
    ax.axhline(1.0, color=picture.theme.faint, lw=1, zorder=0)
    lines, names = _lines(ax), _names(ax, 4)

    def move(norms: Named) -> list[Artist]:
        depth = len(norms[0][1])
        values = [np.nan_to_num(norm, nan=HIGHEST).clip(LOWEST, HIGHEST) for _, norm in norms]
        low, high = log10(np.min(values)) - 1, log10(np.max(values)) + 1
        low, high = DECADES * floor(low / DECADES), DECADES * ceil(high / DECADES)
        ax.set(xlim=(depth + 0.3, 0.7), ylim=(10.0**low, 10.0**high))
        ax.xaxis.set_major_locator(FixedLocator(range(1, depth + 1)))
        ax.yaxis.set_major_locator(FixedLocator(10.0 ** np.arange(low, high + 1, DECADES)))
        for line, norm in zip(lines, values, strict=True):
            line.set_data(range(1, depth + 1), norm)
        _put_names(names, [name for name, _ in norms], [norm[0] for norm in values])
        return [*lines, *names]

    return move


def estimates_chart(picture: Picture, place=111) -> Move:
    """``move(courses, exact)``: each critic's estimate of W1 against steps, and what W1 is.

    ``courses`` are (name, points (n, 2)) of four critics. The axis is linear from -1 to 1 and logarithmic beyond.
    """
    ax = picture.axes_of(place)
    ax.set_yscale("symlog", linthresh=1.0, linscale=1.5)
    _label(ax, "steps", "E f(real) \u2212 E f(fake)")
    lines, names = _lines(ax), _names(ax, 5)
    exact_line = ax.axhline(0.0, color=picture.theme.text, lw=1.2, dashes=(6, 2))

    def move(courses: Named, exact: float) -> list[Artist]:
        values = [np.nan_to_num(points, nan=HIGHEST).clip(-HIGHEST, HIGHEST) for _, points in courses]
        heights = np.concatenate([points[:, 1] for points in values])
        last = max((points[-1, 0] for points in values if len(points)), default=0)
        low, high = (max(1.0, side.max(initial=exact)) for side in (-heights, heights))
        ax.set(xlim=(0, _rounded_up(max(last, 100))), ylim=(-_power_above(low), 1.5 * _power_above(high)))
        for line, points in zip(lines, values, strict=True):
            line.set_data(*points.T)
            line.set_markevery(max(1, len(points) // 8))
        exact_line.set_ydata([exact, exact])
        ends = [points[-1, 1] if len(points) else 0.0 for points in values]
        _put_names(names, [*(name for name, _ in courses), "exact W\u2081"], [*ends, exact])
        return [*lines, exact_line, *names]

    return move


def weights_chart(picture: Picture, place=None) -> Move:
    """``move(weights)``: histograms of the weights of four critics.

    ``weights`` are (words, weights, limit) of each: see ``weight_counts``.
    """
    grid = picture.add_gridspec(2, 2) if place is None else place.subgridspec(2, 2)
    panes = [_pane(picture.axes_of(cell)) for cell in grid]

    def move(weights: Sequence[tuple[str, np.ndarray, float | None]]) -> list[Artist]:
        return [artist for put, each in zip(panes, weights, strict=True) for artist in put(*each)]

    return move


def weight_counts(weights: np.ndarray, limit: float | None) -> tuple[np.ndarray, np.ndarray]:
    """The edges of bins and how many weights lie in each.

    With a limit the first and the last bin hold what is at the limits or beyond, and equal bins lie between. Without,
    equal bins reach as far as 99 % of the weights do, and the outermost ones hold the rest as well.
    """
    if limit is None:
        edge = _rounded_up(max(np.quantile(np.abs(weights), 0.99), 1e-6))
        edges = np.linspace(-edge, edge, BINS + 3)
        return edges, np.histogram(weights.clip(-edge, edge), edges)[0]
    edges = limit * np.concatenate([[-1 - BAR], np.linspace(-1, 1, BINS + 1), [1 + BAR]])
    inner, _ = np.histogram(weights[np.abs(weights) < limit], edges[1:-1])
    return edges, np.array([(weights <= -limit).sum(), *inner, (weights >= limit).sum()])


def _pane(ax: Axes) -> Move:
    """One histogram: a bar for each bin, the ones at a limit in the full colour."""
    colours = ax.figure.theme
    ax.set(ylim=(0, 1.35), yticks=[])
    ax.spines["left"].set_visible(False)
    nothing = np.zeros(BINS + 2)
    inner = ax.stairs(nothing, fill=True, color=colours.pale(colours.discriminator))
    ends = ax.stairs(nothing, fill=True, color=colours.discriminator)
    words = {"transform": ax.transAxes, "ha": "center", "va": "top", "color": colours.text, "fontsize": 9}
    title = ax.text(0.5, 1.0, "", **words)

    def move(words: str, weights: np.ndarray, limit: float | None) -> list[Artist]:
        edges, counts = weight_counts(weights, limit)
        heights = counts / max(counts.max(), 1)
        at_limit = np.zeros(len(counts), dtype=bool)
        at_limit[[0, -1]] = limit is not None
        inner.set_data(np.where(at_limit, 0, heights), edges)
        ends.set_data(np.where(at_limit, heights, 0), edges)
        edge = edges[-1] if limit is None else limit
        ax.set(xlim=1.1 * edges[[0, -1]])
        ax.xaxis.set_major_locator(FixedLocator([-edge, 0, edge]))
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.3g}".replace("-", "\u2212"))
        title.set_text(words)
        return [inner, ends, title]

    return move


def _label(ax: Axes, x: str, y: str) -> None:
    """Words along the axes, and powers of ten beside a logarithmic one."""
    ax.set(xlabel=x, ylabel=y)
    ax.yaxis.set_label_coords(LABEL_X, 0.5)
    ax.yaxis.set_major_formatter(lambda value, _: _power(value))
    ax.yaxis.set_minor_locator(FixedLocator([]))


def _power(value: float) -> str:
    """A power of ten, or minus one, in short; 0.1, 1 and 10 as they are."""
    sign = "\u2212" if value < 0 else ""
    if abs(value) <= 1e-99 or 0.05 < abs(value) < 50:
        return f"{sign}{abs(value):g}"
    exponent = str(round(log10(abs(value)))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{sign}10{exponent}"


def _rounded_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ... and their tenths."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


def _power_above(value: float) -> float:
    """The next power of ten."""
    return 10.0 ** ceil(log10(value) - 1e-9)


def _lines(ax: Axes) -> list[Line2D]:
    """A line for each critic. All have the critics' colour and differ in dashes and marks."""
    style = {"color": ax.figure.theme.discriminator, "lw": 1.5, "markersize": 4.5, "fillstyle": "none"}
    pairs = zip(DASHES, MARKS, strict=True)
    return [ax.plot([], [], dash, marker=mark, **style)[0] for dash, mark in pairs]


def _names(ax: Axes, n: int) -> list[Text]:
    """Words to the right of the axes, at first as long as they may become."""
    style = {"transform": ax.transAxes, "color": ax.figure.theme.text, "fontsize": 9, "va": "center"}
    return [ax.text(1.02, 0.5, f"{GLYPHS[0]} c = 0.001", **style) for _ in range(n)]


def _put_names(names: Sequence[Text], words: Sequence[str], heights: Sequence[float]) -> None:
    """Write a name beside the end of each line, at its height in data, and move apart those that would touch."""
    ax = names[0].axes
    ends = ax.transData.transform([(ax.get_xlim()[0], height) for height in heights])
    places = spread(ax.transAxes.inverted().transform(ends)[:, 1], LINE_GAP)
    for text, mark, word, y in zip(names, [*GLYPHS, "\u2013"], words, places, strict=False):
        text.set_text(f"{mark} {word}")
        text.set_y(y)
