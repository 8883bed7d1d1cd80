"""The ward of the clinic: recorded runs to diagnose and to treat."""

from ganlib.viz.clinic.lab import Clinic
from ganlib.viz.clinic.overview import run_overview

__all__ = ["Clinic", "run_overview"]
