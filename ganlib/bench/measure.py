"""Times that can be compared on a busy machine: the contenders take turns, and each turn gives one ratio."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np

Contenders = dict[str, Callable[[], object]]
"""What to time, by name: calls that do the same work in different ways."""

SHORTEST_S = 0.02  # a turn repeats quicker calls until it takes that long


class Spread(NamedTuple):
    """The lower quartile, the median and the upper quartile of some numbers."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Times:
    """Seconds for one call of each contender, turn by turn."""

    seconds: dict[str, list[float]]

    def of(self, name: str) -> Spread:
        """How long the contender takes, in seconds."""
        return spread(np.array(self.seconds[name]))

    def ratio(self, name: str, other: str) -> Spread:
        """The contender's time as a multiple of the other's in the same turn."""
        return spread(np.array(self.seconds[name]) / np.array(self.seconds[other]))


def spread(values: np.ndarray) -> Spread:
    """The quartiles of ``values``."""
    return Spread(*np.quantile(values, (0.25, 0.5, 0.75)).tolist())


@dataclass(frozen=True)
class Watch:
    """How to time a call: by which ``clock``, and what to ``wait`` for until a device is done with its work."""

    clock: Callable[[], float] = perf_counter
    wait: Callable[[], None] = lambda: None

    def seconds(self, call: Callable[[], object], repeats: int) -> float:
        """Seconds for one call, the average of so many."""
        before = self.clock()
        for _ in range(repeats):
            call()
        self.wait()
        return (self.clock() - before) / repeats


def take_turns(contenders: Contenders, watch: Watch, *, seconds: float, least: int, warm_up: int = 1) -> Times:
    """Time the contenders in turns, ``least`` times at least and until ``seconds`` have passed.

    The order changes from turn to turn, so that none always runs in the wake of the same other. ``warm_up`` calls of
    each come before and are not counted.
    """
    start, repeats, times = perf_counter(), {}, Times({name: [] for name in contenders})
    for name, call in contenders.items():
        watch.seconds(call, warm_up)
        repeats[name] = max(1, round(SHORTEST_S / max(watch.seconds(call, 1), 1e-6)))
    order = list(contenders)
    while len(times.seconds[order[0]]) < least or perf_counter() - start < seconds:
        for name in order:
            times.seconds[name].append(watch.seconds(contenders[name], repeats[name]))
        order.reverse()
    return times
