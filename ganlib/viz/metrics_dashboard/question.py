"""Predict first: which metrics will notice what a preset does?"""

from collections.abc import Iterable

from ipywidgets import HTML, Layout, ToggleButton, VBox

from ganlib.viz.controls import make_button, row, words_box
from ganlib.viz.metrics_dashboard import words
from ganlib.viz.metrics_dashboard.measures import MEASURES
from ganlib.viz.wording import paragraphs


class Question:
    """A question with a button for each metric. While it is ``open``, no numbers are to be seen.

    ``guessed`` are the metrics named in the last answer, None if nothing was asked.
    """

    def __init__(self):
        self.open, self.guessed = False, None
        self.ask = ToggleButton(description="predict first", tooltip="A preset asks before it shows its numbers")
        self.ask.layout.width = "auto"
        self.chips = {name: ToggleButton(description=name, layout=Layout(width="auto")) for name in MEASURES}
        self.show = make_button("Show", "Show the numbers", lambda _: None, "eye")
        self._asks: HTML = words_box()
        self.box = VBox([self._asks, row(*self.chips.values(), self.show)], layout=Layout(display="none"))

    def pose(self, preset: str) -> None:
        """Ask about a preset; with an empty name, forget question and answer."""
        self.guessed = None
        self._asks.value = paragraphs(words.question(preset) if preset else "")
        for chip in self.chips.values():
            chip.value = False
        self._show(bool(preset))

    def answer(self, guessed: Iterable[str]) -> None:
        """Close the question; what is pressed belongs to the answer, too."""
        self.guessed = {name for name, chip in self.chips.items() if chip.value} | set(guessed)
        self._show(False)

    def _show(self, yes: bool) -> None:
        self.open, self.box.layout.display = yes, None if yes else "none"
