"""Two pictures in one place, and a curtain between them."""

from collections.abc import Callable, Sequence

import numpy as np
import traitlets
from anywidget import AnyWidget
from torch import Tensor

from ganlib.viz.browser import STATIC, STYLES, script
from ganlib.viz.figures import mosaic


class Wipe(AnyWidget):
    """Left of the curtain the first picture, right of it the second.

    ``position`` of the curtain is from 0 (all of the second is seen) to 1; the mouse drags it, and a slider moves it by
    keyboard. The arrow keys on the picture call ``stepped(-1)`` and ``stepped(1)``, which may show other pictures.
    """

    _esm = script("shell", "wipe")
    _css = STYLES + (STATIC / "wipe.css").read_text(encoding="utf-8")
    side = traitlets.Int(256).tag(sync=True)  # width in pixels of the screen, where there is room
    shape = traitlets.List([0, 0]).tag(sync=True)  # height, width
    pixels = traitlets.Bytes(b"").tag(sync=True)  # red, green, blue of the first picture, then of the second
    names = traitlets.List(["", ""]).tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    position = traitlets.Float(0.5).tag(sync=True)

    def __init__(self, stepped: Callable[[int], None], hint: str):
        super().__init__(hint=hint)
        self.on_msg(lambda _, content, buffers: stepped(content["step"]))

    def show(self, images: Sequence[Tensor], names: Sequence[str], alt: str) -> None:
        """Show two images (1, C, H, W) of one size in [-1, 1], with their names; ``alt`` says what they are."""
        pair = np.stack([mosaic(image, 1) for image in images])
        with self.hold_sync():
            self.shape, self.names, self.alt = [*pair.shape[1:3]], [*names], alt
            self.pixels = (pair * 255).round().astype(np.uint8).tobytes()
