"""What a conditional generator can be asked for, and a condition on the way from one choice to another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Real

import torch
from torch import Tensor

Choice = dict[str, str | float]
Range = tuple[float, float]


@dataclass(frozen=True)
class Condition:
    """A place on the way from the choice ``a`` (t = 0) to the choice ``b`` (t = 1). A plain choice is both its ends."""

    a: Choice
    b: Choice
    t: float = 0.0

    @classmethod
    def of(cls, choice: Choice) -> "Condition":
        """A plain choice."""
        return cls(choice, choice)

    @classmethod
    def between(cls, a: Choice, b: Choice, t: float) -> "Condition":
        """A place on the way from a to b; its ends are plain choices."""
        return cls.of(a) if t == 0 or a == b else cls.of(b) if t == 1 else cls(a, b, t)

    @property
    def asked(self) -> dict[str, str | float | None]:
        """A value for each name: None for a word that is on its way to another."""
        return {name: _asked(value, self.b[name], self.t) for name, value in self.a.items()}

    @property
    def nearest(self) -> Choice:
        """The choice that is nearest: numbers as they are, words of the nearer end."""
        end = self.a if self.t < 0.5 else self.b
        return {name: end[name] if value is None else value for name, value in self.asked.items()}


def _asked(a: str | float, b: str | float, t: float) -> str | float | None:
    if a == b:
        return a
    return None if isinstance(a, str) else (1 - t) * a + t * b


class Conditions:
    """What can be asked for: ``values`` has the words of each name, ``ranges`` the lowest and highest number.

    ``given`` maps each name to words, or to a pair of numbers, lowest first. ``encode`` makes of a choice, a value for
    each name, the generator's y for one picture: a tensor whose first axis is 1. By default y are the indices of the
    words, int64: (1,) for one name, (1, A) for A names.

    Raises: ValueError for a name with less than two values, an empty range, or numbers without ``encode``.
    """

    def __init__(
        self,
        given: Mapping[str, Sequence[str] | Range],
        encode: Callable[[Choice], Tensor] | None = None,
    ):
        if not given:
            raise ValueError(f"conditions = {given!r}, expected at least one name with its values")
        kinds = {name: _understood(name, possible) for name, possible in given.items()}
        self.names = tuple(kinds)
        self.values = {name: kind for name, kind in kinds.items() if isinstance(kind[0], str)}
        self.ranges = {name: kind for name, kind in kinds.items() if name not in self.values}
        if encode is None and self.ranges:
            raise ValueError(f"encode = None, expected a function: the numbers {', '.join(self.ranges)} have no index")
        self._encode = encode or self._indices

    def first(self) -> Choice:
        """The first word of each name, and the middle of each range."""
        return {name: self.steps(name, 3)[0 if name in self.values else 1] for name in self.names}

    def last_of_first(self) -> Choice:
        """As ``first``, but the last value of the first name: another choice, to go to."""
        return self.first() | {self.names[0]: self.steps(self.names[0])[-1]}

    def steps(self, name: str, n: int = 9) -> list[str | float]:
        """All words of a name, or n numbers evenly spaced over its range."""
        if name in self.values:
            return [*self.values[name]]
        return torch.linspace(*self.ranges[name], n, dtype=torch.float64).tolist()

    def check(self, choice: Choice) -> Choice:
        """The choice, as it is.

        Raises: ValueError for a name or a value that is none.
        """
        for name, value in choice.items():
            if name not in self.names:
                raise ValueError(f"{name} = {value!r}, expected one of the conditions {', '.join(self.names)}")
            if name in self.values and value not in self.values[name]:
                raise ValueError(f"{name} = {value!r}, expected one of {', '.join(self.values[name])}")
            if name in self.ranges and not (isinstance(value, Real) and _within(value, *self.ranges[name])):
                low, high = self.ranges[name]
                raise ValueError(f"{name} = {value!r}, expected a number from {low:g} to {high:g}")
        return choice

    def encode(self, choice: Choice) -> Tensor:
        """The generator's y for one picture.

        Raises: ValueError when ``encode`` makes something else.
        """
        y = self._encode(choice)
        if not isinstance(y, Tensor) or y.dim() == 0 or len(y) != 1:
            made = f"a tensor of shape {tuple(y.shape)}" if isinstance(y, Tensor) else f"a {type(y).__name__}"
            raise ValueError(f"encode makes {made} of {choice}, expected a tensor whose first axis is 1")
        return y

    def _indices(self, choice: Choice) -> Tensor:
        y = torch.tensor([[words.index(choice[name]) for name, words in self.values.items()]])
        return y[:, 0] if len(self.names) == 1 else y


def _within(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def _understood(name: str, possible: Sequence[str] | Range) -> tuple:
    """Words or a range, as a tuple."""
    kind = tuple(possible)
    words = len(set(kind)) == len(kind) > 1 and all(isinstance(one, str) for one in kind)
    numbers = len(kind) == 2 and all(isinstance(one, Real) and isfinite(one) for one in kind) and kind[0] < kind[1]
    if isinstance(possible, str) or not (words or numbers):
        raise ValueError(
            f"conditions[{name!r}] = {possible!r}, expected two or more different words, or two numbers low < high"
        )
    return kind
