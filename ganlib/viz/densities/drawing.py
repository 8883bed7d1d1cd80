"""What is drawn of two densities and of a discriminator: layers for live canvases, and charts of its training."""

import numpy as np
import torch
from torch import Tensor

from ganlib.data.mixtures import Mixture
from ganlib.viz import layers
from ganlib.viz.densities.training import MEASURE_EVERY, Measures, Training
from ganlib.viz.layers import Layer

XLIM = (-6.0, 6.0)
DENSITY_LIM = (-0.08, 1.27)  # in units of the highest density; below 0 lie the samples, above 1 the legend
PROBABILITY_LIM = (-0.04, 1.19)
LOW = 0.4  # a highest density below this leaves room above it
LOWEST = -6.0  # the chart of V goes this far below the best value
SEEN = torch.linspace(*XLIM, 361, dtype=torch.float64)


def signed(number: float, digits: int) -> str:
    """A number in words of the page: a true minus, and none in front of a zero."""
    return f"{round(number, digits) + 0.0:.{digits}f}".replace("-", "\u2212")


def density_edges(p: Mixture, q: Mixture) -> tuple[float, float]:
    """The lower and the upper edge of a picture of both densities."""
    highest = max(mixture.log_density(SEEN).max().exp().item() for mixture in (p, q))
    return tuple(edge * max(highest, LOW) for edge in DENSITY_LIM)


def densities(p: Mixture, q: Mixture, verdict: Tensor) -> list[Layer]:
    """Both densities, and behind them D's verdict at the points of ``SEEN`` as a tint."""
    tint, edges = torch.nan_to_num(verdict, 0.5)[None, :], density_edges(p, q)
    drawn = [
        layers.line(name, _curve(mixture.log_density(SEEN).exp()), name, label=label, dashed=dashed)
        for mixture, name, label, dashed in ((p, "real", "p_data", False), (q, "fake", "p_g", True))
    ]
    return [layers.verdict("tint", tint, (*XLIM, *edges), label="D"), *drawn]


def verdicts(optimal: Tensor, trained: Tensor | None = None) -> list[Layer]:
    """D* at the points of ``SEEN``, dashed where there is a trained D beside it, and the line of being undecided."""
    half = layers.line("half", [[XLIM[0], 0.5], [XLIM[1], 0.5]], "faint", size=1)
    both = trained is not None
    best = layers.line("best", _curve(optimal), "discriminator", label="D*", dashed=both, size=2)
    if not both:
        return [half, best]
    return [half, layers.line("trained", _curve(trained), "discriminator", label="trained D", size=1.4), best]


def rug(real: Tensor, fake: Tensor, edges: tuple[float, float]) -> list[Layer]:
    """Samples (n,) below the axis of a picture of densities: dots for real ones, crosses for fakes."""
    heights = (("real", real, 0.35 * edges[0], "o"), ("fake", fake, 0.75 * edges[0], "x"))
    return [
        layers.points(f"{name} samples", _at(x, height), name, marker=marker, size=1.8, alpha=0.6)
        for name, x, height, marker in heights
    ]


def here(x: float, edges: tuple[float, float]) -> Layer:
    """An upright line at x."""
    return layers.line("here", [[x, edges[0]], [x, edges[1]]], "text", size=1, alpha=0.7)


def _curve(y: Tensor) -> np.ndarray:
    return torch.stack([SEEN, y.detach().double()], dim=1).numpy()


def _at(x: Tensor, height: float) -> Tensor:
    return torch.stack([x, torch.full_like(x, height)], dim=1)


def value_chart(training: Training, now: Measures) -> tuple[list[Layer], tuple[float, float], tuple[float, float]]:
    """Layers and edges of the chart of V: on D's own points, on all that there could be, and of D*."""
    lines = [
        layers.line("best", _course(training, "best"), "faint", label="V(D*), the bound", size=2),
        layers.line("value", _course(training, "value"), "discriminator", label="V(D)"),
        layers.line("own", _course(training, "own"), "discriminator", label="on own points", dashed=True, size=1.2),
    ]
    shown = np.concatenate([line.values.reshape(-1, 2)[:, 1] for line in lines])
    low = max(np.percentile(shown, 1) if len(shown) else -2.0, now.best + LOWEST)
    return lines, _steps(training), (min(low, -1.0) - 0.1, 0.2 - 0.15 * low)


def error_chart(training: Training) -> tuple[list[Layer], tuple[float, float], tuple[float, float]]:
    """Layers and edges of the chart of D's distance from D*, and of the gap between the two values."""
    error, value, best = (_course(training, name) for name in ("error", "value", "best"))
    gap = np.column_stack([value[:, 0], best[:, 1] - value[:, 1]])
    lines = [
        layers.line("error", error, "text", label="mean |D \u2212 D*|"),
        layers.line("gap", gap, "text", label="V(D*) \u2212 V(D)", dashed=True),
    ]
    high = max(error[:, 1].max(), np.percentile(gap[:, 1], 98)) if len(error) else 0.5
    return lines, _steps(training), (0.0, 1.35 * max(high, 0.02))


def _course(training: Training, name: str) -> np.ndarray:
    """A measure against steps, (n, 2)."""
    return training.curve[name] * [MEASURE_EVERY, 1]


def _steps(training: Training) -> tuple[float, float]:
    return 0.0, max(training.steps, 100)
