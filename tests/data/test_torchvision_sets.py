"""MNIST, Fashion-MNIST and CIFAR-10 read from tiny files of the true format, without a network."""

import hashlib
import pickle
import urllib.error

import numpy as np
import pytest
import torch
from torchvision import datasets

from ganlib.data import Batches, cifar10, fashion_mnist, mnist

GRAY = {"MNIST": mnist, "FashionMNIST": fashion_mnist}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """A download fails as it does without a network."""

    def refuse(*_, **__):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", refuse)


def write_idx(path, values: np.ndarray) -> None:
    """IDX: two zero bytes, the type (8: unsigned byte), the number of dimensions, the big-endian sizes, the values."""
    header = bytes([0, 0, 8, values.ndim]) + b"".join(size.to_bytes(4, "big") for size in values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def write_gray(root, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Five scans to train with and three to test with."""
    folder, rng, sets = root / name / "raw", np.random.default_rng(0), {}
    folder.mkdir(parents=True)
    for split, prefix, n in (("train", "train", 5), ("test", "t10k", 3)):
        sets[split] = rng.integers(0, 256, (n, 28, 28)), rng.integers(0, 10, n)
        write_idx(folder / f"{prefix}-images-idx3-ubyte", sets[split][0])
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", sets[split][1])
    return sets


def write_cifar(root, monkeypatch) -> dict[str, tuple[np.ndarray, list[int]]]:
    """Five batches of two photographs and a test batch of three; only the expected checksums are replaced."""
    folder, rng, batches, checksums = root / "cifar-10-batches-py", np.random.default_rng(0), {}, {}
    folder.mkdir(parents=True)
    contents = {f"data_batch_{i}": 2 for i in range(1, 6)} | {"test_batch": 3, "batches.meta": 0}
    for name, n in contents.items():
        batches[name] = rng.integers(0, 256, (n, 3072), dtype=np.uint8), rng.integers(0, 10, n).tolist()
        entry = {"data": batches[name][0], "labels": batches[name][1], "label_names": list("abcdefghij")}
        (folder / name).write_bytes(pickle.dumps(entry, protocol=2))
        checksums[name] = hashlib.md5((folder / name).read_bytes()).hexdigest()
    lists = {"train_list": list(contents)[:5], "test_list": ["test_batch"]}
    for attribute, names in lists.items():
        monkeypatch.setattr(datasets.CIFAR10, attribute, [[name, checksums[name]] for name in names])
    monkeypatch.setitem(datasets.CIFAR10.meta, "md5", checksums["batches.meta"])
    return batches


@pytest.mark.parametrize("name", GRAY)
@pytest.mark.parametrize("split", ["train", "test"])
def test_gray_scans_get_a_border_of_paper(tmp_path, name, split):
    scans, digits = write_gray(tmp_path, name)[split]
    images, labels = GRAY[name](tmp_path, split)
    assert images.shape == (len(scans), 1, 32, 32) and images.dtype == torch.uint8
    assert labels.tolist() == digits.tolist() and labels.dtype == torch.int64
    np.testing.assert_array_equal(images[:, 0, 2:-2, 2:-2], scans)
    assert images.long().sum() == scans.sum()


def test_gray_scans_as_they_are(tmp_path):
    scans, _ = write_gray(tmp_path, "MNIST")["train"]
    np.testing.assert_array_equal(mnist(tmp_path, size=28)[0][:, 0], scans)


def test_batches_make_ink_plus_one_and_paper_minus_one(tmp_path):
    write_gray(tmp_path, "MNIST")
    x, _ = next(Batches(mnist(tmp_path), 5))
    assert x.dtype == torch.float32 and x.min() == -1 and x.max() == 1 and x[:, :, 0].eq(-1).all()


@pytest.mark.parametrize("split", ["train", "test"])
def test_cifar_photographs_keep_channels_rows_and_columns(tmp_path, monkeypatch, split):
    batches = write_cifar(tmp_path, monkeypatch)
    names = [f"data_batch_{i}" for i in range(1, 6)] if split == "train" else ["test_batch"]
    images, labels = cifar10(tmp_path, split)
    assert images.dtype == torch.uint8 and labels.dtype == torch.int64 and images.is_contiguous()
    np.testing.assert_array_equal(images, np.concatenate([batches[n][0] for n in names]).reshape(-1, 3, 32, 32))
    assert labels.tolist() == [label for name in names for label in batches[name][1]]


@pytest.mark.parametrize("name", GRAY)
def test_missing_gray_files(tmp_path, name):
    with pytest.raises(RuntimeError, match=rf"(?s){name} can be neither read from .*raw .*no network.*t10k-labels"):
        GRAY[name](tmp_path)


def test_missing_cifar_files(tmp_path):
    with pytest.raises(RuntimeError, match=r"CIFAR10 can be neither read .*-batches-py .*no network.*batches.meta"):
        cifar10(tmp_path)


DAMAGE = {"cut": lambda b: b[: len(b) // 2], "empty": lambda b: b"", "type": lambda b: b"\xff" + b[1:]}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_corrupt_gray_files(tmp_path, file, damage):
    write_gray(tmp_path, "MNIST")
    path = tmp_path / "MNIST/raw" / file
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(RuntimeError, match="MNIST can be neither read"):
        mnist(tmp_path)


def test_corrupt_cifar_files_fail_the_checksum(tmp_path, monkeypatch):
    write_cifar(tmp_path, monkeypatch)
    path = tmp_path / "cifar-10-batches-py/data_batch_3"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(RuntimeError, match=r"CIFAR10 can be neither read from .*corrupted"):
        cifar10(tmp_path)


@pytest.mark.parametrize("load", [mnist, fashion_mnist, cifar10])
def test_bad_split(tmp_path, load):
    with pytest.raises(ValueError, match="split = 'valid'"):
        load(tmp_path, "valid")


@pytest.mark.parametrize("size", [16, 64, None])
def test_bad_size(tmp_path, size):
    with pytest.raises(ValueError, match=f"size = {size}, expected 28 or 32"):
        mnist(tmp_path, size=size)
