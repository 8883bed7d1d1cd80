"""Checks of chapter 08: what StarGAN's generator is asked for, and the mapping that undoes a permutation."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ganlib.checks.answers import Formula, as_loss, first_miss, mistaken_values, values_of
from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check, expect, expect_close

PERMUTATIONS = (([2, 0, 3, 1],), ([1, 2, 3, 4, 0],), ([4, 2, 0, 3, 1, 5],))
WORDS = tuple(f"for {pi}" for (pi,) in PERMUTATIONS)


def _inverse(pi: list[int]) -> Tensor:
    return torch.tensor(pi).argsort()


_INVERSE_MISTAKES: Mapping[str, Formula] = {
    "this is pi itself, which takes everybody one step further. Asked is the way back.": lambda pi: torch.tensor(pi),
    "this is pi applied twice.": lambda pi: torch.tensor(pi)[pi],
    "this is pi read from the end. Reversing the list does not undo the mapping.": lambda pi: torch.tensor(pi).flip(0),
    "the numbers are sorted. Asked is where each of them stands: argsort.": lambda pi: torch.tensor(pi).sort().values,
    "this sorts downwards.": lambda pi: torch.tensor(pi).argsort(descending=True),
    "these are the numbers n - 1 - pi(i), a mirror image of pi.": lambda pi: len(pi) - 1 - torch.tensor(pi),
    "places are counted from 1. Count from 0.": lambda pi: _inverse(pi) + 1,
    "these are the inverse numbers 1 / pi(i). Asked is the inverse mapping.": lambda pi: 1 / torch.tensor(pi).double(),
    "these are negative numbers. Asked is the inverse mapping.": lambda pi: -torch.tensor(pi),
}


@check
def inverse_permutation(answer) -> None:
    """Judge ``inverse_permutation(pi)`` for a list of the numbers 0 to n - 1: ``back`` with back[pi[i]] = i."""
    judge_arrays(lambda pi: answer(list(pi)), _inverse, _INVERSE_MISTAKES, PERMUTATIONS, WORDS)


class Painter(nn.Module):
    """Stands in for StarGAN's generator: G(x, y) = w x + (y + 1) x^2 / 4."""

    def __init__(self, w: float):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Pictures x (N, 1, H, W) bent by the labels y (N,)."""
        return self.w * x + (y + 1).view(-1, 1, 1, 1) * x.square() / 4


def classify(x: Tensor) -> Tensor:
    """Stands in for the class head of D: pictures (N, 1, 1, 2) to logits of three classes."""
    one, two = x.flatten(1).unbind(1)
    return torch.stack([one, two, one * two], 1)


X = torch.tensor([[0.9, -0.4], [0.3, -0.8], [-0.6, 0.7]]).view(3, 1, 1, 2)
Y, TARGET = torch.tensor([0, 2, 1]), torch.tensor([1, 2, 0])
CASES = [(Painter(w), classify, X, Y, TARGET) for w in (1.5, -0.7)]


def _gap(x: Tensor, y: Tensor) -> Tensor:
    return (x - y).abs().mean()


def _classification(G: nn.Module, classify: Formula, x: Tensor, y: Tensor, target: Tensor) -> Tensor:
    return cross_entropy(classify(G(x, target)), target)


def _reconstruction(G: nn.Module, classify: Formula, x: Tensor, y: Tensor, target: Tensor) -> Tensor:
    return _gap(G(G(x, target), y), x)


_CLASSIFICATION_MISTAKES: Mapping[str, Formula] = {
    "this is the reconstruction. Return (classification, reconstruction), in this order.": _reconstruction,
    "the fake is classified against the label that the picture had. Asked for is `target`.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(x, target)), y)
    ),
    "the real picture is classified. That is D's share: G is judged by its fake.": (
        lambda G, classify, x, y, target: cross_entropy(classify(x), y)
    ),
    "the real picture is classified against the target. Classify the fake.": (
        lambda G, classify, x, y, target: cross_entropy(classify(x), target)
    ),
    "G was asked for the label that the picture has already. Ask it for `target`.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(x, y)), target)
    ),
    "it was made and classified with the label that the picture has already. Both times it is `target`.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(x, y)), y)
    ),
    "the picture that came back is classified. Classify the translation.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(G(x, target), y)), y)
    ),
    "this is a sum over the batch. Average.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(x, target)), target, reduction="sum")
    ),
    "softmax is applied twice: cross_entropy takes logits.": (
        lambda G, classify, x, y, target: cross_entropy(classify(G(x, target)).softmax(1), target)
    ),
    "the sign is wrong: the probability of the target shall be large, so its -log small.": (
        lambda G, classify, x, y, target: -_classification(G, classify, x, y, target)
    ),
    "the logarithm is missing: this is the probability of the target.": (
        lambda G, classify, x, y, target: -classify(G(x, target)).softmax(1).gather(1, target[:, None]).mean()
    ),
}
_RECONSTRUCTION_MISTAKES: Mapping[str, Formula] = {
    "the way back asks for `target` again. Ask for the label that the picture had, y.": (
        lambda G, classify, x, y, target: _gap(G(G(x, target), target), x)
    ),
    "the fake is compared with the picture: that asks for no change at all. Bring it back first, with the label y.": (
        lambda G, classify, x, y, target: _gap(G(x, target), x)
    ),
    "what comes back is compared with the fake. Compare it with x.": (
        lambda G, classify, x, y, target: _gap(G(G(x, target), y), G(x, target))
    ),
    "the picture only went from its own label to its own label. Change it to `target` in between.": (
        lambda G, classify, x, y, target: _gap(G(G(x, y), y), x)
    ),
    "this is the identity, G(x, y) against x. Go by way of `target`.": (
        lambda G, classify, x, y, target: _gap(G(x, y), x)
    ),
    "the labels come in the wrong order: first `target`, then back with y.": (
        lambda G, classify, x, y, target: _gap(G(G(x, y), target), x)
    ),
    "these are squared differences. Asked are absolute ones, the L1 distance.": (
        lambda G, classify, x, y, target: (G(G(x, target), y) - x).square().mean()
    ),
    "this is a sum over all pixels. Average.": lambda G, classify, x, y, target: (G(G(x, target), y) - x).abs().sum(),
    "the weight is in it. It is multiplied outside.": (
        lambda G, classify, x, y, target: 10 * _reconstruction(G, classify, x, y, target)
    ),
}
_DETACHED: Mapping[str, Formula] = {
    "the fake is cut off before it is brought back (detach or no_grad), so the first use of G never learns to keep "
    "what it should not change.": lambda G, classify, x, y, target: _gap(G(G(x, target).detach(), y), x),
}


def _slopes(formula: Formula) -> Tensor:
    losses = [(formula(*case), case[0].w) for case in CASES]
    return torch.stack([torch.autograd.grad(loss, w, materialize_grads=True)[0] for loss, w in losses]).double()


@check
def stargan_losses(answer) -> None:
    """Judge ``stargan_losses(G, classify, x, y, target)``, which returns (classification, reconstruction).

    E -log softmax(classify(G(x, target)))[target], and E |G(G(x, target), y) - x|, a mean over all pixels.
    """

    def part(i: int) -> Formula:
        def loss(*case) -> Tensor:
            returned = answer(*case)
            expect(returned is not None, "it returned None: does it end with return?")
            expect(
                isinstance(returned, tuple | list) and len(returned) == 2,
                "it should return two losses, (classification, reconstruction).",
            )
            value = as_loss(returned[i], f"the {('classification', 'reconstruction')[i]} loss")
            expect(value.requires_grad, "a loss carries no gradient, so G cannot learn: no detach(), no no_grad().")
            return value

        return loss

    _judge_part("classification", part(0), _classification, _CLASSIFICATION_MISTAKES, {})
    _judge_part("reconstruction", part(1), _reconstruction, _RECONSTRUCTION_MISTAKES, _DETACHED)


def _judge_part(
    name: str, loss: Formula, right: Formula, mistakes: Mapping[str, Formula], detached: Mapping[str, Formula]
) -> None:
    got, wanted = values_of(lambda *case: loss(*case).detach(), CASES), values_of(right, CASES)
    i = first_miss(got, wanted)
    known = {f"{name}: {words}": values for words, values in mistaken_values(mistakes, CASES).items()}
    expect_close(got, wanted, known, f"the {name} loss is {got[i]:.4f}, expected {wanted[i]:.4f}.")
    slopes, exact = _slopes(loss), _slopes(right)
    known = {f"{name}: {words}": _slopes(formula) for words, formula in detached.items()}
    told = f"the gradient of the {name} loss for G is {slopes[0]:.3f}, expected {exact[0]:.3f}: use the pictures as "
    expect_close(slopes, exact, known, told + "they are.")
