"""Checks of the WGAN-GP assignment: one for each part, by exact properties, and the same parts with points for grading.

In a notebook, ``from ganlib.checks import wgan`` and ``wgan.gradient_penalty(gradient_penalty)``: it tells the first
thing that is wrong. A grader goes through ``PARTS``: ``PARTS[name].run(namespace, seed)`` gives a mark for every
property, from test data that the seed determines; none of ``CANARIES`` may earn everything.
"""

from ganlib.checks.wgan.answers import Answers
from ganlib.checks.wgan.assignment import PARTS
from ganlib.checks.wgan.canaries import CANARIES
from ganlib.checks.wgan.clipping import clip_weights
from ganlib.checks.wgan.critic_class import critic
from ganlib.checks.wgan.loop import training_loop
from ganlib.checks.wgan.losses import critic_loss, generator_loss
from ganlib.checks.wgan.part import Mark, Part, Property
from ganlib.checks.wgan.penalty import gradient_penalty
from ganlib.checks.wgan.recipes import optimizers
from ganlib.checks.wgan.step_of_critic import critic_step
from ganlib.checks.wgan.step_of_generator import generator_step

__all__ = [
    "CANARIES",
    "PARTS",
    "Answers",
    "Mark",
    "Part",
    "Property",
    "clip_weights",
    "critic",
    "critic_loss",
    "critic_step",
    "generator_loss",
    "generator_step",
    "gradient_penalty",
    "optimizers",
    "training_loop",
]
