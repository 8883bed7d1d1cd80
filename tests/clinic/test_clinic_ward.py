"""The patients, their recordings, and the table of outcomes."""

import dataclasses
import importlib
import itertools

import numpy as np
import pytest
import torch

from ganlib import clinic
from ganlib.clinic import DIAGNOSES, TREATMENTS, Goal, Run, command, recordings, table, ward
from ganlib.clinic.facts import FACTS, facts

NAMES = [one.name for one in clinic.patients()]
NEWCOMER = '''
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import mixture
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.data.toys import ring
from ganlib.models import MLPDiscriminator, MLPGenerator


@patient(
    complaint="It hurts.",
    diagnosis="healthy",
    treatments=("wait",),
    tempting="penalty",
    goals=(Goal("modes", at_least=0),),
    clue=Clue("samples", "Look."),
    reread=("02", "The loop"),
)
def zoe() -> Setup:
    """She was only tired."""
    subject = mixture(ring(3), n=100)
    return Setup(subject, lambda: MLPGenerator(2, (2,), 4), lambda: MLPDiscriminator((2,), 4), updates=3, batch_size=8)
'''


def test_a_new_patient_is_one_function_in_one_file(tmp_path, monkeypatch):
    (tmp_path / "newcomer.py").write_text(NEWCOMER)
    folder = importlib.import_module("ganlib.clinic.patients")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    assert [one.name for one in clinic.patients()] == [*NAMES, "zoe"]
    zoe = clinic.find("zoe")
    assert zoe.healthy and zoe.explanation == "She was only tired." and "def zoe" in zoe.source()
    command.main(["record", "zoe"])
    assert clinic.recording("zoe").total == 3
    assert clinic.treat("zoe", "wait").total == 6
    assert clinic.Visit().order[-1] == "zoe"


def test_a_name_is_given_once(tmp_path, monkeypatch):
    for file in ("one_more", "and_another"):
        (tmp_path / f"{file}.py").write_text(NEWCOMER)
    folder = importlib.import_module("ganlib.clinic.patients")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    with pytest.raises(ValueError, match="two patients are called 'zoe'"):
        clinic.patients()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"diagnosis": "flu"}, "diagnosis 'flu'"),
        ({"treatments": ("tea",)}, "treatment 'tea'"),
        ({"tempting": "penalty"}, "'penalty' heals and tempts"),
        ({"against": {"flu": "no"}}, "diagnosis 'flu'"),
    ],
)
def test_a_patient_with_unknown_words_is_refused(facts, said):
    known = vars(clinic.find("carla"))
    with pytest.raises(ValueError, match=said):
        ward.Patient(**known | facts)


def test_unknown_names_are_refused():
    for ask in (clinic.find, clinic.recording, clinic.run, lambda name: clinic.explain(name, "healthy")):
        with pytest.raises(ValueError, match="name = 'nobody', expected one of ada"):
            ask("nobody")
    with pytest.raises(ValueError, match="treatment = 'tea'"):
        clinic.treat("carla", "tea")
    with pytest.raises(ValueError, match="diagnosis = 'flu'"):
        clinic.explain("carla", "flu")


def test_the_ward_is_as_large_as_promised():
    ill = {one.diagnosis for one in clinic.patients() if not one.healthy}
    assert ill == set(DIAGNOSES) - {"healthy"} and len(ill) >= 13
    assert sum(one.healthy for one in clinic.patients()) == 3


def test_a_complaint_does_not_name_the_disease():
    for one in clinic.patients():
        name = DIAGNOSES[one.diagnosis].name.lower()
        assert name not in one.complaint.lower() and one.diagnosis not in one.complaint.lower()
        assert len(one.complaint) > 30 and len(one.explanation) > 50 and one.clue.words and one.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_small_and_whole(name):
    path, recording = recordings.path_of(name), clinic.recording(name)
    assert path.stat().st_size <= 60_000
    assert recording.name == name and recording.total == clinic.find(name).setup().updates == recording.moments[-1]
    assert all(len(curve) == len(recording.updates) for curve in recording.curves.values())
    clue = clinic.find(name).clue
    assert clue.curve in {*recording.curves, "samples", "layers"}


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_the_run_of_its_setup(name):
    """The first updates, run again, give the recorded numbers: no recording is older than its patient."""
    recording, run = clinic.recording(name), clinic.run(name)
    while len(run.recording.updates) < 1:
        run.advance()
    now = run.recording
    assert now.updates[0] == recording.updates[0]
    for curve, values in now.curves.items():
        assert values[0] == pytest.approx(recording.curves[curve][0], rel=0.02, abs=1e-3), curve
    step = 6 if now.samples.dtype == np.uint8 else 0.02 * np.abs(now.samples[0]).max()
    far = np.abs(now.samples[0].astype(float) - recording.samples[0].astype(float)) > step
    assert far.mean() < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_the_goals_tell_the_ill_from_the_healthy(name):
    patient = clinic.find(name)
    assert patient.healed(clinic.recording(name).outcome) == patient.healthy


@pytest.mark.parametrize("name", NAMES)
def test_the_signs_speak_for_the_right_diagnosis_and_against_all_others(name):
    patient = clinic.find(name)
    seen = facts(clinic.recording(name), patient.setup())
    assert DIAGNOSES[patient.diagnosis].absent(seen) is None
    for key in set(DIAGNOSES) - {patient.diagnosis, "healthy"} - set(patient.against):
        assert DIAGNOSES[key].absent(seen) is not None, key


