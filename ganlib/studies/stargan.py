"""StarGAN, with parts left out: ``python -m ganlib.studies.stargan`` writes ``assets/studies/stargan.csv``.

The generator changes hair colour, mouth and glasses of flat avatars. It never sees one avatar with two hair colours;
but the renderer can draw it, so the change can be judged.
"""

from functools import cache

import torch
from torch import Tensor

from ganlib import losses
from ganlib.data import Batches, avatars
from ganlib.data.avatars import CAPTIONED, VOCABULARY, Attributes, render
from ganlib.gans import StarGAN
from ganlib.models import AttributeDiscriminator, AttributeTranslator
from ganlib.studies.annealing import annealed
from ganlib.studies.command import command
from ganlib.studies.cyclegan import adam, difference, kept
from ganlib.studies.setup import Progress, spent
from ganlib.studies.tables import Row
from ganlib.training import Trainer, evaluation

CHANGED = ("hair", "mouth", "glasses")
LEFT = tuple(name for name in CAPTIONED if name not in CHANGED)
COUNTS = tuple(len(VOCABULARY[name]) for name in CHANGED)
BASELINE = "StarGAN"
SIZE, BATCH = 32, 8
NETWORK = {"counts": COUNTS, "size": SIZE, "width": 20, "blocks": 2, "norm": "none"}
PICTURES, JUDGED, HELD_OUT = 6000, 500, 1
RATE_D, RATE_G, DECAY, UPDATES = 2e-3, 1.5e-3, 0.99, 850

WEIGHTS = {"class_weight": 0.3, "reconstruction_weight": 10.0}
VARIANTS: dict[str, dict[str, float]] = {
    BASELINE: {},
    "no reconstruction": {"reconstruction_weight": 0.0},
    "no classes": {"class_weight": 0.0},
}


def numbers(attributes: Attributes) -> Tensor:
    """The attributes that are changed, (N, 3): what the generator is told, in the order of ``CHANGED``."""
    return torch.stack([getattr(attributes, name) for name in CHANGED], 1)


@cache
def pictures() -> tuple[Tensor, Tensor]:
    """What is trained on: 6,000 flat avatars, bytes, and their attributes as ``numbers``."""
    images, attributes = avatars.avatars(PICTURES, SIZE)
    return images.add_(1).mul_(127.5).round_().to(torch.uint8), numbers(attributes)


@cache
def held_out() -> tuple[Tensor, Attributes, Attributes, Tensor]:
    """What is judged on: 500 other avatars, their attributes, what they are to show, and how that looks.

    Each gets hair of another colour, a random mouth, and glasses or none at random.
    """
    images, attributes = avatars.avatars(JUDGED, SIZE, seed=HELD_OUT)
    wanted = Attributes.sample(JUDGED, torch.Generator().manual_seed(HELD_OUT + 1))
    hair = (attributes.hair + 1 + wanted.hair % 7) % 8
    changed = attributes.replace(hair=hair, mouth=wanted.mouth, glasses=wanted.glasses)
    return images, attributes, changed, render(changed, SIZE)


def trainer(variant: str, seed: int, updates: int = UPDATES) -> Trainer:
    """A training at its start, whose rates fall to 0 at the end of ``updates``; it draws from the global random state.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    generator = AttributeTranslator(**NETWORK)
    discriminator = AttributeDiscriminator(COUNTS, SIZE, width=24, norm="spectral")
    gan = StarGAN(generator, discriminator, losses.hinge, **WEIGHTS | VARIANTS[variant])
    data = Batches(pictures(), BATCH, seed=seed)
    optimizers = {
        "optimizer_d": adam(discriminator.parameters(), RATE_D),
        "optimizer_g": adam(generator.parameters(), RATE_G),
    }
    return annealed(Trainer(gan, data, decay=DECAY, **optimizers), updates)


def measure(generator: AttributeTranslator) -> dict[str, float]:
    """Judge changed pictures of the held-out avatars; differences are of pixels in [-1, 1].

    - ``l1``: mean absolute difference from the avatar drawn with the wanted attributes,
    - ``unchanged``: the same for the picture as it was,
    - ``hit``: the share of hair, mouth and glasses that are read as wanted,
    - ``kept``: the share of eyes and hairstyle that are read as they were,
    - ``cycle``: difference of a picture and its change there and back.
    """
    images, before, after, truth = held_out()
    with evaluation(generator):
        changed = generator(images, numbers(after))
        back = generator(changed, numbers(before))
    return {
        "l1": difference(changed, truth),
        "unchanged": difference(images, truth),
        "hit": kept(changed, after, CHANGED),
        "kept": kept(changed, after, LEFT),
        "cycle": difference(back, images),
    }


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 35 s of CPU time, and how its changes are judged (see ``measure``).

    Further columns: updates, seconds (of CPU, training alone). The global random state stays as it is.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        training = trainer(variant, seed, updates)
        seconds = spent(training, updates, progress)
    measured = measure(training.generator)
    return {"variant": variant, "seed": seed, **measured, "updates": updates, "seconds": seconds}


if __name__ == "__main__":
    command("stargan", VARIANTS, run)
