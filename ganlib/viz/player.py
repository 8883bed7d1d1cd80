"""Runs something over and over in a notebook without holding up the cells and the controls."""

import asyncio
import signal
import threading
from collections.abc import Callable
from time import perf_counter

from ganlib.viz.events import FRAMES_PER_SECOND, Events

SLICE_S = 0.04  # a click is answered after one slice at the latest
DRAWING_SHARE = 0.06  # expensive frames come less often


class Player:
    """Plays ``step()`` again and again, and ``draw()`` at most 12 times a second.

    Playing is one task in the kernel's event loop: slices of 40 ms with a pause after each, in which clicks are
    answered and other cells may run; no cell ever sees half a step. While another cell runs, the player waits. With
    ``interval`` above 0 it plays slowly: one step, one drawing, then so many seconds of pause. Drawing takes at most
    the ``share`` of the time. An exception stops it and is shown by ``events``. JupyterLab's stop button (an interrupt)
    pauses it. ``changed(playing)`` is told when it starts and stops.

    Where no loop runs, ``run(n)`` does the work; it never needs a browser.
    """

    def __init__(
        self,
        step: Callable[[], None],
        draw: Callable[[], None],
        events: Events,
        changed: Callable[[bool], None] = lambda playing: None,
    ):
        self.step, self.draw, self.events, self.changed = step, draw, events, changed
        self.interval, self.share = 0.0, DRAWING_SHARE
        self._task: asyncio.Task | None = None

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._task is not None

    def play(self) -> None:
        """Start playing; nothing happens if it plays already.

        Raises: RuntimeError where no event loop runs.
        """
        if self.playing:
            return
        if self.events.loop is None:
            raise RuntimeError("Playing needs a notebook, whose event loop does the work. Here, use run(n).")
        self.events.clear()
        self._task = self.events.loop.create_task(self._play())
        _PLAYING.add(self)
        self.changed(True)

    def pause(self) -> None:
        """Stop playing, between two steps, and draw the present state."""
        if self.playing:
            self._end()
            self.events.call(self.draw)

    def run(self, n: int) -> None:
        """Do n steps now, drawing now and then and at the end.

        Raises: ValueError when n is no positive integer.
        """
        if not isinstance(n, int) or n < 1:
            raise ValueError(f"n = {n!r}, expected a positive integer")
        self.pause()
        due = perf_counter() + 1 / FRAMES_PER_SECOND
        for _ in range(n):
            self.step()
            if perf_counter() >= due:
                due = self._timed_draw()
        self.draw()

    def _end(self) -> None:
        task, self._task = self._task, None
        task.cancel()
        _PLAYING.discard(self)
        self.changed(False)

    async def _play(self) -> None:
        mine, due = asyncio.current_task(), 0.0
        while self._task is mine:
            _let_interrupts_pause()
            try:
                self._slice()
                if perf_counter() >= due or self.interval:
                    due = self._timed_draw()
            except Exception as error:  # the reader's own networks may raise anything
                self._end()
                self.events.error(error)
                return
            await asyncio.sleep(self.interval or 0.001)

    def _slice(self) -> None:
        """Steps for 40 ms, or a single one when playing slowly."""
        end = perf_counter() + SLICE_S
        self.step()
        while not self.interval and self.playing and perf_counter() < end:
            self.step()

    def _timed_draw(self) -> float:
        """Draw; returns the earliest time for the next drawing."""
        before = perf_counter()
        self.draw()
        after = perf_counter()
        return max(before + 1 / FRAMES_PER_SECOND, after + (after - before) / self.share)


_PLAYING: set[Player] = set()


def _pause_all(*_) -> None:
    """What an interrupt does that no cell receives: it pauses every player."""
    for player in tuple(_PLAYING):
        player.events.loop.call_soon_threadsafe(player.pause)


def _let_interrupts_pause() -> None:
    """Listen to interrupts where the kernel ignores them. It does so while no cell runs; a cell has its own handler."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, _pause_all)
