"""Checkerboards: the share of variance by Fourier."""

import pytest
import torch
from torch import nn

from ganlib.metrics import checkerboard


def share_by_fourier(images, stride):
    """The energy at the multiples of 1 / stride over all energy, the mean left out of both."""
    energy = torch.fft.fft2(images.double()).abs().square().sum((0, 1))
    energy[0, 0] = 0
    h, w = energy.shape
    return (energy[:: h // stride, :: w // stride].sum() / energy.sum()).item()


@pytest.mark.parametrize(("shape", "stride"), [((3, 2, 8, 8), 2), ((2, 1, 12, 6), 3), ((2, 3, 16, 8), 4)])
def test_the_share_is_that_of_the_frequencies(shape, stride):
    images = torch.randn(shape) + 3 * torch.randn(shape[0], shape[1], 1, 1)
    images[:, :, ::stride] += 1
    assert checkerboard(images, stride) == pytest.approx(share_by_fourier(images, stride), rel=1e-9)


def test_a_checkerboard_is_one_and_a_constant_none():
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2
    images = board.float().expand(2, 3, 8, 8)
    assert checkerboard(images) == pytest.approx(1) and checkerboard(images.repeat_interleave(2, 3), 4) > 0.99
    assert checkerboard(torch.ones(2, 3, 8, 8)) == 0


def test_noise_has_the_share_of_its_degrees_of_freedom():
    assert checkerboard(torch.randn(500, 1, 16, 16)) == pytest.approx(3 / 255, rel=0.1)


def test_neither_contrast_nor_brightness_counts():
    images = torch.randn(4, 3, 8, 8)
    assert checkerboard(5 * images + 2) == pytest.approx(checkerboard(images), rel=1e-4)


def test_transposed_convolutions_paint_what_upsampling_does_not():
    """With random weights and smooth inputs, whether or not the overlap is even."""
    smooth = torch.rand(64, 8, 1, 1).expand(-1, -1, 8, 8)
    layers = {
        "uneven": nn.ConvTranspose2d(8, 3, 3, stride=2, padding=1, output_padding=1),
        "even": nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1),
        "upsampled": nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(8, 3, 3, padding=1)),
    }
    with torch.no_grad():
        shares = {name: checkerboard(layer(smooth)[:, :, 2:-2, 2:-2]) for name, layer in layers.items()}
    assert shares["uneven"] > 0.9 and shares["even"] > 0.9 and shares["upsampled"] < 0.01


@pytest.mark.parametrize(
    ("images", "stride"), [(torch.zeros(2, 3, 8), 2), (torch.zeros(2, 3, 8, 9), 2), (torch.zeros(1, 1, 4, 4), 1)]
)
def test_other_shapes_are_refused(images, stride):
    with pytest.raises(ValueError, match="images has shape"):
        checkerboard(images, stride)


def test_broken_pictures_are_refused():
    with pytest.raises(ValueError, match="NaN or infinity"):
        checkerboard(torch.full((1, 1, 4, 4), torch.nan))
