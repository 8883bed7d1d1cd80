"""Shapes as signed distance functions: negative inside, zero on the edge, positive outside.

Every function takes coordinates of any shape and returns a distance for each point. Distances combine without drawing
anything: `torch.minimum` joins two shapes, `torch.maximum` keeps what they share.
"""

import math

import torch
from torch import Tensor


def ellipse(
    x: Tensor, y: Tensor, centre: tuple[float, float], radii: tuple[float, float], angle: float = 0.0
) -> Tensor:
    """Distance to an ellipse turned by `angle` radians, to first order: k (k - 1) / |grad k^2 / 2|, k = |p / radii|.

    It is exact on the edge and for a circle. Source: Inigo Quilez, articles on signed distance functions.
    """
    x, y = x - centre[0], y - centre[1]
    if angle:
        cosine, sine = math.cos(angle), math.sin(angle)
        x, y = cosine * x + sine * y, cosine * y - sine * x
    a, b = x / radii[0], y / radii[1]
    k = torch.sqrt((a * a + b * b).clamp_min(1e-12))
    a, b = a / radii[0], b / radii[1]
    return k * (k - 1) / torch.sqrt((a * a + b * b).clamp_min(1e-12))


def box(x: Tensor, y: Tensor, centre: tuple[float, float], half: tuple[float, float], radius: float = 0.0) -> Tensor:
    """Distance to an upright rectangle of half sizes `half` whose corners are rounded by `radius`."""
    a = (x - centre[0]).abs() - (half[0] - radius)
    b = (y - centre[1]).abs() - (half[1] - radius)
    outside = torch.hypot(a.clamp_min(0), b.clamp_min(0))
    return outside + torch.maximum(a, b).clamp_max(0) - radius


def ring(distance: Tensor, half_width: float) -> Tensor:
    """Distance to the band of +- `half_width` around the edge of a shape: |d| - half_width."""
    return distance.abs() - half_width


def cut(distance: Tensor, hole: Tensor) -> Tensor:
    """Distance to a shape without a second one: max(d, -hole)."""
    return torch.maximum(distance, -hole)


def zigzag(t: Tensor) -> Tensor:
    """Triangle wave of period 1 that is 1 at whole numbers and 0 halfway between them."""
    return (t - torch.floor(t) - 0.5).abs() * 2


def coverage(distance: Tensor, pixel: float | Tensor) -> Tensor:
    """Share of a pixel that a shape covers, from the distance at its centre: clamp(1/2 - d / pixel, 0, 1)."""
    return (0.5 - distance / pixel).clamp(0, 1)
