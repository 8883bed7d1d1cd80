"""Predict first: the reader commits to an answer before seeing the measured one."""

from collections.abc import Sequence

from ipywidgets import HTML, ToggleButtons, VBox

from ganlib.viz.browser import Guard, Still


class Prediction(Still, VBox):
    """A question with choices. Pick one, run the experiment, then compare with ``reveal``.

    The choices are buttons, which the Tab key reaches and the space bar presses; the arrow keys that radio buttons need
    belong to JupyterLab.

    Without a browser nothing is picked, and ``reveal`` tells the measured answer alone.

    Raises: ValueError for fewer than two different choices.
    """

    def __init__(self, question: str, choices: Sequence[str]):
        if len(set(choices)) < 2:
            raise ValueError(f"choices = {list(choices)}, expected at least two different ones")
        self.question, self.choices = question, tuple(choices)
        self._buttons = ToggleButtons(options=self.choices, value=None, style={"button_width": "auto"})
        super().__init__([HTML(f"<b>Predict first.</b> {question}"), self._buttons, Guard()])

    @property
    def answer(self) -> str | None:
        """The choice picked by the reader, None before that."""
        return self._buttons.value

    def reveal(self, measured: str) -> bool | None:
        """Print the measured answer beside the reader's. True if they agree, None if none was picked.

        Raises: ValueError when ``measured`` is not one of the choices.
        """
        if measured not in self.choices:
            raise ValueError(f"measured = {measured!r}, expected one of {list(self.choices)}")
        print(f"Measured:        {measured}")
        if self.answer is None:
            print("Your prediction: none yet. Pick one above and run this cell again.")
            return None
        agree = self.answer == measured
        print(f"Your prediction: {self.answer} ({'as measured' if agree else 'not what happened'})")
        return agree

    def still(self) -> str:
        """The question in words."""
        listed = "\n".join(f"  ( ) {choice}" for choice in self.choices)
        return f"Predict first. {self.question}\n{listed}"
