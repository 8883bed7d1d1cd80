"""Checks of chapter 01: a Gaussian fit, Bayes' rule, the rank of a density, and the E step with labels."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ganlib.checks.core import check, expect, expect_close


def _tensor(value, shape: tuple[int, ...], what: str) -> Tensor:
    """What an answer returned, as a float64 tensor of the shape that was asked for."""
    expect(value is not None, "it returned None: does it end with return?")
    expect(isinstance(value, Tensor), f"{what} is a {type(value).__name__}, expected a tensor.")
    expect(
        tuple(value.shape) == shape,
        f"{what} has shape {tuple(value.shape)}, expected {shape}: over which dimension does it sum or average?",
    )
    return value.detach().double()


def _numbers(values: Tensor) -> str:
    return str([float(f"{value:.4g}") for value in values.flatten().tolist()])


POINTS = torch.tensor(
    [[0.0, 1.0, 2.5], [2.0, -1.0, 0.5], [1.0, 3.0, -2.0], [5.0, 0.0, 1.0], [-1.0, 2.0, 4.0]], dtype=torch.float64
)


def _scatter(x: Tensor) -> Tensor:
    return (x - x.mean(0)).T @ (x - x.mean(0))


_COVARIANCE_MISTAKES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "this divides by n - 1. Maximum likelihood divides by n (torch.cov has the argument correction=0).": (
        lambda x: _scatter(x) / (len(x) - 1)
    ),
    "this is a sum over the points: divide by n.": _scatter,
    "the mean is not subtracted: these are averages of the products x_i x_j themselves.": lambda x: x.T @ x / len(x),
    "these are correlations: do not divide by the standard deviations.": lambda x: torch.corrcoef(x.T),
    "only the variances are there. Off the diagonal stand the averages of the products of two coordinates.": (
        lambda x: torch.diag(_scatter(x).diagonal() / len(x))
    ),
    "this is the inverse of the covariance.": lambda x: torch.linalg.inv(_scatter(x) / len(x)),
}


@check
def fit_gaussian(answer) -> None:
    """Judge ``fit_gaussian(x)``: mean (d,) and maximum-likelihood covariance (d, d) of points x (n, d)."""
    for x in (POINTS, POINTS[:4, :2] * 3 - 1):
        fitted = answer(x.clone())
        expect(fitted is not None, "it returned None: does it end with return?")
        two = isinstance(fitted, tuple | list) and len(fitted) == 2
        expect(two, "expected two things, the mean and the covariance: return mean, covariance.")
        d = x.shape[1]
        mean, covariance = _tensor(fitted[0], (d,), "the mean"), _tensor(fitted[1], (d, d), "the covariance")
        told = f"the mean is {_numbers(mean)}, expected {_numbers(x.mean(0))}."
        sums = {"the mean is a sum: divide by the number of points.": x.sum(0)}
        expect_close(mean, x.mean(0), sums | {"this is the median, not the mean.": x.median(0).values}, told)
        right = _scatter(x) / len(x)
        told = f"the covariance's first row is {_numbers(covariance[0])}, expected {_numbers(right[0])}."
        expect_close(covariance, right, {words: wrong(x) for words, wrong in _COVARIANCE_MISTAKES.items()}, told)


LOG_JOINT = torch.tensor([[-1.0, -2.0, -4.0], [-3.0, -0.5, -2.5], [-6.0, -5.0, -4.5], [-2.0, -2.0, -2.0]]).double()
FAR = torch.tensor([[-2000.0], [2000.0], [1000.0], [-3000.0]]).double()


def _one_hot_of_largest(log_joint: Tensor) -> Tensor:
    return one_hot(log_joint.argmax(1), log_joint.shape[1]).double()


_POSTERIOR_MISTAKES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "each column sums to 1. Bayes' rule divides by the sum over the classes, within a row.": (
        lambda joint: joint.softmax(0)
    ),
    "this is p(x, y) itself: divide by p(x), its sum over the classes.": lambda joint: joint.exp(),
    "this is log p(y | x): take exp at the end.": lambda joint: joint.log_softmax(1),
    "the logarithms were divided by their sum. Bayes' rule divides the densities.": (
        lambda joint: joint / joint.sum(1, keepdim=True)
    ),
    "log p(x, y) was squashed by a sigmoid: compare the classes with each other.": lambda joint: joint.sigmoid(),
    "this is a decision, not a probability: the likeliest class gets 1 and the others 0.": _one_hot_of_largest,
    "the sum runs over all numbers of the table. Each row is an x of its own.": (
        lambda joint: joint.flatten().softmax(0).view_as(joint)
    ),
    "the sign of the exponent is wrong: the class with the largest log p(x, y) gets the least.": (
        lambda joint: (-joint).softmax(1)
    ),
}


@check
def posterior(answer) -> None:
    """Judge ``posterior(log_joint)``: p(y | x) (n, k) from log p(x, y) (n, k), a row for each x, without underflow."""
    for joint in (LOG_JOINT, LOG_JOINT[:2, :2] - 1):
        got = _tensor(answer(joint.clone()), tuple(joint.shape), "the posterior")
        expect(not got.isnan().any(), "some probabilities are NaN: log p(x, y) is negative; take exp, not log, of it.")
        right = joint.softmax(1)
        told = f"for log p(x, y) = {_numbers(joint[0])} it gives {_numbers(got[0])}, expected {_numbers(right[0])}."
        expect_close(got, right, {words: wrong(joint) for words, wrong in _POSTERIOR_MISTAKES.items()}, told)
    _expect_no_underflow(answer(LOG_JOINT + FAR), LOG_JOINT.softmax(1))


def _expect_no_underflow(answered, right: Tensor) -> None:
    """The answer is still ``right`` for ``LOG_JOINT + FAR``."""
    got = _tensor(answered, tuple(right.shape), "the result")
    row = int((got - right).nan_to_num(1.0).abs().amax(1).argmax())
    expect(
        torch.allclose(got, right, atol=1e-6),
        f"with {FAR[row].item():+.0f} added to a whole row of log p(x, y) the answer must stay the same, but here it "
        f"becomes {_numbers(got[row])}: exp rounds to 0 or infinity. Use softmax or logsumexp, or first subtract the "
        "largest number of the row.",
    )


OWN = torch.tensor([-3.0, -1.2, -2.5, -0.7, -4.1, -1.9, -2.2, -6.0]).double()
SCORES = torch.tensor([-2.0, -9.0, -0.1, -2.4, -4.0]).double()


def _rank(log_p: Tensor, own: Tensor) -> Tensor:
    return (own < log_p[:, None]).double().mean(1)


_RANK_MISTAKES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "this is the share with a *higher* density. A strange x shall get a rank near 0.": (
        lambda log_p, own: (own > log_p[:, None]).double().mean(1)
    ),
    "this is a count: divide by the number of the model's own samples.": (
        lambda log_p, own: (own < log_p[:, None]).double().sum(1)
    ),
    "this is in per cent; asked is a share from 0 to 1.": lambda log_p, own: 100 * _rank(log_p, own),
    "each x is compared with the average sample only: compare with every one, then average.": (
        lambda log_p, own: (log_p > own.mean()).double()
    ),
    "x is compared with the other x. Compare with the model's own samples.": lambda log_p, own: _rank(log_p, log_p),
}


@check
def rank(answer) -> None:
    """Judge ``rank(log_p, own)``: for each log density (n,) the share of the model's own (m,) below it."""
    for log_p, own in ((SCORES, OWN), (OWN[:3] - 0.05, SCORES)):
        got = _tensor(answer(log_p.clone(), own.clone()), tuple(log_p.shape), "the rank")
        right = _rank(log_p, own)
        told = f"for log_p = {_numbers(log_p)} it gives {_numbers(got)}, expected {_numbers(right)}."
        expect_close(got, right, {words: wrong(log_p, own) for words, wrong in _RANK_MISTAKES.items()}, told)
    got = _tensor(answer(SCORES - 2000, OWN - 2000), tuple(SCORES.shape), "the rank")
    expect(
        torch.allclose(got, _rank(SCORES, OWN)),
        f"with log densities near -2000 the ranks become {_numbers(got)}: exp rounds them all to 0. Compare the "
        "logarithms.",
    )


