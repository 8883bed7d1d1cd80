"""The ground on which the puzzle is played: drawn in the browser, where blocks are carried; moves come back."""

import traitlets
from anywidget import AnyWidget

from ganlib.viz.browser import PALETTE, STATIC, STYLES, script
from ganlib.viz.earth_mover.level import EarthLevel
from ganlib.viz.earth_mover.play import Play

WORDS = (
    "Earth-mover puzzle. Arrow keys choose a place, the space bar picks up and puts down, Escape puts back, "
    "digits set how many blocks to carry, U takes the last move back, R starts again."
)


class Ground(AnyWidget):
    """Shows a game, and sends ``{"do": "move", "source": ..., "target": ..., "mass": ...}``, "undo" and "restart".

    Places are numbers. Nothing moves by itself: the kernel answers with ``show`` what is true now. ``at_once`` is how
    many blocks the reader picks up. Messages carry ``view`` and ``number``; the last ones answered go back, so that a
    view knows which of its moves are still on their way.
    """

    _esm = script("shell", "earth_drawing", "earth_mover")
    _css = STYLES + (STATIC / "earth_mover.css").read_text(encoding="utf-8")
    palette = traitlets.Dict(PALETTE).tag(sync=True)
    alt = traitlets.Unicode(WORDS).tag(sync=True)
    level = traitlets.Dict().tag(sync=True)
    game = traitlets.Dict().tag(sync=True)
    at_once = traitlets.Int(1).tag(sync=True)

    def show(self, play: Play, *, plan: bool, prices: bool, answered: dict) -> None:
        """Show a game as it is; ``plan`` and ``prices`` ask for an optimal plan and for the prices that prove it."""
        level = play.level
        shown = level.start if plan else play.heaps
        with self.hold_sync():
            self.level = _description(level)
            self.game = {
                "heaps": shown.ravel().tolist(),
                "paid": play.paid,
                "moves": len(play.moves),
                "plan": _arrows(level) if plan else [],
                "prices": level.prices.tolist() if prices else [],
                "answered": answered,
            }


def _description(level: EarthLevel) -> dict:
    """What the browser is told about a level."""
    rows, columns = (1, level.start.size) if level.on_a_line else level.start.shape
    return {
        "name": level.name,
        "rows": rows,
        "columns": columns,
        "line": level.on_a_line,
        "metric": level.metric,
        "start": level.start.ravel().tolist(),
        "goal": level.goal.ravel().tolist(),
        "distances": level.distances.tolist(),
    }


def _arrows(level: EarthLevel) -> list[list[int]]:
    """The moves of an optimal plan, [source, target, blocks]; what stays is none."""
    return [[int(i), int(j), int(level.plan[i, j])] for i, j in zip(*level.plan.nonzero(), strict=True) if i != j]
