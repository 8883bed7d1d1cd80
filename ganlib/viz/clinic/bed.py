"""What is known of one patient during a visit: the run as it was, what the reader has said, the run under treatment."""

from functools import cached_property

import numpy as np
from torch import Tensor

from ganlib.clinic import TREATMENTS, Patient, Recording, Run, Setup, recording
from ganlib.viz.clinic import words
from ganlib.viz.clinic.charts import Mark, scales_of
from ganlib.viz.clinic.scales import Scale
from ganlib.viz.clinic.thumbnails import small_images, small_points


class Bed:
    """One patient. ``treated`` is the setup under treatment, ``run`` its run; None before any."""

    def __init__(self, patient: Patient):
        self.patient, self.setup, self.before = patient, patient.setup(), recording(patient.name)
        self.forget()

    def forget(self) -> None:
        """No diagnosis, no treatment, no hint."""
        self.diagnosis: str | None = None
        self.answer, self.hinted = "", False
        self.treated: Setup | None = None
        self.run: Run | None = None
        self._after: Recording | None = None

    @cached_property
    def thumbnail(self) -> Tensor:
        """The last samples in small."""
        images = self.before.samples.dtype == np.uint8
        return small_images(self.before) if images else small_points(self.before, self.setup.real[0][:250])

    @cached_property
    def _story(self) -> str:
        return words.story(self.patient)

    @property
    def after(self) -> Recording | None:
        """The run under treatment, as far as it has come."""
        if self.finished:
            self._after = self._after or self.run.recording
            return self._after
        return None if self.run is None else self.run.recording

    @property
    def total(self) -> int:
        """The updates of the longer run."""
        return max(self.before.total, 0 if self.run is None else self.run.total)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The scales on which both runs can be seen."""
        return scales_of(self.before, *([] if self.run is None else [self.after]))

    @property
    def finished(self) -> bool:
        """Whether a treatment has run to its end."""
        return self.run is not None and self.run.finished

    @property
    def mark(self) -> Mark | None:
        """What gave the disease away, once the reader may know: after the right diagnosis, or a treatment."""
        clue = self.patient.clue
        if not self.finished and self.diagnosis != self.patient.diagnosis:
            return None
        return clue.curve, int(self.before.updates[-1]) if clue.update is None else clue.update

    def diagnose(self, diagnosis: str) -> None:
        """Take the reader's latest diagnosis down, and what there is to say about it, as HTML."""
        self.diagnosis, self.answer = diagnosis, words.answer(self.patient, diagnosis)

    def treat(self, treatment: str) -> None:
        """Start a treatment.

        Raises: ValueError for a treatment that is not on the list.
        """
        if treatment not in TREATMENTS:
            raise ValueError(f"treatment = {treatment!r}, expected one of {', '.join(TREATMENTS)}")
        self.treated, self._after = TREATMENTS[treatment].apply(self.setup), None
        self.run = Run(self.treated, self.patient.name, treatment)

    def stop(self) -> None:
        """Give up the treatment; nothing is taken down of it."""
        self.run = self.treated = None

    def progress(self) -> str:
        """What the treatment does, how far it has come, and whether it heals; as HTML."""
        if self.run is None:
            return ""
        done = words.changes(self.setup, self.treated)
        if self.finished:
            return f"<b>{words.healed(self.patient, self.setup.subject.measures, self.after)}</b> {done}"
        tenths = 10 * self.run.done // self.run.total  # few enough to be read out
        return f"{done} <b>{10 * tenths} %</b> of {self.run.total:,} updates are done."

    def verdict(self) -> str:
        """The measured outcome and the patient's story, once a treatment has run to its end; as HTML."""
        if not self.finished:
            return ""
        measures = self.setup.subject.measures
        table = words.outcome(self.patient, measures, self.before, self.after)
        return table + self._story
