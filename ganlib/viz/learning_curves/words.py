"""What the learning curves say, in words and numbers."""

from collections.abc import Sequence

import numpy as np

from ganlib.viz.learning_curves.trials import Crossing, Trials

BEGIN = "No repetition yet. Each one draws a new training set of every size, and both models learn from it."

KEY = (
    "Bands: one standard error up and down. Hollow marks: the latest training set of each size. "
    "Thin lines: with infinitely many examples, where known. Dotted: where the curves cross, with its 95 % interval."
)


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
        by = f"{-100 * trials.means[-1, 2]:.2f} \u00b1 {100 * trials.standard_errors[-1, 2]:.2f} points"
        return f"{names[1]} has not overtaken. With {largest:,} examples {names[0]} is ahead by {by}."
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
    narrow = "width: 0; min-width: 100%; overflow-x: auto"  # a narrow page scrolls the table, not the laboratory
    filled = f"<table><caption>mean test error in %</caption>{''.join(rows)}</table>"
    return f'<div style="{narrow}; line-height: 1.5">{filled}</div>'


def _number(mean: float, give: float) -> str:
    if np.isnan(mean):
        return "\u2013"
    return f"{mean:.1f}" + ("" if np.isnan(give) else f" \u00b1 {give:.1f}")


def _row(tag: str, cells: Sequence[str]) -> str:
    style = "padding: 0 8px; text-align: right; white-space: nowrap"
    filled = "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell in cells)
    return f"<tr>{filled}</tr>"
