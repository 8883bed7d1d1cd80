"""A chapter without its solutions and hidden tests, and the proof that none of them is left in it."""

import copy
import html
import io
import re
import tokenize
from collections.abc import Iterable

from nbformat import NotebookNode

MARK = re.compile(r"^\s*#+\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS)\s*$")
WITHHELD = {"solution", "instructor"}
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
SHORT = 10  # characters of a line without spaces and comments: shorter ones betray nothing
COMMON = re.compile(
    r"(import|from)\w|(\w+\.)*(zero_grad|backward|step|train|eval|cuda|cpu)\([\w=]*\)$"
    r"|with(torch\.no_grad\(\)|frozen\(\w+\)):$|(return|def|class|super).{0,7}$|@torch\.no_grad\(\)$"
)
SHOWN = re.compile(r"#\s*shown above\s*$")


def student_version(nb: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The notebook for students, without outputs, and the lines that were taken out of it.

    Cells tagged ``solution`` or ``instructor`` go. Between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` a stub is left,
    between ``# BEGIN HIDDEN TESTS`` and ``# END HIDDEN TESTS`` nothing.

    Raises: ValueError for marks that do not pair.
    """
    made, taken = copy.deepcopy(nb), []
    made.cells = []
    for cell in copy.deepcopy(nb.cells):
        if WITHHELD & set(tags(cell)):
            taken += cell.source.split("\n") if cell.cell_type == "code" else []
            continue
        if cell.cell_type == "code":
            cell.source, lines = cut(cell.source)
            cell.outputs, cell.execution_count = [], None
            taken += lines
        made.cells.append(cell)
    return made, [line for line in taken if not MARK.match(line)]


def tags(cell: NotebookNode) -> list[str]:
    """A cell's tags."""
    return cell.metadata.get("tags", [])


def cut(source: str) -> tuple[str, list[str]]:
    """The source with a stub for each solution and nothing for hidden tests; and the lines that went.

    Raises: ValueError for marks that do not pair.
    """
    kept, taken, inside = [], [], None
    for line in source.split("\n"):
        mark = MARK.match(line)
        if mark:
            inside = _next(inside, mark, source)
            if mark.groups() == ("BEGIN", "SOLUTION"):
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + words for words in STUB]
        else:
            (taken if inside else kept).append(line)
    if inside:
        raise ValueError(f"# BEGIN {inside} without its # END in the cell\n{source}")
    return "\n".join(kept), taken


def _next(inside: str | None, mark: re.Match, source: str) -> str | None:
    """What is being taken out after a mark."""
    begins, what = mark[1] == "BEGIN", mark[2]
    if begins == bool(inside) or (not begins and inside != what):
        raise ValueError(f"{mark[0].strip()} where {inside or 'nothing'} is open, in the cell\n{source}")
    return what if begins else None


def leaks(taken: Iterable[str], text: str) -> list[str]:
    """The lines that were taken out and stand in the text all the same, whatever their spaces and comments.

    Lines that are short or common to all training code do not count, nor do those that end with ``# shown above``, by
    which an author says that the lesson itself has the line.
    """
    left = [re.sub(r"\s+", "", html.unescape(line)) for line in text.split("\n")]
    found = []
    for line in dict.fromkeys(line.strip() for line in taken if not SHOWN.search(line)):
        core = bare(line)
        if len(core) >= SHORT and not COMMON.match(core) and any(core in other for other in left):
            found.append(line)
    return found


def bare(line: str) -> str:
    """A line without comments, spaces, and a closing semicolon."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
        line = "".join(token.string for token in tokens if token.type != tokenize.COMMENT)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        line = re.sub(r"\s#.*$", "", line)
    return re.sub(r"\s+", "", line).rstrip(";")
