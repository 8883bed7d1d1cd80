"""One metric against the slider that was moved last."""

from collections.abc import Mapping

import numpy as np

from ganlib.viz import layers
from ganlib.viz.canvas import Canvas
from ganlib.viz.metrics_dashboard.measures import Reading, Reference
from ganlib.viz.metrics_dashboard.world import Knob
from ganlib.viz.style import Picture

ROOM = 0.12  # above and below, in parts of the height


class Curve:
    """The values that a metric had on the way of a slider, between the two lines where it is as for real data."""

    def __init__(self):
        size = {"width": 520, "height": 215, "legend": True}
        self.canvas = Canvas("", (0, 1), (0, 1), **size)

    def show(self, name: str, knob: Knob, trail: Mapping[float, Reading], now: float, reference: Reference) -> None:
        """Show metric ``name`` at all positions of the knob that are in the trail; ``now`` is the present one."""
        xy = np.array(sorted((at, reading.values[name]) for at, reading in trail.items()))
        band = reference.band(name)
        edges = [knob.low, knob.high]
        lines = [
            layers.line(
                f"edge {i}", [[x, y] for x in edges], "real", dashed=True, label="" if i else "as real, between"
            )
            for i, y in enumerate(band)
        ]
        trace = [
            layers.line("trail", xy, "fake", label=name),
            layers.points("visited", xy, "fake", size=2.2),
            layers.points("now", [[now, trail[now].values[name]]], "fake", size=5, edge="text"),
        ]
        told = {"xlabel": knob.label, "xname": knob.label, "alt": f"{name} against the slider: {knob.label}."}
        self.canvas.view = {**self.canvas.view, **told}
        self.canvas.show([*lines, *trace], edges, _limits([*band, *xy[:, 1]]))

    def draw_on(self, picture: Picture, place) -> None:
        """The curve as a part of a picture."""
        self.canvas.draw_on(picture, place)


def _limits(values: list[float]) -> tuple[float, float]:
    """Edges around all values, with some room; and some height where all are the same."""
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 0.5
    return low - room, high + 2 * room
