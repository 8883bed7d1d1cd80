"""Checks of chapter 04: the earth mover's distance on the line."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ganlib.checks.answers import Formula, as_loss, as_number, expect_gradients, first_miss, mistaken_values, values_of
from ganlib.checks.core import check, expect_close

SAMPLES = (
    (torch.tensor([3.0, -1.0, 0.5, 2.5]), torch.tensor([1.0, 4.5, -2.0, 0.0])),
    (torch.tensor([0.0, 1.0, -1.5]), torch.tensor([4.0, 2.0, 3.5])),
    (torch.tensor([5.0, -4.0, 1.0, 0.0, 2.0]), torch.tensor([0.5, 1.5, 1.0, -0.5, 0.25])),
)


def _w1(a: Tensor, b: Tensor) -> Tensor:
    return (a.sort().values - b.sort().values).abs().mean()


_W1_MISTAKES: Mapping[str, Formula] = {
    "the samples are paired as they come. The cheapest plan pairs them in order: sort both.": (
        lambda a, b: (a - b).abs().mean()
    ),
    "only the first sample is sorted: sort both.": lambda a, b: (a.sort().values - b).abs().mean(),
    "only the second sample is sorted: sort both.": lambda a, b: (a - b.sort().values).abs().mean(),
    "the smallest is paired with the largest: sort both in the same direction.": (
        lambda a, b: (a.sort().values - b.sort().values.flip(0)).abs().mean()
    ),
    "this is the sum of the distances. Each of the N points carries the mass 1/N: average.": (
        lambda a, b: len(a) * _w1(a, b)
    ),
    "the distances are signed, so ways to the left pay for ways to the right: take the absolute value of each.": (
        lambda a, b: a.mean() - b.mean()
    ),
    "the absolute value is taken of the average. That is the distance of the two means; take it of each difference.": (
        lambda a, b: (a.mean() - b.mean()).abs()
    ),
    "this is the average squared distance, W2 squared. Asked is W1: mass times distance.": (
        lambda a, b: (a.sort().values - b.sort().values).square().mean()
    ),
    "this is W2, the root of the average squared distance. Asked is W1: mass times distance.": (
        lambda a, b: (a.sort().values - b.sort().values).square().mean().sqrt()
    ),
    "this is the average over all pairs: a bit of everything goes everywhere. Sort, and pair in order.": (
        lambda a, b: (a[:, None] - b).abs().mean()
    ),
    "every point goes to its nearest neighbour, so some goals stay empty: sort, and pair in order.": (
        lambda a, b: (a[:, None] - b).abs().min(1).values.mean()
    ),
    "this is the longest way. Asked is the average.": lambda a, b: (a.sort().values - b.sort().values).abs().max(),
}


@check
def w1_sorted(answer) -> None:
    """Judge ``w1_sorted(a, b)``: W1 of two samples (N,) on the line, by sorting; differentiable."""
    got = values_of(lambda a, b: as_loss(answer(a.clone(), b.clone()), "the result").detach(), SAMPLES)
    wanted = values_of(_w1, SAMPLES)
    i = first_miss(got, wanted)
    a, b = (samples.tolist() for samples in SAMPLES[i])
    told = f"for {a} and {b} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(_W1_MISTAKES, SAMPLES), told)
    for case in SAMPLES[:2]:
        expect_gradients(lambda a, b: (answer(a, b),), lambda a, b: (_w1(a, b),), case, ("a", "b"))


HEAPS = (
    ([3, 2, 1, 0, 0, 0], [0, 0, 0, 3, 2, 1]),
    ([0, 5, 0, 0, 0, 0, 4, 0], [2, 0, 0, 4, 0, 0, 0, 3]),
    ([1, 0, 3, 0, 0, 2], [0, 2, 0, 2, 2, 0]),
    ([0, 3], [3, 0]),
)


def _surplus(start: Sequence[int], goal: Sequence[int]) -> Tensor:
    return torch.tensor(start, dtype=torch.float64) - torch.tensor(goal, dtype=torch.float64)


def _price(start: Sequence[int], goal: Sequence[int]) -> Tensor:
    return _surplus(start, goal).cumsum(0).abs().sum()


_PRICE_MISTAKES: Mapping[str, Formula] = {
    "this counts blocks that are out of place and forgets how far they go: add up from the left (cumsum) first.": (
        lambda start, goal: _surplus(start, goal).abs().sum()
    ),
    "this is the number of blocks that must move. The price is mass times distance.": (
        lambda start, goal: _surplus(start, goal).abs().sum() / 2
    ),
    "the absolute value is missing: earth that goes to the left pays as well.": (
        lambda start, goal: _surplus(start, goal).cumsum(0).sum()
    ),
    "the signs are those of goal - start, and the absolute value is missing: every way pays, to either side.": (
        lambda start, goal: -_surplus(start, goal).cumsum(0).sum()
    ),
    "the absolute value is taken of the sum, so ways to the left pay for ways to the right: take it at each gap.": (
        lambda start, goal: _surplus(start, goal).cumsum(0).sum().abs()
    ),
    "the absolute value comes before the running sum: first add up (start - goal) from the left, then take it.": (
        lambda start, goal: _surplus(start, goal).abs().cumsum(0).sum()
    ),
    "this is the price for a total mass of 1. Here each block counts: do not divide.": (
        lambda start, goal: _price(start, goal) / sum(start)
    ),
    "this is what passes the busiest gap. Add up over all gaps.": (
        lambda start, goal: _surplus(start, goal).cumsum(0).abs().max()
    ),
    "what passes each gap is squared. The price is mass times distance.": (
        lambda start, goal: _surplus(start, goal).cumsum(0).square().sum()
    ),
    "this is an average over the columns. Add up over all gaps.": (
        lambda start, goal: _surplus(start, goal).cumsum(0).abs().mean()
    ),
}


@check
def least_price(answer) -> None:
    """Judge ``least_price(start, goal)``: the price of the cheapest plan for heaps in neighbouring columns."""
    got = values_of(lambda start, goal: as_number(answer(list(start), list(goal))), HEAPS)
    wanted = values_of(_price, HEAPS)
    i = first_miss(got, wanted)
    told = f"from {HEAPS[i][0]} to {HEAPS[i][1]} it gives {got[i]:.4g}, expected {wanted[i]:.4g}."
    expect_close(got, wanted, mistaken_values(_PRICE_MISTAKES, HEAPS), told)
