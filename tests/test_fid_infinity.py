"""The extrapolated Fréchet distance: what it is made of, and that it takes the bias away."""

import math

import numpy as np
import pytest
import torch

from ganlib.metrics import GaussianStatistics, fid, fid_infinity


def draws(count, n=300, d=4, shift=0.0, scale=1.0):
    """Pairs of samples whose true distance is d shift^2 + d (scale - 1)^2."""
    return [(torch.randn(n, d), torch.randn(n, d) * scale + shift) for _ in range(count)]


def test_the_first_distance_is_that_of_all_samples_and_the_line_fits_all():
    a, b = draws(1)[0]
    result = fid_infinity(a, b, parts=4)
    assert result.distances[0] == pytest.approx(fid(a, b), rel=1e-9) and len(result.distances) == 4
    k = np.arange(1, 5)
    misses = np.array(result.distances) - (result.value + result.slope * k)
    assert misses.sum() == pytest.approx(0, abs=1e-9) and (misses * k).sum() == pytest.approx(0, abs=1e-9)


def test_parts_are_disjoint_use_every_sample_and_are_averaged():
    """In one dimension with one set constant, the distance is a part's squared mean plus its variance."""
    a = torch.arange(60.0).view(60, 1)
    shuffled = a[torch.randperm(60, generator=torch.Generator().manual_seed(7))].double()
    result = fid_infinity(a, GaussianStatistics.of(torch.zeros(9, 1)), parts=6, seed=7)
    for k, distance in enumerate(result.distances, start=1):
        parts = shuffled.view(k, 60 // k)
        assert distance == pytest.approx((parts.mean(1).square() + parts.var(1)).mean().item())
    smallest = shuffled.view(6, 10)
    values = smallest.mean(1).square() + smallest.var(1)
    assert result.standard_error == pytest.approx(values.std().item() / math.sqrt(6))


@pytest.mark.parametrize(("shift", "scale"), [(0, 1), (0.1, 1.2)])
def test_it_has_far_less_bias(shift, scale):
    pairs, truth = draws(60, shift=shift, scale=scale), 4 * shift**2 + 4 * (scale - 1) ** 2
    plain = np.array([fid(a, b) for a, b in pairs]) - truth
    extrapolated = np.array([fid_infinity(a, b).value for a, b in pairs]) - truth
    chance = extrapolated.std() / math.sqrt(60)
    assert abs(extrapolated.mean()) < 4 * chance
    assert plain.mean() > 5 * chance


def test_distances_grow_with_the_number_of_parts():
    result = fid_infinity(*draws(1, n=500)[0])
    assert list(result.distances) == sorted(result.distances) and result.slope > 0 and result.value < fid(*draws(1)[0])


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "scale"), [(0, 1), (0.1, 1.2), (0.5, 1.5)])
def test_the_standard_error_is_honest(shift, scale):
    """200 draws. Near zero it is too large, elsewhere right; an interval of 2.8 (t of 4 degrees) covers 95 %."""
    truth = 4 * shift**2 + 4 * (scale - 1) ** 2
    results = [fid_infinity(a, b) for a, b in draws(200, shift=shift, scale=scale)]
    values, errors = np.array([result[:2] for result in results]).T
    said = math.sqrt(np.square(errors).mean())
    assert 0.85 * values.std() < said < (2.5 if shift == 0 else 1.5) * values.std()
    assert (np.abs(values - truth) < 2.8 * errors).mean() > 0.9


def test_a_set_given_by_its_statistics_stays_whole():
    """So with many real samples it is the bias of the fakes alone that goes."""
    a, b = draws(1, n=200)[0]
    whole = GaussianStatistics.of(b)
    result = fid_infinity(a, whole)
    assert fid_infinity(whole, a).value == pytest.approx(result.value, rel=1e-9)
    assert fid_infinity(a, b).value < result.value < fid(a, b)


def test_rows_sorted_by_class_do_no_harm():
    a, b = draws(1, n=1000)[0]
    a = a[a[:, 0].argsort()]
    apart = np.mean([fid(x, y) for x, y in zip(a.tensor_split(5), b.tensor_split(5), strict=True)])
    assert fid_infinity(a, b).distances[-1] < 0.3 < apart


def test_it_is_seeded_and_draws_nothing_from_the_global_generator():
    a, b = draws(1)[0]
    before = torch.get_rng_state()
    assert fid_infinity(a, b) == fid_infinity(a, b) != fid_infinity(a, b, seed=1)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("a", "b", "parts", "message"),
    [
        (torch.randn(9, 2), torch.randn(20, 2), 5, "parts = 5 of 9 samples in features_a, .* two samples for each"),
        (torch.randn(20, 2), torch.randn(9, 2), 5, "parts = 5 of 9 samples in features_b"),
        (torch.randn(20, 2), torch.randn(20, 2), 2, "parts = 2 of 20 samples in features_a, expected 3 or more"),
        (torch.randn(20, 2), torch.randn(20, 3), 3, "expected the same second dimension"),
        (torch.full((20, 2), math.nan), torch.randn(20, 2), 3, "NaN"),
        (*[GaussianStatistics.of(torch.randn(20, 2))] * 2, 3, "are statistics, expected at least one tensor"),
    ],
)
def test_bad_arguments(a, b, parts, message):
    with pytest.raises(ValueError, match=message):
        fid_infinity(a, b, parts=parts)


@pytest.mark.gpu
def test_on_a_gpu_it_is_the_same():
    a, b = draws(1)[0]
    assert fid_infinity(a.cuda(), b.cuda()).value == pytest.approx(fid_infinity(a, b).value, rel=1e-8)
