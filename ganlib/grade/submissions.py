"""Who handed in what: from the files that a learning platform exports to one submission for each student."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from ganlib.grade.archive import Entry, Refused, entries

MOODLE = re.compile(r"^(?P<student>.+)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)$")
CANVAS = re.compile(r"^(?P<student>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)$")
READABLE = (".ipynb", ".py")
IGNORED = ("__MACOSX", ".ipynb_checkpoints", "__pycache__")


@dataclass(frozen=True)
class Submission:
    """A student, the platform's number for her or him (empty where it gives none), and the file that is graded."""

    student: str
    id: str
    file: str = ""
    entry: Entry | None = None
    note: str = ""

    def read(self) -> bytes:
        """The file's bytes.

        Raises: Refused when there is no file, or none that may be read.
        """
        if self.entry is None:
            raise Refused("no .ipynb or .py file was handed in")
        return self.entry.read()


def submissions(path: Path) -> list[Submission]:
    """One submission for each student, in order of names.

    Understood are exports of Moodle (with a folder for each student or without) and Canvas, nbgrader's ``submitted/``,
    one folder for each student, and plain files named after them.

    Raises: ValueError when there is nothing to grade.
    """
    listed = [entry for entry in entries(path) if not _is_ignored(entry)]
    top = _common_top(listed, path)
    by_student: dict[tuple[str, str], list[Entry]] = {}
    for entry in listed:
        by_student.setdefault(_owner(entry.parts[top:], nbgrader=_nbgrader(path, entry)), []).append(entry)
    found = [_chosen(*who, files) for who, files in by_student.items()]
    if not any(one.entry for one in found):
        raise ValueError(f"SUBMISSIONS = {path} holds no .ipynb or .py file")
    return sorted(found, key=lambda one: (one.student.casefold(), one.id))


def _is_ignored(entry: Entry) -> bool:
    return any(part in IGNORED or (part.startswith(".") and part != "..") for part in entry.parts)


def _common_top(listed: list[Entry], path: Path) -> int:
    """1 when all files lie in one folder that only wraps the others, else 0."""
    tops = {entry.parts[0] for entry in listed}
    wraps = len(tops) == 1 and len(listed) > 1 and all(len(entry.parts) > 1 for entry in listed)
    return int(wraps and not MOODLE.match(next(iter(tops))))


def _nbgrader(path: Path, entry: Entry) -> bool:
    return path.name == "submitted" or entry.parts[0] == "submitted"


def _owner(parts: tuple[str, ...], nbgrader: bool) -> tuple[str, str]:
    """Student and number, from the path of a file. What lies in a zip belongs to whom the zip belongs."""
    zips = [i for i, part in enumerate(parts) if part.lower().endswith(".zip")]
    parts = tuple(part for part in parts[: zips[0] + 1 if zips else None] if part not in ("..", "/")) or ("?",)
    if nbgrader:
        return readable(parts[1] if parts[0] == "submitted" and len(parts) > 1 else parts[0]), ""
    for part in parts:
        match = MOODLE.match(part) or (CANVAS.match(part) if part == parts[-1] else None)
        if match:
            return readable(match["student"]), match["id"]
    return readable(parts[0] if len(parts) > 1 else parts[0].rsplit(".", 1)[0]), ""


def readable(name: str) -> str:
    """A name without control characters and without bytes that are no text."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8"))
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)[:200] or "?"


def _chosen(student: str, number: str, files: list[Entry]) -> Submission:
    """Of a student's files the notebook, else the Python file; of several the newest."""
    for ending in READABLE:
        fitting = sorted((f for f in files if f.name.lower().endswith(ending)), key=lambda f: (f.changed, f.parts))
        if fitting:
            chosen = fitting[-1]
            made = Submission(student, number, readable("/".join(chosen.parts)), chosen)
            return made if len(fitting) == 1 else replace(made, note=f"handed in {len(fitting)} {ending} files")
    names = ", ".join(readable(entry.name) for entry in files[:5])
    return Submission(student, number, note=f"handed in {names}")
