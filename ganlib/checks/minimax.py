"""Checks of chapter 02: the losses of the two players."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlib.checks.core import check, expect, expect_close

Formula = Callable[..., Tensor]

REAL = torch.tensor([1.5, -0.4, 0.3])
FAKE = torch.tensor([-0.9, 0.6, 2.1, -1.7, 0.2])
FAR = 200.0


def _as_loss(loss) -> Tensor:
    """What a loss function returned, if it can be a loss."""
    expect(loss is not None, "it returned None: does it end with return?")
    expect(
        isinstance(loss, Tensor),
        f"it returned a {type(loss).__name__}, expected a tensor that keeps its graph: no .item(), no float().",
    )
    expect(
        loss.dim() == 0,
        f"it returned a tensor of shape {tuple(loss.shape)}, expected a single number: average over the batch.",
    )
    return loss


def _judge_values(
    answer: Formula, batches: list[list[Tensor]], right: Formula, mistakes: Mapping[str, Formula]
) -> None:
    """The loss of each batch is that of the formula."""
    got = torch.stack([_as_loss(answer(*(logits.clone() for logits in batch))) for batch in batches]).detach()
    expect(
        not got.isnan().any(),
        "the loss is NaN, as the logarithm of a negative number is: these are logits, not probabilities yet.",
    )
    wanted = torch.stack([right(*batch) for batch in batches])
    known = {words: torch.stack([formula(*batch) for batch in batches]) for words, formula in mistakes.items()}
    shown = " and ".join(str([round(x, 1) for x in logits.tolist()]) for logits in batches[0])
    expect_close(got, wanted, known, f"for logits {shown} the loss is {got[0]:.4f}, expected {wanted[0]:.4f}.")


def _judge_far(answer: Formula, batch: list[Tensor], right: Formula) -> None:
    """Where D is sure and wrong, the loss and its gradient are finite and right."""
    batch = [logits.clone().requires_grad_(True) for logits in batch]
    loss, wanted = _as_loss(answer(*batch)), right(*batch)
    got = loss.item()
    where = f"at logits of {FAR:.0f} and -{FAR:.0f}"
    expect(
        torch.isfinite(loss).item(),
        f"{where} the loss is {got}: the sigmoid rounds to 0 or 1 there, and log(0) is infinite. Never form the "
        "probability: -log sigmoid(a) = softplus(-a).",
    )
    expect(
        abs(got - wanted.item()) < 0.01,
        f"{where} the loss is {got:.2f}, expected {wanted.item():.2f}: something cuts the logarithm off "
        "(clamp, a small epsilon, BCELoss), and where it is cut off the gradient is 0.",
    )
    _judge_gradients(loss, wanted, batch, where)


def _judge_gradients(loss: Tensor, wanted: Tensor, batch: list[Tensor], where: str) -> None:
    expect(loss.requires_grad, "the loss carries no gradient, so nobody can learn from it: no detach(), no no_grad().")
    names = ("real_logits", "fake_logits")[-len(batch) :]
    got = torch.autograd.grad(loss, batch, allow_unused=True)
    for name, mine, right in zip(names, got, torch.autograd.grad(wanted, batch), strict=True):
        expect(mine is not None, f"no gradient reaches {name}: use them as they are, without detach().")
        expect(
            torch.allclose(mine, right, atol=1e-6),
            f"{where} the gradient for {name} is {mine.tolist()}, expected {right.tolist()}: a formula that is right "
            "in value can still pass through 0 * inf. Use softplus, logsigmoid or BCE with logits.",
        )


def _discriminator(real: Tensor, fake: Tensor) -> Tensor:
    return softplus(-real).mean() + softplus(fake).mean()


_DISCRIMINATOR_MISTAKES: Mapping[str, Formula] = {
    "this is V itself. D wants V large and an optimizer makes its loss small, so the loss is -V.": (
        lambda real, fake: -_discriminator(real, fake)
    ),
    "the logarithm is missing: V holds log D(x) and log(1 - D(G(z))).": (
        lambda real, fake: -real.sigmoid().mean() - (1 - fake.sigmoid()).mean()
    ),
    "the sigmoid is applied twice: a function 'with logits' applies it itself.": (
        lambda real, fake: _discriminator(real.sigmoid(), fake.sigmoid())
    ),
    "real and fake are swapped: this is small when D calls the fakes real.": (
        lambda real, fake: softplus(real).mean() + softplus(-fake).mean()
    ),
    "the fakes enter as log D(G(z)); D wants them called fake: log(1 - D(G(z))).": (
        lambda real, fake: softplus(-real).mean() + softplus(-fake).mean()
    ),
    "the term of the fakes has the wrong sign: both logarithms get a minus.": (
        lambda real, fake: softplus(-real).mean() - softplus(fake).mean()
    ),
    "the term of the real samples has the wrong sign: both logarithms get a minus.": (
        lambda real, fake: softplus(fake).mean() - softplus(-real).mean()
    ),
    "the fakes are missing: add the average of -log(1 - D(G(z))).": lambda real, fake: softplus(-real).mean(),
    "the real samples are missing: add the average of -log D(x).": lambda real, fake: softplus(fake).mean(),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": (
        lambda real, fake: softplus(-real).sum() + softplus(fake).sum()
    ),
    "this is half of it: V is the sum of two averages, not their average.": (
        lambda real, fake: _discriminator(real, fake) / 2
    ),
    "this is one average over both batches together. V is the sum of two averages, one for each batch.": (
        lambda real, fake: (softplus(-real).sum() + softplus(fake).sum()) / (len(real) + len(fake))
    ),
    "this is twice one average over both batches together, which is right only for batches of one size. Average each "
    "batch by itself.": lambda real, fake: 2 * (softplus(-real).sum() + softplus(fake).sum()) / (len(real) + len(fake)),
    "this is the logarithm of an average; asked is the average of the logarithms.": (
        lambda real, fake: -real.sigmoid().mean().log() - (-fake).sigmoid().mean().log()
    ),
}


@check
def discriminator_loss(answer) -> None:
    """Judge ``discriminator_loss(real_logits, fake_logits)``: -E log D(x) - E log(1 - D(G(z))), from logits."""
    batches = [[REAL, FAKE], [FAKE, FAKE - 1], [REAL + 1, -REAL]]
    _judge_values(answer, batches, _discriminator, _DISCRIMINATOR_MISTAKES)
    _judge_far(answer, [torch.tensor([-FAR, FAR]), torch.tensor([FAR, -FAR])], _discriminator)


def _generator(fake: Tensor) -> Tensor:
    return softplus(-fake).mean()


_GENERATOR_MISTAKES: Mapping[str, Formula] = {
    "this is the saturating loss, log(1 - D(G(z))). It has the right direction, and hardly any gradient when D is "
    "ahead; asked is -log D(G(z)).": lambda fake: -softplus(fake).mean(),
    "this is -log(1 - D(G(z))), what D minimises on fakes: G would help D.": lambda fake: softplus(fake).mean(),
    "the sign is wrong: G makes its loss small and D(G(z)) large, so the loss is -log D(G(z)).": (
        lambda fake: -_generator(fake)
    ),
    "the logarithm is missing: the loss is -log D(G(z)).": lambda fake: -fake.sigmoid().mean(),
    "the logarithm is missing: asked is -log D(G(z)), not 1 - D(G(z)).": lambda fake: (1 - fake.sigmoid()).mean(),
    "the sigmoid is applied twice: a function 'with logits' applies it itself.": (
        lambda fake: _generator(fake.sigmoid())
    ),
    "this is the logarithm of an average; asked is the average of the logarithms.": (
        lambda fake: -fake.sigmoid().mean().log()
    ),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": lambda fake: softplus(-fake).sum(),
    "this is the loss of a Wasserstein generator, minus the average logit; asked is -log D(G(z)).": (
        lambda fake: -fake.mean()
    ),
}


@check
def generator_loss(answer) -> None:
    """Judge ``generator_loss(fake_logits)``: the non-saturating -E log D(G(z)), from logits."""
    _judge_values(answer, [[REAL], [FAKE], [FAKE - 1]], _generator, _GENERATOR_MISTAKES)
    _judge_far(answer, [torch.tensor([-FAR, FAR])], _generator)
