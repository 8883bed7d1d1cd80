"""Real handwritten digits that come with scikit-learn, so that no chapter needs a download."""

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["digits"]

SIZES = (8, 16, 32)
SPLITS = ("train", "test")


def digits(size: int = 16, split: str = "train") -> tuple[Tensor, Tensor]:
    """Scans of handwritten digits 0 to 9: ink is +1, paper is -1.

    There are 1797 digits of 8 x 8 pixels, 1437 to train with and 360 to test with, drawn once and for all so that each
    digit has the same share in both. A pixel counts the ink (0 to 16) in a 4 x 4 block of a black-and-white scan. The
    split is by picture, not by writer: the same 13 people wrote both. Size 8 gives the counts themselves, rescaled; 16
    and 32 are bicubic interpolations, clamped to [-1, 1].

    Shapes: images (n, 1, size, size), float32 in [-1, 1]; labels (n,), int64. Each call returns tensors of its own.
    Raises: ValueError when size is not 8, 16 or 32, or split is not "train" or "test".
    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
    1998, licence CC BY 4.0; Alpaydin and Kaynak 1998, "Cascading classifiers", Kybernetika 34. The copy is the one of
    scikit-learn (the test set of UCI).
    """
    if size not in SIZES:
        raise ValueError(f"size = {size!r}, expected 8, 16 or 32")
    if split not in SPLITS:
        raise ValueError(f'split = {split!r}, expected "train" or "test"')
    scans, labels, rows = _scans()
    images = torch.from_numpy(scans[rows[split]]).div(8).sub(1).unsqueeze(1)
    if size != 8:
        images = F.interpolate(images, size=(size, size), mode="bicubic", align_corners=False).clamp(-1, 1)
    return images, torch.from_numpy(labels[rows[split]])


@cache
def _scans() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """The scans (1797, 8, 8) with values 0 to 16, their labels, and the rows of each split."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bundle = load_digits()
    labels = bundle.target.astype(np.int64)
    train, test = train_test_split(np.arange(len(labels)), test_size=0.2, random_state=0, stratify=labels)
    return bundle.images.astype(np.float32), labels, {"train": train, "test": test}
