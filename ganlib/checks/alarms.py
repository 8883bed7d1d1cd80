"""Checks of chapter 10: numbers that sound an alarm while a GAN trains."""

from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite, nan
from statistics import fmean

import torch
from torch import Tensor
from torch.nn.functional import pdist

from ganlib.checks.answers import as_number, first_miss, mistaken_values, values_of
from ganlib.checks.core import CheckFailed, check, expect, expect_close

LOGITS = (
    (torch.tensor([2.0, 0.5, -1.0, 0.5]), torch.tensor([-2.0, 0.5, -1.0])),
    (torch.tensor([-3.0, -2.5, -4.0]), torch.tensor([-6.0, -3.5, -2.0, -7.0, -2.5])),
    (torch.tensor([1.0, 4.0]), torch.tensor([7.0, 4.0, 9.0])),
    (torch.tensor([3.0, 1.0, 2.0]), torch.tensor([2.5, 0.5, 1.5])),
)


def _pairs(real: Tensor, fake: Tensor) -> Tensor:
    """The difference of the logits for each pair, (N, M), in float64."""
    return real.double()[:, None] - fake.double()[None, :]


def _pair_accuracy(real: Tensor, fake: Tensor) -> Tensor:
    difference = _pairs(real, fake)
    return (difference > 0).double().mean() + (difference == 0).double().mean() / 2


def _threshold(real: Tensor, fake: Tensor) -> Tensor:
    return torch.cat([real > 0, fake < 0]).double().mean()


_PAIR_MISTAKES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "a tie counts as wrong. Where both logits are equal D can only toss a coin: count 1/2.": lambda real, fake: (
        (_pairs(real, fake) > 0).double().mean()
    ),
    "a tie counts as right. Where both logits are equal D can only toss a coin: count 1/2.": lambda real, fake: (
        (_pairs(real, fake) >= 0).double().mean()
    ),
    "this is the accuracy with a threshold at 0. A critic's scores have no meaningful 0: compare real with fake.": (
        _threshold
    ),
    "this is the mean of both batches' accuracy with a threshold at 0. Compare real with fake, not with 0.": (
        lambda real, fake: ((real > 0).double().mean() + (fake < 0).double().mean()) / 2
    ),
    "the wrong way round: D is right when the real sample has the higher logit.": lambda real, fake: _pair_accuracy(
        fake, real
    ),
    "this counts pairs. A share is asked for: divide by the number of pairs, N times M.": lambda real, fake: (
        _pair_accuracy(real, fake) * len(real) * len(fake)
    ),
    "in per cent: a share lies between 0 and 1.": lambda real, fake: 100 * _pair_accuracy(real, fake),
    "real logits are compared with the mean of the fakes. Compare with each fake.": lambda real, fake: (
        (real > fake.mean()).double().mean()
    ),
    "this only asks which batch has the higher mean.": lambda real, fake: (real.mean() > fake.mean()).double(),
    "this is the mean difference of the logits. Compare first, then average.": lambda real, fake: _pairs(
        real, fake
    ).mean(),
    "this is the mean of sigmoid(real - fake): compare first (0, 1/2 or 1), then average.": lambda real, fake: (
        _pairs(real, fake).sigmoid().mean()
    ),
    "only the first real sample meets the first fake, the second the second. Compare every real one with every fake.": (
        lambda real, fake: torch.stack(
            [_pair_accuracy(*pair) for pair in zip(real[:, None], fake[:, None], strict=False)]
        ).mean()
    ),
}


@check
def pair_accuracy(answer) -> None:
    """Judge ``pair_accuracy(real_logits, fake_logits)``: the share of pairs in which the real logit is the higher."""
    got = torch.stack([as_number(answer(real.clone(), fake.clone())) for real, fake in LOGITS])
    wanted = values_of(_pair_accuracy, LOGITS)
    i = first_miss(got, wanted)
    real, fake = (logits.tolist() for logits in LOGITS[i])
    told = f"real logits {real} against fakes {fake} give {got[i]:.4g}, expected {wanted[i]:.4g}."
    expect_close(got, wanted, mistaken_values(_PAIR_MISTAKES, LOGITS), told)


