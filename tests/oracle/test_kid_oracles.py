"""The kernel distance against published packages, on the same features and the same subsets."""

import numpy as np
import pytest
import torch
from torch import nn

from ganlib.metrics import kid

SUBSETS, SIZE, SEED = 6, 30, 2020


@pytest.fixture(params=[(50, 40, 3), (80, 80, 64), (31, 90, 200)], ids=str)
def features(request):
    n, m, d = request.param
    return torch.randn(n, d).double(), 1.2 * torch.randn(m, d).double() + 0.1


def ours(subsets):
    return np.array([kid(a, b).value for a, b in subsets])


def test_torch_fidelity(features):
    """Its mean and standard deviation over random subsets, drawn here as it draws them."""
    theirs = pytest.importorskip("torch_fidelity.metric_kid")
    settings = {"kid_subsets": SUBSETS, "kid_subset_size": SIZE, "rng_seed": SEED, "verbose": False}
    expected = theirs.kid_features_to_metric(*features, **settings)
    random = np.random.RandomState(SEED)
    values = ours([[x[random.choice(len(x), SIZE, replace=False)] for x in features] for _ in range(SUBSETS)])
    assert values.mean() == pytest.approx(expected[theirs.KEY_METRIC_KID_MEAN], rel=1e-6)
    assert values.std() == pytest.approx(expected[theirs.KEY_METRIC_KID_STD], rel=1e-6)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save all extracted features")
def test_torchmetrics(features):
    theirs = pytest.importorskip("torchmetrics.image.kid")
    metric = theirs.KernelInceptionDistance(feature=nn.Identity(), subsets=SUBSETS, subset_size=SIZE)
    metric.set_dtype(torch.float64)
    for some, real in zip(features, (True, False), strict=True):
        metric.update(some, real=real)
    torch.manual_seed(SEED)
    mean, deviation = metric.compute()
    torch.manual_seed(SEED)
    values = ours([[x[torch.randperm(len(x))[:SIZE]] for x in features] for _ in range(SUBSETS)])
    assert values.mean() == pytest.approx(mean.item(), rel=1e-6)
    assert values.std() == pytest.approx(deviation.item(), rel=1e-6)


def test_clean_fid(features):
    """It takes subsets as large as the smaller set, so of two equal sets all samples."""
    theirs = pytest.importorskip("cleanfid.fid")
    n = min(map(len, features))
    a, b = (some[:n] for some in features)
    assert kid(a, b).value == pytest.approx(theirs.kernel_distance(a.numpy(), b.numpy(), num_subsets=2), rel=1e-6)
