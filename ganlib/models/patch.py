"""Discriminators that judge a picture patch by patch."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from ganlib.models.layers import dcgan_weights, normalized
from ganlib.models.mlp import LeakyReLU


def receptive_field(kernels: Sequence[int], strides: Sequence[int]) -> int:
    """How many input pixels in a row one output of a stack of convolutions can see.

    From the last layer back to the first, r <- (r - 1) * stride + kernel, starting with r = 1: r neighbours in a
    layer's output reach over (r - 1) strides and one kernel of its input. Padding does not change it.

    Raises: ValueError when there are not as many strides as kernels, or one of them is below 1.

    Source: Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks", section 2,
    doi 10.23915/distill.00021.
    """
    if len(kernels) != len(strides) or min([*kernels, *strides], default=1) < 1:
        raise ValueError(f"kernels = {kernels} and strides = {strides}, expected as many positive integers in both")
    r = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        r = (r - 1) * stride + kernel
    return r


class PatchDiscriminator(nn.Module):
    """Pictures (N, channels, H, W) to a map of logits (N, 1, H', W'), each for one patch of the picture.

    ``layers`` convolutions with stride 2 and two with stride 1, kernel 4 and padding 1 throughout. Their number sets
    the side of the patches, ``patch``: 16, 34, 70, 142, 286 pixels for 1 to 5 layers; 0 layers are the *PixelGAN*,
    three convolutions with kernel 1. ``width`` counts the channels after the first layer; they double to at most 8
    times as many. The first and the last layer carry no norm. Batch norm (in training) and instance norm compute over
    all patches, so that through their statistics a logit depends faintly on the whole picture.

    Raises: ValueError when ``layers`` is negative; for pictures so small that nothing would be left.

    Source: Isola et al. 2017, arXiv 1611.07004, section 6.1.2 (width 64, batch norm, sizes 1, 16, 70 and 286).
    """

    def __init__(self, channels: int = 6, width: int = 64, layers: int = 3, norm: str = "batch"):
        super().__init__()
        if layers < 0:
            raise ValueError(f"layers = {layers}, expected 0 (patches of one pixel) or more")
        kernel, padding = (4, 1) if layers else (1, 0)
        strides = [2] * layers + [1, 1] if layers else [1, 1, 1]
        c = [channels, *(width * min(2**k, 8) for k in range(len(strides) - 1)), 1]
        net: list[nn.Module] = []
        for k, ((before, after), stride) in enumerate(zip(pairwise(c), strides, strict=True)):
            here = norm if 0 < k < len(strides) - 1 or norm == "spectral" else "none"
            layer = nn.Conv2d(before, after, kernel, stride, padding, bias=here != "batch")
            net += [*normalized(layer, here), LeakyReLU()]
        self.channels, self.patch = channels, receptive_field([kernel] * len(strides), strides)
        self.smallest = 3 * 2**layers if layers else 1
        self.net = nn.Sequential(*net[:-1])
        self.net.apply(dcgan_weights)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (N, channels, H, W) to logits (N, 1, H', W')."""
        if x.dim() != 4 or x.shape[1] != self.channels or min(x.shape[2:]) < self.smallest:
            wanted = f"(N, {self.channels}, H, W) with H and W at least {self.smallest}"
            raise ValueError(f"x has shape {tuple(x.shape)}, expected {wanted}")
        return self.net(x)
