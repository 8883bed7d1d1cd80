"""The value of the game: the theorem of the paper, the losses of the package, and Monte Carlo with honest errors."""

from math import inf, log

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

from ganlib import divergences, losses

X = torch.linspace(-14, 18, 257, dtype=torch.float64)


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def mixture(weights, means, stds):
    return MixtureSameFamily(Categorical(number(weights)), Normal(number(means), number(stds)))


P, Q = mixture([0.3, 0.7], [-2.0, 2.0], [0.6, 0.8]), mixture([0.5, 0.5], [-1.0, 3.0], [1.0, 0.7])
LOG_P, LOG_Q = P.log_prob(X), Q.log_prob(X)


def test_the_optimal_discriminator_is_the_share_of_p():
    p, q = LOG_P.exp(), LOG_Q.exp()
    torch.testing.assert_close(divergences.optimal_discriminator(LOG_P, LOG_Q), p / (p + q))
    edges = divergences.optimal_discriminator(number([-inf, 0.0, -inf]), number([0.0, -inf, -inf]))
    assert edges[:2].tolist() == [0, 1] and edges[2].isnan()


def test_no_discriminator_beats_the_optimal_one():
    best = divergences.optimal_value(LOG_P, LOG_Q, X)
    optimal = (LOG_P - LOG_Q).requires_grad_(True)
    at_best = divergences.value(optimal, LOG_P, LOG_Q, X)
    assert at_best.item() == pytest.approx(best.item(), abs=1e-14)
    assert torch.autograd.grad(at_best, optimal)[0].abs().max() < 1e-15
    others = optimal.detach() + torch.randn(200, len(X), dtype=torch.float64) * torch.logspace(-2, 1, 200)[:, None]
    assert (divergences.value(others, LOG_P, LOG_Q, X) < best).all()


def test_theorem_1():
    """V(G, D*) = 2 JS - 2 log 2, with JS by its definition from two KL divergences to the mixture."""
    middle = torch.logaddexp(LOG_P, LOG_Q) - log(2)
    js = (divergences.kl(LOG_P, middle, X) + divergences.kl(LOG_Q, middle, X)) / 2
    assert divergences.optimal_value(LOG_P, LOG_Q, X).item() == pytest.approx(2 * js.item() - 2 * log(2), abs=1e-12)
    assert divergences.js(LOG_P, LOG_Q, X).item() == pytest.approx(js.item(), abs=1e-12)


def test_the_ends_of_theorem_1():
    assert divergences.optimal_value(LOG_P, LOG_P, X).item() == pytest.approx(-log(4), abs=1e-14)
    apart = number([0.5, 0.5, 0.0, 0.0]).log(), number([0.0, 0.0, 0.3, 0.7]).log()
    assert divergences.optimal_value(*apart).item() == 0
    assert divergences.value(number([inf, inf, -inf, -inf]), *apart).item() == 0
    assert divergences.value(number([-inf, inf, -inf, -inf]), *apart).item() == -inf


def test_the_value_is_minus_the_loss_of_d():
    """With n points of each kind as the two distributions, V is what the training code maximises."""
    real, fake = torch.randn(6, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    log_p = torch.cat([torch.full((6,), 1 / 6), torch.zeros(6)]).double().log()
    got = divergences.value(torch.cat([real, fake]), log_p, log_p.flip(0))
    expected = -losses.minimax.discriminator(real, fake).item()
    assert got.item() == pytest.approx(expected, abs=1e-7)
    assert divergences.value_estimate(real, fake).value == pytest.approx(expected, abs=1e-12)


def test_monte_carlo_agrees_with_quadrature():
    """Any discriminator, not only the best; 200,000 samples, within four standard errors."""
    x, z = P.sample((200_000,)), Q.sample((200_000,))

    def logits(x):
        return 0.7 * x - 0.2 * x.square()

    value = divergences.value(logits(X), LOG_P, LOG_Q, X).item()
    js = divergences.js(LOG_P, LOG_Q, X).item()
    ratios = [P.log_prob(points) - Q.log_prob(points) for points in (x, z)]
    for got, exact in (
        (divergences.value_estimate(logits(x), logits(z)), value),
        (divergences.js_estimate(*ratios), js),
    ):
        assert 0 < got.standard_error < 5e-3
        assert abs(got.value - exact) < 4 * got.standard_error


@pytest.mark.parametrize("estimate", [divergences.value_estimate, divergences.js_estimate])
def test_standard_errors_are_the_spread_of_repeated_estimates(estimate):
    """Unequal sample sizes; 600 repetitions know their spread to 3 %."""

    def once():
        x, z = P.sample((50,)), Q.sample((200,))
        return estimate(P.log_prob(x) - Q.log_prob(x), P.log_prob(z) - Q.log_prob(z))

    values, errors = np.array([once() for _ in range(600)]).T
    assert values.std() == pytest.approx(np.sqrt((errors**2).mean()), rel=0.12)
    best = divergences.optimal_value(LOG_P, LOG_Q, X).item()
    exact = best if estimate is divergences.value_estimate else divergences.js(LOG_P, LOG_Q, X).item()
    assert abs(values.mean() - exact) < 4 * errors.mean() / np.sqrt(600)


def test_disjoint_supports_are_certain():
    estimate = divergences.js_estimate(torch.full((10,), inf), torch.full((10,), -inf))
    assert estimate == (log(2), 0.0)
    assert str(estimate) == "0.693147 ± 0.000000"


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="real_logits has 1 values, expected at least two"):
        divergences.value_estimate(torch.zeros(1), torch.zeros(5))
    with pytest.raises(ValueError, match=r"fake_logits has 2 values, .* NaN"):
        divergences.js_estimate(torch.zeros(2), number([0.0, torch.nan]))
    with pytest.raises(ValueError, match=r"logits has shape \(3,\), expected \(257,\)"):
        divergences.value(torch.zeros(3), LOG_P, LOG_Q, X)
    with pytest.raises(ValueError, match="logits holds NaN"):
        divergences.value(LOG_P * torch.nan, LOG_P, LOG_Q, X)
    with pytest.raises(ValueError, match="log_q holds a density"):
        divergences.optimal_value(LOG_P, LOG_Q + 1, X)
