"""Ink on paper: how much of each pixel is covered, from 0 (white paper) to 255 (ink)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ganlib.data.avatars.palette import INK

PAPER = 1.0
COLOUR = 2 * np.array(INK) - 1  # of full ink, in [-1, 1]

Point = Sequence[float]


def covered(size: int, start: Point, end: Point, width: float) -> np.ndarray:
    """The share of each pixel that a line with round ends covers: clamp((1 + width) / 2 - d, 0, 1), (size, size).

    d is the distance of the pixel's centre from the line. Points are (x, y) in pixels from the upper left corner, so
    the centre of the first pixel is (0.5, 0.5). The browser's script ``ink.js`` computes the same.
    """
    (x0, y0), (x1, y1) = start, end
    y, x = np.mgrid[:size, :size] + 0.5
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
    along = along.clip(0, 1)
    distance = np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
    return ((1 + width) / 2 - distance).clip(0, 1)


def lined(ink: np.ndarray, start: Point, end: Point, width: float, erasing: bool = False) -> np.ndarray:
    """Ink (size, size) uint8 after a line of ink, or of an eraser: covered pixels become darker, or lighter, only."""
    line = np.floor(255 * covered(len(ink), start, end, width) + 0.5).astype(np.uint8)
    return np.minimum(ink, 255 - line) if erasing else np.maximum(ink, line)


def to_picture(ink: np.ndarray) -> Tensor:
    """Ink (size, size) uint8 as a picture (1, 3, size, size) in [-1, 1]: paper + share (ink - paper)."""
    share = torch.tensor(ink / 255.0, dtype=torch.float32)
    return PAPER + share * (torch.tensor(COLOUR, dtype=torch.float32).view(1, 3, 1, 1) - PAPER)


def from_picture(picture: Tensor) -> np.ndarray:
    """The ink (size, size) uint8 that makes a line drawing (3, size, size) in [-1, 1], as near as ink can."""
    share = (PAPER - picture.double().mean(0).numpy()) / (PAPER - COLOUR.mean())
    return np.floor(255 * share.clip(0, 1) + 0.5).astype(np.uint8)
