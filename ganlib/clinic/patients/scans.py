"""Runs on handwritten digits of 16 x 16 pixels."""

from torch import nn

from ganlib import losses
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import digits
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.models import MLPDiscriminator, MLPGenerator

SHAPE, LATENT, WIDTH = (1, 16, 16), 32, 128
WELL = (Goal("frechet", at_most=18), Goal("digits", at_least=8))


def generator() -> nn.Module:
    """Noise to digits, with batch norm."""
    return MLPGenerator(LATENT, SHAPE, WIDTH, norm="batch")


def discriminator() -> nn.Module:
    """Digits to a logit."""
    return MLPDiscriminator(SHAPE, WIDTH)


def scans(**changes) -> Setup:
    """A setup that does well on digits; a patient changes what ails it."""
    well = {"generator": generator, "discriminator": discriminator, "batch_size": 32}
    return Setup(**{"subject": digits()} | well | changes)


@patient(
    complaint="I gave the discriminator plenty of time to learn, and it is nearly perfect. The digits are not.",
    diagnosis="strong_d",
    treatments=("weaken_d", "penalty"),
    tempting="lower_rates",
    goals=WELL,
    clue=Clue("real_logit", "The logits of real samples and of fakes are far apart from the first updates on."),
    reread=("04", "What G feels while D gets better"),
    hint="How sure is the discriminator, and since when?",
)
def emi() -> Setup:
    """Five updates of the discriminator for each of the generator, at a rate five times as high. It is nearly always
    right and very sure, and its gradient tells the generator little about where real digits are.
    """
    return scans(n_critic=5, lr_d=5e-3, updates=700)


@patient(
    complaint="My generator's loss was below 0.7 in the beginning. Now it is more than twice that. Shall I stop here?",
    diagnosis="healthy",
    treatments=("wait",),
    tempting="weaken_d",
    goals=WELL,
    clue=Clue(
        "samples", "The digits get better all the time. The loss rises because the discriminator gets better, too."
    ),
    reread=("02", "One number, two players"),
    hint="Who measures the generator's loss? And what do the samples say?",
)
def hugo() -> Setup:
    """A healthy GAN. The generator's loss is measured by an opponent who learns as well: it cannot be compared across
    updates. The samples and the Fréchet distance can.
    """
    return scans(updates=1000)


@patient(
    complaint="The generator's loss is 0, so it must be done. But look at the digits!",
    diagnosis="vanishing",
    treatments=("non_saturating",),
    tempting="wait",
    goals=WELL,
    clue=Clue("gradient_g", "The generator's gradient falls to nothing, while the discriminator is ever more sure."),
    reread=("02", "Two losses for the generator"),
    hint="Is the loss 0 because the generator wins? Ask its gradient.",
)
def quinn() -> Setup:
    """The generator minimises log(1 - D(G(z))), which is flat where the discriminator is sure that fakes are fake. It
    is sure early here, and then no gradient is left to change that.
    """
    return scans(n_critic=4, lr_d=4e-3, lr_g=2e-3, loss=losses.minimax, updates=700)
