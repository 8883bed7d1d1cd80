"""Sines and cosines of the input, so that a small network sees fine detail."""

import torch
from torch import Tensor, nn


class FourierFeatures(nn.Module):
    """Points x (N, d) to (N, d (1 + 2 octaves)): x, sin(2^k x) and cos(2^k x) for k = 0 ... octaves - 1.

    Raises: ValueError when ``octaves`` is negative.

    Source: Tancik et al. 2020, arXiv 2006.10739; frequencies that double are those of NeRF, Mildenhall et al. 2020,
    arXiv 2003.08934, eq. 4, where they start at pi.
    """

    def __init__(self, octaves: int = 4):
        super().__init__()
        if octaves < 0:
            raise ValueError(f"octaves = {octaves}, expected 0 or more")
        self.octaves = octaves

    def forward(self, x: Tensor) -> Tensor:
        """Points (N, d) to (N, d (1 + 2 octaves))."""
        waves = [x * 2**k for k in range(self.octaves)]
        return torch.cat([x, *(wave.sin() for wave in waves), *(wave.cos() for wave in waves)], 1)
