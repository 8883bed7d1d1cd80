"""The parts of the WGAN-GP assignment, in their order."""

from ganlib.checks.wgan.clipping import CLIP_WEIGHTS
from ganlib.checks.wgan.critic_class import CRITIC
from ganlib.checks.wgan.loop import TRAINING_LOOP
from ganlib.checks.wgan.losses import CRITIC_LOSS, GENERATOR_LOSS
from ganlib.checks.wgan.part import Part
from ganlib.checks.wgan.penalty import PENALTY
from ganlib.checks.wgan.recipes import OPTIMIZERS
from ganlib.checks.wgan.step_of_critic import CRITIC_STEP
from ganlib.checks.wgan.step_of_generator import GENERATOR_STEP

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
