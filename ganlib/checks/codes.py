"""Check of chapter 07: the lower bound of the mutual information between a code and a picture."""

from collections.abc import Mapping
from math import log

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

from ganlib.checks.answers import Formula, as_loss, expect_gradients, first_miss, mistaken_values, values_of
from ganlib.checks.core import check, expect, expect_close

CASES = (
    (torch.tensor([[1.2, -0.3, 0.5, 0.1], [0.0, 2.0, -1.0, 0.4], [-0.6, 0.3, 0.9, 1.5]]), torch.tensor([0, 1, 1])),
    (torch.tensor([[0.7, -0.7], [1.5, 0.2], [-0.4, 0.8], [0.1, 0.0], [2.0, -1.0]]), torch.tensor([1, 0, 1, 1, 0])),
    (torch.tensor([[0.3, -1.2, 2.2], [1.0, 0.9, -0.5]]), torch.tensor([2, 0])),
)
FAR = 200.0


def _log_q(logits: Tensor, codes: Tensor) -> Tensor:
    """log Q(c | x) of each sample, (N,)."""
    return log_softmax(logits, 1).gather(1, codes[:, None]).squeeze(1)


def _bound(logits: Tensor, codes: Tensor) -> Tensor:
    return _log_q(logits, codes).mean() + log(logits.shape[1])


def _entropy(p: Tensor) -> Tensor:
    """-sum p log p over the last dimension, nats."""
    return -torch.special.xlogy(p, p).sum(-1)


def _shares(codes: Tensor) -> Tensor:
    return torch.bincount(codes) / len(codes)


_BOUND_MISTAKES: Mapping[str, Formula] = {
    "the sign is wrong: this is cross-entropy minus H(c). The bound is H(c) minus the cross-entropy.": (
        lambda logits, codes: -_bound(logits, codes)
    ),
    "H(c) is missing: the bound is E log Q(c|x) + H(c), and H(c) = log K for K equally likely codes.": (
        lambda logits, codes: _log_q(logits, codes).mean()
    ),
    "this is the cross-entropy, -E log Q(c|x). The bound is H(c) minus it.": (
        lambda logits, codes: -_log_q(logits, codes).mean()
    ),
    "H(c) is taken off. It is added: the bound is E log Q(c|x) + H(c).": (
        lambda logits, codes: _log_q(logits, codes).mean() - log(logits.shape[1])
    ),
    "the cross-entropy is added. It is taken off: E log Q(c|x) is minus the cross-entropy.": (
        lambda logits, codes: log(logits.shape[1]) - _log_q(logits, codes).mean()
    ),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": (
        lambda logits, codes: _log_q(logits, codes).sum() + log(logits.shape[1])
    ),
    "these are bits. Asked are nats: natural logarithms throughout.": (
        lambda logits, codes: _bound(logits, codes) / log(2)
    ),
    "H(c) is in bits and the rest in nats. Take the natural logarithm of K.": (
        lambda logits, codes: _log_q(logits, codes).mean() + log(logits.shape[1]) / log(2)
    ),
    "E log Q is in bits and H(c) in nats. Take natural logarithms throughout.": (
        lambda logits, codes: _log_q(logits, codes).mean() / log(2) + log(logits.shape[1])
    ),
    "H(c) is log 10 whatever K is. K is the number of columns of the logits.": (
        lambda logits, codes: _log_q(logits, codes).mean() + log(10)
    ),
    "H(c) is the logarithm of the batch size. K is the number of codes, the columns of the logits.": (
        lambda logits, codes: _log_q(logits, codes).mean() + log(len(logits))
    ),
    "H(c) is the entropy of the codes in this batch. c is drawn uniformly from K values, so H(c) = log K.": (
        lambda logits, codes: _log_q(logits, codes).mean() + _entropy(_shares(codes))
    ),
    "H(c) is the entropy of Q's answers. It is that of the code itself, log K, and does not depend on Q.": (
        lambda logits, codes: _log_q(logits, codes).mean() + _entropy(logits.softmax(1)).mean()
    ),
    "H(c) is K itself: its logarithm is missing.": lambda logits, codes: _log_q(logits, codes).mean() + logits.shape[1],
    "the softmax runs over the batch. Q gives each sample probabilities of K codes: dimension 1.": (
        lambda logits, codes: log_softmax(logits, 0).gather(1, codes[:, None]).squeeze(1).mean() + log(logits.shape[1])
    ),
    "the softmax is missing: these are logits, log Q is their log_softmax.": (
        lambda logits, codes: logits.gather(1, codes[:, None]).mean() + log(logits.shape[1])
    ),
    "the softmax is applied twice: cross_entropy and log_softmax apply it themselves.": (
        lambda logits, codes: _bound(logits.softmax(1), codes)
    ),
    "the logarithm is missing: this is the average of Q, asked is that of log Q.": (
        lambda logits, codes: _log_q(logits, codes).exp().mean() + log(logits.shape[1])
    ),
    "this is the logarithm of an average; asked is the average of the logarithms.": (
        lambda logits, codes: _log_q(logits, codes).exp().mean().log() + log(logits.shape[1])
    ),
    "this averages log Q over all codes. Take that of the code the picture was made with.": (
        lambda logits, codes: log_softmax(logits, 1).mean() + log(logits.shape[1])
    ),
    "this takes the likeliest code. Take the code the picture was made with, whatever Q says.": (
        lambda logits, codes: log_softmax(logits, 1).amax(1).mean() + log(logits.shape[1])
    ),
}


def _judge_far(answer: Formula) -> None:
    """Where Q is sure and wrong, the bound is finite and right."""
    case = torch.tensor([[FAR, -FAR], [0.0, 0.0]]), torch.tensor([1, 0])
    got, right = as_loss(answer(*case), "the result").item(), _bound(*case).item()
    expect(
        abs(got - right) < 0.01,
        f"at logits of {FAR:.0f} and -{FAR:.0f} it gives {got:.2f}, expected {right:.2f}: the softmax rounds to 0 "
        "there, and log(0) is infinite. Use log_softmax or cross_entropy.",
    )


@check
def information_bound(answer) -> None:
    """Judge ``information_bound(logits, codes)``: E log Q(c|x) + log K in nats, for K equally likely codes."""
    got = values_of(lambda *case: as_loss(answer(*(t.clone() for t in case)), "the result").detach(), CASES)
    expect(not got.isnan().any(), "the result is NaN: these are logits, not probabilities yet.")
    wanted = values_of(_bound, CASES)
    i = first_miss(got, wanted)
    told = f"for logits of shape {tuple(CASES[i][0].shape)} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(_BOUND_MISTAKES, CASES), told)
    _judge_far(answer)
    logits, codes = CASES[0]
    expect_gradients(lambda q: (answer(q, codes),), lambda q: (_bound(q, codes),), [logits], ["logits"])
