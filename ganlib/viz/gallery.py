"""Small pictures side by side, with square pixels, that can be pressed."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import traitlets
from anywidget import AnyWidget
from torch import Tensor

from ganlib.viz.browser import STYLES, script
from ganlib.viz.figures import mosaic


class Gallery(AnyWidget):
    """Images as tiles, each pixel a square of whole screen pixels.

        gallery = Gallery("Samples", columns=8, pressable=True)
        gallery.on_press(lambda i: print(i))
        gallery.show(images, captions=["first", "second"], marked=[1])

    ``name`` says what is in it. There are ``columns`` tiles in a row, fewer where there is no room; each is as near to
    ``side`` pixels high as its images allow. In an ``aligned`` gallery there are ``columns`` in each row whatever the
    room, so that what stands in a column stays there: the tiles get smaller. Tiles that are ``pressable`` are buttons:
    the Tab key reaches the gallery, arrow keys go from tile to tile, Space presses.
    """

    _esm = script("shell", "gallery")
    _css = STYLES
    name = traitlets.Unicode("").tag(sync=True)
    columns = traitlets.Int(1).tag(sync=True)
    side = traitlets.Int(64).tag(sync=True)
    pressable = traitlets.Bool(False).tag(sync=True)
    aligned = traitlets.Bool(False).tag(sync=True)
    shape = traitlets.List().tag(sync=True)  # tiles, height, width
    pixels = traitlets.Bytes(b"").tag(sync=True)  # red, green, blue of each
    captions = traitlets.List().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    heads = traitlets.List().tag(sync=True)
    marked = traitlets.List().tag(sync=True)

    def __init__(self, name: str, columns: int = 1, side: int = 64, *, pressable: bool = False, aligned: bool = False):
        super().__init__(name=name, columns=columns, side=side, pressable=pressable, aligned=aligned)
        self._pressed: list[Callable[[int], None]] = []
        self.on_msg(lambda _, content, buffers: self.press(content["press"]))

    def show(
        self,
        images: Tensor,
        captions: Sequence[str] = (),
        labels: Sequence[str] = (),
        marked: Iterable[int] = (),
        heads: Sequence[str] = (),
    ) -> None:
        """Show images (N, C, H, W) in [-1, 1].

        ``captions`` stand below the tiles. ``labels`` say in words what each shows, by default its caption. The tiles
        ``marked`` have a frame. ``heads`` stand above the columns of an aligned gallery.

        Raises: ValueError for another shape.
        """
        tiles = np.stack([mosaic(image[None], 1) for image in images])
        with self.hold_sync():
            self.shape = list(tiles.shape[:3])
            self.pixels = (tiles * 255).round().astype(np.uint8).tobytes()
            self.captions, self.labels, self.marked = [*captions], [*(labels or captions)], [*marked]
            self.heads = [*heads]

    def on_press(self, pressed: Callable[[int], None]) -> None:
        """Call ``pressed(i)`` whenever tile i is pressed."""
        self._pressed.append(pressed)

    def press(self, i: int) -> None:
        """Press tile i.

        Raises: ValueError when there is no such tile.
        """
        if not self.shape or i not in range(self.shape[0]):
            raise ValueError(f"i = {i!r}, expected a tile from 0 to {self.shape[0] - 1 if self.shape else 'none'}")
        for pressed in self._pressed:
            pressed(i)
