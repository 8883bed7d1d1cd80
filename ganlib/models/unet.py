"""Networks from pictures to pictures of the same size, with a narrow waist: with skips (U-Net) and without."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from ganlib.models.layers import dcgan_weights, normalized
from ganlib.models.mlp import LeakyReLU


class UNet(nn.Module):
    """Pictures (N, channels_in, size, size) to pictures (N, channels_out, size, size) in [-1, 1].

    Convolutions (kernel 4, stride 2, padding 1) halve the side, ``halvings`` times or down to one pixel, the waist; as
    many transposed ones double it again. On the way up, each layer also sees what the way down had at the same size:
    the *skips*, which carry edges past the waist. ``width`` counts the channels after the first layer; they double to
    at most 8 times as many. The first and the innermost layer carry no norm. The only noise is dropout, with
    probability ``dropout`` in the first three layers on the way up; it is off in evaluation mode.

    Raises: ValueError when ``size`` is no power of two from 4 on, or ``halvings`` not between 2 and those that lead to
    one pixel; for pictures of another shape.

    Source: Isola et al. 2017, arXiv 1611.07004, sections 3.2.1 and 6.1.1 (width 64, dropout 0.5, norm ``batch``);
    Ronneberger et al. 2015, arXiv 1505.04597.
    """

    seen = 2  # a layer on the way up sees this many times the channels of the one before it

    def __init__(
        self,
        size: int,
        channels_in: int = 3,
        channels_out: int = 3,
        width: int = 64,
        norm: str = "batch",
        dropout: float = 0.5,
        halvings: int | None = None,
    ):
        super().__init__()
        self.shape = (channels_in, size, size)
        c = [width * min(2**k, 8) for k in range(_halvings(size, halvings))]
        down = [_down(channels_in, c[0], "none"), *(_down(a, b, norm) for a, b in pairwise(c[:-1]))]
        self.down = nn.ModuleList([*down, _down(c[-2], c[-1], "none")])
        seen = [c[-1], *(self.seen * channels for channels in c[-2::-1])]
        up = [_up(seen[k], channels, norm, dropout if k < 3 else 0.0) for k, channels in enumerate(c[-2::-1])]
        last = nn.ConvTranspose2d(seen[-1], channels_out, 4, stride=2, padding=1)
        self.up = nn.ModuleList([*up, nn.Sequential(last, nn.Tanh())])
        self.apply(dcgan_weights)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, channels_in, size, size) to pictures (N, channels_out, size, size)."""
        if tuple(x.shape[1:]) != self.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (N, {', '.join(map(str, self.shape))})")
        kept = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        x = self.up[0](kept.pop())
        for layer in self.up[1:]:
            x = layer(self.join(x, kept.pop()))
        return x

    def join(self, x: Tensor, skipped: Tensor) -> Tensor:
        """What a layer on the way up sees: the layer before it, and the layer of the way down that has its size."""
        return torch.cat([x, skipped], 1)


class EncoderDecoder(UNet):
    """A U-Net without skips: all that the result knows has passed the waist of one pixel.

    Source: Isola et al. 2017, arXiv 1611.07004, section 3.2.1 and figure 5.
    """

    seen = 1

    def join(self, x: Tensor, skipped: Tensor) -> Tensor:
        """The layer before it alone."""
        return x


def _halvings(size: int, wanted: int | None) -> int:
    """How often the side is halved: as wanted, or down to one pixel."""
    if size < 4 or size & (size - 1):
        raise ValueError(f"size = {size}, expected a power of two from 4 on (4, 8, 16, 32, ...)")
    most = size.bit_length() - 1
    if wanted is not None and not 2 <= wanted <= most:
        raise ValueError(f"halvings = {wanted}, expected 2 to {most} for size {size}")
    return wanted or most


def _down(before: int, after: int, norm: str) -> nn.Sequential:
    halve = nn.Conv2d(before, after, 4, stride=2, padding=1, bias=norm != "batch")
    return nn.Sequential(*normalized(halve, norm), LeakyReLU())


def _up(before: int, after: int, norm: str, dropout: float) -> nn.Sequential:
    double = nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=norm != "batch")
    noise = [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*normalized(double, norm), *noise, nn.ReLU())
