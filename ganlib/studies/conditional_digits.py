"""Conditional GANs on digits: ``python -m ganlib.studies.conditional_digits`` writes a table of that name.

Fully connected players on handwritten digits of 16 x 16 pixels, the same bodies for all: what changes is who is told
the class, or asked for it. Each function makes the players of one variant; its docstring names the paper.
"""

from collections.abc import Callable
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam

from ganlib.data import Batches, digits
from ganlib.gans import ACGAN, GAN, ConditionalGAN, InfoGAN, Terms
from ganlib.metrics import best_matching, class_diversity, class_fid, digit_classifier, read_digits, score_digits
from ganlib.models import (
    BlindDiscriminator,
    Categories,
    Codes,
    ConditionalDiscriminator,
    ConditionalGenerator,
    HeadedDiscriminator,
    LeakyReLU,
    MLPDiscriminator,
    MLPGenerator,
    ProjectionDiscriminator,
    mlp,
)
from ganlib.studies.annealing import annealed
from ganlib.studies.command import command
from ganlib.studies.setup import Progress, spent
from ganlib.studies.tables import Row
from ganlib.training import Trainer

SHAPE, LATENT, WIDTH = (1, 16, 16), 32, 256
BATCH, LR, BETAS, DECAY = 64, 1e-3, (0.5, 0.99), 0.99
DIGITS = 10
JUDGED = 2000


def generator(condition: nn.Module, weight: float = sqrt(LATENT)) -> ConditionalGenerator:
    """Noise of length 32 and a condition to digits, with batch norm; both are equally loud at first."""
    body = MLPGenerator(LATENT + condition.dim, SHAPE, WIDTH, norm="batch")
    return ConditionalGenerator(body, condition, weight)


def discriminator() -> MLPDiscriminator:
    """A discriminator that sees the picture alone."""
    return MLPDiscriminator(SHAPE, WIDTH)


def conditional() -> ConditionalGAN:
    """Both players are told the digit (Mirza and Osindero 2014, arXiv 1411.1784)."""
    condition = Categories(DIGITS)
    judge = MLPDiscriminator((16 * 16 + condition.dim,), WIDTH)
    return ConditionalGAN(generator(condition), ConditionalDiscriminator(judge, condition))


def blind() -> ConditionalGAN:
    """Only the generator is told the digit: the discriminator does not look at it."""
    return ConditionalGAN(generator(Categories(DIGITS)), BlindDiscriminator(discriminator()))


def projection() -> ConditionalGAN:
    """The discriminator compares features with a vector for each digit (Miyato and Koyama 2018, arXiv 1802.05637)."""
    condition = Categories(DIGITS)
    return ConditionalGAN(generator(condition), ProjectionDiscriminator(discriminator(), condition))


def auxiliary(kind: type[ACGAN] = ACGAN, class_weight: float = 1.0) -> ACGAN:
    """The discriminator names the digit (Odena et al. 2016, arXiv 1610.09585)."""
    judge = discriminator()
    head = nn.Linear(judge.feature_dim, DIGITS)
    return kind(generator(Categories(DIGITS)), HeadedDiscriminator(judge, head), class_weight=class_weight)


def heavy_auxiliary() -> ACGAN:
    """The same with a class term that weighs ten times as much."""
    return auxiliary(class_weight=10.0)


class TaughtByFakes(ACGAN):
    """ACGAN to the letter: the discriminator learns to name fakes, too, by what they were asked to be."""

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term, and the class term on real samples and fakes."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        (real_logits, real_classes), (fake_logits, fake_classes) = self.discriminator(x), self.discriminator(fake)
        missed = F.cross_entropy(real_classes, y) + F.cross_entropy(fake_classes, y)
        adversarial = self.loss.discriminator(real_logits, fake_logits)
        return {"adversarial": adversarial, "class": self.class_weight * missed}


def taught_by_fakes() -> ACGAN:
    """The discriminator learns to name fakes, too, as the paper's formula has it (arXiv 1610.09585, eq. 3)."""
    return auxiliary(TaughtByFakes)


def information() -> InfoGAN:
    """No labels: ten categories and two numbers that can be read off the picture (Chen et al. 2016, 1606.03657).

    The codes are not made louder than noise: loud ones came to mean the style more often than the digit.
    """
    codes, judge = Codes(DIGITS, continuous=2), discriminator()
    head = mlp([judge.feature_dim, 64, codes.guess_dim], activation=LeakyReLU)
    return InfoGAN(generator(codes, weight=1.0), HeadedDiscriminator(judge, head))


VARIANTS: dict[str, Callable[[], GAN]] = {
    "CGAN": conditional,
    "blind D": blind,
    "projection": projection,
    "ACGAN": auxiliary,
    "ACGAN, weight 10": heavy_auxiliary,
    "ACGAN, taught by fakes": taught_by_fakes,
    "InfoGAN": information,
}
UPDATES = 3000


def trainer(variant: str, seed: int = 0, updates: int = UPDATES) -> Trainer:
    """A training at its start; its rates fall in the second half of ``updates`` rounds. The global seed is set.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    torch.manual_seed(seed)
    gan = VARIANTS[variant]()
    d, g = (Adam(player.parameters(), LR, BETAS, fused=True) for player in (gan.discriminator, gan.generator))
    data = Batches(digits(16), BATCH, seed=seed)
    return annealed(Trainer(gan, data, optimizer_d=d, optimizer_g=g, decay=DECAY), updates)


def asked(n: int) -> Tensor:
    """n digits to ask a generator for: 0 to 9, again and again."""
    return torch.arange(n) % DIGITS


def samples(trained: Trainer, n: int = JUDGED) -> Tensor:
    """Pictures for the digits ``asked(n)`` and noise that is always the same; InfoGAN gets the categories 0 to 9."""
    fixed = torch.Generator().manual_seed(0)
    y, condition = asked(n), trained.gan.generator.condition
    if isinstance(condition, Codes):
        y = condition.joined(y, 2 * torch.rand(n, condition.continuous, generator=fixed) - 1)
    return trained.sample(torch.randn(n, trained.gan.latent_dim, generator=fixed), y)


def scores(pictures: Tensor) -> dict[str, float]:
    """What pictures for ``asked(n)`` are worth.

    - ``accuracy``: the share in which the judge reads the digit that was asked for.
    - ``agreement``: the same after the best renaming of the digits asked for, which InfoGAN needs.
    - ``diversity``: ``class_diversity`` of pixels, ``fid``: of all together, ``intra_fid``: ``class_fid``. Classes are
      the digits asked for, renamed so.
    """
    y, real, real_y = asked(len(pictures)), *digits(16)
    matching = best_matching(y, read_digits(pictures).values, DIGITS)
    renamed = torch.tensor(matching.classes)[y]
    features = digit_classifier().features
    return {
        "accuracy": read_digits(pictures).accuracy(y),
        "agreement": matching.agreement,
        "diversity": class_diversity(pictures, renamed, real, real_y),
        "fid": score_digits(pictures).fid,
        "intra_fid": class_fid(features(pictures), renamed, features(real), real_y),
    }


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training and its row; the global random state stays as it is.

    Columns: variant, seed, those of ``scores``, updates (of each player), seconds (of CPU, training alone).

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    with torch.random.fork_rng([]):
        trained = trainer(variant, seed, updates)
        seconds = spent(trained, updates, progress)
    return {"variant": variant, "seed": seed, **scores(samples(trained)), "updates": updates, "seconds": seconds}


if __name__ == "__main__":
    command("conditional_digits", VARIANTS, run)
