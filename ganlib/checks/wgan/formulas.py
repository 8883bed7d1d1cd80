"""The penalty as a formula of the samples' gradients, and what it becomes with each of the known mistakes."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ganlib.checks.core import expect_close

Gradient = Tensor
"""The gradients of a batch, (N, ...): one for each sample."""


def norms(g: Gradient) -> Tensor:
    """The Euclidean norm of each sample's gradient, (N,)."""
    return g.flatten(1).norm(dim=1)


def penalty(g: Gradient) -> Tensor:
    """E (|g| - 1)^2."""
    return (norms(g) - 1).square().mean()


MISTAKES: Mapping[str, Callable[[Gradient], Tensor]] = {
    "lambda is inside: this is 10 times the penalty. The weight is multiplied outside, in the critic's step.": (
        lambda g: 10 * penalty(g)
    ),
    "this is a sum over the batch: average the samples' penalties.": lambda g: len(g) * penalty(g),
    "the norm was taken over the whole batch. Each sample has its own: gradient.flatten(1).norm(dim=1).": (
        lambda g: (g.norm() - 1).square()
    ),
    "the gradient is that of the average score, which divides each sample's by N: use the sum of the scores, or "
    "grad_outputs=torch.ones_like(scores).": lambda g: penalty(g / len(g)),
    "the norms were averaged first: take (norm - 1)^2 of each sample, then the average.": (
        lambda g: (norms(g).mean() - 1).square()
    ),
    "the norm runs over dimension 1 only, the channels of a picture: flatten(1) first, so that it holds all entries.": (
        lambda g: (g.norm(dim=1) - 1).square().mean()
    ),
    "the norm runs over the last dimension only, one row of a picture: flatten(1) first, to hold all entries.": (
        lambda g: (g.norm(dim=-1) - 1).square().mean()
    ),
    "each channel has a norm of its own: flatten(1), not flatten(2), so that it holds all entries of a sample.": (
        lambda g: penalty(g.flatten(0, -3).flatten(1)) if g.dim() > 2 else penalty(g)
    ),
    "the norm runs over dimension 0, the samples: flatten(1), then norm(dim=1).": (
        lambda g: (g.flatten(1).norm(dim=0) - 1).square().mean()
    ),
    "the root is missing: this is (|gradient|^2 - 1)^2.": lambda g: (norms(g).square() - 1).square().mean(),
    "this is |gradient|^2. Asked is the distance of the norm from 1, squared.": lambda g: norms(g).square().mean(),
    "this is |gradient|^2 - 1: subtract 1 from the norm, then square.": lambda g: norms(g).square().mean() - 1,
    "the square is missing: (|gradient| - 1)^2.": lambda g: (norms(g) - 1).mean(),
    "this is the distance of the norm from 1, not its square.": lambda g: (norms(g) - 1).abs().mean(),
    "1 is never subtracted: this is the norm itself.": lambda g: norms(g).mean(),
    "only slopes above 1 pay here. The penalty is two-sided: a norm below 1 pays too.": (
        lambda g: (norms(g) - 1).relu().square().mean()
    ),
    "only slopes below 1 pay here. The penalty is two-sided: a norm above 1 pays too.": (
        lambda g: (1 - norms(g)).relu().square().mean()
    ),
    "1 is added to the norm: asked is its distance from 1.": lambda g: (norms(g) + 1).square().mean(),
    "the sign is wrong: the critic makes the penalty small, so it is positive.": lambda g: -penalty(g),
    "this is half of it: asked is the average of (|gradient| - 1)^2.": lambda g: penalty(g) / 2,
    "this is the sum of the absolute values (L1). The norm is Euclidean, the root of the sum of squares.": (
        lambda g: (g.flatten(1).abs().sum(1) - 1).square().mean()
    ),
    "this is the largest entry of the gradient. The norm is Euclidean, the root of the sum of squares.": (
        lambda g: (g.flatten(1).abs().amax(1) - 1).square().mean()
    ),
    "every entry is compared with 1: asked is the norm of a sample's whole gradient.": lambda g: (
        (g - 1).square().mean()
    ),
    "this takes the root of the average square of a sample's entries. A norm has their sum, not their average.": (
        lambda g: (g.flatten(1).square().mean(1).sqrt() - 1).square().mean()
    ),
    "the entries of the gradient are averaged. Take their norm.": lambda g: (g.flatten(1).mean(1) - 1).square().mean(),
    "the entries of the gradient are added up. Take their norm.": lambda g: (g.flatten(1).sum(1) - 1).square().mean(),
}


def compare(got: list[Tensor], gradients: list[Gradient], where: str) -> None:
    """Raise ``CheckFailed`` unless the penalties are those of the gradients; a mistake has to fit all of them."""
    values = torch.stack([each.detach().double() for each in got])

    def of(formula: Callable[[Gradient], Tensor]) -> Tensor:
        return torch.stack([formula(g.double()) for g in gradients])

    right = of(penalty)
    told = (
        f"{where} the penalty is {values[0]:.4g}, expected {right[0]:.4g}: (|gradient| - 1)^2 of each sample, averaged."
    )
    expect_close(values, right, {words: of(formula) for words, formula in MISTAKES.items()}, told)
