"""The checks of the two losses of a Wasserstein GAN: averages of scores, without sigmoid and without logarithm."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlib.checks.core import check, expect, expect_close
from ganlib.checks.wgan.part import Draw, Part, Property

Formula = Callable[..., Tensor]
NEEDS_GRAPH = "the loss carries no gradient, so nobody can learn from it: no detach(), no no_grad()."


def _critic(real: Tensor, fake: Tensor) -> Tensor:
    return fake.mean() - real.mean()


def _generator(fake: Tensor) -> Tensor:
    return -fake.mean()


_CRITIC_MISTAKES: Mapping[str, Formula] = {
    "the sign is wrong: the critic scores real samples high and fakes low, and an optimizer makes its loss small, so "
    "it is the average of fake_scores minus that of real_scores.": lambda real, fake: -_critic(real, fake),
    "the logarithm is still there: this is the cross-entropy of a GAN. A score is no logit: take averages of scores.": (
        lambda real, fake: softplus(-real).mean() + softplus(fake).mean()
    ),
    "the logarithm is still there: this is half the cross-entropy of a GAN. Take averages of the scores themselves.": (
        lambda real, fake: (softplus(-real).mean() + softplus(fake).mean()) / 2
    ),
    "the logarithm is still there: log D(x) + log(1 - D(G(z))). Take averages of the scores themselves.": (
        lambda real, fake: -softplus(-real).mean() - softplus(fake).mean()
    ),
    "the scores go through a sigmoid: a critic is not bounded. Take averages of the scores themselves.": (
        lambda real, fake: _critic(real.sigmoid(), fake.sigmoid())
    ),
    "the scores go through a tanh: a critic is not bounded. Take averages of the scores themselves.": (
        lambda real, fake: _critic(real.tanh(), fake.tanh())
    ),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": (
        lambda real, fake: fake.sum() - real.sum()
    ),
    "this is half of it: the loss is the difference of the two averages.": lambda real, fake: _critic(real, fake) / 2,
    "the real samples are missing: subtract the average of real_scores.": lambda real, fake: fake.mean(),
    "the fakes are missing: add the average of fake_scores.": lambda real, fake: -real.mean(),
    "both averages have the same sign. The critic lowers the scores of fakes and raises those of real samples.": (
        lambda real, fake: fake.mean() + real.mean()
    ),
    "both averages have a minus. The critic lowers the scores of fakes: theirs has a plus.": (
        lambda real, fake: -fake.mean() - real.mean()
    ),
    "this is the size of the difference; its sign is what the critic learns from: no abs().": (
        lambda real, fake: _critic(real, fake).abs()
    ),
    "this is minus the size of the difference; its sign is what the critic learns from: no abs().": (
        lambda real, fake: -_critic(real, fake).abs()
    ),
    "the difference is squared. The critic's loss is linear in the scores.": (
        lambda real, fake: _critic(real, fake).square()
    ),
    "this is the hinge loss. The critic's loss has no margin: averages of the scores themselves.": (
        lambda real, fake: (1 - real).relu().mean() + (1 + fake).relu().mean()
    ),
    "this is the least-squares loss with targets 1 and 0. Take averages of the scores themselves.": (
        lambda real, fake: (real - 1).square().mean() + fake.square().mean()
    ),
    "this is half the least-squares loss with targets 1 and 0. Take averages of the scores themselves.": (
        lambda real, fake: ((real - 1).square().mean() + fake.square().mean()) / 2
    ),
}
_GENERATOR_MISTAKES: Mapping[str, Formula] = {
    "the sign is wrong: G makes its loss small and the scores of its fakes large: minus their average.": (
        lambda fake: fake.mean()
    ),
    "the logarithm is still there: this is -log D(G(z)). A score is no logit: take minus the average score.": (
        lambda fake: softplus(-fake).mean()
    ),
    "the logarithm is still there: this is log(1 - D(G(z))). Take minus the average score.": (
        lambda fake: -softplus(fake).mean()
    ),
    "the scores go through a sigmoid: a critic is not bounded. Take minus the average score.": (
        lambda fake: -fake.sigmoid().mean()
    ),
    "the scores go through a tanh: a critic is not bounded. Take minus the average score.": (
        lambda fake: -fake.tanh().mean()
    ),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": lambda fake: -fake.sum(),
    "1 is added: there is no target 1. The loss is minus the average score.": lambda fake: 1 - fake.mean(),
    "this is half of it: the loss is minus the average score.": lambda fake: -fake.mean() / 2,
    "this is the size of the average; its sign is what G learns from: no abs().": lambda fake: fake.mean().abs(),
    "the scores are squared. The loss is minus their average.": lambda fake: fake.square().mean(),
    "this is a least-squares loss with target 1. The loss is minus the average score.": (
        lambda fake: (fake - 1).square().mean()
    ),
}


def _as_loss(loss) -> Tensor:
    """What a loss function returned, if it can be a loss."""
    expect(loss is not None, "it returned None: does it end with return?")
    kind = type(loss).__name__
    expect(isinstance(loss, Tensor), f"it returned a {kind}, expected a tensor with its graph: no .item(), no float().")
    shape = tuple(loss.shape)
    expect(shape == (), f"it returned a tensor of shape {shape}, expected one number: average over the batch.")
    return loss


def _batches(draw: Draw, players: int) -> list[list[Tensor]]:
    """Batches of scores: flat, as a column, far from 0, a single sample; and the same with the other sign."""
    shape_and_scale = ((draw.integer(3, 6),), 1.0), ((draw.integer(3, 6), 1), 2.0), ((4,), 500.0), ((1, 1), 3.0)
    batches = [
        [scale * draw.normal(*shape, dtype=torch.float64) + 0.5 for _ in range(players)]
        for shape, scale in shape_and_scale
    ]
    return batches + [[-scores for scores in batch] for batch in batches]


def _value(answer: Formula, draw: Draw, right: Formula, mistakes: Mapping[str, Formula], players: int) -> None:
    """The loss of every batch is that of the formula."""
    batches = _batches(draw, players)
    got = torch.stack([_as_loss(answer(*(scores.clone() for scores in batch))).detach() for batch in batches]).double()

    def of(formula: Formula) -> Tensor:
        return torch.stack([formula(*(scores.double() for scores in batch)) for batch in batches])

    expect(not got.isnan().any().item(), "the loss is NaN, as the logarithm of a negative number is: no log here.")
    expected = of(right)
    worst = (got - expected).abs().argmax()
    shown = " and ".join(str([round(x, 2) for x in scores.flatten().tolist()]) for scores in batches[worst])
    told = f"for scores {shown} the loss is {got[worst]:.4f}, expected {expected[worst]:.4f}."
    expect_close(got, expected, {words: of(formula) for words, formula in mistakes.items()}, told)


def _gradient(answer: Formula, draw: Draw, slopes: Mapping[str, float]) -> None:
    """Each score pulls with the same strength, plus or minus 1 / N, however large it is."""
    batch = [(100 * draw.normal(5)).requires_grad_(True) for _ in slopes]
    loss = _as_loss(answer(*batch))
    expect(loss.requires_grad, NEEDS_GRAPH)
    gradients = torch.autograd.grad(loss, batch, allow_unused=True)
    for (name, slope), got in zip(slopes.items(), gradients, strict=True):
        expect(got is not None, f"no gradient reaches {name}: use them as they are, without detach().")
        told = f"the gradient for {name} is {[round(x, 3) for x in got.tolist()]}, expected {slope / 5} for each."
        expect(torch.allclose(got, torch.full((5,), slope / 5)), told)


CRITIC_LOSS = Part(
    "critic_loss",
    asked=(
        Property(
            "average of fake scores minus average of real ones",
            5,
            lambda answer, draw: _value(answer, draw, _critic, _CRITIC_MISTAKES, 2),
        ),
        Property(
            "every score gets its gradient",
            3,
            lambda answer, draw: _gradient(answer, draw, {"real_scores": -1.0, "fake_scores": 1.0}),
        ),
    ),
    errors={"missing 1 required positional": "it is called as critic_loss(real_scores, fake_scores)."},
)
GENERATOR_LOSS = Part(
    "generator_loss",
    asked=(
        Property(
            "minus the average score of the fakes",
            4,
            lambda answer, draw: _value(answer, draw, _generator, _GENERATOR_MISTAKES, 1),
        ),
        Property(
            "every score gets its gradient", 2, lambda answer, draw: _gradient(answer, draw, {"fake_scores": -1.0})
        ),
    ),
    errors={"missing 1 required positional": "it is called as generator_loss(fake_scores)."},
)


@check
def critic_loss(answer) -> None:
    """Judge ``critic_loss(real_scores, fake_scores)``: E f(G(z)) - E f(x), what the critic minimises.

    Scores have shape (N,) or (N, 1), real and fake the same. The penalty is no part of it.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, eq. 3 with the sign of a loss.
    """
    CRITIC_LOSS.judge(answer)


@check
def generator_loss(answer) -> None:
    """Judge ``generator_loss(fake_scores)``: -E f(G(z)), what the generator minimises.

    Scores have shape (N,) or (N, 1).

    Source: Arjovsky et al. 2017, arXiv 1701.07875, theorem 3.
    """
    GENERATOR_LOSS.judge(answer)
