"""A chapter without its solutions and hidden tests, and the proof that none of them is left in it."""

import copy
import html
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from nbformat import NotebookNode

MARK = re.compile(r"^\s*#+\s*(BEGIN|END) (SOLUTION|HIDDEN TESTS)\s*$")
ALMOST_MARK = re.compile(r"(BEGIN|END)\W*(SOLUTION|HIDDEN)", re.IGNORECASE)
NAMED = re.compile(r"^\s*((async )?def|class) solution\b|^\s*solution\s*=")
WITHHELD = {"solution", "instructor"}
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
SHORT = 12  # characters of a line without spaces and comments: shorter ones betray nothing
COMMON = re.compile(
    r"(import|from)\w|(\w+\.)*(zero_grad|backward|step|train|eval|cuda|cpu)\([\w=]*\)$|super\(\)\.__init__\(\)$"
    r"|with(torch\.no_grad\(\)|frozen\(\w+\)):$|return.{0,7}$|def\w+\(.*\)(->.*)?:$|class\w+.*:$|@torch\.no_grad\(\)$"
)
SHOWN = re.compile(r"#\s*shown above\s*$")
COMMENT = re.compile(r"\s#.*$", re.MULTILINE)
TAG = re.compile(r"</?\w[^<>]*>")
COMMENT_MARK = re.compile(r"^[\s#>]+", re.MULTILINE)
INVISIBLE = re.compile(r"[\s\\\u00ad\u200b-\u200d\u2060\ufeff]+")
IDLE_COMMA = re.compile(r",(?=[)\]}])")


def student_version(nb: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The notebook for students, without outputs, and the lines that were taken out of it.

    Cells tagged ``solution`` or ``instructor`` go. Between ``# BEGIN SOLUTION`` and ``# END SOLUTION`` a stub is left,
    between ``# BEGIN HIDDEN TESTS`` and ``# END HIDDEN TESTS`` nothing.

    Raises: ValueError for marks that do not pair.
    """
    made, taken = copy.copy(nb), []
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


def forgotten(nb: NotebookNode) -> list[str]:
    """Lines of the students' code by which an author seems to have meant a solution: marks that are none, its name."""
    lines = [line for cell in nb.cells if cell.cell_type == "code" for line in cell.source.split("\n")]
    return [line.strip() for line in lines if ALMOST_MARK.search(line) or NAMED.match(line)]


def leaks(taken: Iterable[str], text: str) -> list[str]:
    """The lines and statements that were taken out and stand in the text all the same, however they are written.

    Spaces, line breaks, comments, quotes and HTML do not count. Lines that are short or common to all training code do
    not count either, nor do those that end with ``# shown above``, by which an author says that the lesson itself has
    the line.
    """
    return standing(telling(taken), text)


def telling(taken: Iterable[str]) -> dict[str, str]:
    """The lines and statements that would betray a solution, each with its bare form."""
    cores = {words: bare(words) for words in _candidates(taken)}
    return {words: core for words, core in cores.items() if len(core) >= SHORT and not COMMON.match(core)}


def standing(told: Mapping[str, str], text: str) -> list[str]:
    """Those of ``telling`` that stand in the text."""
    plain = html.unescape(text)
    places = [squeezed(version) for version in (plain, TAG.sub("", plain), COMMENT.sub("", plain))]
    return [words for words, core in told.items() if any(core in place for place in places)]


def texts(part: object) -> Iterator[str]:
    """All that is written in a notebook or a part of it: sources, metadata, attachments."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            yield name
            yield from texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from texts(inner)


def squeezed(text: str) -> str:
    """The text without spaces, line breaks, marks of comments at the beginning of lines, and idle commas."""
    text = COMMENT_MARK.sub("", unicodedata.normalize("NFKC", text))
    return IDLE_COMMA.sub("", INVISIBLE.sub("", text).replace("'", '"'))


def bare(words: str) -> str:
    """Code as ``squeezed`` gives it, without comments and without a comma or semicolon at its end."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(words.strip()).readline))
        words = "".join(token.string for token in tokens if token.type != tokenize.COMMENT)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        words = COMMENT.sub("", words)
    return squeezed(words).rstrip(";,")


def _candidates(taken: Iterable[str]) -> Iterator[str]:
    """Each line that was taken, and each statement of several lines; none of what the lesson shows."""
    statement: list[str] = []
    for line in taken:
        if not SHOWN.search(line):
            yield line.strip()
        statement.append(line)
        if _is_whole("\n".join(statement)):
            if len(statement) > 1 and not any(map(SHOWN.search, statement)):
                yield "\n".join(statement).strip()
            statement = []


def _is_whole(code: str) -> bool:
    """Whether no bracket is open at the end of the code."""
    try:
        list(tokenize.generate_tokens(io.StringIO(code.strip()).readline))
    except tokenize.TokenError:
        return False
    except SyntaxError:  # an indentation that closes a block of an earlier line
        pass
    return True
