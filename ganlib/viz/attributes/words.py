"""What the attribute editor says of its pictures."""

from collections.abc import Mapping

from ganlib.viz.translation import table
from ganlib.viz.wording import paragraphs

MARKS = {True: "\u2713", False: "\u2717"}


def caption(value: str, own: bool, read: str) -> str:
    """Below a picture with one value: the value, whether it is the picture's own, and whether a judge reads it."""
    mark = f"\u00a0{MARKS[read == value]}" if read else ""
    return f"{value}{mark}{' (own)' if own else ''}"


def label(name: str, value: str, read: str) -> str:
    """The same for those who hear it."""
    return f"{name} {value}{': the judge reads ' if read else ''}{read}"


def told(
    own: Mapping[str, str], wanted: Mapping[str, str], read: Mapping[str, str], changed: float, error: float
) -> str:
    """Attribute by attribute what the picture shows, what it shall show, and what a judge reads, as HTML."""
    rows = [["", "before", "asked for", *(["the judge reads"] if read else [])]]
    for name, value in wanted.items():
        said = read.get(name, "")
        rows.append([name, own[name], value, *([f"{said} {MARKS[said == value]}"] if said else [])])
    sentence = (
        f"Mean |difference| of a pixel: {changed:.3f} between before and after, "
        f"{error:.3f} between before and back again."
    )
    return table(rows, "left") + paragraphs(sentence)
