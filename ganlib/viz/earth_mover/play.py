"""The rules of the earth-mover puzzle: what a move does and costs, and when the game is over."""

from dataclasses import dataclass
from math import isclose

import numpy as np

from ganlib.viz.earth_mover.level import EarthLevel, Place, is_whole


@dataclass(frozen=True)
class Move:
    """``mass`` blocks went from place ``source`` to place ``target`` (numbers of places), for ``price``."""

    source: int
    target: int
    mass: int
    price: float


class Play:
    """One game of a level: the moves so far and what follows from them. What is moved twice is paid twice."""

    def __init__(self, level: EarthLevel):
        self.level = level
        self.moves: list[Move] = []

    def move(self, source: Place, target: Place, mass: int = 1) -> Move:
        """Move ``mass`` blocks from ``source`` to ``target``. Places are columns, or pairs (row, column) on a grid.

        Raises: ValueError for what is no place, the same place twice, and more blocks than there are; then nothing has
        moved.
        """
        i, j = self.level.index("source", source), self.level.index("target", target)
        if i == j:
            raise ValueError(f"source and target are both {source!r}, expected two places")
        there = int(self.heaps.flat[i])
        if not is_whole(mass) or not 1 <= mass <= there:
            expected = f"a whole number from 1 to {there}" if there else f"a place with blocks: {source!r} has none"
            raise ValueError(f"mass = {mass!r}, expected {expected}")
        self.moves.append(Move(i, j, int(mass), float(mass * self.level.distances[i, j])))
        return self.moves[-1]

    def undo(self) -> None:
        """Take the last move back, its price too; without moves nothing happens."""
        del self.moves[-1:]

    def restart(self) -> None:
        """Take all moves back."""
        self.moves.clear()

    @property
    def heaps(self) -> np.ndarray:
        """The blocks in each place now, in the level's shape."""
        heaps = self.level.start.copy()
        for move in self.moves:
            heaps.flat[move.source] -= move.mass
            heaps.flat[move.target] += move.mass
        return heaps

    @property
    def paid(self) -> float:
        """Blocks times distance, summed over all moves."""
        return sum((move.price for move in self.moves), 0.0)

    @property
    def misplaced(self) -> int:
        """How many blocks are where the goal has no room for them."""
        return int((self.heaps - self.level.goal).clip(min=0).sum())

    @property
    def solved(self) -> bool:
        """Whether the heaps are the goal, at whatever price."""
        return self.misplaced == 0

    @property
    def best(self) -> bool:
        """Whether the heaps are the goal and nobody could have paid less."""
        return self.solved and isclose(self.paid, self.level.optimum, abs_tol=1e-9)

    @property
    def verdict(self) -> str:
        """In words: what is paid and what is left to do, or how far from the optimum the game has ended."""
        paid = number(self.paid)
        if not self.solved:
            blocks = "1 block is" if self.misplaced == 1 else f"{self.misplaced} blocks are"
            return f"Paid so far: {paid}. {blocks} not in place."
        if self.best:
            return f"You paid {paid}. Best possible: no plan costs less."
        least = self.level.optimum
        excess = round(self.paid, 2) - round(least, 2)  # of what is shown, so that the sentence adds up
        return f"You paid {paid}. The least is {number(least)}: {number(excess)} too much."


def number(value: float) -> str:
    """A price in words: whole numbers without decimals, others with two."""
    return f"{round(value)}" if abs(value - round(value)) < 1e-9 else f"{value:.2f}"
