"""What the two players minimise, as functions of the discriminator's logits, and the penalties on its gradient.

A *logit* is the discriminator's raw output; its probability of "real" is D(x) = sigmoid(logit). All losses are averages
over the batch, in nats where they are cross-entropies.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus


class AdversarialLoss(NamedTuple):
    """A pair of losses, one for each player.

    ``discriminator(real_logits, fake_logits)`` and ``generator(fake_logits)`` take logits of any shape, for instance
    (N,) or a patch map (N, 1, H, W), and return one number (a 0-dimensional tensor).
    """

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def full(x: Tensor) -> Tensor:
    """x in float32 if it has half precision, otherwise as it is: means of half-precision numbers lose their digits."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def _cross_entropy(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """-E log D(x) - E log(1 - D(G(z))), with -log sigmoid(a) = softplus(-a) so that nothing overflows."""
    return softplus(-full(real_logits)).mean() + softplus(full(fake_logits)).mean()


def _saturating(fake_logits: Tensor) -> Tensor:
    """E log(1 - D(G(z))) = -E softplus(logit)."""
    return -softplus(full(fake_logits)).mean()


def _non_saturating(fake_logits: Tensor) -> Tensor:
    """-E log D(G(z)) = E softplus(-logit)."""
    return softplus(-full(fake_logits)).mean()


def _least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """E (D(x) - 1)^2 / 2 + E D(G(z))^2 / 2, with D the raw output."""
    return (full(real_logits) - 1).square().mean() / 2 + full(fake_logits).square().mean() / 2


def _least_squares_generator(fake_logits: Tensor) -> Tensor:
    """E (D(G(z)) - 1)^2 / 2, with D the raw output."""
    return (full(fake_logits) - 1).square().mean() / 2


def _hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))), with D the raw output."""
    return relu(1 - full(real_logits)).mean() + relu(1 + full(fake_logits)).mean()


