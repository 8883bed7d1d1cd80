"""Tricks on top of DCGAN, one at a time: ``python -m ganlib.studies.tricks`` writes ``assets/studies/tricks.csv``.

Each function adds one trick to the baseline; its docstring names the paper.
"""

from functools import partial

import torch
from torch import Tensor

from ganlib import losses
from ganlib.gans import GAN, FeatureMatchingGAN, InstanceNoiseGAN, Terms
from ganlib.models import DCGANDiscriminator, MinibatchDeviation, MinibatchDiscrimination, before_last_layer
from ganlib.studies.command import command
from ganlib.studies.setup import SIZE, WIDTH, Change, Progress, Setup, as_it_is, digits_row
from ganlib.studies.tables import Row

BASELINE = "DCGAN"
UPDATES = 400


def feature_matching(setup: Setup) -> None:
    """G matches the means of D's features (Salimans et al. 2016, arXiv 1606.03498, section 3.1)."""
    setup.gan = FeatureMatchingGAN


def minibatch_discrimination(setup: Setup) -> None:
    """D also sees how close the samples of a batch are (arXiv 1606.03498, section 3.2)."""
    layer = MinibatchDiscrimination(setup.discriminator.feature_dim, out_features=16, kernel_features=5)
    before_last_layer(setup.discriminator, layer)


def minibatch_deviation(setup: Setup) -> None:
    """D also sees the standard deviation over the batch (Karras et al. 2018, arXiv 1710.10196, section 3)."""
    before_last_layer(setup.discriminator, MinibatchDeviation())


def spectral_norm(setup: Setup) -> None:
    """Spectral norm in the place of D's batch norm (Miyato et al. 2018, arXiv 1802.05957)."""
    setup.discriminator = DCGANDiscriminator(SIZE, 1, WIDTH, norm="spectral")


def hinge(setup: Setup) -> None:
    """The hinge losses (Lim and Ye 2017, arXiv 1705.02894)."""
    setup.gan = partial(GAN, loss=losses.hinge)


def hinge_and_spectral_norm(setup: Setup) -> None:
    """Both together, as SAGAN and BigGAN do (Zhang et al. 2018, arXiv 1805.08318)."""
    hinge(setup)
    spectral_norm(setup)


def least_squares(setup: Setup) -> None:
    """The least-squares losses (Mao et al. 2016, arXiv 1611.04076)."""
    setup.gan = partial(GAN, loss=losses.least_squares)


def label_smoothing(setup: Setup) -> None:
    """Real samples count as 0.9 real (Salimans et al. 2016, arXiv 1606.03498, section 3.4)."""
    setup.gan = partial(GAN, loss=losses.smoothed(0.9))


def instance_noise(setup: Setup) -> None:
    """D sees all through noise that fades from 0.3 to 0 in the run (Sønderby et al. 2016, arXiv 1610.04490)."""
    setup.gan = partial(InstanceNoiseGAN, std=0.3, fade=setup.updates)


def moving_average(setup: Setup) -> None:
    """Samples come from a moving average of G's weights, decay 0.99 (Yazici et al. 2018, arXiv 1806.04498)."""
    setup.decay = 0.99


class JointBatchGAN(GAN):
    """Shows real and fake samples to the discriminator in one batch, so that its batch norm mixes their statistics."""

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The pair's loss on logits that were computed together."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        logits = self.logits(torch.cat([x, fake]), None if y is None else torch.cat([y, y]))
        real_logits, fake_logits = logits.chunk(2)
        return {"adversarial": self.loss.discriminator(real_logits, fake_logits)}


def joint_batch(setup: Setup) -> None:
    """The advice to keep real and fake in separate batches, broken (Chintala et al. 2016, "How to train a GAN", 4)."""
    setup.gan = JointBatchGAN


VARIANTS: dict[str, Change] = {
    BASELINE: as_it_is,
    "feature matching": feature_matching,
    "minibatch discrimination": minibatch_discrimination,
    "minibatch deviation": minibatch_deviation,
    "spectral norm": spectral_norm,
    "hinge": hinge,
    "hinge and spectral norm": hinge_and_spectral_norm,
    "least squares": least_squares,
    "label smoothing": label_smoothing,
    "instance noise": instance_noise,
    "moving average": moving_average,
    "real and fake in one batch": joint_batch,
}


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 5 s of CPU time; its row of the table (see ``digits_row``).

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    return digits_row(variant, VARIANTS[variant], seed, updates, progress)


if __name__ == "__main__":
    command("tricks", VARIANTS, run)
