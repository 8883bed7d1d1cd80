"""Samples that know their company."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from ganlib.clinic.patients.wrong_range import SHAPE, WIDTH, digit_generator
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import digits
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.gans import GAN, Terms
from ganlib.models import MLPDiscriminator


class OneBatchGAN(GAN):
    """A GAN whose discriminator is trained on real samples and fakes in one batch."""

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The pair's loss on logits that were computed together."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        real_logits, fake_logits = self.logits(torch.cat([x, fake])).chunk(2)
        return {"adversarial": self.loss.discriminator(real_logits, fake_logits)}


def normalised_discriminator() -> nn.Module:
    """Digits to a logit, with batch norm."""
    return MLPDiscriminator(SHAPE, WIDTH, norm="batch")


@patient(
    complaint="One pass of the discriminator for real and fake together is faster than two. I do not understand the "
    "losses: the discriminator's is 0, so it must win. The generator's falls as well, so it wins, too. Who is right?",
    diagnosis="batch_leak",
    treatments=("separate_batches", "no_batch_norm"),
    tempting="weaken_d",
    goals=(Goal("frechet", at_most=40), Goal("digits", at_least=8)),
    clue=Clue(
        "loss_g",
        "The discriminator finds out every fake in its own step, and calls the same kind of fakes real "
        "in the generator's step. What differs between the two is the company in the batch.",
    ),
    reread=("05", "Batch norm turns a batch into a crowd"),
    hint="In which of the two steps are there real samples beside the fakes?",
)
def petra() -> Setup:
    """The discriminator has batch norm and is trained on batches that are half real and half fake. Its statistics
    then say where the middle between the two halves is, and it needs no more than that. In the generator's step the
    batch holds fakes alone, the middle lies in the middle of the fakes, and half of them pass for real: the generator
    is praised for noise.
    """
    mends = {"separate_batches": lambda setup: replace(setup, gan=GAN)}
    return Setup(digits(), digit_generator, normalised_discriminator, gan=OneBatchGAN, updates=600, mends=mends)
