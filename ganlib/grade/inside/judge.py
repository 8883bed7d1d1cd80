"""One submission, in a process of its own: load it, judge its parts, and see that the judge is still what it was."""

import ast
import importlib
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType, ModuleType

import torch

from ganlib.grade.inside import flags, integrity
from ganlib.grade.inside.cells import NOT_PYTHON, Cell, Unreadable, code_cells
from ganlib.grade.inside.integrity import Watch, crossings
from ganlib.grade.inside.parts import Assignment, Part, Row
from ganlib.grade.inside.spying import Known, refuse_spying
from ganlib.grade.inside.statements import Selection

MODULE = "submission"
TEXT = 600  # characters of a diagnosis


class OutOfTime(BaseException):
    """Raised in the middle of a submission's code."""


@dataclass
class Loaded:
    """A submission that has been read and executed."""

    module: ModuleType
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def judge(
    content: bytes, name: str, assignment: Assignment, watch: Watch, known: Known, seed: int, limits: Mapping
) -> dict:
    """The rows of each part, and what else the parent has to know, in plain types."""
    seconds = limits["part_seconds"]
    try:
        cells = [cell for cell in code_cells(content, name) if "setup" not in cell.tags]
    except Unreadable as error:
        return {"unreadable": str(error)}
    reaching = sorted({name for cell in cells for name in flags.reaching(cell.nodes())})
    if reaching:
        return {"refused": f"nothing of it was executed, since it reaches into memory by {', '.join(reaching)}"}
    signal.signal(signal.SIGALRM, _stop)
    import_first(cells, known, limits["loading_seconds"])
    spied = refuse_spying(known, MODULE)
    torch._C.DisableTorchFunctionSubclass().__enter__()  # a tensor of its own class computes as any other
    loaded = load(cells, assignment.needed(), limits["loading_seconds"])
    watch.changed()
    sys.setprofile(crossings(known.numbers, watch))
    rows = {}
    for part in assignment.parts:
        rows[part] = [_plain(row) for row in earned(assignment, part, vars(loaded.module), seed, seconds)]
    sys.setprofile(None)
    changed = watch.changed()
    return {
        "parts": rows,
        "flags": loaded.flags,
        "notes": [note[:TEXT] for note in loaded.notes],
        "changed": [name[:TEXT] for name in changed[:20]],
        "canaries": fooled(assignment, seed, seconds),
        "spied": [what[:TEXT] for what in spied[:20]],
    }


def import_first(cells: Iterable[Cell], known: Known, seconds: float) -> None:
    """Import the modules that the cells name, while there is nothing of the submission's: so their code is known."""
    before = len(sys.modules)
    with suppress(OutOfTime), at_most(seconds):
        for name in dict.fromkeys(name for cell in cells for name in cell.imports()):
            if name not in sys.modules:
                with suppress(Exception, SystemExit):
                    importlib.import_module(name)
    if len(sys.modules) > before:
        known.learn()


def load(cells: Iterable[Cell], needed: set[str], seconds: float) -> Loaded:
    """Execute the imports, definitions and constants of the cells. What fails is noted, and the rest goes on."""
    loaded = Loaded(ModuleType(MODULE))
    sys.modules[MODULE] = loaded.module
    selection = Selection(needed)
    try:
        with at_most(seconds):
            for cell in cells:
                statements = _statements(cell, selection, loaded.notes)
                loaded.flags += flags.flags(statements, needed)
                for statement in statements:
                    _execute(statement, cell, loaded)
    except OutOfTime:
        loaded.notes.append(f"stopped after {seconds:g} s while its definitions were executed")
    loaded.flags = list(dict.fromkeys(loaded.flags))
    return loaded


def _statements(cell: Cell, selection: Selection, notes: list[str]) -> list[ast.stmt]:
    try:
        return selection.kept(cell.tree().body)
    except NOT_PYTHON as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        notes.append(f"code cell {cell.number}{line}: {type(error).__name__}: {getattr(error, 'msg', error)}")
        return []


def _execute(statement: ast.stmt, cell: Cell, loaded: Loaded) -> None:
    """One statement; what it raises is noted."""
    try:
        code = compile(ast.Module([statement], []), MODULE, "exec")
        exec(code, vars(loaded.module))
    except OutOfTime:
        raise
    except BaseException as error:  # a submission may raise SystemExit, too
        loaded.notes.append(f"code cell {cell.number}, line {statement.lineno}: {type(error).__name__}: {error}")


def earned(assignment: Assignment, part: str, namespace: Mapping[str, object], seed: int, seconds: float) -> list[Row]:
    """The rows of a part for the names in a namespace; one row without points when it cannot be judged."""
    judged = assignment.parts[part]
    missing = [name for name in judged.names_needed if name not in namespace]
    if missing:
        return [(part, 0.0, judged.points, f"{', '.join(missing)} is not defined")]
    try:
        with at_most(seconds), torch.random.fork_rng(devices=[]):
            return list(judged.run(namespace, seed))
    except OutOfTime:
        return [(part, 0.0, judged.points, f"stopped after {seconds:g} s: does it end?")]
    except BaseException as error:  # whatever a submission can raise
        return [(part, 0.0, judged.points, f"stopped with {type(error).__name__}: {error}")]


def fooled(assignment: Assignment, seed: int, seconds: float) -> list[str]:
    """The parts in which a wrong answer earns everything: then the judge can no longer be trusted.

    The wrong answers are one that was never written, one that returns 0 whatever it is given, and the assignment's own.
    """
    found = []
    for name, part in assignment.parts.items():
        general = (dict.fromkeys(part.names_needed, answer) for answer in (_unwritten, _zero))
        wrong = (*general, *assignment.canaries.get(name, ()))
        if any(_passes(part, one, seed, seconds) for one in wrong):
            found.append(name)
    return found


def _passes(part: Part, namespace: Mapping[str, object], seed: int, seconds: float) -> bool:
    """Whether an answer earns all points of a part."""
    try:
        with at_most(seconds), torch.random.fork_rng(devices=[]):
            if hasattr(part, "passes"):
                return part.passes(namespace, seed)
            return sum(float(row[1]) for row in part.run(namespace, seed)) >= part.points
    except BaseException:  # also when time is over: it has not passed
        return False


def _unwritten(*_: object, **__: object) -> None:
    raise NotImplementedError


def _zero(*_: object, **__: object) -> torch.Tensor:
    return torch.zeros(())


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise ``OutOfTime`` in the block when it lasts longer, and again each second until it gives up."""
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(number: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_globals is vars(integrity):  # the watch is looking: let it come to its end
        signal.setitimer(signal.ITIMER_REAL, 0.01, 1.0)
    else:
        raise OutOfTime


def _plain(row: Row) -> list:
    """A row in types that JSON has, of bounded length."""
    name, got, possible, diagnosis = row
    return [str(name)[:TEXT], float(got), float(possible), str(diagnosis)[:TEXT]]
