"""The files that a learning platform exports, in a folder or a zip, read one by one and never unpacked to disk."""

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

LARGEST = 32 << 20
MOST_FILES = 20_000


class Refused(Exception):
    """Why a file is not read, in words for the instructor."""


@dataclass(frozen=True)
class Entry:
    """A file: the parts of its path below the top, when it was changed, and how to read it."""

    parts: tuple[str, ...]
    changed: tuple
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.parts[-1]


def entries(path: Path) -> list[Entry]:
    """All files of a folder or a zip, those of zips inside it included, in order of their paths.

    Raises: ValueError for something else, a damaged zip, or too many files.
    """
    if path.is_dir():
        found = _of_folder(path)
    elif zipfile.is_zipfile(path):
        found = _of_zip(lambda: open(path, "rb"), ())
    else:
        raise ValueError(f"SUBMISSIONS = {path}, expected a folder or a zip file")
    return sorted(_opened(found), key=lambda entry: entry.parts)


def _opened(found: Iterator[Entry]) -> Iterator[Entry]:
    """The entries, with a student's zip in the place of itself; a zip inside that is left alone."""
    for number, entry in enumerate(found):
        if number >= MOST_FILES:
            raise ValueError(f"there are more than {MOST_FILES:,} files")
        yield entry
        if entry.name.lower().endswith(".zip"):
            yield from _of_inner_zip(entry)


def _of_inner_zip(entry: Entry) -> Iterator[Entry]:
    try:
        content = entry.read()
        yield from _of_zip(lambda: io.BytesIO(content), entry.parts)
    except (Refused, ValueError):
        return  # the zip itself stays listed; its student gets a row that says that no file was found


def _of_folder(path: Path) -> Iterator[Entry]:
    waiting = [str(path)]  # a stack, since folders may be nested deeper than functions
    while waiting:
        try:
            found = list(os.scandir(waiting.pop()))
        except OSError:
            continue  # no folder that its owner can open
        for one in found:
            if one.is_dir(follow_symlinks=False):
                waiting.append(one.path)
            else:
                file, changed = Path(one.path), one.stat(follow_symlinks=False).st_mtime
                yield Entry(file.relative_to(path).parts, (changed,), lambda file=file: _of_file(file))


def _of_file(path: Path) -> bytes:
    """The content of an ordinary file, not by way of a link."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        why = "is a link; links are not followed" if path.is_symlink() else f"cannot be opened: {error.strerror}"
        raise Refused(why) from error
    with open(number, "rb") as file:
        state = os.fstat(number)
        if not stat.S_ISREG(state.st_mode):
            raise Refused("is no ordinary file")
        return _bounded(file, state.st_size)


def _of_zip(reopen: Callable[[], BinaryIO], above: tuple[str, ...]) -> Iterator[Entry]:
    try:
        with reopen() as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"the zip is damaged: {error}") from error
    if len(members) > MOST_FILES:
        raise ValueError(f"there are more than {MOST_FILES:,} files")
    for member in members:
        if not member.filename.endswith("/"):
            parts = (*above, *(PurePosixPath(member.filename.replace("\\", "/")).parts or ("?",)))
            yield Entry(parts, member.date_time, lambda member=member: _of_member(reopen, member))


def _of_member(reopen: Callable[[], BinaryIO], member: zipfile.ZipInfo) -> bytes:
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Refused("is a link; links are not followed")
    if ".." in PurePosixPath(member.filename.replace("\\", "/")).parts or member.filename.startswith(("/", "\\")):
        raise Refused("has a path that leads out of the zip")
    try:
        with reopen() as file, zipfile.ZipFile(file) as archive, archive.open(member) as content:
            return _bounded(content, member.file_size)
    except Refused:
        raise
    except Exception as error:  # a damaged or encrypted zip makes zipfile and zlib raise nearly anything
        raise Refused(f"cannot be unpacked: {error}") from error


def _bounded(file: BinaryIO, size: int) -> bytes:
    """All of the file, which says that it has ``size`` bytes, unless it is too large."""
    if size <= LARGEST:
        content = file.read(LARGEST + 1)
        if len(content) <= LARGEST:
            return content
    raise Refused(f"is larger than {LARGEST >> 20} MiB")
