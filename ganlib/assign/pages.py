"""What is said to students and to instructors in the folders of a release."""

import platform
import textwrap
from collections.abc import Iterable, Mapping

from ganlib.assign.grading import Grading
from ganlib.assign.release import Release
from ganlib.assign.trial import Trial
from ganlib.grade.command import cores
from ganlib.grade.verdict import Row

STUDENT = """\
# {title}

Work in `chapters/{slug}.ipynb`. Fill in each cell that raises `NotImplementedError`, and run it: the check below it
says what is wrong, if anything is. Hand in that notebook, or `{slug}.py` if you prefer plain Python.

{points}

What counts are the functions and classes that you define, by their names. The grader calls them, on numbers that the
notebook does not show. It does not look at trained networks and pictures.

## On your own computer

You need Python 3.11 or newer. Open a terminal in this folder, the one that holds `chapters`:

    python3 -m ganlib

(on Windows: `py -m ganlib`). The first start makes an environment in the folder `.venv`, which needs the network once
and takes some minutes. Then JupyterLab opens with the notebook. In an environment that already has the packages it
starts at once, offline too.

## On Colab

Upload `{slug}.ipynb`. Its first cell fetches the course. If your instructor gave you a zip instead, upload the zip too,
and run this before the first cell:

    !unzip -q {slug}.zip && mv {slug} /content/course
"""

INSTRUCTOR = """\
# {title}: for instructors

- `../{student}`: what students get. It holds neither the solutions nor what only you see.
- `{slug}.ipynb`, `{slug}.py`: the chapter with its solutions.
- `rubric.md`: the points of each property{questions}.{hidden}

## Grading

Export all submissions from your learning platform (Moodle, Canvas, nbgrader, or plain files; a folder or a zip), then,
in the course's own folder:

    python -m ganlib grade SUBMISSIONS --out grades.csv --assignment {assignment}

That writes the table, a page of feedback for each student, and a summary. Stopped or killed, the same command goes on.
It needs Linux with bubblewrap (on Windows: WSL).
{seeds}

## Measured before this release

On {machine}:

- the solution earns {total:g} of {total:g} points, and is graded in {right:.1f} s;
- the notebook for students as it is earns 0, in {untouched:.1f} s;
- {removed} lines were taken out. None of them is left in the students' notebook, in whatever form: not in code, words,
  comments, metadata or attachments. Renamed variables would not be noticed; read it once yourself;
- at the solution's pace, 200 submissions take about {pace}.

## What the grader does, and what it cannot do

- Each submission runs in a process of its own in a sandbox (bubblewrap): no network, no files but Python, its packages
  and ganlib, all read-only, its own empty `/tmp`, no threads, limits on time, memory, processes and output.
- Only imports, definitions and constants of a notebook are executed, never its training. A syntax error costs one cell.
- Answers and checks share a process. The grader refuses access to its frames and objects, compares itself before and
  after, and lets known wrong answers be judged after each submission; whoever fools it earns 0. Still, **no grader that
  runs in Python is cheat-proof**. Look at every line of the table with flags, and at some without.
- It judges what functions compute. It does not see style, explanations, training curves, or who wrote the answer.
- The course is public, its solutions too. Ask about the answers, or change the task.
{package}
"""
QUESTIONS = ", and what to look for where students answer in words"
HIDDEN = "\n- `hidden_tests.py`: what only you run, after the chapter's definitions."
PACKAGE = """\
The package that students import is the course's: its `losses`, `gans` and `checks` show how such answers look{lines}.
The grader flags whoever imports an answer, not who reads one and writes it down."""

DRAWN = """\
The numbers on which answers are judged are drawn from a seed of the grader's start. It is the same for the whole class,
and another one than that of the checks in the notebook."""
KNOWN = """\
Each exercise earns all of its points or none, by the same check that students run, on the same numbers. An answer that
only knows these numbers passes: give no marks without a look."""


def instructor(release: Release, tried: Trial, grading: Grading, student: str) -> str:
    """The instructor's README; ``student`` is the name of what students get."""
    return INSTRUCTOR.format(
        title=release.title,
        slug=release.slug,
        student=student,
        assignment=grading.assignment,
        seeds=DRAWN if grading.by_properties else KNOWN,
        machine=machine(),
        total=tried.solution.total,
        right=tried.solution.seconds,
        untouched=tried.untouched.seconds,
        removed=len(release.removed),
        pace=_pace(200 * tried.solution.seconds / cores()),
        questions=QUESTIONS if release.of_instructors("markdown") else "",
        hidden=HIDDEN if release.of_instructors("code") else "",
        package=_package(release.in_package()),
    )


def points_table(points: Mapping[str, float]) -> str:
    """The points of each part, as a Markdown table."""
    lines = ["| part | points |", "|---|---|", *(f"| `{part}` | {value:g} |" for part, value in points.items())]
    return "\n".join([*lines, f"| total | {sum(points.values()):g} |"])


def rubric(title: str, tried: Trial, questions: Iterable[str]) -> str:
    """The points of each property of each part, as the solution earned them, and the rubric of open questions."""
    several = {part: rows for part, rows in tried.solution.parts.items() if len(rows) > 1}
    parts = [_part(part, tried.points[part], rows) for part, rows in several.items()]
    return "\n\n".join([f"# {title}: rubric", points_table(tried.points), *parts, *questions]) + "\n"


def _part(part: str, points: float, rows: tuple[Row, ...]) -> str:
    lines = [f"## {part}: {points:g} points", "", "| property | points |", "|---|---|"]
    return "\n".join([*lines, *(f"| {row.name} | {row.possible:g} |" for row in rows)])


def machine() -> str:
    """What the times were measured on."""
    return f"{platform.system()}, {platform.machine()}, {cores()} cores, Python {platform.python_version()}"


def _pace(seconds: float) -> str:
    """A time in words."""
    return f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{seconds:.0f} seconds"


def _package(lines: Mapping[str, int]) -> str:
    """What of the solution students find in the package that their notebook imports, as an item of a list."""
    files = ", ".join(f"{number} in `{name}`" for name, number in lines.items())
    words = PACKAGE.format(lines=f", and lines of this solution stand in it to the letter: {files}" if files else "")
    return textwrap.fill(words, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
