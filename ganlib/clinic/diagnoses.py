"""What can be wrong with a run, and the signs that would show it.

A sign is a fact of the recording with the range that the disease puts it in. So "why not this one" is answered by a
measured number: the first sign that is absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import NamedTuple


class Sign(NamedTuple):
    """A fact, by its name in ``facts.FACTS``, that would lie between ``low`` and ``high``; ``words`` say so."""

    fact: str
    low: float
    high: float
    words: str

    def present(self, facts: Mapping[str, float]) -> bool:
        """Whether it is seen; a fact that is unknown or NaN shows nothing, so it is not."""
        return self.low <= facts.get(self.fact, float("nan")) <= self.high


@dataclass(frozen=True)
class Diagnosis:
    """A disease, or health: its key, its name, one sentence, chapter and section to re-read, and its signs."""

    key: str
    name: str
    sentence: str
    reread: tuple[str, str]
    signs: tuple[Sign, ...] = ()

    def absent(self, facts: Mapping[str, float]) -> Sign | None:
        """The first sign that is not there; None when all of them are."""
        return next((sign for sign in self.signs if not sign.present(facts)), None)


DIAGNOSES: dict[str, Diagnosis] = {}


def _add(key: str, name: str, sentence: str, reread: tuple[str, str], *signs: Sign) -> None:
    DIAGNOSES[key] = Diagnosis(key, name, sentence, reread, signs)


_add(
    "healthy",
    "Nothing is wrong",
    "The run does what a healthy GAN does; its curves only look odd.",
    ("10", "How to read a run"),
)
_add(
    "strong_d",
    "The discriminator is too strong",
    "It tells all fakes from real samples with large logits, and the generator cannot keep up.",
    ("04", "What G feels while D gets better"),
    Sign("accuracy", 0.93, 1, "the discriminator would tell nearly every pair apart"),
    Sign("gap", 5, inf, "it would be very sure: real samples would score far above fakes"),
    Sign("gradient_g", 0.5, inf, "the generator would still get a strong gradient"),
    Sign("spread", 0.4, inf, "fakes would be of many kinds, though not good"),
)
_add(
    "weak_d",
    "The discriminator is too weak",
    "It learns too little, too slowly, so the generator has nothing to follow.",
    ("03", "Too small a D"),
    Sign("accuracy", 0, 0.8, "the discriminator would hardly tell real from fake"),
    Sign("gradient_g", 0, 0.2, "it would have little to say, so the generator's gradient would be small"),
    Sign("loss_d", 1.3, 2, "its loss would be that of a guess, about 2 log 2 = 1.39"),
)
_add(
    "vanishing",
    "Vanishing gradients",
    "The generator's loss is flat where the discriminator is sure, so no gradient is left.",
    ("02", "Two losses for the generator"),
    Sign("gradient_g", 0, 1e-3, "hardly any gradient would reach the generator"),
)
_add(
    "dead_units",
    "Dead units in the generator",
    "Its ReLUs output 0 for every noise, so all samples are one, and no gradient passes through them.",
    ("05", "Each rule, switched off"),
    Sign("silent_layers", 0.3, 1, "layers of the generator would get a gradient of exactly 0"),
    Sign("spread", 0, 1e-3, "whatever the noise, the sample would be the same"),
)
_add(
    "collapse",
    "Mode collapse",
    "All samples fall on one or two modes at a time, and move on when the discriminator has learned them.",
    ("05", "What minibatch discrimination sees"),
    Sign("spread", 0, 0.3, "fakes would be much more alike than real samples"),
    Sign("silent_layers", 0, 0, "every layer of the generator would still learn"),
    Sign("high_quality", 0.5, 1, "each sample by itself would be close to a real one"),
)
_add(
    "dropping",
    "Mode dropping",
    "Good samples of many kinds, but some kinds never come.",
    ("09", "Who notices what"),
    Sign("spread", 0.4, 1.5, "fakes would be of several kinds, and about as different as real samples"),
    Sign("accuracy", 0, 0.93, "what comes would be good, so the discriminator would often be wrong"),
    Sign("high_quality", 0.5, 1, "each sample by itself would be close to a real one"),
    Sign("modes", 2, 6, "some modes would get hardly any samples"),
)
_add(
    "no_detach",
    "Forgotten detach",
    "The discriminator's gradient also flows into the generator and cancels its own.",
    ("02", "Forgotten `detach`"),
    Sign("accuracy", 0.95, 1, "the discriminator would find nobody to play against, and tell every pair apart"),
    Sign("gradient_g", 1e-3, 0.5, "what is left of the generator's gradient would be small, but not nothing"),
    Sign("gap", 0, 20, "the discriminator would not be saturated: its logits would stay moderate"),
)
_add(
    "flipped_sign",
    "A flipped sign",
    "A player minimises what it should maximise.",
    ("04", "A network as critic"),
    Sign("accuracy", 0, 0.3, "fakes would score higher than real samples"),
    Sign("spread", 1.5, inf, "the samples would run away from the data"),
)
_add(
    "high_rate",
    "Learning rate too high",
    "Steps overshoot: losses and gradients jump, and nothing settles.",
    ("02", "Why games go round in circles"),
    Sign("jumps", 0.2, inf, "the losses would leap from note to note"),
    Sign("gradient_g", 0.5, inf, "the generator's gradient would be large"),
    Sign("loss_g", 1, inf, "the leaps would be large in absolute numbers, too"),
)
_add(
    "wrong_range",
    "Data in the wrong range",
    "Real samples do not lie in [-1, 1], where the generator's tanh ends, so one number tells them apart.",
    ("05", "The DCGAN and its rules"),
    Sign("data_max", 1.01, inf, "real pictures would have pixels beyond 1, where tanh cannot follow"),
)
_add(
    "checkerboard",
    "Checkerboard artefacts",
    "Transposed convolutions overlap unevenly, and the pattern shows in every picture.",
    ("05", "Checkerboards"),
    Sign("checkerboard", 0.006, 1, "a grid with a period of two pixels would lie over all pictures"),
)
_add(
    "batch_leak",
    "Batch norm leaks",
    "Samples of a batch see each other through its statistics, and the answer depends on the company.",
    ("05", "Batch norm turns a batch into a crowd"),
    Sign("loss_d", 0, 0.1, "the discriminator's loss would be near 0, thanks to the company in its batch"),
    Sign("loss_g", 0, 1, "the generator's loss would be low as well, in other company"),
)
_add(
    "memorising",
    "Memorising",
    "The generator repeats training samples.",
    ("09", "Caught copying"),
    Sign("nearer", 0.7, 1, "the fakes would be nearer to the training data than new samples are"),
)
_add(
    "label_leak",
    "Label leakage",
    "The discriminator can tell real from fake by the labels alone, so the generator never learns to follow them.",
    ("07", "Tell both players"),
    Sign("asked", 0, 0.5, "there would be labels, and the fakes would not follow them"),
    Sign("loss_d", 0, 0.1, "the discriminator's loss would be near 0 without a look at the pictures"),
)
