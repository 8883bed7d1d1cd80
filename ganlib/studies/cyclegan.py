"""CycleGAN, with parts left out: ``python -m ganlib.studies.cyclegan`` writes ``assets/studies/cyclegan.csv``.

The two domains are two styles of avatars. No avatar is in both, so no pair is ever seen; but what each would look like
in the other style is known to the renderer, so the translation can be judged.
"""

from collections.abc import Iterator
from functools import cache

import torch
from torch import Tensor, nn
from torch.optim import Adam

from ganlib.data import UnpairedBatches, avatar_pairs, unpaired_avatars
from ganlib.data.avatars import CAPTIONED, Attributes
from ganlib.data.batches import to_float
from ganlib.gans import CycleGAN, Judges, Translators
from ganlib.metrics import read_avatars
from ganlib.models import PatchDiscriminator, ResidualTranslator
from ganlib.studies.annealing import annealed
from ganlib.studies.command import command
from ganlib.studies.setup import Progress, spent
from ganlib.studies.tables import Row
from ganlib.training import Trainer, evaluation

BASELINE = "CycleGAN"
SIZE, BATCH = 32, 4
NETWORK = {"size": SIZE, "width": 16, "blocks": 2, "norm": "none"}
PICTURES, JUDGED, HELD_OUT = 4000, 500, 1
RATE, DECAY, UPDATES = 2e-3, 0.99, 600
STYLES = ("flat", "shaded")

WEIGHTS = {"cycle_weight": 10.0, "identity_weight": 1.0}
VARIANTS: dict[str, dict[str, float]] = {
    BASELINE: {},
    "no cycle loss": {"cycle_weight": 0.0},
    "no identity loss": {"identity_weight": 0.0},
    "no buffer": {"memory": 0},
}


@cache
def pictures(styles: tuple[str, str] = STYLES) -> tuple[Tensor, Tensor]:
    """What is trained on: 4,000 avatars in each style, bytes, no avatar in both."""
    return unpaired_avatars(PICTURES, SIZE, styles=styles)


@cache
def held_out(styles: tuple[str, str] = STYLES) -> tuple[Tensor, Tensor, Attributes]:
    """What is judged on: 500 other avatars in both styles, floats in [-1, 1], and their attributes."""
    a, b, attributes = avatar_pairs(JUDGED, SIZE, HELD_OUT, styles)
    return to_float(a), to_float(b), attributes


def adam(parameters: Iterator[nn.Parameter], rate: float = RATE) -> Adam:
    """Adam with the paper's beta1 = 0.5; a larger rate and a smaller beta2 suit short runs."""
    return Adam(parameters, rate, betas=(0.5, 0.99), fused=True)


def trainer(
    variant: str, seed: int, updates: int = UPDATES, style_a: str = STYLES[0], style_b: str = STYLES[1]
) -> Trainer:
    """A training at its start, whose rates fall to 0 at the end of ``updates``; it draws from the global random state.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    players = Translators(*[ResidualTranslator(**NETWORK) for _ in range(2)])
    judges = Judges(*[PatchDiscriminator(3, 24, layers=2, norm="instance") for _ in range(2)])
    gan = CycleGAN(players, judges, (3, SIZE, SIZE), **WEIGHTS | VARIANTS[variant])
    data = UnpairedBatches(*pictures((style_a, style_b)), BATCH, seed=seed)
    optimizers = {"optimizer_d": adam(judges.parameters()), "optimizer_g": adam(players.parameters())}
    return annealed(Trainer(gan, data, decay=DECAY, **optimizers), updates)


def difference(a: Tensor, b: Tensor) -> float:
    """The mean absolute difference of pixels in [-1, 1]; from black to white it is 2."""
    return (a - b).abs().mean().item()


def measure(translators: Translators, style_a: str = STYLES[0], style_b: str = STYLES[1]) -> dict[str, float]:
    """Judge both directions on the held-out avatars, whose true partners the course knows, and take the means.

    - ``l1``: difference of a translation from the true partner; ``l1_ab`` and ``l1_ba`` are those of each direction,
    - ``unchanged``: the difference of the partners, which is the ``l1`` of a translation that does nothing,
    - ``cycle``: difference of a picture and its translation there and back,
    - ``kept``: the share of the five captioned attributes that are read in a translation as the avatar has them.
    """
    a, b, attributes = held_out((style_a, style_b))
    with evaluation(translators):
        fake_b, fake_a = translators.to_b(a), translators.to_a(b)
        back_a, back_b = translators.to_a(fake_b), translators.to_b(fake_a)
    l1_ab, l1_ba = difference(fake_b, b), difference(fake_a, a)
    return {
        "l1": (l1_ab + l1_ba) / 2,
        "l1_ab": l1_ab,
        "l1_ba": l1_ba,
        "unchanged": difference(a, b),
        "cycle": (difference(back_a, a) + difference(back_b, b)) / 2,
        "kept": (kept(fake_b, attributes) + kept(fake_a, attributes)) / 2,
    }


def kept(images: Tensor, attributes: Attributes, names: tuple[str, ...] = CAPTIONED) -> float:
    """The share of these attributes that the course's classifier reads in the pictures as the avatars have them."""
    read = read_avatars(images).values
    return torch.stack([(read[name] == getattr(attributes, name)).double().mean() for name in names]).mean().item()


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 35 s of CPU time, and how its translations are judged (see ``measure``).

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
    command("cyclegan", VARIANTS, run)
