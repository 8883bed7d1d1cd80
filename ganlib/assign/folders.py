"""The files of a release, written aside and put in place when all of them are whole."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbformat import NotebookNode

from ganlib.assign import pages
from ganlib.assign.exercises import Exercise
from ganlib.assign.grading import Grading
from ganlib.assign.nbgrader import CONFIGURATION, course_notebook
from ganlib.assign.release import KEPT_BACK, PACKAGE, Release
from ganlib.assign.trial import Trial
from ganlib.runtime import ASSETS, ROOT

COURSE = ("pyproject.toml", "constraints.txt", "environment.yml", "LICENSE", "LICENSE-TEXT")


def write_student(release: Release, folder: Path, points: dict[str, float]) -> None:
    """What a student needs: the notebook, the package that it imports, and how to start."""
    write_notebook(release.student, folder / "chapters" / release.slug)
    words = {"title": release.title, "slug": release.slug, "points": pages.points_table(points)}
    (folder / "README.md").write_text(pages.STUDENT.format(**words), encoding="utf-8")
    shutil.copytree(PACKAGE, folder / "ganlib", ignore=shutil.ignore_patterns("__pycache__", *KEPT_BACK))
    shutil.copytree(ASSETS, folder / "assets", ignore=shutil.ignore_patterns("pictures"))
    for name in COURSE:
        shutil.copy(ROOT / name, folder / name)


def write_instructor(release: Release, folder: Path, tried: Trial, grading: Grading, student: str) -> None:
    """What an instructor keeps: the chapter with its solutions, the hidden tests, the rubric, and what was measured."""
    write_notebook(release.full, folder / release.slug)
    hidden = release.of_instructors("code")
    if hidden:
        (folder / "hidden_tests.py").write_text("\n\n".join(hidden) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(pages.instructor(release, tried, grading, student), encoding="utf-8")
    rubric = pages.rubric(release.title, tried, release.of_instructors("markdown"))
    (folder / "rubric.md").write_text(rubric, encoding="utf-8")


def write_nbgrader(release: Release, folder: Path, exercises: list[Exercise], tried: Trial, grading: Grading) -> None:
    """The course folder of nbgrader."""
    made = course_notebook(release.full, exercises, tried.points, grading.module)
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


def checked_place(out: Path) -> Path:
    """The folder to make, as a whole path.

    Raises: ValueError when it is there already and is not empty, or lies in what students get.
    """
    whole = out.resolve()
    if whole.exists() and not (whole.is_dir() and not any(whole.iterdir())):
        raise ValueError(f"OUT = {out} is there already; name another folder, or remove it")
    for folder in (PACKAGE, ASSETS):
        if whole.is_relative_to(folder):
            raise ValueError(f"OUT = {out} lies in {folder}, which students get; name another folder")
    return whole


def in_one_step(out: Path, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write into a folder beside ``out``, which becomes ``out`` when that went well."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as aside:
        fill(Path(aside) / "out")
        if out.exists():
            out.rmdir()
        (Path(aside) / "out").rename(out)