def _drawn(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


CLOUDS = (
    (0.4 * _drawn(1, 3, 2) + 1, _drawn(2, 5, 2)),
    (1.5 * _drawn(3, 6, 1, 2, 2), _drawn(4, 4, 1, 2, 2)),
    (torch.ones(4, 3), _drawn(5, 7, 3)),
)


def _distance(x: Tensor, power: float = 1.0) -> Tensor:
    return pdist(x.flatten(1).double()).pow(power).mean()


def _with_itself(x: Tensor) -> Tensor:
    return _distance(x) * (len(x) - 1) / len(x)


def _cross(fake: Tensor, real: Tensor) -> Tensor:
    return torch.cdist(fake.flatten(1).double(), real.flatten(1).double()).mean()


_SPREAD_MISTAKES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "a sample is compared with itself, too, which adds zeros. Only pairs of different samples count.": (
        lambda fake, real: _with_itself(fake) / _with_itself(real)
    ),
    "upside down: the spread of the fakes comes first, divided by that of the real samples.": lambda fake, real: (
        _distance(real) / _distance(fake)
    ),
    "these are squared distances: take the root of each before you average.": lambda fake, real: (
        _distance(fake, 2) / _distance(real, 2)
    ),
    "the root is taken of the average. Take it of each squared distance, then average.": lambda fake, real: (
        _distance(fake, 2) / _distance(real, 2)
    ).sqrt(),
    "this is the spread of the fakes alone: divide by that of the real samples.": lambda fake, real: _distance(fake),
    "fakes are compared with real samples. The spread is a distance among fakes.": lambda fake, real: (
        _cross(fake, real) / _distance(real)
    ),
    "distances are added up, not averaged: batches of other sizes then have other sums.": lambda fake, real: (
        pdist(fake.flatten(1).double()).sum() / pdist(real.flatten(1).double()).sum()
    ),
    "this is a ratio of standard deviations of single numbers. Take distances between samples.": lambda fake, real: (
        fake.double().std() / real.double().std()
    ),
    "this is a ratio of standard deviations, averaged over dimensions. Take distances between samples.": (
        lambda fake, real: fake.flatten(1).double().std(0).mean() / real.flatten(1).double().std(0).mean()
    ),
    "the distances are sums of absolute differences. Take Euclidean ones.": lambda fake, real: (
        pdist(fake.flatten(1).double(), 1).mean() / pdist(real.flatten(1).double(), 1).mean()
    ),
}


@check
def spread_ratio(answer) -> None:
    """Judge ``spread_ratio(fake, real)``: the mean distance of two fakes over that of two real samples."""
    got = torch.stack([as_number(answer(fake.clone(), real.clone())) for fake, real in CLOUDS])
    wanted = values_of(lambda fake, real: _distance(fake) / _distance(real), CLOUDS)
    i = first_miss(got, wanted)
    shapes = " and ".join(str(tuple(x.shape)) for x in CLOUDS[i])
    told = f"for fakes and real samples of shapes {shapes} it gives {got[i]:.4g}, expected {wanted[i]:.4g}."
    expect_close(got, wanted, mistaken_values(_SPREAD_MISTAKES, CLOUDS), told)


RUNS: Sequence[tuple[str, list[float]]] = (
    ("a loss that rises from 0.7 to 4.0, which is healthy,", [0.7, 0.9, 1.3, 1.8, 2.2, 2.9, 3.5, 4.0]),
    ("a loss with a single NaN in the middle", [1.0, 1.1, nan, 1.2, 0.9, 1.0, 1.1, 1.0]),
    ("a loss with an infinity at the start", [inf, 1.0, 1.2, 1.1, 1.0, 0.9, 1.0, 1.1]),
    ("a loss with a NaN at the very end", [1.0, 1.0, 1.1, 0.9, 1.0, 1.1, 1.0, nan]),
    ("a critic's loss that runs from -0.5 to -40", [-0.5, -0.6, -1.0, -3.0, -8.0, -20.0, -30.0, -40.0]),
    ("a critic's loss that stays between -9 and -3", [-3.0, -9.0, -8.0, -6.0, -5.0, -4.0, -4.0, -3.0]),
    ("a loss that ends 12 times as high as it began", [1.0, 1.0, 2.0, 3.0, 6.0, 8.0, 12.0, 12.0]),
    ("a loss with one spike of 50 in the middle", [1.0, 1.0, 1.0, 50.0, 1.0, 1.0, 1.0, 1.0]),
    ("a loss with one spike in the last quarter", [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 15.0, 1.0]),
    ("a loss that is a spike at the very end", [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 15.0]),
    ("a loss that swings ever wider about 0", [1.0, 1.0, 2.0, -3.0, 5.0, -12.0, 30.0, -30.0]),
    ("a run of only three numbers, 1, 2 and 30,", [1.0, 2.0, 30.0]),
    ("a loss that falls from 40 to 1", [40.0, 30.0, 20.0, 8.0, 4.0, 2.0, 1.0, 1.0]),
    ("a loss that swings about 0 and ends there", [0.5, -0.5, 0.4, -0.4, 1.0, -1.0, 2.0, -2.0]),
    ("a loss that begins at 0.1 and ends at 0.5", [0.1, 3.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5]),
    ("a loss that is large all the time, about 60,", [60.0, 50.0, 70.0, 60.0, 65.0, 55.0, 60.0, 70.0]),
    ("a loss that grows from 0.01 to 0.5", [0.01, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.5]),
)


