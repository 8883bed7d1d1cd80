"""What an answer returned, as an array that can be compared."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from ganlib.checks.core import CheckFailed, expect

SHOWN = 12


def as_array(value) -> Tensor:
    """What an answer returned (a tensor, an array, a list or a number), as float64 without its graph."""
    expect(value is not None, "it returned None: does it end with return?")
    try:
        return torch.as_tensor(value, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError):
        raise CheckFailed(f"it returned a {type(value).__name__}, expected a tensor or a list of numbers.") from None


def alike(some: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """The arrays agree one by one, in shape and, to rounding, in value."""
    pairs = zip(some, others, strict=True)
    return all(a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in pairs)


def in_digits(values: Tensor) -> str:
    """The first entries of an array, as words."""
    flat = [round(x, 3) for x in values.flatten().tolist()]
    return str(flat) if len(flat) <= SHOWN else f"{str(flat[:SHOWN])[:-1]}, ...]"


def judge_arrays(
    answer: Callable, right: Callable, mistakes: Mapping[str, Callable], cases: Sequence[tuple], words: Sequence[str]
) -> None:
    """Raise ``CheckFailed`` unless ``answer`` gives what ``right`` gives for each case.

    ``mistakes`` maps a diagnosis to a formula with this mistake: the first that agrees with the answer in all cases is
    told. Otherwise the first case that is wrong is told; ``words`` describes the cases.
    """
    got = [as_array(answer(*(x.clone() if isinstance(x, Tensor) else x for x in case))) for case in cases]
    wanted = [as_array(right(*case)) for case in cases]
    if alike(got, wanted):
        return
    for diagnosis, wrong in mistakes.items():
        expect(not alike(got, [as_array(wrong(*case)) for case in cases]), diagnosis)
    i = next(i for i, pair in enumerate(zip(got, wanted, strict=True)) if not alike(*([array] for array in pair)))
    shapes = tuple(got[i].shape), tuple(wanted[i].shape)
    expect(shapes[0] == shapes[1], f"{words[i]} it has shape {shapes[0]}, expected {shapes[1]}.")
    raise CheckFailed(f"{words[i]} it gives {in_digits(got[i])}, expected {in_digits(wanted[i])}.")
