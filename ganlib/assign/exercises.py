"""The exercises of a chapter: the cell that a student fills in, and its solution."""

import ast
from dataclasses import dataclass

from nbformat import NotebookNode

from ganlib.assign.student import MARK, cut, tags
from ganlib.grade.exercises import checked


@dataclass(frozen=True)
class Exercise:
    """An exercise: its name, its cell, and the text of its solution cell; None when the solution is in the cell."""

    name: str
    cell: NotebookNode
    solution: str | None

    def solved(self) -> str:
        """Code that gives the exercise's name to the solution."""
        if self.solution is None:
            return unmarked(self.definitions())
        return f"{self.solution}\n\n{self.name} = solution"

    def definitions(self) -> str:
        """What comes first in the cell: the functions and classes to fill in."""
        return self._split()[0]

    def rest(self) -> str:
        """What follows them, which tries them out."""
        return self._split()[1]

    def _split(self) -> tuple[str, str]:
        lines = self.cell.source.split("\n")
        end = 0
        for statement in ast.parse(self.cell.source).body:
            if not isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
                break
            end = statement.end_lineno
        while end < len(lines) and MARK.match(lines[end]):
            end += 1
        return "\n".join(lines[:end]).strip("\n"), "\n".join(lines[end:]).strip("\n")


def exercises(nb: NotebookNode) -> list[Exercise]:
    """The exercises of a chapter, in their order. Each is called as its check is.

    Raises: ValueError when there are none, or one has no check or no solution.
    """
    found = []
    for number, cell in enumerate(nb.cells):
        if "exercise" in tags(cell):
            names = checked([cell.source])
            if len(names) != 1:
                raise ValueError(f"an exercise checks {names or 'nothing'}, expected one name:\n{cell.source}")
            found.append(Exercise(names[0], cell, _solution(nb, number)))
    if not found:
        raise ValueError("the chapter has no cell tagged 'exercise'")
    return found


def _solution(nb: NotebookNode, number: int) -> str | None:
    """The solution that follows a cell, without marks and without its own check; None when the cell holds it itself."""
    if cut(nb.cells[number].source)[1]:
        return None
    for cell in nb.cells[number + 1 :]:
        if "exercise" in tags(cell):
            break
        if "solution" in tags(cell) and cell.cell_type == "code":
            return _without_check(unmarked(cell.source))
    raise ValueError(f"an exercise has no solution:\n{nb.cells[number].source}")


def unmarked(source: str) -> str:
    """The source without the lines that mark solutions."""
    return "\n".join(line for line in source.split("\n") if not MARK.match(line)).strip("\n")


def _without_check(source: str) -> str:
    """The source up to the call that checks the solution."""
    lines = source.split("\n")
    kept = [one for one in ast.parse(source).body if not isinstance(one, ast.Expr)]
    return "\n".join(lines[: kept[-1].end_lineno]) if kept else ""
