"""Check of chapter 08: the least-squares loss of a discriminator that judges patches."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from ganlib.checks.answers import Formula, as_loss, first_miss, mistaken_values, values_of
from ganlib.checks.core import check, expect, expect_close


class PatchJudge(nn.Module):
    """Stands in for a discriminator: pictures (N, 1, H, W) to one score for each 1 x 2 patch, (N, 1, H, W / 2)."""

    def __init__(self, w: float):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w))

    def forward(self, x: Tensor) -> Tensor:
        """One score for each patch."""
        return self.w * x[..., ::2] + x[..., 1::2].square()


def _pictures(*values: float) -> Tensor:
    return torch.tensor(values).view(-1, 1, 1, 6)


REAL = _pictures(0.9, -0.4, 0.3, -0.8, 0.1, 0.6, -0.5, 0.2, -0.7, 0.1, 0.8, 0.4)
FAKE = _pictures(-0.6, 0.7, 0.2, 1.0, 0.8, -0.3, 0.4, 0.5, -0.2, 0.6, 0.3, -0.9)
FEWER = FAKE[:1]
WEIGHTS = (1.5, -0.7)


def _squares(score: Tensor, target: float) -> Tensor:
    return (score - target).square().mean()


def _patches(D: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    return (_squares(D(real), 1) + _squares(D(fake.detach()), 0)) / 2


_MISTAKES: Mapping[str, Formula] = {
    "the half is missing: the paper divides D's loss by 2, so that D learns more slowly than the generators.": (
        lambda D, real, fake: 2 * _patches(D, real, fake)
    ),
    "the halves are in it twice.": lambda D, real, fake: _patches(D, real, fake) / 2,
    "the fakes are missing: D shall score them 0.": lambda D, real, fake: _squares(D(real), 1) / 2,
    "the real pictures are missing: D shall score them 1.": lambda D, real, fake: _squares(D(fake), 0) / 2,
    "only one of the two terms is halved. Halve their sum.": (
        lambda D, real, fake: _squares(D(real), 1) + _squares(D(fake), 0) / 2
    ),
    "only the term of the real pictures is halved. Halve the sum.": (
        lambda D, real, fake: _squares(D(real), 1) / 2 + _squares(D(fake), 0)
    ),
    "real and fake are swapped: the target of real pictures is 1, that of fakes 0.": (
        lambda D, real, fake: (_squares(D(real), 0) + _squares(D(fake), 1)) / 2
    ),
    "the fakes' target is 1: that is what the generator wants. D wants 0.": (
        lambda D, real, fake: (_squares(D(real), 1) + _squares(D(fake), 1)) / 2
    ),
    "the fakes' target is -1. Asked is 0.": lambda D, real, fake: (_squares(D(real), 1) + _squares(D(fake), -1)) / 2,
    "the target of the real pictures is 0. Asked is 1.": (
        lambda D, real, fake: (_squares(D(real), 0) + _squares(D(fake), 0)) / 2
    ),
    "the scores of a picture are averaged before they are squared: a patch that is too high hides one that is too low. "
    "Each patch is judged by itself.": (
        lambda D, real, fake: (_squares(D(real).flatten(1).mean(1), 1) + _squares(D(fake).flatten(1).mean(1), 0)) / 2
    ),
    "all scores are averaged before they are squared. Square first, patch by patch.": (
        lambda D, real, fake: ((D(real).mean() - 1).square() + D(fake).mean().square()) / 2
    ),
    "this is a sum over the patches. Average.": (
        lambda D, real, fake: ((D(real) - 1).square().sum() + D(fake).square().sum()) / 2
    ),
    "the patches of a picture are summed. Average over them as well as over the batch.": (
        lambda D, real, fake: (
            ((D(real) - 1).square().flatten(1).sum(1).mean() + D(fake).square().flatten(1).sum(1).mean()) / 2
        )
    ),
    "a sigmoid is applied. Least squares take D's raw output.": (
        lambda D, real, fake: (_squares(D(real).sigmoid(), 1) + _squares(D(fake).sigmoid(), 0)) / 2
    ),
    "these are absolute differences. Asked are squares.": (
        lambda D, real, fake: ((D(real) - 1).abs().mean() + D(fake).abs().mean()) / 2
    ),
    "this is cross-entropy. Asked are squares: (D(real) - 1)^2 and D(fake)^2.": (
        lambda D, real, fake: nn.functional.softplus(-D(real)).mean() + nn.functional.softplus(D(fake)).mean()
    ),
    "this is half the cross-entropy. Asked are squares: (D(real) - 1)^2 and D(fake)^2.": (
        lambda D, real, fake: (nn.functional.softplus(-D(real)).mean() + nn.functional.softplus(D(fake)).mean()) / 2
    ),
    "the fakes have the wrong sign: both squares shall be small.": (
        lambda D, real, fake: (_squares(D(real), 1) - _squares(D(fake), 0)) / 2
    ),
    "the sign is wrong: D makes this small.": lambda D, real, fake: -_patches(D, real, fake),
    "scores of real pictures and fakes are subtracted first. Each has a target of its own.": (
        lambda D, real, fake: (D(real) - D(fake) - 1).square().mean() / 2
    ),
}


@check
def least_squares_loss(answer) -> None:
    """Judge ``least_squares_loss(D, real, fake)``: (E (D(real) - 1)^2 + E D(fake)^2) / 2, no gradient for ``fake``."""

    def value(D: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        return as_loss(answer(D, real.clone(), fake.clone()), "the result").detach()

    for fake, words in ((FAKE, "2 real pictures and 2 fakes"), (FEWER, "2 real pictures and 1 fake")):
        cases = [(PatchJudge(w), REAL, fake) for w in WEIGHTS]
        got, wanted = values_of(value, cases), values_of(_patches, cases)
        i = first_miss(got, wanted)
        told = f"for {words} the loss is {got[i]:.4f}, expected {wanted[i]:.4f}."
        expect_close(got, wanted, mistaken_values(_MISTAKES, cases) if fake is FAKE else {}, told)
    _judge_gradients(answer)


def _judge_gradients(answer) -> None:
    """D learns from both terms, and the generator that made the fakes gets no gradient."""
    for w in WEIGHTS:
        D, drawn = PatchJudge(w), FAKE.clone().requires_grad_(True)
        loss = answer(D, REAL.clone(), 1.0 * drawn)
        expect(loss.requires_grad, "the result carries no gradient, so D cannot learn from it.")
        wanted = torch.autograd.grad(_patches(D, REAL, FAKE), D.w)[0]
        got, stray = torch.autograd.grad(loss, [D.w, drawn], allow_unused=True, materialize_grads=True)
        expect(
            torch.allclose(got, wanted, atol=1e-5),
            f"the gradient for a weight of D is {got.item():.3f}, expected {wanted.item():.3f}: detach the fake "
            "*picture*, not D's score of it.",
        )
        expect(
            not stray.any(),
            "the gradient goes on into the fakes, and through them into the generator: it would be made to help D. "
            "Use fake.detach().",
        )
