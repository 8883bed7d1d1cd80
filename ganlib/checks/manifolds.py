"""Check of chapter 09: precision and recall by nearest neighbours."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ganlib.checks.arrays import as_array, judge_arrays
from ganlib.checks.core import check, expect

Formula = Callable[[Tensor, Tensor, int], Tensor]

REAL = torch.tensor(
    [[0.0, 0.0], [0.9, 0.2], [0.1, 1.1], [1.3, 1.2], [2.6, 0.4], [4.9, 3.1], [0.6, 2.3], [-1.7, 0.8]],
    dtype=torch.float64,
)
FAKE = torch.tensor([[0.4, 0.5], [0.6, 0.3], [0.5, 0.8], [3.4, 2.4], [6.9, -2.2], [0.8, 0.6]], dtype=torch.float64)
EVEN = torch.tensor([[1.9, 0.3], [2.4, 0.9], [2.1, 1.8], [7.0, 3.0], [-0.4, 0.3]], dtype=torch.float64)


def _radii(points: Tensor, k: int) -> Tensor:
    """The distance of each point to its k-th neighbour, itself not counted."""
    return torch.cdist(points, points).sort(1).values[:, k]


def _inside(points: Tensor, centres: Tensor, radii: Tensor) -> Tensor:
    """For each point and each ball whether the point lies in it."""
    return torch.cdist(points, centres) <= radii


def _share(points: Tensor, centres: Tensor, k: int, off: int = 0) -> Tensor:
    """The share of the points that lie in at least one ball of the centres."""
    return _inside(points, centres, _radii(centres, k + off)).any(1).double().mean()


def _both(share: Callable[[Tensor, Tensor, int], Tensor]) -> Formula:
    """Precision and recall with another way to take the share."""
    return lambda real, fake, k: torch.stack([share(fake, real, k), share(real, fake, k)])


def _nearest(points: Tensor, centres: Tensor, k: int) -> Tensor:
    near = torch.cdist(points, centres).min(1)
    return (near.values <= _radii(centres, k)[near.indices]).double().mean()


def _squared(points: Tensor, centres: Tensor, k: int) -> Tensor:
    return (torch.cdist(points, centres).square() <= _radii(centres, k)).any(1).double().mean()


_MISTAKES: Mapping[str, Formula] = {
    "precision and recall are swapped. Precision is about the fakes: the share of them that lies in real balls.": (
        lambda real, fake, k: _both(_share)(real, fake, k).flip(0)
    ),
    "both values are precision. Recall turns it round: the share of real points that lie in balls of fakes.": (
        lambda real, fake, k: _share(fake, real, k).expand(2)
    ),
    "each point counts as its own nearest neighbour (at distance 0), so the radii reach the neighbour k - 1 only.": (
        _both(lambda points, centres, k: _share(points, centres, k, -1))
    ),
    "the radii reach the neighbour k + 1: the point itself takes one place in the sorted distances, not two.": (
        _both(lambda points, centres, k: _share(points, centres, k, 1))
    ),
    "the radii belong to the points that are asked, not to the centres. A ball has the radius of its own centre.": (
        _both(
            lambda points, centres, k: (
                (torch.cdist(points, centres) <= _radii(points, k)[:, None]).any(1).double().mean()
            )
        )
    ),
    "this is the share of all pairs of a point and a ball. One ball is enough: any over the balls, then the mean.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k)).double().mean())
    ),
    "a point must lie in all balls here. One is enough.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k)).all(1).double().mean())
    ),
    "only the ball of the nearest centre is asked. A farther centre can have a larger ball: ask all of them.": (
        _both(_nearest)
    ),
    "squared distances are compared with radii that are not squared.": _both(_squared),
    "this counts balls that hold a point. Asked is the share of points that lie in a ball: the other axis.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k)).any(0).double().mean())
    ),
    "k is not used: these are the balls to the first neighbour.": _both(
        lambda points, centres, k: _share(points, centres, 1)
    ),
    "all balls have the mean radius. Each has its own.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k).mean()).any(1).double().mean())
    ),
    "all balls have the largest radius. Each has its own.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k).max()).any(1).double().mean())
    ),
    "these are counts. Asked are shares, from 0 to 1.": lambda real, fake, k: (
        _both(_share)(real, fake, k) * torch.tensor([len(fake), len(real)])
    ),
    "these are percent. Asked are shares, from 0 to 1.": lambda real, fake, k: 100 * _both(_share)(real, fake, k),
    "this is density, which counts how many balls a fake lies in. For precision one is enough.": (
        _both(lambda points, centres, k: _inside(points, centres, _radii(centres, k)).double().sum(1).mean() / k)
    ),
    "recall asks the real balls, too: that is coverage, the share of real balls that hold a fake. Recall looks at the "
    "balls around fakes.": lambda real, fake, k: torch.stack(
        [_share(fake, real, k), _inside(fake, real, _radii(real, k)).any(0).double().mean()]
    ),
}


def as_pair(value, what: str) -> list:
    """What an answer returned, if it is two things.

    Raises: CheckFailed when it is not.
    """
    expect(value is not None, "it returned None: does it end with return?")
    try:
        pair = list(value)
    except TypeError:  # one number
        pair = []
    expect(len(pair) == 2, f"it returned {value!r}, expected two things: {what}.")
    return pair


@check
def precision_recall(answer) -> None:
    """Judge ``precision_recall(real, fake, k)``: the shares of fakes in real balls and of real points in fake ones."""

    def both(*case):
        return torch.stack([as_array(share) for share in as_pair(answer(*case), "precision, recall")])

    cases = [(REAL, FAKE, 2), (REAL, FAKE, 3), (FAKE, REAL, 1), (REAL, EVEN, 2)]
    words = [f"for {len(real)} real points, {len(fake)} fakes and k = {k}" for real, fake, k in cases]
    judge_arrays(both, _both(_share), _MISTAKES, cases, words)
