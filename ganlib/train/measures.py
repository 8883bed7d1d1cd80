"""What a run is judged by: a registry of metrics, each of which says whether it fits the data.

A metric is added by writing a function that takes the data and returns either None or the measure, which turns
generated samples into named numbers, and by listing it in ``REGISTRY``.
"""

from collections.abc import Callable
from dataclasses import asdict

import torch
from torch import Tensor

from ganlib import metrics
from ganlib.data.toys import Gaussians
from ganlib.train.data import Data, Labelled, Pairs

SAMPLES = 2000
COLUMNS = {"avatars": "avatar_frechet", "inception": "inception_frechet", "thumbnails": "thumbnail_frechet"}
Measure = Callable[[Tensor], dict[str, float]]


def modes(data: Data) -> Measure | None:
    """Modes found, quality and reverse KL, where the truth is a mixture of Gaussians."""
    if isinstance(data.toy, Gaussians):
        return lambda fakes: asdict(metrics.mode_coverage(fakes, data.toy))
    return None


def point_distance(data: Data) -> Measure | None:
    """The sliced Wasserstein distance to real points."""
    if data.toy is None:
        return None
    real = data.some(SAMPLES)
    return lambda fakes: {"sliced_wasserstein": metrics.sliced_wasserstein(fakes[: len(real)], real[: len(fakes)])}


def digit_scores(data: Data) -> Measure | None:
    """Fréchet distance on the digit classifier's features, number of digits, and the share of the rarest."""
    if data.name != "digits":
        return None

    def measure(fakes: Tensor) -> dict[str, float]:
        scores = metrics.score_digits(fakes)
        return {"digit_frechet": scores.fid, "digits": scores.classes, "rarest_digit": min(scores.shares)}

    return measure


def avatar_scores(data: Data) -> Measure | None:
    """For flat avatars, the Fréchet distance on their classifier's features, readable pictures, attribute coverage."""
    if data.style != "flat":
        return None

    def measure(fakes: Tensor) -> dict[str, float]:
        scores = metrics.score_avatars(fakes)
        return {"avatar_frechet": scores.fid, "readable": scores.readable, "coverage": scores.coverage}

    return measure


def picture_distance(data: Data) -> Measure | None:
    """For other pictures, the Fréchet distance to real ones on features that the column names; see ``_extractor``."""
    if data.toy is not None or data.name == "digits" or data.style == "flat":
        return None
    name = _extractor(data)
    device = "cuda" if name == "inception" else "cpu"

    def features(images: Tensor) -> Tensor:
        return metrics.extract(images.to(device), name).values

    real = features(data.some(SAMPLES))
    return lambda fakes: {COLUMNS[name]: metrics.fid(features(fakes), real)}


def _extractor(data: Data) -> str:
    """The judge of avatars, whatever their style; else Inception, where its weights and a GPU are; else thumbnails."""
    if data.style is not None:
        return "avatars"
    return "inception" if torch.cuda.is_available() and metrics.has_inception() else "thumbnails"


def accuracy(data: Data) -> Measure | None:
    """For digits, the share in which their classifier reads the digit that was asked for."""
    if not isinstance(data, Labelled) or data.name != "digits":
        return None
    return lambda fakes: {"accuracy": metrics.read_digits(fakes).accuracy(data.asked(len(fakes)))}


def attribute_accuracy(data: Data) -> Measure | None:
    """For avatars, the shares that show each attribute as asked; of all of them where captions ask."""
    if not isinstance(data, Labelled) or data.style != "flat":
        return None
    if data.name == "captions":
        return lambda fakes: {"all_right": metrics.score_captions(fakes, data.asked(len(fakes))).all_right}

    def measure(fakes: Tensor) -> dict[str, float]:
        read, asked = metrics.read_avatars(fakes).values, data.asked(len(fakes)).view(len(fakes), -1)
        right = {name: read[name] == y for name, y in zip(data.parts, asked.unbind(1), strict=True)}
        return {f"{name}_right": hits.double().mean().item() for name, hits in right.items()}

    return measure


def partner_distance(data: Data) -> Measure | None:
    """The mean absolute difference of translations and the true pictures, in [-1, 1] units, where they are known."""
    if not isinstance(data, Pairs) or not data.known:
        return None
    return lambda fakes: {"l1": (fakes - data.some(len(fakes))).abs().mean().item()}


Metric = Callable[[Data], Measure | None]
REGISTRY: list[Metric] = [modes, point_distance, digit_scores, avatar_scores, picture_distance]
REGISTRY += [accuracy, attribute_accuracy, partner_distance]


def measures(data: Data) -> list[Measure]:
    """The measures that fit the data."""
    return [measure for measure in (metric(data) for metric in REGISTRY) if measure is not None]
