"""From captions to avatars: ``python -m ganlib.studies.text_to_image`` writes ``assets/studies/text_to_image.csv``.

All variants have the same players, updates and an R1 penalty; what differs is which pairs of picture and caption
the discriminator judges, and with how many answers. Some combinations of attributes are never trained on: they are
examined apart in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.optim import Adam

from ganlib import losses
from ganlib.data import Batches, captions
from ganlib.data.avatars import CAPTIONED, Attributes, render
from ganlib.gans import R1GAN, ConditionalGAN, MatchingAwareGAN, Terms, TwoHeadedGAN
from ganlib.metrics import score_avatars, score_captions
from ganlib.models import CaptionedDiscriminator, CaptionedGenerator, TwoHeadedDiscriminator
from ganlib.studies.annealing import annealed
from ganlib.studies.command import command
from ganlib.studies.setup import Progress, spent
from ganlib.studies.tables import Row
from ganlib.training import Trainer, evaluation

SIZE, WIDTH, BATCH, PICTURES = 32, 16, 16, 4000
UPDATES = 1200
LR_G, LR_D, BETAS, DECAY, PENALTY = 2e-3, 1e-3, (0.5, 0.99), 0.995, 0.5
JUDGED = 2000  # captions in the examination


class TwoKinds(R1GAN, ConditionalGAN):
    """Matching real pairs against generated ones, with the R1 penalty."""


class ThreeKinds(R1GAN, MatchingAwareGAN):
    """Mismatching real pairs as well, with the R1 penalty."""


class TwoHeads(TwoHeadedGAN):
    """Two questions instead of one, with the R1 penalty on the sum of both answers."""

    def __init__(self, generator: nn.Module, discriminator: nn.Module, penalty_weight: float):
        super().__init__(generator, discriminator)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The terms ``real`` and ``match`` and the R1 penalty."""
        terms = super().discriminator_loss(x, y)
        penalty = losses.r1_penalty(lambda x: sum(self.logits(x, y)), x)
        return terms | {"r1_penalty": self.penalty_weight * penalty}


@dataclass(frozen=True)
class Variant:
    """The class of the GAN and its discriminator."""

    gan: Callable[..., ConditionalGAN]
    discriminator: Callable[..., nn.Module] = CaptionedDiscriminator


BASELINE = "two kinds of pairs"
VARIANTS: dict[str, Variant] = {
    BASELINE: Variant(TwoKinds),
    "three kinds of pairs": Variant(ThreeKinds),
    "two heads": Variant(TwoHeads, TwoHeadedDiscriminator),
}


@cache
def training_data(pictures: int = PICTURES) -> tuple[Tensor, Tensor]:
    """Avatars as bytes and the tokens of one caption each, without the held-out combinations."""
    images, tokens = captions.captioned_avatars(pictures, SIZE)
    return images.add_(1).mul_(127.5).round_().to(torch.uint8), tokens


def trainer(variant: str, seed: int = 0, updates: int = UPDATES, pictures: int = PICTURES) -> Trainer:
    """A training at its start; its rates fall in the second half of ``updates`` rounds. The global seed is set.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    chosen = VARIANTS[variant]
    torch.manual_seed(seed)
    words = len(captions.WORDS)
    generator = CaptionedGenerator(words, SIZE, width=WIDTH)
    discriminator = chosen.discriminator(words, SIZE, width=WIDTH)
    return annealed(
        Trainer(
            chosen.gan(generator, discriminator, penalty_weight=PENALTY),
            Batches(training_data(pictures), BATCH, seed=seed),
            optimizer_d=Adam(discriminator.parameters(), LR_D, BETAS, fused=True),
            optimizer_g=Adam(generator.parameters(), LR_G, BETAS, fused=True),
            decay=DECAY,
        ),
        updates,
    )


@cache
def examination() -> tuple[Tensor, Tensor]:
    """Captions (n, 10) that tell everything, all combinations alike, and which of them are held out, (n,) bool."""
    attributes = Attributes.sample(JUDGED, torch.Generator().manual_seed(1))
    return captions.tokens_of(attributes), captions.held_out(attributes)


def drawn(generator: nn.Module, tokens: Tensor) -> Tensor:
    """Pictures for captions (n, 10), with noise that is always the same."""
    noise = torch.randn(len(tokens), generator.latent_dim, generator=torch.Generator().manual_seed(0))
    with evaluation(generator):
        return torch.cat([generator(z, y) for z, y in zip(noise.split(250), tokens.split(250), strict=True)])


@cache
def _real_spread(n: int = 50, draws: int = 6) -> tuple[Tensor, float]:
    """Captions that tell everything (n, 10), and the spread of real avatars that share them."""
    captioned = Attributes.sample(n, torch.Generator().manual_seed(2))
    told = {name: getattr(captioned, name) for name in CAPTIONED}
    others = [Attributes.of(n, torch.Generator().manual_seed(3 + k), **told) for k in range(draws)]
    return captions.tokens_of(captioned), _spread([render(one, SIZE) for one in others])


def _spread(pictures: list[Tensor]) -> float:
    return torch.stack(pictures).std(0).mean().item()


def variety(generator: nn.Module, draws: int = 6) -> float:
    """How much pictures for one caption vary with the noise, relative to real ones: 0 not at all, 1 as much.

    The standard deviation of a pixel over six draws, averaged over pixels and 50 captions, divided by that of real
    avatars that share all that captions tell.
    """
    tokens, real = _real_spread()
    noise = torch.Generator().manual_seed(0)
    with evaluation(generator):
        made = [
            generator(torch.randn(len(tokens), generator.latent_dim, generator=noise), tokens) for _ in range(draws)
        ]
    return _spread(made) / real


def measure(generator: nn.Module) -> Row:
    """What a row measures, on pictures for the captions of the examination.

    Columns: hair, eyes, hairstyle, mouth, glasses (the share of pictures that show it as the caption says), all_right
    (the share that is right in all five), held_out (the same share for combinations that no training picture shows; all
    columns before are about the others), fid, coverage (of all pictures, see ``AvatarScores``), variety (see there).
    """
    tokens, new = examination()
    images = drawn(generator, tokens)
    seen, unseen = (score_captions(images[which], tokens[which]) for which in (~new, new))
    quality = score_avatars(images)
    return {
        **seen.accuracy,
        "all_right": seen.all_right,
        "held_out": unseen.all_right,
        "fid": quality.fid,
        "coverage": quality.coverage,
        "variety": variety(generator),
    }


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training and its row: about 40 s of CPU time with all updates. The global random state stays as it is.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    with torch.random.fork_rng([]):
        running = trainer(variant, seed, updates)
        seconds = spent(running, updates, progress)
    measured = measure(running.generator)
    return {"variant": variant, "seed": seed, **measured, "updates": updates, "seconds": seconds}


if __name__ == "__main__":
    command("text_to_image", VARIANTS, run)
