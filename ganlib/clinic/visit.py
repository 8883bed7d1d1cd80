"""The rounds of a reader on the ward: what was said, what was done, and what it is worth. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass

from ganlib.clinic.diagnoses import DIAGNOSES
from ganlib.clinic.treatments import TREATMENTS
from ganlib.clinic.ward import find, patients

DIAGNOSIS, CURE, NEEDLESS = 2, 2, -1
"""Points for a right diagnosis, for a treatment that heals (or for leaving the healthy alone), for a needless one."""


@dataclass
class Chart:
    """What was done with one patient. The first diagnosis and the first treatment count.

    ``healed``: whether the counted treatment met the patient's goals; None before it has run to its end.
    """

    diagnosis: str | None = None
    treatment: str | None = None
    healed: bool | None = None


class Visit:
    """A visit to the ward: ``diagnose`` and ``treat`` each patient once, in any order.

    ``names`` are the patients to see; by default all of them.

    Raises: ValueError for a name that is not on the ward.
    """

    def __init__(self, names: Iterable[str] | None = None):
        self.order = [one.name for one in patients()] if names is None else [find(name).name for name in names]
        self.charts = {name: Chart() for name in self.order}

    def diagnose(self, name: str, diagnosis: str) -> bool:
        """Take down the reader's diagnosis, unless there is one; returns whether ``diagnosis`` is right.

        Raises: ValueError for a patient who is not on this visit, or for no diagnosis of the list.
        """
        chart = self._chart(name)
        if diagnosis not in DIAGNOSES:
            raise ValueError(f"diagnosis = {diagnosis!r}, expected one of {', '.join(DIAGNOSES)}")
        chart.diagnosis = chart.diagnosis or diagnosis
        return diagnosis == find(name).diagnosis

    def treat(self, name: str, treatment: str, outcome: dict[str, float]) -> bool:
        """Take down a treatment that has run, unless there is one; returns whether the ``outcome`` meets the goals.

        Raises: ValueError for a patient who is not on this visit, or for no treatment of the list.
        """
        chart = self._chart(name)
        if treatment not in TREATMENTS:
            raise ValueError(f"treatment = {treatment!r}, expected one of {', '.join(TREATMENTS)}")
        healed = find(name).healed(outcome)
        if chart.treatment is None:
            chart.treatment, chart.healed = treatment, healed
        return healed

    def points(self, name: str) -> int:
        """The points for one patient so far."""
        chart, patient = self._chart(name), find(name)
        points = DIAGNOSIS if chart.diagnosis == patient.diagnosis else 0
        if chart.treatment is None:
            return points
        if patient.healthy:
            return points + (CURE if chart.treatment == "wait" else NEEDLESS)
        return points + (CURE if chart.healed else 0)

    @property
    def score(self) -> int:
        """All points so far."""
        return sum(map(self.points, self.order))

    @property
    def best(self) -> int:
        """The points that a perfect visit would have."""
        return len(self.order) * (DIAGNOSIS + CURE)

    def done(self, name: str) -> bool:
        """Whether the patient has a diagnosis and a treatment."""
        chart = self._chart(name)
        return chart.diagnosis is not None and chart.treatment is not None

    @property
    def finished(self) -> bool:
        """Whether all patients are done."""
        return all(map(self.done, self.order))

    def reread(self) -> list[tuple[str, str]]:
        """Chapters and sections to read again, each once: for each patient who is done and has not full points."""
        missed = [name for name in self.order if self.done(name) and self.points(name) < DIAGNOSIS + CURE]
        return list(dict.fromkeys(find(name).reread for name in missed))

    def _chart(self, name: str) -> Chart:
        if name not in self.charts:
            raise ValueError(f"name = {name!r}, expected one of {', '.join(self.charts)}")
        return self.charts[name]
