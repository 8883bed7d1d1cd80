"""The laboratory of chapter 01: two models of points that the reader moves."""

from collections.abc import Callable, Sequence
from textwrap import wrap

import torch
from ipywidgets import VBox, Widget
from torch import Tensor

from ganlib.viz.browser import Still
from ganlib.viz.controls import expect
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.style import Picture
from ganlib.viz.two_models import words
from ganlib.viz.two_models.face import ALT, Face
from ganlib.viz.two_models.fits import CLASSES, MODELS, Errors, Fits, Score, missing
from ganlib.viz.two_models.presets import PRESETS
from ganlib.viz.two_models.scene import BACKGROUNDS, scene

PROBE = len(CLASSES)  # the group of the strange x
FAR = (4.0, -2.5)
STILL_AFTER_S = 5.0  # drawing it takes the kernel half a second


class TwoModels(Still, VBox):
    """A generative and a discriminative model of points in the plane, fitted again whenever a point moves.

        lab = TwoModels()
        lab = TwoModels("XOR", model="QDA", background="density", seed=3)

    The generative model is "LDA", "QDA" or "naive Bayes"; the discriminative one is logistic regression. Both decision
    lines are always there. The background is "joint" (level lines of p(x, y) for each y), "generative" or
    "discriminative" (the posterior of that model), "density" (log p(x)) or "none". ``sample`` draws from the generative
    model; its rings follow the model until ``clear``. The diamond is the strange x, of which ``score`` tells.

    Everything that the mouse can do has a method or an attribute. Equal seeds give equal samples.

    Raises: ValueError for a preset, model or background that is none.
    """

    def __init__(self, preset="well separated", *, model: str = "LDA", background: str = "joint", seed: int = 0):
        expect("preset", preset, PRESETS)
        expect("model", model, MODELS)
        expect("background", background, BACKGROUNDS)
        self.events = Events()
        self.face = Face(preset, model, background, self.events.box)
        self._seed, self._drawn, self._fits = seed, None, None
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self.draw = self.events.paced(self._draw)
        self.face.canvas.put([*PRESETS[preset](), [*FAR, PROBE]])
        self.face.canvas.forget()
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-lab")
        self._draw()
        replace_predecessor("TwoModels", self._retire)

    @property
    def points(self) -> tuple[Tensor, Tensor]:
        """The points x (n, 2), float64, and their labels y (n,), 0 for A and 1 for B. Set it with such a pair.

        Raises: ValueError for other shapes or labels.
        """
        rows = [row for row in self.face.canvas.points if row[2] != PROBE]
        x = torch.tensor([row[:2] for row in rows], dtype=torch.float64).view(-1, 2)
        return x, torch.tensor([row[2] for row in rows], dtype=torch.long)

    @points.setter
    def points(self, pair: tuple[Tensor, Tensor]) -> None:
        x, y = (torch.as_tensor(each) for each in pair)
        if x.dim() != 2 or x.shape[1] != 2 or y.shape != x.shape[:1] or not set(y.tolist()) <= {0, 1}:
            raise ValueError(
                f"points have shapes {tuple(x.shape)} and {tuple(y.shape)}, expected (n, 2) and n labels 0, 1"
            )
        rows = [[*place, label] for place, label in zip(x.tolist(), y.tolist(), strict=True)]
        self.face.canvas.put([*rows, [*self.probe, PROBE]])

    @property
    def probe(self) -> tuple[float, float]:
        """Where the strange x is."""
        return tuple(self.face.canvas.of_group(PROBE)[0])

    @probe.setter
    def probe(self, place: Sequence[float]) -> None:
        x, y = place
        rows = [row for row in self.face.canvas.points if row[2] != PROBE]
        self.face.canvas.put([*rows, [x, y, PROBE]])

    @property
    def model(self) -> str:
        """The name of the generative model."""
        return self.face.model.value

    @model.setter
    def model(self, name: str) -> None:
        expect("model", name, MODELS)
        self.face.model.value = name

    @property
    def background(self) -> str:
        """The name of what is drawn behind the points."""
        return self.face.background.value

    @background.setter
    def background(self, name: str) -> None:
        expect("background", name, BACKGROUNDS)
        self.face.background.value = name

    @property
    def fits(self) -> Fits:
        """Both models, fitted to the present points.

        Raises: ValueError when a class has no points.
        """
        (x, y), known = self.points, self._fits
        if known is None or known.kind != self.model or not (torch.equal(known.x, x) and torch.equal(known.y, y)):
            self._fits = Fits(x, y, self.model)
        return self._fits

    @property
    def errors(self) -> Errors:
        """The training errors of both models."""
        return self.fits.errors

    @property
    def score(self) -> Score:
        """What both models say about the strange x."""
        return self.fits.score(torch.tensor(self.probe))

    def sample(self, n: int = 100) -> tuple[Tensor, Tensor]:
        """Draw n new points (x, y) from the generative model, and show them."""
        if not isinstance(n, int) or n < 1:
            raise ValueError(f"n = {n!r}, expected a positive integer")
        samples = self.fits.sample(n, self._seed + 1)
        self._seed += 1
        self._drawn = n, self._seed
        self.draw()
        return samples

    def clear(self) -> None:
        """Remove the samples."""
        self._drawn = None
        self.draw()

    def load(self, preset: str) -> None:
        """Begin with other points: "well separated", "an outlier", "two clusters" or "XOR"."""
        expect("preset", preset, PRESETS)
        if self.face.preset.value == preset:
            self.reset()
        self.face.preset.value = preset

    def reset(self) -> None:
        """The present preset's points again, and the strange x where it was."""
        self.face.canvas.put([*PRESETS[self.face.preset.value](), [*FAR, PROBE]])

    def undo(self) -> bool:
        """Take the last change of the points back; False if there was none."""
        return self.face.canvas.undo()

    def sentences(self) -> list[str]:
        """The training errors, and what the models say about the strange x."""
        fits, score = self.fits, self.score
        return [words.errors(fits), words.strange(fits, self.probe, score), words.sure(fits, score)]

    def still(self) -> Picture:
        """The scene with what is said about it."""
        picture = Picture(9.0, 5.4, ALT)
        grid = picture.add_gridspec(1, 2, width_ratios=[1.3, 1])
        self.face.canvas.draw_on(picture, grid[0])
        beside = picture.axes_of(grid[1])
        beside.set_axis_off()
        said = "\n\n".join("\n".join(wrap(sentence, 46)) for sentence in self._said())
        beside.text(0, 0.98, said, va="top", color=picture.theme.text, fontsize=9.5, linespacing=1.4)
        return picture

    def _said(self) -> list[str]:
        """What stands beside the scene; while a class has no points, just that."""
        wrong = missing(self.points[1])
        return [wrong] if wrong else self.sentences()

    def _draw(self) -> None:
        self.events.clear()
        fitted = not missing(self.points[1])
        samples = self.fits.sample(*self._drawn) if fitted and self._drawn else None
        self.face.canvas.show(scene(self.fits, self.background, samples) if fitted else [])
        self.face.say(self._said())
        self._still_later.ask()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        close_all(self)

    def _connect(self) -> None:
        """Give each button and control its meaning."""
        face = self.face
        actions = {"undo": self.undo, "reset": self.reset, "sample": self.sample, "clear": self.clear}
        for name, action in actions.items():
            face.buttons[name].on_click(self.events.handler(lambda _, action=action: action()))
        self._observe(face.canvas, "points", lambda change: self.draw())
        self._observe(face.canvas, "tool", lambda change: setattr(face.tool, "value", change["new"]))
        self._observe(face.tool, "value", lambda change: setattr(face.canvas, "tool", change["new"]))
        self._observe(face.preset, "value", lambda change: self.reset())
        for control in (face.model, face.background):
            self._observe(control, "value", lambda change: self.draw())

    def _observe(self, widget: Widget, trait: str, action: Callable[[dict], None]) -> None:
        widget.observe(self.events.handler(action), trait)
