"""Mixtures on the line against torch.distributions, and against what their samples must look like."""

from math import inf

import pytest
import torch
from scipy import stats
from torch.distributions import Categorical, MixtureSameFamily, Normal

from ganlib.data.mixtures import Mixture

UNEVEN = Mixture((-2.0, 0.5, 3.0), (0.5, 1.0, 0.3), (1.0, 2.0, 5.0))


def oracle(mixture):
    weights, means, stds = (torch.tensor(v).double() for v in (mixture.weights, mixture.means, mixture.stds))
    return MixtureSameFamily(Categorical(weights), Normal(means, stds))


def test_the_density_is_that_of_torch_distributions():
    x = torch.linspace(-60, 60, 999, dtype=torch.float64).view(3, 333)
    torch.testing.assert_close(UNEVEN.log_density(x), oracle(UNEVEN).log_prob(x))
    assert UNEVEN.log_density(x.float()).dtype == torch.float32


def test_a_part_without_weight_counts_nothing():
    one, two = Mixture((1.0,), (0.5,)), Mixture((1.0, -3.0), (0.5, 0.1), (1.0, 0.0))
    x = torch.linspace(-5, 5, 11)
    torch.testing.assert_close(one.log_density(x), two.log_density(x))
    assert two.sample(5000).min() > -2 and Mixture((-3.0, 1.0), (0.1, 0.5), (0, 1)).sample(5000).min() > -2


def test_samples_follow_the_density():
    """Kolmogorov and Smirnov: of right samples one in a million is refused."""
    x = UNEVEN.sample(20_000, torch.Generator().manual_seed(0))
    assert x.shape == (20_000,) and x.dtype == torch.float32
    assert stats.kstest(x.numpy(), lambda v: oracle(UNEVEN).cdf(torch.as_tensor(v).double()).numpy()).pvalue > 1e-6


def test_a_generator_keeps_the_global_stream_and_repeats():
    before = torch.get_rng_state()
    first, second = (UNEVEN.sample(50, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second) and torch.equal(before, torch.get_rng_state())


def test_neighbouring_mixtures_give_neighbouring_samples():
    a, b = (Mixture((-2.0, mean), (0.5, 0.5)).sample(500, torch.Generator().manual_seed(0)) for mean in (2.0, 2.1))
    shift = b - a
    assert set(shift.mul(100).round().tolist()) == {0.0, 10.0}


def test_equal_mixtures_are_equal():
    assert Mixture((0.0, 1.0), (1.0, 1.0)) == Mixture((0.0, 1.0), (1.0, 1.0), (3, 3))
    assert Mixture((0.0,), (1.0,)).weights == (1.0,)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((), ()), r"means = \(\), expected 1 finite"),
        (((0.0, 1.0), (1.0,)), r"stds = \(1\.0,\), expected 2 finite numbers"),
        (((0.0,), (0.0,)), r"stds = \(0\.0,\), expected positive"),
        (((inf,), (1.0,)), r"means = \(inf,\), expected 1 finite"),
        (((0.0, 1.0), (1.0, 1.0), (1.0,)), r"weights = \(1\.0,\), expected 2"),
        (((0.0, 1.0), (1.0, 1.0), (-1.0, 2.0)), r"weights = \(-1\.0, 2\.0\), expected numbers >= 0"),
        (((0.0, 1.0), (1.0, 1.0), (0.0, 0.0)), "weights = .* not all 0"),
    ],
)
def test_bad_parameters_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        Mixture(*arguments)


@pytest.mark.parametrize("n", [0, -1, 2.0])
def test_a_bad_number_of_samples_is_named(n):
    with pytest.raises(ValueError, match=f"n = {n}, expected a positive integer"):
        UNEVEN.sample(n)
