"""A canvas whose points the reader drags, adds and removes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite

import numpy as np
import traitlets

from ganlib.viz import layers
from ganlib.viz.browser import script
from ganlib.viz.canvas import Canvas
from ganlib.viz.events import Events, as_often
from ganlib.viz.layers import Layer

UNDOABLE = 100
HELP = (
    "Mouse: drag a point, or click where there is none to add one. "
    "Keys: arrows move the crosshair, faster with Shift. Space adds a point there, or takes the one that is there; "
    "N and P go from point to point. Arrows then move it, Delete removes it, Space lets go. "
    "1 and 2 choose the group of new points. Ctrl+Z or U takes back."
)


@dataclass(frozen=True)
class PointGroup:
    """Points of one kind: what they are called and how they are drawn.

    A ``fixed`` group can only be moved. Where one of its points goes, all points of the group that it ``takes`` go
    along: they are a cloud with a handle.
    """

    name: str
    colour: str
    marker: str = "o"
    size: float = 4.5
    fixed: bool = False
    takes: int = -1


class PointCanvas(Canvas):
    """A canvas with points of several groups in it, which the reader edits by mouse, touch or keyboard.

    ``points`` are rows [x, y, group], drawn over the layers that ``show`` gives. A point moves in the browser at once;
    ``points`` follows up to 20 times a second and holds the last state when it is let go. ``tool`` is the group that
    new points join, or -1 when a click removes points. ``put`` sets the points from Python. ``undo`` takes the last
    gesture back: a drag, the steps of one point by arrow keys, an addition, a removal, a ``put``.

    Raises: ValueError when an edge is not above its opposite.
    """

    _esm = script("shell", "marks", "axes", "canvas", "editing")
    groups = traitlets.List().tag(sync=True)
    points = traitlets.List().tag(sync=True)
    gesture = traitlets.Int(0).tag(sync=True)
    tool = traitlets.Int(0).tag(sync=True)
    undone = traitlets.Int(0).tag(sync=True)  # how often the browser has asked for undo
    help = traitlets.Unicode(HELP).tag(sync=True)

    def __init__(self, alt: str, xlim: Sequence[float], ylim: Sequence[float], groups: Sequence[PointGroup], **canvas):
        super().__init__(alt, xlim, ylim, **canvas)
        self.groups = [asdict(group) for group in groups]
        self._past: list[list] = []
        self._remembered = self.gesture
        events = Events()
        self.observe(events.handler(self._remember), "points")
        self.observe(events.handler(as_often(self.undo)), "undone")

    @traitlets.validate("tool")
    def _check_tool(self, proposal) -> int:
        tool = proposal["value"]
        if tool != -1 and not (0 <= tool < len(self.groups) and not self.groups[tool]["fixed"]):
            raise traitlets.TraitError(f"tool = {tool}, expected a group that takes points, or -1 to remove them")
        return tool

    def put(self, points: Sequence[Sequence[float]]) -> None:
        """Replace all points by rows [x, y, group].

        Raises: ValueError for a row that is no finite place in one of the groups.
        """
        rows = []
        for x, y, group in points:
            if not isfinite(x + y) or group not in range(len(self.groups)):
                raise ValueError(
                    f"the point {[x, y, group]}, expected finite x and y and a group below {len(self.groups)}"
                )
            rows.append([float(x), float(y), int(group)])
        with self.hold_sync():
            self.gesture += 1
            self.points = rows

    def undo(self) -> bool:
        """Take the last gesture back; False if there was none."""
        if not self._past:
            return False
        with self.hold_sync():
            self.gesture += 1
            self._remembered = self.gesture
            self.points = self._past.pop()
        return True

    def forget(self) -> None:
        """Let the present points be the beginning: nothing before them can come back."""
        self._past, self._remembered = [], self.gesture

    def of_group(self, group: int) -> list[list[float]]:
        """The places [x, y] of the points of one group."""
        return [[x, y] for x, y, its in self.points if its == group]

    def _drawn(self) -> list[Layer]:
        """The scene with the points over it, as the browser shows them."""
        return [*super()._drawn(), *(self._layer_of(i, PointGroup(**group)) for i, group in enumerate(self.groups))]

    def _layer_of(self, i: int, group: PointGroup) -> Layer:
        look = {"marker": group.marker, "size": group.size, "alpha": 1.0, "label": group.name, "edge": "background"}
        return layers.points(group.name, np.reshape(self.of_group(i), (-1, 2)), group.colour, **look)

    def _remember(self, change) -> None:
        """The first change of a gesture: what was there before it can come back."""
        if self.gesture != self._remembered:
            self._past = [*self._past, change["old"]][-UNDOABLE:]
            self._remembered = self.gesture