def _wasserstein_discriminator(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """E f(G(z)) - E f(x): the critic f scores real samples high and fakes low."""
    return full(fake_scores).mean() - full(real_scores).mean()


def _raise_score(fake_logits: Tensor) -> Tensor:
    """-E D(G(z)), with D the raw output."""
    return -full(fake_logits).mean()


minimax = AdversarialLoss(_cross_entropy, _saturating)
"""The zero-sum game of Goodfellow et al. 2014 (arXiv 1406.2661, eq. 1): G minimises E log(1 - D(G(z)))."""

non_saturating = AdversarialLoss(_cross_entropy, _non_saturating)
"""Same discriminator; G minimises -E log D(G(z)) (arXiv 1406.2661, section 3). The game is no longer zero-sum."""

least_squares = AdversarialLoss(_least_squares_discriminator, _least_squares_generator)
"""LSGAN, Mao et al. 2016 (arXiv 1611.04076, eq. 9: targets 0 for fake and 1 for real)."""

hinge = AdversarialLoss(_hinge_discriminator, _raise_score)
"""Hinge loss, Lim and Ye 2017 (arXiv 1705.02894); as in SAGAN (arXiv 1805.08318, eq. 4)."""

wasserstein = AdversarialLoss(_wasserstein_discriminator, _raise_score)
"""WGAN, Arjovsky et al. 2017 (arXiv 1701.07875, eq. 2 and 3). Needs a 1-Lipschitz critic: clipping or a penalty."""


def smoothed(real: float = 0.9, fake: float = 0.0) -> AdversarialLoss:
    """The non-saturating pair with soft labels: real samples count as real with weight ``real``, fakes with ``fake``.

    The discriminator minimises the cross-entropy of its probabilities with these labels. With p the density of the data
    and q the generator's, the optimal one is D*(x) = (real p(x) + fake q(x)) / (p(x) + q(x)). The default is one-sided:
    with fake > 0, D* would peak where q does and p does not, and hold the generator there. Labels that are flipped with
    probability 1 - real (of real samples) and fake (of fakes) cost the same on average.

    Raises: ValueError unless 0 <= fake < real <= 1.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.4 (alpha is ``real``, beta is ``fake``).
    """
    if not 0 <= fake < real <= 1:
        raise ValueError(f"real = {real} and fake = {fake}, expected labels with 0 <= fake < real <= 1")

    def discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return _soft_cross_entropy(real_logits, real) + _soft_cross_entropy(fake_logits, fake)

    return AdversarialLoss(discriminator, _non_saturating)


def _soft_cross_entropy(logits: Tensor, label: float) -> Tensor:
    """-label E log D - (1 - label) E log(1 - D)."""
    return label * softplus(-full(logits)).mean() + (1 - label) * softplus(full(logits)).mean()


by_name = {
    "minimax": minimax,
    "non_saturating": non_saturating,
    "least_squares": least_squares,
    "hinge": hinge,
    "wasserstein": wasserstein,
}


def feature_matching(real_features: Tensor, fake_features: Tensor) -> Tensor:
    """|E f(x) - E f(G(z))|^2: the squared Euclidean distance of the mean features of two batches.

    Shapes: (N, d) and (M, d); the result is 0-dimensional. Only the means count, so other batches of the same means
    cost nothing: the generator learns averages, not samples.

    Raises: ValueError when the features have other shapes.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1.
    """
    if real_features.dim() != 2 or real_features.shape[1:] != fake_features.shape[1:]:
        shapes = f"{tuple(real_features.shape)} and {tuple(fake_features.shape)}"
        raise ValueError(f"real_features and fake_features have shapes {shapes}, expected (N, d) and (M, d)")
    return (full(real_features).mean(0) - full(fake_features).mean(0)).square().sum()


def information_bound(log_likelihood: Tensor, entropy: float) -> Tensor:
    """E log Q(c | x) + H(c): a lower bound of the mutual information I(c; x), in nats.

    ``log_likelihood`` (N,) holds log Q(c | x) of codes c and the samples x that were made with them, ``entropy`` is
    H(c), log K for one of K equally likely categories. The bound falls short of I(c; x) by E KL(P(c | x) || Q(c | x)),
    so that it is tight for Q = P. A guess that is always right and certain reaches H(c); one that knows nothing, Q =
    1 / K, reaches 0; a wrong and certain one falls below.

    Raises: ValueError when log_likelihood has another shape.

    Source: Chen et al. 2016, arXiv 1606.03657, eq. 4 and 5; Barber and Agakov 2003, "The IM algorithm".
    """
    if log_likelihood.dim() != 1:
        raise ValueError(f"log_likelihood has shape {tuple(log_likelihood.shape)}, expected (N,)")
    return full(log_likelihood).mean() + entropy


def input_gradient(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of each sample's own score with respect to that sample, kept in the graph; shape of ``x``.

    Computed outside autocast, in float32 at least: a penalty on a half-precision gradient is noise. Row i is the
    gradient of critic(x)_i only if the critic treats samples one by one; batch norm couples them and breaks this. A
    critic with several scores for each sample, such as a patch map, counts with their sum.
    """
    x = full(x.detach()).requires_grad_(True)
    with torch.enable_grad(), torch.autocast(x.device.type, enabled=False):
        (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return gradient


def gradient_penalty(critic: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, target: float = 1.0) -> Tensor:
    """E (|grad f(x_hat)| - target)^2 at x_hat = eps * real + (1 - eps) * fake, with one eps ~ U[0, 1] a sample.

    The norm is Euclidean, over all dimensions of one sample. The weight (lambda = 10 in the paper) is multiplied
    outside. ``real`` and ``fake`` are constants here: the penalty trains the critic alone.

    Shapes: real and fake (N, ...); the result is 0-dimensional.

    Raises: ValueError when the two batches differ in shape.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, eq. 3 and algorithm 1.
    """
    if real.shape != fake.shape:
        raise ValueError(
            f"real has shape {tuple(real.shape)} and fake {tuple(fake.shape)}, expected two batches of one shape"
        )
    epsilon = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device, dtype=real.dtype)
    gradient = input_gradient(critic, epsilon * real.detach() + (1 - epsilon) * fake.detach())
    return (gradient.flatten(1).norm(dim=1) - target).square().mean()


def r1_penalty(discriminator: Callable[[Tensor], Tensor], real: Tensor) -> Tensor:
    """E |grad D(x)|^2 / 2 on real samples, with D the logit. The weight (gamma) is multiplied outside.

    Shapes: real (N, ...); the result is 0-dimensional.

    Source: Mescheder et al. 2018, arXiv 1801.04406, eq. 9.
    """
    return input_gradient(discriminator, real).flatten(1).square().sum(1).mean() / 2
