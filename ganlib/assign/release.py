"""A chapter on its way to a class."""

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from ganlib import build
from ganlib.assign.student import forgotten, leaks, standing, student_version, tags, telling, texts
from ganlib.runtime import ROOT

PACKAGE = ROOT / "ganlib"
KEPT_BACK = ("assign", "grade")  # the parts of the package that students do not need
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

    def of_instructors(self, kind: str) -> list[str]:
        """The cells of a kind, ``code`` or ``markdown``, that only instructors see."""
        cells = (cell for cell in self.full.cells if "instructor" in tags(cell))
        return [cell.source for cell in cells if cell.cell_type == kind]

    def in_package(self) -> dict[str, int]:
        """How many lines of the solution each file of the package holds that students get."""
        files = (path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in KEPT_BACK)
        told = telling(self.removed)
        found = {path: len(standing(told, path.read_text(encoding="utf-8"))) for path in files}
        return {path.relative_to(ROOT).as_posix(): lines for path, lines in found.items() if lines}


def prepare(source: Path) -> Release:
    """Take the solutions out of a chapter's source.

    Raises: ValueError when there are none, their marks do not pair, or one of their lines is left.
    """
    full = build.notebook(source)
    student, removed = student_version(full)
    if not removed:
        raise ValueError(f"{source.name} has no solution to take out")
    meant = forgotten(student)
    if meant:
        raise ValueError(
            "these lines look like a solution, but stand neither between # BEGIN SOLUTION and # END SOLUTION, nor in "
            "a cell tagged 'solution':\n" + "\n".join(meant)
        )
    left = leaks(removed, "\n".join(texts(student)))
    if left:
        raise ValueError("lines of the solution are still in the version for students:\n" + "\n".join(left))
    for cell in student.cells:
        if cell.cell_type == "markdown":
            cell.source = BADGES.sub("", cell.source)  # they open the chapter with its solutions
            cell.source = ALONE.sub(lambda link: f"]({build.repository()}/blob/main/chapters/{link[1]})", cell.source)
    return Release(source.stem, full, student, removed)
