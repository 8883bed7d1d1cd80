"""Two generators that hide colours in a drawing: ``python -m ganlib.studies.hidden_colours`` trains and stores them.

A line drawing has no colour. Cycle consistency demands all the same that a flat picture comes back from its drawing, so
the generators agree on a code. They are ``models.pretrained("flat_to_sketch")`` and ``("sketch_to_flat")``.

Source: Chu et al. 2017, arXiv 1712.02950.
"""

import torch
from torch import nn
from torch.optim import Adam
from tqdm import tqdm

from ganlib.data import UnpairedBatches
from ganlib.gans import CycleGAN, Judges, Translators
from ganlib.metrics import read_avatars
from ganlib.models import PatchDiscriminator, RepaintingTranslator
from ganlib.models.stored import FOLDER, store
from ganlib.studies.annealing import annealed
from ganlib.studies.cyclegan import difference, held_out, pictures
from ganlib.studies.setup import spent
from ganlib.training import Trainer, evaluation

STYLES = ("flat", "sketch")
SIZE, WIDTH, BLOCKS, BATCH, RATE, DECAY, UPDATES = 32, 20, 2, 6, 1e-3, 0.99, 1600
NETWORK = {"size": SIZE, "channels": 3, "width": WIDTH, "blocks": BLOCKS}


def trainer(seed: int, updates: int = UPDATES) -> Trainer:
    """A training at its start, without identity loss; it draws from the global random state."""
    players = Translators(*[RepaintingTranslator(**NETWORK) for _ in range(2)])
    judges = Judges(*[PatchDiscriminator(3, WIDTH, layers=2, norm="instance") for _ in range(2)])
    gan = CycleGAN(players, judges, (3, SIZE, SIZE), identity_weight=0.0)
    d, g = (Adam(player.parameters(), RATE, betas=(0.5, 0.999), fused=True) for player in (judges, players))
    data = UnpairedBatches(*pictures(STYLES), BATCH, seed=seed)
    return annealed(Trainer(gan, data, decay=DECAY, optimizer_d=d, optimizer_g=g), updates)


def measure(draw: nn.Module, colour: nn.Module) -> dict[str, float]:
    """What survives from flat to drawing and back on the held-out avatars; differences are of pixels in [-1, 1].

    - ``drawing``: difference of a drawing from the true one,
    - ``cycle``: difference of a flat picture and what comes back,
    - ``hair``: share of what comes back whose hair is read in its true colour,
    - ``hair_from_true``: the same for what is made of the true drawing, in which no colour can be hidden.
    """
    flat, sketch, attributes = held_out(STYLES)
    with evaluation(draw), evaluation(colour):
        drawn = draw(flat)
        back, guessed = colour(drawn), colour(sketch)
    hair = [(read_avatars(x).values["hair"] == attributes.hair).double().mean().item() for x in (back, guessed)]
    return {
        "drawing": difference(drawn, sketch),
        "cycle": difference(back, flat),
        "hair": hair[0],
        "hair_from_true": hair[1],
    }


def main(seed: int = 0, updates: int = UPDATES) -> None:
    """Train and store both generators."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    training = trainer(seed, updates)
    seconds = spent(training, updates, lambda rounds: tqdm(rounds, total=updates))
    pair = training.generator
    metrics = {name: round(value, 3) for name, value in measure(pair.to_b, pair.to_a).items()}
    made = {
        "command": "python -m ganlib.studies.hidden_colours",
        "made_with": {"torch": torch.__version__, "device": "cpu", "threads": 1, "seed": seed, "cpu_seconds": seconds},
        "metrics": metrics,
    }
    for name, generator in (("flat_to_sketch", pair.to_b), ("sketch_to_flat", pair.to_a)):
        store(generator, NETWORK, made, FOLDER / f"{name}.pt")
    print(metrics)


if __name__ == "__main__":
    main()
