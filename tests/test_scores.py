"""Scores that refuse to be compared, and reports of all metrics."""

from math import hypot

import pytest
import torch

from ganlib import metrics
from ganlib.data import digits
from ganlib.metrics import METRICS, Score, extract, report


@pytest.fixture(scope="module")
def train():
    return digits(16, "train")[0][:400]


@pytest.fixture(scope="module")
def test_set():
    return digits(16, "test")[0]


FID = Score(3.0, "fid", "digits")


def test_scores_of_one_metric_and_extractor_are_ordered():
    better = Score(1.5, "fid", "digits")
    assert better < FID and FID > better and better <= FID and FID >= better and not FID < FID
    assert sorted([FID, better]) == [better, FID] and min(FID, better) is better
    assert FID - better == (1.5, None) and str(FID - better) == "+1.5"
    assert float(FID) == 3.0 and FID == Score(3.0, "fid", "digits") and FID != better


def test_standard_errors_of_a_difference_add_up_as_squares():
    one, other = Score(0.5, "kid", "digits", 0.03), Score(0.7, "kid", "digits", 0.04)
    assert one - other == (pytest.approx(-0.2), pytest.approx(hypot(0.03, 0.04)))
    assert str(one - other) == "-0.2 ± 0.05" and str(one) == "kid 0.5 ± 0.03 on digits features"
    assert (one - Score(0.7, "kid", "digits")).standard_error is None


@pytest.mark.parametrize(
    "other", [Score(3.0, "fid", "inception"), Score(3.0, "kid", "digits"), Score(3.0, "kid", "avatars")]
)
@pytest.mark.parametrize(
    "compare",
    [lambda a, b: a < b, lambda a, b: a > b, lambda a, b: a <= b, lambda a, b: a >= b, lambda a, b: a - b],
)
def test_others_refuse_and_are_named(other, compare):
    names = rf"cannot compare (fid on digits|{other.metric} on {other.extractor}) features with "
    with pytest.raises(ValueError, match=names):
        compare(FID, other)
    assert other != FID


def test_a_bare_number_does_not_say_what_it_was_measured_with():
    for compare in (lambda: FID < 3.0, lambda: FID - 1, lambda: FID > 2.0):
        with pytest.raises(TypeError):
            compare()


def test_a_report_holds_what_the_metrics_say(train, test_set):
    fake = test_set[:150] * 0.9
    found = report(train, fake, "digits", held_out=test_set[150:])
    real, fakes, held_out = (extract(x, "digits") for x in (train, fake, test_set[150:]))
    a, b = real.values, fakes.values
    expected = {"fid": metrics.fid(a, b), "kid": metrics.kid(a, b).value}
    expected |= {"inception_score": metrics.inception_score(fakes.probabilities).value}
    expected |= metrics.precision_recall(a, b)._asdict() | metrics.density_coverage(a, b)._asdict()
    expected |= {"sliced_wasserstein": metrics.sliced_wasserstein(a, b)}
    copies = metrics.memorisation(a, b, held_out.values)
    expected |= {"nearer": copies.nearer, "too_near": copies.too_near}
    assert {name: score.value for name, score in found.scores.items()} == pytest.approx(expected, rel=1e-6)
    assert list(found.scores) == list(METRICS) == list(expected)
    assert all(score.extractor == "digits" and score.metric == name for name, score in found.scores.items())
    assert found["kid"].standard_error == pytest.approx(metrics.kid(a, b).standard_error)
    assert found["nearer"].standard_error == copies.standard_error and found["fid"].standard_error is None
    assert (found.real, found.fake, found.extractor) == (400, 150, "digits")


def test_a_report_leaves_out_what_the_extractor_does_not_know(train):
    found = report(train[:50], train[50:90], "thumbnails")
    assert set(METRICS) - set(found.scores) == {"inception_score", "nearer", "too_near"}


def test_a_report_prints_as_a_table(train):
    lines = str(report(train[:60], train[60:100])).splitlines()
    assert lines[0] == "digits features of 60 real and 40 generated pictures"
    assert len(lines) == 2 + 8 and len({line.rfind("  ") for line in lines[1:]}) == 1
    assert all(any(line.startswith(METRICS[name].words) for line in lines) for name in ("fid", "kid", "recall"))


def test_features_stand_for_pictures_unless_they_are_of_another_extractor(train):
    real, fake = train[:60], train[60:100]
    assert report(extract(real, "digits"), fake) == report(real, fake)
    assert report(extract(real, "pixels"), extract(fake, "pixels")).extractor == "pixels"
    with pytest.raises(ValueError, match="cannot compare pixels features of real with digits features of fake"):
        report(extract(real, "pixels"), fake)
    with pytest.raises(ValueError, match="thumbnails features of held_out"):
        report(real, fake, held_out=extract(real, "thumbnails"))


def test_too_few_pictures_are_told(train):
    with pytest.raises(ValueError, match="fake holds 5 pictures, expected at least 6"):
        report(train, train[:5])


def test_a_report_tells_collapse_from_dropping_from_copies(train, test_set):
    """The numbers that a chapter shows: who notices what."""
    honest, held_out = test_set[:180], test_set[180:]
    generator = torch.Generator().manual_seed(0)
    collapsed = train[:1] + 0.05 * torch.randn(180, 1, 16, 16, generator=generator)
    copied = report(train, train[:180], held_out=held_out)
    good, bad = report(train, honest, held_out=held_out), report(train, collapsed, held_out=held_out)
    assert bad["recall"] < good["recall"] and bad["coverage"] < good["coverage"] and bad["fid"] > good["fid"]
    assert bad["inception_score"].value < 1.1 < 6 < good["inception_score"].value
    assert copied["fid"] < good["fid"] and copied["nearer"].value > 0.99 > 0.6 > good["nearer"].value


def test_standard_errors_are_written_out():
    assert "2530 ± 340 on" in str(metrics.Score(2530.4, "kid", "digits", 338.0))
