"""The sandbox as the grader sees it: send a submission, get what came out, whatever happens inside."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ganlib

PACKAGE = Path(ganlib.__file__).resolve().parent
INSIDE = Path("/course")
RESULT_BYTES = 1 << 18
STARTING_S = 180
GRACE_S = 15
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
USER = "1000"  # inside: who is 0 there could not make namespaces of its own
CONFIGURATION = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


class SandboxError(Exception):
    """The sandbox cannot be started, or has ended."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds for all of it, for each part, for loading it, and bytes of memory."""

    seconds: float = 60.0
    part_seconds: float = 10.0
    loading_seconds: float = 20.0
    memory: int = 2 << 30


@dataclass(frozen=True)
class Outcome:
    """What came out: how the process ended, after how long, and the bytes it left, which nobody has vouched for."""

    ended: str
    seconds: float
    result: bytes
    nonce: str


@dataclass(frozen=True)
class Target:
    """What is graded: ``kind`` is exercises, module or file, ``name`` its names, its module, or its path."""

    kind: str
    name: str

    def binds(self) -> list[str]:
        """What bubblewrap has to show of it."""
        return ["--ro-bind", self.name, "/assignment/parts.py"] if self.kind == "file" else []

    def arguments(self, enclosed: bool) -> list[str]:
        """The server's arguments."""
        return [self.kind, "/assignment/parts.py" if enclosed and self.kind == "file" else self.name]


def bubblewrap() -> str | None:
    """The path of the program that makes the sandbox; None where it is not installed."""
    return shutil.which("bwrap")


def complaint() -> str:
    """What bubblewrap says where the system does not let it make a sandbox; empty where it works."""
    words = [bubblewrap() or "bwrap", "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc"]
    tried = subprocess.run([*words, "--dev", "/dev", "true"], capture_output=True, text=True, errors="replace")
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"exit code {tried.returncode}"


def visible_folders() -> list[Path]:
    """The folders outside the system's that a submission can read: Python and its packages."""
    prefixes = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}
    packages = {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    named = {Path(path) for path in prefixes | packages if os.path.isdir(path)}
    found = named | {path.resolve() for path in named}
    return sorted(path for path in found if path.parts[:2] != ("/", "usr") and path != Path("/"))


def enclosure(target: Target) -> list[str]:
    """The beginning of a command that runs the rest in a sandbox.

    No network, no other process, no file but Python, its packages and ganlib, all read-only; ``/tmp`` is empty.
    """
    words = [bubblewrap() or "bwrap", "--unshare-all", "--unshare-user", "--uid", USER, "--gid", USER]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    words += ["--ro-bind", "/usr", "/usr"]
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            words += ["--ro-bind", str(path), str(path)]
    words += ["--tmpfs", "/tmp"]  # before the folders, of which some may lie in it
    for folder in (*CONFIGURATION, *map(str, visible_folders())):
        words += ["--ro-bind-try", folder, folder]
    words += ["--ro-bind", str(PACKAGE), str(INSIDE / "ganlib")]
    words += ["--ro-bind-try", str(PACKAGE.parent / "assets"), str(INSIDE / "assets")]
    words += ["--proc", "/proc", "--dev", "/dev", *target.binds()]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"]


def environment(enclosed: bool) -> dict[str, str]:
    """The variables that the server and the submissions see: none of the user's."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    place = str(INSIDE if enclosed else PACKAGE.parent)
    ours = {"GANLIB_STRICT": "1", "GANLIB_DEVICE": "cpu", "CUDA_VISIBLE_DEVICES": "", "MPLBACKEND": "Agg"}
    plain = {"PATH": os.defpath, "HOME": "/tmp", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return kept | threads | ours | plain | {"PYTHONPATH": place}


class Sandbox:
    """A server in a sandbox of its own, which judges one submission at a time. Use it in a ``with`` block.

    ``imports`` names modules that submissions will want; ``enclosed=False`` leaves bubblewrap out. ``usable`` is False
    when it has ended, which it also does after each submission where the system does not let it put every submission
    into a world of its own.

    Raises: SandboxError when it does not start.
    """

    def __init__(self, target: Target, enclosed: bool = True, imports: Sequence[str] = ()):
        self._log = tempfile.TemporaryFile()
        self._control, theirs = socket.socketpair()
        number = theirs.fileno()
        server = ["-m", "ganlib.grade.inside.server", str(number), *target.arguments(enclosed), *imports]
        command = [*(enclosure(target) if enclosed else []), sys.executable, *server]
        with theirs:
            self._process = subprocess.Popen(
                command,
                env=environment(enclosed),
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                start_new_session=True,
            )
        try:
            ready = self._receive(STARTING_S)
        except BaseException:
            self.close()
            raise
        self.points: dict[str, float] = ready["points"]
        self.needed: list[str] = ready["needed"]
        self._reusable: bool = ready["separate"]
        self.usable = True

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, content: bytes, name: str, seed: int, limits: Limits) -> Outcome:
        """Let a submission be judged; ``name`` tells by its ending what kind of file it is.

        Raises: SandboxError when the sandbox itself ended or does not answer. It is closed then.
        """
        nonce = secrets.token_hex(16)
        request = {"nonce": nonce, "seed": seed, "name": name[-64:], **vars(limits)}
        with tempfile.TemporaryFile() as submission, tempfile.TemporaryFile() as result:
            submission.write(content)
            submission.seek(0)
            try:
                files = [submission.fileno(), result.fileno()]
                socket.send_fds(self._control, [json.dumps(request).encode()], files)
                answer = self._receive(limits.seconds + GRACE_S)
            except (OSError, SandboxError) as error:
                self.close()
                raise SandboxError(str(error)) from error
            left = os.pread(result.fileno(), RESULT_BYTES + 1, 0)
        if not self._reusable:
            self.close()
        return Outcome(answer["ended"], answer["seconds"], left, nonce)

    def kill(self) -> None:
        """End it while another thread waits for its answer, who gets a ``SandboxError``."""
        self._process.kill()

    def close(self) -> None:
        """End the sandbox and all that is in it."""
        self.usable = False
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _receive(self, seconds: float) -> dict:
        """The server's next message."""
        self._control.settimeout(seconds)
        received = b""
        while not received.endswith(b"\n"):
            try:
                piece = self._control.recv(1 << 16)
            except TimeoutError as error:
                raise SandboxError(f"the sandbox did not answer within {seconds:g} s") from error
            if not piece:
                raise SandboxError(f"the sandbox ended: {self._last_words()}")
            received += piece
        return json.loads(received)

    def _last_words(self) -> str:
        self._process.wait()
        end = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), 4000, max(0, end - 4000)).decode(errors="replace")
        return text.strip() or f"exit code {self._process.returncode}"
