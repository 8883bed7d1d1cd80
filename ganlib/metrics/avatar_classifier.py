"""The course's own judge of avatars: a small classifier with weights in ``assets``, and the scores that rest on it."""

from dataclasses import dataclass
from functools import cache
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlib import checkpoints
from ganlib.data.avatars import CAPTIONED, VOCABULARY, Attributes, caption
from ganlib.metrics.frechet import frechet_distance
from ganlib.metrics.statistics import gaussian_statistics
from ganlib.runtime import ASSETS

WEIGHTS = ASSETS / "avatar_classifier.pt"
COUNTS = {name: len(VOCABULARY[name]) for name in CAPTIONED}
COMBINED = ("hair", "hairstyle", "glasses")
COMBINATIONS = prod(COUNTS[name] for name in COMBINED)
CONFIDENT = 0.8
CHUNK = 500  # pictures judged at a time


def _halving(before: int, after: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]


class AvatarClassifier(nn.Module):
    """Avatars (N, 3, S, S) in [-1, 1], S from 16 on, to logits of the attributes that captions tell.

    Other sizes than 32 are resized to it.
    """

    def __init__(self, feature_dim: int = 64):
        super().__init__()
        self.body = nn.Sequential(
            *[nn.Conv2d(3, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU()],
            *[*_halving(24, 32), *_halving(32, 64), *_halving(64, 96)],
            *[nn.Flatten(), nn.Linear(96 * 4 * 4, feature_dim), nn.ReLU()],
        )
        self.head = nn.Linear(feature_dim, sum(COUNTS.values()))

    def features(self, images: Tensor) -> Tensor:
        """The layer before the logits, (N, 64): what the Fréchet distance is measured on.

        Raises: ValueError when the images are not (N, 3, S, S) with S at least 16.
        """
        if images.dim() != 4 or images.shape[1] != 3 or images.shape[2] != images.shape[3] or images.shape[2] < 16:
            raise ValueError(f"images has shape {tuple(images.shape)}, expected (N, 3, S, S) with S at least 16")
        if images.shape[2] != 32:
            images = F.interpolate(images, size=(32, 32), mode="bicubic", antialias=images.shape[2] > 32).clamp(-1, 1)
        return self.body(images)

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """Features (N, 64) to logits (N, k) for each attribute: k = 8 hair and eye colours, 4 hairstyles, and so on."""
        return dict(zip(COUNTS, self.head(features).split(list(COUNTS.values()), dim=1), strict=True))

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Images to logits (N, k) for each attribute in ``ganlib.data.avatars.CAPTIONED``."""
        return self.logits(self.features(images))


def avatar_classifier() -> AvatarClassifier:
    """The trained classifier, read from ``assets``: frozen, in evaluation mode, on the CPU, the caller's own copy.

    Raises: FileNotFoundError when the weights are missing; ``python -m ganlib.metrics.train_avatar_classifier`` makes
    them.
    """
    with torch.device("meta"):  # no initial weights: drawing them would move the global random state
        classifier = AvatarClassifier()
    classifier.load_state_dict(checkpoints.load(WEIGHTS)["classifier"], assign=True)
    return classifier.eval().requires_grad_(False)


@cache
def _judge() -> AvatarClassifier:
    return avatar_classifier()


@cache
def _real(size: int) -> tuple[Tensor, Tensor]:
    """Mean and covariance of the features of 10,000 held-out flat avatars, drawn at 16, 32 or 64 pixels.

    They are stored with the weights, so that nobody waits for the drawing.
    """
    stored = checkpoints.load(WEIGHTS)["real"]
    nearest = max((drawn for drawn in stored if drawn <= size), default=min(stored))
    return stored[nearest]["mean"], stored[nearest]["covariance"]


@dataclass(frozen=True)
class AvatarReadings:
    """What the classifier reads in N pictures.

    - ``values``: for each attribute in ``CAPTIONED`` the index of the likeliest value, (N,) int64.
    - ``probabilities``: how sure it is of each, (N,) float32.
    """

    values: dict[str, Tensor]
    probabilities: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.values["hair"])

    def words(self) -> list[str]:
        """Each picture in words, such as "blue hair, red eyes, twintails, smile, glasses"."""
        return caption(Attributes.of(len(self), torch.Generator(), **self.values))

    def named(self) -> dict[str, list[str]]:
        """For each attribute the likeliest value of each picture in words."""
        return {name: [VOCABULARY[name][value] for value in values.tolist()] for name, values in self.values.items()}

    def shares(self) -> dict[str, tuple[float, ...]]:
        """For each attribute the share of the pictures that show each value."""
        counted = {name: torch.bincount(read, minlength=COUNTS[name]) for name, read in self.values.items()}
        return {name: tuple((count / len(self)).tolist()) for name, count in counted.items()}

    def confident(self) -> Tensor:
        """Which pictures show hair, hairstyle and glasses (or none) so clearly that each has probability 0.8, (N,)."""
        return torch.stack([self.probabilities[name] for name in COMBINED]).amin(0) >= CONFIDENT

    def coverage(self) -> float:
        """See ``AvatarScores``."""
        code = torch.zeros(len(self), dtype=torch.long)
        for name in COMBINED:
            code = code * COUNTS[name] + self.values[name]
        counted = torch.bincount(code[self.confident()], minlength=COMBINATIONS)
        return (counted >= len(self) / COMBINATIONS / 2).double().mean().item()


@dataclass(frozen=True)
class AvatarScores:
    """What the classifier says about a set of avatars.

    - ``fid``: Fréchet distance on its features to held-out real avatars in the flat style, drawn at the same size. 0 is
      best; 2,000 real ones reach 2 to 3.
    - ``shares``: for each attribute the share of the pictures that show each of its values; real avatars have equal
      shares.
    - ``readable``: the share of the pictures whose hair colour, hairstyle and glasses (or their absence) the classifier
      reads with a probability of at least 0.8 each: all real ones of 32 pixels, no noise.
    - ``coverage``: *attribute coverage*. There are 8 x 4 x 2 = 64 combinations of hair colour, hairstyle and glasses,
      and each belongs to 1 in 64 real avatars. A combination is covered when at least half as many, N / 128 of the N
      pictures, are readable and show it. Coverage is the share of the 64 that are covered. Real avatars reach 100 % (N
      from 2,000 on), a generator collapsed to one picture 1/64, one that dropped half of the hair colours 1/2, noise 0.
    """

    fid: float
    shares: dict[str, tuple[float, ...]]
    readable: float
    coverage: float

    def __str__(self) -> str:
        return f"Fréchet distance {self.fid:.1f}, {self.readable:.0%} readable, attribute coverage {self.coverage:.0%}"


@torch.no_grad()
def _look(images: Tensor) -> tuple[Tensor, AvatarReadings]:
    """Features and readings, some pictures at a time."""
    classifier = _judge()
    features = torch.cat([classifier.features(some.cpu().float()) for some in images.detach().split(CHUNK)])
    best = {name: logits.softmax(1).max(1) for name, logits in classifier.logits(features).items()}
    values = {name: most.indices for name, most in best.items()}
    return features, AvatarReadings(values, {name: most.values for name, most in best.items()})


def read_avatars(images: Tensor) -> AvatarReadings:
    """What the classifier reads in avatars (N, 3, S, S) in [-1, 1].

    Raises: ValueError for another shape, or S below 16.
    """
    return _look(images)[1]


def score_avatars(images: Tensor) -> AvatarScores:
    """Score avatars (N, 3, S, S) in [-1, 1]; use 2,000 or more for a steady Fréchet distance and coverage.

    Raises: ValueError for another shape, S below 16, fewer than 2 pictures, or images that are not finite.
    """
    features, readings = _look(images)
    distance = frechet_distance(*gaussian_statistics(features), *_real(images.shape[2]))
    return AvatarScores(distance, readings.shares(), readings.confident().double().mean().item(), readings.coverage())
