"""Networks that turn pictures into pictures of the same size, and a discriminator that also reads attributes."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pixel_unshuffle

from ganlib.models.conditions import Categories
from ganlib.models.dcgan import doublings
from ganlib.models.layers import normalized
from ganlib.models.mlp import LeakyReLU
from ganlib.models.upsampling import UpsampledConv2d


class ResidualBlock(nn.Module):
    """h + c2(relu(norm(c1(relu(h))))): two 3 x 3 convolutions beside a path that nothing touches.

    The norm, one of ``NORMS``, stands within the block, so the path keeps brightness and colour as they are.

    Source: He et al. 2016, arXiv 1603.05027, section 4 (activation before convolution).
    """

    def __init__(self, width: int, norm: str = "instance"):
        super().__init__()
        first = nn.Conv2d(width, width, 3, padding=1, bias=norm in ("none", "spectral"))
        self.first, *after = normalized(first, norm)
        self.norm = after[0] if after else nn.Identity()
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, h: Tensor) -> Tensor:
        """(N, width, H, W) to the same shape."""
        return h + self.second(self.norm(self.first(h.relu())).relu())


class ResidualTranslator(nn.Module):
    """Pictures (N, channels, size, size) in [-1, 1] to pictures of the same shape: G(x) = x + change(x).

    Tiles of 2 x 2 pixels become channels, and ``blocks`` residual blocks of ``width`` channels work on them at half the
    size. Two further planes tell each place its coordinates, which convolutions do not know. The change is made at full
    size by two thin layers, from what the blocks found and from x. The last one starts at 0, so that an untrained
    network leaves each picture as it is. A trained one limits its pictures to [-1, 1] in evaluation mode; in training
    they may overshoot, for a limit would pass no gradient. The paper's network works at a quarter of the size, with 6
    blocks of width 256 for 128 pixels and 9 from 256 on, and has no path from x to its output.

    Raises: ValueError when ``size`` is odd, ``width`` below 2, or ``norm`` unknown.

    Source: residual blocks with instance norm at a reduced size: Johnson et al. 2016, arXiv 1603.08155, and Zhu et al.
    2017, arXiv 1703.10593, section 4; tiles: Shi et al. 2016, arXiv 1609.05158; coordinates: Liu et al. 2018, arXiv
    1807.03247.
    """

    def __init__(self, size: int, channels: int = 3, width: int = 64, blocks: int = 6, norm: str = "instance"):
        super().__init__()
        if size < 2 or size % 2 or width < 2:
            raise ValueError(
                f"size = {size} and width = {width}, expected an even number of pixels and a width from 2 on"
            )
        self.shape = (channels, size, size)
        self.entrance = nn.Conv2d(channels * 4 + 2, width, 3, padding=1)
        self.body = nn.Sequential(*[ResidualBlock(width, norm) for _ in range(blocks)], nn.ReLU())
        self.enlarge = UpsampledConv2d(width, width // 2)
        self.detail = nn.Conv2d(channels, width // 2, 3, padding=1, bias=False)
        self.last = nn.Conv2d(width // 2, channels, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, channels, size, size) to pictures of the same shape.

        Raises: ValueError for pictures of another shape.
        """
        h = self.body(self.entrance(with_coordinates(pixel_unshuffle(self._checked(x), 2))))
        changed = x + self._change(x, h)
        return changed if self.training else changed.clamp(-1, 1)

    def _checked(self, x: Tensor) -> Tensor:
        if tuple(x.shape[1:]) != self.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (N, {', '.join(map(str, self.shape))})")
        return x

    def _change(self, x: Tensor, h: Tensor) -> Tensor:
        """What the features h (N, width, size / 2, size / 2) say about x, at full size."""
        return self.last(leaky_relu(self.enlarge(h) + self.detail(x), 0.2))


def with_coordinates(x: Tensor) -> Tensor:
    """Pictures (N, C, H, W) with two more planes, (N, C + 2, H, W): from -1 left to 1 right, from -1 top to 1 bottom.

    Source: Liu et al. 2018, arXiv 1807.03247.
    """
    n, _, h, w = x.shape
    across, down = (torch.linspace(-1, 1, side, device=x.device, dtype=x.dtype) for side in (w, h))
    return torch.cat([x, across.expand(n, 1, h, w), down[:, None].expand(n, 1, h, w)], 1)


