"""Checks of chapter 04: the losses of a critic, and how steep a critic is."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlib.checks.answers import Formula, as_loss, as_number, expect_gradients, first_miss, mistaken_values, values_of
from ganlib.checks.core import check, expect, expect_close

SCORES = (
    (torch.tensor([1.5, -0.4, 0.3]), torch.tensor([-0.9, 0.6, 2.1, -1.7, 0.2])),
    (torch.tensor([-8.0, 2.0]), torch.tensor([-4.0, 1.0, -0.5])),
)


def _gap(real: Tensor, fake: Tensor) -> Tensor:
    return real.mean() - fake.mean()


_CRITIC_MISTAKES: Mapping[str, Formula] = {
    "the critic's loss has the wrong sign: E f(x) - E f(G(z)) is to be large, and the loss is minus that.": _gap,
    "the critic's loss leaves out the real scores.": lambda real, fake: fake.mean(),
    "the critic's loss leaves out the fakes' scores.": lambda real, fake: -real.mean(),
    "the critic's loss adds both averages. It is a difference: real scores up, fakes' scores down.": (
        lambda real, fake: real.mean() + fake.mean()
    ),
    "the critic's loss lowers both scores. It raises those of real samples.": lambda real, fake: (
        -real.mean() - fake.mean()
    ),
    "the critic's loss is made of sums. An expectation is an average: mean, not sum.": (
        lambda real, fake: fake.sum() - real.sum()
    ),
    "the critic's loss squashes the scores with a sigmoid. A critic's scores are no probabilities.": (
        lambda real, fake: fake.sigmoid().mean() - real.sigmoid().mean()
    ),
    "this is the cross-entropy of a discriminator. A critic needs no logarithm: averages of scores alone.": (
        lambda real, fake: softplus(-real).mean() + softplus(fake).mean()
    ),
    "the critic's loss is the size of the gap. Without the absolute value the critic knows which side is real.": (
        lambda real, fake: _gap(real, fake).abs()
    ),
    "the critic's loss is minus the size of the gap. Without the absolute value it knows which side is real.": (
        lambda real, fake: -_gap(real, fake).abs()
    ),
    "the critic's loss is half the difference. Do not divide by 2: its minus is an estimate of W1.": (
        lambda real, fake: -_gap(real, fake) / 2
    ),
}
_GENERATOR_MISTAKES: Mapping[str, Formula] = {
    "the generator's loss has the wrong sign: it makes the scores of its fakes large.": lambda real, fake: fake.mean(),
    "the generator's loss is minus the size of the average. Without the absolute value it knows which way is up.": (
        lambda real, fake: -fake.mean().abs()
    ),
    "the generator's loss is the critic's as well. They want the opposite.": lambda real, fake: -_gap(real, fake),
    "the generator's loss holds the real scores, which it cannot change: leave them out.": _gap,
    "the generator's loss is a sum. An expectation is an average: mean, not sum.": lambda real, fake: -fake.sum(),
    "the generator's loss is that of a discriminator's game: no logarithm, no sigmoid, just minus the average score.": (
        lambda real, fake: softplus(-fake).mean()
    ),
    "the generator's loss squashes the scores with a sigmoid. A critic's scores are no probabilities.": (
        lambda real, fake: -fake.sigmoid().mean()
    ),
    "the generator's loss looks at the real scores instead of its own fakes.": lambda real, fake: -real.mean(),
}


def _pair(value) -> tuple[Tensor, Tensor]:
    """What ``wasserstein_losses`` returned, as two losses."""
    expect(value is not None, "it returned None: does it end with return?")
    two = isinstance(value, tuple | list) and len(value) == 2
    expect(two, f"it returned {value!r}, expected two losses, the critic's and the generator's, separated by a comma.")
    return as_loss(value[0], "the critic's loss"), as_loss(value[1], "the generator's loss")


@check
def wasserstein_losses(answer) -> None:
    """Judge ``wasserstein_losses(real_scores, fake_scores)``: E f(G(z)) - E f(x) and -E f(G(z)), both minimised."""
    pairs = [_pair(answer(real.clone(), fake.clone())) for real, fake in SCORES]
    critic, generator = (torch.stack([pair[i].detach().double() for pair in pairs]) for i in (0, 1))
    right = values_of(lambda real, fake: -_gap(real, fake), SCORES), values_of(lambda real, fake: -fake.mean(), SCORES)
    swapped = torch.allclose(critic, right[1]) and torch.allclose(generator, right[0])
    expect(not swapped, "the two losses are returned in the wrong order: first the critic's, then the generator's.")
    for name, got, wanted, mistakes in (
        ("the critic's loss", critic, right[0], _CRITIC_MISTAKES),
        ("the generator's loss", generator, right[1], _GENERATOR_MISTAKES),
    ):
        i = first_miss(got, wanted)
        real, fake = ([round(x, 1) for x in scores.tolist()] for scores in SCORES[i])
        told = f"for real scores {real} and fake ones {fake} {name} is {got[i]:.4f}, expected {wanted[i]:.4f}."
        expect_close(got, wanted, mistaken_values(mistakes, SCORES), told)
    names = ("real_scores", "fake_scores")
    expect_gradients(answer, lambda real, fake: (-_gap(real, fake), -fake.mean()), SCORES[0], names)


WEIGHTS = (
    (torch.tensor([[2.0, 0.0, 1.0], [0.0, -1.0, 0.5]]),),
    (torch.tensor([[0.5, 3.0], [1.0, -0.5], [-2.0, 1.0]]),),
    (torch.tensor([[0.0, 4.0], [1.0, 0.0]]),),
)


def _stretch(weight: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(weight, ord=2)


_STRETCH_MISTAKES: Mapping[str, Formula] = {
    "this is the Frobenius norm, the root of the sum of all squares: a bound, but not the smallest one.": (
        lambda weight: weight.norm()
    ),
    "this is the largest entry. A vector in a direction between the axes can be stretched more.": (
        lambda weight: weight.abs().max()
    ),
    "this is the longest row: the steepest slope of a single output. All outputs together can stretch more.": (
        lambda weight: weight.norm(dim=1).max()
    ),
    "this is the longest column: how much a unit vector along one axis is stretched. Other directions can be worse.": (
        lambda weight: weight.norm(dim=0).max()
    ),
    "this is the largest sum over a row, the constant for the maximum norm. Asked is the Euclidean norm.": (
        lambda weight: torch.linalg.matrix_norm(weight, ord=torch.inf)
    ),
    "this is the largest sum over a column, the constant for the sum norm. Asked is the Euclidean norm.": (
        lambda weight: torch.linalg.matrix_norm(weight, ord=1)
    ),
    "this is the smallest singular value, the least stretch of all. Asked is the largest.": (
        lambda weight: torch.linalg.svdvals(weight).min()
    ),
    "this is the largest eigenvalue of W^T W, the square of the stretch: take the root.": (
        lambda weight: _stretch(weight).square()
    ),
    "this is the sum of the singular values. Asked is the largest of them.": lambda weight: torch.linalg.svdvals(
        weight
    ).sum(),
    "this is the sum of all absolute values: a bound, but not the smallest one.": lambda weight: weight.abs().sum(),
}


@check
def lipschitz_constant(answer) -> None:
    """Judge ``lipschitz_constant(weight)``: the largest factor by which x -> W x stretches, Euclidean norms."""
    got = values_of(lambda weight: as_number(answer(weight.clone())), WEIGHTS)
    wanted = values_of(_stretch, WEIGHTS)
    i = first_miss(got, wanted)
    told = f"for W = {WEIGHTS[i][0].tolist()} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(_STRETCH_MISTAKES, WEIGHTS), told)


DISTANCES = ((0.5, 10.0), (3.0, 2.0), (20.0, 10.0))

_SLOPE_MISTAKES: Mapping[str, Formula] = {
    "1 would be best if the penalty were a wall. A little above it the penalty is nearly flat, and the gap gains.": (
        lambda distance, weight: 1.0
    ),
    "a factor 2 is lost: the derivative of (k - 1)^2 is 2 (k - 1).": lambda distance, weight: 1 + distance / weight,
    "this is k - 1, by how much the slope exceeds 1: add the 1.": lambda distance, weight: distance / (2 * weight),
    "a sign is wrong: the critic gains by being steeper than 1, not flatter.": (
        lambda distance, weight: 1 - distance / (2 * weight)
    ),
    "lambda stands on the wrong side: the heavier the penalty, the nearer the slope is to 1.": (
        lambda distance, weight: 1 + distance * weight / 2
    ),
    "distance and lambda are the wrong way up: the heavier the penalty, the nearer the slope is to 1.": (
        lambda distance, weight: 1 + 2 * weight / distance
    ),
    "this is the critic's claim, slope times distance. Asked is the slope.": (
        lambda distance, weight: distance * (1 + distance / (2 * weight))
    ),
    "this is what the critic gains at its best. Asked is the slope at which it does.": (
        lambda distance, weight: distance + distance**2 / (4 * weight)
    ),
    "the slope is divided by 2 once too often: distance - 2 lambda (k - 1) = 0.": (
        lambda distance, weight: 1 + distance / (4 * weight)
    ),
}


@check
def penalised_slope(answer) -> None:
    """Judge ``penalised_slope(distance, penalty_weight)``: the k that maximises k W - lambda (k - 1)^2."""
    got = values_of(lambda distance, weight: as_number(answer(distance, weight)), DISTANCES)
    wanted = values_of(lambda distance, weight: 1 + distance / (2 * weight), DISTANCES)
    i = first_miss(got, wanted)
    at = "at distance {} with lambda = {}".format(*DISTANCES[i])
    told = f"{at} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(_SLOPE_MISTAKES, DISTANCES), told)
