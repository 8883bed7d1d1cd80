"""The server in the sandbox: imports once, then forks a process for each submission.

``python -m ganlib.grade.inside.server CONTROL KIND NAME [MODULE ...]``: CONTROL is the number of an open socket, and
the modules are what submissions will import. The server itself never reads a submission or a result, so its memory,
which its children inherit, holds nothing of either.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from ganlib.grade.inside import confine, seccomp
from ganlib.grade.inside.integrity import Watch
from ganlib.grade.inside.judge import judge
from ganlib.grade.inside.parts import Assignment, load
from ganlib.grade.inside.spying import Known

MESSAGE = 1 << 16


def main(argv: list[str]) -> None:
    """Say what is graded, then serve until the other end is closed."""
    control = socket.socket(fileno=int(argv[0]))
    assignment = load(*argv[1:3])
    for name in argv[3:]:
        with suppress(Exception, SystemExit):  # a submission names it, and it may be no module
            importlib.import_module(name)
    gc.collect()
    server = Server(control, assignment)
    gc.freeze()
    server.serve()


class Server:
    """Answers requests on a socket. ``separate`` says whether each submission gets a world of its own."""

    def __init__(self, control: socket.socket, assignment: Assignment):
        self.control, self.assignment = control, assignment
        self.watch, self.known = Watch([assignment.module]), Known()
        self.hidden = [path for path in ("/proc", "/assignment") if os.path.isdir(path)]
        self.separate = _can_separate(self.hidden)

    def serve(self) -> None:
        """Introduce itself; then take requests, each with the submission's and the result's open files."""
        names = sorted(self.assignment.needed())
        self._send({"points": self.assignment.points(), "needed": names, "separate": self.separate})
        while True:
            message, files, *_ = socket.recv_fds(self.control, MESSAGE, 2)
            if not message:
                return
            self._send(self._answer(json.loads(message), files))

    def _send(self, message: dict) -> None:
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def _answer(self, request: dict, files: list[int]) -> dict:
        """Let a forked process judge a submission; end it and all that it started. Returns how it ended."""
        started = time.monotonic()
        alive, ours = os.pipe()  # reads as closed when the process and its guard have ended
        guard = os.fork()
        if guard == 0:
            os.close(alive)
            self._guard(ours, request, files)
        for number in (ours, *files):
            os.close(number)
        process = int.from_bytes(os.read(alive, 4), "little")
        ready, _, _ = select.select([alive, self.control], [], [], request["seconds"])
        if ready != [alive]:  # out of time, or nobody waits for the answer any more
            with suppress(ProcessLookupError):
                os.kill(process or guard, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(guard, 0)[1])
        os.close(alive)
        ended = "done" if code == 0 else "time" if not ready else f"exit code {code}"
        return {"ended": ended, "seconds": round(time.monotonic() - started, 3)}

    def _guard(self, ours: int, request: dict, files: list[int]) -> None:
        """Start the process that judges, in a world of its own where that is possible, and pass on how it ended."""
        code = 1
        try:
            confine.limit(request["memory"])
            if self.separate:
                confine.own_namespaces(self.hidden)
            process = os.fork()
            if process == 0:
                os.close(ours)
                self._judge(request, files)
            os.write(ours, process.to_bytes(4, "little"))
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        except OSError:
            traceback.print_exc()
        finally:
            os._exit(code if code >= 0 else 128 - code)

    def _judge(self, request: dict, files: list[int]) -> None:
        """Judge, write the result, and end before anything of the submission's can have another word."""
        code, encode, join, leave, write, cut = 1, _encoder(), "".join, os._exit, os.pwrite, os.ftruncate
        try:
            submission, result = _only(files)
            if seccomp.supported():
                confine.drop_capabilities()
                seccomp.install()
            with open(submission, "rb") as file:
                content = file.read()
            verdict = judge(content, request["name"], self.assignment, self.watch, self.known, request["seed"], request)
            cut(result, 0)
            write(result, join(encode({"nonce": request["nonce"], **verdict}, 0)).encode(), 0)
            code = 0
        finally:
            leave(code)


def _only(files: list[int]) -> list[int]:
    """Close all open files but these; what is printed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    first, last = sorted(files)
    os.closerange(3, first)
    os.closerange(first + 1, last)
    os.closerange(last + 1, 4096)
    os.setsid()
    return files


def _encoder() -> Callable[[object, int], tuple[str, ...]]:
    """What turns plain types into JSON and is written in C alone: nothing of Python's that could be replaced."""
    plain = json.encoder.c_encode_basestring_ascii
    return json.encoder.c_make_encoder(None, None, plain, None, ": ", ", ", False, False, True)


def _can_separate(hidden: list[str]) -> bool:
    """Whether a forked process can have a world of its own here, with an empty ``/tmp``: not if Python lies in that."""
    if any(os.path.realpath(path).startswith("/tmp/") for path in (sys.prefix, sys.base_prefix, *sys.path)):
        return False
    probe = os.fork()
    if probe == 0:
        try:
            confine.own_namespaces(hidden)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(probe, 0)[1] == 0


if __name__ == "__main__":
    main(sys.argv[1:])
