"""What an answer returned, as numbers that can be compared, and whether its gradients are right."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from ganlib.checks.core import expect

Formula = Callable[..., Tensor]


def as_number(value) -> Tensor:
    """What an answer returned, as one number in float64."""
    expect(value is not None, "it returned None: does it end with return?")
    try:
        number = torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError):
        number = torch.zeros(0)
    expect(number.numel() == 1, f"it returned {value!r}, expected one number.")
    return number.reshape(())


def as_loss(value, which: str) -> Tensor:
    """What an answer returned, if it is one number that can pass gradients on."""
    expect(value is not None, "it returned None: does it end with return?")
    expect(
        isinstance(value, Tensor),
        f"{which} is a {type(value).__name__}, expected a tensor that keeps its graph: no .item(), no float().",
    )
    expect(
        value.dim() == 0, f"{which} has shape {tuple(value.shape)}, expected a single number: average over the batch."
    )
    return value


def values_of(formula: Formula, cases: Sequence[tuple]) -> Tensor:
    """What the formula gives for each case, in float64."""
    return torch.stack([torch.as_tensor(formula(*case), dtype=torch.float64) for case in cases])


def mistaken_values(mistakes: Mapping[str, Formula], cases: Sequence[tuple]) -> dict[str, Tensor]:
    """What each mistaken formula gives for each case, by diagnosis, as ``core.expect_close`` wants it."""
    return {words: values_of(wrong, cases) for words, wrong in mistakes.items()}


def first_miss(got: Tensor, wanted: Tensor) -> int:
    """The number of the first case that is wrong, 0 when none is."""
    return int(torch.isclose(got, wanted, rtol=1e-4, atol=1e-6).logical_not().int().argmax())


def expect_gradients(answer: Callable, right: Callable, case: Sequence[Tensor], names: Sequence[str]) -> None:
    """Every number that the answer returns has the right gradient for every argument."""
    mine, theirs = ([values.clone().requires_grad_(True) for values in case] for _ in range(2))
    for got, wanted in zip(answer(*mine), right(*theirs), strict=True):
        expect(
            got.requires_grad, "the result carries no gradient, so nobody can learn from it: no detach(), no no_grad()."
        )
        slopes = torch.autograd.grad(got, mine, allow_unused=True, retain_graph=True, materialize_grads=True)
        exact = torch.autograd.grad(wanted, theirs, allow_unused=True, retain_graph=True, materialize_grads=True)
        for name, slope, true in zip(names, slopes, exact, strict=True):
            shown, asked = (gradient.double().round(decimals=4).tolist() for gradient in (slope, true))
            expect(
                torch.allclose(slope, true, atol=1e-6),
                f"the gradient for {name} is {shown}, expected {asked}: use the values as they are.",
            )
