"""Checks of chapter 02: a step of the bilinear game, and the accuracy of a discriminator."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from ganlib.checks.core import check, expect, expect_close


def _numbers(formula: Callable, cases: Sequence[tuple]) -> Tensor:
    """What the formula gives for each case, in float64."""
    return torch.tensor([formula(*case) for case in cases], dtype=torch.float64)


PLACES = ((1.0, 0.5, 0.1), (-0.7, 1.2, 0.3), (2.0, -1.5, 0.05))


def _x_first(x: float, y: float, lr: float) -> tuple[float, float]:
    x = x - lr * y
    return x, y + lr * x


_PLAY_MISTAKES: Mapping[str, Callable[[float, float, float], tuple[float, float]]] = {
    "both moved at once: y must answer the new x, not the old one.": lambda x, y, lr: (x - lr * y, y + lr * x),
    "y moved first. That is the order of the section above; here x begins.": (
        lambda x, y, lr: (x - lr * (y + lr * x), y + lr * x)
    ),
    "both go down the slope. y wants V large: it goes up.": lambda x, y, lr: (x - lr * y, y - lr * (x - lr * y)),
    "both go up the slope. x wants V small: it goes down.": lambda x, y, lr: (x + lr * y, y + lr * (x + lr * y)),
    "the roles are swapped: x goes down (it minimises) and y goes up (it maximises).": (
        lambda x, y, lr: (x + lr * y, y - lr * (x + lr * y))
    ),
    "the slopes are mixed up: the derivative of x y for x is y, and for y it is x.": (
        lambda x, y, lr: (x - lr * x, y + lr * y)
    ),
    "both move along x y itself. The slope of x y for x is y, and for y it is x.": (
        lambda x, y, lr: (x - lr * x * y, y + lr * (x - lr * x * y) * y)
    ),
    "the pair is returned in the wrong order: return x first, then y.": lambda x, y, lr: _x_first(x, y, lr)[::-1],
    "the steps have length 1 times the slope: multiply each by lr.": lambda x, y, lr: (x - y, y + x - y),
    "x moved and y did not: return the new y as well.": lambda x, y, lr: (x - lr * y, y),
    "y moved and x did not: return the new x as well.": lambda x, y, lr: (x, y + lr * (x - lr * y)),
}


def _pair(moved) -> Tensor:
    """What ``play`` returned, as two numbers."""
    expect(moved is not None, "it returned None: does it end with return?")
    two = isinstance(moved, tuple | list | Tensor) and len(moved) == 2
    expect(two, f"it returned {moved!r}, expected two numbers, the new x and the new y: return x, y.")
    return torch.tensor([float(torch.as_tensor(number).detach()) for number in moved], dtype=torch.float64)


@check
def play(answer) -> None:
    """Judge ``play(x, y, lr)``: one alternating step of V(x, y) = x y in which x, who minimises, moves first."""
    got = torch.stack([_pair(answer(*place)) for place in PLACES])
    wanted = _numbers(_x_first, PLACES)
    x, y, lr = PLACES[0]
    (new_x, new_y), (right_x, right_y) = got[0].tolist(), wanted[0].tolist()
    told = f"from x = {x}, y = {y} with lr = {lr} it moved to ({new_x:.4g}, {new_y:.4g})"
    known = {words: _numbers(wrong, PLACES) for words, wrong in _PLAY_MISTAKES.items()}
    expect_close(got, wanted, known, f"{told}, expected ({right_x:.4g}, {right_y:.4g}).")


JUDGED = (
    (torch.tensor([2.0, 0.3, -1.0, 0.4]), torch.tensor([-2.0, 0.45, -0.3, -0.1])),
    (torch.tensor([0.1, 3.0, 0.2, 4.0, -0.6]), torch.tensor([-3.0, 0.9, 0.3, -0.7, 2.0])),
)


def _shares(real: Tensor, fake: Tensor) -> tuple[float, float]:
    """The share of each batch that is called right."""
    return (real > 0).double().mean().item(), (fake < 0).double().mean().item()


_ACCURACY_MISTAKES: Mapping[str, Callable[[Tensor, Tensor], float]] = {
    "logits are compared with 1/2. D(x) = 1/2 is the logit 0.": lambda real, fake: (
        sum(_shares(real - 0.5, fake - 0.5)) / 2
    ),
    "the sigmoid is compared with 0, which every probability exceeds: compare the logit with 0, or sigmoid with 1/2.": (
        lambda real, fake: 0.5
    ),
    "only the real samples are counted.": lambda real, fake: _shares(real, fake)[0],
    "only the fakes are counted.": lambda real, fake: _shares(real, fake)[1],
    "a fake counts as right when D calls it real. D is right about a fake when its logit is below 0.": (
        lambda real, fake: (_shares(real, fake)[0] + 1 - _shares(real, fake)[1]) / 2
    ),
    "this is the average of the probabilities. A sample is called right or not: compare first, then average.": (
        lambda real, fake: (real.sigmoid().mean().item() + (-fake).sigmoid().mean().item()) / 2
    ),
    "each real sample is compared with a fake. D judges every sample by itself: compare its logit with 0.": (
        lambda real, fake: (real > fake).double().mean().item()
    ),
    "this is the share that D gets wrong.": lambda real, fake: 1 - sum(_shares(real, fake)) / 2,
    "this is in per cent; asked is a share from 0 to 1.": lambda real, fake: 50 * sum(_shares(real, fake)),
    "this is a number of samples; divide by how many there are.": lambda real, fake: (
        len(real) * sum(_shares(real, fake))
    ),
    "this is the sum of the two shares; the share of all samples is their average.": (
        lambda real, fake: sum(_shares(real, fake))
    ),
}


def _share(value) -> float:
    """What ``accuracy`` returned, as a number."""
    expect(value is not None, "it returned None: does it end with return?")
    one = isinstance(value, int | float) or (isinstance(value, Tensor) and value.numel() == 1)
    expect(one, f"it returned {value!r}, expected one number, the share of all samples: average over them.")
    return float(value)


@check
def accuracy(answer) -> None:
    """Judge ``accuracy(real_logits, fake_logits)``: the share of two batches of one size that D calls right."""
    got = _numbers(lambda real, fake: _share(answer(real.clone(), fake.clone())), JUDGED)
    wanted = _numbers(lambda real, fake: sum(_shares(real, fake)) / 2, JUDGED)
    real, fake = ([round(x, 1) for x in logits.tolist()] for logits in JUDGED[0])
    known = {words: _numbers(wrong, JUDGED) for words, wrong in _ACCURACY_MISTAKES.items()}
    told = f"for real logits {real} and fake ones {fake} it gives {got[0]:.4g}, expected {wanted[0]:.4g}."
    expect_close(got, wanted, known, told)
