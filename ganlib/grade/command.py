"""The command line of ``python -m ganlib grade``."""

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from ganlib.files import replacing
from ganlib.grade import exercises, feedback
from ganlib.grade.archive import Refused
from ganlib.grade.imports import wanted
from ganlib.grade.inside import seccomp
from ganlib.grade.pool import Pool
from ganlib.grade.records import Record, Records
from ganlib.grade.sandbox import Limits, Sandbox, SandboxError, bubblewrap, complaint, visible_folders
from ganlib.grade.submissions import Submission, submissions
from ganlib.grade.table import table

DEFAULT = "ganlib.checks.wgan"
NO_SANDBOX = (
    "bubblewrap (the program bwrap) is not installed here, so nothing would keep submissions from the files and the "
    "network of this machine. Install it (on Debian and Ubuntu: apt install bubblewrap; it needs Linux, or WSL on "
    "Windows), or give --unsafe-no-sandbox if you trust every submission."
)
NO_NAMESPACES = (
    "bubblewrap is here, but the system does not let it make a sandbox. It says: {}\n"
    "On Ubuntu from 24.04 on, AppArmor forbids it: add a profile for bwrap that allows userns, or run\n"
    "    sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0\n"
    "In Docker, start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined and, "
    "where that is not enough, --cap-add SYS_ADMIN. Or grade on another machine."
)
WARNING = (
    "WARNING: without a sandbox each submission can read, change and send away all that you can. Run this only on "
    "submissions that you trust, or on a machine that holds nothing of value."
)


def main(argv: list[str]) -> int:
    """Grade what ``argv`` names. Returns 0, or 2 for what cannot be done, or 130 when stopped by Ctrl-C.

    Raises: SystemExit(2), after a message, for arguments that mean nothing.
    """
    arguments = parse(argv)
    try:
        return grade_class(arguments)
    except (ValueError, OSError, SandboxError) as error:
        print(f"ganlib grade: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where it was.", file=sys.stderr)
        return 130


def grade_class(arguments: Namespace) -> int:
    """Grade all submissions, and write the table, the feedback and the summary.

    Raises: ValueError, OSError or SandboxError when that cannot be done.
    """
    enclosed = not arguments.unsafe_no_sandbox
    if enclosed:
        need_sandbox()
    target = exercises.target(arguments.assignment)
    refuse_places(arguments.submissions, arguments.out)
    handed_in = submissions(arguments.submissions)
    limits = Limits(arguments.seconds, arguments.part_seconds, memory=arguments.memory << 20)
    settings = {"assignment": arguments.assignment, "enclosed": enclosed, **vars(limits)}
    if not enclosed:
        print(WARNING, file=sys.stderr)
    with Records(arguments.out.with_suffix(""), settings, arguments.again) as records:
        imports = wanted(contents(handed_in))
        pool = Pool(lambda: Sandbox(target, enclosed, imports), records, limits, arguments.workers)
        found = list(tqdm(pool.run(handed_in), total=len(handed_in), unit=" submissions"))
        write(sorted(found, key=lambda record: (record.student.casefold(), record.id)), pool.points, arguments.out)
    return 0


def contents(handed_in: Iterable[Submission]) -> Iterator[bytes]:
    """The bytes of all submissions that can be read."""
    for submission in handed_in:
        with suppress(Refused):
            yield submission.read()


def write(records: list[Record], points: dict[str, float], out: Path) -> None:
    """Write the table, a page for each student and the summary; print the summary."""
    folder = out.with_suffix("")
    with replacing(out) as file:
        file.write(table(records, points))
    for record in records:
        with replacing(folder / "feedback" / feedback.file_name(record)) as file:
            file.write(feedback.feedback(record, points))
    with replacing(folder / "summary.html") as file:
        file.write(feedback.summary(records, points))
    print("\n".join(feedback.summary_lines(records, points)))
    print(f"\n{out}: one line for each submission\n{folder}/feedback: a page for each student")
    print(f"{folder}/summary.html: the class\nLook at lines with flags: no grader that runs in Python is cheat-proof.")


def need_sandbox() -> None:
    """Raise ValueError where there is no sandbox."""
    if not bubblewrap():
        raise ValueError(NO_SANDBOX)
    if not seccomp.supported():
        raise ValueError(f"the sandbox knows Linux on {' and '.join(seccomp.MACHINES)}, not this machine")
    said = complaint()
    if said:
        raise ValueError(NO_NAMESPACES.format(said))


def refuse_places(submissions: Path, out: Path) -> None:
    """Refuse results among the submissions, and both where a submission could read them.

    Raises: ValueError when one lies in the other, or where the sandbox shows Python's packages.
    """
    if out.resolve().is_relative_to(submissions.resolve()):
        raise ValueError(f"--out {out} lies in {submissions}: results would be taken for submissions; write elsewhere")
    for path in (submissions, out):
        for folder in (*visible_folders(), Path("/usr")):
            if path.resolve().is_relative_to(folder):
                raise ValueError(f"{path} lies in {folder}, which submissions can read; move it elsewhere")


def parse(argv: list[str]) -> Namespace:
    """The arguments, complete."""
    parser = ArgumentParser(
        prog="python -m ganlib grade",
        description="Grade a class's answers: each in a sandbox, without network, with limits. The same command goes "
        "on after it was stopped or killed.",
    )
    parser.add_argument("submissions", type=Path, help="folder or zip, as Moodle, Canvas or nbgrader export it")
    parser.add_argument("--out", type=csv_file, required=True, metavar="grades.csv", help="the table to write")
    parser.add_argument(
        "--assignment",
        default=DEFAULT,
        help=f"a chapter's number, or a module or a .py file that holds PARTS (default: {DEFAULT})",
    )
    parser.add_argument("--again", action="store_true", help="grade all anew, with another hidden seed")
    parser.add_argument("--workers", type=above_zero, default=cores(), help="sandboxes at once (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="for a submission (default: %(default)g)")
    parser.add_argument("--part-seconds", type=float, default=10, help="for a part of it (default: %(default)g)")
    parser.add_argument("--memory", type=above_zero, default=2048, help="MiB for a submission (default: %(default)s)")
    parser.add_argument("--unsafe-no-sandbox", action="store_true", help="run submissions as yourself; see the warning")
    arguments = parser.parse_args(argv)
    if not (arguments.seconds > 0 and arguments.part_seconds > 0):
        parser.error("--seconds and --part-seconds, expected numbers above 0")
    return arguments


def csv_file(text: str) -> Path:
    """A path that ends in .csv."""
    if not re.search(r"[^/\\]\.csv$", text):
        raise ValueError
    return Path(text)


def above_zero(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
