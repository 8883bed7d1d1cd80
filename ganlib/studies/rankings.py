"""Which method is better? Means with intervals, and how often few runs, or few samples, say something else.

The functions take the rows of a table with the columns ``variant`` and ``seed``. ``gain`` is -1 for a measure that
should be small, such as a Fréchet distance, +1 for one that should be large. What they call a probability is exact for
the runs in the table: each of a variant's rows is as likely as the others, independently of the other variants' rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

from ganlib.studies.effects import Interval, differences, interval
from ganlib.studies.tables import Row


def intervals(rows: list[Row], measure: str, confidence: float = 0.95) -> dict[str, Interval]:
    """The mean of a measure over the seeds of each variant, with Student's interval; in the order of the table.

    Raises: ValueError for a variant with fewer than two rows, or a confidence that is not between 0 and 1.
    """
    return {variant: interval(values, confidence) for variant, values in _by_variant(rows, measure).items()}


@dataclass(frozen=True)
class PairedDifference:
    """measure(one) - measure(other), the mean over the seeds that both ran, in [``low``, ``high``].

    ``better`` is the variant that the whole interval speaks for, None where it holds 0.
    """

    one: str
    other: str
    value: float
    low: float
    high: float
    better: str | None

    def __str__(self) -> str:
        words = f"{self.better} is better" if self.better else "no difference seen"
        return f"{self.one} - {self.other}: {self.value:.2f} [{self.low:.2f}, {self.high:.2f}], {words}"


def pairwise(rows: list[Row], measure: str, gain: int = -1, confidence: float = 0.95) -> list[PairedDifference]:
    """All pairs of variants, each difference with an interval; with probability ``confidence`` all intervals hold.

    Bonferroni's correction: of m intervals each has the confidence 1 - (1 - confidence) / m. Without it one of the 15
    comparisons of six equal methods would be "significant" about every second time.

    Raises: ValueError as ``effects.differences``, or for fewer than two variants.
    """
    names = list(_by_variant(rows, measure))
    if len(names) < 2:
        raise ValueError(f"rows hold {len(names)} variants, expected at least two to compare")
    each = 1 - (1 - confidence) / (len(names) * (len(names) - 1) / 2)
    found = []
    for one, other in combinations(names, 2):
        both = [row for row in rows if row["variant"] in (one, other)]
        (effect,) = differences(both, measure, other, each, gain)
        better = {"helped": one, "hurt": other}.get(effect.verdict)
        found.append(PairedDifference(one, other, effect.value, effect.low, effect.high, better))
    return found


def best_of(rows: list[Row], measure: str, tries: int, gain: int = -1) -> dict[str, float]:
    """What each variant can expect to report when the best of so many runs is shown and the others are not.

    The mean, over all choices of ``tries`` rows of a variant, of the best among them; 1 gives the plain mean.

    Raises: ValueError unless ``tries`` is from 1 to the number of rows of each variant.
    """
    groups = _by_variant(rows, measure)
    return {name: fmean(_bests(name, values, tries, gain)) for name, values in groups.items()}


def beats(rows: list[Row], measure: str, one: str, other: str, tries: int = 1, gain: int = -1) -> float:
    """The probability that the best of ``tries`` runs of ``one`` looks better than a single run of ``other``.

    All choices are counted, a tie as one half. For the worse of two methods, tries = 1 gives the probability that one
    seed each turns the ranking round, and more tries what cherry-picking makes of it.

    Raises: ValueError for a variant that is not in the table, or ``tries`` as in ``best_of``.
    """
    groups = _by_variant(rows, measure)
    for name in (one, other):
        if name not in groups:
            raise ValueError(f"no row of {name!r}, expected one of {', '.join(map(repr, groups))}")
    chosen = _bests(one, groups[one], tries, gain)
    return fmean(_points(gain * (a - b)) for a, b in product(chosen, groups[other]))


def winners(rows: list[Row], measure: str, gain: int = -1) -> dict[str, float]:
    """The probability that each variant comes out best when all are run once, ties shared; they sum to 1.

    Every combination of one row of each variant is counted: for six variants with eight seeds 8^6 = 262,144.
    """
    groups = {name: gain * np.array(values) for name, values in _by_variant(rows, measure).items()}
    axes = np.ix_(*groups.values())
    best = np.maximum.reduce(np.broadcast_arrays(*axes))
    firsts = [values == best for values in axes]
    ties = np.sum(firsts, axis=0)
    return {name: float(np.mean(first / ties)) for name, first in zip(groups, firsts, strict=True)}


def wrong_order(
    distance: Callable[[Tensor], float], better: Tensor, worse: Tensor, size: int, draws: int = 50, seed: int = 0
) -> float:
    """How often so few samples turn the order of two sets of features round: 0 never, one half a toss of a coin.

    From ``better`` (N, d) and ``worse`` (M, d) the same number of rows is drawn, without replacement, again and again;
    counted is the share of the draws in which ``distance`` is not smaller for the first. It should be smaller for the
    whole sets.

    Raises: ValueError unless ``size`` is from 1 to both N and M, and ``draws`` at least 1.
    """
    if not 1 <= size <= min(len(better), len(worse)) or draws < 1:
        expected = f"1 to {min(len(better), len(worse))} samples and at least one draw"
        raise ValueError(f"size = {size} and draws = {draws}, expected {expected}")
    random = torch.Generator().manual_seed(seed)
    wrong = 0
    for _ in range(draws):
        one, other = (distance(x[torch.randperm(len(x), generator=random)[:size]]) for x in (better, worse))
        wrong += one >= other
    return wrong / draws


def _by_variant(rows: list[Row], measure: str) -> dict[str, list[float]]:
    """The measure of each variant's rows, in the order of the table."""
    seen = {(row["variant"], row["seed"]) for row in rows}
    if not rows or len(seen) < len(rows):
        raise ValueError(f"{len(rows)} rows with {len(seen)} pairs of variant and seed, expected one row for each pair")
    groups: dict[str, list[float]] = {}
    for row in rows:
        groups.setdefault(row["variant"], []).append(row[measure])
    return groups


def _bests(name: str, values: list[float], tries: int, gain: int) -> list[float]:
    """The best value of each choice of so many."""
    if not 1 <= tries <= len(values):
        raise ValueError(f"tries = {tries}, expected 1 to {len(values)}, the runs of {name!r}")
    return [max(chosen, key=lambda value: gain * value) for chosen in combinations(values, tries)]


def _points(lead: float) -> float:
    """1 for a win, one half for a tie, 0 for a loss."""
    return 1.0 if lead > 0 else 0.5 if lead == 0 else 0.0