LABELS = torch.tensor([1, -1, 0, -1])


def _responsibilities(log_joint: Tensor, labels: Tensor) -> Tensor:
    known = one_hot(labels.clamp(min=0), log_joint.shape[1]).double()
    return torch.where(labels[:, None] >= 0, known, log_joint.softmax(1))


def _unlabelled_get(rows: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """Responsibilities that are right for labelled points, and ``rows(log_joint)`` for the others."""
    return lambda joint, labels: torch.where(labels[:, None] >= 0, _responsibilities(joint, labels), rows(joint))


_RESPONSIBILITY_MISTAKES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "labelled points get what the model believes. Their label is known: 1 for it and 0 for the others.": (
        lambda joint, labels: joint.softmax(1)
    ),
    "labelled and unlabelled points are swapped: a label of 0 or more is known, -1 is not.": (
        lambda joint, labels: _responsibilities(joint, torch.where(labels < 0, 0, -1))
    ),
    "class 0 is treated as unknown. Only -1 means that nobody knows: labels >= 0 are known.": (
        lambda joint, labels: _responsibilities(joint, torch.where(labels > 0, labels, -1))
    ),
    "the label -1 picked the last class, as an index of -1 does. It means that nobody knows.": (
        lambda joint, labels: one_hot(labels % joint.shape[1], joint.shape[1]).double()
    ),
    "unlabelled points belong wholly to their likeliest class. Asked is the posterior, a share for each class.": (
        _unlabelled_get(_one_hot_of_largest)
    ),
    "unlabelled points are left out: their row is 0, expected the posterior.": _unlabelled_get(torch.zeros_like),
    "unlabelled points count the same for every class: ask the model, the posterior is a softmax of log p(x, y).": (
        _unlabelled_get(lambda joint: torch.full_like(joint, 1 / joint.shape[1]))
    ),
    "unlabelled points get log p(y | x): take exp at the end.": _unlabelled_get(lambda joint: joint.log_softmax(1)),
    "unlabelled points get p(x, y): divide by p(x), so that each point counts once.": _unlabelled_get(torch.exp),
    "the softmax of the unlabelled points runs over the points. It runs over the classes.": (
        _unlabelled_get(lambda joint: joint.softmax(0))
    ),
}


@check
def responsibilities(answer) -> None:
    """Judge ``responsibilities(log_joint, labels)``: one-hot where the label is known, else the posterior (n, k)."""
    for joint, labels in ((LOG_JOINT, LABELS), (LOG_JOINT[:3, 1:].flip(0), torch.tensor([-1, 1, -1]))):
        got = _tensor(answer(joint.clone(), labels.clone()), tuple(joint.shape), "the result")
        right = _responsibilities(joint, labels)
        known = {words: wrong(joint, labels) for words, wrong in _RESPONSIBILITY_MISTAKES.items()}
        told = f"for labels {labels.tolist()} its rows are {got.round(decimals=3).tolist()}, expected "
        expect_close(got, right, known, told + f"{right.round(decimals=3).tolist()}.")
    _expect_no_underflow(answer(LOG_JOINT + FAR, LABELS.clone()), _responsibilities(LOG_JOINT, LABELS))
