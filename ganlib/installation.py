"""Making a virtual environment and installing into it, and plain words for what can go wrong there.

Standard library only, and readable by older Pythons.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TARGET = ["--editable", ".[lab,test]"]
GB = 10**9
# PyTorch for Linux comes with CUDA: 3 GB to download, 6 GB on disk.
WANTED_SPACE = 8 * GB if sys.platform.startswith("linux") else 3 * GB
LEAST_SPACE = 2 * GB
FULL = 1 * GB


class SetupError(Exception):
    """The environment could not be made; the message says why and what to do next."""


class Unreachable(SetupError):
    """The package index could not be reached."""


def say(text: str) -> None:
    """Tell the user what happens now."""
    print(text, flush=True)


def check_machine(root: Path) -> None:
    """Warn when the disk may be too small for the environment.

    Raises:
        SetupError: if it certainly is, or if there is no PyTorch for the machine.
    """
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        raise SetupError(
            "Only conda still has PyTorch for Macs with an Intel processor. Install conda, then:\n"
            "conda env create -f environment.yml && conda activate ganlib && python -m ganlib"
        )
    free = shutil.disk_usage(root).free
    if free < LEAST_SPACE:
        raise disk_full(root)
    if free < WANTED_SPACE:
        say(f"Only {free / GB:.1f} GB are free on the disk; the environment can need {WANTED_SPACE / GB:.0f} GB.")


def create(folder: Path) -> None:
    """Make an empty virtual environment that holds pip.

    Raises:
        SetupError: if neither Python's venv nor uv can.
    """
    python = getattr(sys, "_base_executable", None) or sys.executable
    if has_ensurepip():
        command = [python, "-m", "venv", folder]
    elif shutil.which("uv"):
        command = ["uv", "venv", "--seed", "--allow-existing", "--python", python, folder]
    else:
        raise SetupError(
            "Python's venv module is incomplete here. On Debian or Ubuntu install the missing half:\n"
            f"sudo apt install python3.{sys.version_info[1]}-venv"
        )
    if run(command, folder.parent) != 0:
        raise SetupError("The virtual environment could not be made; the lines above say why.")


def has_ensurepip() -> bool:
    """Whether Python can put pip into a virtual environment. Debian ships that half of venv as a separate package."""
    spec = importlib.util.find_spec("ensurepip")
    return spec is not None and spec.origin is not None


def install(root: Path, python: Path) -> None:
    """Install the project, editable, with all it needs: with uv where that works, otherwise with pip.

    Raises:
        Unreachable: if the package index could not be reached.
        SetupError: if it failed for another reason.
    """
    for attempt in attempts_with_uv(root, python):
        if run([*attempt, *TARGET], root) == 0:
            return
        say("That did not work; trying another way.")
    look_for_obstacles(root, python)
    if run([python, "-m", "pip", "install", *TARGET], root) != 0:
        look_for_obstacles(root, python)
        raise SetupError("Installing failed; the lines above say why. After mending that, start again.")


def attempts_with_uv(root: Path, python: Path) -> list[list]:
    """The commands to try that install with uv, which is much faster than pip; none if uv cannot be had."""
    if shutil.which("uv"):
        uv = ["uv"]
    elif run([python, "-m", "pip", "install", "--quiet", "uv"], root) == 0:
        uv = [python, "-m", "uv"]
    else:
        return []
    plain = [*uv, "pip", "install", "--python", python]
    # First the build of PyTorch that suits the machine: CUDA only where there is a driver.
    return [[*plain, "--torch-backend=auto"], plain]


def run(command: list, root: Path) -> int:
    """Show a command, run it in ``root`` and return its exit code."""
    words = [str(word) for word in command]
    say("+ " + " ".join(words))
    # uv: trust the certificates that the system trusts (the second name is for older versions). pip: never --user.
    variables = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", **os.environ, "PIP_USER": "0"}
    try:
        return subprocess.run(words, cwd=root, env=variables).returncode
    except OSError as error:
        say(str(error))
        return 1


def look_for_obstacles(root: Path, python: Path) -> None:
    """Find out what can be named as the reason of a failed installation.

    Raises:
        Unreachable: if the package index cannot be reached.
        SetupError: if a disk is full.
    """
    for folder in (root, Path(os.path.expanduser("~")), Path(tempfile.gettempdir())):
        if folder.exists() and shutil.disk_usage(folder).free < FULL:
            raise disk_full(folder)
    # A dry run of a small package that has to be fetched.
    probe = ["install", "--dry-run", "--no-cache-dir", "--retries", "0", "--no-deps", "--ignore-installed", "hatchling"]
    if run([python, "-m", "pip", "--quiet", *probe], root) != 0:
        raise Unreachable(
            "The package index could not be reached. Check the network (behind a proxy, the variable HTTPS_PROXY),\n"
            "then start again."
        )


def disk_full(folder: Path) -> SetupError:
    """The word for a full disk."""
    return SetupError(f"The disk of {folder} is full. Make room for {WANTED_SPACE / GB:.0f} GB, then start again.")


def explain(error: OSError, root: Path) -> SetupError:
    """An error of the operating system in plain words."""
    if error.errno == errno.ENOSPC:
        return disk_full(root)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(
            f"{error.filename or root} cannot be written.\n"
            "Close programs that use it, or copy the course to a folder of your own, then start again."
        )
    return SetupError(f"The environment could not be made: {error}")
