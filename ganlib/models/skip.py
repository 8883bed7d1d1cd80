"""A generator that paints at every scale."""

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn

from ganlib.models.dcgan import doublings
from ganlib.models.upsampling import UpsampledConv2d


def _enlarged(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class SkipGenerator(nn.Module):
    """Noise z of shape (N, latent_dim) to images of shape (N, channels, size, size) in [-1, 1].

    As ``UpsamplingGenerator``: a linear map to a 4 x 4 picture with many channels, then layers that double the side and
    halve the channels, with batch norm and ReLU. But at each scale a 1 x 1 convolution paints what is known there, and
    the picture is the sum of all these, enlarged, through tanh. So large shapes and colours are learned soon, and fine
    layers only correct them. ``width`` counts the channels before the last layer.

    Raises: ValueError when ``size`` is no power of two from 8 on.

    Source: Karras et al. 2020, arXiv 1912.04958, section 4.1 (skip generator).
    """

    def __init__(self, size: int, channels: int = 3, latent_dim: int = 100, width: int = 64):
        super().__init__()
        self.latent_dim = latent_dim
        counts = [width * 2**k for k in reversed(range(doublings(size)))]
        self.first = nn.Sequential(
            nn.Linear(latent_dim, counts[0] * 16, bias=False),
            nn.Unflatten(1, (counts[0], 4, 4)),
            *(nn.BatchNorm2d(counts[0]), nn.ReLU()),
        )
        self.doubling = nn.ModuleList(_doubled(before, after) for before, after in pairwise(counts))
        self.paint = nn.ModuleList(nn.Conv2d(count, channels, 1) for count in counts)
        self.finest = UpsampledConv2d(counts[-1], channels)

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to images (N, channels, size, size)."""
        features = self.first(z)
        image = self.paint[0](features)
        for doubling, paint in zip(self.doubling, self.paint[1:], strict=True):
            features = doubling(features)
            image = _enlarged(image) + paint(features)
        return (_enlarged(image) + self.finest(features)).tanh()


def _doubled(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(UpsampledConv2d(before, after, bias=False), nn.BatchNorm2d(after), nn.ReLU())
