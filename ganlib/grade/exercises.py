"""Which exercises a chapter has, from its notebook; and what ``--assignment`` names."""

import ast
import importlib.util
import json
import re
from collections.abc import Iterable
from pathlib import Path

from ganlib.grade.sandbox import PACKAGE, Target

CHAPTERS = PACKAGE.parent / "chapters"
PARTS = {"06": "ganlib.checks.wgan"}
"""The chapters whose exercises have parts with properties of their own; elsewhere each check is one part."""


def target(name: str) -> Target:
    """What is graded: a chapter's exercises (``02``), those of a notebook (``mine.ipynb``), or the parts that a file
    (``parts.py``) or a module (``ganlib.checks.wgan``) holds.

    Raises: ValueError when there is none of this name.
    """
    if re.fullmatch(r"\d{1,2}", name):
        return of_chapter(name)
    if name.endswith((".py", ".ipynb")):
        if not Path(name).is_file():
            raise ValueError(f"--assignment {name}: there is no such file")
        return Target("file", str(Path(name).resolve())) if name.endswith(".py") else of_notebook(Path(name))
    if not re.fullmatch(r"\w+(\.\w+)*", name) or importlib.util.find_spec(name.split(".")[0]) is None:
        raise ValueError(f"--assignment {name}: expected a chapter's number, a module, or a .py or .ipynb file")
    return Target("module", name)


def of_chapter(number: str) -> Target:
    """A chapter's parts, else its exercises.

    Raises: ValueError when there is no such chapter, or it has no exercises.
    """
    number = number.zfill(2)
    if number in PARTS:
        return Target("module", PARTS[number])
    found = sorted(CHAPTERS.glob(f"{number}_*.ipynb"))
    if not found:
        raise ValueError(f"there is no chapter {number} in {CHAPTERS}")
    return of_notebook(found[0])


def of_notebook(path: Path) -> Target:
    """The exercises of a notebook, each by the name of its answer and of its check.

    Raises: ValueError when it has none.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if "exercise" in cell["metadata"].get("tags", [])]
    names = checked(code)
    if not names:
        raise ValueError(f"{path.name} has no exercises")
    return Target("exercises", ",".join(names))


def checked(sources: Iterable[str]) -> list[str]:
    """The names X for which a source calls ``checks.X(X)``; a class may be written with capitals, as classes are."""
    calls = (node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return list(dict.fromkeys(name for name in map(_checked, calls) if name))


def _checked(call: ast.Call) -> str | None:
    match call:
        case ast.Call(func=ast.Attribute(ast.Name("checks"), check), args=[ast.Name(name)]) if check == name.lower():
            return name
    return None
