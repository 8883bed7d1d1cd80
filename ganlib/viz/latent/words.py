"""What the explorer says of a latent vector, of pictures, and of an axis."""

from html import escape

import torch
from torch import Tensor

from ganlib.viz.latent.ways import share_shorter, usual_norms


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus, and none in front of a zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "\u2212")


def percent(share: float) -> str:
    """A share in percent: a digit more where it is near none or all, and never 0 or 100 in place of them."""
    if share < 1e-4 or share > 1 - 1e-4:
        return "less than 0.01 %" if share < 0.5 else "more than 99.99 %"
    return f"{100 * share:.2f} %" if min(share, 1 - share) < 0.01 else f"{100 * share:.0f} %"


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


def paragraphs(*sentences: str) -> str:
    """Sentences as HTML, one below the other; empty ones are left out."""
    return "".join(f'<p style="margin:0 0 .4em;line-height:1.4">{escape(words)}</p>' for words in sentences if words)
