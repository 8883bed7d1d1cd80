"""A line of text that remembers what was entered before."""

from collections.abc import Callable

import traitlets
from anywidget import AnyWidget

from ganlib.viz.browser import STYLES, script

REMEMBERED = 50


class CaptionField(AnyWidget):
    """A text field with the name ``label``. ``value`` follows the keys; Enter calls what ``on_enter`` was given.

    ``history`` has what was entered, the latest last; the arrow keys up and down go through it. ``hint`` stands below
    the field, and ``wrong`` marks its text as one that is not understood.
    """

    _esm = script("shell", "caption_field")
    _css = STYLES
    label = traitlets.Unicode("").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)
    history = traitlets.List().tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)

    def __init__(self, label: str, hint: str = ""):
        super().__init__(label=label, hint=hint)
        self._entered: list[Callable[[str], None]] = []
        self.on_msg(lambda _, content, buffers: self.enter(content["enter"]))

    def on_enter(self, entered: Callable[[str], None]) -> None:
        """Call ``entered(text)`` whenever a text is entered."""
        self._entered.append(entered)

    def enter(self, text: str) -> None:
        """Enter a text, as with the Enter key."""
        for entered in self._entered:
            entered(text)

    def remember(self, text: str) -> None:
        """Put a text at the end of the history, once."""
        self.history = [*(old for old in self.history if old != text), text][-REMEMBERED:]
