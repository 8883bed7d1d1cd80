"""The files of a release, written aside and put in place when all of them are whole."""

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from ganlib import build
from ganlib.assign import pages
from ganlib.assign.exercises import Exercise
from ganlib.assign.nbgrader import CONFIGURATION, course_notebook
from ganlib.assign.student import leaks, student_version, tags
from ganlib.assign.trial import Trial
from ganlib.runtime import ASSETS, ROOT

COURSE = ("pyproject.toml", "constraints.txt", "environment.yml", "LICENSE", "LICENSE-TEXT")
ALONE = re.compile(r"\]\((\d\d_\w+\.ipynb)\)")  # a link to another chapter, which students do not get
BADGES = re.compile(r"^\[Open in Colab\]\(.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Release:
    """A chapter on its way to a class: with solutions, and for students; ``removed`` are the lines between the two."""

    slug: str
    full: NotebookNode
    student: NotebookNode
    removed: list[str]

    @property
    def title(self) -> str:
        """The chapter's title."""
        return self.full.cells[0].source.split("\n")[0].lstrip("# ")


def prepare(source: Path) -> Release:
    """Take the solutions out of a chapter's source.

    Raises: ValueError when there are none, their marks do not pair, or one of their lines is left.
    """
    full = build.notebook(source)
    student, removed = student_version(full)
    if not removed:
        raise ValueError(f"{source.name} has no solution to take out")
    left = leaks(removed, jupytext.writes(student, fmt="py:percent"))
    if left:
        raise ValueError("lines of the solution are still in the version for students:\n" + "\n".join(left))
    for cell in student.cells:
        if cell.cell_type == "markdown":
            cell.source = BADGES.sub("", cell.source)  # they open the chapter with its solutions
            cell.source = ALONE.sub(lambda link: f"]({build.repository()}/blob/main/chapters/{link[1]})", cell.source)
    return Release(source.stem, full, student, removed)


def write_student(release: Release, folder: Path, points: dict[str, float]) -> None:
    """What a student needs: the notebook, the package that it imports, and how to start."""
    write_notebook(release.student, folder / "chapters" / release.slug)
    words = {"title": release.title, "slug": release.slug, "points": pages.points_table(points)}
    (folder / "README.md").write_text(pages.STUDENT.format(**words), encoding="utf-8")
    ignored = shutil.ignore_patterns("__pycache__", "assign", "grade")
    shutil.copytree(ROOT / "ganlib", folder / "ganlib", ignore=ignored)
    shutil.copytree(ASSETS, folder / "assets", ignore=shutil.ignore_patterns("pictures"))
    for name in COURSE:
        shutil.copy(ROOT / name, folder / name)


def write_instructor(release: Release, folder: Path, trial: Trial, assignment: str, student: str) -> None:
    """What an instructor keeps: the chapter with its solutions, the hidden tests, the rubric, and what was measured."""
    write_notebook(release.full, folder / release.slug)
    hidden = [cell.source for cell in release.full.cells if "instructor" in tags(cell)]
    if hidden:
        (folder / "hidden_tests.py").write_text("\n\n".join(hidden) + "\n", encoding="utf-8")
    words = {"title": release.title, "slug": release.slug, "student": student, "assignment": assignment}
    words |= {"machine": pages.machine(), "total": trial.solution.total, "removed": len(release.removed)}
    words |= {"right": trial.solution.seconds, "untouched": trial.untouched.seconds}
    words |= {"hidden": "; `hidden_tests.py`: what only you run" if hidden else ""}
    (folder / "README.md").write_text(pages.INSTRUCTOR.format(**words), encoding="utf-8")
    (folder / "rubric.md").write_text(pages.rubric(release.title, trial), encoding="utf-8")


def write_nbgrader(release: Release, folder: Path, exercises: list[Exercise], points: dict[str, float]) -> None:
    """The course folder of nbgrader."""
    made = course_notebook(release.full, exercises, points)
    target = folder / "source" / release.slug / f"{release.slug}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.validate(made)
    target.write_text(nbformat.writes(made) + "\n", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(CONFIGURATION.format(slug=release.slug), encoding="utf-8")


def write_notebook(nb: NotebookNode, path: Path) -> None:
    """The notebook at ``path`` with .ipynb, and with .py in percent format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.validate(nb)
    path.with_suffix(".ipynb").write_text(nbformat.writes(nb) + "\n", encoding="utf-8", newline="\n")
    path.with_suffix(".py").write_text(jupytext.writes(nb, fmt="py:percent"), encoding="utf-8", newline="\n")


def zipped(folder: Path, target: Path, top: str) -> None:
    """All files of a folder in a zip, below a folder ``top``; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}")
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, path.read_bytes())


def in_one_step(out: Path, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write into a folder beside ``out``, which becomes ``out`` when that went well.

    Raises: ValueError when ``out`` is there already and is not empty.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ValueError(f"OUT = {out} is there already; name another folder, or remove it")
    aside = out.parent / f".{out.name}.tmp"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        fill(aside)
        if out.exists():
            out.rmdir()
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
