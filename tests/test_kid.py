"""The kernel distance against its definition, exact expectations and brute force."""

import itertools
import math

import numpy as np
import pytest
import torch

from ganlib.metrics import kernel as module
from ganlib.metrics import kid


def k(x, y):
    return (x @ y / len(x) + 1) ** 3


def by_definition(a, b):
    """Mean similarity of different a, plus that of different b, minus twice that of a and b: in plain loops."""
    n, m = len(a), len(b)
    within_a = sum(k(a[i], a[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within_b = sum(k(b[i], b[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return (within_a + within_b - 2 * sum(k(x, y) for x in a for y in b) / (n * m)).item()


@pytest.mark.parametrize(("n", "m", "d"), [(3, 3, 1), (4, 9, 2), (12, 5, 30)])
def test_it_is_its_definition(n, m, d):
    a, b = torch.randn(n, d).double(), torch.randn(m, d).double() + 0.5
    assert kid(a, b).value == pytest.approx(by_definition(a, b), rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(3, 3), (4, 3)])
def test_its_expectation_is_exact_for_few_samples(n, m):
    """Over all equally likely samples of a fair coin (0 or 1) and of a point at 2, d = 1.

    (x y + 1)^3 compares the moments E x, E x^2 and E x^3, which are 1/2 for the coin and 2, 4, 8 for the point, with
    weights 3, 3 and 1.
    """
    point = torch.full((m, 1), 2.0)
    values = [kid(torch.tensor(coins).view(n, 1), point).value for coins in itertools.product([0.0, 1.0], repeat=n)]
    assert np.mean(values) == pytest.approx(3 * 1.5**2 + 3 * 3.5**2 + 7.5**2, rel=1e-12)


def test_for_one_distribution_its_expectation_is_zero_and_it_can_be_negative():
    """All 64 samples of three and three fair coins."""
    coins = [torch.tensor(some).view(3, 1) for some in itertools.product([0.0, 1.0], repeat=3)]
    values = [kid(a, b).value for a in coins for b in coins]
    assert np.mean(values) == pytest.approx(0, abs=1e-12) and min(values) < 0 < max(values)


@pytest.mark.parametrize(("n", "m"), [(4, 4), (9, 6)])
def test_its_standard_error_is_the_jackknife_s(n, m):
    """Each sample left out in turn, the whole estimate again."""
    a, b = torch.randn(n, 3), torch.randn(m, 3) + 1
    variance = 0.0
    for count, without in (
        (n, [kid(torch.cat([a[:i], a[i + 1 :]]), b).value for i in range(n)]),
        (m, [kid(a, torch.cat([b[:i], b[i + 1 :]])).value for i in range(m)]),
    ):
        variance += (count - 1) / count * np.square(np.array(without) - np.mean(without)).sum()
    assert kid(a, b).standard_error == pytest.approx(math.sqrt(variance), rel=1e-9)


def test_it_ignores_order_and_rotation_and_which_set_is_first():
    a, b = torch.randn(20, 5).double(), torch.randn(30, 5).double() + 1
    q = torch.linalg.qr(torch.randn(5, 5).double()).Q
    expected = pytest.approx(kid(a, b), rel=1e-9)
    assert kid(a[torch.randperm(20)], b[torch.randperm(30)]) == expected
    assert kid(a @ q, b @ q) == expected
    assert kid(b, a) == expected


def test_pairs_are_worked_on_some_at_a_time(monkeypatch):
    a, b = torch.randn(20, 5), torch.randn(30, 5)
    expected = kid(a, b)
    for pairs in (1, 31, 100):
        monkeypatch.setattr(module, "PAIRS", pairs)
        assert kid(a, b) == pytest.approx(expected, rel=1e-12)


def test_blocks_share_no_sample_and_are_averaged(monkeypatch):
    a, b, seen = torch.randn(20, 3), torch.randn(16, 3), []
    original = module._all_pairs
    monkeypatch.setattr(module, "_all_pairs", lambda x, y: seen.append((x, y)) or original(x, y))
    score = kid(a, b, block=5)
    values = [original(x, y).value for x, y in seen]
    assert score.value == pytest.approx(np.mean(values))
    assert score.standard_error == pytest.approx(np.std(values, ddof=1) / math.sqrt(3))
    for blocks, rows in zip(zip(*seen, strict=True), (a, b), strict=True):
        used = {tuple(row) for block in blocks for row in block.tolist()}
        assert [len(block) for block in blocks] == [5, 5, 5] and len(used) == 15
        assert used <= {tuple(row) for row in rows.double().tolist()}


def test_blocks_are_shuffled_and_seeded():
    """Rows in order, as of a data set that is sorted by class: without a shuffle each block would be its own class."""
    a = torch.randn(400, 2).sort(dim=0).values
    b = torch.randn(400, 2).sort(dim=0).values.flip(0)
    sorted_blocks = np.mean([kid(x, y).value for x, y in zip(a.split(40), b.split(40), strict=True)])
    score = kid(a, b, block=40)
    assert abs(score.value) < 4 * score.standard_error < 0.2 * sorted_blocks
    assert kid(a, b, block=40) == score != kid(a, b, block=40, seed=1)


def test_it_draws_nothing_from_the_global_generator():
    before = torch.get_rng_state()
    kid(torch.ones(20, 2), torch.zeros(20, 2), block=5)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_it_computes_in_double_precision(dtype):
    a, b = (10 * torch.randn(2, 30, 8)).to(dtype)
    assert kid(a, b) == kid(a.double(), b.double())


@pytest.mark.parametrize(
    ("a", "b", "more", "message"),
    [
        (
            torch.randn(2, 3),
            torch.randn(9, 3),
            {},
            r"features_a has shape \(2, 3\), expected \(N, d\) with N at least 3",
        ),
        (torch.randn(9, 3), torch.randn(2, 3), {}, r"features_b has shape \(2, 3\)"),
        (torch.randn(9, 3), torch.randn(9, 4), {}, r"features_a has shape \(9, 3\) and features_b \(9, 4\)"),
        (torch.full((9, 3), math.nan), torch.randn(9, 3), {}, "features_a holds NaN or infinity"),
        (torch.randn(9, 3), torch.full((9, 3), math.inf), {}, "features_b holds NaN or infinity"),
        (torch.randn(9, 3), 1e30 * torch.randn(9, 3), {}, r"features_b hold up to .*e\+30, expected finite cubes"),
        (torch.randn(9, 3), torch.randn(9, 3), {"block": 5}, "block = 5 with 9 and 9 samples, .* two blocks of each"),
        (torch.randn(9, 3), torch.randn(9, 3), {"block": 2}, "block = 2 with 9 and 9 samples, expected at least 3"),
        (torch.randn(9, 3), torch.randn(9, 3), {"block": 0}, "block = 0"),
    ],
)
def test_bad_arguments(a, b, more, message):
    with pytest.raises(ValueError, match=message):
        kid(a, b, **more)


def mean_similarity(one, other, d):
    """E k(x, y) for x and y with d independent normal coordinates of this mean and standard deviation each.

    The products of coordinates are independent, too, so the three moments of their sum follow from theirs.
    """
    (m, s), (n, t) = one, other
    a, b = m * n, (m**2 + s**2) * (n**2 + t**2)
    c = (m**3 + 3 * m * s**2) * (n**3 + 3 * n * t**2)
    first, second = a, (b + (d - 1) * a**2) / d
    third = (c + 3 * (d - 1) * a * b + (d - 1) * (d - 2) * a**3) / d**2
    return 1 + 3 * first + 3 * second + third


@pytest.mark.slow
@pytest.mark.parametrize("block", [None, 20])
@pytest.mark.parametrize("other", [(0.0, 1.0), (0.1, 1.1), (0.5, 1.5)])
def test_values_are_unbiased_and_standard_errors_honest(other, block):
    """400 draws of 200 samples. The mean standard error is at most sqrt(2) too large, and near no difference only.

    An interval of two standard errors covers the truth as often as it should.
    """
    d, (mean, deviation) = 8, other
    one = (0.0, 1.0)
    truth = mean_similarity(one, one, d) + mean_similarity(other, other, d) - 2 * mean_similarity(one, other, d)
    scores = [kid(torch.randn(200, d), deviation * torch.randn(200, d) + mean, block=block) for _ in range(400)]
    values, errors = np.array([tuple(score) for score in scores]).T
    spread, said = values.std(), math.sqrt(np.square(errors).mean())
    assert values.mean() == pytest.approx(truth, abs=4 * spread / math.sqrt(400))
    largest = math.sqrt(2) if block is None and mean < 0.5 else 1
    assert 0.87 * spread < said < 1.13 * largest * spread
    assert (np.abs(values - truth) < 2 * errors).mean() > 0.91


@pytest.mark.gpu
def test_on_a_gpu_it_is_the_same():
    a, b = torch.randn(2, 60, 8)
    expected = pytest.approx(kid(a, b), rel=1e-9)
    assert kid(a.cuda(), b.cuda()) == expected and kid(a.cuda(), b) == expected
    assert kid(a.cuda(), b.cuda(), block=20) == pytest.approx(kid(a, b, block=20), rel=1e-9)
