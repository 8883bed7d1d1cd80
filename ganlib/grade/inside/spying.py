"""What a submission is refused in its own process: to look at the grader's frames, objects and memory.

That makes cheating laborious, not impossible: answers and grader share a process, and a determined author will find a
way that nobody has thought of.
"""

import _ctypes
import _signal
import ctypes
import gc
import signal
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType, FunctionType
from typing import NoReturn

EVENTS = frozenset(
    "sys._getframe sys._current_frames sys._current_exceptions sys.settrace sys.setprofile "
    "gc.get_objects gc.get_referrers gc.get_referents".split()
)
FRAMES = frozenset("tb_frame gi_frame cr_frame ag_frame".split())
INSIDES = frozenset("__code__ __defaults__ __kwdefaults__ __bases__".split())
MAY = (
    *("/typing.py", "/collections/__init__.py", "/enum.py", "/dataclasses.py", "/warnings.py"),
    *("/torch/library.py", "/torch/jit/", "/torch/utils/_contextlib.py", "/threadpoolctl.py"),
    "/ganlib/grade/inside/integrity.py",
)
"""Who may look while a submission runs, and tells it nothing: what makes named tuples, data classes, decorators."""
RAW = frozenset("memmove memset cast string_at wstring_at PyObj_FromPtr".split())
"""What of ctypes reads and writes memory without an event."""


class Refused(RuntimeError):
    """What a submission tried that looks into the grader."""


class Known:
    """The code that was there before a submission, by identity, which cannot be forged."""

    def __init__(self) -> None:
        self._codes: list[CodeType] = []  # they must live, or others could get their numbers
        self.numbers: set[int] = set()  # as ``id`` gives them
        self.learn()

    def learn(self) -> None:
        """Know the code of all functions that are there now. The garbage collector forgets those that are frozen."""
        functions = (one for one in gc.get_objects() if type(one) is FunctionType)
        for code in _nested(one.__code__ for one in functions):
            if id(code) not in self.numbers:
                self._codes.append(code)
                self.numbers.add(id(code))


def _nested(codes: Iterable[CodeType]) -> Iterator[CodeType]:
    """The codes, and those of the functions that are made within them."""
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        yield code
        waiting += (one for one in code.co_consts if type(one) is CodeType)


def refuse_spying(known: Known, filename: str) -> list[str]:
    """From now on, and for good, other code than the known cannot spy or set a signal handler, which is given a frame.

    Returns the list of what the code of the file tries, as it grows; a library that is imported late may try without
    being blamed. Source: PEP 578, audit hooks.
    """
    tried: list[str] = []
    looking: list[bool] = []  # to look for the frame is an event too
    frame_of = sys._getframe

    def hook(event: str, arguments: tuple) -> None:
        if looking or not _spies(event, arguments):
            return
        looking.append(True)
        try:
            asked = _unknown_code(known, event, arguments, frame_of(1))
        finally:
            looking.clear()
        if asked and event == "sys.setprofile":  # also asked for by Python itself, where a recursion is too deep
            raise RecursionError("maximum recursion depth exceeded")
        if asked:
            what = arguments[1] if event.startswith("object.") else event
            refuse(what, blamed=asked.co_filename == filename)

    def refuse(what: object, *_: object, blamed: bool = True) -> NoReturn:
        if blamed:
            tried.append(str(what))
        raise Refused(f"{what} looks into the grader")

    signal.signal = _signal.signal = refuse
    for module in (ctypes, _ctypes):
        for name in [name for name in vars(module) if name.lstrip("_").removesuffix("_addr") in RAW]:
            setattr(module, name, refuse)
    sys.addaudithook(hook)
    return tried


def _spies(event: str, arguments: tuple) -> bool:
    if event.startswith("object.__"):
        return arguments[1] in (FRAMES if event == "object.__getattr__" else INSIDES)
    return event in EVENTS or event.startswith("ctypes.")


def _unknown_code(known: Known, event: str, arguments: tuple, frame: FrameType | None) -> CodeType | None:
    """The code of a submission that is behind a call, with nobody between who may make it, and makes it by name."""
    called = arguments[1] if event.startswith("object.") else event.rsplit(".", 1)[-1]
    while frame is not None:
        code = frame.f_code
        if id(code) not in known.numbers:
            return code
        named = called in code.co_names + code.co_varnames or event.startswith("ctypes.")
        if named and any(part in code.co_filename for part in MAY):
            return None
        called, frame = code.co_name, frame.f_back
    return None
