"""What the learning curves say, in words and numbers."""

from collections.abc import Sequence

import numpy as np

from ganlib.viz.learning_curves.trials import Crossing, Trials

BEGIN = "No repetition yet. Each one draws a new training set of every size, and both models learn from it."


def sentence(trials: Trials, names: Sequence[str]) -> str:
    """How many repetitions there were, and where the curves cross."""
    crossing, n = trials.crossing(), trials.repetitions
    if crossing is None:
        return BEGIN
    if n == 1:
        return "After 1 repetition: a single training set of each size says little."
    return f"After {n:,} repetitions: {_verdict(crossing, trials, names)}"


def _verdict(crossing: Crossing, trials: Trials, names: Sequence[str]) -> str:
    smallest, largest = trials.sizes[0], trials.sizes[-1]
    if np.isinf(crossing.low):
        ahead, give = -100 * trials.means[-1, 2], 100 * trials.standard_errors[-1, 2]
        return f"no crossing up to {largest:,} examples. There {names[0]} is ahead by {ahead:.2f} \u00b1 {give:.2f} points."
    if np.isinf(crossing.high):
        return f"it is not clear yet whether {names[1]} is ahead with {largest:,} examples."
    if crossing.high == smallest:
        return f"{names[1]} is ahead with any number of examples from {smallest:,} on."
    if crossing.low == smallest:
        return f"{names[1]} is ahead from {crossing.high:,.0f} examples on, perhaps from fewer."
    span = f"{crossing.low:,.0f} to {crossing.high:,.0f}"
    return f"the curves cross at about {crossing.at:,.0f} examples (95 % interval: {span})."


def table(trials: Trials, names: Sequence[str]) -> str:
    """The mean error of each model at each size with its standard error, in percent; as HTML."""
    rows = [_row("th", ("examples", *names))]
    numbers = zip(trials.sizes, 100 * trials.means[:, :2], 100 * trials.standard_errors[:, :2], strict=True)
    for size, means, gives in numbers:
        rows.append(_row("td", (f"{size:,}", *map(_number, means, gives))))
    return f'<table style="line-height: 1.5"><caption>mean test error in %</caption>{"".join(rows)}</table>'


def _number(mean: float, give: float) -> str:
    if np.isnan(mean):
        return "\u2013"
    return f"{mean:.1f}" + ("" if np.isnan(give) else f" \u00b1 {give:.1f}")


def _row(tag: str, cells: Sequence[str]) -> str:
    style = "padding: 0 8px; text-align: right"
    filled = "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell in cells)
    return f"<tr>{filled}</tr>"
