"""A translator that paints its pictures anew."""

from torch import Tensor, nn

from ganlib.models.translators import ResidualBlock
from ganlib.models.upsampling import UpsampledConv2d


class RepaintingTranslator(nn.Module):
    """Pictures (N, channels, size, size) in [-1, 1] to pictures of the same shape, with no path from x to the output.

    Tiles of 2 x 2 pixels become channels, ``blocks`` residual blocks of ``width`` channels work on them at half the
    size, and what they find is enlarged again. Unlike ``ResidualTranslator`` it adds nothing to x: the result is the
    picture itself, so it may leave x far behind.

    Raises: ValueError when ``size`` is odd.

    Source: as the generators of Zhu et al. 2017, arXiv 1703.10593, section 4, which have no such path either.
    """

    def __init__(self, size: int, channels: int = 3, width: int = 64, blocks: int = 6):
        super().__init__()
        if size < 2 or size % 2:
            raise ValueError(f"size = {size}, expected an even number of pixels")
        self.shape = (channels, size, size)
        self.net = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(channels * 4, width, 3, padding=1),
            *[ResidualBlock(width) for _ in range(blocks)],
            nn.ReLU(),
            UpsampledConv2d(width, channels),
            nn.Tanh(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, channels, size, size) to pictures of the same shape.

        Raises: ValueError for pictures of another shape.
        """
        if tuple(x.shape[1:]) != self.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (N, {', '.join(map(str, self.shape))})")
        return self.net(x)
