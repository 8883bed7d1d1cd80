"""The course's own judge of digits: a small classifier with weights in ``assets``, and the scores that rest on it."""

from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlib import checkpoints
from ganlib.data.digits import digits
from ganlib.metrics.frechet import fid
from ganlib.runtime import ASSETS

WEIGHTS = ASSETS / "digit_classifier.pt"


class DigitClassifier(nn.Module):
    """Digit images (N, 1, S, S) in [-1, 1], S from 8 on, to 10 logits. Other sizes than 16 are resized to it."""

    def __init__(self, feature_dim: int = 64):
        super().__init__()
        self.body = nn.Sequential(
            *[nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)],
            *[nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.AdaptiveAvgPool2d(2)],
            *[nn.Flatten(), nn.Linear(256, feature_dim), nn.ReLU()],
        )
        self.head = nn.Linear(feature_dim, 10)

    def features(self, images: Tensor) -> Tensor:
        """The layer before the logits, (N, 64): what the Fréchet distance is measured on.

        Raises: ValueError when the images are not (N, 1, S, S) with S at least 8.
        """
        if images.dim() != 4 or images.shape[1] != 1 or images.shape[2] != images.shape[3] or images.shape[2] < 8:
            raise ValueError(f"images has shape {tuple(images.shape)}, expected (N, 1, S, S) with S at least 8")
        if images.shape[2] != 16:
            images = F.interpolate(images, size=(16, 16), mode="bicubic", antialias=images.shape[2] > 16).clamp(-1, 1)
        return self.body(images)

    def forward(self, images: Tensor) -> Tensor:
        """Images to logits (N, 10)."""
        return self.head(self.features(images))


def digit_classifier() -> DigitClassifier:
    """The trained classifier, read from ``assets``: frozen, in evaluation mode, on the CPU, the caller's own copy.

    Raises: FileNotFoundError when the weights are missing; ``python -m ganlib.metrics.train_digit_classifier`` makes
    them.
    """
    with torch.device("meta"):  # no initial weights: drawing them would move the global random state
        classifier = DigitClassifier()
    classifier.load_state_dict(checkpoints.load(WEIGHTS), assign=True)
    return classifier.eval().requires_grad_(False)


@cache
def _judge() -> tuple[DigitClassifier, Tensor]:
    """The classifier that scores, and its features of the held-out digits."""
    classifier = digit_classifier()
    return classifier, classifier.features(digits(16, "test")[0])


@dataclass(frozen=True)
class DigitScores:
    """What the classifier says about a set of digit images.

    - ``fid``: Fréchet distance on its features to the held-out real digits. 0 is best; real training digits reach
      about 0.2.
    - ``shares``: the share of the images that it reads as each digit 0 to 9; real digits have 0.10 each.
    """

    fid: float
    shares: tuple[float, ...]

    @property
    def classes(self) -> int:
        """Number of digits that get at least 1 % of the images."""
        return sum(share >= 0.01 for share in self.shares)

    def __str__(self) -> str:
        return f"Fréchet distance {self.fid:.2f}, {self.classes} of 10 digits, rarest {min(self.shares):.1%}"


@dataclass(frozen=True)
class DigitReadings:
    """What the classifier reads in N pictures.

    - ``values``: the likeliest digit of each, (N,) int64.
    - ``probabilities``: how sure it is of it, (N,) float32.
    """

    values: Tensor
    probabilities: Tensor

    def __len__(self) -> int:
        return len(self.values)

    def words(self) -> list[str]:
        """Each digit as a word: "0" to "9"."""
        return [str(value) for value in self.values.tolist()]

    def named(self) -> dict[str, list[str]]:
        """The words under the name of what they say: ``{"digit": [...]}``."""
        return {"digit": self.words()}

    def accuracy(self, y: Tensor) -> float:
        """The share of the pictures in which it reads what ``y`` (N,) says. For generated ones: what was asked for.

        Raises: ValueError when ``y`` has another shape.
        """
        if y.shape != self.values.shape:
            raise ValueError(f"y has shape {tuple(y.shape)}, expected {tuple(self.values.shape)}")
        return (self.values == y.cpu()).double().mean().item()


@torch.no_grad()
def _look(images: Tensor) -> tuple[Tensor, DigitReadings]:
    """Features and readings."""
    classifier, _ = _judge()
    features = classifier.features(images.detach().cpu().float())
    best = classifier.head(features).softmax(1).max(1)
    return features, DigitReadings(best.indices, best.values)


def read_digits(images: Tensor) -> DigitReadings:
    """What the classifier reads in digit images (N, 1, S, S) in [-1, 1].

    Raises: ValueError for another shape, or S below 8.
    """
    return _look(images)[1]


def score_digits(images: Tensor) -> DigitScores:
    """Score digit images (N, 1, S, S) in [-1, 1]; use 2,000 or more for a steady Fréchet distance.

    Raises: ValueError for another shape, S below 8, or images that are not finite.
    """
    features, readings = _look(images)
    shares = torch.bincount(readings.values, minlength=10) / len(images)
    return DigitScores(fid(features, _judge()[1]), tuple(shares.tolist()))
