"""The Inception Score against published packages, on the same logits and the same splits."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ganlib.metrics import inception_score

SEED = 3


@pytest.fixture(params=[(60, 4), (120, 10), (200, 1000)], ids=str)
def logits(request):
    return 3 * torch.randn(request.param).double()


def shuffled(logits):
    """In the order in which ours cuts them."""
    return logits[torch.randperm(len(logits), generator=torch.Generator().manual_seed(SEED))]


@pytest.mark.parametrize("splits", [1, 7, 10])
def test_torch_fidelity(logits, splits):
    """It divides the spread by the number of splits, not by that minus one, and gives it as it is."""
    theirs = pytest.importorskip("torch_fidelity.metric_isc")
    expected = theirs.isc_features_to_metric(shuffled(logits), splits=splits, shuffle=False)
    score = inception_score(logits.softmax(1), splits, SEED)
    assert score.value == pytest.approx(expected[theirs.KEY_METRIC_ISC_MEAN], rel=1e-6)
    if splits > 1:
        error = expected[theirs.KEY_METRIC_ISC_STD] / math.sqrt(splits - 1)
        assert score.standard_error == pytest.approx(error, rel=1e-6)


@pytest.mark.filterwarnings("ignore:Metric `InceptionScore` will save all extracted features")
@pytest.mark.filterwarnings("ignore:std.*degrees of freedom")  # its spread of one split
@pytest.mark.parametrize("splits", [1, 10])
def test_torchmetrics(logits, splits, monkeypatch):
    """It shuffles by itself: its permutation is taken away, ours given in its place."""
    theirs = pytest.importorskip("torchmetrics.image.inception")
    metric = theirs.InceptionScore(feature=nn.Identity(), splits=splits)
    metric.update(shuffled(logits))
    monkeypatch.setattr(torch, "randperm", torch.arange)
    mean, deviation = (value.item() for value in metric.compute())
    monkeypatch.undo()
    score = inception_score(logits.softmax(1), splits, SEED)
    assert score.value == pytest.approx(mean, rel=1e-6)
    if splits > 1:
        assert score.standard_error == pytest.approx(deviation / np.sqrt(splits), rel=1e-6)
