"""A patient is one function that returns a ``Setup``; the decorator says the rest. The ward finds it by itself.

A file in ``ganlib/clinic/patients`` may hold several of them. Nothing else has to change for a new one::

    @patient(
        complaint="What the owner of the run says.",
        diagnosis="collapse",
        treatments=("penalty",),
        tempting="lower_rates",
        goals=(Goal("modes", at_least=7),),
        clue=Clue("spread", "What gave it away."),
        reread=("05", "Minibatch discrimination"),
    )
    def carla() -> Setup:
        '''What it was, shown after the diagnosis.'''
        return Setup(...)
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ganlib.clinic.diagnoses import DIAGNOSES
from ganlib.clinic.setup import Setup
from ganlib.clinic.treatments import TREATMENTS

FOLDER = "ganlib.clinic.patients"


class Goal(NamedTuple):
    """What a measure must reach in a healthy run: ``at_least`` so much, or ``at_most``."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        low = [] if self.at_least is None else [f"{self.measure} >= {self.at_least:g}"]
        high = [] if self.at_most is None else [f"{self.measure} <= {self.at_most:g}"]
        return ", ".join(low + high)

    def met(self, outcome: Mapping[str, float]) -> bool:
        """Whether the measured value is on the right side; NaN never is."""
        value = outcome[self.measure]
        low = value == value if self.at_least is None else value >= self.at_least
        return low and (self.at_most is None or value <= self.at_most)


class Clue(NamedTuple):
    """What gave the disease away: where to look (a curve, ``samples`` or ``layers``), and what there is to see.

    ``update`` is where to put a mark on the curve; None for its end.
    """

    curve: str
    words: str
    update: int | None = None


@dataclass(frozen=True)
class Patient:
    """A run with something wrong, or nothing.

    - ``name``: its owner's. ``complaint``: what the owner says; it does not give the diagnosis away.
    - ``setup()``: the run before it starts. ``explanation``: what it was, the docstring of its function.
    - ``diagnosis``, ``treatments``, ``tempting``: keys of the true diagnosis, of the treatments that heal it, and of
      one that looks right and does not.
    - ``goals``: what a healthy run reaches; a treatment heals when all of them are met at the end.
    - ``clue``: what gave it away. ``reread``: chapter and section.
    - ``against``: why a wrong diagnosis does not fit, by its key, where the measured signs alone do not tell.
    - ``hint``: a nudge for a reader who is stuck.
    """

    name: str
    setup: Callable[[], Setup]
    explanation: str
    complaint: str
    diagnosis: str
    treatments: tuple[str, ...]
    tempting: str
    goals: tuple[Goal, ...]
    clue: Clue
    reread: tuple[str, str]
    against: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""

    def __post_init__(self):
        for known, kind, keys in (
            (DIAGNOSES, "diagnosis", (self.diagnosis, *self.against)),
            (TREATMENTS, "treatment", (*self.treatments, self.tempting)),
        ):
            for key in keys:
                if key not in known:
                    raise ValueError(f"patient {self.name}: {kind} {key!r}, expected one of {', '.join(known)}")
        if self.tempting in self.treatments:
            raise ValueError(f"patient {self.name}: {self.tempting!r} heals and tempts, expected one of both")

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return self.diagnosis == "healthy"

    def healed(self, outcome: Mapping[str, float]) -> bool:
        """Whether measured values meet all goals."""
        return all(goal.met(outcome) for goal in self.goals)

    def source(self) -> str:
        """The code of the setup, and of all parts of it that were written for this patient or its neighbours."""
        setup = self.setup()
        parts = (setup.generator, setup.discriminator, *setup.loss, setup.gan, setup.penalty, setup.step)
        own = [part for part in parts if getattr(part, "__module__", None) == self.setup.__module__]
        named = [part for part in own if getattr(part, "__name__", "<lambda>") != "<lambda>"]
        code = inspect.getsource(self.setup)
        return "\n\n".join([code[code.index("def ") :], *map(inspect.getsource, named)])


def patient(**facts) -> Callable[[Callable[[], Setup]], Patient]:
    """Turns a function without arguments that returns a ``Setup`` into a ``Patient`` of its name.

    Its docstring is the explanation. ``facts`` are the fields of ``Patient``.

    Raises: ValueError for keys that name no diagnosis or treatment; TypeError for a field that is missing.
    """

    def admit(setup: Callable[[], Setup]) -> Patient:
        return Patient(setup.__name__, setup, inspect.getdoc(setup) or "", **facts)

    return admit


def patients() -> list[Patient]:
    """All patients, in the order of their names: those of every file in ``ganlib/clinic/patients``.

    Raises: ValueError for two patients with one name.
    """
    return list(_ward().values())


def find(name: str) -> Patient:
    """The patient of that name.

    Raises: ValueError for another name.
    """
    if name not in _ward():
        raise ValueError(f"name = {name!r}, expected one of {', '.join(_ward())}")
    return _ward()[name]


def _ward() -> dict[str, Patient]:
    """The patients by name. A file that came meanwhile is read; the others are not read again."""
    folder = importlib.import_module(FOLDER)
    return _read(tuple(sorted(module.name for module in pkgutil.iter_modules(folder.__path__))))


@cache
def _read(files: tuple[str, ...]) -> dict[str, Patient]:
    modules = [importlib.import_module(f"{FOLDER}.{file}") for file in files]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Patient)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two patients are called {name!r}, expected a name for each")
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}
