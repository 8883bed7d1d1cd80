"""Distances of two samples of points: by projections, and by counting in the cells of a grid."""

from math import pi

import torch
from torch import Tensor


def sliced_wasserstein(a: Tensor, b: Tensor, directions: int = 16) -> float:
    """The Wasserstein-1 distance of two samples in the plane, averaged over directions; 0 is best.

    SW(a, b) = mean over theta of W1(<a, theta>, <b, theta>), theta = (cos t, sin t), t = pi k / directions. In one
    dimension W1 is the mean distance of the sorted values, so this costs a few sorts and no optimisation. It is in the
    units of the axes, and a shift by v costs at most |v| (2 |v| / pi on average over directions).

    Shapes: a and b (N, 2), the same N.

    Raises: ValueError for other shapes or directions below 1.

    Source: Rabin et al. 2011, "Wasserstein barycenter and its application to texture mixing", section 2.
    """
    if a.shape != b.shape or a.dim() != 2 or a.shape[1] != 2 or len(a) == 0:
        raise ValueError(f"a has shape {tuple(a.shape)} and b {tuple(b.shape)}, expected (N, 2) twice, N at least 1")
    if directions < 1:
        raise ValueError(f"directions = {directions}, expected at least 1")
    t = torch.arange(directions, device=a.device, dtype=a.dtype) * (pi / directions)
    theta = torch.stack([t.cos(), t.sin()], dim=1)
    return ((theta @ a.T).sort().values - (theta @ b.T).sort().values).abs().mean().item()


def grid_js_divergence(a: Tensor, b: Tensor, extent: tuple[float, float, float, float], cells: int = 16) -> float:
    """The Jensen-Shannon divergence of two samples, counted in cells x cells of a grid; in nats, 0 to log 2.

    JSD(p, q) = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2. ``extent`` is (left, right, bottom, top); points
    beyond it count in the outermost cells. Two finite samples of one distribution get a value above 0, the more so the
    finer the grid.

    Shapes: a (N, 2), b (M, 2).

    Raises: ValueError for other shapes or values that are NaN.

    Source: Lin 1991, "Divergence measures based on the Shannon entropy", IEEE Trans. Information Theory 37(1), eq. 4.1.
    """
    p, q = (_shares(name, x, extent, cells) for name, x in (("a", a), ("b", b)))
    m = (p + q) / 2
    return sum(torch.xlogy(w, w) - torch.xlogy(w, m) for w in (p, q)).sum().item() / 2


def _shares(name: str, x: Tensor, extent: tuple[float, float, float, float], cells: int) -> Tensor:
    """The share of the points in each cell."""
    if x.dim() != 2 or x.shape[1] != 2 or len(x) == 0:
        raise ValueError(f"{name} has shape {tuple(x.shape)}, expected (N, 2) with N at least 1")
    if x.isnan().any():
        raise ValueError(f"{name} holds NaN; did the training diverge?")
    low, high = x.new_tensor(extent[0::2]), x.new_tensor(extent[1::2])
    cell = ((x - low) / (high - low) * cells).clamp(0, cells - 1).long()
    return torch.bincount(cell[:, 1] * cells + cell[:, 0], minlength=cells * cells).double() / len(x)
