"""Scores that know what they were measured with, and a report of all of them."""

from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

from torch import Tensor

from ganlib.metrics.distances import sliced_wasserstein
from ganlib.metrics.extractors import Extractor, Features, extract
from ganlib.metrics.frechet import fid
from ganlib.metrics.inception import inception_score
from ganlib.metrics.kernel import kid
from ganlib.metrics.neighbours import density_coverage, memorisation, precision_recall

FEWEST = 6  # pictures: five neighbours besides oneself


class Difference(NamedTuple):
    """How far one score lies above another, with a standard error where both have one and are independent."""

    value: float
    standard_error: float | None

    def __str__(self) -> str:
        return f"{self.value:+.4g}{_uncertainty(self.standard_error)}"


@dataclass(frozen=True)
class Score:
    """One number of a report. Those of other metrics or other extractors refuse to be compared with it.

    ``a < b`` and ``a - b`` raise a ValueError that names both, unless metric and extractor agree.
    """

    value: float
    metric: str
    extractor: str
    standard_error: float | None = None

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        return f"{self.metric} {self.value:.4g}{_uncertainty(self.standard_error)} on {self.extractor} features"

    def __lt__(self, other: "Score") -> bool:
        return self._beside(other).value < other.value

    def __le__(self, other: "Score") -> bool:
        return self._beside(other).value <= other.value

    def __sub__(self, other: "Score") -> Difference:
        errors = self._beside(other).standard_error, other.standard_error
        return Difference(self.value - other.value, None if None in errors else hypot(*errors))

    def _beside(self, other: "Score") -> "Score":
        """This score, if it may stand beside the other one."""
        if not isinstance(other, Score):
            raise TypeError(f"cannot compare a Score with {other!r}: that does not say what it was measured with")
        if (self.metric, self.extractor) != (other.metric, other.extractor):
            raise ValueError(
                f"cannot compare {self.metric} on {self.extractor} features "
                f"with {other.metric} on {other.extractor} features"
            )
        return self


class Metric(NamedTuple):
    """A metric's name in words, and which way is better ("lower", "higher", or a value to be near to)."""

    words: str
    best: str


METRICS = {
    "fid": Metric("Fréchet distance", "lower"),
    "kid": Metric("kernel distance", "lower"),
    "inception_score": Metric("Inception Score", "higher"),
    "precision": Metric("precision", "higher"),
    "recall": Metric("recall", "higher"),
    "density": Metric("density", "1"),
    "coverage": Metric("coverage", "higher"),
    "sliced_wasserstein": Metric("sliced Wasserstein", "lower"),
    "nearer": Metric("nearer than held-out", "0.5"),
    "too_near": Metric("too near", "0.05"),
}


@dataclass(frozen=True)
class Report:
    """All scores of one set of pictures; prints as a table.

    ``report["fid"]`` is a ``Score``; ``scores`` holds them by the names in ``METRICS``. ``real`` and ``fake`` are how
    many pictures there were: with fewer of them, distances come out larger.
    """

    scores: dict[str, Score]
    extractor: str
    real: int
    fake: int

    def __getitem__(self, metric: str) -> Score:
        return self.scores[metric]

    def __str__(self) -> str:
        rows = [f"{self.extractor} features of {self.real:,} real and {self.fake:,} generated pictures"]
        rows.append(f"{'':22}{'value':>10}  {'standard error':>14}  best")
        for name, score in self.scores.items():
            error = "" if score.standard_error is None else _two_digits(score.standard_error)
            rows.append(f"{METRICS[name].words:22}{score.value:>10.4g}  {error:>14}  {METRICS[name].best}")
        return "\n".join(rows)


def report(
    real: Tensor | Features,
    fake: Tensor | Features,
    extractor: str | Extractor = "digits",
    held_out: Tensor | Features | None = None,
) -> Report:
    """Measure generated pictures beside real ones by every metric that the extractor allows.

    Pictures are (N, C, H, W) in [-1, 1]; features that are there already may stand for them, and the metrics that need
    classes are left out where the extractor has none. With real pictures that nobody trained on, ``held_out``, it also
    says whether fakes lie nearer to ``real``, then the training set, than those do.

    Raises: ValueError for features of different extractors, fewer than 6 pictures, or as ``extract`` and the metrics.
    """
    given = {"real": real, "fake": fake} | ({} if held_out is None else {"held_out": held_out})
    sets = {name: x if isinstance(x, Features) else extract(x, extractor) for name, x in given.items()}
    names = {name: features.extractor for name, features in sets.items()}
    if len(set(names.values())) > 1:
        raise ValueError(
            "cannot compare " + " with ".join(f"{used} features of {name}" for name, used in names.items())
        )
    for name, features in sets.items():
        if len(features) < FEWEST:
            raise ValueError(f"{name} holds {len(features)} pictures, expected at least {FEWEST}")
    values = _measured(**sets)
    used = names["real"]
    scores = {name: Score(value, name, used, error) for name, (value, error) in values.items()}
    return Report(scores, used, len(sets["real"]), len(sets["fake"]))


def _measured(
    real: Features, fake: Features, held_out: Features | None = None
) -> dict[str, tuple[float, float | None]]:
    """Each metric's value and standard error."""
    a, b = real.values, fake.values
    values = {"fid": (fid(a, b), None), "kid": kid(a, b)}
    if fake.probabilities is not None:
        values["inception_score"] = inception_score(fake.probabilities)
    plain = precision_recall(a, b)._asdict() | density_coverage(a, b)._asdict()
    plain["sliced_wasserstein"] = sliced_wasserstein(a, b)
    if held_out is not None:
        found = memorisation(a, b, held_out.values)
        values["nearer"], plain["too_near"] = (found.nearer, found.standard_error), found.too_near
    values |= {name: (value, None) for name, value in plain.items()}
    return {name: values[name] for name in METRICS if name in values}


def _uncertainty(standard_error: float | None) -> str:
    return "" if standard_error is None else f" ± {_two_digits(standard_error)}"


def _two_digits(number: float) -> str:
    """340, not 3.4e+02."""
    return f"{float(f'{number:.2g}'):g}"
