"""What the judge reads in the pictures of one caption, attribute by attribute."""

from collections.abc import Sequence
from html import escape

from ganlib.viz.conditions import words

FREE = "(free)"
HEADS = ("caption", "read so", "else read as")
Row = tuple[str, str, str, str]


def rows(asked: dict[str, str], read: Sequence[words.Reading]) -> list[Row]:
    """(attribute, what the caption says of it, how often that is read, what else is read) for all that is told or read.

    A mark stands before the count: right where all pictures are read so, wrong where one is not.
    """
    return [_row(name, asked.get(name), [one[name] for one in read if name in one]) for name in _names(asked, read)]


def _names(asked: dict[str, str], read: Sequence[words.Reading]) -> list[str]:
    return [*dict.fromkeys([*asked, *read[0]])]


def _row(name: str, wanted: str | None, read: Sequence[str]) -> Row:
    if wanted is None:
        return name, FREE, "", words.commonest(read)
    if not read:
        return name, wanted, "", ""
    right = read.count(wanted)
    mark = words.RIGHT if right == len(read) else words.WRONG
    others = [word for word in read if word != wanted]
    return name, wanted, f"{mark} {right} of {len(read)}", words.commonest(others)


def table(listed: Sequence[Row]) -> str:
    """The rows as HTML; nothing where there are none."""
    if not listed:
        return ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("", *HEADS))
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in listed
    )
    return f'<table class="ganlib-report"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def summary(asked: dict[str, str], read: Sequence[words.Reading]) -> list[str]:
    """In how many pictures all that the caption says is read, if a judge looks at any of it."""
    if not words.compared(asked, read[0]):
        return []
    right = sum(not words.mistaken(asked, one) for one in read)
    return [f"All that the caption says is read in {right} of {len(read)} pictures."]
