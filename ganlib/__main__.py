"""``python -m ganlib``: open the course, test it, build it.

Standard library only: each command runs in an interpreter that has what it needs, which may first have to be made.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ganlib import __version__
from ganlib.environment import interpreter
from ganlib.installation import SetupError, say

ROOT = Path(__file__).resolve().parent.parent
HERE = Path()  # the folder where the user is: what relative paths on the command line are relative to
OLDEST_PYTHON = (3, 11)


class Command(NamedTuple):
    """A command: its line in the help, the extras it needs, what follows ``python``, and the folder where it runs.

    ``part`` is the part of the course without which there is no such command: a released assignment lacks some.
    """

    help: str
    extras: tuple[str, ...]
    arguments: Callable[[list[str]], list[str]]
    folder: Path = ROOT
    part: str = "ganlib"


def lab(argv: list[str]) -> list[str]:
    """JupyterLab on the first chapter."""
    warn_if_port_is_taken(argv)
    arguments = ["-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"]
    chapters = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.ipynb"))
    if chapters:  # a released assignment has one of them only
        arguments.append(f"--LabApp.default_url=/lab/tree/chapters/{chapters[0].name}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in argv:
        arguments.append("--allow-root")
    return [*arguments, *argv]


def pytest(argv: list[str]) -> list[str]:
    """The test suite, in as many processes as the machine has cores, but no more than four."""
    return ["-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--no-loadscope-reorder", *argv]


def module(name: str) -> Callable[[list[str]], list[str]]:
    """The command whose code is ``main(argv)`` in the named module."""
    code = f"import sys; from {name} import main; sys.exit(main(sys.argv[1:]))"
    return lambda argv: ["-c", code, *argv]


COMMANDS = {
    "lab": Command("open the course in JupyterLab (the default); arguments go to JupyterLab", ("lab",), lab),
    "test": Command("run all tests, chapters included; arguments go to pytest", ("lab", "test"), pytest, ROOT, "tests"),
    "build": Command("make the notebooks from their source: build [NN ...]", ("lab",), module("ganlib.build")),
    "train": Command("train a GAN outside a notebook: train NAME --data DATA ...", (), module("ganlib.train"), HERE),
    "assign": Command(
        "release a chapter's exercises to a class: assign OUT", ("lab",), module("ganlib.assign"), HERE, "ganlib/assign"
    ),
    "grade": Command(
        "grade a class: grade SUBMISSIONS --out grades.csv", (), module("ganlib.grade"), HERE, "ganlib/grade"
    ),
    "bench": Command("how fast the course is on this machine: bench [options]", (), module("ganlib.bench"), HERE),
}


def main(argv: list[str]) -> int:
    """Run the command that ``argv`` names and return its exit code."""
    if argv[:1] in (["-h"], ["--help"]):
        say(usage())
        return 0
    if argv[:1] == ["--version"]:
        say(__version__)
        return 0
    name, rest = (argv[0], argv[1:]) if argv and not argv[0].startswith("-") else ("lab", argv)
    commands = offered()
    if name not in commands:
        print(f"error: unknown command {name!r}, expected one of: {', '.join(commands)}", file=sys.stderr)
        return 2
    command = commands[name]
    try:
        check_python()
        python = interpreter(ROOT, command.extras)
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    return run([str(python), *command.arguments(rest)], command.folder)


def offered() -> dict[str, Command]:
    """The commands whose part of the course is in this folder."""
    return {name: command for name, command in COMMANDS.items() if (ROOT / command.part).exists()}


def usage() -> str:
    """The help, one line for each command."""
    commands = "\n".join(f"  {name:7}{command.help}" for name, command in offered().items())
    return (
        f"usage: python -m ganlib [command] [arguments]\n\n{commands}\n\n"
        "Runs in the current Python if that has all that is needed. Otherwise the first start makes an environment in\n"
        "the folder .venv; later starts use it and need no network. Also: --help, --version."
    )


def check_python() -> None:
    """Refuse a Python that is too old, and name a newer one if there is one.

    Raises:
        SetupError: if it is too old.
    """
    if sys.version_info >= OLDEST_PYTHON:
        return
    newer = [name for name in (f"python3.{minor}" for minor in range(20, 10, -1)) if shutil.which(name)]
    advice = f"Start with {newer[0]} -m ganlib" if newer else "Install a newer one, then start with that"
    oldest, found = (".".join(map(str, numbers[:3])) for numbers in (OLDEST_PYTHON, sys.version_info))
    raise SetupError(f"The course needs Python {oldest} or newer; this is {found}. {advice}.")


def warn_if_port_is_taken(argv: list[str]) -> None:
    """Say that JupyterLab will listen elsewhere when the port it is to use is taken."""
    match = re.search(r"--(?:ServerApp\.)?port[= ](\d+)", " ".join(argv))
    port = int(match[1]) if match else 8888
    if port > 65535:
        return  # JupyterLab's own message is clear
    with socket.socket() as connection:
        connection.settimeout(0.2)
        taken = connection.connect_ex(("127.0.0.1", port)) == 0
    if taken:
        say(f"Port {port} is taken; JupyterLab takes the next free one. Use the address that it prints below.")


def run(command: list[str], folder: Path) -> int:
    """Run a command in ``folder``, able to import ``ganlib`` wherever that is, and return its exit code."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    child = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": path})
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child too, which knows what to do
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
