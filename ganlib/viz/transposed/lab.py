"""A laboratory in which a convolution, or its adjoint, happens step by step."""

import numpy as np
from ipywidgets import HTML, Box, Layout, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.played import PlayedLab
from ganlib.viz.style import Picture
from ganlib.viz.transposed import words
from ganlib.viz.transposed.board import Board
from ganlib.viz.transposed.controls import OWN, make_buttons, make_controls, make_position, make_speed, sync
from ganlib.viz.transposed.paint import painted
from ganlib.viz.transposed.scene import NAMES, grids
from ganlib.viz.transposed.settings import Settings
from ganlib.viz.transposed.story import Story

ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "flex-start", "width": "100%"}


class TransposedConvolution(PlayedLab):
    """Follow a transposed convolution, a convolution, or upsampling with a convolution, one cell after the other.

        lab = TransposedConvolution()        # 3 x 3 cells, kernel 3, stride 2: a checkerboard of stamps
        TransposedConvolution("transposed", kernel_size=4, stride=2, padding=1)
        TransposedConvolution("convolution", x=[[1, 0], [0, 2]], kernel_size=2, stride=1)

    The arguments are the fields of ``ganlib.viz.transposed.Settings``. A transposed convolution stamps the kernel,
    times one input cell, in each step; the others fill one output cell in each. Shown are the input, the kernel, their
    products, the output, how many products each output cell is the sum of, and the matrix of the operation beside its
    transpose. A change of a setting goes back to the beginning. Digits typed on input or kernel change their numbers.

    Everything that the mouse can do has a method.

    Raises: ValueError for a setting that is out of range or does not go with the others.

    Source: Dumoulin and Visin 2016, arXiv 1603.07285; checkerboards: Odena et al. 2016, doi 10.23915/distill.00003.
    """

    def __init__(self, operation: str = "transposed", **settings):
        self._prepare()
        self.story, self.steps = Story(Settings(operation, **settings)), 0
        self._make_boards()
        self._make_controls()
        super().__init__(self._rows(), "ganlib-transposed")

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self.story.settings

    @property
    def total(self) -> int:
        """How many steps there are; ``steps`` of them are done."""
        return self.story.total

    @property
    def x(self) -> np.ndarray:
        """The input (rows, columns); a single row in one dimension."""
        return self.story.x

    @property
    def weight(self) -> np.ndarray:
        """The kernel (rows, columns)."""
        return self.story.weight

    @property
    def output(self) -> np.ndarray:
        """The complete output (rows, columns), whatever step is shown."""
        return self.story.output

    @property
    def overlap(self) -> np.ndarray:
        """How many products each cell of the complete output is the sum of."""
        return self.story.overlap

    @property
    def matrix(self) -> np.ndarray:
        """The matrix of the operation: ``output.ravel() = matrix @ x.ravel()``."""
        return self.story.matrix

    def show(self, step: int) -> None:
        """Show the view after so many steps, paused.

        Raises: ValueError when there are not so many steps.
        """
        if not isinstance(step, int) or not 0 <= step <= self.total:
            raise ValueError(f"step = {step!r}, expected an integer from 0 to {self.total}")
        self._pause_quietly()
        self.steps = step
        self.draw()
        self._still_later.ask()

    def run(self, steps: int | None = None) -> None:
        """Do so many steps now, by default all that are left, and come back when they are done."""
        if steps is not None or self.steps < self.total:
            super().run(self.total - self.steps if steps is None else steps)

    def back(self) -> None:
        """Take one step back."""
        self.show(max(self.steps - 1, 0))

    def reset(self) -> None:
        """Back to the beginning."""
        self.show(0)

    def play(self) -> None:
        """Play the steps that are left, or all of them again at the end. Needs a notebook; elsewhere use ``run``."""
        if self.steps == self.total:
            self.steps = 0
        super().play()

    def change(self, **settings) -> None:
        """Change settings, and begin again.

        Raises: ValueError for a name that is none or a value that is refused; then nothing has changed.
        """
        story = Story(self.settings.change(**settings))
        self._pause_quietly()
        self.story, self.steps = story, 0
        self._sync()
        self._draw_soon()
        self._still_later.ask()

    def draw(self) -> None:
        """Bring the view up to date."""
        for name, grid in grids(self.story, self.steps).items():
            self.boards[name].show(grid)
        self.says.value = _paragraph(words.step(self.story, self.steps), lines=2)
        self.sizes.value = _paragraph(words.size(self.settings))
        self.adjoint.value = _paragraph(words.matrices(self.story, self.steps))
        self._put_position()

    def still(self) -> Picture:
        """The present view as a picture; before the first step, one from the middle."""
        steps = self.steps or self.total // 2 + 1
        lines = (*words.step(self.story, steps).split("<br>"), words.size(self.settings))
        return painted(grids(self.story, steps), lines, words.alt(self.story, steps))

    def _train(self) -> None:
        """One step; playing ends with the last one."""
        self.steps = min(self.steps + 1, self.total)
        if self.steps == self.total:
            self.player.pause()

    def _edited(self, name: str, row: int, column: int, value: float) -> None:
        """The reader typed a number into the input or the kernel."""
        numbers = {"x": self.x, "kernel": self.weight}[name].copy()
        numbers[row, column] = value
        self.change(**{name: numbers})

    def _chosen(self, name: str, value: object) -> None:
        if value != OWN:
            super()._chosen(name, value)

    def _slid(self, step: int) -> None:
        if not self._syncing and step != self.steps:
            self.show(step)

    def _put_settings(self) -> None:
        sync(self.controls, self.settings)
        self._put_position()

    def _put_position(self) -> None:
        syncing, self._syncing = self._syncing, True
        self.position.max, self.position.value = self.total, self.steps
        self._syncing = syncing

    def _make_boards(self) -> None:
        handler = self.events.handler
        self.boards = {name: Board() for name in NAMES}
        for name in ("x", "kernel"):
            self.boards[name] = Board(handler(lambda *edit, name=name: self._edited(name, *edit)))
        self.sizes, self.says, self.adjoint = HTML(), HTML(), HTML()
        for text in (self.sizes, self.says, self.adjoint):
            text.add_class("ganlib-numbers")
        self.says.add_class("ganlib-words")

    def _make_controls(self) -> None:
        handler, self.speed, self.position = self.events.handler, make_speed(), make_position()
        self.player.interval = self.speed.value
        self._connect(make_buttons(), make_controls())
        self.buttons["back"].on_click(handler(lambda _: self.back()))
        self.speed.observe(handler(lambda change: self._pace(change["new"])), "value")
        self.position.observe(handler(lambda change: self._slid(change["new"])), "value")

    def _rows(self) -> list[Widget]:
        """The whole face, from top to bottom; boards move below each other where there is little room."""
        boards = [self.boards[name] for name in ("x", "wide", "kernel", "products", "output", "counts")]
        texts = VBox([self.sizes, self.adjoint], layout=Layout(flex="1 1 230px", max_width="460px"))
        return [
            Box([*self.buttons.values(), self.position, self.speed], layout=Layout(**ROW)),
            self.says,
            Box(boards, layout=Layout(**ROW)),
            Box([self.boards["matrix"], self.boards["adjoint"], texts], layout=Layout(**ROW)),
            Box([*self.controls.values()], layout=Layout(**ROW)),
            self.events.box,
            Guard(),
        ]


def _paragraph(html: str, lines: int = 1) -> str:
    """Words as HTML, with room for so many lines at least."""
    return f'<div style="line-height: 1.4; min-height: {1.4 * lines}em">{html}</div>'
