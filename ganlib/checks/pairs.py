"""Check of chapter 07: what a discriminator minimises that sees three kinds of pairs."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganlib.checks.answers import as_loss
from ganlib.checks.core import check, expect, expect_close


class _Pairing(nn.Module):
    """A discriminator of vectors and conditions: a x + b y + x' C y, times a scale."""

    def __init__(self, scale: float):
        super().__init__()
        self.of_x = nn.Parameter(scale * torch.tensor([0.9, -0.4]))
        self.of_y = nn.Parameter(scale * torch.tensor([0.3, 0.5, -0.7]))
        self.of_both = nn.Parameter(scale * torch.tensor([[1.1, -0.2, 0.4], [-0.6, 0.8, 0.5]]))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x @ self.of_x + y @ self.of_y + (x @ self.of_both * y).sum(1)


class _Maker(nn.Module):
    """A generator of vectors from noise and conditions, linear in both."""

    def __init__(self):
        super().__init__()
        self.of_z = nn.Parameter(torch.tensor([[0.8, -0.3], [0.2, 0.9]]))
        self.of_y = nn.Parameter(torch.tensor([[0.5, -1.0], [0.7, 0.1], [-0.4, 0.6]]))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return z @ self.of_z + y @ self.of_y


BATCHES = (
    (
        torch.tensor([[1.0, -0.5], [0.3, 1.2], [-0.8, 0.4]]),
        torch.tensor([[1.0, 0.0, 0.5], [0.0, -1.0, 1.0], [0.6, 0.2, -0.3]]),
        torch.tensor([[0.0, 1.0, -0.5], [1.0, 0.7, 0.0], [-0.4, 0.9, 1.0]]),
        torch.tensor([[0.4, 1.0], [-1.3, 0.2], [0.1, -0.6]]),
    ),
    (
        torch.tensor([[-0.2, 0.9], [1.4, 0.1]]),
        torch.tensor([[0.5, 0.5, -1.0], [-0.7, 0.0, 0.2]]),
        torch.tensor([[-1.0, 0.3, 0.4], [0.8, -0.6, 0.9]]),
        torch.tensor([[-0.5, 0.8], [0.9, 1.1]]),
    ),
)


def _yes(logits: Tensor) -> Tensor:
    """-E log D."""
    return softplus(-logits).mean()


def _no(logits: Tensor) -> Tensor:
    """-E log(1 - D)."""
    return softplus(logits).mean()


class _Logits:
    """D's logits of every pair that can be made of a batch."""

    def __init__(self, G: nn.Module, D: nn.Module, x: Tensor, y: Tensor, wrong_y: Tensor, z: Tensor):
        fake, stray = G(z, y).detach(), G(z, wrong_y).detach()
        self.matching, self.mismatching = D(x, y), D(x, wrong_y)
        self.generated, self.generated_wrong = D(fake, y), D(fake, wrong_y)
        self.stray, self.stray_wrong = D(stray, y), D(stray, wrong_y)


def _three_pairs(p: _Logits) -> Tensor:
    return _yes(p.matching) + (_no(p.mismatching) + _no(p.generated)) / 2