def _quarters(losses: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    n = max(1, len(losses) // 4)
    return losses[:n], losses[-n:]


def _size(losses: Sequence[float]) -> float:
    return fmean(abs(loss) for loss in losses)


def _grown(losses: Sequence[float]) -> bool:
    first, last = _quarters(losses)
    return _size(last) > 10 * _size(first)


def _diverged(losses: Sequence[float]) -> bool:
    return not all(map(isfinite, losses)) or _grown(losses)


_DIVERGED_MISTAKES: Mapping[str, Callable[[Sequence[float]], bool]] = {
    "NaN goes unnoticed: every comparison with it is False. Ask isfinite.": lambda losses: (
        inf in losses or -inf in losses or _grown([loss for loss in losses if isfinite(loss)])
    ),
    "an infinity goes unnoticed where the last quarter does not hold it. Ask isfinite for all numbers.": (
        lambda losses: any(loss != loss for loss in losses) or _grown(losses)
    ),
    "only NaN and infinity sound the alarm. A loss that grows without end is finite at every step.": lambda losses: (
        not all(map(isfinite, losses))
    ),
    "the sign is in the way: a critic's loss can run off below 0. Take absolute values.": lambda losses: (
        not all(map(isfinite, losses)) or fmean(_quarters(losses)[1]) > 10 * fmean(_quarters(losses)[0])
    ),
    "the absolute value is taken of the average. Losses that swing about 0 cancel: take it of each.": lambda losses: (
        not all(map(isfinite, losses)) or abs(fmean(_quarters(losses)[1])) > 10 * abs(fmean(_quarters(losses)[0]))
    ),
    "a loss that rises is no alarm yet: it has to grow tenfold.": lambda losses: (
        not all(map(isfinite, losses)) or _size(_quarters(losses)[1]) > _size(_quarters(losses)[0])
    ),
    "the losses are compared with 10 itself. Compare the last quarter with ten times the first.": lambda losses: (
        not all(map(isfinite, losses)) or _size(_quarters(losses)[1]) > 10
    ),
    "the last number alone decides. Take the mean over the last quarter.": lambda losses: (
        not all(map(isfinite, losses)) or abs(losses[-1]) > 10 * _size(_quarters(losses)[0])
    ),
    "the largest loss of the whole run decides. One spike that passes is no alarm.": lambda losses: (
        not all(map(isfinite, losses)) or max(map(abs, losses)) > 10 * _size(_quarters(losses)[0])
    ),
    "the largest loss of the last quarter decides. Take its mean.": lambda losses: (
        not all(map(isfinite, losses)) or max(map(abs, _quarters(losses)[1])) > 10 * _size(_quarters(losses)[0])
    ),
    "the alarm is the wrong way round: True means that something is wrong.": lambda losses: not _diverged(losses),
}


@check
def diverged(answer) -> None:
    """Judge ``diverged(losses)``: some loss is not finite, or the last quarter over ten times the first."""
    got = [answer(list(losses)) for _, losses in RUNS]
    expect(None not in got, "it returned None: does it end with return, in every case?")
    got = [bool(alarm) for alarm in got]
    wanted = [_diverged(losses) for _, losses in RUNS]
    if got == wanted:
        return
    for words, wrong in _DIVERGED_MISTAKES.items():
        expect(got != [wrong(losses) for _, losses in RUNS], words)
    i = next(i for i in range(len(got)) if got[i] != wanted[i])
    raise CheckFailed(f"{RUNS[i][0]} gives {got[i]}, expected {wanted[i]}.")
