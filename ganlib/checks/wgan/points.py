"""Where an answer asks the critic for its slope: between each real sample and its fake, epsilon uniform."""

from collections.abc import Callable
from math import log, sqrt

import torch
from torch import Tensor

from ganlib.checks.core import expect
from ganlib.checks.wgan.part import Draw
from ganlib.checks.wgan.probes import Recorder, shapes

ODDS = 1e-12
"""How often a right answer may miss the bound on the distribution of its epsilons."""


def _shares(answer: Callable, real: Tensor, fake: Tensor) -> Tensor:
    """How far from real (0) to fake (1) each entry of the points lies that the critic was shown; (N, ...)."""
    critic = Recorder(tuple(real.shape[1:]))
    answer(critic, real.clone(), fake.clone())
    expect(len(critic.seen) > 0, "the critic was never called: it has to judge x_hat.")
    expect(
        len(critic.seen[-1]) <= len(real),
        f"the critic was shown {len(critic.seen[-1])} points for {len(real)} pairs: epsilon made x_hat larger than "
        "real. Its shape is (N, 1, ..., 1), with as many dimensions as real.",
    )
    points = torch.cat(critic.seen)[-len(real) :]
    expect(
        len(points) == len(real),
        f"the critic was shown too few points, {len(points)} for batches of {len(real)}: one x_hat for each pair.",
    )
    return (points - real) / (fake - real)


def _pairs(draw: Draw, n: int, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Real samples, and fakes at least 2 away from them in every entry."""
    real = draw.normal(n, *shape)
    return real, real + 2 + draw.normal(n, *shape).abs()


def between(answer: Callable, draw: Draw) -> None:
    """x_hat lies on the line from its real sample to its fake, with one epsilon for all entries of the sample."""
    for shape in shapes(draw):
        shares = _shares(answer, *_pairs(draw, 64, shape)).flatten(1)
        low, high = shares.min().item(), shares.max().item()
        expect(high > 1e-4 or low < -1e-4, "x_hat is real itself: mix it with fake.")
        expect(low < 1 - 1e-4 or high > 1 + 1e-4, "x_hat is fake itself: mix it with real.")
        inside = low > -1e-4 and high < 1 + 1e-4
        expect(_alike(shares), _off_the_line(shares.view(64, *shape), inside))
        expect(
            inside,
            f"epsilon puts x_hat {low:.2f} to {high:.2f} of the way from real to fake, beyond the two. It is uniform "
            "on [0, 1]: torch.rand, not torch.randn.",
        )


def _alike(shares: Tensor) -> bool:
    """All entries of a row are the same share of the way."""
    return (shares - shares[:, :1]).abs().max().item() < 1e-3


def _off_the_line(shares: Tensor, inside: bool) -> str:
    """What is wrong when the entries of a sample are not the same share of the way."""
    if not inside:
        return (
            "x_hat is not on the line between real and fake: x_hat = epsilon * real + (1 - epsilon) * fake, in pairs."
        )
    each = "each entry"
    if shares.dim() > 2 and _alike(shares.flatten(2).flatten(0, 1)):
        each = "each channel"
    elif shares.dim() > 2 and _alike(shares.transpose(1, 2).flatten(2).flatten(0, 1)):
        each = "each row"
    return f"{each} of a sample has an epsilon of its own. It is one number for the whole sample, shape (N, 1, ..., 1)."


def uniform(answer: Callable, draw: Draw) -> None:
    """Epsilon is drawn for each sample, anew in each call, from U[0, 1].

    The empirical distribution of n epsilons is off by more than sqrt(log(2 / odds) / 2n) with less than these odds.

    Source: Dvoretzky, Kiefer and Wolfowitz 1956, with Massart's constant of 1990.
    """
    for n, shape in zip((1024, 64), shapes(draw), strict=True):
        batches = _pairs(draw, n, shape)
        first, second = (_shares(answer, *batches).flatten(1)[:, 0] for _ in range(2))
        shared = first.max() - first.min() < 1e-3
        again = (first - second).abs().max() < 1e-3
        expect(not (shared and again), f"epsilon is always {1 - first[0]:.2f}: draw it at random, one for each sample.")
        expect(not shared, "all samples of the batch share one epsilon: draw one for each, torch.rand(N, 1, ..., 1).")
        expect(not again, "two calls used the same epsilons: draw new ones in every call, without a seed.")
        ordered, ranks = first.sort().values, torch.linspace(0, 1, n)
        gap, bound = (ordered - ranks).abs().max().item(), sqrt(log(2 / ODDS) / (2 * n)) + 1 / n
        expect(gap < bound, f"epsilon is not uniform on [0, 1]: its distribution is off by {gap:.2f}. Use torch.rand.")
