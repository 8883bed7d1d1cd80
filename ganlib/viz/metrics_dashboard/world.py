"""What the dashboard needs of a world: real samples, a generator to harm, and the ways in which it can be harmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

KEPT = 64  # sets of samples that a world remembers


@dataclass(frozen=True)
class Sample:
    """N samples as the metrics see them.

    ``x`` (N, ...) are the points or pictures themselves, ``features`` (N, d) what distances are measured on, and
    ``probabilities`` (N, c) what a classifier says of each.
    """

    x: Tensor
    features: Tensor
    probabilities: Tensor

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Knob:
    """A way to harm the generator: it does nothing at ``rest``. ``label`` and ``tip`` explain it."""

    label: str
    low: float
    high: float
    step: float
    rest: float
    tip: str


class World:
    """Real data, and a generator that is perfect until a knob is turned: what it draws then is as real as real data.

    ``knobs`` are the ways to harm it, ``presets`` are settings of knobs with a name, and ``sizes`` are the numbers N of
    samples to choose from. ``seed`` stands for everything that is drawn: one seed gives the same real data, and a
    generator whose samples move smoothly with the knobs.
    """

    knobs: Mapping[str, Knob]
    presets: Mapping[str, Mapping[str, float]]
    sizes: tuple[int, ...]

    def __init__(self):
        self.sets = lru_cache(KEPT)(self._sets)

    @property
    def rest(self) -> dict[str, float]:
        """The settings with which the generator is perfect."""
        return {name: knob.rest for name, knob in self.knobs.items()}

    def checked(self, settings: Mapping[str, float]) -> dict[str, float]:
        """The settings, complete.

        Raises: ValueError for a knob that is none, or a value beyond its ends.
        """
        for name, value in settings.items():
            if name not in self.knobs:
                raise ValueError(f"{name} is no knob, expected one of {', '.join(self.knobs)}")
            low, high = self.knobs[name].low, self.knobs[name].high
            if not low <= value <= high:
                raise ValueError(f"{name} = {value!r}, expected a number from {low:g} to {high:g}")
        return {**self.rest, **settings}

    def fake(self, settings: Mapping[str, float], n: int, seed: int) -> Sample:
        """N samples of the generator with these settings of all knobs."""
        raise NotImplementedError

    def count(self, sample: Sample) -> int:
        """How many modes are in a sample."""
        raise NotImplementedError

    def _sets(self, n: int, seed: int) -> tuple[Sample, Sample]:
        """The real data that the generator has learnt from, and as many that it has never seen."""
        raise NotImplementedError


def first(share: float, turn: Tensor) -> Tensor:
    """Which of N samples (N,) belong to a share: those whose turn, from 0 to N - 1, comes first."""
    return turn < round(share * len(turn))
