"""What has been graded, on disk: one file for each submission, whole or absent whatever kills the grader."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ganlib.environment import lock
from ganlib.files import replacing
from ganlib.grade.submissions import Submission
from ganlib.grade.verdict import Grade, from_plain


@dataclass(frozen=True)
class Record:
    """A graded submission: who handed in which file, what is odd about that, and the grade."""

    student: str
    id: str
    file: str
    note: str
    grade: Grade


class Records:
    """The folder of a class's records, held by one grader at a time. Use it in a ``with`` block.

    ``settings`` say how is graded; they are stored, with the hidden seed that is drawn at the first start.

    Raises: ValueError when another grader holds the folder, or it was graded with other settings.
    """

    def __init__(self, folder: Path, settings: Mapping[str, object], again: bool = False):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock: IO = open(folder / ".lock", "a")
        if not lock(self._lock):
            self._lock.close()
            raise ValueError(f"another grader is at work in {folder}")
        stored = None if again else self._stored()
        if again:
            self._clear()
        if stored and stored["settings"] != settings:
            raise ValueError(f"{folder} was graded with {stored['settings']}, not {settings}; --again begins anew")
        self.seed: int = stored["seed"] if stored else secrets.randbits(48)
        if not stored:
            self._write("settings", {"settings": settings, "seed": self.seed})

    def __enter__(self) -> "Records":
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.close()

    def find(self, key: str) -> Record | None:
        """The record with this key; None when the submission has not been graded."""
        path = self._path(f"records/{key}")
        if not path.exists():
            return None
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Record(**{**plain, "grade": from_plain(plain["grade"])})

    def add(self, key: str, record: Record) -> None:
        """Keep a record, for good when this returns."""
        self._write(f"records/{key}", {**vars(record), "grade": record.grade.as_plain()})

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, name: str, content: Mapping) -> None:
        with replacing(self._path(name)) as file:
            file.write(json.dumps(content, indent=1, ensure_ascii=False).encode())

    def _stored(self) -> dict | None:
        path = self._path("settings")
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def _clear(self) -> None:
        for path in (self._path("settings"), *self.folder.glob("records/*.json")):
            path.unlink(missing_ok=True)


def key(submission: Submission, content: bytes) -> str:
    """The name of a submission's record: another file of the same student, or an edited one, has another."""
    words = "\0".join((submission.student, submission.id, submission.file)).encode("utf-8", "backslashreplace")
    return hashlib.sha256(words + b"\0" + content).hexdigest()[:24]
