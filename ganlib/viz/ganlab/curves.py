"""The course of some numbers over a run, in a bounded number of points."""

import numpy as np

CAPACITY = 400


class Curve:
    """Averages of what is added, in fewer than 400 points: when these are full, neighbours merge.

    ``names`` are the names of the numbers. What a curve holds depends on what was added and on nothing else.
    """

    def __init__(self, *names: str):
        self.names, self.stride, self.count = names, 1, 0
        self._points: list[tuple[float, ...]] = []
        self._sum, self._pending = np.zeros(len(names)), 0

    def add(self, *values: float) -> None:
        """One more value for each name."""
        self._sum += values
        self._pending += 1
        self.count += 1
        if self._pending < self.stride:
            return
        self._points.append(tuple(self._sum / self._pending))
        self._sum, self._pending = np.zeros(len(self.names)), 0
        if len(self._points) == CAPACITY:
            both = np.array(self._points)
            self._points = [tuple(pair) for pair in (both[0::2] + both[1::2]) / 2]
            self.stride *= 2

    def __getitem__(self, name: str) -> np.ndarray:
        """Points (n, 2) of a name: how many values had been added, and the average since the point before."""
        counts = self.stride * np.arange(1, len(self._points) + 1)
        column = self.names.index(name)
        return np.column_stack([counts, [point[column] for point in self._points]]).astype(float).reshape(-1, 2)

    def state(self) -> dict:
        """All that it holds, as numbers and lists."""
        return {
            "stride": self.stride,
            "count": self.count,
            "points": [list(map(float, point)) for point in self._points],
            "sum": self._sum.tolist(),
            "pending": self._pending,
        }

    def load(self, state: dict) -> None:
        """Go on from a state.

        Raises: KeyError, TypeError or ValueError for what is no such state.
        """
        points = np.array(state["points"], dtype=float).reshape(-1, len(self.names))
        total = np.array(state["sum"], dtype=float).reshape(len(self.names))
        self.stride, self.count, self._pending = (int(state[name]) for name in ("stride", "count", "pending"))
        self._points, self._sum = [tuple(point) for point in points], total
