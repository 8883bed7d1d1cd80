"""Line drawings to colour pictures, by pix2pix and by its parts: ``python -m ganlib.studies.pix2pix`` writes a table.

A line drawing tells the shapes and leaves the colours free, so many pictures are right, and it shows what each part of
the loss wants. All variants have the same number of updates.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from time import process_time

import torch
from torch import Tensor, nn
from torch.optim import Adam

from ganlib.data import Batches, avatar_pairs
from ganlib.data.avatars import PALETTE, Attributes, render
from ganlib.data.batches import to_float
from ganlib.gans import Pix2Pix, Terms
from ganlib.metrics import chroma, read_avatars, score_avatars
from ganlib.models import DCGANDiscriminator, EncoderDecoder, PatchDiscriminator, UNet
from ganlib.studies.annealing import annealed
from ganlib.studies.command import command
from ganlib.studies.setup import Progress, spent
from ganlib.studies.tables import Row
from ganlib.training import Trainer, evaluation

SIZE, WIDTH, PAIRS, BATCH = 32, 16, 4000, 16
UPDATES = 900
HELD_OUT, JUDGED = 1000, 500  # the seed of the pairs that are never trained on, and how many there are
IN_THE_LINES = ("hairstyle", "glasses", "mouth")
RECOLOURINGS = 65


class L1Alone(Pix2Pix):
    """A generator that only minimises the distance to the target; the discriminator looks on, and nobody listens."""

    def generator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The weighted distance alone."""
        return {"l1": super().generator_loss(x, y)["l1"]}


class BlindPix2Pix(Pix2Pix):
    """Pix2pix whose discriminator sees the target alone, not the source that it should belong to.

    Source: the variant L1+GAN, without c, of Isola et al. 2017, arXiv 1611.07004, section 4.1.
    """

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of targets ``y``."""
        return self.discriminator(y)


patches = partial(PatchDiscriminator, 6, WIDTH)


@dataclass(frozen=True)
class Variant:
    """What a training is made of: the class of the GAN and its two networks."""

    gan: Callable[[nn.Module, nn.Module], Pix2Pix] = Pix2Pix
    generator: Callable[..., nn.Module] = UNet
    discriminator: Callable[[], nn.Module] = field(default=partial(patches, layers=2))


BASELINE, GUESS = "L1 and GAN", "best guess"
TRAINED = {
    "L1 alone": Variant(L1Alone),
    "GAN alone": Variant(partial(Pix2Pix, l1_weight=0.0)),
    BASELINE: Variant(),
    "no skips": Variant(generator=EncoderDecoder),
    "patches of 1": Variant(discriminator=partial(patches, layers=0)),
    "patches of 16": Variant(discriminator=partial(patches, layers=1)),
    "whole picture": Variant(discriminator=partial(DCGANDiscriminator, SIZE, 6, WIDTH)),
    "D without the drawing": Variant(BlindPix2Pix, discriminator=partial(PatchDiscriminator, 3, WIDTH, layers=2)),
}
VARIANTS = (GUESS, *TRAINED)


@cache
def pairs() -> tuple[Tensor, Tensor]:
    """The drawings and pictures that all trainings see, as bytes."""
    return avatar_pairs(PAIRS, SIZE)[:2]


@cache
def held_out(n: int = JUDGED) -> tuple[Tensor, Tensor, Attributes]:
    """Drawings and pictures that no training sees, (n, 3, 32, 32) in [-1, 1], and their attributes."""
    drawings, pictures, attributes = avatar_pairs(n, SIZE, HELD_OUT)
    return to_float(drawings), to_float(pictures), attributes


def trainer(variant: str = BASELINE, seed: int = 0, updates: int = UPDATES) -> Trainer:
    """A training at its start, whose rates fall to 0 at the end of ``updates``; it draws from the global random state.

    The runs are short, so the learning rates are 10 and 5 times the paper's, and there is no dropout.

    Raises: KeyError for a name that is not in ``TRAINED``.
    """
    chosen = TRAINED[variant]
    gan = chosen.gan(chosen.generator(SIZE, width=WIDTH, dropout=0.0), chosen.discriminator())
    players = {"optimizer_d": (gan.discriminator, 1e-3), "optimizer_g": (gan.generator, 2e-3)}
    optimizers = {name: Adam(net.parameters(), lr, (0.5, 0.99), fused=True) for name, (net, lr) in players.items()}
    return annealed(Trainer(gan, Batches(pairs(), BATCH, seed=seed), **optimizers), updates)


def best_guess(attributes: Attributes, seed: int = 0, n: int = RECOLOURINGS) -> Tensor:
    """The picture that costs least by L1 when only the shapes are known: (N, 3, 32, 32) in [-1, 1].

    The mean of |y - g| over the pictures y that a drawing may have is least where g is their median, pixel by pixel and
    channel by channel. It is estimated here from ``n`` pictures of the same shapes in random colours.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.cat(
        [_recoloured(attributes[[i]], generator, n).median(0, True).values for i in range(len(attributes))]
    )


def _recoloured(one: Attributes, generator: torch.Generator, n: int) -> Tensor:
    """``n`` pictures of one avatar in random colours."""
    colours = Attributes.sample(n, generator)
    return render(one[[0] * n].replace(**{name: getattr(colours, name) for name in PALETTE}), SIZE)


def measure(generator: nn.Module) -> dict[str, float]:
    """What is judged of a generator: see ``judged``."""
    return judged(coloured(generator))


@torch.no_grad()
def coloured(generator: nn.Module) -> Tensor:
    """What a generator makes of the drawings that are held out."""
    with evaluation(generator):
        return torch.cat([generator(drawings) for drawings in held_out()[0].split(100)])


def judged(fakes: Tensor) -> dict[str, float]:
    """Judge colour pictures for the drawings that are held out.

    - ``l1``: mean distance to the true pictures, in units of [-1, 1], so that black to white is 2.
    - ``colour``: mean chroma, as a share of that of the true pictures.
    - ``fid``: Fréchet distance to real avatars.
    - ``hairstyle``, ``glasses``, ``mouth``: the share of pictures that show what the lines tell.
    """
    _, pictures, attributes = held_out()
    read = read_avatars(fakes).values
    kept = {name: (read[name] == getattr(attributes, name)).double().mean().item() for name in IN_THE_LINES}
    l1, colour = (fakes - pictures).abs().mean().item(), (chroma(fakes).mean() / chroma(pictures).mean()).item()
    return {"l1": l1, "colour": colour, "fid": score_avatars(fakes).fid} | kept


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 40 s of CPU time on a busy core; its row of the table.

    Columns: variant, seed, those of ``judged``, updates, seconds (of CPU, training alone). The best guess is no
    training: 0 updates, and ``seconds`` are those of drawing.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    if variant == GUESS:
        start = process_time()
        fakes, updates = best_guess(held_out()[2], seed), 0
        seconds = round(process_time() - start, 1)
    else:
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            begun = trainer(variant, seed, updates)
            seconds = spent(begun, updates, progress)
        fakes = coloured(begun.generator)
    return {"variant": variant, "seed": seed, **judged(fakes), "updates": updates, "seconds": seconds}


if __name__ == "__main__":
    command("pix2pix", VARIANTS, run)
