"""What a variant changes: the paired difference to the baseline over several seeds, with its confidence interval."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, inf, log
from typing import NamedTuple

from scipy.special import stdtrit  # quantiles of Student's t; scipy.stats takes a second to import

from ganlib.studies.tables import Row, mean


class Interval(NamedTuple):
    """The mean of some numbers, and where the mean of many more would lie: between ``low`` and ``high``."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} [{self.low:.2f}, {self.high:.2f}]"


def interval(values: Iterable[float], confidence: float = 0.95) -> Interval:
    """Student's interval for a mean: mean +- q s / sqrt(n), q the quantile of t with n - 1 degrees of freedom.

    Of the intervals of many such samples from a normal distribution the share ``confidence`` holds its mean.

    Raises: ValueError for fewer than two values, or a confidence that is not between 0 and 1.

    Source: Student 1908, "The probable error of a mean", Biometrika 6.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence = {confidence}, expected a number between 0 and 1, such as 0.95")
    centre, error, n = mean(values)
    if n < 2:
        raise ValueError(f"values has {n} numbers, expected at least two")
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    return Interval(centre, centre - reach, centre + reach)


@dataclass(frozen=True)
class Effect:
    """How one variant's measure compares with the baseline's, over ``seeds`` seeds that both ran.

    ``value`` is the mean effect, [``low``, ``high``] its confidence interval and ``none`` the value of no effect: 1 for
    a ratio, 0 for a difference. ``gain`` is +1 where a larger measure is better, -1 where a smaller one is.
    """

    variant: str
    value: float
    low: float
    high: float
    seeds: int
    none: float
    gain: int

    @property
    def verdict(self) -> str:
        """helped, hurt, or no difference seen: an interval that holds ``none`` decides nothing."""
        if self.low <= self.none <= self.high:
            return "no difference seen"
        return "helped" if (self.value > self.none) == (self.gain > 0) else "hurt"

    def __str__(self) -> str:
        return f"{self.variant}: {self.value:.2f} [{self.low:.2f}, {self.high:.2f}], {self.verdict}"


def ratios(rows: list[Row], measure: str, baseline: str, confidence: float = 0.95) -> list[Effect]:
    """The factor by which each variant multiplies a positive measure that should be small, such as a Fréchet distance.

    The geometric mean over seeds of measure(variant, seed) / measure(baseline, seed), with the exponential of Student's
    interval for the mean of the logarithms (see ``interval``). In the order of the table.

    Raises: ValueError for a measure that is not positive, or as ``differences``.
    """
    for row in rows:
        if not 0 < row[measure] < inf:
            raise ValueError(f"{measure} = {row[measure]} for {row['variant']}, seed {row['seed']}, expected above 0")
    logs = [{**row, measure: log(row[measure])} for row in rows]
    return _effects(logs, measure, baseline, confidence, exp, none=1.0, gain=-1)


def differences(rows: list[Row], measure: str, baseline: str, confidence: float = 0.95, gain: int = 1) -> list[Effect]:
    """What each variant adds to a measure that should be large, such as the number of modes found.

    ``gain`` = -1 says that it should be small, such as the reverse KL divergence.

    The mean over seeds of measure(variant, seed) - measure(baseline, seed), with Student's interval (see ``interval``).
    In the order of the table.

    Raises: ValueError when the baseline is not in the table, a variant shares fewer than two seeds with it, or
    ``confidence`` is not between 0 and 1.
    """
    return _effects(rows, measure, baseline, confidence, float, none=0.0, gain=gain)


def _effects(
    rows: list[Row],
    measure: str,
    baseline: str,
    confidence: float,
    scale: Callable[[float], float],
    none: float,
    gain: int,
) -> list[Effect]:
    by_seed: dict[str, dict[int, float]] = {}
    for row in rows:
        by_seed.setdefault(row["variant"], {})[row["seed"]] = row[measure]
    if baseline not in by_seed:
        raise ValueError(f"baseline = {baseline!r}, expected one of {', '.join(map(repr, by_seed))}")
    base = by_seed.pop(baseline)
    effects = []
    for variant, values in by_seed.items():
        pairs = [values[seed] - base[seed] for seed in values if seed in base]
        if len(pairs) < 2:
            raise ValueError(f"{variant!r} shares {len(pairs)} seeds with the baseline, expected at least two")
        effects.append(Effect(variant, *map(scale, interval(pairs, confidence)), len(pairs), none, gain))
    return effects
