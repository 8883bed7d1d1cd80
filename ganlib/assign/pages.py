"""What is said to students and to instructors in the folders of a release."""

import os
import platform
from collections.abc import Mapping

from ganlib.assign.trial import Trial
from ganlib.grade.verdict import Row

STUDENT = """\
# {title}

Work in `chapters/{slug}.ipynb`. Fill in each cell that raises `NotImplementedError`, and run it: the check below it
says what is wrong, if anything is. Hand in that notebook, or `{slug}.py` if you prefer plain Python.

{points}

What counts are the functions and classes that you define, by their names. They are called on other numbers than those
that you see. Trained networks and pictures in the notebook are not looked at by the grader.

## On your own computer

You need Python 3.11 or newer. In this folder:

    python3 -m ganlib

The first start makes an environment in the folder `.venv`, which needs the network once and takes some minutes. Then
JupyterLab opens with the notebook. In an environment that already has the packages it starts at once, offline too.

## On Colab

Upload `{slug}.ipynb`. Its first cell fetches the course. If your instructor gave you a zip instead, upload the zip too,
and run this before the first cell:

    !unzip -q {slug}.zip && mv {slug} /content/course
"""

INSTRUCTOR = """\
# {title}: for instructors

- `../{student}`: what students get. It holds neither the solutions nor the hidden tests.
- `{slug}.ipynb`, `{slug}.py`: the chapter with its solutions{hidden}.
- `rubric.md`: the points of each property.

## Grading

Export all submissions from your learning platform (Moodle, Canvas, nbgrader, or plain files; a folder or a zip), then,
in the course's own folder:

    python -m ganlib grade SUBMISSIONS --out grades.csv --assignment {assignment}

That writes the table, a page of feedback for each student, and a summary. Stopped or killed, the same command goes on.
The seed of the numbers on which answers are judged is drawn at the first start and is the same for the whole class.

## Measured before this release

On {machine}:

- the solution earns {total:g} of {total:g} points, and is graded in {right:.1f} s;
- the notebook for students as it is earns 0, in {untouched:.1f} s;
- {removed} lines were taken out, and none of them is left.

## What the grader does, and what it cannot do

- Each submission runs in a process of its own in a sandbox (bubblewrap): no network, no files but Python, its packages
  and ganlib, all read-only, its own empty `/tmp`, limits on time, memory, processes and output.
- Only imports, definitions and constants of a notebook are executed, never its training. A syntax error costs one cell.
- Answers and checks share a process. The grader refuses access to its frames and objects, compares itself before and
  after, and lets known wrong answers be judged after each submission; whoever fools it earns 0. Still, **no grader that
  runs in Python is cheat-proof**. Look at every line of the table with flags, and at some without.
- It judges what functions compute. It does not see style, explanations, training curves, or who wrote the answer.
- The course is public, its solutions too. Ask about the answers, or change the task.
"""


def points_table(points: Mapping[str, float]) -> str:
    """The points of each part, as a Markdown table."""
    lines = ["| part | points |", "|---|---|", *(f"| `{part}` | {value:g} |" for part, value in points.items())]
    return "\n".join([*lines, f"| total | {sum(points.values()):g} |"])


def rubric(title: str, trial: Trial) -> str:
    """The points of each property of each part, as the solution earned them."""
    several = {part: rows for part, rows in trial.solution.parts.items() if len(rows) > 1}
    parts = [_part(part, trial.points[part], rows) for part, rows in several.items()]
    return "\n\n".join([f"# {title}: rubric", points_table(trial.points), *parts]) + "\n"


def _part(part: str, points: float, rows: tuple[Row, ...]) -> str:
    lines = [f"## {part}: {points:g} points", "", "| property | points |", "|---|---|"]
    return "\n".join([*lines, *(f"| {row.name} | {row.possible:g} |" for row in rows)])


def machine() -> str:
    """What the times were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()}, {platform.machine()}, {cores} cores, Python {platform.python_version()}"
