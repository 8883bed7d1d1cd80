"""A live 2-D scene in the browser: layers of numbers out, hover coordinates and drawn points in."""

from collections.abc import Sequence

import numpy as np
import traitlets
from anywidget import AnyWidget
from torch import Tensor

from ganlib.viz.browser import PALETTE, STYLES, Still, script
from ganlib.viz.layers import Layer, paint
from ganlib.viz.style import DOTS_PER_INCH, Picture


class Canvas(Still, AnyWidget):
    """Draws layers (see ``ganlib.viz.layers``) in the browser, which scales, colours and explores them by itself.

    ``alt`` says in words what is shown. ``xlim`` and ``ylim`` are the edges of the view; ``width`` and ``height`` are
    its shape, in pixels at full size, and it shrinks with its column. ``legend`` names the lines. A still picture keeps
    both scales ``equal`` if asked to.

    Moving the mouse, or the arrow keys on the focused canvas, moves a crosshair. Its coordinates, called ``names``, are
    read out below, in the place of ``hint``. With ``drawing`` on, the mouse draws points, the space bar sets one at the
    crosshair, and Backspace takes the last one back; they arrive in ``drawn``.

    Each frame is one message of float32 bytes. Colours follow the page's theme without a word to the kernel.

    Raises: ValueError when an edge is not above its opposite.
    """

    _esm = script("shell", "marks", "axes", "canvas", "drawing")
    _css = STYLES
    palette = traitlets.Dict(PALETTE).tag(sync=True)
    size = traitlets.List().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    frame = traitlets.Bytes(b"").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    drawing = traitlets.Bool(False).tag(sync=True)
    drawn = traitlets.List().tag(sync=True)

    def __init__(
        self,
        alt: str,
        xlim: Sequence[float],
        ylim: Sequence[float],
        *,
        width: int = 480,
        height: int = 400,
        xlabel: str = "",
        names: tuple[str, str] = ("x", "y"),
        legend: bool = False,
        equal: bool = False,
    ):
        super().__init__(size=[width, height])
        self._equal = equal
        self._scene: list[Layer] = []
        view = {"alt": alt, "xlabel": xlabel, "legend": legend, "xname": names[0], "yname": names[1]}
        self.view = view | {"xlim": _edges("xlim", xlim), "ylim": _edges("ylim", ylim)}

    def show(self, scene: Sequence[Layer], xlim: Sequence[float] | None = None, ylim: Sequence[float] | None = None):
        """Show the layers, the first at the bottom, and move the edges where they are given."""
        edges = {"xlim": xlim, "ylim": ylim}
        moved = {name: _edges(name, pair) for name, pair in edges.items() if pair is not None}
        self._scene = list(scene)
        with self.hold_sync():
            self.view = {**self.view, **moved}
            self.layers = [layer.description() for layer in self._scene]
            self.frame = b"".join(layer.values.tobytes() for layer in self._scene)

    def morph(self, starts: dict[str, Tensor], seconds: float = 2.0) -> None:
        """Let the named layers travel, once, from other values of the same shape to those that they show."""
        buffers = [np.ascontiguousarray(values.cpu(), dtype=np.float32).tobytes() for values in starts.values()]
        self.send({"do": "morph", "layers": list(starts), "seconds": seconds}, buffers)

    def draw_on(self, picture: Picture, place=111) -> None:
        """Draw the scene as it is now into a picture."""
        ax = picture.axes_of(place)
        ax.set(xlim=self.view["xlim"], ylim=self.view["ylim"], xlabel=self.view["xlabel"])
        for layer in self._drawn():
            paint(ax, layer)
        ax.set(xlim=self.view["xlim"], ylim=self.view["ylim"])
        if self._equal:
            ax.set_aspect("equal")
        if self.view["legend"] and ax.get_legend_handles_labels()[1]:
            legend = ax.legend(frameon=False, fontsize=9, loc="upper left", ncols=3, borderaxespad=0)
            for words in legend.get_texts():
                words.set_color(picture.theme.text)

    def _drawn(self) -> list[Layer]:
        """What a picture of the canvas shows, from back to front."""
        return self._scene

    def still(self) -> Picture:
        """The scene as a picture."""
        width, height = (pixels / DOTS_PER_INCH for pixels in self.size)
        picture = Picture(width, height, self.view["alt"])
        self.draw_on(picture)
        return picture


def _edges(name: str, pair: Sequence[float]) -> list[float]:
    low, high = (float(edge) for edge in pair)
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"{name} = {tuple(pair)}, expected two finite numbers, the lower one first")
    return [low, high]
