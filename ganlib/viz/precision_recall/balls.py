"""Balls that reach each point's k-th neighbour, and what precision, recall, density and coverage count in them."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ganlib.metrics import Manifold


@dataclass(frozen=True)
class View:
    """What a metric asks: whose balls, and whose points are looked at.

    ``owners`` and ``seen`` are "real" or "fake". ``asks`` says what is counted.
    """

    owners: str
    seen: str
    asks: str


VIEWS = {
    "precision": View("real", "fake", "Which fakes lie in a ball of a real point?"),
    "recall": View("fake", "real", "Which real points lie in a ball of a fake?"),
    "density": View("real", "fake", "How many balls of real points hold each fake?"),
    "coverage": View("real", "real", "Which balls of real points hold a fake?"),
}


class Balls:
    """Real points and fakes (n, 2), float64, and the balls of both that reach the k-th neighbour of their centres.

    Raises: ValueError when there are not more than k points of each kind.
    """

    def __init__(self, real: Tensor, fake: Tensor, k: int):
        if missing(real, fake, k):
            raise ValueError(missing(real, fake, k))
        self.points, self.k = {"real": real, "fake": fake}, k
        self.manifolds = {kind: Manifold(points, k) for kind, points in self.points.items()}

    @cached_property
    def scores(self) -> dict[str, float]:
        """Each metric's value: the mean of what is counted; for the density over k."""
        means = {view: self.counted(view).double().mean().item() for view in VIEWS}
        return {**means, "density": means["density"] / self.k}

    def counted(self, view: str) -> Tensor:
        """What a metric counts, for each point that it looks at: how many balls hold it, or whether one does."""
        owners, seen = self.manifolds[VIEWS[view].owners], self.points[VIEWS[view].seen]
        if view == "coverage":
            return owners.reached(self.points["fake"])
        counts = owners.counts(seen)
        return counts if view == "density" else counts > 0

    def discs(self, kind: str) -> Tensor:
        """Centres and radii of the balls of a kind: (n, 3)."""
        return torch.cat([self.points[kind], self.manifolds[kind].radii[:, None]], dim=1)

    def reach(self, kind: str) -> tuple[float, float]:
        """The largest radius of a kind, and the median one."""
        radii = self.manifolds[kind].radii
        return radii.max().item(), radii.median().item()


def missing(real: Tensor, fake: Tensor, k: int) -> str:
    """What is wrong with the points, in words: nothing, unless there are too few for k neighbours."""
    few = [f"{len(points)} {kind}" for kind, points in (("real", real), ("fake", fake)) if len(points) <= k]
    return f"With k = {k} each kind needs {k + 1} points or more; there are {' and '.join(few)}." if few else ""
