"""Answers to exercises, judged with a diagnosis: one function for each exercise, named after what it checks.

A check prints what is right or wrong and returns True or False. With the environment variable ``GANLIB_STRICT=1`` a
wrong answer raises ``CheckFailed`` instead.
"""

from ganlib.checks.core import CheckFailed
from ganlib.checks.game import accuracy, play
from ganlib.checks.iteration import training_step
from ganlib.checks.minimax import discriminator_loss, generator_loss
from ganlib.checks.start_here import fake_batch

__all__ = [
    "CheckFailed",
    "accuracy",
    "discriminator_loss",
    "fake_batch",
    "generator_loss",
    "play",
    "training_step",
]
