"""The earth mover's distance of samples: by sorting on the line, by linear program anywhere; its dual is the critic."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.optimize import linprog
from torch import Tensor


def sorted_w1(a: Tensor, b: Tensor) -> Tensor:
    """W1 of two samples on the line, mean |a_(i) - b_(i)| over the sorted values; differentiable, in the units of x.

    For weights, or samples of different sizes, use ``scipy.stats.wasserstein_distance``.

    Shapes: a and b (..., N), the same N; the result has the leading dimensions.

    Raises: ValueError for other shapes, or values that are not finite.

    Source: Vallender 1974, "Calculation of the Wasserstein distance between probability distributions on the line".
    """
    a, b = _finite("a", a), _finite("b", b)
    if a.dim() == 0 or b.dim() == 0 or a.shape[-1] != b.shape[-1] or a.shape[-1] == 0:
        raise ValueError(
            f"a has shape {tuple(a.shape)} and b {tuple(b.shape)}, expected (..., N) with one N, at least 1"
        )
    return (a.sort(-1).values - b.sort(-1).values).abs().mean(-1)


@dataclass(frozen=True)
class Transport:
    """An optimal plan and the proof that nothing is cheaper.

    - ``plan``: (n, m); plan[i, j] is the mass moved from i to j. At most n + m - 1 entries are not 0.
    - ``cost``: sum of plan * cost, the transport distance for masses that sum to 1.
    - ``f``, ``g``: the dual potentials (n,) and (m,): f_i + g_j <= cost[i, j] everywhere, with equality where mass
      moves, and sum p f + sum q g = cost. Adding a constant to f and taking it from g changes nothing.
    """

    plan: Tensor
    cost: float
    f: Tensor
    g: Tensor


def optimal_transport(cost: Tensor, p: Tensor | None = None, q: Tensor | None = None) -> Transport:
    """The cheapest way to turn masses p into q: min <plan, cost>, plan >= 0 with rows that sum to p and columns to q.

    ``cost[i, j]`` is the price of moving one unit from i to j; ``scipy.spatial.distance.cdist(x, y)`` makes it W1, its
    square W2^2. HiGHS solves it by the simplex method to 1e-10 of the largest cost; the results are on the CPU.

    Shapes: cost (n, m), p (n,), q (m,), float64; equal masses 1 / n and 1 / m when None.

    Raises: ValueError for other shapes, values that are not finite, negative masses, or p and q of different total;
    RuntimeError when HiGHS gives up.

    Source: Kantorovich 1942; Peyré and Cuturi 2019, arXiv 1803.00567, eq. 2.11 (plan) and 2.20 (potentials).
    """
    cost = _finite("cost", cost).detach().cpu()
    if cost.dim() != 2 or cost.numel() == 0:
        raise ValueError(f"cost has shape {tuple(cost.shape)}, expected (n, m)")
    n, m = cost.shape
    p, q = _masses("p", p, n), _masses("q", q, m)
    total = p.sum().item()
    if abs(q.sum().item() - total) > 1e-9 * total:
        raise ValueError(f"p has mass {total:.6g} and q {q.sum().item():.6g}, expected the same: no mass is lost")
    scale = cost.abs().max().item() or 1.0
    rows, columns = sparse.kron(np.eye(n), np.ones((1, m))), sparse.kron(np.ones((1, n)), np.eye(m))
    result = linprog(
        cost.flatten().numpy() / scale,
        A_eq=sparse.vstack([rows, columns]).tocsr(),
        b_eq=torch.cat([p, q]).numpy() / total,
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if not result.success:
        raise RuntimeError(f"the linear program of size {n} x {m} was not solved: {result.message}")
    plan = torch.from_numpy(result.x).view(n, m) * total
    f, g = torch.from_numpy(result.eqlin.marginals * scale).split([n, m])
    return Transport(plan, (plan * cost).sum().item(), f, g)


def lipschitz_critic(y: Tensor, g: Tensor) -> Callable[[Tensor], Tensor]:
    """The best critic there is, a function of any point: f(z) = min_j (|z - y_j| - g_j), so |f(a) - f(b)| <= |a - b|.

    With ``g`` of ``optimal_transport`` for the cost |x - y|, E_p f - E_q f = W1(p, q): Kantorovich-Rubinstein duality.
    The returned function maps z (N, d) to (N,) and is differentiable.

    Shapes: y (m, d), g (m,).

    Raises: ValueError for other shapes, or values that are not finite.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, eq. 2; Villani 2009, "Optimal transport", theorem 5.10 and 5.16.
    """
    y, g = _finite("y", y), _finite("g", g)
    if y.dim() != 2 or len(y) == 0 or g.shape != y.shape[:1]:
        raise ValueError(f"y has shape {tuple(y.shape)} and g {tuple(g.shape)}, expected (m, d) and (m,)")

    def critic(z: Tensor) -> Tensor:
        return (torch.cdist(z.double(), y, compute_mode="donot_use_mm_for_euclid_dist") - g).min(dim=1).values

    return critic


def _finite(name: str, values: Tensor) -> Tensor:
    values = torch.as_tensor(values, dtype=torch.float64)
    if not values.isfinite().all():
        raise ValueError(f"{name} holds NaN or infinity, expected finite numbers")
    return values


def _masses(name: str, masses: Tensor | None, n: int) -> Tensor:
    masses = torch.full((n,), 1 / n, dtype=torch.float64) if masses is None else masses
    masses = _finite(name, masses).detach().cpu()
    if masses.shape != (n,) or (masses < 0).any() or masses.sum() == 0:
        raise ValueError(f"{name} has shape {tuple(masses.shape)}, expected {n} masses >= 0 that are not all 0")
    return masses
