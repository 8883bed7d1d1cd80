"""How a release is graded: what ``grade --assignment`` is given for it."""

from dataclasses import dataclass
from pathlib import Path

from ganlib import build
from ganlib.assign.exercises import Exercise
from ganlib.grade.exercises import PARTS, target
from ganlib.grade.sandbox import Target


@dataclass(frozen=True)
class Grading:
    """What ``grade --assignment`` is given, and what that means to the sandbox."""

    assignment: str
    target: Target

    @property
    def module(self) -> str:
        """The module of the checks that the chapter's cells call."""
        return self.target.name if self.target.kind == "module" else "ganlib.checks"

    @property
    def by_properties(self) -> bool:
        """Whether each part has properties with points of their own, judged on numbers that nobody knows before."""
        return self.target.kind != "exercises"


def grading(source: Path, exercises: list[Exercise], out: Path, given: str | None) -> Grading:
    """How the exercises of ``source``, released to ``out``, are graded: as ``given``, else by what the chapter is.

    A chapter of the course is graded by its number, and a source of your own by the instructor's notebook.

    Raises: ValueError when ``given`` names nothing that grades.
    """
    number = source.name[:2]
    if given or number in PARTS or source.parent == build.CHAPTERS:
        return Grading(given or number, target(given or number))
    names = ",".join(exercise.name for exercise in exercises)
    return Grading((out / "instructor" / source.stem).as_posix() + ".ipynb", Target("exercises", names))
