"""Naive Bayes and logistic regression, a pair with the same family of posteriors. Both fits give a linear rule."""

from dataclasses import dataclass
from math import log

import torch
from torch import Tensor
from torch.nn.functional import softplus

LEAST_VARIANCE = 0.001  # added to each variance of naive Bayes
RIDGE = 1e-4
GAP = 1e-10  # Newton stops this near to the minimum
MOST_STEPS = 200


@dataclass(frozen=True)
class Linear:
    """The rule that says 1 where w . x + b > 0, and else 0. Shapes: w (d,), b (), x (n, d) to (n,)."""

    w: Tensor
    b: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """The answers to points."""
        return (x @ self.w + self.b > 0).long()


def naive_bayes(x: Tensor, y: Tensor) -> Linear:
    """Gaussian naive Bayes with one variance for each feature, the same in both classes, fitted to x (n, d), y (n,).

    w = (mu_1 - mu_0) / (sigma^2 + 0.001), feature by feature, and b = log(n_1 / n_0) - w . (mu_0 + mu_1) / 2.

    Raises: ValueError when a class has no points.

    Source: Ng and Jordan 2001, "On discriminative vs. generative classifiers", NeurIPS 14.
    """
    counts = _counts(y)
    means = torch.stack([x[y == k].mean(0) for k in (0, 1)])
    w = (means[1] - means[0]) / ((x - means[y]).square().mean(0) + LEAST_VARIANCE)
    return Linear(w, log(counts[1] / counts[0]) - means.mean(0) @ w)


def logistic_regression(x: Tensor, y: Tensor, ridge: float = RIDGE) -> Linear:
    """Logistic regression, fitted to x (n, d), y (n,): the minimum over w and b, for t = 2 y - 1, of

        sum_i log(1 + exp(-t_i (w . x_i + b))) + ridge / 2 |w|^2.

    The ridge gives it a minimum also where a line separates the classes. It is found by Newton's method, and a step
    that would go up is halved.

    Raises: ValueError when a class has no points or the ridge is not positive.

    Source: Hastie et al. 2009, The Elements of Statistical Learning, section 4.4.1.
    """
    _counts(y)
    if not ridge > 0:
        raise ValueError(f"ridge = {ridge}, expected more than 0")
    inputs = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    signs, weights = 2 * y.to(x) - 1, torch.tensor([ridge] * x.shape[1] + [0.0]).to(x)

    def loss(theta: Tensor) -> Tensor:
        return softplus(-signs * (inputs @ theta)).sum() + weights @ theta.square() / 2

    theta = torch.zeros_like(weights)
    now = loss(theta)
    for _ in range(MOST_STEPS):
        p = torch.sigmoid(inputs @ theta)
        slope = inputs.T @ (p - y) + weights * theta
        curvature = (inputs * (p * (1 - p))[:, None]).T @ inputs + torch.diag(weights)
        step = torch.linalg.solve(curvature, slope)
        if slope @ step < GAP:
            break
        while (lower := loss(theta - step)) > now:
            step = step / 2
        theta, now = theta - step, lower
    return Linear(theta[:-1], theta[-1])


def _counts(y: Tensor) -> list[int]:
    """How many points the classes 0 and 1 have."""
    counts = [int((y == k).sum()) for k in (0, 1)]
    if not all(counts) or sum(counts) < len(y):
        raise ValueError(f"the labels y are {sorted(set(y.tolist()))}, expected both 0 and 1 and no others")
    return counts
