"""Checks of the WGAN-GP assignment: one for each part, by exact properties, and the same parts with points for grading.

In a notebook, ``from ganlib.checks import wgan`` and ``wgan.gradient_penalty(gradient_penalty)``: it tells the first
thing that is wrong. A grader goes through ``PARTS``: ``PARTS[name].run(namespace, seed)`` gives a mark for every
property, from test data that the seed determines; none of ``CANARIES`` may earn everything.
"""

from ganlib.checks.wgan.canaries import CANARIES
from ganlib.checks.wgan.clipping import CLIP_WEIGHTS, clip_weights
from ganlib.checks.wgan.critic_class import CRITIC, critic
from ganlib.checks.wgan.loop import TRAINING_LOOP, training_loop
from ganlib.checks.wgan.losses import CRITIC_LOSS, GENERATOR_LOSS, critic_loss, generator_loss
from ganlib.checks.wgan.part import Mark, Part, Property
from ganlib.checks.wgan.penalty import PENALTY, gradient_penalty
from ganlib.checks.wgan.recipes import OPTIMIZERS, optimizers
from ganlib.checks.wgan.step_of_critic import CRITIC_STEP, critic_step
from ganlib.checks.wgan.step_of_generator import GENERATOR_STEP, generator_step

_ASSIGNMENT = (
    CRITIC,
    CRITIC_LOSS,
    GENERATOR_LOSS,
    CLIP_WEIGHTS,
    OPTIMIZERS,
    PENALTY,
    CRITIC_STEP,
    GENERATOR_STEP,
    TRAINING_LOOP,
)

PARTS: dict[str, Part] = {part.name: part for part in _ASSIGNMENT}
"""The parts of the assignment in their order, by the name that a submission defines. Their points sum to 100."""

__all__ = [
    "CANARIES",
    "PARTS",
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
