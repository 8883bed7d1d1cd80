"""A slider that goes from end to end by itself."""

from collections.abc import Callable, Iterator

from ganlib.viz.events import Events
from ganlib.viz.metrics_dashboard.bench import Bench
from ganlib.viz.player import Player

STEPS = 21
SHARE = 0.5  # of the time that drawing may take


class Sweep:
    """Takes the knob of a bench that was moved last from end to end, and back to where it was, while others may work.

    ``moved`` is called whenever the knob has moved, ``draw`` now and then, and ``changed`` when it starts or stops.
    """

    def __init__(self, draw: Callable, moved: Callable, changed: Callable[[bool], None], events: Events):
        self.player = Player(self._step, draw, events, changed)
        self.player.share, self._moved = SHARE, moved
        self._way: Iterator[float] = iter(())

    def start(self, bench: Bench) -> None:
        """Begin. Needs a notebook, whose event loop does the work."""
        self._bench = bench
        self._way = iter([*bench.way(bench.moved, STEPS), bench.now])
        self.player.play()

    def stop(self) -> None:
        """Stop where the knob is."""
        self.player.pause()

    def _step(self) -> None:
        at = next(self._way, None)
        if at is None:
            self.stop()
        else:
            self._bench.set({self._bench.moved: at})
            self._moved()
