"""What the laboratory shows of a run: layers for the scene, and the two charts."""

from math import sqrt

import numpy as np
import torch
from torch import Tensor

from ganlib.training import evaluation
from ganlib.viz import layers
from ganlib.viz.ganlab.phases import Phase
from ganlib.viz.ganlab.run import EXTENT, MEASURE_EVERY, Run
from ganlib.viz.layers import Layer

LAYERS = {
    "real": ("Real points", "Samples of the data"),
    "fake": ("Fakes", "What G makes of fixed noise"),
    "surface": ("D's verdict", "Blue where D says real, orange where it says fake"),
    "manifold": ("G's map", "Where G takes a grid of noise"),
    "arrows": ("Gradients", "Where each fake would have to go for G's loss to fall"),
}
CELLS = 48  # of D's verdict, along each side
LINES = 21  # of G's map, each way
ARROWS = 150
LONGEST = 0.35  # an arrow, in the units of the plane


def scene(run: Run, shown: set[str], phase: Phase | None = None) -> list[Layer]:
    """The layers of the names in ``shown``, from back to front; a phase puts its own points in their place."""
    real, fake = run.real, run.fakes()
    visible = set(shown)
    if phase is not None:
        real, fake = (real if phase.real is None else phase.real), (fake if phase.fake is None else phase.fake)
        visible = (visible - {"real", "fake", "arrows"}) | set(phase.alone) | ({"arrows"} if phase.arrows else set())
    parts = {
        "surface": lambda: layers.verdict("surface", surface(run), EXTENT, label=run.verdict_name),
        "manifold": lambda: layers.mesh("manifold", manifold(run), "fake"),
        "real": lambda: layers.points("real", real, "real", size=1.9, alpha=0.75),
        "fake": lambda: layers.points("fake", fake, "fake", marker="x", size=2.4, alpha=0.9),
        "arrows": lambda: layers.arrows("arrows", fake[:ARROWS], arrows(run, fake[:ARROWS]), "text", alpha=0.75),
    }
    return [make() for name, make in parts.items() if name in visible]


@torch.no_grad()
def surface(run: Run) -> Tensor:
    """D's verdict in [0, 1] at the centres of a grid of cells, rows from bottom to top."""
    edge = torch.linspace(EXTENT[0], EXTENT[1], CELLS + 1)
    centre = (edge[:-1] + edge[1:]) / 2
    y, x = torch.meshgrid(centre, centre, indexing="ij")
    with evaluation(run.gan.discriminator):
        return run.judge(run.gan.logits(torch.stack([x, y], dim=-1).view(-1, 2))).view(CELLS, CELLS)


def noise_grid(run: Run) -> Tensor:
    """Noise on a grid whose cells all hold the same share of it: (rows, columns, latent_dim)."""
    rows, columns = (1, 200) if run.latent_dim == 1 else (LINES, LINES)
    level = [sqrt(2) * torch.erfinv(2 * torch.linspace(0.01, 0.99, n) - 1) for n in (columns, rows)]
    z = torch.zeros(rows, columns, run.latent_dim)
    z[..., 0] = level[0]
    if run.latent_dim > 1:
        z[..., 1] = level[1][:, None]
    return z


def manifold(run: Run) -> Tensor:
    """Where G takes the grid of noise: (rows, columns, 2). With more than two dimensions of noise, the others are 0."""
    z = noise_grid(run)
    return run.fakes(z.flatten(0, 1)).view(*z.shape[:2], 2)


def arrows(run: Run, x: Tensor) -> Tensor:
    """The direction in which G's loss falls at each point x (n, 2): minus its gradient g, of length c |g| / (1 + |g|).

    Short gradients are so drawn in proportion, and long ones stay in the picture; c is the longest arrow.
    """
    gradient = run.gradient(x)
    return -LONGEST * gradient / (1 + gradient.norm(dim=1, keepdim=True))


def loss_chart(run: Run) -> tuple[list[Layer], tuple[float, float], tuple[float, float]]:
    """Layers and edges of the chart of both losses."""
    d, g = run.losses["D"], run.losses["G"]
    values = np.concatenate([d[:, 1], g[:, 1]])
    values = values[np.isfinite(values)]
    low, high = np.percentile(values, [0.5, 99.5]) if len(values) else (0.0, 1.0)
    lines = [
        layers.line("D", d, "discriminator", label="loss of D"),
        layers.line("G", g, "generator", label="loss of G", dashed=True),
    ]
    return lines, (0, max(run.iteration, 10)), _roomy(min(low, 0.0), max(high, 0.0))


def distance_chart(run: Run) -> tuple[list[Layer], tuple[float, float], tuple[float, float]]:
    """Layers and edges of the chart of both distances; faint lines show what two real samples are apart."""
    js, w = (run.distances[name] * [MEASURE_EVERY, 1] - [MEASURE_EVERY, 0] for name in ("JS", "W"))
    right = max(run.iteration, 10)
    floors = [
        layers.line(f"floor {i}", [[0, floor], [right, floor]], "faint", dashed=bool(i))
        for i, floor in enumerate(run.floor)
    ]
    values = [value for value in (*js[:, 1], *w[:, 1]) if np.isfinite(value)]
    lines = [
        layers.line("JS", js, "text", label="Jensen-Shannon"),
        layers.line("W", w, "text", label="Wasserstein", dashed=True),
    ]
    return [*floors, *lines], (0, right), _roomy(0.0, max(values, default=1.0))


def _roomy(low: float, high: float) -> tuple[float, float]:
    """The edges with some air, and room for the legend above."""
    span = max(high - low, 1e-3)
    return low - (0.05 * span if low < 0 else 0.0), high + 0.22 * span