class ModulatedBlock(ResidualBlock):
    """A residual block whose inner channels are scaled and shifted by a condition e (N, condition_dim).

    h + c2(relu((1 + a) * norm(c1(relu(h))) + b)) with (a, b) = W e, one pair for each channel. So a condition can
    choose what a block does, not only add to it.

    Source: Dumoulin et al. 2017, arXiv 1610.07629, section 2.2; Perez et al. 2018, arXiv 1709.07871, eq. 2.
    """

    def __init__(self, width: int, condition_dim: int, norm: str = "instance"):
        super().__init__(width, norm)
        self.modulation = nn.Linear(condition_dim, 2 * width)
        nn.init.normal_(self.modulation.weight, 0.0, 0.1)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, h: Tensor, e: Tensor) -> Tensor:
        """(N, width, H, W) and e (N, condition_dim) to (N, width, H, W)."""
        scale, shift = self.modulation(e)[:, :, None, None].chunk(2, 1)
        return h + self.second((self.norm(self.first(h.relu())) * (1 + scale) + shift).relu())


class AttributeTranslator(ResidualTranslator):
    """Pictures x and attributes y to pictures that show y: StarGAN's generator G(x, y) = x + t - x |t|.

    t in (-1, 1), found as ``ResidualTranslator`` finds its change, takes each channel of each pixel the share |t| of
    the way to 1 or to -1. So pictures stay within [-1, 1], and an untrained network leaves them as they are.
    ``counts`` says how many values each attribute has. The attributes, one-hot, scale and shift the channels of every
    residual block. The paper stacks them with the picture, as constant planes; the first instance norm would take the
    mean of each channel away, and with it much of what a constant plane adds. Coordinates are not given: where the
    hair is, the picture must tell.

    Raises: ValueError as ``ResidualTranslator`` and ``Categories``.

    Source: Choi et al. 2018, arXiv 1711.09020, section 3.2 (the generator's task and planes).
    """

    def __init__(
        self,
        counts: Sequence[int],
        size: int,
        channels: int = 3,
        width: int = 64,
        blocks: int = 6,
        norm: str = "instance",
    ):
        super().__init__(size, channels, width, 0, norm)
        self.condition = Categories(*counts)
        self.entrance = nn.Conv2d(channels * 4, width, 3, padding=1)
        self.blocks = nn.ModuleList([ModulatedBlock(width, self.condition.dim, norm) for _ in range(blocks)])

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Pictures (N, channels, size, size) and attributes (N, A), numbers from 0 on, to pictures of the same shape.

        Raises: ValueError for other shapes.
        """
        h, e = self.entrance(pixel_unshuffle(self._checked(x), 2)), self.condition(y).to(x.dtype)
        for block in self.blocks:
            h = block(h, e)
        t = self._change(x, h.relu()).tanh()
        return x + t - x * t.abs()


class AttributeDiscriminator(nn.Module):
    """Pictures (N, channels, size, size) to a map of logits (N, 1, 8, 8) and, for each attribute, logits (N, k).

    Convolutions (kernel 4, stride 2, padding 1) halve the side and double the channels down to 8 x 8, with ``norm``
    from the second one on. There a convolution judges patches; after one more halving another one reads the attributes
    from the whole picture. ``width`` counts the channels after the first layer, ``counts`` the values of each
    attribute. In the paper there is no norm, and both look at the same last layer.

    Raises: ValueError when ``size`` is no power of two from 16 on, or for counts below 2.

    Source: Choi et al. 2018, arXiv 1711.09020, table 5 (width 64, six halvings for 128 pixels).
    """

    def __init__(self, counts: Sequence[int], size: int, channels: int = 3, width: int = 64, norm: str = "none"):
        super().__init__()
        self.counts, self.shape = tuple(counts), (channels, size, size)
        if min(self.counts, default=0) < 2:
            raise ValueError(f"counts = {self.counts}, expected the number of values of each attribute, such as (8, 2)")
        if doublings(size) < 2:
            raise ValueError(f"size = {size}, expected a power of two from 16 on")
        c = [channels, *(width * 2**k for k in range(doublings(size)))]
        first, *others = pairwise(c[:-1])
        self.body = nn.Sequential(_halving(*first), *[_halving(*both, norm) for both in others])
        self.judge = nn.Conv2d(c[-2], 1, 3, padding=1)
        self.read = nn.Sequential(_halving(c[-2], c[-1]), nn.Conv2d(c[-1], sum(self.counts), 4), nn.Flatten())

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Pictures (N, channels, size, size) to logits (N, 1, 8, 8) and one (N, k) for each attribute.

        Raises: ValueError for pictures of another shape, which convolutions alone would not notice.
        """
        if tuple(x.shape[1:]) != self.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (N, {', '.join(map(str, self.shape))})")
        h = self.body(x)
        return self.judge(h), self.read(h).split(self.counts, 1)


def _halving(before: int, after: int, norm: str = "none") -> nn.Sequential:
    return nn.Sequential(*normalized(nn.Conv2d(before, after, 4, stride=2, padding=1), norm), LeakyReLU())
