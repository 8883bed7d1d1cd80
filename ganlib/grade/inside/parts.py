"""What is judged: the parts of an assignment, each with its points, the names it needs, and how it is run."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Protocol

from ganlib import checks
from ganlib.checks import CheckFailed

Row = tuple[str, float, float, str]
"""A property, the points earned for it, the points possible, and a diagnosis (empty when all is right)."""

EXERCISE_POINTS = 10


class Part(Protocol):
    """A part of an assignment, as a module names them in its table ``PARTS``."""

    points: float
    names_needed: tuple[str, ...]

    def run(self, namespace: Mapping[str, object], seed: int) -> Iterable[Row]:
        """Judge the names in the namespace, on tensors drawn with the seed."""


@dataclass(frozen=True)
class Exercise:
    """An exercise of a chapter: the check of ``ganlib.checks`` with its name, in small letters, earns all or nothing.

    It judges on the numbers that a student sees too: such an answer can be memorised.
    """

    name: str
    points: float = EXERCISE_POINTS

    @property
    def names_needed(self) -> tuple[str, ...]:
        """The one name that the check judges."""
        return (self.name,)

    def run(self, namespace: Mapping[str, object], seed: int) -> list[Row]:
        """Judge by the check, which has numbers of its own and leaves the seed alone."""
        try:
            right = getattr(checks, self.name.lower())(namespace[self.name])
        except CheckFailed as failure:
            return [(self.name, 0.0, self.points, str(failure))]
        return [(self.name, self.points if right else 0.0, self.points, "" if right else "it is not right")]


@dataclass(frozen=True)
class Assignment:
    """Parts by name, and wrong answers that must stay wrong whatever a submission did: part to namespaces.

    ``module`` is the name of the module that holds them.
    """

    parts: Mapping[str, Part]
    canaries: Mapping[str, tuple[Mapping[str, Callable], ...]] = field(default_factory=dict)
    module: str = "ganlib.checks"

    def needed(self) -> set[str]:
        """All names that a submission is to define."""
        return {name for part in self.parts.values() for name in part.names_needed}

    def points(self) -> dict[str, float]:
        """The points of each part."""
        return {name: float(part.points) for name, part in self.parts.items()}


def load(kind: str, name: str) -> Assignment:
    """The assignment: ``exercises`` (names with commas between), a ``module`` or a ``file`` that holds ``PARTS``.

    Raises: ValueError when there is none.
    """
    if kind == "exercises":
        unknown = [one for one in name.split(",") if one.lower() not in checks.__all__]
        if unknown:
            raise ValueError(f"ganlib.checks has no check named {', '.join(unknown)}")
        return Assignment({one: Exercise(one) for one in name.split(",")})
    module = importlib.import_module(name) if kind == "module" else _from_file(name)
    if not getattr(module, "PARTS", None):
        raise ValueError(f"{name} holds no table PARTS of the parts to grade")
    return Assignment(dict(module.PARTS), dict(getattr(module, "CANARIES", {})), module.__name__)


def _from_file(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("assignment_parts", path)
    module = sys.modules["assignment_parts"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
