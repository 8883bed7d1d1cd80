"""A world of small pictures with an exact rule: the ink is one closed loop.

A pixel is black or white, +1 or -1. The rule looks at the whole picture, yet it can be tested exactly, and on a small
grid every picture that obeys it can be listed. So what share of a generator's pictures is valid, and how many of the
valid ones it makes, are counts and not opinions.
"""

from collections.abc import Iterator
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["is_loop", "loops"]

SIZES = range(2, 7)
CROSS = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def is_loop(pictures: Tensor) -> Tensor:
    """Which pictures are one closed loop of ink. Ink is what is above 0.

    The rule: there is ink, every ink pixel has exactly two ink neighbours (left, right, above, below), and all ink
    hangs together. In the words of graph theory: the ink is an induced cycle of the grid. The smallest is a block of
    2 x 2 pixels.

    Shapes: pictures (n, 1, height, width); the result is (n,), bool.
    Raises: ValueError for another shape, or for NaN.
    """
    if pictures.ndim != 4 or pictures.shape[1] != 1:
        raise ValueError(f"pictures has shape {tuple(pictures.shape)}, expected (n, 1, height, width)")
    if pictures.isnan().any():
        raise ValueError("pictures holds NaN, expected ink above 0 and paper below")
    ink = (pictures > 0).float()
    two = ((_neighbours(ink) == 2) | (ink == 0)).flatten(1).all(1)
    return two & _connected(ink)


def loops(size: int = 6) -> Tensor:
    """Every loop on a grid of size x size pixels, each once, in a fixed order; ink is +1, paper is -1.

    There are 1, 5, 24, 229 and 3,436 of them for sizes 2 to 6.

    Shapes: the result is (number of loops, 1, size, size), float32. Each call returns a tensor of its own.
    Raises: ValueError when size is not an integer from 2 to 6.
    """
    if not isinstance(size, int) or size not in SIZES:
        raise ValueError(f"size = {size!r}, expected an integer from 2 to 6")
    return _all_loops(size).clone()


def _neighbours(ink: Tensor) -> Tensor:
    """For every pixel the number of ink pixels among its four neighbours."""
    return F.conv2d(ink, CROSS.to(ink)[None, None], padding=1)


def _connected(ink: Tensor) -> Tensor:
    """Which pictures have ink, all of it in one piece: a flood that starts at one ink pixel reaches every other."""
    flat = ink.flatten(1)
    first = F.one_hot(flat.argmax(1), flat.shape[1]).to(flat) * flat
    flood = first.view_as(ink)
    while True:
        wider = ink * ((flood + _neighbours(flood)) > 0)
        if torch.equal(wider, flood):
            return (flood.sum((1, 2, 3)) > 0) & (flood == ink).flatten(1).all(1)
        flood = wider


@cache
def _all_loops(size: int) -> Tensor:
    found = [torch.tensor(path) for start in range(size * size) for path in _loops_from(start, size)]
    pictures = torch.full((len(found), size * size), -1.0)
    for picture, path in zip(pictures, found, strict=True):
        picture[path] = 1.0
    return pictures.view(-1, 1, size, size)


def _loops_from(start: int, size: int) -> Iterator[list[int]]:
    """The loops whose first pixel in reading order is ``start``, as lists of pixels along the loop."""
    beside = [_beside(pixel, size) for pixel in range(size * size)]
    paths = [[start, second] for second in beside[start] if second > start]
    while paths:
        path = paths.pop()
        for pixel in beside[path[-1]] - {path[-2]}:
            touches = beside[pixel].intersection(path[:-1])
            if pixel > start and not touches:
                paths.append([*path, pixel])
            elif pixel > path[1] and touches == {start}:  # closed; of its two directions, one
                yield [*path, pixel]


def _beside(pixel: int, size: int) -> set[int]:
    """The pixels left, right, above and below."""
    row, column = divmod(pixel, size)
    steps = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
    return {r * size + c for r, c in steps if 0 <= r < size and 0 <= c < size}
