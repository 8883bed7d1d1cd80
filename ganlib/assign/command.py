"""The command line of ``python -m ganlib assign``."""

import shutil
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import nbformat

from ganlib import build
from ganlib.assign.exercises import exercises
from ganlib.assign.folders import checked_place, in_one_step, write_instructor, write_nbgrader, write_student, zipped
from ganlib.assign.grading import grading
from ganlib.assign.release import prepare
from ganlib.assign.trial import solved, trial
from ganlib.grade.sandbox import SandboxError

CHAPTER = "06"


def main(argv: list[str]) -> int:
    """Release what ``argv`` names. Returns 0, or 2 for what cannot be released."""
    arguments = parse(argv)
    try:
        release_chapter(arguments)
    except (ValueError, OSError, SandboxError) as error:
        print(f"ganlib assign: {error}", file=sys.stderr)
        return 2
    return 0


def release_chapter(arguments: Namespace) -> None:
    """Make the release, try it, and write it.

    Raises: ValueError, OSError or SandboxError when that cannot be done; nothing is written then.
    """
    out = checked_place(arguments.out)
    source = chapter(arguments.chapter)
    release = prepare(source)
    found = exercises(release.full)
    graded = grading(source, found, arguments.out, arguments.assignment)
    print(f"{release.title}: {len(release.removed)} lines taken out; trying the solution ...", flush=True)
    tried = trial(graded.target, solved(release.student, found), nbformat.writes(release.student).encode())

    def fill(folder: Path) -> None:
        student = f"{release.slug}.zip" if arguments.zip else "student"
        write_student(release, folder / "student", tried.points)
        write_instructor(release, folder / "instructor", tried, graded, student)
        if arguments.zip:
            zipped(folder / "student", folder / student, release.slug)
            shutil.rmtree(folder / "student")
        if arguments.nbgrader:
            write_nbgrader(release, folder / "nbgrader", found, tried, graded)

    in_one_step(out, fill)
    told = sorted(path.name for path in out.iterdir())
    print(f"{arguments.out}: {', '.join(told)}. The solution earns all {tried.solution.total:g} points.")


def chapter(name: str) -> Path:
    """The source of a chapter: by its number, or a file of its own.

    Raises: ValueError when there is none.
    """
    if name.endswith(".py"):
        if not Path(name).is_file():
            raise ValueError(f"--chapter {name}: there is no such file")
        return Path(name)
    return build.sources([name])[0]


def parse(argv: list[str]) -> Namespace:
    """The arguments, complete."""
    parser = ArgumentParser(
        prog="python -m ganlib assign",
        description="Release a chapter's exercises: a folder for students, without solutions, and one for instructors. "
        "Nothing is written when a line of a solution would be left, or the solution does not earn all points.",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument("--chapter", default=CHAPTER, help="its number, or a source file (default: %(default)s)")
    parser.add_argument("--zip", action="store_true", help="the students' folder as a zip")
    parser.add_argument("--nbgrader", action="store_true", help="write it as a course of nbgrader too")
    parser.add_argument(
        "--assignment", help="what is graded, as in grade --assignment (default: the chapter's exercises)"
    )
    return parser.parse_args(argv)
