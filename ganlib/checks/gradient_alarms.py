"""Checks of chapter 10: the norm of a gradient, and whether a loss pushes its player the right way."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganlib import losses
from ganlib.checks.answers import as_number, first_miss, mistaken_values, values_of
from ganlib.checks.core import CheckFailed, check, expect, expect_close

Parameters = Sequence[nn.Parameter]


def _parameter(gradient: Tensor | None, shape: tuple[int, ...]) -> nn.Parameter:
    made = nn.Parameter(torch.full(shape, 0.7))
    made.grad = gradient
    return made


CASES: Sequence[tuple[Parameters]] = (
    ([_parameter(torch.tensor([[3.0, 0.0], [0.0, 4.0]]), (2, 2)), _parameter(torch.tensor([12.0]), (1,))],),
    ([_parameter(torch.tensor([2.0, -1.0, 2.0]), (3,)), _parameter(None, (4,))],),
    ([_parameter(torch.tensor([-0.5]), (1,)), _parameter(torch.tensor([[1.5], [-2.0]]), (2, 1))],),
    ([_parameter(None, (2,)), _parameter(None, (1, 2))],),
)


def _norms(parameters: Parameters) -> Tensor:
    """The norm at each parameter that has a gradient, in float64."""
    found = [p.grad.double().norm() for p in parameters if p.grad is not None]
    return torch.stack(found) if found else torch.zeros(1, dtype=torch.float64)


_NORM_MISTAKES: Mapping[str, Callable[[Parameters], Tensor]] = {
    "these are norms added up. All parameters are one long vector: add the squares, then take the root.": lambda ps: (
        _norms(ps).sum()
    ),
    "this is the mean of the parameters' norms. All parameters are one long vector.": lambda ps: _norms(ps).mean(),
    "this is the largest of the parameters' norms. All parameters are one long vector.": lambda ps: _norms(ps).max(),
    "the root is missing: this is the sum of squares.": lambda ps: _norms(ps).square().sum(),
    "this is the norm of the parameters. Their gradients are in .grad.": lambda ps: torch.cat(
        [p.detach().double().flatten() for p in ps]
    ).norm(),
    "only the first parameter is counted.": lambda ps: _norms(ps[:1]).sum(),
    "only the last parameter is counted.": lambda ps: _norms(ps[-1:]).sum(),
    "this is a sum of absolute values. The norm is the root of the sum of squares.": lambda ps: sum(
        (p.grad.double().abs().sum() for p in ps if p.grad is not None), torch.zeros((), dtype=torch.float64)
    ),
    "this is the root of the mean of the squares, which depends on how many weights there are.": lambda ps: (
        _norms(ps).square().sum().div(sum(p.numel() for p in ps if p.grad is not None) or 1).sqrt()
    ),
    "signs matter here, but a norm has none: square each entry first.": lambda ps: sum(
        (p.grad.double().sum() for p in ps if p.grad is not None), torch.zeros((), dtype=torch.float64)
    ),
}


@check
def gradient_norm(answer) -> None:
    """Judge ``gradient_norm(parameters)``: the norm of all their gradients together; a missing gradient counts as 0."""
    kept = [[None if p.grad is None else p.grad.clone() for p in ps] for (ps,) in CASES]
    try:
        found = [answer(iter(ps)) for (ps,) in CASES]
    finally:
        changed = any(
            not _same(p.grad, old)
            for (ps,), olds in zip(CASES, kept, strict=True)
            for p, old in zip(ps, olds, strict=True)
        )
        for (ps,), olds in zip(CASES, kept, strict=True):
            for parameter, old in zip(ps, olds, strict=True):
                parameter.grad = old
    expect(not changed, "it changed the gradients that it was to look at.")
    got, wanted = torch.stack([as_number(value) for value in found]), values_of(lambda ps: _norms(ps).norm(), CASES)
    i = first_miss(got, wanted)
    shown = [None if p.grad is None else p.grad.tolist() for p in CASES[i][0]]
    told = f"parameters with the gradients {shown} give {got[i]:.4g}, expected {wanted[i]:.4g}."
    expect_close(got, wanted, mistaken_values(_NORM_MISTAKES, CASES), told)


def _same(a: Tensor | None, b: Tensor | None) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and torch.equal(a, b))


DLoss, GLoss = Callable[[Tensor, Tensor], Tensor], Callable[[Tensor], Tensor]
PAIRS: Sequence[tuple[str, DLoss, GLoss]] = (
    *((f"losses.{name}", loss.discriminator, loss.generator) for name, loss in losses.by_name.items()),
    (
        "a critic's loss with its terms exchanged, E f(x) - E f(G(z)),",
        lambda real, fake: real.mean() - fake.mean(),
        lambda fake: -fake.mean(),
    ),
    (
        "a generator that minimises what D minimises on fakes",
        losses.non_saturating.discriminator,
        lambda fake: softplus(fake).mean(),
    ),
    (
        "V itself as the loss of D",
        lambda real, fake: -losses.minimax.discriminator(real, fake),
        losses.minimax.generator,
    ),
    (
        "a D that is punished for real samples called real",
        lambda real, fake: softplus(real).mean() + softplus(fake).mean(),
        losses.hinge.generator,
    ),
    (
        "a D that is punished for fakes called fake",
        lambda real, fake: softplus(-real).mean() + softplus(-fake).mean(),
        losses.hinge.generator,
    ),
    (
        "both losses with the wrong sign",
        lambda real, fake: real.mean() - fake.mean(),
        lambda fake: fake.mean(),
    ),
)


def _slopes(d: DLoss, g: GLoss) -> tuple[float, float, float]:
    """How D's loss changes with real and with fake logits, and G's with fake ones, at 0."""
    real, fake, own = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(3))
    of_d = torch.autograd.grad(d(real[None], fake[None]), (real, fake))
    of_g = torch.autograd.grad(g(own[None]), own)
    return *(float(slope) for slope in of_d), float(of_g[0])


def _signs(d: DLoss, g: GLoss) -> tuple[bool, bool]:
    real, fake, own = _slopes(d, g)
    return real < 0 and fake > 0, own < 0


def _values(d: DLoss, g: GLoss) -> tuple[float, float]:
    zero = torch.zeros(1, dtype=torch.float64)
    return float(d(zero, zero)), float(g(zero))


_SIGN_MISTAKES: Mapping[str, Callable[[DLoss, GLoss], tuple[bool, bool]]] = {
    "the pair is returned in the wrong order: D first, then G.": lambda d, g: _signs(d, g)[::-1],
    "right and wrong are exchanged: a loss is right when it *falls* as the logits move the right way.": lambda d, g: (
        tuple(not right for right in _signs(d, g))
    ),
    "real logits alone decide about D. It must also push fakes down.": lambda d, g: (
        _slopes(d, g)[0] < 0,
        _signs(d, g)[1],
    ),
    "fake logits alone decide about D. It must also push real samples up.": lambda d, g: (
        _slopes(d, g)[1] > 0,
        _signs(d, g)[1],
    ),
    "D may do one of its two duties wrong here: both real samples up *and* fakes down are asked for.": lambda d, g: (
        _slopes(d, g)[0] < 0 or _slopes(d, g)[1] > 0,
        _signs(d, g)[1],
    ),
    "real and fake move together, so what D does wrong with one can hide behind the other. Move one at a time.": (
        lambda d, g: (_slopes(d, g)[0] - _slopes(d, g)[1] < 0, _signs(d, g)[1])
    ),
    "G is asked to push fakes down. It wants their logits up.": lambda d, g: (_signs(d, g)[0], not _signs(d, g)[1]),
    "this looks at the sign of the losses themselves. A critic's loss may be negative: look at how it changes.": (
        lambda d, g: tuple(value > 0 for value in _values(d, g))
    ),
    "every loss passes.": lambda d, g: (True, True),
    "no loss passes.": lambda d, g: (False, False),
}


@check
def right_signs(answer) -> None:
    """Judge ``right_signs(d_loss, g_loss)``: whether each loss falls as its logits move, from 0, the right way."""
    found = [answer(d, g) for _, d, g in PAIRS]
    for value in found:
        expect(value is not None, "it returned None: does it end with return?")
        two = isinstance(value, tuple | list | Tensor) and len(value) == 2
        expect(two, f"it returned {value!r}, expected two truth values: return d_right, g_right.")
    got = [(bool(d), bool(g)) for d, g in found]
    wanted = [_signs(d, g) for _, d, g in PAIRS]
    if got == wanted:
        return
    for words, wrong in _SIGN_MISTAKES.items():
        expect(got != [wrong(d, g) for _, d, g in PAIRS], words)
    i = next(i for i in range(len(got)) if got[i] != wanted[i])
    raise CheckFailed(f"{PAIRS[i][0]} gives {got[i]}, expected {wanted[i]}.")
