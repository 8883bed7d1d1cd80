"""Rankings: intervals against SciPy, probabilities against counting by hand, and what few samples do to an order."""

from itertools import product

import numpy as np
import pytest
import scipy.stats
import torch

from ganlib import studies


def table(**measures):
    """Rows of a table: the measure of each variant with seeds 0, 1, ..."""
    return [
        {"variant": variant, "seed": seed, "fid": value}
        for variant, values in measures.items()
        for seed, value in enumerate(values)
    ]


GOOD, MIDDLE, BAD = [4.0, 6.0, 5.0], [5.5, 6.5, 7.0], [9.0, 8.0, 20.0]
ROWS = table(middle=MIDDLE, bad=BAD, good=GOOD)


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_intervals_are_those_of_scipys_test(confidence):
    found = studies.intervals(ROWS, "fid", confidence)
    assert list(found) == ["middle", "bad", "good"]
    for name, values in (("good", GOOD), ("bad", BAD)):
        expected = scipy.stats.ttest_1samp(values, 0).confidence_interval(confidence)
        assert found[name] == pytest.approx((np.mean(values), expected.low, expected.high))
    assert str(studies.Interval(5, 2.516, 7.484)) == "5.00 [2.52, 7.48]"


def test_an_interval_holds_the_mean_as_often_as_it_says():
    draws = np.random.default_rng(1).normal(3, 2, (1000, 5))
    inside = [low <= 3 <= high for _, low, high in (studies.interval(values, 0.8) for values in draws)]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.04)


def test_pairs_are_paired_by_seed_and_corrected_for_their_number():
    pairs = {(pair.one, pair.other): pair for pair in studies.pairwise(ROWS, "fid")}
    assert list(pairs) == [("middle", "bad"), ("middle", "good"), ("bad", "good")]
    expected = scipy.stats.ttest_rel(MIDDLE, GOOD).confidence_interval(1 - 0.05 / 3)
    pair = pairs["middle", "good"]
    assert (pair.value, pair.low, pair.high) == pytest.approx((4 / 3, expected.low, expected.high))


def test_a_pair_of_two_needs_no_correction():
    (pair,) = studies.pairwise(table(one=MIDDLE, other=GOOD), "fid", confidence=0.9)
    expected = scipy.stats.ttest_rel(MIDDLE, GOOD).confidence_interval(0.9)
    assert (pair.low, pair.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("gain", "better"), [(-1, "low"), (1, "high")])
def test_a_pair_says_who_is_better(gain, better):
    rows = table(low=[1.0, 1.1, 0.9, 1.0], high=[2.0, 2.2, 2.1, 1.9])
    assert studies.pairwise(rows, "fid", gain)[0].better == better
    assert str(studies.pairwise(rows, "fid", gain)[0]).endswith(f"], {better} is better")
    unclear = studies.pairwise(table(low=[1.0, 3.0, 2.0], high=[2.0, 2.1, 2.2]), "fid", gain)[0]
    assert unclear.better is None and str(unclear).endswith("], no difference seen")


def test_of_equal_methods_hardly_any_pair_is_told_apart():
    """Fifteen intervals at once: in 95 % of the tables all of them hold 0, where each alone would do so in 95 %."""
    random = np.random.default_rng(0)
    tables = [table(**{name: random.normal(10, 1, 5) for name in "abcdef"}) for _ in range(200)]
    wrong = np.mean([any(pair.better for pair in studies.pairwise(rows, "fid")) for rows in tables])
    assert wrong <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5


def test_the_best_of_one_is_the_mean_and_the_best_of_all_the_best():
    for tries, expected in ((1, np.mean), (3, np.min)):
        found = studies.best_of(ROWS, "fid", tries)
        assert found == pytest.approx({"middle": expected(MIDDLE), "bad": expected(BAD), "good": expected(GOOD)})
    assert studies.best_of(ROWS, "fid", 2)["good"] == pytest.approx((4 + 4 + 5) / 3)
    assert studies.best_of(ROWS, "fid", 2, gain=1)["good"] == pytest.approx((6 + 6 + 5) / 3)


def test_more_tries_never_look_worse():
    values = np.random.default_rng(2).normal(10, 2, 7)
    expected = [studies.best_of(table(one=values), "fid", tries)["one"] for tries in range(1, 8)]
    assert expected == sorted(expected, reverse=True)


