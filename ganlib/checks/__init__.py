"""Answers to exercises, judged with a diagnosis: one function for each exercise, named after what it checks.

A check prints what is right or wrong and returns True or False. With the environment variable ``GANLIB_STRICT=1`` a
wrong answer raises ``CheckFailed`` instead.
"""

from ganlib.checks.core import CheckFailed
from ganlib.checks.start_here import fake_batch

__all__ = ["CheckFailed", "fake_batch"]
