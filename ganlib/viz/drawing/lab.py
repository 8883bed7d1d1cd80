"""A lab in which a network colours what the reader draws, while it is drawn."""

from collections.abc import Callable

import numpy as np
import torch
from ipywidgets import Layout, ToggleButton, VBox, Widget
from torch import Tensor, nn
from traitlets import link

from ganlib.data.avatars import SIZES, Attributes, render
from ganlib.viz.browser import Guard, Still
from ganlib.viz.controls import make_button, make_choice, row
from ganlib.viz.drawing.easel import PENS, Easel
from ganlib.viz.drawing.history import History
from ganlib.viz.drawing.ink import Point, from_picture, lined, to_picture
from ganlib.viz.drawing.picture import drawing_picture
from ganlib.viz.events import Events, Later, as_often, close_all, replace_predecessor
from ganlib.viz.style import Picture
from ganlib.viz.translation import Judge, read, translate
from ganlib.viz.translation_lab import STILL_AFTER_S

OTHERS = 2**40  # training sets have smaller seeds, so these faces are new
MIRROR = "Draw every line on both sides of the middle"
TIPS = ("As thin as the lines that the network was trained on", "Twice as thick", "For filling in")


class DrawingCanvas(Still, VBox):
    """Draw line art, and see what a network makes of it.

        lab = DrawingCanvas(models.pretrained("colouring"))
        lab.draw_line((8, 20), (24, 20))     # what the mouse can do has a method
        lab.result                           # the network's picture (1, 3, size, size)

    - ``generator`` maps line drawings (N, 3, size, size) in [-1, 1], dark ink on white paper, to pictures of the same
      form. It may be on any device and in training: looking at it changes nothing of it.
    - ``size`` is 16, 32 or 64.
    - ``judge`` takes pictures (N, C, H, W) and says in words what each shows.

    It opens with an avatar's line drawing; ``another`` brings the next one, and equal ``seed`` the same ones. No draw
    comes from the global random stream.

    Raises: ValueError for another size, or a generator that makes no picture of a drawing.

    Source: the interactive demonstrations of pix2pix, Isola et al. 2017, arXiv 1611.07004, section 4.2.
    """

    def __init__(self, generator: nn.Module, size: int = 32, *, judge: Judge | None = None, seed: int = 0):
        if size not in SIZES:
            raise ValueError(f"size = {size!r}, expected one of {', '.join(map(str, SIZES))}")
        self.generator, self.judge, self.size = generator, judge, size
        self._stream, self.events = torch.Generator().manual_seed(OTHERS + seed), Events()
        self._redraw = self.events.paced(self.draw)
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self._history = History(self._face().tobytes())
        self._make_easel()
        super().__init__(self._rows())
        self.add_class("ganlib-drawing-lab")
        self.draw()
        replace_predecessor(type(self).__name__, self._retire)

    @property
    def ink(self) -> np.ndarray:
        """How much of each pixel is covered: (size, size) uint8, 0 is paper and 255 is ink."""
        return np.frombuffer(self._history.now, np.uint8).reshape(self.size, self.size)

    @property
    def drawing(self) -> Tensor:
        """The drawing as the generator gets it: (1, 3, size, size) in [-1, 1]. Set it with such a picture.

        Raises: ValueError for another shape or numbers that are not finite.
        """
        return to_picture(self.ink)

    @drawing.setter
    def drawing(self, picture: Tensor) -> None:
        expected = (1, 3, self.size, self.size)
        if picture.shape != expected or not picture.isfinite().all():
            raise ValueError(f"drawing has shape {tuple(picture.shape)}, expected {expected} and finite numbers")
        self._put(from_picture(picture[0].detach().cpu()))

    @property
    def result(self) -> Tensor:
        """What the generator makes of the drawing: (1, 3, H, W) on the CPU."""
        return translate(self.generator, self.drawing)

    @property
    def pen(self) -> str:
        """The pen: "fine", "medium" or "thick". Set it with one of these."""
        return tuple(PENS)[self.easel.pen]

    @pen.setter
    def pen(self, name: str) -> None:
        if name not in PENS:
            raise ValueError(f"pen = {name!r}, expected one of {', '.join(PENS)}")
        self.easel.pen = tuple(PENS).index(name)

    @property
    def erasing(self) -> bool:
        """Whether the pen takes ink away. Set it with a bool."""
        return self.easel.erasing

    @erasing.setter
    def erasing(self, on: bool) -> None:
        self.easel.erasing = on

    @property
    def mirror(self) -> bool:
        """Whether every line is drawn on both sides of the middle. Set it with a bool."""
        return self.easel.mirror

    @mirror.setter
    def mirror(self, on: bool) -> None:
        self.easel.mirror = on

    def draw_line(self, start: Point, end: Point) -> None:
        """Draw a line with the pen that is chosen, from (x, y) to (x, y) in pixels; (0, 0) is the upper left corner.

        Raises: ValueError for a point that is no pair of finite numbers.
        """
        for name, point in (("start", start), ("end", end)):
            if len(point) != 2 or not np.isfinite(point).all():
                raise ValueError(f"{name} = {point!r}, expected (x, y) of finite numbers")
        width = PENS[self.pen][self.erasing]
        ink = lined(self.ink, start, end, width, self.erasing)
        if self.mirror:
            other = [(self.size - x, y) for x, y in (start, end)]
            ink = lined(ink, *other, width, self.erasing)
        self._put(ink)

    def clear(self) -> None:
        """Begin with an empty sheet."""
        self._put(np.zeros((self.size, self.size), np.uint8))

    def another(self) -> None:
        """Begin with the line drawing of another avatar."""
        self._put(self._face())

    def undo(self) -> bool:
        """Take the last line back; False if there was none."""
        return self._travel(self._history.undo)

    def redo(self) -> bool:
        """Draw again what was last taken back; False if there is nothing."""
        return self._travel(self._history.redo)

    def draw(self) -> None:
        """Translate the drawing anew, as after the generator has learned."""
        self.events.clear()
        self._buttons["undo"].disabled = not self._history.can_undo
        self._buttons["redo"].disabled = not self._history.can_redo
        result = self.result
        said = read(self.judge, result)[0]
        self.easel.show(result, said)
        self._still_later.ask()

    def still(self) -> Picture:
        """The drawing and what the generator makes of it."""
        return drawing_picture(self.drawing, self.result, read(self.judge, self.result)[0])

    def _face(self) -> np.ndarray:
        """The ink of the next avatar's line drawing."""
        return from_picture(render(Attributes.sample(1, self._stream), self.size, "sketch")[0])

    def _put(self, ink: np.ndarray) -> None:
        """Let the drawing be another one."""
        self._catch_up()
        self._history.change(ink.tobytes())
        self._show_ink()

    def _travel(self, move: Callable[[], bool]) -> bool:
        self._catch_up()
        moved = move()
        if moved:
            self._show_ink()
        return moved

    def _show_ink(self) -> None:
        self.easel.put(self._history.now)
        self._redraw()

    def _catch_up(self) -> None:
        """What the browser has drawn becomes part of the history."""
        if not self.easel.stale:
            self._history.change(self.easel.ink, self.easel.gesture)

    def _drawn(self) -> None:
        """There is ink on the easel: from the browser, or put there."""
        self._catch_up()
        if self.easel.ink != self._history.now:
            self.easel.put(self._history.now)
        self._redraw()

    def _make_easel(self) -> None:
        self.easel = Easel(size=self.size, ink=self._history.now)
        heard = {"ink": lambda change: self._drawn(), "undone": as_often(self.undo), "redone": as_often(self.redo)}
        for name, act in heard.items():
            self.easel.observe(self.events.handler(act), name)

    def _rows(self) -> list[Widget]:
        pens = make_choice(tuple(PENS), self.pen, TIPS)
        eraser = ToggleButton(description="Eraser", tooltip="Take ink away", icon="eraser", layout=Layout(width="auto"))
        mirror = ToggleButton(description="Mirror", tooltip=MIRROR, icon="columns", layout=Layout(width="auto"))
        for control, trait, its in ((pens, "pen", "index"), (eraser, "erasing", "value"), (mirror, "mirror", "value")):
            link((self.easel, trait), (control, its))
        looks = {
            "undo": ("Undo", "Take the last line back", self.undo, "undo"),
            "redo": ("Redo", "Draw again what was taken back", self.redo, "repeat"),
            "clear": ("Clear", "Begin with an empty sheet", self.clear, "trash"),
            "another": ("Another face", "Begin with an avatar's line drawing", self.another, "refresh"),
        }
        self._buttons = {
            name: make_button(words, tip, self.events.handler(lambda _, action=action: action()), icon)
            for name, (words, tip, action, icon) in looks.items()
        }
        tools = row(pens, eraser, mirror, *self._buttons.values())
        return [tools, self.easel, self.events.box, Guard()]

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        close_all(self)
