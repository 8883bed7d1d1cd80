"""What a run has made at some moment, beside what it was to learn."""

import torch
from ipywidgets import HTML, Box, Layout, VBox, Widget
from matplotlib.axes import Axes
from torch import Tensor

from ganlib.clinic import Recording
from ganlib.viz import layers
from ganlib.viz.canvas import Canvas
from ganlib.viz.controls import ROW
from ganlib.viz.figures import draw_images
from ganlib.viz.gallery import Gallery
from ganlib.viz.layers import Layer
from ganlib.viz.style import Picture

AROUND = 1.35  # how far the view goes beyond the real points
INSIDE = 0.97  # where marks at its edge lie
COLUMNS, TILES, SIDE = 5, 20, 32


class Samples:
    """Points on a canvas, blue real ones and orange fakes; or two galleries, fakes and what D is shown as real.

    ``open(kind, real)`` chooses; ``show(run, moment)`` shows the samples that a run kept.
    """

    def __init__(self, name: str):
        self.name, self._kind = name, "points"
        self._caption, self._real = HTML(), torch.zeros(1, 2)
        alt = f"Real points and the generator\u2019s samples, {name}."
        self._canvas = Canvas(alt, (-1, 1), (-1, 1), width=280, height=270, equal=True)
        self._fakes, self._reals = (Gallery(f"{what}, {name}", COLUMNS, SIDE) for what in ("Fakes", "Real"))
        self._views = {"points": self._plane(), "images": self._galleries()}
        self.box = VBox([self._caption, *self._views.values()], layout=Layout(width="100%"))

    def open(self, kind: str, real: Tensor) -> None:
        """Make ready for samples of a kind, with the real ones to compare with."""
        self._kind, self._real = kind, real
        for name, view in self._views.items():
            view.layout.display = "flex" if name == kind else "none"
        if kind == "images":
            self._reals.show(real[:TILES], labels=[f"real picture {i + 1}" for i in range(len(real[:TILES]))])
        else:
            edge = edge_of(real)
            self._canvas.view = {**self._canvas.view, "xlim": [-edge, edge], "ylim": [-edge, edge]}

    def show(self, run: Recording | None, moment: int) -> None:
        """Show what a run had made at a moment that it kept; the last one where it has not come so far."""
        if run is None or not len(run.moments):
            self._caption.value = "Samples: none yet."
            self._put(None)
            return
        at = min(moment, len(run.moments) - 1)
        samples = torch.as_tensor(run.samples[at])
        self._caption.value = f"Samples {_when(run.moments[at])}{self._outside(samples)}"
        self._put(samples)

    def draw_on(self, picture: Picture, place, run: Recording, moment: int) -> None:
        """Draw the same into a picture."""
        ax, at = picture.axes_of(place), min(moment, len(run.moments) - 1)
        samples = torch.as_tensor(run.samples[at])
        if self._kind == "points":
            draw_plane(ax, self._real, samples)
        else:
            draw_images(ax, samples[:TILES], COLUMNS)
        ax.set_anchor("N")
        picture.caption(ax, _when(run.moments[at]))

    def _plane(self) -> Widget:
        return Box([self._canvas], layout=Layout(max_width="290px", width="100%"))

    def _galleries(self) -> Widget:
        half = Layout(flex="1 1 185px", max_width="200px")
        sides = ("fake", "Fakes", self._fakes), ("real", "What D is shown as real", self._reals)
        panes = [VBox([_mark(kind, words), gallery], layout=half) for kind, words, gallery in sides]
        return Box(panes, layout=Layout(**ROW | {"align_items": "flex-start"}))

    def _put(self, samples: Tensor | None) -> None:
        if self._kind == "points":
            self._canvas.show(scene(self._real, torch.zeros(0, 2) if samples is None else samples))
        else:
            paper = -1.0 if self._real.shape[1] == 1 else 1.0
            blank = torch.full_like(self._real[:TILES].float(), paper)
            shown = blank if samples is None else samples[:TILES]
            self._fakes.show(shown, labels=[f"fake {i + 1}" for i in range(len(shown))])

    def _outside(self, samples: Tensor) -> str:
        """How many points lie beyond the view."""
        if self._kind != "points" or not (beyond := len(_beyond(self._real, samples))):
            return "."
        return f"; {beyond} of {len(samples)} lie outside the picture."


def edge_of(real: Tensor) -> float:
    """Where the view of points ends, on all four sides."""
    return float(AROUND * real.abs().max())


def scene(real: Tensor, fakes: Tensor) -> list[Layer]:
    """Real points as dots, fakes as crosses above them; squares at the edge stand for fakes that lie outside."""
    edge = INSIDE * edge_of(real)
    return [
        layers.points("real", real, "real", size=1.6, alpha=0.55),
        layers.points("fake", fakes, "fake", marker="x", size=2.6, alpha=0.9),
        layers.points("outside", _beyond(real, fakes).clamp(-edge, edge), "fake", marker="square", size=3.2),
    ]


def draw_plane(ax: Axes, real: Tensor, fakes: Tensor) -> None:
    """The same on axes of a picture, and in words how many fakes lie outside."""
    edge, beyond = edge_of(real), len(_beyond(real, fakes))
    for layer in scene(real, fakes):
        layers.paint(ax, layer)
    ax.set(xlim=(-edge, edge), ylim=(-edge, edge), xticks=[], yticks=[], aspect="equal")
    if beyond:
        words = f"{beyond} of {len(fakes)} lie outside"
        ax.text(0.5, 0.05, words, transform=ax.transAxes, ha="center", color=ax.figure.theme.fake, fontsize=9)


def _beyond(real: Tensor, points: Tensor) -> Tensor:
    return points[(points.abs() > edge_of(real)).any(dim=1)]


def _when(update: int) -> str:
    return f"after {update:,} updates" if update else "before training"


def _mark(kind: str, words: str) -> HTML:
    return HTML(f'<b class="ganlib-mark-{kind}">{words}</b>')
