"""Check of chapter 10: a patient of the reader's own."""

from ganlib import clinic
from ganlib.checks.core import check, expect

TRIED = 5  # updates


def _expect_facts(patient: clinic.Patient, setup: clinic.Setup) -> None:
    """What the decorator was given fits the run."""
    name = clinic.DIAGNOSES[patient.diagnosis].name.lower()
    expect(len(patient.complaint.split()) >= 5, "complaint is too short: let its owner say what he or she sees.")
    expect(
        name not in patient.complaint.lower(),
        f"the complaint names the diagnosis ({name}), so nothing is left to find.",
    )
    expect(patient.explanation, "the docstring is missing: it explains what it was, after the diagnosis.")
    expect(patient.treatments, "treatments is empty, expected the key of at least one that heals.")
    measures = setup.subject.measures
    for goal in patient.goals:
        known = f"expected one that its subject measures: {', '.join(measures)}"
        expect(goal.measure in measures, f"a goal is about {goal.measure!r}, {known}.")
    expect(patient.goals, "goals is empty: say what a healthy run reaches.")
    for goal in patient.goals:
        limited = goal.at_least is not None or goal.at_most is not None
        expect(limited, f"the goal for {goal.measure!r} has no limit: give at_least or at_most.")


def _expect_play(patient: clinic.Patient, setup: clinic.Setup) -> None:
    """It runs, with each of its treatments, and these find something to mend."""
    expect(
        setup.updates > TRIED,
        f"updates = {setup.updates}, expected more than {TRIED}.",
    )
    for key in (None, *patient.treatments):
        treated = setup if key is None else clinic.TREATMENTS[key].apply(setup)
        expect(treated is not setup or key is None, f"the treatment {key!r} finds nothing to mend in this run.")
        run = clinic.Run(treated, patient.name, key)
        while run.done < TRIED and run.advance():
            pass


@check
def own_patient(answer) -> None:
    """Judge a patient: what its decorator says fits its run, it can run, and its treatments have something to mend."""
    decorated = isinstance(answer, clinic.Patient)
    expect(decorated, f"this is a {type(answer).__name__}, expected a function under @clinic.patient(...).")
    setup = answer.setup()
    expect(setup is not None, f"{answer.name} returned None: does it end with return?")
    expect(isinstance(setup, clinic.Setup), f"{answer.name} returned a {type(setup).__name__}, expected a Setup.")
    _expect_facts(answer, setup)
    _expect_play(answer, setup)
