"""``python -m ganlib grade SUBMISSIONS --out grades.csv``: grade a class's answers, each in a sandbox."""

from ganlib.grade.command import main

__all__ = ["main"]
