"""MNIST, Fashion-MNIST and CIFAR-10: from disk, or downloaded by torchvision where there is a network."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

__all__ = ["cifar10", "fashion_mnist", "mnist"]


def mnist(root: str | Path, split: str = "train", size: int = 32) -> tuple[Tensor, Tensor]:
    """Handwritten digits 0 to 9, 60,000 to train with and 10,000 to test with; ink is 255, paper is 0.

    The scans have 28 x 28 pixels; size 32 puts two pixels of paper around them instead of interpolating, so that
    the size halves down to 4. The files lie in `root`/MNIST/raw; when they do not, torchvision downloads them there.

    Shapes: images (n, 1, size, size), uint8 (`Batches` makes them float32 in [-1, 1]); labels (n,), int64.
    Raises: ValueError for another split or size; RuntimeError when the files can neither be read nor downloaded.
    Source: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition".
    """
    return _gray("MNIST", root, split, size)


def fashion_mnist(root: str | Path, split: str = "train", size: int = 32) -> tuple[Tensor, Tensor]:
    """Ten kinds of clothes in the format of `mnist`, with files in `root`/FashionMNIST/raw.

    Shapes and Raises: as `mnist`.
    Source: Xiao, Rasul and Vollgraf 2017, arXiv 1708.07747.
    """
    return _gray("FashionMNIST", root, split, size)


def cifar10(root: str | Path, split: str = "train") -> tuple[Tensor, Tensor]:
    """Colour photographs of ten kinds of things, 50,000 to train with and 10,000 to test with.

    The files lie in `root`/cifar-10-batches-py; when they do not, torchvision downloads them there.

    Shapes: images (n, 3, 32, 32), uint8 (`Batches` makes them float32 in [-1, 1]); labels (n,), int64.
    Raises: ValueError for another split; RuntimeError when the files can neither be read nor downloaded.
    Source: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
    """
    files = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta"]
    dataset = _open("CIFAR10", root, split, "cifar-10-batches-py", files)
    return torch.from_numpy(dataset.data).permute(0, 3, 1, 2).contiguous(), torch.tensor(dataset.targets)


def _gray(name: str, root: str | Path, split: str, size: int) -> tuple[Tensor, Tensor]:
    if size not in (28, 32):
        raise ValueError(f"size = {size!r}, expected 28 or 32")
    files = [f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
    dataset = _open(name, root, split, f"{name}/raw", files)
    border = (size - 28) // 2
    return F.pad(dataset.data.unsqueeze(1), (border,) * 4), dataset.targets


def _open(name: str, root: str | Path, split: str, place: str, files: list[str]) -> Dataset:
    """torchvision's data set, read from disk if it can be, else downloaded."""
    if split not in ("train", "test"):
        raise ValueError(f'split = {split!r}, expected "train" or "test"')
    from torchvision import datasets

    problems = []
    for download in (False, True):
        try:
            return getattr(datasets, name)(root, train=split == "train", download=download)
        except Exception as problem:  # a broken file shows as one of many kinds
            problems.append(f"{type(problem).__name__}: {problem}")
    raise RuntimeError(
        f"{name} can be neither read from {Path(root) / place} ({problems[0]}) nor downloaded ({problems[1]}). "
        f"Put {', '.join(files)} there, whole, or remove broken ones and try again with a network."
    )
