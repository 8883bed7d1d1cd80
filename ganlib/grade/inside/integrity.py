"""Whether a submission changed what judges it."""

import builtins
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, ModuleType

import torch
from torch import nn
from torch.optim import Optimizer

JUDGES = ("ganlib.checks", "ganlib.grade", "assignment_parts")
MODULES = ("builtins", "math", "random", "json", "os", "torch", "torch.random", "torch.func", "torch.testing")
PREFIXES = ("torch.nn", "torch.autograd", "torch.optim", "torch.linalg", "torch.special", "torch.overrides")
CLASSES = (torch.Tensor, torch._C.TensorBase, torch.Generator, nn.Module, nn.Parameter, Optimizer, BaseException)


class Watch:
    """Knows the members of the modules that decide about points, and of classes, as they are now.

    These are the checks, the grader, what of PyTorch they compute with, and the modules named in ``more``.
    """

    def __init__(self, more: Iterable[str] = ()):
        self._judges = (*JUDGES, *more)
        self._owners = dict(self._watched())
        self._before = {name: self._members(owner) for name, owner in self._owners.items()}
        self._insides = [(name, one, _inside(one)) for name, one in self._functions()]

    def changed(self) -> list[str]:
        """What has been replaced or removed since, or put in front of something that it hides.

        Other additions do not matter: modules load parts of theirs late.
        """
        found = [f"{name}.{key}" for name, owner in self._owners.items() for key in self._differences(name, owner)]
        return found + [name for name, function, inside in self._insides if _inside(function) != inside]

    def _differences(self, name: str, owner: ModuleType | type) -> Iterator[str]:
        before, now = self._before[name], vars(owner)
        yield from (key for key, value in before.items() if now.get(key) is not value)
        behind = [builtins] if isinstance(owner, ModuleType) else owner.__mro__[1:]
        hidden = {key for one in behind for key in vars(one)}
        yield from (key for key in (now.keys() - before.keys()) & hidden if _decides(key, now[key]))

    def _members(self, owner: ModuleType | type) -> Mapping[str, object]:
        """Of the judges all members, of others those that compute."""
        everything = owner.__module__ if isinstance(owner, type) else owner.__name__
        judges = everything.startswith(self._judges)
        return {key: value for key, value in vars(owner).items() if _decides(key, value) or (judges and key[0] != "_")}

    def _watched(self) -> Iterator[tuple[str, ModuleType | type]]:
        modules = [(name, one) for name, one in list(sys.modules.items()) if isinstance(one, ModuleType)]
        for name, module in modules:
            if name in MODULES or _within(name, (*self._judges, *PREFIXES)):
                yield name, module
            if _within(name, self._judges):
                own = (value for value in vars(module).values() if getattr(value, "__module__", None) == name)
                yield from (_named(value) for value in own if isinstance(value, type))
        yield from map(_named, CLASSES)

    def _functions(self) -> Iterator[tuple[str, FunctionType]]:
        """The judges' own functions and methods, whose insides are watched too."""
        for name, owner in self._owners.items():
            if _within(name, self._judges):
                yield from ((f"{name}.{key}", one) for key, one in vars(owner).items() if isinstance(one, FunctionType))


def _decides(key: str, value: object) -> bool:
    """Whether a member computes something, or holds what does."""
    return (callable(value) or isinstance(value, ModuleType | property)) and key != "__class__"


def _within(name: str, places: Iterable[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _named(kind: type) -> tuple[str, type]:
    return f"{kind.__module__}.{kind.__qualname__}", kind


def _inside(function: FunctionType) -> tuple[object, ...]:
    return function.__code__, function.__defaults__, *(function.__kwdefaults__ or {}).items()
