"""A sheet to draw on and, beside it, the picture that is made of the drawing."""

import numpy as np
import traitlets
from anywidget import AnyWidget
from torch import Tensor

from ganlib.viz.browser import STATIC, STYLES, script
from ganlib.viz.drawing.ink import COLOUR
from ganlib.viz.figures import mosaic

PENS = {"fine": (0.6, 2.6), "medium": (1.5, 4.0), "thick": (3.0, 8.0)}
"""The width of each pen in pixels, and of its eraser, which is two pixels wider at least: it leaves nothing of a line.

A fine line is as thin as those of the avatars' sketches.
"""

HELP = (
    "Mouse, pen or finger: draw. Keys on the sheet: arrows move the cursor, four pixels with Shift; it draws while "
    "Space is held, or from Enter to Enter. E erases, M mirrors, 1 to 3 choose the pen, Ctrl+Z takes back and Ctrl+Y "
    "does it again."
)


def _bytes(value: bytes | memoryview, widget: AnyWidget) -> bytes:
    return bytes(value)


class Easel(AnyWidget):
    """The drawing in the browser.

    ``ink`` is the sheet, size x size bytes. It changes in the browser at once, and here up to 20 times a second while a
    line is drawn; one ``gesture`` is a line from pen down to pen up. ``put`` changes it from here. ``picture`` is what
    stands beside it, red, green and blue of each pixel, and a judge has ``said`` what it shows. ``names`` are what the
    two are called.
    """

    _esm = script("shell", "ink", "easel")
    _css = STYLES + (STATIC / "easel.css").read_text(encoding="utf-8")
    size = traitlets.Int(32).tag(sync=True)
    ink = traitlets.Bytes(b"").tag(sync=True, from_json=_bytes, echo_update=False)
    gesture = traitlets.Int(0).tag(sync=True)
    version = traitlets.Int(0).tag(sync=True)  # counts what ``put`` has put
    base = traitlets.Int(0).tag(sync=True)  # the version that the browser has drawn on
    pen = traitlets.Int(0).tag(sync=True)
    widths = traitlets.List([*PENS.values()]).tag(sync=True)
    erasing = traitlets.Bool(False).tag(sync=True)
    mirror = traitlets.Bool(False).tag(sync=True)
    undone = traitlets.Int(0).tag(sync=True)  # how often the browser has asked for undo
    redone = traitlets.Int(0).tag(sync=True)
    colour = traitlets.List(np.rint((COLOUR + 1) * 127.5).astype(int).tolist()).tag(sync=True)
    shape = traitlets.List([0, 0]).tag(sync=True)  # of the picture: height, width
    picture = traitlets.Bytes(b"").tag(sync=True)
    names = traitlets.List(["your drawing", "what the generator makes of it"]).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    help = traitlets.Unicode(HELP).tag(sync=True)

    def put(self, ink: bytes) -> None:
        """Let the sheet be another one. What the browser draws on the old one until it hears of this is stale."""
        with self.hold_sync():
            self.version += 1
            self.ink = ink

    def show(self, image: Tensor, said: str) -> None:
        """Show an image (1, C, H, W) in [-1, 1] beside the sheet, and what a judge reads in it."""
        pixels = mosaic(image, 1)
        with self.hold_sync():
            self.shape, self.said = [*pixels.shape[:2]], said
            self.picture = (pixels * 255).round().astype(np.uint8).tobytes()

    @property
    def stale(self) -> bool:
        """Whether the browser has not drawn yet on what was last put; ink from there was drawn on an earlier sheet."""
        return self.base != self.version