def test_every_answer_is_explained():
    for name, key in itertools.product(NAMES, DIAGNOSES):
        words = clinic.explain(name, key)
        assert words.endswith((".", "!")) and "nan" not in words and "{" not in words, words
    assert "goal" not in clinic.explain("carla", "healthy") and "modes" in clinic.explain("carla", "healthy")


def test_an_ill_patient_who_looks_well_is_explained_too(tmp_path, monkeypatch):
    (tmp_path / "latecomer.py").write_text(NEWCOMER.replace("healthy", "collapse").replace("zoe", "yan"))
    folder = importlib.import_module("ganlib.clinic.patients")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    command.main(["record", "yan"])
    assert clinic.explain("yan", "healthy") == "It looks well, but it is not: Look."


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, np.inf, np.nan])
def test_a_broken_run_has_facts_and_no_warnings(value):
    recording = clinic.recording("kofi")
    curves = {name: np.full_like(curve, value) for name, curve in recording.curves.items()}
    seen = facts(dataclasses.replace(recording, curves=curves), clinic.find("kofi").setup())
    assert np.isnan(seen["jumps"]) and DIAGNOSES["high_rate"].absent(seen).fact == "jumps"


def test_signs_ask_for_facts_that_exist():
    known = {*FACTS} | {key for one in clinic.patients() for key in one.setup().subject.measures}
    assert {sign.fact for diagnosis in DIAGNOSES.values() for sign in diagnosis.signs} <= known


def test_the_source_shows_the_fault():
    assert "loss_d.backward(retain_graph=True)" in clinic.find("lena").source()
    assert "return real_scores.mean() - fake_scores.mean()" in clinic.find("ines").source()
    assert "nn.init.constant_(layer.bias" in clinic.find("farid").source()
    assert "complaint" not in clinic.find("ada").source()


def test_the_table_says_that_right_treatments_heal_and_tempting_ones_do_not():
    rows = {(row.patient, row.treatment): row for row in table.outcomes()}
    for one in clinic.patients():
        assert [key for name, key in rows if name == one.name] == list(table.planned(one))
        assert rows[one.name, ""].measures == pytest.approx(clinic.recording(one.name).outcome, rel=1e-5)
        assert all(rows[one.name, key].healed for key in one.treatments)
        assert one.healthy or not rows[one.name, one.tempting].healed
    for row in rows.values():
        assert row.healed == clinic.find(row.patient).healed(row.measures)


def test_rows_are_made_anew_and_those_of_others_kept(tmp_path, monkeypatch):
    def made(patient, treatment):
        return table.Outcome(patient.name, treatment, True, {"modes": float(next(count))}, 1.0)

    count = itertools.count()
    monkeypatch.setattr(table, "TABLE", tmp_path / "outcomes.csv")
    monkeypatch.setattr(table, "outcome", made)
    table.record(["bo", "ada"])
    first = table.outcomes()
    table.record(["bo"])
    again = table.outcomes()
    assert [row[:2] for row in again] == [
        (name, key) for name in ("ada", "bo") for key in table.planned(clinic.find(name))
    ]
    assert [row.measures["modes"] for row in again] == [3, 4, 5, 6, 7, 8] and first[:3] == again[:3]


def test_goals():
    low, high = Goal("modes", at_least=7), Goal("distance", at_most=0.5)
    assert low.met({"modes": 7}) and not low.met({"modes": 6}) and not low.met({"modes": float("nan")})
    assert high.met({"distance": 0.5}) and not high.met({"distance": 0.6}) and not high.met({"distance": float("nan")})
    assert (str(low), str(high)) == ("modes >= 7", "distance <= 0.5")


def test_the_forgotten_detach_cancels_the_generators_gradient():
    """Without the critic's own update in between, what is left in the generator is exactly nothing."""
    setup = clinic.find("lena").setup()
    torch.manual_seed(0)
    trainer = setup.trainer()
    trainer.optimizer_d.step = lambda *_: None
    trainer.n_critic = 1
    setup.step(trainer)
    assert max(float(p.grad.abs().max()) for p in trainer.gan.generator.parameters()) < 1e-6
    mended = TREATMENTS["detach"].apply(setup).trainer()
    mended.n_critic = 1
    TREATMENTS["detach"].apply(setup).step(mended)
    assert max(float(p.grad.abs().max()) for p in mended.gan.generator.parameters()) > 1e-3


def test_dead_units_get_no_gradient_and_leaky_ones_do():
    for treatment, alive in ((None, False), ("leaky", True)):
        run = clinic.run("farid", treatment)
        while len(run.recording.updates) < 1:
            run.advance()
        assert (run.recording.layers["generator"][0] > 0).all() == alive


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_treatments_do_what_the_table_says(name):
    """Every planned treatment, run again: another processor rounds differently, so only healing must agree."""
    for row in table.outcomes():
        if row.patient == name and row.treatment:
            run = Run(TREATMENTS[row.treatment].apply(clinic.find(name).setup()))
            for _ in run:
                pass
            assert clinic.find(name).healed(run.recording.outcome) == row.healed, row.treatment
