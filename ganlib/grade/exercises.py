"""Which exercises a chapter has, from its notebook; and what ``--assignment`` names."""

import ast
import importlib.util
import json
import re
from collections.abc import Iterable
from pathlib import Path

from ganlib.grade.sandbox import PACKAGE, Target

CHAPTERS = PACKAGE.parent / "chapters"


def target(name: str) -> Target:
    """What is graded: a chapter's exercises (``02``), a file (``parts.py``) or a module (``ganlib.checks.wgan``).

    Raises: ValueError when there is none of this name.
    """
    if re.fullmatch(r"\d{1,2}", name):
        return Target("exercises", ",".join(of_chapter(name)))
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise ValueError(f"--assignment {name}: there is no such file")
        return Target("file", str(Path(name).resolve()))
    if not re.fullmatch(r"\w+(\.\w+)*", name) or importlib.util.find_spec(name.split(".")[0]) is None:
        raise ValueError(f"--assignment {name}: expected a chapter's number, a module, or a file that ends in .py")
    return Target("module", name)


def of_chapter(number: str) -> list[str]:
    """The names of a chapter's exercises, each that of its function and of its check.

    Raises: ValueError when there is no such chapter, or it has no exercises.
    """
    found = sorted(CHAPTERS.glob(f"{int(number):02}_*.ipynb"))
    if not found:
        raise ValueError(f"there is no chapter {int(number):02} in {CHAPTERS}")
    cells = json.loads(found[0].read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if "exercise" in cell["metadata"].get("tags", [])]
    names = checked(code)
    if not names:
        raise ValueError(f"{found[0].name} has no exercises")
    return names


def checked(sources: Iterable[str]) -> list[str]:
    """The names X for which a source calls ``checks.X(X)``."""
    calls = (node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return list(dict.fromkeys(name for name in map(_checked, calls) if name))


def _checked(call: ast.Call) -> str | None:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name("checks"), attr=name), args=[ast.Name(same)]) if name == same:
            return name
    return None
