"""All metrics in one table, each with a gauge on one scale: how far it is from what a perfect generator gets."""

from collections.abc import Collection
from html import escape
from math import asinh

from ganlib.viz.metrics_dashboard import words
from ganlib.viz.metrics_dashboard.measures import MEASURES, NOTICED, Reading, Reference

FARTHEST = 100 * NOTICED  # standard deviations at the ends of the scale
ENDS = '<div class="ganlib-ends"><span>better</span><span>worse</span></div>'
HEADS = ("metric", "fakes", "perfect", ENDS, "verdict")
NOTE = (
    "perfect: mean \u00b1 \u03c3 of thirty draws of a perfect generator. Blue: within 3\u03c3 of it; "
    "the scale goes to 300\u03c3, logarithmic beyond the blue."
)
RIGHT, WRONG = "\u2713", "\u2717"
ARROWS = {1: "\u2191", -1: "\u2193"}
ARROW_WORDS = {1: "more is better", -1: "less is better"}


def place(harm: float) -> float:
    """Where a number of standard deviations lies on the scale from -1 to 1: even near 0, logarithmic far away."""
    return max(-1.0, min(1.0, asinh(harm / NOTICED) / asinh(FARTHEST / NOTICED)))


def table(reading: Reading, reference: Reference, hidden: bool = False, guessed: Collection[str] | None = None) -> str:
    """The table as HTML; while it is ``hidden``, what the fakes get is not told. ``guessed`` is what was predicted."""
    rows = [_row(name, reading, reference, hidden, guessed) for name in MEASURES]
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    body = f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody>"
    whole = f'<table class="ganlib-metrics">{body}</table><div class="ganlib-help">{NOTE}</div>'
    return f'<div class="ganlib-holder">{whole}</div>'


def _row(name: str, reading: Reading, reference: Reference, hidden: bool, guessed: Collection[str] | None) -> str:
    measure, x = MEASURES[name], reading.values[name]
    said = "" if guessed is None else _said(name in guessed, reference.verdict(name, x) == "worse")
    arrow = f'<abbr title="{ARROW_WORDS[measure.better]}">{ARROWS[measure.better]}</abbr>'
    cells = [f'<th scope="row" title="{escape(measure.tip)}">{said}{name} {arrow}</th>']
    fakes = "?" if hidden else words.with_error(name, reading)
    verdict = "?" if hidden else words.verdict(name, x, reference)
    gauge = "" if hidden else _gauge(reference.harm(name, x))
    cells += [f"<td>{one}</td>" for one in (fakes, words.expected(name, reference), gauge, verdict)]
    return f"<tr>{''.join(cells)}</tr>"


def _said(guessed: bool, worse: bool) -> str:
    """Whether the reader's prediction was right."""
    told = f"you said {'worse' if guessed else 'not worse'}"
    return f'<abbr title="{told}">{RIGHT if guessed == worse else WRONG}</abbr> '


def _gauge(harm: float) -> str:
    """A bar from the middle to where the value lies; an arrow head where it lies beyond the end."""
    at, beyond = place(harm), abs(harm) > FARTHEST
    left, width = 50 + 50 * min(at, 0), 50 * abs(at)
    mark = ("\u25b6" if at > 0 else "\u25c0") if beyond else "\u25cf"
    shift = "-100%" if at == 1 else "0" if at == -1 else "-50%"
    return (
        f'<div class="ganlib-gauge" aria-hidden="true"><i style="left:{left:.1f}%;width:{width:.1f}%"></i>'
        f'<b style="left:{50 + 50 * at:.1f}%;transform:translate({shift},-50%)">{mark}</b></div>'
    )
