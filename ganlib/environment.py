"""The Python environment a command runs in: the current one if it has everything, otherwise ``.venv``.

Standard library only, and readable by older Pythons, which must get as far as the word that they are too old.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ganlib.installation import SetupError, Unreachable, check_machine, create, explain, install, say

UNFINISHED = "unfinished"


def requirements(root: Path, extras: tuple[str, ...]) -> dict[str, str]:
    """The lowest version of each package that ``pyproject.toml`` asks for, e.g. ``{"torch": "2.6"}``.

    Raises:
        ValueError: for a requirement that is not of the form ``name>=version``.
    """
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    floors = {}
    for line in lines:
        match = re.fullmatch(r"([\w.-]+)>=([\d.]+)", line)
        if match is None:
            raise ValueError(f"requirement = {line!r} in pyproject.toml, expected name>=version")
        floors[match[1]] = match[2]
    return floors


def unmet(root: Path, extras: tuple[str, ...]) -> list[str]:
    """The requirements that the running interpreter does not meet, e.g. ``["torch>=2.6"]``."""
    from importlib.metadata import PackageNotFoundError, version

    missing = []
    for name, floor in requirements(root, extras).items():
        try:
            met = release(version(name)) >= release(floor)
        except PackageNotFoundError:
            met = False
        if not met:
            missing.append(f"{name}>={floor}")
    return missing


def release(version: str) -> tuple[int, ...]:
    """The numbers a version starts with, without closing zeros: ``2.6.0+cpu`` and ``2.6`` are both ``(2, 6)``."""
    numbers = re.match(r"\d+(\.\d+)*", version)[0]
    return tuple(int(number) for number in re.sub(r"(\.0+)+$", "", numbers).split("."))


def interpreter(root: Path, extras: tuple[str, ...]) -> Path:
    """A Python that has what ``extras`` need: the running one if it does, otherwise that of ``.venv``.

    Raises:
        SetupError: if there is none and it could not be made.
    """
    if not (root / "pyproject.toml").is_file():
        raise SetupError(f"There are no chapters beside {root / 'ganlib'}. Start from a copy of the whole repository.")
    own = VirtualEnvironment(root)
    if unmet(root, extras) or own.is_running():
        return own.ensure(extras)
    return Path(sys.executable)


class VirtualEnvironment:
    """``.venv`` in the project's root.

    Its stamp file holds ``UNFINISHED`` from the first moment on, and after success a digest of what was asked for. So a
    ``.venv`` without a stamp is somebody else's: it may be used, but is never changed or removed.
    """

    def __init__(self, root: Path):
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = self.folder / "ganlib-stamp"

    def ensure(self, extras: tuple[str, ...]) -> Path:
        """Make or update the environment where needed and return its interpreter.

        Raises:
            SetupError: if it could not be made; the message says why.
        """
        try:
            if self.is_ready():
                return self.python
            if self.folder.exists() and not self.stamp.exists():
                return self.borrow(extras)
            with locked(self.root / ".venv.lock"):
                if not self.is_ready():  # another launch may just have made it
                    self.make_or_update(extras)
        except KeyboardInterrupt:
            raise SetupError("Stopped. The environment is unfinished; the next start makes it anew.") from None
        except OSError as error:
            raise SetupError(explain(error, self.root)) from error
        return self.python

    def is_running(self) -> bool:
        """Whether this process runs in it, e.g. because it is activated. Then too it must be complete to be trusted."""
        return self.stamp.exists() and self.folder.samefile(sys.prefix)

    def is_ready(self) -> bool:
        """Whether it was completed for exactly what is asked for now, and starts."""
        return self.written_stamp() not in ("", UNFINISHED) and self.written_stamp() == self.digest()

    def written_stamp(self) -> str:
        """What the stamp file says; empty if there is none."""
        return self.stamp.read_text(encoding="utf-8") if self.stamp.is_file() else ""

    def digest(self) -> str:
        """SHA-256 over ``pyproject.toml``, the constraints in force and the Python version; empty if it does not start.

        pip and uv read the names of the constraints files from ``PIP_CONSTRAINT`` and ``UV_CONSTRAINT``.
        """
        version = self.version()
        if not version:
            return ""
        content = hashlib.sha256(version.encode() + (self.root / "pyproject.toml").read_bytes())
        for variable in ("PIP_CONSTRAINT", "UV_CONSTRAINT"):
            for name in os.environ.get(variable, "").split():
                path = self.root / name
                content.update(path.read_bytes() if path.is_file() else name.encode())
        return content.hexdigest()

    def version(self) -> str:
        """Python's version in there, e.g. ``3.12``; empty if it does not start or has lost its packages."""
        code = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
        try:
            return subprocess.run([str(self.python), "-I", "-c", code], capture_output=True, text=True).stdout.strip()
        except OSError:
            return ""

    def borrow(self, extras: tuple[str, ...]) -> Path:
        """The interpreter of a ``.venv`` that somebody else made, if it has everything.

        Raises:
            SetupError: if it has not.
        """
        if not self.has(extras):
            raise SetupError(
                "The folder .venv was not made by this launcher and lacks something that the course needs.\n"
                'Install it there yourself (pip install -e ".[lab,test]"), or rename the folder, then start again.'
            )
        return self.python

    def has(self, extras: tuple[str, ...]) -> bool:
        """Whether its interpreter meets all requirements."""
        code = "import sys, pathlib, ganlib.environment as e; sys.exit(bool(e.unmet(pathlib.Path.cwd(), sys.argv[1:])))"
        try:
            answer = subprocess.run([str(self.python), "-c", code, *extras], cwd=self.root, capture_output=True)
        except OSError:
            return False
        return answer.returncode == 0

    def make_or_update(self, extras: tuple[str, ...]) -> None:
        """Bring it to what is asked for; one that is half-made or does not start is made anew."""
        if self.folder.exists() and (self.written_stamp() in ("", UNFINISHED) or not self.version()):
            say("The environment in .venv is half-made or does not start; it is removed and made anew.")
            self.remove()
        if self.folder.exists():
            self.update(extras)
        else:
            self.make()

    def make(self) -> None:
        """Make it from nothing."""
        check_machine(self.root)
        say("Making the environment in .venv. This happens once and takes some minutes.")
        self.folder.mkdir()
        self.stamp.write_text(UNFINISHED, encoding="utf-8")
        create(self.folder)
        install(self.root, self.python)
        self.stamp.write_text(self.digest(), encoding="utf-8")

    def update(self, extras: tuple[str, ...]) -> None:
        """Install what changed; without a network, keep it as it was if that is enough."""
        say("What the course asks for has changed; the environment in .venv is updated.")
        before = self.written_stamp()
        self.stamp.write_text(UNFINISHED, encoding="utf-8")
        try:
            install(self.root, self.python)
        except Unreachable:  # both installers fetch everything before they change anything
            self.stamp.write_text(before, encoding="utf-8")
            if not self.has(extras):
                raise
            say("The package index could not be reached. The environment has all that is needed and is used as it is.")
        else:
            self.stamp.write_text(self.digest(), encoding="utf-8")

    def remove(self) -> None:
        """Remove it, in one step for whoever looks: an interrupted removal leaves no half of a ``.venv``."""
        trash = self.root / ".venv.trash"
        shutil.rmtree(trash, ignore_errors=True)
        self.folder.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until no other launch holds ``path``, then hold it. The system frees it however this process ends."""
    with open(path, "a") as file:
        if not lock(file):
            say("Another start of the course is at work on the environment; waiting for it.")
            while not lock(file):
                time.sleep(0.5)
        yield


def lock(file: IO) -> bool:
    """Lock an open file for this process; False if another one holds it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # held: the first on POSIX, the second on Windows
        return False
    except OSError:  # a file system without locks: go on without
        return True
    return True
