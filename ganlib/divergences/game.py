"""The value of the GAN game and its optimum: on a grid, and by Monte Carlo. p is the data, q the generator."""

from math import log, sqrt
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ganlib.divergences.quadrature import expectation, log_masses, log_ratio


def optimal_discriminator(log_p: Tensor, log_q: Tensor) -> Tensor:
    """D*(x) = p(x) / (p(x) + q(x)) = sigmoid(log p(x) - log q(x)), the discriminator that maximises V for a fixed G.

    NaN where p = q = 0: no sample falls there, so nothing says what D should be.

    Shapes: log densities of any shape at the same points; the result has it too.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, eq. 2.
    """
    return torch.sigmoid(torch.as_tensor(log_p, dtype=torch.float64) - torch.as_tensor(log_q, dtype=torch.float64))


def value(logits: Tensor, log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """V(G, D) = E_p log D + E_q log(1 - D) with D = sigmoid(logits), in nats, at most 0.

    Shapes, the error of the grid and what raises are those of ``ganlib.divergences.quadrature``; logits (..., n) are
    D's outputs at the points of ``log_p`` and ``log_q``. Infinite logits are allowed (D = 0 or 1).

    Raises: ValueError as there, and for logits of another length or that are NaN where p or q is not 0.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, eq. 1 and 3.
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    logits = torch.as_tensor(logits, dtype=torch.float64)
    if logits.dim() == 0 or logits.shape[-1] != log_p.shape[-1]:
        raise ValueError(f"logits has shape {tuple(logits.shape)}, expected ({log_p.shape[-1]},) at the end, as log_p")
    result = expectation(log_p, logsigmoid(logits)) + expectation(log_q, logsigmoid(-logits))
    if result.isnan().any():
        raise ValueError("logits holds NaN where p or q is positive, expected numbers")
    return result


def optimal_value(log_p: Tensor, log_q: Tensor, x: Tensor | None = None) -> Tensor:
    """C(G) = V(G, D*) = 2 JS(p, q) - 2 log 2: from -log 4, where p = q, to 0, where the supports are disjoint.

    Arguments and errors as ``value``.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, eq. 4 and theorem 1.
    """
    log_p, log_q = log_masses(log_p, log_q, x)
    return value(log_ratio(log_p, log_q), log_p, log_q)


class Estimate(NamedTuple):
    """A Monte Carlo mean and its standard error, both in the same units."""

    value: float
    standard_error: float

    def __str__(self) -> str:
        return f"{self.value:.6f} ± {self.standard_error:.6f}"


def value_estimate(real_logits: Tensor, fake_logits: Tensor) -> Estimate:
    """V(G, D) from D's logits on n real and m fake samples: mean log D(x) + mean log(1 - D(G(z))), in nats.

    The standard error is sqrt(var log D(x) / n + var log(1 - D(G(z))) / m), for independent samples.

    Shapes: any, of at least two values each.

    Raises: ValueError for fewer than two values, or NaN.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, algorithm 1.
    """
    terms = logsigmoid(_logits("real_logits", real_logits)), logsigmoid(-_logits("fake_logits", fake_logits))
    variance = sum(term.var().item() / len(term) for term in terms)
    return Estimate(sum(term.mean().item() for term in terms), sqrt(variance))


def js_estimate(real_log_ratio: Tensor, fake_log_ratio: Tensor) -> Estimate:
    """JS(p, q) = log 2 + V(G, D*) / 2 from log p - log q at samples of p and at samples of q, in nats. It is unbiased.

    The log densities are exact, so this is an estimate of the integral only: ``p.log_prob(x) - q.log_prob(x)`` for two
    ``torch.distributions``, mixtures too. The logits of a trained D in their place give a lower bound.

    Shapes and errors as ``value_estimate``.

    Source: Goodfellow et al. 2014, arXiv 1406.2661, theorem 1.
    """
    optimum = value_estimate(real_log_ratio, fake_log_ratio)
    return Estimate(log(2) + optimum.value / 2, optimum.standard_error / 2)


def _logits(name: str, values: Tensor) -> Tensor:
    values = torch.as_tensor(values, dtype=torch.float64).detach().flatten()
    if len(values) < 2 or values.isnan().any():
        raise ValueError(f"{name} has {len(values)} values, expected at least two and none of them NaN")
    return values
