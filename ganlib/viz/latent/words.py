"""What the explorer says of a latent vector, of pictures, and of an axis."""

import torch
from torch import Tensor

from ganlib.viz.latent.ways import share_shorter, usual_norms
from ganlib.viz.wording import number, percent


def length(z: Tensor) -> str:
    """How long z is, and how usual that is for a draw from N(0, I)."""
    norm, d = z.norm().item(), len(z)
    return (
        f"|z| = {number(norm)} in {d} dimensions, where \u221ad = {number(d**0.5)}. "
        f"Of all z ~ N(0,\u00a0I), {percent(share_shorter(norm, d))} are shorter."
    )


def way(kind: str, t: float, norms: Tensor, d: int) -> str:
    """How long the vectors of a way are, against what draws from N(0, I) are."""
    low, high = usual_norms(d)
    shortest = norms.min().item()
    return (
        f"On the {kind} way |z| is {number(shortest)} or more, and {number(_at(norms, t))} at t = {t:g}. "
        f"Nine in ten draws from N(0,\u00a0I) have {number(low)} to {number(high)}; "
        f"{percent(share_shorter(shortest, d))} are shorter than the shortest here."
    )


def _at(norms: Tensor, t: float) -> float:
    return norms[round(t * (len(norms) - 1))].item()


def effect(value: float) -> str:
    """What a step along an axis does."""
    return f"A step of 1 changes a pixel by {number(value, 3)} on average, where black to white is 2."


def spread(images: Tensor) -> float:
    """The mean distance |x - x'| of a pixel in two different ones of the images (n, C, H, W)."""
    flat, n = images.flatten(1), len(images)
    return (torch.cdist(flat, flat, p=1).sum() / (n * (n - 1) * flat.shape[1])).item()
