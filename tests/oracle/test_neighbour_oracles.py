"""Neighbours and slices against scikit-learn, torch-fidelity and POT on the same random features."""

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu
from sklearn.neighbors import NearestNeighbors

from ganlib.metrics import density_coverage, memorisation, nearest, precision_recall, sliced_wasserstein

SETS = [(300, 200, 2, 0.0), (150, 260, 16, 0.4), (120, 90, 300, 0.1)]


def features(n, m, d, shift, dtype=torch.float64):
    generator = torch.Generator().manual_seed(n + d)
    draw = [torch.randn(k, d, generator=generator, dtype=dtype) for k in (n, m)]
    return draw[0], draw[1] * 0.9 + shift


def inside(points, x, k):
    """(M, N): whether each x lies in the ball of each point, by scikit-learn's distances."""
    found = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(points)
    radii = found.kneighbors(points)[0][:, k]
    distances = np.linalg.norm(np.asarray(x)[:, None] - np.asarray(points)[None], axis=2)
    return distances <= radii


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("sizes", SETS)
def test_precision_recall_density_and_coverage_are_scikit_learn_s_neighbours_counted(sizes, k):
    real, fake = features(*sizes)
    held, holding = inside(real, fake, k), inside(fake, real, k)
    assert precision_recall(real, fake, k) == (held.any(1).mean(), holding.any(1).mean())
    assert density_coverage(real, fake, k) == pytest.approx(
        (held.sum() / (k * len(fake)), held.any(0).mean()), rel=1e-12
    )


@pytest.mark.parametrize("sizes", SETS)
def test_nearest_is_scikit_learn_s(sizes):
    real, fake = features(*sizes)
    distances, indices = NearestNeighbors(n_neighbors=1).fit(real).kneighbors(fake)
    found = nearest(fake, real)
    assert np.array_equal(found.index, indices[:, 0])
    np.testing.assert_allclose(found.distance, distances[:, 0], rtol=1e-12)


@pytest.mark.parametrize("sizes", SETS)
def test_memorisation_is_scipy_s_mann_whitney_statistic(sizes):
    """With ties, too: a third of the fakes are copies, and some held-out samples are in the training set."""
    train, fake = features(*sizes)
    fake[::3] = train[: len(fake[::3])]
    held_out = torch.cat([features(80, 1, sizes[2], 0.0)[0], train[:10]])
    mine, theirs = nearest(fake, train).distance, nearest(held_out, train).distance
    expected = mannwhitneyu(theirs, mine).statistic / (len(mine) * len(theirs))
    assert memorisation(train, fake, held_out).nearer == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("sizes", SETS)
def test_precision_and_recall_are_torch_fidelity_s(sizes, k):
    metric = pytest.importorskip("torch_fidelity.metric_prc")
    real, fake = features(*sizes, dtype=torch.float32)
    theirs = metric.prc_features_to_metric(
        fake, real, prc_neighborhood=k, prc_batch_size=64, save_cpu_ram=False, verbose=False
    )
    assert precision_recall(real, fake, k) == pytest.approx((theirs["precision"], theirs["recall"]), abs=1e-6)


@pytest.mark.parametrize("sizes", SETS)
@pytest.mark.parametrize("equal", [True, False])
def test_sliced_wasserstein_is_pot_s_for_the_same_directions(sizes, equal):
    ot = pytest.importorskip("ot")
    a, b = features(*sizes)
    a, b = (x[: min(len(a), len(b))] for x in (a, b)) if equal else (a, b)
    theta = torch.nn.functional.normalize(torch.randn(40, sizes[2], dtype=torch.float64), dim=1)
    theirs = ot.sliced_wasserstein_distance(a.numpy(), b.numpy(), projections=theta.T.numpy(), p=1)
    assert sliced_wasserstein(a, b, directions=theta) == pytest.approx(theirs, rel=1e-9)


def test_one_slice_is_pot_s_optimal_transport():
    """Against its solver for any cost, which knows nothing of sorting."""
    ot = pytest.importorskip("ot")
    a, b = features(60, 45, 1, 0.3)
    plan_cost = ot.emd2(ot.unif(60), ot.unif(45), ot.dist(a.numpy(), b.numpy(), metric="euclidean"))
    assert sliced_wasserstein(a, b) == pytest.approx(plan_cost, rel=1e-9)
