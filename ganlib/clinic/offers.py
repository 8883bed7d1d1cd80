"""What the clinic offers to a chapter: recordings, treatments that are run, and reasons."""

from collections.abc import Callable, Iterable
from math import isfinite

from ganlib.clinic import recordings
from ganlib.clinic.diagnoses import DIAGNOSES
from ganlib.clinic.facts import FACTS, facts
from ganlib.clinic.recordings import Recording
from ganlib.clinic.run import Run
from ganlib.clinic.treatments import TREATMENTS
from ganlib.clinic.ward import find


def recording(name: str) -> Recording:
    """The recorded run of a patient, before any treatment.

    Raises: ValueError for a name that is not on the ward; FileNotFoundError when the recording is not made yet.
    """
    return recordings.load(recordings.path_of(find(name).name))


def run(name: str, treatment: str | None = None) -> Run:
    """A patient's run at its start, with a treatment or as it is: ``advance()`` does its next piece.

    Raises: ValueError for a name that is not on the ward or a treatment that is not on the list.
    """
    setup = find(name).setup()
    if treatment is not None and treatment not in TREATMENTS:
        raise ValueError(f"treatment = {treatment!r}, expected one of {', '.join(TREATMENTS)}")
    treated = setup if treatment is None else TREATMENTS[treatment].apply(setup)
    return Run(treated, name, treatment)


def treat(name: str, treatment: str, progress: Callable[[Run], Iterable[int]] = iter) -> Recording:
    """Give a patient a treatment and really run it to its end.

    ``progress`` is given the run and passes its rounds on, as ``tqdm`` does.

    Raises: ValueError as ``run``.
    """
    treated = run(name, treatment)
    for _ in progress(treated):
        pass
    return treated.recording


def explain(name: str, diagnosis: str) -> str:
    """Why a diagnosis does not fit a patient, or what gave the right one away.

    Raises: ValueError for a name that is not on the ward or a diagnosis that is not on the list.
    """
    patient = find(name)
    if diagnosis not in DIAGNOSES:
        raise ValueError(f"diagnosis = {diagnosis!r}, expected one of {', '.join(DIAGNOSES)}")
    if diagnosis == patient.diagnosis:
        return patient.clue.words
    if diagnosis in patient.against:
        return patient.against[diagnosis]
    seen = facts(recording(name), patient.setup())
    if diagnosis == "healthy":
        missed = next((goal for goal in patient.goals if not goal.met(seen)), None)
        if missed is None:
            return f"It looks well, but it is not: {patient.clue.words}"
        return f"A healthy run reaches {missed}. But {_in_words(name, missed.measure, seen[missed.measure])}."
    sign = DIAGNOSES[diagnosis].absent(seen)
    if sign is None:
        return f"Its signs are there, but something else explains more: {patient.clue.words}"
    if sign.fact not in seen:
        return f"Then {sign.words}. There is nothing of the kind here."
    return f"Then {sign.words}. But {_in_words(name, sign.fact, seen[sign.fact])}."


def _in_words(name: str, fact: str, value: float) -> str:
    measures = find(name).setup().subject.measures
    if not isfinite(value):
        return "the run broke down"
    if fact in measures:
        return f"in this run it is {measures[fact].form.format(value)} ({measures[fact].words})"
    return FACTS[fact].format(value)
