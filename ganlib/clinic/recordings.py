"""What is kept of a run: curves, samples on the way, gradient norms and measured health."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ganlib.files import replacing
from ganlib.runtime import ASSETS

FOLDER = ASSETS / "clinic"
CURVES = ("loss_d", "loss_g", "real_logit", "fake_logit", "accuracy", "gradient_d", "gradient_g", "spread")
"""What is noted about 100 times in a run.

- ``loss_d``, ``loss_g``: what the players minimise, averaged since the last note; penalties included.
- ``real_logit``, ``fake_logit``: the discriminator's mean answer to 64 real samples and 64 fakes.
- ``accuracy``: the share of pairs, one real and one fake, in which the real one gets the higher answer; ties count
  half. 1/2: it cannot tell them apart. Unlike a threshold at 0 it means the same for a critic.
- ``gradient_d``, ``gradient_g``: the norm of the gradient, over all weights, that the player's optimizer used in the
  last round; of several updates in a round, in the first one.
- ``spread``: the mean distance of two fakes, over that of two real samples: 0 for fakes that are all alike.
"""
PLAYERS = ("discriminator", "generator")


@dataclass(frozen=True)
class Recording:
    """A run, as far as it has come.

    - ``name``, ``treatment``: whose run it is, and the key of its treatment; None before any.
    - ``total``: the updates of the whole run. ``updates`` (K,): when the curves were noted.
    - ``curves``: by the names in ``CURVES``, each (K,), NaN where a run broke down.
    - ``layers``: for each of ``PLAYERS`` the norm of the gradient of each layer's weight, (K, L), and in
      ``layer_names`` the layers, the first one first.
    - ``moments`` (T,): the updates at which samples were kept. ``samples``: points (T, n, 2), float32, or images
      (T, n, C, H, W), uint8.
    - ``health``: each measure of the subject at the moments, (T,).
    """

    name: str
    treatment: str | None
    total: int
    updates: np.ndarray
    curves: dict[str, np.ndarray]
    layers: dict[str, np.ndarray]
    layer_names: dict[str, tuple[str, ...]]
    moments: np.ndarray
    samples: np.ndarray
    health: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def outcome(self) -> dict[str, float]:
        """The measures at the last moment."""
        return {key: float(values[-1]) for key, values in self.health.items()}

    def end(self, curve: str) -> float:
        """The mean of a curve over the last quarter of the run."""
        return float(np.mean(self.curves[curve][-max(1, len(self.updates) // 4) :]))


def path_of(name: str) -> Path:
    """Where the recording of a patient lies: ``assets/clinic/NAME.npz``."""
    return FOLDER / f"{name}.npz"


def save(recording: Recording, path: Path) -> Path:
    """Write a recording: compressed, points in half precision, all of it or nothing."""
    arrays = {"updates": recording.updates, "moments": recording.moments}
    arrays |= {f"curve/{key}": values.astype(np.float32) for key, values in recording.curves.items()}
    arrays |= {f"layers/{key}": values.astype(np.float32) for key, values in recording.layers.items()}
    arrays |= {f"health/{key}": values for key, values in recording.health.items()}
    images = recording.samples.dtype == np.uint8
    arrays["samples"] = recording.samples if images else recording.samples.astype(np.float16)
    words = {"name": recording.name, "treatment": recording.treatment, "total": recording.total}
    arrays["words"] = np.array(json.dumps(words | {"layer_names": recording.layer_names}))
    with replacing(path) as file:
        np.savez_compressed(file, **arrays)
    return path


def load(path: Path) -> Recording:
    """Read what ``save`` wrote.

    Raises: FileNotFoundError when it is missing; ``python -m ganlib.clinic record NAME`` makes it.
    """
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    words = json.loads(str(arrays["words"]))
    names = {player: tuple(layers) for player, layers in words.pop("layer_names").items()}
    samples = arrays["samples"]
    return Recording(
        **words,
        updates=arrays["updates"],
        curves=_under("curve", arrays),
        layers=_under("layers", arrays),
        layer_names=names,
        moments=arrays["moments"],
        samples=samples if samples.dtype == np.uint8 else samples.astype(np.float32),
        health=_under("health", arrays),
    )


def _under(folder: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays whose name begins with ``folder/``, by the rest of it."""
    return {key.removeprefix(f"{folder}/"): values for key, values in arrays.items() if key.startswith(f"{folder}/")}
