"""The GAN clinic: runs with planted failures, their recordings, and treatments that are really run."""

from ganlib.clinic import image_treatments as _image_treatments  # noqa: F401 - it lists its treatments
from ganlib.clinic import patients as _folder  # noqa: F401 - read first: the function below takes its name
from ganlib.clinic.diagnoses import DIAGNOSES, Diagnosis, Sign
from ganlib.clinic.offers import explain, recording, run, treat
from ganlib.clinic.recordings import Recording
from ganlib.clinic.run import Run
from ganlib.clinic.setup import Setup, alternate
from ganlib.clinic.subjects import Measure, Subject
from ganlib.clinic.table import Outcome, outcomes
from ganlib.clinic.treatments import TREATMENTS, Treatment
from ganlib.clinic.visit import Visit
from ganlib.clinic.ward import Clue, Goal, Patient, find, patient, patients

__all__ = [
    "DIAGNOSES",
    "TREATMENTS",
    "Clue",
    "Diagnosis",
    "Goal",
    "Measure",
    "Outcome",
    "Patient",
    "Recording",
    "Run",
    "Setup",
    "Sign",
    "Subject",
    "Treatment",
    "Visit",
    "alternate",
    "explain",
    "find",
    "outcomes",
    "patient",
    "patients",
    "recording",
    "run",
    "treat",
]
