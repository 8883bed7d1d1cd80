"""Numbers that sum up a recording, for the signs of diseases: what "the gradient is gone" means in figures."""

import numpy as np

from ganlib.clinic.recordings import Recording
from ganlib.clinic.setup import Setup

FACTS = {
    "loss_d": "the discriminator's loss is {:.2f}",
    "loss_g": "the generator's loss is {:.2f}",
    "accuracy": "the discriminator tells real from fake in {:.0%} of the pairs",
    "gap": "real samples score {:.1f} above fakes",
    "gradient_g": "the norm of the generator's gradient is {:.2g}",
    "silent_layers": "{:.0%} of the generator's layers get a gradient of 0",
    "spread": "fakes are {:.0%} as different from each other as real samples",
    "spread_low": "at their most alike, fakes are {:.0%} as different from each other as real samples",
    "data_max": "the largest pixel of a real picture is {:.3g}",
    "jumps": "from note to note, the generator's loss changes by {:.0%} of its size",
}
"""What each fact says, in words with a place for its value. All are those of the last quarter of the run, but for
``spread_low``, which leaves out the first quarter."""


@np.errstate(divide="ignore", invalid="ignore")
def facts(recording: Recording, setup: Setup) -> dict[str, float]:
    """The facts of a recording, and the measures of its outcome; NaN where the run broke down.

    ``setup`` says what the discriminator was shown as real: ``data_max`` is for pictures only.
    """
    quarter = max(1, len(recording.updates) // 4)
    curves = {name: values[-quarter:] for name, values in recording.curves.items()}
    layers = recording.layers["generator"][-quarter:]
    loss = curves["loss_g"]
    found = {
        "loss_d": curves["loss_d"].mean(),
        "loss_g": loss.mean(),
        "accuracy": curves["accuracy"].mean(),
        "gap": (curves["real_logit"] - curves["fake_logit"]).mean(),
        "gradient_g": np.median(curves["gradient_g"]),
        "silent_layers": (np.median(layers, 0) == 0).mean(),
        "spread": curves["spread"].mean(),
        "spread_low": np.nanmin(recording.curves["spread"][len(recording.updates) // 4 :], initial=np.inf),
        "jumps": np.abs(np.diff(loss)).mean() / np.abs(loss).mean() if len(loss) > 1 else np.nan,
    }
    if setup.subject.kind == "images":
        found["data_max"] = setup.real[0].abs().max()
    return {name: float(value) for name, value in found.items()} | recording.outcome