_PAIRS_MISTAKES: Mapping[str, Callable[[_Logits], Tensor]] = {
    "the two negatives count in full. Each gets the weight 1/2, so that together they weigh as much as the matching "
    "pairs.": lambda p: _yes(p.matching) + _no(p.mismatching) + _no(p.generated),
    "this is an average of three. The matching pairs have the weight 1, each negative has 1/2.": (
        lambda p: (_yes(p.matching) + _no(p.mismatching) + _no(p.generated)) / 3
    ),
    "everything is halved. Only the two negatives have the weight 1/2.": (
        lambda p: (_yes(p.matching) + _no(p.mismatching) + _no(p.generated)) / 2
    ),
    "the generated pairs count in full. Both negatives have the weight 1/2.": (
        lambda p: _yes(p.matching) + _no(p.mismatching) / 2 + _no(p.generated)
    ),
    "the mismatching pairs count in full. Both negatives have the weight 1/2.": (
        lambda p: _yes(p.matching) + _no(p.mismatching) + _no(p.generated) / 2
    ),
    "the mismatching pairs count as right. Their images are real, but D must say no: log(1 - D(x, wrong_y)).": (
        lambda p: _yes(p.matching) + (_yes(p.mismatching) + _no(p.generated)) / 2
    ),
    "these are two kinds of pairs: the mismatching one is missing, x with wrong_y.": (
        lambda p: _yes(p.matching) + _no(p.generated)
    ),
    "the mismatching pairs are missing, and the generated ones weigh 1/2: add x with wrong_y.": (
        lambda p: _yes(p.matching) + _no(p.generated) / 2
    ),
    "the generated pairs are missing: add G(z, y) with y.": lambda p: _yes(p.matching) + _no(p.mismatching) / 2,
    "the generated pairs are missing, and the mismatching ones weigh 1: add G(z, y) with y, each with 1/2.": (
        lambda p: _yes(p.matching) + _no(p.mismatching)
    ),
    "the matching pairs are missing: add the average of -log D(x, y).": (
        lambda p: (_no(p.mismatching) + _no(p.generated)) / 2
    ),
    "the fakes are judged beside wrong_y. They were made for y, so D judges them beside y.": (
        lambda p: _yes(p.matching) + (_no(p.mismatching) + _no(p.generated_wrong)) / 2
    ),
    "the fakes are made for wrong_y and judged beside y. Make them for y.": (
        lambda p: _yes(p.matching) + (_no(p.mismatching) + _no(p.stray)) / 2
    ),
    "the fakes are made for wrong_y. Make them for y, and judge them beside y.": (
        lambda p: _yes(p.matching) + (_no(p.mismatching) + _no(p.stray_wrong)) / 2
    ),
    "the mismatching pairs hold fakes. They are real images with the wrong condition: x with wrong_y.": (
        lambda p: _yes(p.matching) + (_no(p.generated_wrong) + _no(p.generated)) / 2
    ),
    "y and wrong_y are swapped for the real images: x belongs to y.": (
        lambda p: _yes(p.mismatching) + (_no(p.matching) + _no(p.generated)) / 2
    ),
    "the generated pairs count as right. D must say no to them: log(1 - D(G(z, y), y)).": (
        lambda p: _yes(p.matching) + (_no(p.mismatching) + _yes(p.generated)) / 2
    ),
    "yes and no are swapped: D learns to refuse the matching pairs.": (
        lambda p: _no(p.matching) + (_yes(p.mismatching) + _yes(p.generated)) / 2
    ),
    "the sign is wrong: a loss is made small, so all three logarithms get a minus.": lambda p: -_three_pairs(p),
    "this is a sum over the batch. Average each kind of pairs.": (
        lambda p: softplus(-p.matching).sum() + (softplus(p.mismatching).sum() + softplus(p.generated).sum()) / 2
    ),
    "the logarithm is missing: the loss holds log D and log(1 - D).": (
        lambda p: -p.matching.sigmoid().mean() - (2 - p.mismatching.sigmoid() - p.generated.sigmoid()).mean() / 2
    ),
    "the sigmoid is applied twice: a function 'with logits' applies it itself.": (
        lambda p: _yes(p.matching.sigmoid()) + (_no(p.mismatching.sigmoid()) + _no(p.generated.sigmoid())) / 2
    ),
    "the two negatives are averaged before the logarithm. Take the logarithm of each, then the average.": (
        lambda p: _yes(p.matching) + _no((p.mismatching + p.generated) / 2)
    ),
}


def _ask(answer: Callable, G: nn.Module, D: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    return as_loss(answer(G, D, *(tensor.clone() for tensor in batch)), "the result")


def _judge_values(answer: Callable) -> None:
    G, D = _Maker(), _Pairing(1.0)
    got = torch.stack([_ask(answer, G, D, batch) for batch in BATCHES]).detach()
    expect(not got.isnan().any(), "the loss is NaN: D returns logits, not probabilities yet.")
    pairs = [_Logits(G, D, *batch) for batch in BATCHES]
    known = {words: torch.stack([wrong(p) for p in pairs]).detach() for words, wrong in _PAIRS_MISTAKES.items()}
    right = torch.stack([_three_pairs(p) for p in pairs]).detach()
    expect_close(got, right, known, f"for a small batch the loss is {got[0]:.4f}, expected {right[0]:.4f}.")


def _judge_far(answer: Callable) -> None:
    """Where D is very sure, the loss is still finite and right."""
    G, D = _Maker(), _Pairing(300.0)
    got, right = _ask(answer, G, D, BATCHES[0]), _three_pairs(_Logits(G, D, *BATCHES[0]))
    expect(
        abs(got.item() - right.item()) < 0.01,
        f"at logits of several hundred the loss is {got.item():.2f}, expected {right.item():.2f}: the sigmoid rounds "
        "to 0 or 1 there. Never form the probability: -log sigmoid(a) = softplus(-a).",
    )


def _judge_who_learns(answer: Callable) -> None:
    """D gets the gradient of the loss, G none."""
    G, D = _Maker(), _Pairing(1.0)
    loss = _ask(answer, G, D, BATCHES[0])
    expect(all(p.grad is None for p in D.parameters()), "it calls backward() itself. Return the loss, no more.")
    expect(loss.requires_grad, "the loss carries no gradient, so D cannot learn from it: only the fakes are detached.")
    stray = torch.autograd.grad(loss, list(G.parameters()), allow_unused=True, retain_graph=True)
    expect(
        all(gradient is None for gradient in stray),
        "the loss also reaches G, which would collect D's gradients: detach the fakes, or make them under no_grad.",
    )
    got = torch.autograd.grad(loss, list(D.parameters()), allow_unused=True, materialize_grads=True)
    right = torch.autograd.grad(_three_pairs(_Logits(G, D, *BATCHES[0])), list(D.parameters()))
    expect(
        all(torch.allclose(mine, true, atol=1e-5) for mine, true in zip(got, right, strict=True)),
        "the value is right and D's gradient is not: all three logits must keep their graph. Detach the fakes alone.",
    )


@check
def three_pairs_loss(answer) -> None:
    """Judge ``three_pairs_loss(G, D, x, y, wrong_y, z)``, what D minimises in GAN-CLS (arXiv 1605.05396, algorithm 1).

    -E log D(x, y) - [E log(1 - D(x, wrong_y)) + E log(1 - D(G(z, y), y))] / 2; D returns logits, and G learns nothing.
    """
    _judge_values(answer)
    _judge_far(answer)
    _judge_who_learns(answer)
