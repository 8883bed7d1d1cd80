"""A line of text that remembers what was entered before."""

from collections.abc import Callable

import traitlets
from anywidget import AnyWidget

from ganlib.viz.browser import STYLES, script

REMEMBERED = 50


class CaptionField(AnyWidget):
    """A text field with the name ``label``. ``value`` follows the keys; Enter calls what ``on_enter`` was given.

    ``entered`` are the texts with which Enter was pressed. They are a trait: a message would overtake the keys before
    it, which the browser holds back while the kernel is busy.

    ``history`` has what was entered, the latest last; the arrow keys up and down go through it. ``hint`` stands below
    the field, and ``wrong`` marks its text as one that is not understood.
    """

    _esm = script("shell", "caption_field")
    _css = STYLES
    label = traitlets.Unicode("").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)
    history = traitlets.List().tag(sync=True)
    entered = traitlets.List().tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)

    def __init__(self, label: str, hint: str = ""):
        super().__init__(label=label, hint=hint)

    def on_enter(self, take: Callable[[str], None]) -> None:
        """Call ``take(text)`` whenever a text is entered; ``value`` may be beyond it."""
        self.observe(lambda change: [take(text) for text in change["new"][len(change["old"]) :]], "entered")

    def remember(self, text: str) -> None:
        """Put a text at the end of the history, once."""
        self.history = [*(old for old in self.history if old != text), text][-REMEMBERED:]
