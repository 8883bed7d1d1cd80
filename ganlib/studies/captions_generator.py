"""``python -m ganlib.studies.captions_generator``: the generator that ``models.pretrained("captions")`` gives.

It trains as in the study ``text_to_image``, but longer. What the study holds out is held out here as well, so that a
caption of it is new to this generator.
"""

import platform
from time import process_time

import torch
from tqdm import tqdm

from ganlib.data import captions
from ganlib.models.stored import FOLDER, store
from ganlib.studies.text_to_image import SIZE, WIDTH, examination, measure, trainer

VARIANT, SEED, UPDATES, PICTURES = "three kinds of pairs", 0, 3600, 4000


def main() -> None:
    """Train for 2 or 3 minutes of CPU time, measure and store."""
    torch.set_num_threads(1)
    training, start = trainer(VARIANT, SEED, UPDATES, PICTURES), process_time()
    for _ in tqdm(training.rounds(UPDATES), total=UPDATES, mininterval=5):
        pass
    made = {
        "command": "python -m ganlib.studies.captions_generator",
        "made_with": {"torch": torch.__version__, "device": "cpu", "machine": platform.machine()},
        "cpu_minutes": round((process_time() - start) / 60, 1),
        "settings": {"variant": VARIANT, "seed": SEED, "updates": UPDATES, "pictures": PICTURES},
        "held_out": held_out_combinations(),
        "metrics": {name: float(f"{value:.4g}") for name, value in measure(training.generator).items()},
    }
    arguments = {"words": len(captions.WORDS), "size": SIZE, "width": WIDTH}
    store(training.generator, arguments, made, FOLDER / "captions.pt")
    print(made["metrics"])


def held_out_combinations() -> list[str]:
    """What no training picture shows, in words: "black hair, spiky hair, no glasses"."""
    tokens, new = examination()
    asked = [captions.parse(text) for text in captions.decode(tokens[new])]
    shown = ({name: one[name] for name in ("hair", "hairstyle", "glasses")} for one in asked)
    return sorted({captions.write(one) for one in shown})


if __name__ == "__main__":
    main()
