"""Checkerboard patterns: how much of a picture is one."""

from torch import Tensor


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
