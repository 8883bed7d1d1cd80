"""The patients. Each file holds some; ``ganlib.clinic.patients()`` finds them all."""
