"""Ways from one latent vector to others, and how usual a vector's length is. All tensors are on one device."""

from collections.abc import Callable

import torch
from scipy import special  # scipy.stats takes a second to import
from torch import Tensor


def straight(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """(1 - t) a + t b for each of the n numbers t, from vectors a and b (d,): shape (n, d).

    Between two independent draws from N(0, I) the middle has length sqrt(d / 2) or so, where draws have sqrt(d).
    """
    return torch.lerp(a, b, t[:, None])


def spherical(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b with w the angle between a and b (d,), for n numbers t: (n, d).

    Vectors of one length keep it on the way. Where a and b lie on one line through 0, or one of them is 0, no great
    circle is singled out, and the way is the straight one.

    Source: White 2016, arXiv 1609.04468; Shoemake 1985 for quaternions.
    """
    scale = a.norm() * b.norm()
    angle = torch.acos((a @ b / scale).clamp(-1, 1)) if scale > 0 else scale
    if angle.sin() < 1e-6:
        return straight(a, b, t)
    shares = torch.stack([(1 - t) * angle, t * angle]).sin() / angle.sin()
    return shares.T @ torch.stack([a, b])


WAYS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {"straight": straight, "spherical": spherical}


def swept(z: Tensor, dim: int, values: Tensor) -> Tensor:
    """z (d,) once for each of n values, which replace its coordinate ``dim``: (n, d)."""
    many = z.repeat(len(values), 1)
    many[:, dim] = values
    return many


def share_shorter(norm: float, d: int) -> float:
    """The share of all z ~ N(0, I) in d dimensions that are shorter than ``norm``: |z|^2 is chi-squared distributed."""
    return float(special.gammainc(d / 2, norm**2 / 2))


def usual_norms(d: int, share: float = 0.9) -> tuple[float, float]:
    """Between which two lengths the middle ``share`` of all z ~ N(0, I) in d dimensions lies."""
    low, high = ((2 * special.gammaincinv(d / 2, (1 + side * share) / 2)) ** 0.5 for side in (-1, 1))
    return float(low), float(high)
