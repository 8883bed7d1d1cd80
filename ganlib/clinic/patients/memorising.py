"""A generator with a good memory."""

from functools import cache

from torch import Tensor

from ganlib import data as datasets
from ganlib import metrics
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import Batch, Measure, Subject
from ganlib.clinic.treatments import penalty
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.models import MLPDiscriminator, MLPGenerator

SHAPE, LATENT, WIDTH = (1, 8, 8), 8, 128


def generator() -> MLPGenerator:
    """Noise to digits of 8 x 8 pixels."""
    return MLPGenerator(LATENT, SHAPE, WIDTH, norm="batch")


def discriminator() -> MLPDiscriminator:
    """Digits of 8 x 8 pixels to a logit."""
    return MLPDiscriminator(SHAPE, WIDTH)


@cache
def scans() -> Subject:
    """Digits of 8 x 8 pixels: how near the fakes come to those trained with, compared with new digits."""
    held_out = datasets.digits(8, "test")[0]

    def judge(samples: Tensor, data: Batch) -> dict[str, float]:
        train, fake, new = (images.flatten(1) for images in (data[0], samples, held_out))
        return {
            "nearer": metrics.memorisation(train, fake, new).nearer,
            "frechet_train": metrics.fid(*(metrics.extract(images, "digits").values for images in (samples, data[0]))),
            "frechet": metrics.score_digits(samples).fid,
        }

    measures = {
        "nearer": Measure("of the fakes are nearer to the training data than a new digit is", "{:.0%}", False),
        "frechet_train": Measure("Fréchet distance to the training data", "{:.1f}", False),
        "frechet": Measure("Fréchet distance to new digits", "{:.1f}", False),
    }
    return Subject("images", datasets.digits(8)[:1], measures, judge, judged=500, shown=25)


@patient(
    complaint="A small collection, but my own. They get crisper by the hour, and my colleagues praise them all. "
    "Can I trust them?",
    diagnosis="memorising",
    treatments=("more_data",),
    tempting="lower_rates",
    goals=(Goal("nearer", at_most=0.6), Goal("frechet", at_most=10)),
    clue=Clue("samples", "There are about two dozen different pictures, and all of them are in the training data."),
    reread=("09", "Caught copying"),
    hint="How many different pictures do you count?",
)
def jun() -> Setup:
    """The data are 24 digits. The discriminator knows each of them, and the best that the generator can do is to give
    them back. Compared with new digits the fakes are much too near to the training data. No curve shows it, nor does a
    distance to the training data: both are best for a perfect copy.
    """
    few = (scans().real[0][:24],)
    return penalty(Setup(scans(), generator, discriminator, data=few, decay=0.99, batch_size=24, updates=1500))
