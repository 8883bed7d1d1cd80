"""A part of the assignment: the properties that a right answer has, what each is worth, and how an answer is judged."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import unwrap
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlib.checks.core import CheckFailed, expect, in_words


class Draw:
    """Random test data of its own stream: the same for the same seed, whatever the answer does to other streams."""

    def __init__(self, seed: int):
        self.generator = torch.Generator("cpu").manual_seed(seed)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """A tensor of N(0, 1) entries."""
        return torch.randn(shape, generator=self.generator, dtype=dtype, device="cpu")

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return low + (high - low) * torch.rand((), generator=self.generator, dtype=torch.float64, device="cpu").item()

    def integer(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return int(torch.randint(low, high + 1, (), generator=self.generator, device="cpu"))


@contextmanager
def undisturbed(seed: int) -> Iterator[None]:
    """Within the block: float32 by default, gradients on, seeded streams. Afterwards all of it is as it was."""
    before = torch.get_default_dtype(), random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), torch.device("cpu"):
            torch.default_generator.manual_seed(seed)
            random.seed(seed)
            np.random.seed(seed % 2**32)
            torch.set_default_dtype(torch.float32)
            yield
    finally:
        torch.set_default_dtype(before[0])
        random.setstate(before[1])
        np.random.set_state(before[2])


class Property(NamedTuple):
    """One thing that a right answer does; ``test(answer, draw)`` raises ``CheckFailed`` with what is wrong."""

    name: str
    points: int
    test: Callable[[Any, Draw], None]


class Mark(NamedTuple):
    """What an answer earned for one property; the diagnosis is empty where it earned all."""

    property: str
    earned: int
    possible: int
    diagnosis: str


@contextmanager
def _given(answer: Any, functions: Mapping[str, Callable]) -> Iterator[None]:
    """Within the block the code of ``answer`` finds these functions under the names of earlier parts."""
    names = getattr(unwrap(answer), "__globals__", {})
    before = {name: names[name] for name in functions if name in names}
    names.update(functions)
    try:
        yield
    finally:
        for name in functions:
            names.pop(name, None)
        names.update(before)


@dataclass(frozen=True)
class Part:
    """What is asked of the answer called ``name``.

    ``asked`` are the properties that the task is about. ``kept`` are those that doing nothing has too, such as leaving
    the inputs alone: they earn points only beside one that was asked. ``given`` holds right versions of earlier parts
    that this answer may call, so that one mistake costs its points once. ``errors`` maps words of an error message to
    what is wrong then.
    """

    name: str
    asked: tuple[Property, ...]
    kept: tuple[Property, ...] = ()
    given: Mapping[str, Callable] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def properties(self) -> tuple[Property, ...]:
        """All properties, in the order in which they are looked at."""
        return self.asked + self.kept

    @property
    def points(self) -> int:
        """What a right answer earns."""
        return sum(each.points for each in self.properties)

    @property
    def names_needed(self) -> tuple[str, ...]:
        """The names that a submission must define."""
        return (self.name,)

    def judge(self, answer: Any, seed: int = 0) -> None:
        """Raise ``CheckFailed`` with the first thing that is wrong."""
        for each in self.properties:
            self._look(each, answer, seed)

    def run(self, namespace: Mapping[str, Any], seed: int) -> list[Mark]:
        """The marks of the answer in ``namespace``, one for each property.

        With another seed all test data differ: batches, their shapes, slopes, weights. The expected values stay exact.
        """
        if self.name not in namespace:
            return [Mark(each.name, 0, each.points, f"{self.name} is not defined.") for each in self.properties]
        answer = namespace[self.name]
        marks = self._marks(answer, seed)
        if self.given and _total(marks) < self.points:
            with _given(answer, self.given):
                marks = max(marks, self._marks(answer, seed), key=_total)
        return marks

    def passes(self, namespace: Mapping[str, Any], seed: int) -> bool:
        """Whether the answer in ``namespace`` has every property; the first that it lacks ends the matter."""
        answer = namespace[self.name]
        return all(not self._mark(each, answer, seed).diagnosis for each in self.properties)

    def _marks(self, answer: Any, seed: int) -> list[Mark]:
        marks = [self._mark(each, answer, seed) for each in self.asked]
        for each in self.kept:
            mark = self._mark(each, answer, seed)
            if _total(marks[: len(self.asked)]) == 0:
                mark = mark._replace(earned=0, diagnosis=mark.diagnosis or "counts when something asked for works.")
            marks.append(mark)
        return marks

    def _mark(self, each: Property, answer: Any, seed: int) -> Mark:
        try:
            self._look(each, answer, seed)
        except CheckFailed as failure:
            return Mark(each.name, 0, each.points, str(failure))
        except (Exception, SystemExit) as error:  # whatever the code of an answer can raise
            return Mark(each.name, 0, each.points, in_words(error, self.name))
        return Mark(each.name, each.points, each.points, "")

    def _look(self, each: Property, answer: Any, seed: int) -> None:
        """Test one property; an error whose words are known becomes a diagnosis."""
        with undisturbed(seed):
            try:
                each.test(answer, Draw(seed))
            except CheckFailed:
                raise
            except Exception as error:  # whatever the code of an answer can raise
                for words, diagnosis in self.errors.items():
                    expect(words not in f"{type(error).__name__}: {error}", diagnosis)
                raise


def _total(marks: list[Mark]) -> int:
    return sum(mark.earned for mark in marks)
