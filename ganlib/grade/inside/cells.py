"""A submission's bytes, as they came, to the code cells in them."""

import ast
import json
import re
from dataclasses import dataclass

MARKER = re.compile(r"^# ?%%(.*)$", re.MULTILINE)
MAGIC = re.compile(r"^\s*[%!?]|^[^'\"#]*\?\s*$")
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)  # what the parser raises then
KEEPS_ITS_BODY = ("%%time", "%%capture", "%%timeit", "%%prun")


class Unreadable(Exception):
    """Why a submission cannot be read, in words for the student."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among the code cells, from 1, its text and its tags."""

    number: int
    source: str
    tags: tuple[str, ...] = ()

    def tree(self) -> ast.Module:
        """The syntax tree, without IPython's own commands.

        Raises: SyntaxError, ValueError, RecursionError or MemoryError when it is no Python.
        """
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return ast.parse(python_only(self.source))

    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree; none when it is no Python."""
        try:
            return list(ast.walk(self.tree()))
        except NOT_PYTHON:
            return []

    def imports(self) -> list[str]:
        """The names that it imports, wherever it does, with those of their modules: some are modules themselves."""
        found = []
        for node in self.nodes():
            match node:
                case ast.Import(names=names):
                    found += [alias.name for alias in names]
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    found += [module, *(f"{module}.{alias.name}" for alias in names)]
        return found


def python_only(source: str) -> str:
    """The source without magics and shell lines; line numbers stay as they are."""
    lines = source.split("\n")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(KEEPS_ITS_BODY):
        return ""  # %%bash, %%html and the like hold no Python
    return "\n".join(_pass(line) if MAGIC.match(line) else line for line in lines)


def _pass(line: str) -> str:
    """``pass`` as far to the right as the magic was, so that an ``if`` above it keeps a body."""
    return line[: len(line) - len(line.lstrip())] + "pass"


def code_cells(content: bytes, name: str) -> list[Cell]:
    """The code cells of a notebook (``name`` ends in .ipynb) or of a Python file in percent format or without cells.

    Raises: Unreadable when there is nothing to read.
    """
    if not content.strip():
        raise Unreadable("the file is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the file is not UTF-8 text (byte {error.start})") from error
    return _of_notebook(text) if name.lower().endswith(".ipynb") else _of_python(text)


def _of_notebook(text: str) -> list[Cell]:
    try:
        cells = json.loads(text)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        parts = [(_text(cell["source"]), tuple(map(str, cell.get("metadata", {}).get("tags", ())))) for cell in code]
    except RecursionError as error:
        raise Unreadable("the file is no notebook: it is nested too deeply") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        told = f"{type(error).__name__}: {error}"[:200]
        raise Unreadable(f"the file is no whole notebook of format 4 ({told})") from error
    return [Cell(number, source, tags) for number, (source, tags) in enumerate(parts, 1)]


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _of_python(text: str) -> list[Cell]:
    heads = [("", 0, 0), *((match[1], match.start(), match.end()) for match in MARKER.finditer(text))]
    ends = [start for _, start, _ in heads[1:]] + [len(text)]
    cells = [(head, text[begin:end]) for (head, _, begin), end in zip(heads, ends, strict=True)]
    code = [(head, source) for head, source in cells if "[markdown]" not in head and source.strip()]
    tags = [tuple(re.findall(r'"([\w-]+)"', head)) for head, _ in code]
    return [Cell(number, source, tags[number - 1]) for number, (_, source) in enumerate(code, 1)]
