"""The same assignment as a course of nbgrader, which is not needed to write it."""

import ast
import copy
import textwrap
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ganlib.assign.exercises import Exercise
from ganlib.assign.student import WITHHELD, tags

SCHEMA = 3
CONFIGURATION = """\
# Run nbgrader in this folder, in an environment that has the course installed:
#   nbgrader generate_assignment {slug}
#   nbgrader autograde {slug}
c = get_config()
c.CourseDirectory.course_id = "gans"
c.ExecutePreprocessor.timeout = 900
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError"}}
"""
STRICT = """\
import os

os.environ["GANLIB_STRICT"] = "1"  # a wrong answer raises, so the cell fails
checks.{name}({name});"""


def course_notebook(nb: NotebookNode, exercises: list[Exercise], points: Mapping[str, float]) -> NotebookNode:
    """The notebook for ``source/``: each exercise is an answer, a test that is graded, and what tries it out.

    Raises: ValueError for an exercise that cannot be written so.
    """
    made = copy.deepcopy(nb)
    by_cell = {exercise.cell.id: exercise for exercise in exercises}
    made.cells = []
    for cell in copy.deepcopy(nb.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if cell.id in by_cell:
            made.cells += _cells(by_cell[cell.id], points)
        elif not WITHHELD & set(tags(cell)):
            made.cells.append(cell)
    return made


def _cells(exercise: Exercise, points: Mapping[str, float]) -> list[NotebookNode]:
    name = exercise.name
    answer = new_code_cell(_answer(exercise), metadata={"nbgrader": _metadata(name, solution=True)})
    graded = _metadata(f"{name}-check", grade=True, locked=True) | {"points": points.get(name, 1)}
    test = new_code_cell(STRICT.format(name=name), metadata={"nbgrader": graded})
    rest = exercise.rest()
    return [answer, test, *([new_code_cell(rest, metadata={"tags": ["raises-exception"]})] if rest else [])]


def _metadata(grade_id: str, solution: bool = False, grade: bool = False, locked: bool = False) -> dict:
    kinds = {"solution": solution, "grade": grade, "locked": locked, "task": False}
    return {"grade_id": grade_id, "schema_version": SCHEMA, **kinds}


def _answer(exercise: Exercise) -> str:
    """The function with its solution between nbgrader's marks, where its own ``raise`` was."""
    if exercise.solution is None:
        return exercise.definitions()
    source = exercise.definitions()
    *_, function = ast.parse(source).body
    if not isinstance(function, ast.FunctionDef):
        raise ValueError(f"{exercise.name} is no function: mark its solution inside the exercise's own cell")
    head = source.split("\n")[: function.body[-1].lineno - 1]
    call = f"return solution({', '.join(_passed(function.args))})"
    body = textwrap.indent(f"### BEGIN SOLUTION\n{exercise.solution}\n\n{call}\n### END SOLUTION", "    ")
    return "\n".join([*head, body])


def _passed(arguments: ast.arguments) -> list[str]:
    """A function's arguments, as it passes them on to another of the same signature."""
    plain = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return plain + [f"{argument.arg}={argument.arg}" for argument in arguments.kwonlyargs]
