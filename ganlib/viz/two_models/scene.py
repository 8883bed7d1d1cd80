"""What the laboratory draws behind the points: backgrounds, decision lines, samples."""

from math import pi

import numpy as np
import torch
from contourpy import contour_generator
from torch import Tensor

from ganlib.viz import layers
from ganlib.viz.layers import Layer
from ganlib.viz.two_models.fits import Fits

EXTENT = (-5.0, 5.0, -5.0, 5.0)
NODES = 61  # of the grid, along each side
LEVELS = 4
DEPTH = 12.0  # nats below the peak at which the density's tint ends
CIRCLE = torch.linspace(0, 2 * pi, 91, dtype=torch.float64)
AXIS = torch.linspace(*EXTENT[:2], NODES, dtype=torch.float64)
GRID = torch.stack(torch.meshgrid(AXIS, AXIS, indexing="xy"), dim=-1).view(-1, 2)
HALF = (EXTENT[1] - EXTENT[0]) / (NODES - 1) / 2
CELLS = (EXTENT[0] - HALF, EXTENT[1] + HALF, EXTENT[2] - HALF, EXTENT[3] + HALF)  # around the nodes
BACKGROUNDS = {
    "joint": ("p(x, y)", "Level lines of the joint density of each class, at the same heights"),
    "generative": ("p(y | x), generative", "The posterior of the generative model, by Bayes' rule"),
    "discriminative": ("p(y | x), logistic", "The posterior of logistic regression"),
    "density": ("log p(x)", "The logarithm of the generative model's density of x"),
    "none": ("nothing", "The points and the lines alone"),
}


def scene(fits: Fits, background: str, samples: tuple[Tensor, Tensor] | None = None) -> list[Layer]:
    """The layers behind the points, from back to front."""
    odds = fits.generative_log_odds(GRID), fits.discriminative_log_odds(GRID)
    behind = {
        "joint": lambda: level_lines(fits),
        "generative": lambda: [posterior(odds[0])],
        "discriminative": lambda: [posterior(odds[1])],
        "density": lambda: [density(fits)],
        "none": list,
    }[background]()
    lines = [
        layers.boundary("generative", border(odds[0]), "generator", label=fits.kind),
        layers.boundary("discriminative", border(odds[1]), "discriminator", label="logistic regression", dashed=True),
    ]
    return [*behind, *rings(samples), *lines]


def posterior(log_odds: Tensor) -> Layer:
    """p(B | x) on the grid: a tint of A where it is 0, of B where it is 1."""
    values = log_odds.sigmoid().view(NODES, NODES)
    return layers.shade("posterior", values, CELLS, ("class_a", "background", "class_b"), label="p(B | x)")


def density(fits: Fits) -> Layer:
    """log p(x) on the grid, from its peak there down to 12 nats below."""
    values = fits.generative.log_density(GRID).view(NODES, NODES)
    peak = values.max().item()
    tints, limits = ("background", "generator"), (peak - DEPTH, peak)
    return layers.shade("density", values, CELLS, tints, limits=limits, label="log p(x)")


def level_lines(fits: Fits) -> list[Layer]:
    """Where p(x, y) is exp(-1/2), exp(-4/2), exp(-9/2), exp(-16/2) times the highest peak, an ellipse for each y.

    Both classes have the same heights, so equal lines of A and B cross just where the generative model is undecided.
    """
    model = fits.generative
    peaks = model.log_joint(model.means).diagonal()
    roots = torch.linalg.cholesky(model.covariances)
    circle = torch.stack([CIRCLE.cos(), CIRCLE.sin()])
    lines = []
    for label, colour in enumerate(("class_a", "class_b")):
        squares = torch.arange(1, LEVELS + 1).square() - 2 * (peaks.max() - peaks[label])
        ellipses = [
            (model.means[label][:, None] + square.sqrt() * roots[label] @ circle).T for square in squares if square > 0
        ]
        lines.append(layers.line(f"levels {label}", _joined(ellipses), colour, size=1.2, alpha=0.8))
    return lines


def border(log_odds: Tensor) -> np.ndarray:
    """Where log odds on the grid are 0: points (n, 2), NaN between the pieces."""
    axis = AXIS.numpy()
    return _joined(contour_generator(axis, axis, log_odds.view(NODES, NODES).numpy()).lines(0.0))


def rings(samples: tuple[Tensor, Tensor] | None) -> list[Layer]:
    """What the generative model has drawn: the fakes' colour, and the classes' shapes as outlines."""
    if samples is None:
        return []
    x, y = samples
    return [
        layers.points("samples of A", x[y == 0], "generator", marker="ring", size=4.5, label="samples"),
        layers.points("samples of B", x[y == 1], "generator", marker="box", size=4.5),
    ]


def _joined(pieces: list) -> np.ndarray:
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for piece in pieces for part in (np.asarray(piece), gap)] or [gap])
