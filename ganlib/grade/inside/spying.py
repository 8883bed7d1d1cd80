"""What a submission is refused in its own process: to look at the grader's frames, objects and memory.

That makes cheating laborious, not impossible: answers and grader share a process, and a determined author will find a
way that nobody has thought of.
"""

import _signal
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

EVENTS = frozenset(
    "sys._getframe sys._current_frames sys._current_exceptions sys.settrace sys.setprofile gc.get_objects "
    "gc.get_referrers gc.get_referents ctypes.dlopen ctypes.dlsym ctypes.dlsym/handle ctypes.call_function "
    "ctypes.addressof ctypes.string_at compile exec object.__setattr__ object.__delattr__".split()
)
MEMBERS = frozenset("tb_frame gi_frame cr_frame ag_frame __code__".split())
MAY = (
    *("/typing.py", "/collections/__init__.py", "/enum.py", "/dataclasses.py", "/warnings.py", "/functools.py"),
    *("/torch/", "/torchvision/", "/numpy/", "/scipy/", "<frozen importlib"),
)
"""Who may look on a submission's behalf: what makes named tuples and data classes, PyTorch, and imports."""


class Refused(RuntimeError):
    """What a submission tried that looks into the grader."""


def refuse_spying(filename: str) -> Callable[[], bool]:
    """From now on, and for good, code of this file cannot spy, and no new signal handler, which gets a frame, is set.

    Returns a function that says whether it was tried. Source: PEP 578, audit hooks.
    """
    tried: list[str] = []
    looking: list[bool] = []  # to look for the frame is an event too
    frame_of = sys._getframe

    def hook(event: str, arguments: tuple) -> None:
        spies = event in EVENTS or (event == "object.__getattr__" and arguments[1] in MEMBERS)
        if not spies or looking:
            return
        looking.append(True)
        asked = _asked_by(filename, frame_of(1))
        looking.clear()
        if asked:
            refuse(event)

    def refuse(what: object, *_: object) -> NoReturn:
        tried.append(str(what))
        raise Refused(f"{what} looks into the grader")

    signal.signal = _signal.signal = refuse
    sys.addaudithook(hook)
    return lambda: bool(tried)


def _asked_by(filename: str, frame: FrameType | None) -> bool:
    """Whether the file's code is behind a call, with nobody between who may do it."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file == filename:
            return True
        if any(part in file for part in MAY):
            return False
        frame = frame.f_back
    return False
