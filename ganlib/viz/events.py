"""What happens when a control is used: on one thread, one thing at a time, and with errors where the reader looks."""

import asyncio
import threading
import traceback
from collections.abc import Callable
from functools import wraps
from html import escape
from time import perf_counter

from IPython.core.getipython import get_ipython
from ipywidgets import HTML, Widget

FRAMES_PER_SECOND = 12  # more of them and the browser falls behind


class Events:
    """Runs a widget's callbacks on the event loop's thread, where the widget was made, and shows what they raise.

    Some kernels deliver widget messages on another thread; there each callback is handed over to the loop. Where no
    loop runs, as in a script, callbacks run at once. ``box`` is the widget that shows errors, empty while all is well.
    """

    def __init__(self):
        self.box = HTML()
        self.box.add_class("ganlib-errors")
        self._thread = threading.get_ident()
        try:
            self.loop = asyncio.get_running_loop()
        except RuntimeError:
            self.loop = None

    def call(self, function: Callable[[], None]) -> None:
        """Run ``function`` on the loop's thread: now if this is that thread, else as soon as the loop is free."""
        if self.loop is None or threading.get_ident() == self._thread:
            self._shown(function)
        else:
            self.loop.call_soon_threadsafe(self._shown, function)

    def handler(self, function: Callable[..., None]) -> Callable[..., None]:
        """``function`` as a callback for widgets, which may call it on any thread and with any argument."""

        @wraps(function)
        def handle(*arguments) -> None:
            self.call(lambda: function(*arguments))

        return handle

    def paced(self, draw: Callable[[], None]) -> Callable[[], None]:
        """``draw``, at most 12 times a second: what comes too soon is drawn once, when its time has come."""
        last, waiting = -1.0, False

        def now() -> None:
            nonlocal last, waiting
            waiting = False
            draw()
            last = perf_counter()

        def soon() -> None:
            nonlocal waiting
            wait = last + 1 / FRAMES_PER_SECOND - perf_counter()
            if self.loop is None or wait <= 0:
                now()
            elif not waiting:
                waiting = True
                self.loop.call_later(wait, self._shown, now)

        return soon

    def error(self, error: Exception) -> None:
        """Show an exception: its own words if it complains of a value, else also where it came from."""
        words = str(error) if isinstance(error, ValueError) else "".join(traceback.format_exception(error)[-4:])
        self.box.value = f'<pre role="alert" style="color:var(--jp-error-color1,#b00020)">{escape(words)}</pre>'

    def clear(self) -> None:
        """Forget the error that is shown."""
        self.box.value = ""

    def _shown(self, function: Callable[[], None]) -> None:
        try:
            function()
        except Exception as error:  # whatever a reader's code can raise belongs in the widget
            self.error(error)


def as_often(action: Callable[[], object]) -> Callable[[dict], None]:
    """For the trait that counts how often the browser asked for ``action``: it happens that often.

    A front end joins the changes that it makes while the kernel is busy, so that one message can raise a counter by
    more than 1.
    """

    def act(change: dict) -> None:
        for _ in range(change["new"] - change["old"]):
            action()

    return act


class Later:
    """Runs ``function`` once, ``seconds`` after the last ``ask()``; never where no loop runs.

    Labs let the still picture in the notebook follow this way, since drawing it would hold up the next key press.
    """

    def __init__(self, events: Events, function: Callable[[], None], seconds: float):
        self._events, self._function, self._seconds, self._waiting = events, function, seconds, None

    def ask(self) -> None:
        """Start the wait anew."""
        self.cancel()
        if self._events.loop is not None:
            self._waiting = self._events.loop.call_later(self._seconds, self._events.call, self._function)

    def cancel(self) -> None:
        """What was asked for does not happen any more."""
        if self._waiting is not None:
            self._waiting.cancel()


_RUNNING: dict[tuple, tuple[str, list[Callable[[], None]]]] = {}


def replace_predecessor(kind: str, stop: Callable[[], None]) -> None:
    """Stop the widgets of this kind that an earlier run of the same notebook cell made, and remember ``stop`` for this.

    A cell is known by its id where the notebook application sends one, else by its text. What one run of a cell makes
    stays together. Outside a notebook nothing is stopped.
    """
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    request = shell.get_parent()
    cell = request.get("metadata", {}).get("cellId") or request.get("content", {}).get("code", "")
    if not cell:  # made by a callback
        return
    this_run = request.get("header", {}).get("msg_id", "")
    made_by, stops = _RUNNING.get((kind, cell), (this_run, []))
    if made_by != this_run:
        for stop_earlier in stops:
            stop_earlier()
        stops = []
    _RUNNING[kind, cell] = this_run, [*stops, stop]


def close_all(widget: Widget) -> None:
    """Close a widget with all that it consists of, so that neither kernel nor page keeps anything of it."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if isinstance(part, Widget):
            part.close()
    widget.close()
