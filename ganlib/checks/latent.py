"""Checks of chapter 05: paths through the latent space."""

from collections.abc import Mapping
from math import pi

import torch
from torch import Tensor

from ganlib.checks.answers import Formula
from ganlib.checks.arrays import as_array, in_digits, judge_arrays
from ganlib.checks.core import check, expect

ENDS = (
    (torch.tensor([2.0, 0.0, 0.0]), torch.tensor([0.0, 2.0, 0.0]), 0.5),
    (torch.tensor([1.0, -2.0, 0.5, 1.0]), torch.tensor([-0.5, 1.0, 2.0, 1.5]), 0.25),
    (torch.tensor([3.0, 1.0]), torch.tensor([-1.0, 0.5]), 0.7),
    (torch.tensor([0.5, 1.5, -1.0]), torch.tensor([1.0, 0.2, 0.7]), 0.0),
)
END_WORDS = tuple(f"between {a.tolist()} and {b.tolist()} at t = {t}" for a, b, t in ENDS)


def _angle(a: Tensor, b: Tensor) -> Tensor:
    return torch.arccos(torch.dot(a, b) / (a.norm() * b.norm()))


def _along(omega: Tensor, a: Tensor, b: Tensor, t: float) -> Tensor:
    return (((1 - t) * omega).sin() * a + (t * omega).sin() * b) / omega.sin()


def _arc(a: Tensor, b: Tensor, t: float) -> Tensor:
    return _along(_angle(a, b), a, b, t)


def _straight(a: Tensor, b: Tensor, t: float) -> Tensor:
    return (1 - t) * a + t * b


def _unit(a: Tensor) -> Tensor:
    return a / a.norm()


_ARC_MISTAKES: Mapping[str, Formula] = {
    "this is the straight line. The spherical one weighs with sines of the angle.": _straight,
    "the ends are swapped: t = 0 is z0.": lambda a, b, t: _arc(b, a, t),
    "the division by sin(omega) is missing.": lambda a, b, t: _arc(a, b, t) * _angle(a, b).sin(),
    "these are cosines. The weights are sin((1 - t) omega) and sin(t omega), over sin(omega).": (
        lambda a, b, t: (((1 - t) * _angle(a, b)).cos() * a + (t * _angle(a, b)).cos() * b) / _angle(a, b).sin()
    ),
    "the angle is taken of vectors that are not scaled to length 1: divide the product by both lengths.": (
        lambda a, b, t: _along(torch.arccos(torch.dot(a, b)), a, b, t)
    ),
    "this is the cosine of the angle, not the angle: omega is its arccos.": (
        lambda a, b, t: _along(torch.dot(a, b) / (a.norm() * b.norm()), a, b, t)
    ),
    "the angle is in degrees. Sines here take radians.": lambda a, b, t: _along(_angle(a, b) * 180 / pi, a, b, t),
    "the result has length 1: scale the ends for the angle only, and sum the ends as they are.": (
        lambda a, b, t: _arc(_unit(a), _unit(b), t)
    ),
    "this is the straight line, scaled to length 1.": lambda a, b, t: _unit(_straight(a, b, t)),
    "this is the straight line, stretched to the length in between: near the arc, but faster in the middle.": (
        lambda a, b, t: _unit(_straight(a, b, t)) * _straight(a.norm(), b.norm(), t)
    ),
    "the weights are square roots of 1 - t and t. That is the arc for a right angle, at another speed.": (
        lambda a, b, t: (1 - t) ** 0.5 * a + t**0.5 * b
    ),
    "the angle is taken as a right one. It is the angle between z0 and z1.": (
        lambda a, b, t: _along(torch.tensor(pi / 2), a, b, t)
    ),
}


@check
def slerp(answer) -> None:
    """Judge ``slerp(z0, z1, t)``: spherical interpolation between two vectors (d,)."""
    judge_arrays(answer, _arc, _ARC_MISTAKES, ENDS, END_WORDS)
    start = torch.tensor([3.0, 4.0, 0.0])
    for end, words in ((start, "the same vector"), (2 * start, "twice the vector")):
        got, wanted = as_array(answer(start.clone(), end.clone(), 0.5)), _straight(start, end, 0.5).double()
        expect(
            got.shape == wanted.shape and torch.allclose(got, wanted, rtol=1e-3),
            f"from a vector to {words} it gives {in_digits(got)}, expected {in_digits(wanted)}: there sin(omega) is 0, "
            "or a rounding error. Go straight when the angle is tiny.",
        )
