"""Divergences of two distributions given by their logarithms: probabilities of a finite set, or densities on a grid.

Every function takes ``log_p`` and ``log_q`` of shape (..., n); leading dimensions broadcast, so a whole curve over a
parameter is one call. -inf stands for 0. Without ``x`` they are log probabilities. With a grid ``x`` of shape (n,) they
are log densities at ``x``, and the trapezoidal rule turns them into n masses. Masses are divided by their sum, so that
what holds for distributions (KL >= 0, 0 <= JS <= log 2, Pinsker) holds for them too, up to rounding.

Error of the grid, with spacing h: for smooth densities that vanish at both ends it falls faster than any power of h
(KL and JS of unit Gaussians: below 1e-12 at h = 0.25; of mixtures, below 1e-8 when h is a twentieth of the smallest
deviation); at a jump it is of order h. Logarithms do not underflow: two Gaussians 50 standard deviations apart still
have the right KL. Compute the densities at an ``x`` in float64: float32 costs about 1e-7.

The results have the shape of the leading dimensions and are differentiable in whatever ``log_p`` and ``log_q`` come
from. A grid does not see the edge of a uniform density move, so the gradient there is 0: use the closed form.

Raises: ValueError for shapes that do not fit, NaN or +inf, a grid that does not increase, probabilities whose sum is
more than 1e-5 off 1, or a density whose mass on the grid is more than 2 % off 1.

Source: Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule", SIAM Review 56(3).
"""

from math import inf, log

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, pad


def kl(log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """The Kullback-Leibler divergence KL(p || q) = E_p log(p / q), in nats.

    inf where q = 0 < p; it has no gradient then (NaN). Where p = 0, the integrand is 0.

    Source: Kullback and Leibler 1951, "On information and sufficiency", eq. 2.4.
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    return expectation(log_p, log_ratio(log_p, log_q))


def reverse_kl(log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """KL(q || p), in nats: with p the data and q the model, the one that drops modes rather than covers them."""
    return kl(log_q, log_p, x)


def js(log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """The Jensen-Shannon divergence (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2, in nats, from 0 to log 2.

    Computed as log 2 + (E_p log(p / (p + q)) + E_q log(q / (p + q))) / 2, with the constant taken out of the integrals:
    so disjoint supports give log 2 and a gradient of exactly 0.

    Source: Lin 1991, "Divergence measures based on the Shannon entropy", IEEE Trans. Information Theory 37(1), eq. 4.1.
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    ratio = log_ratio(log_p, log_q)
    return log(2) + (expectation(log_p, logsigmoid(ratio)) + expectation(log_q, logsigmoid(-ratio))) / 2


def total_variation(log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """The total variation distance sup_A |p(A) - q(A)| = integral |p - q| / 2, from 0 to 1.

    Where p and q cross, |p - q| has a kink and the grid an error of order h^2.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, section 2.
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    return (log_p.exp() - log_q.exp()).abs().sum(-1) / 2


def w1(log_p: Tensor, log_q: Tensor, x: Tensor) -> Tensor:
    """The Wasserstein-1 distance on the line, integral |F - G| with the distribution functions F and G; units of x.

    Exact for the masses on the grid; for the densities the error is of order h^2 when they are smooth, and at most h.

    Source: Vallender 1974, "Calculation of the Wasserstein distance between probability distributions on the line".
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    gap = (log_p.exp() - log_q.exp()).cumsum(-1)[..., :-1].abs()
    return (gap * _grid(x).diff()).sum(-1)


def log_masses(log_p: Tensor, log_q: Tensor, x: Tensor | None) -> tuple[Tensor, Tensor]:
    """Both distributions as logarithms of n masses that sum to 1."""
    log_p, log_q = (torch.as_tensor(values, dtype=torch.float64) for values in (log_p, log_q))
    if log_p.dim() == 0 or log_q.dim() == 0 or log_p.shape[-1] != log_q.shape[-1]:
        raise ValueError(
            f"log_p has shape {tuple(log_p.shape)} and log_q {tuple(log_q.shape)}, expected (..., n) with one n"
        )
    return _normalised("log_p", log_p, x), _normalised("log_q", log_q, x)


def _normalised(name: str, values: Tensor, x: Tensor | None) -> Tensor:
    if values.isnan().any() or (values == inf).any():
        raise ValueError(f"{name} holds NaN or +inf, expected logarithms: finite numbers, or -inf for 0")
    if x is not None:
        step = _grid(x).diff()
        if len(step) + 1 != values.shape[-1]:
            raise ValueError(f"{name} has shape {tuple(values.shape)}, expected ({len(step) + 1},) at the end, as x")
        values = values + ((pad(step, (1, 0)) + pad(step, (0, 1))) / 2).log()
    total = values.logsumexp(-1, keepdim=True)
    mass = max(total.detach().exp().flatten().tolist(), key=lambda mass: abs(mass - 1))
    if abs(mass - 1) > (1e-5 if x is None else 0.02):
        what = "probabilities that sum" if x is None else "a density that integrates on the grid x"
        raise ValueError(f"{name} holds {what} to {mass:.4g}, expected 1 (are they logarithms? is x wide and fine?)")
    return values - total


def _grid(x: Tensor) -> Tensor:
    x = torch.as_tensor(x, dtype=torch.float64)
    if x.dim() != 1 or len(x) < 2 or not x.isfinite().all() or (x.diff() <= 0).any():
        raise ValueError(f"x has shape {tuple(x.shape)}, expected at least two finite numbers in increasing order")
    return x


def log_ratio(log_p: Tensor, log_q: Tensor) -> Tensor:
    """log p - log q, and 0 where both vanish: no expectation looks there."""
    return torch.where((log_p == -inf) & (log_q == -inf), 0.0, log_p - log_q)


def expectation(log_p: Tensor, values: Tensor) -> Tensor:
    """E_p values, where p = 0 hides any value, and an infinite value counts however small p is."""
    values = torch.where(log_p == -inf, 0.0, values)
    return torch.where(values.isinf(), values, log_p.exp() * values).sum(-1)
