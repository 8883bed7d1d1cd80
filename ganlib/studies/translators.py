"""The course's generators for two styles and for many attributes: ``python -m ganlib.studies.translators`` stores them.

They are ``models.pretrained("flat_to_shaded")``, ``("shaded_to_flat")`` and ``("stargan")``: what the studies
``cyclegan`` and ``stargan`` train, trained longer.
"""

import torch
from tqdm import tqdm

from ganlib.models.stored import FOLDER, store
from ganlib.studies import cyclegan, stargan
from ganlib.studies.setup import spent
from ganlib.training import Trainer

UPDATES = {"cyclegan": 3000, "stargan": 5000}


def trained(training: Trainer, updates: int, seed: int) -> dict:
    """Train to the end; return how it was made, without the metrics."""
    seconds = spent(training, updates, lambda rounds: tqdm(rounds, total=updates, disable=None))
    return {
        "command": "python -m ganlib.studies.translators",
        "made_with": {"torch": torch.__version__, "device": "cpu", "threads": 1, "seed": seed, "cpu_seconds": seconds},
    }


def rounded(metrics: dict[str, float]) -> dict[str, float]:
    """The metrics to four digits after the point."""
    return {name: round(value, 4) for name, value in metrics.items()}


def store_stargan(seed: int = 0, updates: int = UPDATES["stargan"]) -> None:
    """Train and store the generator that changes hair, mouth and glasses."""
    torch.manual_seed(seed)
    training = stargan.trainer(stargan.BASELINE, seed, updates)
    made = trained(training, updates, seed) | {"metrics": rounded(stargan.measure(training.generator))}
    store(training.generator, stargan.NETWORK, made, FOLDER / "stargan.pt")
    print("stargan", made["metrics"], flush=True)


def store_cyclegan(seed: int = 0, updates: int = UPDATES["cyclegan"]) -> None:
    """Train and store both directions between the flat and the shaded style."""
    torch.manual_seed(seed)
    training = cyclegan.trainer(cyclegan.BASELINE, seed, updates)
    pair = training.generator
    made = trained(training, updates, seed) | {"metrics": rounded(cyclegan.measure(pair))}
    for name, generator in (("flat_to_shaded", pair.to_b), ("shaded_to_flat", pair.to_a)):
        store(generator, cyclegan.NETWORK, made, FOLDER / f"{name}.pt")
    print("flat and shaded", made["metrics"], flush=True)


def main() -> None:
    """Make all three."""
    torch.set_num_threads(1)
    store_stargan()
    store_cyclegan()


if __name__ == "__main__":
    main()