def test_beats_counts_pairs_and_halves_ties():
    assert studies.beats(ROWS, "fid", "middle", "good") == pytest.approx(1 / 9)  # 5.5 against 6 alone
    assert studies.beats(ROWS, "fid", "good", "middle") == pytest.approx(8 / 9)
    assert studies.beats(ROWS, "fid", "middle", "good", gain=1) == pytest.approx(8 / 9)
    assert studies.beats(table(a=[1.0, 2.0], b=[1.0, 1.0]), "fid", "a", "b") == pytest.approx(0.25)
    assert studies.beats(ROWS, "fid", "good", "good") == pytest.approx(0.5)


def test_more_tries_turn_an_order_round():
    """Two of the three choices of two hold 5.5, which beats 6 alone."""
    assert studies.beats(ROWS, "fid", "middle", "good", tries=2) == pytest.approx(2 / 3 * 1 / 3)
    assert studies.beats(ROWS, "fid", "middle", "good", tries=3) == pytest.approx(1 / 3)


def test_winners_against_counting_all_combinations():
    random = np.random.default_rng(3)
    groups = {name: list(random.integers(0, 6, n)) for name, n in (("a", 3), ("b", 4), ("c", 2), ("d", 5))}
    for gain in (-1, 1):
        found = studies.winners(table(**groups), "fid", gain)
        expected = dict.fromkeys(groups, 0.0)
        for values in product(*groups.values()):
            best = max(values, key=lambda value: gain * value)
            for name, value in zip(groups, values, strict=True):
                expected[name] += (value == best) / values.count(best)
        total = 3 * 4 * 2 * 5
        assert found == pytest.approx({name: count / total for name, count in expected.items()})
        assert sum(found.values()) == pytest.approx(1)


def test_winners_of_two_are_those_of_beats():
    rows = table(one=GOOD, other=MIDDLE)
    assert studies.winners(rows, "fid")["one"] == pytest.approx(studies.beats(rows, "fid", "one", "other"))


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(ValueError, match="expected one row for each pair"):
        studies.winners([*ROWS, ROWS[0]], "fid")
    with pytest.raises(ValueError, match="0 rows"):
        studies.intervals([], "fid")
    with pytest.raises(ValueError, match="rows hold 1 variants"):
        studies.pairwise(table(alone=GOOD), "fid")
    with pytest.raises(ValueError, match="no row of 'nobody', expected one of 'middle'"):
        studies.beats(ROWS, "fid", "nobody", "good")
    for tries in (0, 4):
        with pytest.raises(ValueError, match=f"tries = {tries}, expected 1 to 3"):
            studies.best_of(ROWS, "fid", tries)
    with pytest.raises(ValueError, match="values has 1 numbers"):
        studies.interval([3.0])
    with pytest.raises(ValueError, match="confidence = 1, expected"):
        studies.interval(GOOD, 1)


def away(x):
    """The distance of a sample's mean from 0."""
    return x.mean(0).norm().item()


def test_few_samples_toss_a_coin_and_many_do_not():
    random = torch.Generator().manual_seed(0)
    better, worse = torch.randn(4000, 8, generator=random), torch.randn(4000, 8, generator=random) + 0.1
    shares = [studies.wrong_order(away, better, worse, size) for size in (2, 4000)]
    assert 0.3 < shares[0] < 0.65 and shares[1] == 0
    assert studies.wrong_order(away, worse, better, 4000) == 1


def test_draws_are_of_the_asked_size_without_replacement_and_by_the_seed():
    seen = []

    def distance(x):
        seen.append(x.flatten().tolist())
        return 0.0

    sets = torch.arange(6.0)[:, None], torch.arange(10.0, 16.0)[:, None]
    assert studies.wrong_order(distance, *sets, size=4, draws=3, seed=5) == 1  # no smaller distance is no right order
    assert len(seen) == 6 and all(len(set(one)) == 4 for one in seen)
    assert all(max(one) < 6 for one in seen[::2]) and all(min(one) >= 10 for one in seen[1::2])
    first = list(seen)
    studies.wrong_order(distance, *sets, size=4, draws=3, seed=5)
    assert seen[6:] == first and seen[0] != seen[2]


@pytest.mark.parametrize(("size", "draws"), [(0, 5), (11, 5), (3, 0)])
def test_impossible_draws_are_refused(size, draws):
    with pytest.raises(ValueError, match=f"size = {size} and draws = {draws}, expected 1 to 10 samples"):
        studies.wrong_order(away, torch.zeros(10, 2), torch.zeros(20, 2), size, draws)
