"""Pictures as files hold them."""

from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import digits
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.models import MLPDiscriminator, MLPGenerator

SHAPE, LATENT, WIDTH = (1, 16, 16), 32, 256


def digit_generator() -> MLPGenerator:
    """Noise to digits in [-1, 1], through tanh."""
    return MLPGenerator(LATENT, SHAPE, WIDTH, norm="batch")


def digit_discriminator() -> MLPDiscriminator:
    """Digits to a logit."""
    return MLPDiscriminator(SHAPE, WIDTH)


@patient(
    complaint="I read the digits from disk myself. I looked at some of them, and they are fine. But the generator "
    "paints black squares from the first minute on, with a frame around them, and does not get tired of it.",
    diagnosis="wrong_range",
    treatments=("scale_data",),
    tempting="weaken_d",
    goals=(Goal("frechet", at_most=30), Goal("digits", at_least=8)),
    clue=Clue("samples", "The fakes stick to the darkest value that tanh can give, and want to go beyond it."),
    reread=("05", "The DCGAN and its rules"),
    hint="Which numbers can the generator's last layer give, and which numbers does the discriminator see as real?",
)
def grace() -> Setup:
    """The real digits go from 0 to 255, as files hold them, and the generator ends in tanh: nothing beyond 1. No
    picture of it can come near a real one, and the discriminator knows. What gradient there is says: darker. A viewer
    scales the pictures before it shows them, so that real ones look right.
    """
    as_read = (digits().real[0] + 1) * 127.5
    return Setup(digits(), digit_generator, digit_discriminator, data=(as_read,), updates=600)
