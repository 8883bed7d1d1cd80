"""The layers under the points: balls, and marks around the points that a metric finds outside."""

from torch import Tensor

from ganlib.viz import layers
from ganlib.viz.layers import Layer
from ganlib.viz.precision_recall.balls import VIEWS, Balls

EDGE = 5.0
RING = 8.5  # radius in pixels of the mark around a point
TINT, THIN = 0.16, 0.07


def scene(balls: Balls, view: str) -> list[Layer]:
    """Balls of the kind that the metric asks of, and rings around the points that it does not find."""
    asked, hits = VIEWS[view], balls.counted(view) > 0
    discs = balls.discs(asked.owners)
    outside = layers.points(
        "outside", balls.points[asked.seen][~hits], "text", marker="ring", size=RING, label=_label(view)
    )
    if view == "coverage":
        return [_discs("full", discs[hits], "real"), _rims(discs[~hits]), outside]
    if view == "density":
        return [layers.discs("balls", discs, "real", alpha=THIN, joined=False), outside]
    return [_discs("balls", discs, asked.owners), outside]


def _discs(name: str, discs: Tensor, colour: str) -> Layer:
    return layers.discs(name, discs, colour, alpha=TINT)


def _rims(discs: Tensor) -> Layer:
    """Balls that hold nothing: without a filling."""
    return layers.discs("empty", discs, "real", alpha=0.0)


def _label(view: str) -> str:
    """What the rings mean."""
    return "its ball is empty" if view == "coverage" else "in no ball"
