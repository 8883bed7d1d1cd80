"""The trial before a release: the solution earns all points, and what students get earns none."""

from contextlib import ExitStack
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ganlib.assign.exercises import Exercise
from ganlib.grade.imports import wanted
from ganlib.grade.sandbox import Limits, Sandbox, Target, bubblewrap
from ganlib.grade.verdict import Grade, grade

SEED = 20_000_101  # any will do: what is expected is exact


@dataclass(frozen=True)
class Trial:
    """The points of each part, the grade of the solution, whose rows are the rubric, and that of what students get."""

    points: dict[str, float]
    solution: Grade
    untouched: Grade


def solved(nb: NotebookNode, exercises: list[Exercise]) -> bytes:
    """The notebook with all exercises solved, as a student would hand it in."""
    made = nbformat.from_dict(nb)
    made.cells = [*nb.cells, *(new_code_cell(exercise.solved()) for exercise in exercises)]
    return nbformat.writes(made).encode()


def trial(target: Target, solution: bytes, student: bytes) -> Trial:
    """Grade both as submissions are graded.

    Raises: ValueError when the solution earns less than all points, or the untouched notebook more than none;
    SandboxError when neither can be run here.
    """
    points, (right, untouched) = _graded(target, [solution, student])
    if right.total != sum(points.values()):
        raise ValueError(f"the solution earns {right.total:g} of {sum(points.values()):g} points: {right.told()}")
    if untouched.total:
        raise ValueError(f"the notebook for students earns {untouched.total:g} points as it is, expected none")
    return Trial(points, right, untouched)


def _graded(target: Target, notebooks: list[bytes]) -> tuple[dict[str, float], list[Grade]]:
    """The points of each part, and each notebook's grade. Being our own they may run without bubblewrap."""
    limits, grades, sandbox = Limits(), [], None
    with ExitStack() as stack:
        for notebook in notebooks:
            if sandbox is None or not sandbox.usable:
                sandbox = stack.enter_context(Sandbox(target, bubblewrap() is not None, wanted(notebooks)))
            outcome = sandbox.judge(notebook, "trial.ipynb", SEED, limits)
            grades.append(grade(outcome, sandbox.points, limits.seconds))
        return sandbox.points, grades
