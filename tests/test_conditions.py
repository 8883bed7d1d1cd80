"""What generators are told, and the bound of the mutual information."""

from math import log

import pytest
import torch
from scipy import stats
from torch import nn

from ganlib import losses
from ganlib.models import Categories, Codes


def test_one_hot_vectors_stand_side_by_side():
    one = Categories(3)(torch.tensor([2, 0]))
    assert one.tolist() == [[0, 0, 1], [1, 0, 0]] and one.dtype == torch.float32
    assert Categories(3, 2)(torch.tensor([[2, 0], [1, 1]])).tolist() == [[0, 0, 1, 1, 0], [0, 1, 0, 0, 1]]


@pytest.mark.parametrize(
    ("counts", "y"),
    [((3,), torch.tensor([0.0])), ((3, 2), torch.tensor([1])), ((3,), torch.zeros(2, 2).long())],
    ids=["floats", "one part of two", "two parts of one"],
)
def test_conditions_of_another_shape_are_refused(counts, y):
    with pytest.raises(ValueError, match=r"expected torch.int64 of shape \(N"):
        Categories(*counts)(y)


@pytest.mark.parametrize(
    "make", [lambda: Categories(), lambda: Categories(3, 1), lambda: Codes(1), lambda: Codes(5, -1)]
)
def test_impossible_conditions_are_refused(make):
    with pytest.raises(ValueError, match="expected"):
        make()


def test_codes_are_uniform():
    torch.manual_seed(0)
    codes = Codes(5, 2).sample(20_000, like=torch.zeros(1))
    assert codes.shape == (20_000, 7)
    categories, numbers = codes.split([5, 2], 1)
    assert (categories.sum(1) == 1).all() and ((categories == 0) | (categories == 1)).all()
    assert (categories.mean(0) - 0.2).abs().max() < 0.02
    for column in numbers.T:
        assert stats.kstest(column.numpy(), stats.uniform(-1, 2).cdf).pvalue > 1e-3
    assert abs(torch.corrcoef(numbers.T)[0, 1]) < 0.03


def test_codes_take_the_type_of_the_noise():
    assert Codes(3, 1).sample(2, like=torch.zeros(1, dtype=torch.float64)).dtype == torch.float64


def test_likelihoods_are_those_of_torch_distributions():
    condition, guess = Codes(4, 2), torch.randn(6, 8)
    codes = condition.sample(6, like=guess)
    category, continuous = condition.log_likelihood(codes, guess)
    expected = torch.distributions.Categorical(logits=guess[:, :4]).log_prob(codes[:, :4].argmax(1))
    torch.testing.assert_close(category, expected)
    gaussian = torch.distributions.Normal(guess[:, 4:6], guess[:, 6:].exp())
    torch.testing.assert_close(continuous, gaussian.log_prob(codes[:, 4:]).sum(1))


def test_without_continuous_codes_their_likelihood_is_one():
    condition = Codes(4, 0)
    category, continuous = condition.log_likelihood(condition.sample(3, torch.zeros(1)), torch.randn(3, 4))
    assert category.shape == (3,) and (continuous == 0).all() and condition.entropy()[1] == 0


def test_codes_pass_as_they_are_and_others_are_refused():
    codes = torch.randn(3, 6)
    assert Codes(4, 2)(codes) is codes
    with pytest.raises(ValueError, match=r"codes has shape \(3, 5\), expected \(N, 6\)"):
        Codes(4, 2)(codes[:, :5])


def channel(joint):
    """Exact expectation of log Q(c | x) under a joint distribution, as weights make it, and the true posterior."""
    return joint, joint / joint.sum(0, keepdim=True)


def mutual_information(joint):
    independent = joint.sum(1, keepdim=True) * joint.sum(0, keepdim=True)
    return torch.xlogy(joint, joint / independent).sum().item()


def test_the_bound_is_the_mutual_information_for_the_true_posterior_and_below_it_for_others():
    """All pairs of 4 codes and 5 samples, each as often as it is likely: 10,000 pairs whose counts are the joint."""
    rng = torch.Generator().manual_seed(0)
    counts = torch.randint(1, 2000, (4, 5), generator=rng)
    counts[:, -1] += 10_000 // 2 - counts.sum(1)  # each code equally often
    joint, posterior = channel(counts.double() / counts.sum())
    c, x = (index.flatten() for index in torch.meshgrid(torch.arange(4), torch.arange(5), indexing="ij"))
    c, x = c.repeat_interleave(counts.flatten()), x.repeat_interleave(counts.flatten())
    bound = losses.information_bound(posterior.log()[c, x], log(4)).item()
    assert bound == pytest.approx(mutual_information(joint), rel=1e-9)
    for _ in range(20):
        other = torch.rand(4, 5, generator=rng, dtype=torch.float64)
        other = other / other.sum(0)
        gap = (joint.sum(0) * (posterior * (posterior / other).log()).sum(0)).sum().item()
        lower = losses.information_bound(other.log()[c, x], log(4)).item()
        assert lower == pytest.approx(bound - gap, rel=1e-9) and gap > 0


def test_a_perfect_guess_reaches_the_entropy_and_an_ignorant_one_nothing():
    condition = Codes(8, 0)
    codes = condition.sample(32, like=torch.zeros(1))
    for guess, expected in ((1000 * codes, log(8)), (torch.zeros_like(codes), 0.0)):
        category, _ = condition.log_likelihood(codes, guess)
        assert losses.information_bound(category, condition.entropy()[0]).item() == pytest.approx(expected, abs=1e-5)
    category, _ = condition.log_likelihood(codes, 10 * codes.roll(1, 1))
    assert losses.information_bound(category, log(8)) < 0


def test_the_entropy_of_the_numbers_is_that_of_scipy():
    assert Codes(3, 2).entropy()[1] == pytest.approx(2 * float(stats.uniform(-1, 2).entropy()))


def test_the_bound_wants_one_number_a_sample():
    with pytest.raises(ValueError, match=r"log_likelihood has shape \(3, 2\), expected \(N,\)"):
        losses.information_bound(torch.zeros(3, 2), 1.0)


def test_conditions_have_no_weights():
    assert not list(nn.ModuleList([Categories(3), Codes(3)]).parameters())
