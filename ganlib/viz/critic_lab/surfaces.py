"""A critic's score over the plane, as layers for a canvas."""

import numpy as np
import torch
from contourpy import contour_generator
from torch import Tensor

from ganlib.viz import layers
from ganlib.viz.critic_lab.trials import Trial
from ganlib.viz.layers import Layer

EDGE = 4.5
CELLS = 28  # along each side
LEVELS = 9
POINTS = 150
FLAT = 1e-9  # reach of the tints where f is the same everywhere

_centre = (torch.arange(CELLS) + 0.5) * 2 * EDGE / CELLS - EDGE
_grid = torch.cartesian_prod(_centre, _centre).flip(1)  # row by row, from bottom to top


def surface(trial: Trial) -> list[Layer]:
    """The score f as a tint from its lowest (orange) to its highest (blue), level lines at equal steps, some points."""
    f = trial.scores(_grid).view(CELLS, CELLS)
    low, high = f.min().item(), f.max().item()
    middle, reach = (low + high) / 2, max((high - low) / 2, FLAT)
    tints = {"limits": (middle - reach, middle + reach), "label": "f"}
    return [
        layers.shade("f", f, (-EDGE, EDGE, -EDGE, EDGE), ("fake", "background", "real"), **tints),
        layers.points("fake", trial.fake[:POINTS], "fake", marker="x", size=1.8, alpha=0.55),
        layers.points("real", trial.real[:POINTS], "real", size=1.6, alpha=0.7),
        layers.boundary("levels", _levels(f, low, high), "discriminator", size=1.1),
    ]


def _levels(f: Tensor, low: float, high: float) -> np.ndarray:
    """Level lines, one after the other with NaN between them: (n, 2)."""
    gap, parts = np.full((1, 2), np.nan), []
    if low < high < np.inf:
        contours = contour_generator(_centre.numpy(), _centre.numpy(), f.double().numpy())
        for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
            parts += [part for line in contours.lines(level) for part in (line, gap)]
    return np.concatenate(parts or [gap])
