"""Whether a submission changed what judges it."""

import builtins
import contextlib
import gc
import operator
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from types import CellType, FrameType, FunctionType, ModuleType

import torch
from torch import nn
from torch.optim import Optimizer

JUDGES = ("ganlib", "assignment_parts")
MODULES = (
    *("builtins", "contextlib", "functools", "itertools", "math", "numpy.random", "random"),
    *("torch", "torch.autograd", "torch.func", "torch.nn.functional", "torch.random", "torch.testing"),
)
PREFIXES = ("torch.nn", "torch.autograd", "torch.optim", "torch.linalg", "torch.special", "torch.overrides")
CLASSES = (
    *(torch.Tensor, torch.Generator, nn.Module, nn.Parameter, Optimizer, BaseException),
    *(contextlib._GeneratorContextManager, contextlib.ContextDecorator, torch.overrides.TorchFunctionMode),
)
TENSOR = "what a tensor is, by a class of its own"
CONTAINERS = (dict, OrderedDict, list, set, tuple, CellType)


class Watch:
    """Knows what decides about points as it is now: modules and classes, and all that the judges hold.

    Those are the checks, the grader, what of PyTorch and Python they compute with, and the modules named in ``more``.
    """

    def __init__(self, more: Iterable[str] = ()):
        self._judges = (*JUDGES, *more)
        self.found: list[str] = []
        owners = dict(self._watched())
        self._spaces = {name: _dictionary(owner) for name, owner in owners.items()}
        self._behind = {name: _behind(owner) for name, owner in owners.items()}
        self._held = {name: dict(space) for name, space in self._spaces.items()}
        inner = list(self._own(self._spaces.values()))
        self._inner = [(one, _inside(one)) for one in inner if type(one) is not tuple]
        changeable = (one for one in inner if not isinstance(one, tuple | FunctionType))
        often = (space for name, space in self._spaces.items() if not _within(name, PREFIXES) or name in MODULES)
        self._all = [*often, *changeable]
        self._tensors = _subclasses(torch.Tensor)
        self._before = gc.get_referents(*self._all)

    def look(self, get_referents: Callable = gc.get_referents, same: Callable = operator.is_) -> None:
        """See whether anything is other than before: quick, without the insides of functions and of ``PREFIXES``."""
        now = get_referents(*self._all)
        if len(now) != len(self._before) or not all(map(same, now, self._before)):
            self.changed()
            self._before = now
        if _subclasses(torch.Tensor) != self._tensors and TENSOR not in self.found:
            self.found.append(TENSOR)

    def changed(self) -> list[str]:
        """What was replaced or removed so far, or put in front of something that it hides.

        Other additions do not matter: modules load parts of theirs late.
        """
        self.found = list(dict.fromkeys([*self.found, *self._differences()]))
        return self.found

    def _differences(self) -> Iterator[str]:
        for name, space in self._spaces.items():
            held = self._held[name]
            yield from (f"{name}.{key}" for key, value in held.items() if space.get(key) is not value)
            hidden = {key for one in self._behind[name] for key in one}
            yield from (f"{name}.{key}" for key in (space.keys() - held.keys()) & hidden if callable(space[key]))
        for one, inside in self._inner:
            now = _inside(one)
            if len(now) != len(inside) or not all(map(operator.is_, now, inside)):
                yield f"a {type(one).__name__} of the grader's"

    def _watched(self) -> Iterator[tuple[str, ModuleType | type]]:
        modules = [(name, one) for name, one in list(sys.modules.items()) if isinstance(one, ModuleType)]
        for name, module in modules:
            if name in MODULES or _within(name, (*self._judges, *PREFIXES)):
                yield name, module
            if _within(name, (*self._judges, "torch.nn.modules.module")):
                own = (value for value in vars(module).values() if getattr(value, "__module__", None) == name)
                yield from (_named(value) for value in own if isinstance(value, type))
        yield from map(_named, CLASSES)

    def _own(self, spaces: Iterable[dict]) -> Iterator[object]:
        """What the judges hold: their functions, objects and containers, and what these hold; and PyTorch's hooks."""
        seen = {id(space) for space in spaces}
        hooks = vars(torch.nn.modules.module).items()
        waiting = [value for key, value in hooks if "hook" in key and isinstance(value, dict)]
        judges = (held for name, held in self._held.items() if _within(name, self._judges))
        waiting += [value for held in judges for value in held.values()]
        while waiting:
            one = waiting.pop()
            if id(one) not in seen and self._is_own(one):
                seen.add(id(one))
                yield one
                waiting += _inside(one)

    def _is_own(self, one: object) -> bool:
        if type(one) in CONTAINERS:
            return True
        kind = one if isinstance(one, FunctionType) else type(one)
        return _within(str(getattr(kind, "__module__", "")), self._judges) and not isinstance(one, type | nn.Module)


def crossings(known: set[int], watch: Watch) -> Callable[[FrameType, str, object], None]:
    """A function for ``sys.setprofile``: the watch looks whenever a submission is called from known code, or returns.

    So it sees what is put back later, too. ``known`` holds the numbers of the code objects that are no submission's.
    """

    def cross(frame: FrameType, event: str, _: object, number: Callable = id) -> None:
        if number(frame.f_code) not in known and event in ("call", "return"):
            if frame.f_back is None or number(frame.f_back.f_code) in known:
                watch.look()

    return cross


def _inside(one: object) -> list:
    """What an object holds that decides what it does."""
    if isinstance(one, FunctionType):
        return [one.__code__, one.__defaults__, one.__closure__, one.__kwdefaults__]
    if type(one) in CONTAINERS:
        return gc.get_referents(one)
    return [vars(one)] if hasattr(one, "__dict__") else gc.get_referents(one)


def _dictionary(owner: ModuleType | type) -> dict:
    """The names of a module or a class, as they are and not as a copy."""
    return vars(owner) if isinstance(owner, ModuleType) else gc.get_referents(vars(owner))[0]


def _behind(owner: ModuleType | type) -> list[dict]:
    """Where a name is looked up that the owner does not have."""
    behind = [builtins] if isinstance(owner, ModuleType) else owner.__mro__[1:]
    return [vars(one) for one in behind]


def _subclasses(kind: type) -> set[type]:
    """All classes that derive from one."""
    found, waiting = set(), [kind]
    while waiting:
        made = type.__subclasses__(waiting.pop())
        waiting += [one for one in made if one not in found]
        found.update(made)
    return found


def _within(name: str, places: Iterable[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _named(kind: type) -> tuple[str, type]:
    return f"{kind.__module__}.{kind.__qualname__}", kind
