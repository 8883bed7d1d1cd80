"""Inputs and kernels to choose from, and numbers of the reader's own. All are small, to be followed by hand."""

from collections.abc import Callable
from math import comb

import numpy as np

Shape = tuple[int, int]


def one_pixel(shape: Shape) -> np.ndarray:
    """A single 1 in the middle."""
    numbers = np.zeros(shape)
    numbers[shape[0] // 2, shape[1] // 2] = 1
    return numbers


def ramp(shape: Shape) -> np.ndarray:
    """1, 2, 3 and so on, row by row."""
    return np.arange(1.0, shape[0] * shape[1] + 1).reshape(shape)


def random(seed: int) -> Callable[[Shape], np.ndarray]:
    """Digits from 1 to 5, the same ones each time."""
    return lambda shape: np.random.default_rng(seed).integers(1, 6, shape).astype(float)


def blur(shape: Shape) -> np.ndarray:
    """Binomial numbers, the whole numbers nearest in shape to a Gaussian: 1 2 1 along each axis for width 3."""
    return np.outer(*([comb(n - 1, i) for i in range(n)] for n in shape)).astype(float)


PIXELS = {"one pixel": one_pixel, "ones": np.ones, "ramp": ramp, "random": random(0)}
KERNELS = {"ones": np.ones, "ramp": ramp, "random": random(1), "blur": blur}


def table(name: str, values, dimensions: int) -> tuple[tuple[float, ...], ...]:
    """Numbers as rows: a square, or a single row for one dimension.

    Raises: ValueError for another shape, or a number that is not finite.
    """
    numbers = np.atleast_1d(np.asarray(values, dtype=float))
    if dimensions == 1 and numbers.ndim == 1:
        numbers = numbers[None]
    rows, columns = numbers.shape if numbers.ndim == 2 else (0, 0)
    if rows != (columns if dimensions == 2 else 1) or not np.isfinite(numbers).all():
        expected = "finite numbers in a square" if dimensions == 2 else "a row of finite numbers"
        raise ValueError(f"{name} has the shape {tuple(np.shape(values))}, expected {expected}")
    return tuple(map(tuple, numbers.tolist()))
