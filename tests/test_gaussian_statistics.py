"""Streaming statistics are those of all features at once, in whatever order and pieces they come."""

import functools
import itertools
import math
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joined_statistics
import numpy as np
import pytest
import torch
from torch import distributed

from ganlib import checkpoints, metrics
from ganlib.metrics import GaussianStatistics, gaussian_statistics
from ganlib.metrics import statistics as module

ROOT = Path(metrics.__file__).parents[2]


def features(n=60, d=5, offset=0.0):
    return (torch.randn(n, d) * torch.arange(1.0, d + 1) + offset).float()


def assert_same(statistics, x, rtol=1e-12):
    """They are the count, mean and covariance of all of x, by NumPy's two passes in float64."""
    x = x.double().numpy()
    assert statistics.count == len(x)
    np.testing.assert_allclose(statistics.mean, x.mean(0), rtol=rtol, atol=rtol)
    covariance = np.cov(x.T).reshape(x.shape[1], x.shape[1])
    np.testing.assert_allclose(statistics.covariance, covariance, rtol=rtol, atol=rtol * np.diag(covariance).max())


@pytest.mark.parametrize("sizes", [[60], [1] * 60, [59, 1], [7, 20, 33], [0, 60]])
def test_pieces_of_any_size_give_what_all_gives(sizes):
    x = features()
    statistics = GaussianStatistics(5)
    for some in x.split(sizes):
        if len(some):
            statistics.update(some)
    assert_same(statistics, x)


def test_a_large_piece_is_worked_on_in_chunks(monkeypatch):
    monkeypatch.setattr(module, "ROWS", 7)
    x = features()
    assert_same(GaussianStatistics.of(x), x)


@pytest.mark.parametrize("offset", [1e6, -3e4])
@pytest.mark.parametrize("size", [1, 50, 4096])
def test_features_far_from_zero_lose_no_digits(offset, size):
    """float32 holds steps of 1/16 at 1e6: the features are coarse, but their statistics are exact."""
    x = features(n=2000, offset=offset)
    statistics = GaussianStatistics(5)
    for some in x.split(size):
        statistics.update(some)
    assert_same(statistics, x, rtol=1e-11)
    exact = [math.fsum(column) / len(x) for column in x.double().T.tolist()]
    np.testing.assert_allclose(statistics.mean, exact, rtol=1e-14)


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_merging_is_commutative(order):
    x = features()
    parts = [GaussianStatistics.of(some) for some in x.split([10, 1, 49])]
    assert_same(functools.reduce(GaussianStatistics.merge, [parts[i] for i in order]), x)


def test_merging_is_associative_and_changes_no_part():
    x = features(offset=100.0)
    a, b, c = parts = [GaussianStatistics.of(some) for some in x.split([20, 15, 25])]
    for merged in ((a + b) + c, a + (b + c), a.merge(b.merge(c))):
        assert_same(merged, x)
    for part, some in zip(parts, x.split([20, 15, 25]), strict=True):
        assert_same(part, some)


def test_merged_statistics_go_on_by_themselves():
    x = features()
    one = GaussianStatistics.of(x[:20])
    merged = one + GaussianStatistics(5)
    merged.update(x[20:])
    assert_same(one, x[:20])
    assert_same(merged, x)
    assert_same(GaussianStatistics(5) + merged, x)


def test_statistics_can_be_sent_to_another_process():
    x = features()
    assert_same(pickle.loads(pickle.dumps(GaussianStatistics.of(x))), x)


def test_any_dtype_is_taken_in_and_no_graph_is_kept():
    x = features().requires_grad_()
    for kind in (torch.float16, torch.bfloat16, torch.float64):
        statistics = GaussianStatistics.of(x.to(kind))
        assert_same(statistics, x.detach().to(kind))
        assert statistics.mean.dtype == statistics.covariance.dtype == torch.float64
        assert not statistics.covariance.requires_grad


def test_one_feature_has_a_mean_but_no_covariance():
    statistics = GaussianStatistics.of(torch.tensor([[3.0, 4.0]]))
    assert statistics.mean.tolist() == [3, 4]
    with pytest.raises(ValueError, match="count = 1, expected at least 2"):
        _ = statistics.covariance


def test_mean_and_covariance_agree_with_numpy():
    x = torch.randn(50, 4)
    mean, covariance = gaussian_statistics(x)
    np.testing.assert_allclose(mean, x.double().numpy().mean(0))
    np.testing.assert_allclose(covariance, np.cov(x.double().numpy().T))
    assert gaussian_statistics(torch.randn(9, 1))[1].shape == (1, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianStatistics(3).update(torch.zeros(4, 2)), r"features has shape \(4, 2\), expected \(N, 3\)"),
        (lambda: GaussianStatistics(3).update(torch.zeros(3)), r"features has shape \(3,\), expected \(N, d\)"),
        (lambda: GaussianStatistics(3).update(torch.zeros(0, 3)), "N at least 1"),
        (lambda: GaussianStatistics(1).update(torch.tensor([[math.inf]])), "features holds NaN or infinity"),
        (lambda: GaussianStatistics.of(torch.tensor([[math.nan]])), "features holds NaN or infinity"),
        (lambda: GaussianStatistics(3) + GaussianStatistics(2), "other has dimension 2, expected 3"),
        (lambda: gaussian_statistics(torch.zeros(1, 3)), r"shape \(1, 3\), expected \(N, d\) with N at least 2"),
    ],
)
def test_bad_features_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_what_is_refused_changes_nothing():
    x = features()
    statistics = GaussianStatistics.of(x)
    with pytest.raises(ValueError, match="NaN"):
        statistics.update(torch.cat([x, torch.full((1, 5), math.nan)]))
    assert_same(statistics, x)


def test_alone_the_joined_statistics_are_a_copy():
    x = features()
    statistics = GaussianStatistics.of(x)
    joined = statistics.joined()
    joined.update(x)
    assert_same(statistics, x)


def test_a_group_of_one_joins_nobody(tmp_path):
    x = features(offset=1e4)
    distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/group", rank=0, world_size=1)
    try:
        assert_same(GaussianStatistics.of(x).joined(), x)
        assert GaussianStatistics(5).joined().count == 0
    finally:
        distributed.destroy_process_group()


@pytest.mark.slow
def test_processes_join_their_statistics(tmp_path):
    """Three processes: one with many features, one with few, one with none. All get the same bits."""
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=3", joined_statistics.__file__]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, *command, str(tmp_path)], env=environment, check=True, timeout=300)
    joined = [checkpoints.load(tmp_path / f"{rank}.pt") for rank in range(3)]
    x = joined_statistics.features()
    mean, covariance = gaussian_statistics(x)
    for each in joined:
        assert each["count"] == len(x) and each["own count"] in joined_statistics.SHARES
        torch.testing.assert_close(each["mean"], mean, rtol=1e-13, atol=0)
        torch.testing.assert_close(each["covariance"], covariance, rtol=1e-11, atol=1e-11)
        assert torch.equal(each["covariance"], joined[0]["covariance"])


@pytest.mark.gpu
def test_statistics_stay_on_their_gpu():
    x = features()
    statistics = GaussianStatistics.of(x.cuda())
    assert statistics.mean.is_cuda and statistics.covariance.is_cuda
    torch.testing.assert_close(statistics.covariance.cpu(), gaussian_statistics(x)[1])
    merged = statistics + GaussianStatistics.of(x)
    assert merged.mean.is_cuda and merged.count == 120
