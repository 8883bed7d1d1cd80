"""The hairstyles as shapes: what hangs behind the head, what falls over the face, and what ties it."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib.data.avatars.shapes import box, ellipse, zigzag


class Hair(NamedTuple):
    """Distances to the parts of a hairstyle: `back` is behind the head, `front` before the face, `ribbons` on top."""

    back: Tensor
    front: Tensor
    ribbons: Tensor | None = None


def short(x: Tensor, y: Tensor) -> Hair:
    """A bob to the ears with a swept fringe and a lock before each ear."""
    back = torch.minimum(_skull(x, y), box(x, y, (0, 0.02), (0.68, 0.32), 0.22))
    edge = -0.33 + 0.26 * zigzag(1.75 * x + 0.20) - 0.10 * x
    fringe = torch.minimum(_above(y, edge, slope=0.9), _lock(x.abs(), y, tip=(0.60, 0.27), slope=0.32))
    return Hair(back, torch.maximum(back, fringe))


def long(x: Tensor, y: Tensor) -> Hair:
    """Straight hair below the shoulders, parted in the middle."""
    back = torch.minimum(_skull(x, y), box(x * (1 - 0.06 * y), y, (0, 0.65), (0.70, 0.85), 0.20))
    curtain = _above(y, 1.02 * x.abs() ** 1.25 - 0.51, slope=1.1)
    return Hair(back, torch.maximum(back, torch.minimum(curtain, 0.55 - x.abs())))


def twintails(x: Tensor, y: Tensor) -> Hair:
    """Two bunches tied with ribbons at the sides, and a straight fringe."""
    skull, tails = _skull(x, y), ellipse(x.abs(), y, (0.82, 0.22), (0.20, 0.54), -0.20)
    edge = -0.16 + 0.07 * zigzag(3 * x + 0.5)
    fringe = torch.minimum(_above(y, edge, slope=0.4), _lock(x.abs(), y, tip=(0.56, 0.46), slope=0.16))
    ribbons = ellipse(x.abs(), y, (0.66, -0.24), (0.10, 0.10))
    return Hair(torch.minimum(skull, tails), torch.maximum(skull, fringe), ribbons)


def spiky(x: Tensor, y: Tensor) -> Hair:
    """Hair that stands up in points, with a ragged fringe. The spikes are a zigzag in the angle around the head."""
    angle = torch.atan2(x, -(y + 0.16))
    spikes = 0.19 * (1 - zigzag(1.6 * angle + 0.5)) * (0.75 - 3 * y).clamp(0, 1)
    back = (ellipse(x, y, (0, -0.16), (0.64, 0.62)) - spikes) * 0.8
    return Hair(back, torch.maximum(back, _above(y, -0.40 + 0.38 * zigzag(2 * x), slope=1.5)))


HAIRSTYLES: dict[str, Callable[[Tensor, Tensor], Hair]] = {
    "short": short,
    "long": long,
    "twintails": twintails,
    "spiky": spiky,
}


def _skull(x: Tensor, y: Tensor) -> Tensor:
    """Distance to the round mass of hair on top of the head."""
    return ellipse(x, y, (0, -0.14), (0.70, 0.68))


def _lock(x: Tensor, y: Tensor, tip: tuple[float, float], slope: float) -> Tensor:
    """Distance to a pointed lock: a wedge that ends in `tip` and is `slope` wider on each side per unit of height."""
    return ((x - tip[0]).abs() + slope * (y - tip[1])) / math.hypot(1, slope)


def _above(y: Tensor, edge: Tensor, slope: float) -> Tensor:
    """Distance to the points above the curve y = edge(x), whose steepest slope is about `slope`."""
    return (y - edge) / math.hypot(1, slope)
