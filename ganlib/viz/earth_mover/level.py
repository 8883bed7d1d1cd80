"""A level of the earth-mover puzzle: heaps, goal, distances, and what a linear program knows about them."""

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np
import torch
from scipy.spatial.distance import cdist

from ganlib.divergences import optimal_transport

METRICS = {"euclidean": "euclidean", "manhattan": "cityblock"}  # SciPy's names
COLUMNS_ON_A_LINE, ROWS, COLUMNS, BLOCKS = 16, 6, 6, 36  # what can be seen and grasped on a narrow page

Place = int | tuple[int, int]


@dataclass(frozen=True, eq=False)
class EarthLevel:
    """Turn the heaps ``start`` into the heaps ``goal``: whole blocks, counted in each column or each cell of a grid.

    ``start`` and ``goal`` have shape (columns,) or (rows, columns) and the same sum. Moving m blocks from i to j costs
    m * distance(i, j). Neighbours lie at distance 1. On a grid the ``metric`` is "euclidean", straight ahead, or
    "manhattan", along rows and columns; on a line both are |i - j|. ``words`` is what the reader is told. The heaps are
    kept as NumPy arrays that nobody can change.

    Raises: ValueError for other shapes, more than can be shown, numbers of blocks that are negative or not whole, start
    and goal of different mass or equal, or an unknown metric.
    """

    name: str
    start: Any
    goal: Any
    metric: str = "euclidean"
    words: str = ""

    def __post_init__(self):
        for name in ("start", "goal"):
            object.__setattr__(self, name, _heaps(name, getattr(self, name)))
        if self.start.shape != self.goal.shape:
            raise ValueError(f"start has shape {self.start.shape} and goal {self.goal.shape}, expected the same")
        if self.start.sum() != self.goal.sum():
            raise ValueError(
                f"start has {self.start.sum()} blocks and goal {self.goal.sum()}, expected the same: no earth is lost"
            )
        if (self.start == self.goal).all():
            raise ValueError(f"start and goal of level {self.name!r} are equal, expected something to move")
        if self.metric not in METRICS:
            raise ValueError(f"metric = {self.metric!r}, expected one of {list(METRICS)}")

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return int(self.start.sum())

    @property
    def on_a_line(self) -> bool:
        """Whether the heaps stand on a line and not on a grid."""
        return self.start.ndim == 1

    def index(self, name: str, place: Place) -> int:
        """The number of a place, counted row by row: a column on a line, a pair (row, column) on a grid.

        Raises: ValueError, which calls the place ``name``, for what is no place of this level.
        """
        at = (place,) if self.on_a_line else place
        whole = isinstance(at, tuple | list) and len(at) == self.start.ndim and all(is_whole(k) for k in at)
        if not whole or not all(0 <= k < size for k, size in zip(at, self.start.shape, strict=True)):
            last = ", ".join(str(size - 1) for size in self.start.shape)
            expected = f"a column from 0 to {last}" if self.on_a_line else f"(row, column) from (0, 0) to ({last})"
            raise ValueError(f"{name} = {place!r}, expected {expected}")
        return int(np.ravel_multi_index(at, self.start.shape))

    def place(self, index: int) -> Place:
        """The place with this number: a column, or (row, column)."""
        at = tuple(int(k) for k in np.unravel_index(index, self.start.shape))
        return at[0] if self.on_a_line else at

    @cached_property
    def distances(self) -> np.ndarray:
        """The distance between any two places, (n, n)."""
        places = np.argwhere(np.ones(self.start.shape, dtype=bool))
        return cdist(places, places, METRICS[self.metric])

    @cached_property
    def plan(self) -> np.ndarray:
        """A cheapest plan: plan[i, j] blocks go from i to j.

        The simplex method finds an extremal plan. Its entries form no cycle, so with whole heaps they are whole.

        Source: Peyré and Cuturi 2019, arXiv 1803.00567, proposition 3.4.
        """
        plan = np.rint(self._transport.plan.numpy()).astype(int)
        if (plan.sum(1) != self.start.ravel()).any() or (plan.sum(0) != self.goal.ravel()).any():
            raise RuntimeError(f"the linear program of level {self.name!r} found no plan of whole blocks")
        return plan

    @property
    def optimum(self) -> float:
        """The least that any plan costs: blocks times distance, summed over the plan. W1 is this for each block."""
        return float((self.plan * self.distances).sum())

    @cached_property
    def prices(self) -> np.ndarray:
        """A price f for each place that proves the optimum: (n,), the lowest is 0.

        f_j - f_i <= distance(i, j) everywhere, and sum goal f - sum start f = optimum. So a plan that moves blocks from
        i to j pays at least f_j - f_i for each, and all of it at least the optimum. As a critic's, f is high at goals.

        Source: Kantorovich and Rubinstein 1958; Villani 2009, "Optimal transport", theorem 5.10 and 5.16.
        """
        goals = self.goal.ravel() > 0
        f = (self._transport.g.numpy()[goals] - self.distances[:, goals]).max(1)
        return np.round(f - f.min(), 9)

    @cached_property
    def _transport(self):
        heaps = (torch.tensor(heaps.ravel(), dtype=torch.float64) for heaps in (self.start, self.goal))
        return optimal_transport(torch.from_numpy(self.distances), *heaps)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, of Python or NumPy; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _heaps(name: str, heaps: Any) -> np.ndarray:
    """Numbers of blocks as an array of whole numbers that cannot be changed."""
    try:
        array = np.asarray(heaps, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} = {heaps!r}, expected numbers of blocks, in rows of one length") from error
    most = {1: (COLUMNS_ON_A_LINE,), 2: (ROWS, COLUMNS)}.get(array.ndim, ())
    if array.size < 2 or not most or any(size > limit for size, limit in zip(array.shape, most, strict=True)):
        raise ValueError(
            f"{name} has shape {array.shape}, expected (columns,) with 2 to {COLUMNS_ON_A_LINE} columns, or "
            f"(rows, columns) with up to {ROWS} rows and {COLUMNS} columns"
        )
    if (array != np.floor(array)).any() or (array < 0).any():
        raise ValueError(f"{name} = {np.asarray(heaps).tolist()}, expected whole numbers of blocks, 0 or more")
    if not 0 < array.sum() <= BLOCKS:
        raise ValueError(f"{name} has {array.sum():g} blocks, expected 1 to {BLOCKS}")
    whole = array.astype(int)
    whole.setflags(write=False)
    return whole
