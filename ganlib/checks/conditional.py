"""Check of chapter 07: a condition as planes behind the channels of an image."""

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check

IMAGES = (
    (torch.linspace(-1, 1, 12).view(2, 1, 2, 3), torch.tensor([2, 0]), 3),
    (torch.linspace(-0.9, 0.8, 24).view(2, 2, 3, 2), torch.tensor([1, 3]), 5),
    (torch.tensor([[[[0.5]]], [[[-0.25]]], [[[0.125]]]]), torch.tensor([1, 1, 0]), 2),
)
IMAGE_WORDS = tuple(f"for x of shape {tuple(x.shape)}, y = {y.tolist()} and {n} classes" for x, y, n in IMAGES)


def _planes(x: Tensor, y: Tensor, classes: int) -> Tensor:
    """One-hot planes (N, classes, H, W)."""
    return F.one_hot(y, classes).to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])


def _stacked(x: Tensor, y: Tensor, classes: int) -> Tensor:
    return torch.cat([x, _planes(x, y, classes)], 1)


def _single_plane(x: Tensor, y: Tensor, classes: int) -> Tensor:
    return torch.cat([x, y.to(x.dtype)[:, None, None, None].expand(-1, 1, *x.shape[2:])], 1)


def _one_pixel(x: Tensor, y: Tensor, classes: int) -> Tensor:
    planes = torch.zeros(_planes(x, y, classes).shape)
    planes[:, :, 0, 0] = F.one_hot(y, classes)
    return torch.cat([x, planes], 1)


_PLANES_MISTAKES: Mapping[str, Callable] = {
    "the planes come first. Put the image first, then the planes.": (
        lambda x, y, n: torch.cat([_planes(x, y, n), x], 1)
    ),
    "this is one plane that holds the number of the class. A class is a name, not an amount: each has a plane.": (
        _single_plane
    ),
    "the plane of the class holds its number. It holds 1, whatever the class is.": (
        lambda x, y, n: torch.cat([x, _planes(x, y, n) * y[:, None, None, None]], 1)
    ),
    "the planes of the other classes hold -1. They hold 0.": (
        lambda x, y, n: torch.cat([x, 2 * _planes(x, y, n) - 1], 1)
    ),
    "the planes hold 0 where they should hold 1, and 1 where they should hold 0.": (
        lambda x, y, n: torch.cat([x, 1 - _planes(x, y, n)], 1)
    ),
    "the planes are one off: class 0 belongs to the first plane.": (
        lambda x, y, n: torch.cat([x, _planes(x, (y + 1) % n, n)], 1)
    ),
    "the planes are one off, downwards: class 0 belongs to the first plane.": (
        lambda x, y, n: torch.cat([x, _planes(x, (y - 1) % n, n)], 1)
    ),
    "all samples have the planes of the first one. Each needs those of its own class.": (
        lambda x, y, n: torch.cat([x, _planes(x, y[:1].expand_as(y), n)], 1)
    ),
    "the samples have each other's planes: their order is turned round.": (
        lambda x, y, n: torch.cat([x, _planes(x, y.flip(0), n)], 1)
    ),
    "all planes hold 1. Only the plane of the class does.": (
        lambda x, y, n: torch.cat([x, torch.ones_like(_planes(x, y, n))], 1)
    ),
    "all planes hold 0. That of the class holds 1.": (
        lambda x, y, n: torch.cat([x, torch.zeros_like(_planes(x, y, n))], 1)
    ),
    "only the first pixel of a plane is set. Fill the whole plane, so that every kernel position sees the class.": (
        _one_pixel
    ),
    "these are the planes alone. Put them behind the image's channels.": _planes,
    "this is the image alone.": lambda x, y, n: x,
    "the plane is added to the image. Put the planes behind its channels: torch.cat.": (
        lambda x, y, n: x + y.to(x.dtype)[:, None, None, None]
    ),
}


@check
def condition_planes(answer) -> None:
    """Judge ``condition_planes(x, y, classes)``: images (N, C, H, W) with one-hot planes, (N, C + classes, H, W)."""
    judge_arrays(answer, _stacked, _PLANES_MISTAKES, IMAGES, IMAGE_WORDS)
