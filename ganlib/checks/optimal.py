"""Checks of chapter 03: the optimal discriminator, the divergence behind V, and V from samples."""

from collections.abc import Callable, Mapping
from math import inf, log

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ganlib.checks.core import check, expect, expect_close

Formula = Callable[..., Tensor]


def returned(name: str, value, shape: tuple[int, ...]) -> Tensor:
    """What an answer returned, as a tensor of this shape in float64.

    Raises: CheckFailed, which calls it ``name``, for anything else.
    """
    expect(value is not None, "it returned None: does it end with return?")
    expect(isinstance(value, Tensor | int | float), f"{name} is a {type(value).__name__}, expected a tensor.")
    value = torch.as_tensor(value).detach().double()
    words = "one number" if shape == () else f"shape {shape}"
    expect(value.shape == shape, f"{name} has shape {tuple(value.shape)}, expected {words}.")
    return value


def known(mistakes: Mapping[str, Formula], *arguments: Tensor) -> dict[str, Tensor]:
    """What somebody with each mistake gets."""
    return {words: torch.as_tensor(wrong(*arguments)) for words, wrong in mistakes.items()}


def rounded(values: Tensor) -> list:
    """Numbers for a diagnosis: four digits are enough to compare them."""
    return torch.round(values.double(), decimals=4).tolist()


LOG_P = torch.tensor([-1.0, -2.5, -0.3, -3.0], dtype=torch.float64)
LOG_Q = torch.tensor([-1.0, -1.0, -2.0, -3.5], dtype=torch.float64)

_OPTIMAL_MISTAKES: Mapping[str, Formula] = {
    "this is the share of the fakes. D* is the share of the real samples: p / (p + q).": lambda p, q: torch.sigmoid(
        q - p
    ),
    "these are the logarithms put into p / (p + q) as if they were densities.": lambda p, q: p / (p + q),
    "this is the ratio p / q, which can exceed 1. D* is p / (p + q).": lambda p, q: (p - q).exp(),
    "this is the logit of D*. Put it through a sigmoid.": lambda p, q: p - q,
    "this is the logarithm of D*; asked is D* itself.": lambda p, q: logsigmoid(p - q),
    "this is p / ((p + q) / 2), twice D*.": lambda p, q: 2 * torch.sigmoid(p - q),
    "this is the sigmoid of p - q. The logit of D* is the difference of the logarithms.": lambda p, q: torch.sigmoid(
        p.exp() - q.exp()
    ),
    "the logarithms were divided. The logarithm of p / q is their difference.": lambda p, q: torch.sigmoid(p / q),
    "this is the sigmoid of p / q. The logit of D* is the logarithm of that ratio.": lambda p, q: torch.sigmoid(
        (p - q).exp()
    ),
    "this says real or fake, 1 or 0. D* is a probability.": lambda p, q: (p > q).double(),
}


@check
def optimal_discriminator(answer) -> None:
    """Judge ``optimal_discriminator(log_p, log_q)``: p / (p + q) from log densities, also where both underflow."""
    got = returned("what it returned", answer(LOG_P.clone(), LOG_Q.clone()), (4,))
    right = torch.sigmoid(LOG_P - LOG_Q)
    told = f"for log p = {LOG_P.tolist()} and log q = {LOG_Q.tolist()} it is {rounded(got)}, expected {rounded(right)}."
    expect_close(got, right, known(_OPTIMAL_MISTAKES, LOG_P, LOG_Q), told)
    far_p, far_q = (torch.tensor(logs, dtype=torch.float64) for logs in ((-1000.0, -1002.0), (-1002.0, -1000.0)))
    got = returned("what it returned", answer(far_p.clone(), far_q.clone()), (2,))
    expect(
        torch.allclose(got, torch.sigmoid(far_p - far_q)),
        f"where log p = -1000 and log q = -1002 it is {got[0]:.4g}, expected {torch.sigmoid(torch.tensor(2.0)):.4f}: "
        "both densities are too small for a number there. Never form them: only log p - log q counts.",
    )
    one = torch.tensor([-1.0, -inf], dtype=torch.float64)
    got = returned("what it returned", answer(one, one.flip(0)), (2,))
    expect(
        got.tolist() == [1.0, 0.0],
        f"where q = 0 it is {got[0]:.4g} and where p = 0 it is {got[1]:.4g}, expected 1 and 0.",
    )


P = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
Q = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) of positive probabilities."""
    return (p * (p / q).log()).sum()


def _js(p: Tensor, q: Tensor) -> Tensor:
    return (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2


_JS_MISTAKES: Mapping[str, Formula] = {
    "this is KL(p || m) + KL(q || m). JSD is their average, half of that.": lambda p, q: 2 * _js(p, q),
    "this is KL(p || q). JSD compares both with their middle m = (p + q) / 2.": _kl,
    "this is KL(q || p). JSD compares both with their middle m = (p + q) / 2.": lambda p, q: _kl(q, p),
    "this is the average of KL(p || q) and KL(q || p). JSD compares both with their middle m = (p + q) / 2.": (
        lambda p, q: (_kl(p, q) + _kl(q, p)) / 2
    ),
    "this is KL(p || q) + KL(q || p). JSD compares both with their middle m = (p + q) / 2.": (
        lambda p, q: _kl(p, q) + _kl(q, p)
    ),
    "only KL(p || m) is there; average it with KL(q || m).": lambda p, q: _kl(p, (p + q) / 2),
    "only KL(q || m) is there; average it with KL(p || m).": lambda p, q: _kl(q, (p + q) / 2),
    "only KL(p || m) / 2 is there; add KL(q || m) / 2.": lambda p, q: _kl(p, (p + q) / 2) / 2,
    "the middle is p + q without the half, so each KL lacks log 2. This is V(G, D*) / 2.": (
        lambda p, q: _js(p, q) - log(2)
    ),
    "this is V(G, D*) = 2 JSD - 2 log 2.": lambda p, q: 2 * _js(p, q) - 2 * log(2),
    "the arguments of KL are swapped: it is KL(p || m), not KL(m || p).": lambda p, q: (
        (_kl((p + q) / 2, p) + _kl((p + q) / 2, q)) / 2
    ),
    "this is in bits: use the natural logarithm.": lambda p, q: _js(p, q) / log(2),
    "this is the square root of JSD, the distance; asked is the divergence itself.": lambda p, q: _js(p, q).sqrt(),
    "the sign is wrong: a divergence is never negative. KL(p || m) has p / m in its logarithm.": lambda p, q: (
        -_js(p, q)
    ),
    "this is an average over the outcomes. KL is the sum of p log(p / m).": lambda p, q: _js(p, q) / len(p),
    "the terms log(p / m) count equally. They count with their probability p.": lambda p, q: (
        ((2 * p / (p + q)).log().sum() + (2 * q / (p + q)).log().sum()) / 2
    ),
    "this is the total variation, the sum of |p - q| / 2.": lambda p, q: (p - q).abs().sum() / 2,
}


@check
def js_divergence(answer) -> None:
    """Judge ``js_divergence(p, q)``: in nats, of probabilities on one finite set, of which some may be 0."""
    got = returned("what it returned", answer(P.clone(), Q.clone()), ())
    told = f"for p = {P.tolist()} and q = {Q.tolist()} it is {got:.4f}, expected {_js(P, Q):.4f}."
    expect_close(got, _js(P, Q), known(_JS_MISTAKES, P, Q), told)
    for words, p, q, right in (
        (
            "p = [0.5, 0.5, 0, 0] and q = [0, 0, 0.3, 0.7], which share nothing,",
            [0.5, 0.5, 0, 0],
            [0, 0, 0.3, 0.7],
            log(2),
        ),
        ("p = q = [1, 0]", [1, 0], [1, 0], 0.0),
        ("p = [1, 0] and q = [0.5, 0.5]", [1, 0], [0.5, 0.5], log(4 / 3) / 2 + log(2 / 3) / 4 + log(2) / 4),
    ):
        one, two = (torch.tensor(masses, dtype=torch.float64) for masses in (p, q))
        got = returned("what it returned", answer(one, two), ())
        expect(
            not got.isnan(),
            f"for {words} it is NaN: 0 log 0 must count as 0. torch.xlogy(p, ...) does that, and m = 0 needs care too.",
        )
        expect(
            abs(got.item() - right) < 1e-6,
            f"for {words} it is {got:.7f}, expected {right:.7f}: outcomes of probability 0 count nothing, and nothing "
            "may be added to the others (a small epsilon is felt).",
        )


REAL = torch.tensor([1.5, -0.4, 0.3, 2.2], dtype=torch.float64)
FAKE = torch.tensor([-0.9, 0.6, 2.1, -1.7, 0.2, -0.1, 1.0], dtype=torch.float64)


def _value(real: Tensor, fake: Tensor) -> Tensor:
    return logsigmoid(real).mean() + logsigmoid(-fake).mean()


def _variances(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    return logsigmoid(real).var(), logsigmoid(-fake).var()


def _error(real: Tensor, fake: Tensor) -> Tensor:
    one, two = _variances(real, fake)
    return (one / len(real) + two / len(fake)).sqrt()


_VALUE_MISTAKES: Mapping[str, Formula] = {
    "this is the loss of D. V is minus that: D wants it large.": lambda r, f: -_value(r, f),
    "the fakes enter as log D(G(z)); it is log(1 - D(G(z))).": lambda r, f: logsigmoid(r).mean() + logsigmoid(f).mean(),
    "this is half of V, which is the sum of the two averages.": lambda r, f: _value(r, f) / 2,
    "this is one average over both sets together. V is the sum of two averages, one for each.": lambda r, f: torch.cat(
        [logsigmoid(r), logsigmoid(-f)]
    ).mean(),
    "this is a sum over the samples. An expectation is an average: mean, not sum.": lambda r, f: (
        logsigmoid(r).sum() + logsigmoid(-f).sum()
    ),
    "the fakes are missing: add the average of log(1 - D(G(z))).": lambda r, f: logsigmoid(r).mean(),
    "the logarithms are missing: V averages log D and log(1 - D).": lambda r, f: (
        r.sigmoid().mean() + (-f).sigmoid().mean()
    ),
    "this is JSD = log 2 + V / 2; asked is V.": lambda r, f: log(2) + _value(r, f) / 2,
    "real and fake are swapped.": lambda r, f: logsigmoid(-r).mean() + logsigmoid(f).mean(),
}
_ERROR_MISTAKES: Mapping[str, Formula] = {
    "this is the variance; the standard error is its square root.": lambda r, f: _error(r, f).square(),
    "this is the spread of the terms. An average of n of them has a variance n times smaller.": lambda r, f: sum(
        _variances(r, f)
    ).sqrt(),
    "the two standard errors were added. Variances add up; take the square root of their sum.": lambda r, f: sum(
        (v / len(a)).sqrt() for v, a in zip(_variances(r, f), (r, f), strict=True)
    ),
    "both variances were divided by the number of all samples. Each is divided by its own.": lambda r, f: (
        sum(_variances(r, f)) / (len(r) + len(f))
    ).sqrt(),
    "both variances were divided by the number of real samples. Each is divided by its own.": lambda r, f: (
        sum(_variances(r, f)) / len(r)
    ).sqrt(),
    "both variances were divided by the number of fakes. Each is divided by its own.": lambda r, f: (
        sum(_variances(r, f)) / len(f)
    ).sqrt(),
    "all terms were thrown together. Real samples and fakes have averages, and variances, of their own.": (
        lambda r, f: torch.cat([logsigmoid(r), logsigmoid(-f)]).std() / (len(r) + len(f)) ** 0.5
    ),
    "the averages were divided by n - 1. The n - 1 is in var() already; divide that by n.": lambda r, f: sum(
        v / (len(a) - 1) for v, a in zip(_variances(r, f), (r, f), strict=True)
    ).sqrt(),
    "this is the spread of the probabilities; what is averaged are their logarithms.": lambda r, f: (
        r.sigmoid().var() / len(r) + f.sigmoid().var() / len(f)
    ).sqrt(),
    "the variance is divided by n, not n - 1: use var() as it is.": lambda r, f: (
        logsigmoid(r).var(correction=0) / len(r) + logsigmoid(-f).var(correction=0) / len(f)
    ).sqrt(),
    "only the real samples are in the standard error.": lambda r, f: (_variances(r, f)[0] / len(r)).sqrt(),
    "only the fakes are in the standard error.": lambda r, f: (_variances(r, f)[1] / len(f)).sqrt(),
    "this is the spread of the logits; what is averaged are their log-sigmoids.": lambda r, f: (
        r.var() / len(r) + f.var() / len(f)
    ).sqrt(),
    "the standard deviations were divided by the numbers of samples: divide the variances.": lambda r, f: sum(
        v.sqrt() / len(a) for v, a in zip(_variances(r, f), (r, f), strict=True)
    ),
}


def _two(pair) -> tuple[Tensor, Tensor]:
    expect(pair is not None, "it returned None: does it end with return?")
    fits = isinstance(pair, tuple | list) and len(pair) == 2
    expect(fits, f"it returned a {type(pair).__name__}, expected two numbers: return value, standard_error.")
    return returned("the value", pair[0], ()), returned("the standard error", pair[1], ())


@check
def value_estimate(answer) -> None:
    """Judge ``value_estimate(real_logits, fake_logits)``: the mean of V by samples and its standard error."""
    value, error = _two(answer(REAL.clone(), FAKE.clone()))
    right = _value(REAL, FAKE), _error(REAL, FAKE)
    expect(
        not (torch.allclose(value, right[1]) and torch.allclose(error, right[0])),
        "the two are in the wrong order: return the value first, then its standard error.",
    )
    told = f"for 4 real and 7 fake logits the value is {value:.4f}, expected {right[0]:.4f}."
    expect_close(value, right[0], known(_VALUE_MISTAKES, REAL, FAKE), told)
    told = f"for 4 real and 7 fake logits the standard error is {error:.4f}, expected {right[1]:.4f}."
    expect_close(error, right[1], known(_ERROR_MISTAKES, REAL, FAKE), told)
    far = torch.tensor([-200.0, 200.0, 0.0])
    value, error = _two(answer(far.clone(), far.clone()))
    right = _value(far.double(), far.double()), _error(far.double(), far.double())
    expect(
        torch.allclose(value, right[0], rtol=1e-4) and torch.allclose(error, right[1], rtol=1e-4),
        f"at logits of 200 and -200 it gives {value:.4g} and {error:.4g}, expected {right[0]:.2f} and {right[1]:.2f}: "
        "never form the probability. F.logsigmoid is safe.",
    )
