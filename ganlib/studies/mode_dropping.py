"""Tricks against mode dropping: ``python -m ganlib.studies.mode_dropping`` writes ``assets/studies/mode_dropping.csv``.

The data are eight Gaussians on a ring. The baseline collapses onto one or two of them: its discriminator sees through
Fourier features, so sharply that the generator hops between modes instead of covering them.
"""

from functools import partial

import torch
from torch import nn

from ganlib.data.toys import ring
from ganlib.gans import R1GAN
from ganlib.metrics import mode_coverage
from ganlib.models import FourierFeatures, MLPDiscriminator, MLPGenerator
from ganlib.studies import tricks
from ganlib.studies.command import command
from ganlib.studies.setup import Change, Progress, Setup, as_it_is, timed
from ganlib.studies.tables import Row

BASELINE = "GAN"
UPDATES = 1000
RING = ring(8, radius=2.0, std=0.02)
OCTAVES, WIDTH = 4, 64


def sharp_gan(updates: int) -> Setup:
    """Small fully connected players for points in the plane, the discriminator behind Fourier features."""
    discriminator = MLPDiscriminator((2 * (1 + 2 * OCTAVES),), WIDTH)
    discriminator.net = nn.Sequential(FourierFeatures(OCTAVES), *discriminator.net[1:])
    generator = MLPGenerator(2, (2,), WIDTH)
    return Setup(generator, discriminator, RING.sample(20_000), updates, batch_size=64)


def r1_penalty(setup: Setup) -> None:
    """D also pays for steep slopes on real samples (Mescheder et al. 2018, arXiv 1801.04406)."""
    setup.gan = partial(R1GAN, penalty_weight=0.1)


VARIANTS: dict[str, Change] = {
    BASELINE: as_it_is,
    "feature matching": tricks.feature_matching,
    "minibatch discrimination": tricks.minibatch_discrimination,
    "minibatch deviation": tricks.minibatch_deviation,
    "hinge": tricks.hinge,
    "least squares": tricks.least_squares,
    "label smoothing": tricks.label_smoothing,
    "instance noise": tricks.instance_noise,
    "moving average": tricks.moving_average,
    "R1 penalty": r1_penalty,
}


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 2 s of CPU time, and the modes in 2,500 samples; the global random state stays as it is.

    Columns: variant, seed, modes (captured, of 8), high_quality (share within 3 standard deviations of a mode),
    reverse_kl (nats; log 8 = 2.08 for a single mode), updates, seconds (of CPU, training alone).

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    change = VARIANTS[variant]
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        setup = sharp_gan(updates)
        change(setup)
        trainer, seconds = timed(setup, seed, progress)
    coverage = mode_coverage(trainer.sample(torch.randn(2500, 2, generator=torch.Generator().manual_seed(0))), RING)
    measured = {"modes": coverage.captured, "high_quality": coverage.high_quality, "reverse_kl": coverage.reverse_kl}
    return {"variant": variant, "seed": seed, **measured, "updates": updates, "seconds": seconds}


if __name__ == "__main__":
    command("mode_dropping", VARIANTS, run)
