"""Does a picture show what its caption says? The judge of avatars reads it."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganlib.data import captions
from ganlib.metrics.avatar_classifier import read_avatars


@dataclass(frozen=True)
class CaptionScores:
    """How N pictures agree with what their captions ask for.

    - ``accuracy``: for each attribute the share of the pictures that show it as asked, among those whose caption tells
      it; NaN where none does.
    - ``all_right``: the share of the pictures that are right in all that their caption tells.
    """

    accuracy: dict[str, float]
    all_right: float

    def __str__(self) -> str:
        each = ", ".join(f"{name} {share:.0%}" for name, share in self.accuracy.items() if share == share)
        return f"{each}; all right {self.all_right:.0%}"


def score_captions(images: Tensor, tokens: Tensor) -> CaptionScores:
    """Compare avatars (N, 3, S, S) in [-1, 1] with captions (N, L), as ``ganlib.data.captions`` makes them.

    Raises: ValueError when the numbers differ, for no picture, or for images that ``read_avatars`` refuses.
    """
    if not 0 < len(images) == len(tokens):
        raise ValueError(f"{len(images)} images and {len(tokens)} captions, expected one caption for each image")
    read, asked = read_avatars(images).values, captions.values_of(tokens)
    free = {name: asked[name] < 0 for name in asked}
    right = {name: asked[name] == read[name] for name in asked}
    accuracy = {name: right[name][~free[name]].double().mean().item() for name in asked}
    everything = torch.stack([right[name] | free[name] for name in asked]).all(0)
    return CaptionScores(accuracy, everything.double().mean().item())
