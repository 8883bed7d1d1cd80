"""How the two worlds look: what the fakes are, beside the real data."""

from math import pi

import torch
from ipywidgets import HTML, VBox
from torch import Tensor

from ganlib import metrics
from ganlib.viz import layers
from ganlib.viz.canvas import Canvas
from ganlib.viz.figures import draw_images
from ganlib.viz.gallery import Gallery
from ganlib.viz.metrics_dashboard.plane import EDGE
from ganlib.viz.metrics_dashboard.world import Sample
from ganlib.viz.style import Picture

SHOWN = 250  # points of each kind
COLUMNS, FAKE_TILES, REAL_TILES = 6, 30, 12
CIRCLE = torch.linspace(0, 2 * pi, 73, dtype=torch.float64)


class PlaneScene:
    """Real points and fakes, and the two Gaussians that FID sees of them."""

    def __init__(self):
        alt = "Real points and fakes in the plane, with the ellipse of the Gaussian fitted to each."
        edges = (-EDGE, EDGE)
        self.canvas = Canvas(alt, edges, edges, width=420, height=410, legend=True, equal=True)
        self.widget = self.canvas

    def show(self, real: Sample, fake: Sample) -> None:
        """Show both samples."""
        self.canvas.show(
            [
                layers.points("real", real.x[:SHOWN], "real", size=1.8, alpha=0.6, label="real"),
                layers.points("fake", fake.x[:SHOWN], "fake", marker="x", size=2.4, alpha=0.7, label="fake"),
                layers.boundary("real Gaussian", _ellipse(real.features), "real", label="what FID sees of each"),
                layers.boundary("fake Gaussian", _ellipse(fake.features), "fake", dashed=True),
            ]
        )

    def draw_on(self, picture: Picture, place) -> None:
        """The scene as a part of a picture."""
        self.canvas.draw_on(picture, place)


class DigitScene:
    """Some fakes with what the classifier reads in them, and some training pictures."""

    def __init__(self):
        self.fakes = Gallery("Fakes, with what the classifier reads", COLUMNS, 48)
        self.reals = Gallery("Training pictures", COLUMNS, 48)
        heads = [HTML(f"<small>{words}</small>") for words in ("fakes, and what the classifier reads", "training set")]
        self._shown: tuple[Tensor, Tensor] | None = None
        self.widget = VBox([heads[0], self.fakes, heads[1], self.reals])

    def show(self, real: Sample, fake: Sample) -> None:
        """Show the first of both samples."""
        known, self._shown = self._shown, (fake.x[:FAKE_TILES], real.x[:REAL_TILES])
        best = fake.probabilities[:FAKE_TILES].max(1)
        reads = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        captions = [f"{digit}:\u00a0{sure:.2f}" for digit, sure in reads]
        self.fakes.show(self._shown[0], captions, [f"read as {words}" for words in captions])
        if known is None or not torch.equal(known[1], self._shown[1]):
            self.reals.show(self._shown[1], labels=[f"training picture {i + 1}" for i in range(REAL_TILES)])

    def draw_on(self, picture: Picture, place) -> None:
        """The scene as a part of a picture."""
        cells = place.subgridspec(2, 1, height_ratios=(FAKE_TILES, REAL_TILES))
        for cell, images, words in zip(cells, self._shown, ("fakes", "training set"), strict=True):
            ax = picture.axes_of(cell)
            draw_images(ax, images, COLUMNS)
            picture.caption(ax, words, loc="left")


def _ellipse(x: Tensor) -> Tensor:
    """The points at two standard deviations of the Gaussian fitted to x: (73, 2)."""
    mean, covariance = metrics.gaussian_statistics(x)
    values, vectors = torch.linalg.eigh(covariance)
    circle = torch.stack([CIRCLE.cos(), CIRCLE.sin()])
    return (mean[:, None] + 2 * vectors @ (values.clamp_min(0).sqrt()[:, None] * circle)).T
