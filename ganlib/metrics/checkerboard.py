"""Checkerboard patterns: how unevenly a transposed convolution paints, and how much of a picture is such a pattern."""

import torch
from torch import Tensor
from torch.nn.functional import conv_transpose2d


def overlap_counts(size: int, kernel: int, stride: int, padding: int = 0, output_padding: int = 0) -> Tensor:
    """How many inputs reach each output of a transposed convolution: (S, S) integers.

    It is the transposed convolution of ones with a kernel of ones, on a picture of ``size`` x ``size``. Away from the
    border the counts are all equal, (kernel / stride)^2, exactly when ``stride`` divides ``kernel``.
    S = (size - 1) stride - 2 padding + kernel + output_padding.

    Raises: ValueError for numbers that make no picture.

    Source: Odena et al. 2016, "Deconvolution and checkerboard artifacts", Distill, doi 10.23915/distill.00003.
    """
    settings = {"stride": stride, "padding": padding, "output_padding": output_padding}
    reach = (size - 1) * stride - 2 * padding + kernel + output_padding
    if min(size, kernel, stride) < 1 or min(padding, output_padding) < 0 or output_padding >= stride or reach < 1:
        raise ValueError(f"size = {size}, kernel = {kernel} and {settings}: expected a transposed convolution")
    ones = torch.ones(1, 1, size, size), torch.ones(1, 1, kernel, kernel)
    return conv_transpose2d(*ones, **settings)[0, 0].round().long()


def checkerboard(images: Tensor, stride: int = 2) -> float:
    """The share of the pictures' variance that repeats every ``stride`` pixels: 0 for none, 1 for a checkerboard.

    Pixels fall into stride^2 phases, (row mod stride, column mod stride). With m the mean of a channel of a picture and
    m_p that of its phase p, the share is sum (m_p - m)^2 over sum (x - m)^2, summed over all pixels of all channels and
    pictures. In terms of frequencies, it is the energy at the multiples of 1 / stride, 0 left out, over that at all but
    0. Independent noise has about (stride^2 - 1) / (H W - 1); pictures without any variance have 0.

    Shapes: (N, C, H, W) with H and W multiples of ``stride``.

    Raises: ValueError for another shape, a stride below 2, or values that are not finite.
    """
    if images.dim() != 4 or stride < 2 or images.shape[2] % stride or images.shape[3] % stride or not images.numel():
        shape = tuple(images.shape)
        raise ValueError(f"images has shape {shape}, stride = {stride}, expected (N, C, H, W), H and W multiples of it")
    if not images.isfinite().all():
        raise ValueError("images holds NaN or infinity, expected finite numbers")
    n, c, height, width = images.shape
    pixels = images.detach().double().view(n, c, height // stride, stride, width // stride, stride)
    pixels = pixels - pixels.mean((2, 3, 4, 5), keepdim=True)
    phases = pixels.mean((2, 4), keepdim=True).expand_as(pixels)
    total = pixels.square().sum().item()
    return phases.square().sum().item() / total if total else 0.0
