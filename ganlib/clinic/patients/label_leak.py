"""A discriminator that reads the label and not the picture."""

from dataclasses import replace
from functools import cache
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlib import data as datasets
from ganlib import metrics
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import Batch, Measure, Subject
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.gans import ConditionalGAN, Terms
from ganlib.models import Categories, ConditionalGenerator, MLPDiscriminator, MLPGenerator

SHAPE, LATENT, WIDTH, DIGITS = (1, 8, 8), 16, 128, 10
LOUD = sqrt(LATENT)


class LoudLabelsGAN(ConditionalGAN):
    """A conditional GAN. One-hot labels are made loud, as long as noise is, so that the generator hears them."""

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of pictures beside their labels, loud ones."""
        return self.discriminator(beside(x, LOUD * F.one_hot(y, DIGITS)))

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The pair's loss on real digits beside their labels, and fakes beside the labels that made them."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        real_logits, fake_logits = self.discriminator(beside(x, F.one_hot(y, DIGITS))), self.logits(fake, y)
        return {"adversarial": self.loss.discriminator(real_logits, fake_logits)}


class EquallyLoudGAN(LoudLabelsGAN):
    """The same with loud labels for real digits, too."""

    discriminator_loss = ConditionalGAN.discriminator_loss


def beside(x: Tensor, labels: Tensor) -> Tensor:
    """Pictures and embedded labels (N, 10) as rows of 64 + 10 numbers."""
    return torch.cat([x.flatten(1), labels.to(x.dtype)], 1)


def generator() -> nn.Module:
    """Noise and a digit to its picture."""
    return ConditionalGenerator(MLPGenerator(LATENT + DIGITS, SHAPE, WIDTH, norm="batch"), Categories(DIGITS), LOUD)


def discriminator() -> nn.Module:
    """Rows of 64 + 10 numbers to a logit."""
    return MLPDiscriminator((8 * 8 + DIGITS,), WIDTH)


def asked(n: int) -> Tensor:
    """0 to 9, again and again."""
    return torch.arange(n) % DIGITS


@cache
def named_digits() -> Subject:
    """Digits with their names: whether the digit that is asked for comes, and how far all are from real ones."""

    def judge(samples: Tensor, data: Batch) -> dict[str, float]:
        right = metrics.read_digits(samples).accuracy(asked(len(samples)))
        return {"asked": right, "frechet": metrics.score_digits(samples).fid}

    measures = {
        "asked": Measure("of the fakes are read as the digit that was asked for", "{:.0%}"),
        "frechet": Measure("Fréchet distance to real digits", "{:.1f}", more_is_better=False),
    }
    return Subject("images", datasets.digits(8), measures, judge, judged=500, shown=30, asked=asked)


@patient(
    complaint="A conditional GAN on digits, 0 to 9 by name. The generator should hear the name, so I made it loud, as "
    "chapter 07 does. The discriminator's loss is 0 and stays there. But I get strange pictures, whatever I ask for.",
    diagnosis="label_leak",
    treatments=("same_labels",),
    tempting="weaken_d",
    goals=(Goal("asked", at_least=0.9), Goal("frechet", at_most=10)),
    clue=Clue(
        "loss_d",
        "The discriminator's loss is near 0 after a few updates, far too soon to have learned what digits look like. "
        "It must know real from fake by something simpler than the picture.",
        update=60,
    ),
    reread=("07", "Tell both players"),
    against={
        "strong_d": "Weaken it, and it is just as perfect. And when real digits and fakes come with labels of one "
        "form, as for the curve of pairs told apart, it cannot tell them apart at all.",
    },
    hint="What does the discriminator get besides the picture, and is that the same for real and fake?",
)
def mia() -> Setup:
    """The labels of the fakes are loud and those of the real digits are not: 4 here, 1 there. One look at the label
    says real or fake. So the discriminator need not look at the picture, its gradient says nothing about the picture,
    and the generator learns nothing. A label that both kinds of pairs have in common gives nothing away.
    """
    mends = {"same_labels": lambda setup: replace(setup, gan=EquallyLoudGAN)}
    return Setup(named_digits(), generator, discriminator, gan=LoudLabelsGAN, decay=0.99, updates=1200, mends=mends)
