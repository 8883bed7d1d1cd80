"""The laboratory of precision and recall: real points and fakes that the reader moves, and the balls around them."""

from collections.abc import Callable
from textwrap import wrap

import torch
from ipywidgets import VBox, Widget
from torch import Tensor

from ganlib.viz.browser import Still
from ganlib.viz.controls import expect
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.precision_recall import words
from ganlib.viz.precision_recall.balls import VIEWS, Balls, missing
from ganlib.viz.precision_recall.face import ALT, FAKE, HANDLE, MOST, REAL, Face
from ganlib.viz.precision_recall.presets import PRESETS
from ganlib.viz.precision_recall.scene import scene
from ganlib.viz.style import Picture

HANDLE_AT = (0.0, 0.0)
STILL_AFTER_S = 5.0  # drawing it takes the kernel half a second


class PrecisionRecallLab(Still, VBox):
    """Precision, recall, density and coverage as pictures, measured again whenever a point moves.

        lab = PrecisionRecallLab()
        lab = PrecisionRecallLab("an outlier among the real", view="density", k=5)

    Around each point lies the ball that reaches its k-th neighbour of the same kind. The ``view`` is the metric whose
    question is drawn: "precision", "recall", "density" or "coverage"; rings mark the points that it finds outside. All
    four share the ``k``. Points are dragged, added and removed; the diamond takes the cloud of fakes with it.

    Everything that the mouse can do has a method or an attribute.

    Raises: ValueError for a preset or view that is none, or k beyond 1 to 10.

    Source: Kynkäänniemi et al. 2019, arXiv 1904.06991; Naeem et al. 2020, arXiv 2002.09797.
    """

    def __init__(self, preset: str = "good fakes", *, view: str = "precision", k: int = 3):
        expect("preset", preset, PRESETS)
        expect("view", view, VIEWS)
        expect("k", k, range(1, MOST + 1))
        self.events = Events()
        self.face = Face(preset, view, k, self.events.box)
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self.draw = self.events.paced(self._draw)
        self.points = PRESETS[preset]()
        self.face.canvas.forget()
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-lab")
        self._draw()
        replace_predecessor("PrecisionRecallLab", self._retire)

    @property
    def points(self) -> tuple[Tensor, Tensor]:
        """Real points (n, 2) and fakes (m, 2), float64. Set it with such a pair; the diamond then is in the middle.

        Raises: ValueError for other shapes.
        """
        of_group = self.face.canvas.of_group
        return tuple(torch.tensor(of_group(kind), dtype=torch.float64).view(-1, 2) for kind in (REAL, FAKE))

    @points.setter
    def points(self, pair: tuple[Tensor, Tensor]) -> None:
        real, fake = (torch.as_tensor(each) for each in pair)
        if not all(x.dim() == 2 and x.shape[1] == 2 for x in (real, fake)):
            raise ValueError(
                f"points have shapes {tuple(real.shape)} and {tuple(fake.shape)}, expected (n, 2) and (m, 2)"
            )
        rows = [[*place, kind] for kind, x in ((REAL, real), (FAKE, fake)) for place in x.tolist()]
        self.face.canvas.put([*rows, [*HANDLE_AT, HANDLE]])

    @property
    def view(self) -> str:
        """The metric whose question is drawn."""
        return self.face.view.value

    @view.setter
    def view(self, name: str) -> None:
        expect("view", name, VIEWS)
        self.face.view.value = name

    @property
    def k(self) -> int:
        """The neighbour that a ball reaches, 1 to 10."""
        return self.face.k.value

    @k.setter
    def k(self, k: int) -> None:
        expect("k", k, range(1, MOST + 1))
        self.face.k.value = k

    @property
    def balls(self) -> Balls:
        """The balls around the present points.

        Raises: ValueError when there are not more than k points of each kind.
        """
        return Balls(*self.points, self.k)

    @property
    def scores(self) -> dict[str, float]:
        """Precision, recall, density and coverage, by name."""
        return self.balls.scores

    def move_fakes(self, x: float, y: float) -> None:
        """Move all fakes by (x, y), and the diamond with them."""
        rows = self.face.canvas.points
        self.face.canvas.put([[u, v, kind] if kind == REAL else [u + x, v + y, kind] for u, v, kind in rows])

    def load(self, preset: str) -> None:
        """Begin with other points, by the name of a preset."""
        expect("preset", preset, PRESETS)
        if self.face.preset.value == preset:
            self.reset()
        self.face.preset.value = preset

    def reset(self) -> None:
        """The present preset's points again."""
        self.points = PRESETS[self.face.preset.value]()

    def undo(self) -> bool:
        """Take the last change of the points back; False if there was none."""
        return self.face.canvas.undo()

    def sentences(self) -> list[str]:
        """What the metric counts, and how far the largest ball reaches."""
        return [words.counted(self.balls, self.view), words.largest(self.balls, self.view)]

    def still(self) -> Picture:
        """The scene with what is said about it."""
        picture = Picture(9.0, 5.4, ALT)
        grid = picture.add_gridspec(1, 2, width_ratios=[1.3, 1])
        self.face.canvas.draw_on(picture, grid[0])
        beside = picture.axes_of(grid[1])
        beside.set_axis_off()
        wrong = missing(*self.points, self.k)
        values = "" if wrong else "\n".join(words.lines(self.balls, self.view))
        said = [values, *([wrong] if wrong else [VIEWS[self.view].asks, *self.sentences()])]
        text = "\n\n".join("\n".join(wrap(one, 44)) if i else one for i, one in enumerate(said))
        beside.text(0, 0.98, text, va="top", color=picture.theme.text, fontsize=9.5, linespacing=1.4)
        return picture

    def _draw(self) -> None:
        self.events.clear()
        wrong = missing(*self.points, self.k)
        if wrong:
            self.face.canvas.show([])
            self.face.say("", [wrong])
        else:
            balls = self.balls
            self.face.canvas.show(scene(balls, self.view))
            self.face.say(words.table(balls, self.view), [VIEWS[self.view].asks, *self.sentences()])
        self._still_later.ask()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        close_all(self)

    def _connect(self) -> None:
        """Give each button and control its meaning."""
        face = self.face
        for name, action in {"undo": self.undo, "reset": self.reset}.items():
            face.buttons[name].on_click(self.events.handler(lambda _, action=action: action()))
        self._observe(face.canvas, "points", lambda change: self.draw())
        self._observe(face.canvas, "tool", lambda change: setattr(face.tool, "value", change["new"]))
        self._observe(face.tool, "value", lambda change: setattr(face.canvas, "tool", change["new"]))
        self._observe(face.preset, "value", lambda change: self.reset())
        for control in (face.view, face.k):
            self._observe(control, "value", lambda change: self.draw())

    def _observe(self, widget: Widget, trait: str, action: Callable[[dict], None]) -> None:
        widget.observe(self.events.handler(action), trait)
