"""The same assignment as a course of nbgrader, which is not needed to write it."""

import ast
import copy
import textwrap
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ganlib.assign.exercises import Exercise
from ganlib.assign.student import WITHHELD, cut, tags

SCHEMA = 3
CONFIGURATION = """\
# Run nbgrader in this folder, in an environment that has the course installed:
#   nbgrader generate_assignment {slug}
#   nbgrader autograde {slug}
# nbgrader gives a part all of its points or none, draws no numbers of its own, and runs submissions without a sandbox:
# use it on a machine that holds nothing of value. "python -m ganlib grade submitted --out grades.csv" has none of these
# limits and reads the same folder.
c = get_config()
c.CourseDirectory.course_id = "gans"
c.ExecutePreprocessor.timeout = 900
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError"}}
"""
STRICT = """\
import os

import {module} as checks

os.environ["GANLIB_STRICT"] = "1"  # a wrong answer raises, so the cell fails
checks.{check}({name});"""
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def course_notebook(
    nb: NotebookNode, exercises: list[Exercise], points: Mapping[str, float], module: str
) -> NotebookNode:
    """The notebook for ``source/``: each exercise is an answer, a test that is graded, and what tries it out.

    ``module`` holds the checks, ``points`` what each exercise is worth.

    Raises: ValueError for an exercise that cannot be written so.
    """
    made = copy.copy(nb)
    by_cell = {exercise.cell.id: exercise for exercise in exercises}
    made.cells = []
    for cell in copy.deepcopy(nb.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if cell.id in by_cell:
            made.cells += _cells(by_cell[cell.id], points, module)
        elif not WITHHELD & set(tags(cell)):
            made.cells.append(cell)
    return made


def _cells(exercise: Exercise, points: Mapping[str, float], module: str) -> list[NotebookNode]:
    name = exercise.name
    answer = new_code_cell(_answer(exercise), metadata={"nbgrader": _metadata(name, solution=True)})
    graded = _metadata(f"{name}-check", grade=True, locked=True) | {"points": points[name]}
    check = STRICT.format(module=module, check=name.lower(), name=name)
    rest, hidden = cut(exercise.rest())
    if hidden:  # nbgrader takes them out of graded cells only
        check = "\n".join([check, "### BEGIN HIDDEN TESTS", *hidden, "### END HIDDEN TESTS"])
    test = new_code_cell(check, metadata={"nbgrader": graded})
    return [answer, test, *([new_code_cell(rest, metadata={"tags": ["raises-exception"]})] if rest else [])]


def _metadata(grade_id: str, solution: bool = False, grade: bool = False, locked: bool = False) -> dict:
    kinds = {"solution": solution, "grade": grade, "locked": locked, "task": False}
    return {"grade_id": grade_id, "schema_version": SCHEMA, **kinds}


def _answer(exercise: Exercise) -> str:
    """The function or class with its solution between nbgrader's marks, where its own ``raise`` was.

    Raises: ValueError when the solution does not fit in there.
    """
    source = exercise.definitions()
    if exercise.solution is None:
        return source
    match ast.parse(source).body[-1]:
        case ast.FunctionDef() as function:
            return _filled(source, function, f"{exercise.solution}\n\nreturn solution({_passed(function.args)})")
        case ast.ClassDef() as skeleton:
            return _class_filled(source, skeleton, exercise.solution)


def _class_filled(source: str, skeleton: ast.ClassDef, solution: str) -> str:
    """Each method that raises, with what the solution's method of this name does.

    Raises: ValueError when the solution has other methods or attributes than the class to fill in.
    """
    written = {getattr(one, "name", None): one for one in ast.parse(solution).body[-1].body if not _is_words(one)}
    open_methods = [one for one in skeleton.body if isinstance(one, ast.FunctionDef) and _raises(one)]
    expected = [method.name for method in open_methods]
    if written.keys() != set(expected):
        raise ValueError(
            f"the solution of {skeleton.name} defines {', '.join(map(str, written))}, expected the methods that the "
            f"exercise leaves open: {', '.join(expected)} (or mark the solution inside the exercise's own cell)"
        )
    lines = solution.split("\n")
    for method in reversed(open_methods):
        body = written[method.name].body
        code = "\n".join(lines[body[0].lineno - 1 : body[-1].end_lineno])
        source = _filled(source, method, textwrap.dedent(code))
    return source


def _raises(function: ast.FunctionDef) -> bool:
    return isinstance(function.body[-1], ast.Raise)


def _is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _filled(source: str, function: ast.FunctionDef, code: str) -> str:
    """The source with code between marks in place of the function's last statement."""
    lines, last = source.split("\n"), function.body[-1]
    marked = textwrap.indent(f"{BEGIN}\n{code}\n{END}", " " * last.col_offset)
    return "\n".join([*lines[: last.lineno - 1], marked, *lines[last.end_lineno :]])


def _passed(arguments: ast.arguments) -> str:
    """A function's arguments, as it passes them on to another of the same signature."""
    plain = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return ", ".join([*plain, *(f"{argument.arg}={argument.arg}" for argument in arguments.kwonlyargs)])
