"""Digits: scikit-learn's own scans, split once and for all."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits

from ganlib.data import digits


@pytest.mark.parametrize("size", [8, 16, 32])
@pytest.mark.parametrize("split, n", [("train", 1437), ("test", 360)])
def test_shapes_types_and_range(size, split, n):
    images, labels = digits(size, split)
    assert images.shape == (n, 1, size, size) and images.dtype == torch.float32
    assert labels.shape == (n,) and labels.dtype == torch.int64
    assert images.min() == -1 and images.max() == 1


def test_8_px_are_the_scans_and_the_splits_cover_them_once():
    """Every scan of the bundle, with its label, is in exactly one split."""
    bundle = load_digits()
    expected = np.column_stack([bundle.data / 8 - 1, bundle.target])
    parts = [digits(8, split) for split in ("train", "test")]
    got = np.concatenate([np.column_stack([x.flatten(1).numpy(), y.numpy()]) for x, y in parts])
    order = [np.lexsort(rows.T) for rows in (expected, got)]
    np.testing.assert_array_equal(got[order[1]], expected[order[0]])


def test_paper_is_minus_one():
    assert digits(8)[0][:, :, :, 0].mean() < -0.99


@pytest.mark.parametrize("size", [16, 32])
def test_larger_sizes_are_the_same_scans(size):
    """Averaged back to 8 px, each is nearest to its own scan, and off by less than 5 % of the range."""
    small, large = digits(8)[0], digits(size)[0]
    back = F.avg_pool2d(large, size // 8)
    assert (back - small).abs().mean() < 0.1
    nearest = torch.cdist(back.flatten(1), small.flatten(1)).argmin(1)
    assert (nearest == torch.arange(len(small))).float().mean() > 0.999  # two of the scans are almost equal


@pytest.mark.parametrize("split", ["train", "test"])
def test_each_digit_has_the_same_share_in_both_splits(split):
    labels = digits(8, split)[1]
    share = labels.bincount(minlength=10) / len(labels)
    everything = torch.from_numpy(np.bincount(load_digits().target) / 1797).float()
    torch.testing.assert_close(share, everything, atol=1.5 / len(labels), rtol=0)


@pytest.mark.parametrize("size", [8, 16])
def test_each_call_returns_its_own_tensors(size):
    images, labels = digits(size)
    kept = images.clone(), labels.clone()
    images.fill_(5), labels.fill_(5)
    again = digits(size)
    assert torch.equal(again[0], kept[0]) and torch.equal(again[1], kept[1])


@pytest.mark.parametrize("size", [0, 28, 64, None, "16"])
def test_bad_size(size):
    with pytest.raises(ValueError, match=r"size = .*expected 8, 16 or 32"):
        digits(size)


@pytest.mark.parametrize("split", ["valid", None, 0])
def test_bad_split(split):
    with pytest.raises(ValueError, match=r"split = .*expected"):
        digits(16, split)
