"""What the views have in common, and how their parts look."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ipywidgets import Button, Layout, VBox, Widget
from torch import Tensor

from ganlib.viz.controls import make_button
from ganlib.viz.gallery import Gallery

if TYPE_CHECKING:
    from ganlib.viz.latent.stage import LatentStage


class View:
    """A way of moving the z of the stage. It has a ``name``, a ``tip`` that explains it, and ``rows`` of widgets.

    ``fill`` makes what does not depend on z; ``follow`` makes what does, whenever z has moved.
    """

    name = tip = ""

    def __init__(self, lab: "LatentStage"):
        self.lab, self.space = lab, lab.space
        self.fill_soon = lab.events.paced(self.fill)
        self._make()
        self.box = VBox(self.rows(), layout=Layout(width="100%"))

    def _make(self) -> None:
        """Make the widgets and give them their meaning."""
        raise NotImplementedError

    def rows(self) -> list[Widget]:
        """The view's widgets from top to bottom."""
        raise NotImplementedError

    def fill(self) -> None:
        """Bring what does not depend on z up to date."""

    def follow(self) -> None:
        """Bring what depends on z up to date."""

    def on_change(self, widget: Widget, action: Callable[[object], None], trait: str = "value") -> None:
        """Call ``action`` with the new value whenever the widget's value changes."""
        widget.observe(self.lab.events.handler(lambda change: action(change["new"])), trait)

    def button(self, words: str, tooltip: str, action: Callable[[], object], icon: str = "") -> Button:
        """A button that does ``action``."""
        return make_button(words, tooltip, self.lab.events.handler(lambda _: action()), icon)

    def gallery(self, name: str, action: Callable[[int], None], columns: int = 9) -> Gallery:
        """A gallery whose tiles do ``action`` when they are pressed."""
        gallery = Gallery(name, columns, pressable=True)
        gallery.on_press(self.lab.events.handler(action))
        return gallery

    def show(self, gallery: Gallery, z: Tensor, captions: Sequence[str] = (), marked: Sequence[int] = ()) -> Tensor:
        """Show the images of vectors z (n, d); returns them. The judge's words join the captions for those who hear."""
        images = self.lab.images(z)
        read = self.lab.read(images)
        names = captions or [f"picture {i}" for i in range(1, len(z) + 1)]
        labels = [f"{name}: {words}" if words else name for name, words in zip(names, read, strict=True)]
        gallery.show(images, captions, labels, marked)
        return images
