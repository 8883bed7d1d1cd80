"""Check of chapter 09: the Inception Score."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check, expect

THREE = torch.tensor([[0.8, 0.15, 0.05], [0.3, 0.4, 0.3], [0.05, 0.05, 0.9]], dtype=torch.float64)
FIVE = torch.tensor(
    [[0.7, 0.1, 0.1, 0.1], [0.6, 0.2, 0.1, 0.1], [0.1, 0.1, 0.2, 0.6], [0.05, 0.85, 0.05, 0.05], [0.4, 0.3, 0.2, 0.1]],
    dtype=torch.float64,
)
SURE = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]], dtype=torch.float64)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    """KL of each row of p to q, 0 log 0 = 0."""
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def _entropy(p: Tensor) -> Tensor:
    return -torch.xlogy(p, p).sum(-1)


def _divergences(p: Tensor) -> Tensor:
    return _kl(p, p.mean(0))


def _score(p: Tensor) -> Tensor:
    return _divergences(p).mean().exp()


_MISTAKES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "this is the mean KL itself: exponentiate it.": lambda p: _divergences(p).mean(),
    "the KL is the wrong way round. It is KL(p(y|x) || p(y)): the picture's own row weighs the logarithms.": (
        lambda p: _kl(p.mean(0).expand_as(p), p).mean().exp()
    ),
    "each row is compared with the uniform distribution, as the mean over classes (dim 1) gives it. p(y) is the mean "
    "over pictures, dim 0.": lambda p: _kl(p, torch.full_like(p, 1 / p.shape[1])).mean().exp(),
    "the sign is wrong: this is 1 over the score, exp(mean H(y|x) - H(y)). The entropies are swapped or the ratio is "
    "upside down.": lambda p: 1 / _score(p),
    "the logarithm has base 2, the exponential base e. Use one base for both.": (
        lambda p: (_divergences(p).mean() / torch.log(torch.tensor(2.0))).exp()
    ),
    "the logarithm has base e, the power base 2. Use one base for both.": lambda p: 2 ** _divergences(p).mean(),
    "this is the mean of the exponentials. First the mean over pictures, then exp.": (
        lambda p: _divergences(p).exp().mean()
    ),
    "the KLs of the pictures are summed. Asked is their mean.": lambda p: _divergences(p).sum().exp(),
    "within a picture you take the mean over classes. A KL is a sum over classes.": (
        lambda p: (_divergences(p).mean() / p.shape[1]).exp()
    ),
    "this is exp H(y), the diversity alone: the logarithm of p(y|x) itself is missing.": (
        lambda p: _entropy(p.mean(0)).exp()
    ),
    "this is exp(-mean H(y|x)), the sureness alone: p(y) is missing.": lambda p: (-_entropy(p).mean()).exp(),
    "the softmax is applied to probabilities.": lambda p: _score(p.softmax(1)),
    "only the likeliest class of each picture counts here. Use all of its probabilities.": (
        lambda p: _score(one_hot(p.argmax(1), p.shape[1]).double())
    ),
    "the logarithm is missing: KL is the sum of p(y|x) log(p(y|x) / p(y)).": (
        lambda p: (p * p / p.mean(0)).sum(1).mean().exp()
    ),
    "these are the KLs of the single pictures: take their mean and then exp.": _divergences,
    "these are exponentials of the KLs of the single pictures. First take their mean, then exp.": (
        lambda p: _divergences(p).exp()
    ),
}


@check
def inception_score(answer) -> None:
    """Judge ``inception_score(probabilities)``: exp of the mean KL(p(y|x) || p(y)), with 0 log 0 = 0."""
    words = ("for three pictures and three classes", "for five pictures and four classes")
    judge_arrays(answer, _score, _MISTAKES, [(THREE,), (FIVE,)], words)
    got = torch.as_tensor(answer(SURE.clone()), dtype=torch.float64)
    expect(
        not got.isnan(),
        "where a probability is exactly 0 it is NaN: 0 times log 0. That term is 0; torch.xlogy knows it, and "
        "torch.special.entr.",
    )
    right = _score(SURE)
    expect(
        torch.isclose(got, right, rtol=1e-3).item(),
        f"where some probabilities are exactly 0 it is {got:.4f}, expected {right:.4f}: the term p log p tends to 0 "
        "with p.",
    )
