"""Checks of chapter 08: the losses of two generators that undo each other."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from ganlib.checks.answers import Formula, as_loss, first_miss, mistaken_values, values_of
from ganlib.checks.core import check, expect, expect_close


class Translator(nn.Module):
    """Stands in for a generator: bends every pixel by w, x -> w x + x^2 / 8."""

    def __init__(self, w: float):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w))

    def forward(self, x: Tensor) -> Tensor:
        """Pictures of any shape, bent."""
        return self.w * x + x.square() / 8


def _pictures(*values: float) -> Tensor:
    return torch.tensor(values).view(-1, 1, 1, 2)


A, B = _pictures(0.9, -0.4, 0.3, -0.8), _pictures(-0.6, 0.7, 0.2, 1.0)
MORE_B = torch.cat([B, _pictures(0.5, -0.9)])
WEIGHTS = ((1.5, 0.5), (-0.7, 1.25))


def _translators(weights: tuple[float, float]) -> tuple[Translator, Translator]:
    return Translator(weights[0]), Translator(weights[1])


def _slopes(formula: Formula, a: Tensor, b: Tensor) -> Tensor:
    """The gradient of a loss for the weights of G_AB and G_BA, (4,)."""
    found = []
    for weights in WEIGHTS:
        G_AB, G_BA = _translators(weights)
        found += torch.autograd.grad(formula(G_AB, G_BA, a, b), [G_AB.w, G_BA.w], materialize_grads=True)
    return torch.stack(found).double()


def _judge_pair(answer, right: Formula, mistakes: Mapping[str, Formula], detached: Mapping[str, Formula]) -> None:
    """The loss of two generators: its values for batches of one size and of two, then the gradients it gives.

    ``mistakes`` differ from ``right`` in value, ``detached`` in the gradient alone.
    """

    def value(G_AB: nn.Module, G_BA: nn.Module, a: Tensor, b: Tensor) -> Tensor:
        loss = as_loss(answer(G_AB, G_BA, a.clone(), b.clone()), "the result")
        expect(loss.requires_grad, "the result carries no gradient, so no generator learns: no detach(), no no_grad().")
        return loss.detach()

    for b, words in ((B, "2 pictures of each domain"), (MORE_B, "2 pictures of A and 3 of B")):
        cases = [(*_translators(weights), A, b) for weights in WEIGHTS]
        got, wanted = values_of(value, cases), values_of(right, cases)
        i = first_miss(got, wanted)
        told = f"for {words} the loss is {got[i]:.4f}, expected {wanted[i]:.4f}."
        known = mistaken_values(mistakes, cases) if b is B else {}
        expect_close(got, wanted, known, told)
    got, wanted = _slopes(answer, A, B), _slopes(right, A, B)
    known = {words: _slopes(formula, A, B) for words, formula in detached.items()}
    shown, asked = (gradients.round(decimals=3).tolist()[:2] for gradients in (got, wanted))
    told = (
        f"the gradients for a weight of G_AB and of G_BA are {shown}, expected {asked}: use the pictures as they are."
    )
    expect_close(got, wanted, known, told)


def _gap(x: Tensor, y: Tensor) -> Tensor:
    return (x - y).abs().mean()


def _cycle(G_AB: nn.Module, G_BA: nn.Module, a: Tensor, b: Tensor) -> Tensor:
    return _gap(G_BA(G_AB(a)), a) + _gap(G_AB(G_BA(b)), b)


def _with_gap(gap: Callable[[Tensor, Tensor], Tensor]) -> Formula:
    """The cycle loss with another measure of how far two batches are apart."""
    return lambda G_AB, G_BA, a, b: gap(G_BA(G_AB(a)), a) + gap(G_AB(G_BA(b)), b)


_CYCLE_MISTAKES: Mapping[str, Formula] = {
    "the generators come in the wrong order: a is a picture of A, so G_AB translates it first, then G_BA brings it "
    "back.": lambda G_AB, G_BA, a, b: _gap(G_AB(G_BA(a)), a) + _gap(G_BA(G_AB(b)), b),
    "these are squared differences. Asked are absolute ones, the L1 distance.": (
        _with_gap(lambda x, y: (x - y).square().mean())
    ),
    "this is a sum over all pixels. Average, so that the weight of the loss does not depend on size and batch.": (
        _with_gap(lambda x, y: (x - y).abs().sum())
    ),
    "this is a sum over the pixels of a picture, averaged over the batch. Average over the pixels, too.": (
        _with_gap(lambda x, y: (x - y).abs().flatten(1).sum(1).mean())
    ),
    "the way from B to A and back is missing.": lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), a),
    "the way from A to B and back is missing.": lambda G_AB, G_BA, a, b: _gap(G_AB(G_BA(b)), b),
    "what comes back is compared with a picture of the other domain, which shows somebody else. Compare it with the "
    "picture that set out.": lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), b) + _gap(G_AB(G_BA(b)), a),
    "the translations are compared with the pictures that set out: that asks for no change at all. Translate back "
    "first.": lambda G_AB, G_BA, a, b: _gap(G_AB(a), a) + _gap(G_BA(b), b),
    "the translations are compared with the other heap. No picture there is a partner: translate back, and compare "
    "with the picture that set out.": lambda G_AB, G_BA, a, b: _gap(G_AB(a), b) + _gap(G_BA(b), a),
    "what comes back is compared with the translation. Compare it with the picture that set out.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), G_AB(a)) + _gap(G_AB(G_BA(b)), G_BA(b))
    ),
    "each batch goes through the same generator twice. G_BA brings back what G_AB has made, and the other way round.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(G_AB(a)), a) + _gap(G_BA(G_BA(b)), b)
    ),
    "this is the identity loss. A cycle uses both generators, one after the other.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(a), a) + _gap(G_AB(b), b)
    ),
    "this is half of it: the two ways are added, not averaged.": (
        lambda G_AB, G_BA, a, b: _cycle(G_AB, G_BA, a, b) / 2
    ),
    "the two ways are subtracted. Both errors shall be small: add them.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), a) - _gap(G_AB(G_BA(b)), b)
    ),
    "the absolute value is missing, so errors of other signs cancel.": _with_gap(lambda x, y: (x - y).mean()),
    "the absolute value is taken of the average, so errors of other signs cancel. Take it of each pixel.": (
        _with_gap(lambda x, y: (x - y).mean().abs())
    ),
    "this is the Euclidean length of the difference. Asked is the average of absolute differences.": (
        _with_gap(lambda x, y: (x - y).norm())
    ),
    "the weight is in it. It is multiplied outside: this loss is the plain sum of two averages.": (
        lambda G_AB, G_BA, a, b: 10 * _cycle(G_AB, G_BA, a, b)
    ),
}
_CYCLE_DETACHED: Mapping[str, Formula] = {
    "the picture between the two generators is cut off (detach or no_grad), so the first of them never learns that its "
    "translation must be undone.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a).detach()), a) + _gap(G_AB(G_BA(b).detach()), b)
    ),
    "the way from A to B and back gives no gradient.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), a).detach() + _gap(G_AB(G_BA(b)), b)
    ),
    "the way from B to A and back gives no gradient.": (
        lambda G_AB, G_BA, a, b: _gap(G_BA(G_AB(a)), a) + _gap(G_AB(G_BA(b)), b).detach()
    ),
}


@check
def cycle_loss(answer) -> None:
    """Judge ``cycle_loss(G_AB, G_BA, a, b)``: E |G_BA(G_AB(a)) - a| + E |G_AB(G_BA(b)) - b|, means over all pixels."""
    _judge_pair(answer, _cycle, _CYCLE_MISTAKES, _CYCLE_DETACHED)


def _identity(G_AB: nn.Module, G_BA: nn.Module, a: Tensor, b: Tensor) -> Tensor:
    return _gap(G_AB(b), b) + _gap(G_BA(a), a)


_IDENTITY_MISTAKES: Mapping[str, Formula] = {
    "each generator is asked to leave alone what it has to translate. G_AB makes pictures of B: show it one of B, "
    "which it shall not change.": lambda G_AB, G_BA, a, b: _gap(G_AB(a), a) + _gap(G_BA(b), b),
    "the loss of G_BA is missing: it shall not change pictures of A.": lambda G_AB, G_BA, a, b: _gap(G_AB(b), b),
    "the loss of G_AB is missing: it shall not change pictures of B.": lambda G_AB, G_BA, a, b: _gap(G_BA(a), a),
    "these are squared differences. Asked are absolute ones, the L1 distance.": (
        lambda G_AB, G_BA, a, b: (G_AB(b) - b).square().mean() + (G_BA(a) - a).square().mean()
    ),
    "this is a sum over all pixels. Average, so that the weight of the loss does not depend on size and batch.": (
        lambda G_AB, G_BA, a, b: (G_AB(b) - b).abs().sum() + (G_BA(a) - a).abs().sum()
    ),
    "this is a sum over the pixels of a picture, averaged over the batch. Average over the pixels, too.": (
        lambda G_AB, G_BA, a, b: (
            (G_AB(b) - b).abs().flatten(1).sum(1).mean() + (G_BA(a) - a).abs().flatten(1).sum(1).mean()
        )
    ),
    "what G_AB makes of b is compared with a, which shows somebody else. It shall be b again.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(b), a) + _gap(G_BA(a), b)
    ),
    "the translations are compared with the other heap. Nothing is translated here: G_AB sees b and shall return b.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(a), b) + _gap(G_BA(b), a)
    ),
    "this is the cycle loss. Here each generator is used once, on what needs no translation.": _cycle,
    "both generators are shown pictures of A. G_AB shall leave those of B alone.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(a), a) + _gap(G_BA(a), a)
    ),
    "both generators are shown pictures of B. G_BA shall leave those of A alone.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(b), b) + _gap(G_BA(b), b)
    ),
    "the two generators are compared with each other. Compare what comes out with what went in.": (
        lambda G_AB, G_BA, a, b: _gap(G_AB(b), G_BA(a))
    ),
    "this is half of it: the two losses are added, not averaged.": (
        lambda G_AB, G_BA, a, b: _identity(G_AB, G_BA, a, b) / 2
    ),
    "the absolute value is missing, so errors of other signs cancel.": (
        lambda G_AB, G_BA, a, b: (G_AB(b) - b).mean() + (G_BA(a) - a).mean()
    ),
    "the absolute value is taken of the average, so errors of other signs cancel. Take it of each pixel.": (
        lambda G_AB, G_BA, a, b: (G_AB(b) - b).mean().abs() + (G_BA(a) - a).mean().abs()
    ),
    "the weight is in it. It is multiplied outside: this loss is the plain sum of two averages.": (
        lambda G_AB, G_BA, a, b: 5 * _identity(G_AB, G_BA, a, b)
    ),
}
_IDENTITY_DETACHED: Mapping[str, Formula] = {
    "G_AB gets no gradient.": lambda G_AB, G_BA, a, b: _gap(G_AB(b), b).detach() + _gap(G_BA(a), a),
    "G_BA gets no gradient.": lambda G_AB, G_BA, a, b: _gap(G_AB(b), b) + _gap(G_BA(a), a).detach(),
}


@check
def identity_loss(answer) -> None:
    """Judge ``identity_loss(G_AB, G_BA, a, b)``: E |G_AB(b) - b| + E |G_BA(a) - a|, means over all pixels."""
    _judge_pair(answer, _identity, _IDENTITY_MISTAKES, _IDENTITY_DETACHED)
