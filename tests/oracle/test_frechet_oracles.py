"""The Fréchet distance against published packages, on the same random features."""

import numpy as np
import pytest
import torch
from torch import nn

from ganlib.bench.published import frechet_distances, with_square_root
from ganlib.metrics import GaussianStatistics, fid, frechet_distance, gaussian_statistics

SETS = {"many": (300, 400, 16), "more dimensions": (500, 300, 64), "few": (40, 60, 64), "unequal": (30, 500, 64)}


@pytest.fixture(params=SETS)
def features(request):
    n, m, d = SETS[request.param]
    spread = torch.arange(1.0, d + 1) ** -0.5
    return torch.randn(n, d).double() * spread, torch.randn(m, d).double() * 1.3 * spread + 0.2


def arrays(features):
    return [x.numpy() for some in features for x in gaussian_statistics(some)]


def both_ways(features):
    """Ours from the features, and from their statistics."""
    return fid(*features), frechet_distance(*[x for some in features for x in gaussian_statistics(some)])


def test_torch_fidelity(features):
    theirs = pytest.importorskip("torch_fidelity.metric_fid")
    statistics = [theirs.fid_features_to_statistics(some) for some in features]
    expected = theirs.fid_statistics_to_metric(*statistics, verbose=False)[theirs.KEY_METRIC_FID]
    assert both_ways(features) == pytest.approx((expected, expected), rel=1e-6)


@pytest.mark.parametrize("package", ["pytorch_fid.fid_score", "cleanfid.fid"])
def test_pytorch_fid_and_clean_fid(features, package):
    """Their general square root calls SciPy with an argument that newer versions refuse; that alone is mended here.

    Of a singular product it keeps only half of the digits: there they are off by about 1e-8, elsewhere by 1e-14.
    """
    theirs = with_square_root(pytest.importorskip(package))
    distance = theirs.calculate_frechet_distance if "pytorch" in package else theirs.frechet_distance
    expected = distance(*arrays(features))
    singular = min(map(len, features)) <= features[0].shape[1]
    assert both_ways(features) == pytest.approx((expected, expected), rel=1e-7 if singular else 1e-10)


def test_the_bench_times_functions_that_give_the_same(features):
    published = frechet_distances()
    if not published:
        pytest.skip("no published package is installed")
    for distance in published.values():
        assert distance(*arrays(features)) == pytest.approx(fid(*features), rel=1e-6)


def test_torchmetrics(features):
    theirs = pytest.importorskip("torchmetrics.image.fid")
    metric = theirs.FrechetInceptionDistance(feature=nn.Flatten(), input_img_size=(1, 1, features[0].shape[1]))
    metric.set_dtype(torch.float64)
    for some, real in zip(features, (True, False), strict=True):
        metric.update(some.view(len(some), 1, 1, -1), real=real)
    assert both_ways(features) == pytest.approx((metric.compute().item(),) * 2, rel=1e-6)


def test_streaming_statistics_are_those_of_torch_fidelity():
    theirs = pytest.importorskip("torch_fidelity.metric_fid")
    x = torch.randn(200, 8).double() + 50
    expected = theirs.fid_features_to_statistics(x)
    statistics = GaussianStatistics.of(x[:70]) + GaussianStatistics.of(x[70:])
    np.testing.assert_allclose(statistics.mean, expected["mu"], rtol=1e-12)
    np.testing.assert_allclose(statistics.covariance, expected["sigma"], rtol=1e-6, atol=1e-12)
