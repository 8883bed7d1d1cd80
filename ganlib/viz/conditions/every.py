"""The view of all values of one condition."""

import torch
from ipywidgets import Widget
from torch import Tensor

from ganlib.viz.conditions import words
from ganlib.viz.conditions.choices import Choice, Condition
from ganlib.viz.conditions.views import ConditionView
from ganlib.viz.controls import make_choice, row
from ganlib.viz.wording import paragraphs

ROWS = 4


class EveryValue(ConditionView):
    """All values of one condition, ``varied``, side by side, everything else being equal; a row for each of some z.

    The first row has the z of the large picture.
    """

    name, tip = "Every value", "The same z with every value of one condition"

    @property
    def varied(self) -> str:
        """The name of the condition. Set it with one of those that there are."""
        return self._varied.value

    @varied.setter
    def varied(self, name: str) -> None:
        if name not in self.lab.conditions.names:
            raise ValueError(f"varied = {name!r}, expected one of {', '.join(self.lab.conditions.names)}")
        self._varied.value = name

    @property
    def choices(self) -> list[Choice]:
        """What is asked for in each column."""
        here = self.lab.condition.nearest
        return [here | {self.varied: value} for value in self.lab.conditions.steps(self.varied)]

    @property
    def rows_z(self) -> Tensor:
        """The vectors of the rows (ROWS, d)."""
        return torch.cat([self.lab.point[None], self._others])

    def new(self) -> None:
        """Other z in the rows below the first."""
        self._others = self.space.draw(ROWS - 1)
        self.lab.redraw()

    def press(self, i: int) -> None:
        """Let the large picture be tile i."""
        line, column = divmod(i, len(self.choices))
        self.lab.ask(Condition.of(self.choices[column]), self.rows_z[line])

    def subject(self) -> tuple:
        """The z of all rows and what is asked for in each column."""
        return self.rows_z.tolist(), self.choices

    def paint(self) -> None:
        """A row for each z, a column for each value."""
        choices, rows = self.choices, self.rows_z
        z, e = rows.repeat_interleave(len(choices), 0), self.lab.embed(*choices).repeat(len(rows), 1)
        self.pictures.columns = len(choices)
        asked = choices * len(rows)
        read = self.put(self.lab.images(z, e), asked, [words.value(choice[self.varied]) for choice in choices])
        others = [f"{name} {words.value(value)}" for name, value in choices[0].items() if name != self.varied]
        self.says.value = paragraphs(
            f"A row has one z, the first row that of the large picture. Columns differ in the {self.varied} alone"
            f"{', with ' * bool(others)}{', '.join(others)}.",
            words.tally(asked, read),
        )

    def marked(self) -> list[int]:
        """The column of the present choice, if it is plain."""
        return [i for i, choice in enumerate(self.choices) if choice == self.lab.condition.asked]

    def _make(self) -> None:
        names = self.lab.conditions.names
        self._varied, self._others = make_choice(names, names[0]), self.space.draw(ROWS - 1)
        self.make_pictures("Every value of one condition", 1, aligned=True)
        self.on_change(self._varied, lambda name: self.lab.redraw())

    def rows(self) -> list[Widget]:
        """Which condition, the pictures, and the count."""
        new = self.button("Other z below", "Draw the z of the lower rows anew", self.new, "refresh")
        which = [self._varied] if len(self._varied.options) > 1 else []
        return [row(*which, new), self.pictures, self.says]
