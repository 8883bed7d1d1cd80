"""Distances of two samples of points: by projections, and by counting in the cells of a grid."""

from math import pi

import torch
from torch import Tensor

EVEN, RANDOM = 16, 128  # directions in the plane, and with more axes


def sliced_wasserstein(a: Tensor, b: Tensor, directions: int | Tensor | None = None, seed: int = 0) -> float:
    """The Wasserstein-1 distance of two samples along a line, averaged over directions; 0 is best.

    SW(a, b) = mean over theta of W1(<a, theta>, <b, theta>). In one dimension W1 is the mean distance of the sorted
    values, or the area between the two quantile functions when N and M differ, so this costs a few sorts and no
    optimisation. In the plane the directions are even: theta = (cos t, sin t), t = pi k / directions, 16 by default.
    With more axes they are drawn at random, 128 by default, the same for the same ``seed``.

    It is in the units of the axes. A shift by v costs at most |v|; on average over directions 2 |v| / pi in the plane,
    and Gamma(d / 2) |v| / (sqrt(pi) Gamma((d + 1) / 2)) with d axes, which goes as |v| / sqrt(d).

    Shapes: a (N, d), b (M, d). ``directions``: how many, or the unit vectors themselves, (n, d). Computed on the device
    of ``a``.

    Raises: ValueError for other shapes, values that are not finite, or directions below 1.

    Source: Rabin et al. 2011, "Wasserstein barycenter and its application to texture mixing", section 2; Bonneel et al.
    2015, "Sliced and Radon Wasserstein barycenters of measures", J. Mathematical Imaging and Vision 51.
    """
    shapes = f"a has shape {tuple(a.shape)} and b {tuple(b.shape)}"
    if a.dim() != 2 or b.dim() != 2 or a.shape[1] != b.shape[1] or not a.numel() or not b.numel():
        raise ValueError(f"{shapes}, expected (N, d) and (M, d), N and M at least 1")
    for name, x in (("a", a), ("b", b)):
        if not x.isfinite().all():
            raise ValueError(f"{name} holds NaN or infinity; did the training diverge?")
    theta = directions if isinstance(directions, Tensor) else _directions(a, directions, seed)
    if theta.dim() != 2 or theta.shape[1] != a.shape[1] or not len(theta):
        raise ValueError(f"directions has shape {tuple(theta.shape)}, expected (n, {a.shape[1]}) with n at least 1")
    dtype = torch.promote_types(torch.promote_types(a.dtype, b.dtype), torch.float32)
    x, y = ((theta.to(a.device, dtype) @ points.to(a.device, dtype).T).sort().values for points in (a, b))
    return _area(x, y)


def _area(x: Tensor, y: Tensor) -> float:
    """The area between the quantile functions of sorted values (n, N) and (n, M), averaged over the n rows."""
    n, m = x.shape[1], y.shape[1]
    if n == m:
        return (x - y).abs().mean().item()
    ends = torch.cat([torch.arange(1, n + 1) * m, torch.arange(1, m + 1) * n]).unique()  # of the steps, in 1 / (n m)
    at_x, at_y = ((ends - 1).div(step, rounding_mode="floor").to(x.device) for step in (m, n))
    shares = ends.diff(prepend=ends.new_zeros(1)).to(x) / (n * m)
    return ((x[:, at_x] - y[:, at_y]).abs() @ shares).mean().item()


def _directions(like: Tensor, number: int | None, seed: int) -> Tensor:
    """Unit vectors (number, d): even ones in the plane, random ones elsewhere."""
    d, dtype = like.shape[1], torch.promote_types(like.dtype, torch.float32)
    number = (EVEN if d == 2 else RANDOM) if number is None else number
    if number < 1:
        raise ValueError(f"directions = {number}, expected at least 1")
    if d == 2:
        t = torch.arange(number, device=like.device, dtype=dtype) * (pi / number)
        return torch.stack([t.cos(), t.sin()], dim=1)
    drawn = torch.randn(number, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (drawn / drawn.norm(dim=1, keepdim=True)).to(dtype)


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
