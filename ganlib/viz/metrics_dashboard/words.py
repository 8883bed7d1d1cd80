"""What the dashboard says of metrics, in words and numbers."""

from collections.abc import Iterable, Mapping

from ganlib.viz.metrics_dashboard.measures import MEASURES, Reading, Reference
from ganlib.viz.wording import number

GLYPHS = {"worse": "\u25bc", "better": "\u25b2", "as real": "="}
WAITING = "First, thirty draws of a perfect generator: what do its metrics say, and how much do they vary?"


def value(name: str, x: float) -> str:
    """A metric's value: three decimals, fewer for large numbers, and none for a count."""
    return number(x, 0 if name == "modes" else 3 if abs(x) < 10 else 2 if abs(x) < 100 else 0)


def with_error(name: str, reading: Reading) -> str:
    """A metric's value, with its standard error where it tells one, as HTML: a narrow table shows no error."""
    error = reading.errors.get(name)
    error = f"<span> \u00b1 {number(error, 3 if error < 1 else 1)}</span>" if error else ""
    return value(name, reading.values[name]) + error


def expected(name: str, reference: Reference) -> str:
    """What a perfect generator gets, with its spread where it has one, as HTML: a narrow table shows no spread."""
    spread = reference.spread[name]
    return value(name, reference.mean[name]) + (f"<span> \u00b1 {value(name, spread)}</span>" if spread else "")


def verdict(name: str, x: float, reference: Reference) -> str:
    """Better, worse or as real, with a sign, and by how many standard deviations."""
    said, size = reference.verdict(name, x), abs(reference.harm(name, x))
    return f"{GLYPHS[said]} {said}" + ("" if said == "as real" else f" {size:,.0f}\u03c3")


def summary(verdicts: Mapping[str, str]) -> str:
    """Which metrics noticed, and which were fooled."""
    if set(verdicts.values()) == {"as real"}:
        return "Every metric is as for a perfect generator."
    groups = {said: [name for name in verdicts if verdicts[name] == said] for said in GLYPHS}
    heads = {"worse": "Worse than a perfect generator", "better": "Better", "as real": "No difference seen"}
    return " ".join(f"{heads[said]}: {', '.join(names)}." for said, names in groups.items() if names)


def question(preset: str) -> str:
    """What is asked before a preset shows its numbers."""
    return f"Which metrics will call \u201c{preset}\u201d worse than a perfect generator? Press those, then Show."


def outcome(guessed: Iterable[str], verdicts: Mapping[str, str]) -> str:
    """How many of the metrics that noticed were named beforehand, and how many that did not."""
    guessed, noticed = set(guessed), {name for name, said in verdicts.items() if said == "worse"}
    missed, wrong = (
        ", ".join(name for name in MEASURES if name in some) for some in (noticed - guessed, guessed - noticed)
    )
    told = f"You named {len(guessed & noticed)} of the {len(noticed)} that call it worse."
    return told + (f" Missed: {missed}." if missed else "") + (f" They saw nothing worse: {wrong}." if wrong else "")
