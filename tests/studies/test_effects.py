"""Effects over seeds: Student's interval against SciPy's own test, and what a verdict says."""

import math

import numpy as np
import pytest
import scipy.stats

from ganlib.studies import differences, mean, ratios, summary


def table(**measures):
    """Rows of a table: the measure of each variant with seeds 0, 1, ..."""
    return [
        {"variant": variant, "seed": seed, "fid": value}
        for variant, values in measures.items()
        for seed, value in enumerate(values)
    ]


BASE, OTHER = [9.0, 11.0, 10.0, 12.0], [12.0, 11.5, 14.0, 13.0]


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_the_interval_is_that_of_scipys_paired_test(confidence):
    (effect,) = differences(table(base=BASE, other=OTHER), "fid", "base", confidence)
    expected = scipy.stats.ttest_rel(OTHER, BASE)
    interval = expected.confidence_interval(confidence)
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))
    assert effect.value == pytest.approx(np.mean(OTHER) - np.mean(BASE)) and effect.seeds == 4
    assert (effect.verdict == "no difference seen") == (expected.pvalue > 1 - confidence)


def test_a_ratio_is_the_difference_of_logarithms():
    (effect,) = ratios(table(base=BASE, other=OTHER), "fid", "base")
    interval = scipy.stats.ttest_rel(np.log(OTHER), np.log(BASE)).confidence_interval()
    assert (effect.low, effect.high) == pytest.approx((math.exp(interval.low), math.exp(interval.high)))
    assert effect.value == pytest.approx(math.prod(o / b for o, b in zip(OTHER, BASE, strict=True)) ** (1 / 4))


def test_ratios_do_not_depend_on_the_unit_and_turn_over_with_the_pair():
    there = ratios(table(base=BASE, other=OTHER), "fid", "base")[0]
    back = ratios(table(base=[100 * x for x in BASE], other=[100 * x for x in OTHER]), "fid", "other")[0]
    assert (1 / back.value, 1 / back.high, 1 / back.low) == pytest.approx((there.value, there.low, there.high))


def test_pairs_are_made_by_seed_whatever_the_order_and_others_are_left_out():
    rows = table(base=BASE, other=OTHER)
    shuffled = [*rows[::-1], {"variant": "other", "seed": 99, "fid": 1e6}]
    assert differences(shuffled, "fid", "base")[0] == differences(rows, "fid", "base")[0]


def test_noise_that_a_seed_brings_to_both_cancels():
    seeds, wobble = [0.0, 30.0, -20.0, 7.0], [0.1, -0.1, 0.1, -0.1]
    other = [seed + 2 + small for seed, small in zip(seeds, wobble, strict=True)]
    (effect,) = differences(table(base=seeds, other=other), "fid", "base")
    assert effect.value == pytest.approx(2) and 1.7 < effect.low and effect.high < 2.3


@pytest.mark.parametrize(
    ("change", "of_a_ratio", "of_a_difference"),
    [(-1.0, "helped", "hurt"), (1.0, "hurt", "helped"), (0.0, *["no difference seen"] * 2)],
)
def test_verdicts(change, of_a_ratio, of_a_difference):
    """Ratios are of measures that should be small, differences of measures that should be large."""
    rows = table(base=BASE, other=[x + change * (1 + 0.01 * i) for i, x in enumerate(BASE)])
    assert ratios(rows, "fid", "base")[0].verdict == of_a_ratio
    assert differences(rows, "fid", "base")[0].verdict == of_a_difference
    assert differences(rows, "fid", "base", gain=-1)[0].verdict == of_a_ratio


def test_where_nothing_happens_the_verdict_is_wrong_as_often_as_the_confidence_says():
    draws = np.random.default_rng(0).normal(10, 1, (1000, 2, 4))
    effects = [differences(table(base=base, other=other), "fid", "base")[0] for base, other in draws]
    wrong = np.mean([effect.verdict != "no difference seen" for effect in effects])
    assert wrong == pytest.approx(0.05, abs=0.02)


def test_effects_come_in_the_order_of_the_table_without_the_baseline():
    rows = table(z=OTHER, base=BASE, a=OTHER)
    assert [effect.variant for effect in ratios(rows, "fid", "base")] == ["z", "a"]
    assert str(ratios(rows, "fid", "base")[0]).startswith("z: 1.21 [")


def test_what_cannot_be_compared_is_refused():
    rows = table(base=BASE, other=OTHER)
    with pytest.raises(ValueError, match="baseline = 'nobody', expected one of 'base', 'other'"):
        ratios(rows, "fid", "nobody")
    with pytest.raises(ValueError, match="'other' shares 1 seeds"):
        ratios(table(base=BASE, other=OTHER[:1]), "fid", "base")
    with pytest.raises(ValueError, match="confidence = 95"):
        ratios(rows, "fid", "base", confidence=95)
    for wrong in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="for other, seed 0, expected above 0"):
            ratios(table(base=BASE, other=[wrong, *OTHER[1:]]), "fid", "base")


def test_mean_and_standard_error():
    found = mean(BASE)
    assert found == pytest.approx((np.mean(BASE), scipy.stats.sem(BASE), 4))
    assert math.isnan(mean([3.0]).error) and str(found) == "10.5 ± 0.65"
    assert summary(table(base=BASE, other=OTHER), "fid") == {"base": mean(BASE), "other": mean(OTHER)}
