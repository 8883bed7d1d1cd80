"""Treatments of faults that only pictures have: in the generator's layers, in the batches, in the data."""

from dataclasses import replace

from torch import nn

from ganlib.clinic.layers import Replace, rebuilt
from ganlib.clinic.setup import Setup
from ganlib.clinic.treatments import treatment
from ganlib.models import UpsampledConv2d


@treatment("Enlarge, then convolve")
def resize(setup: Setup) -> Setup:
    """Repeat pixels and convolve, in the place of each transposed convolution with stride 2."""
    return _with_generator(setup, lambda layer: UpsampledConv2d(*_channels(layer)) if _doubles(layer) else None)


@treatment("A kernel that the stride divides")
def even_kernel(setup: Setup) -> Setup:
    """Kernel 4 in each transposed convolution with stride 2, so that each pixel is made of equally many terms."""

    def even(layer: nn.Module) -> nn.Module | None:
        odd = _doubles(layer) and layer.kernel_size[0] % 2
        return nn.ConvTranspose2d(*_channels(layer), 4, stride=2, padding=1) if odd else None

    return _with_generator(setup, even)


@treatment("No batch norm in the discriminator")
def no_batch_norm(setup: Setup) -> Setup:
    """Take batch norm out of the discriminator, so that it judges each sample by itself."""
    norms = nn.BatchNorm1d | nn.BatchNorm2d
    make = rebuilt(setup.discriminator, lambda layer: nn.Identity() if isinstance(layer, norms) else None)
    return setup if make is None else replace(setup, discriminator=make)


@treatment("Separate batches for real and fake")
def separate_batches(setup: Setup) -> Setup:
    """Show the discriminator real samples and fakes one batch after the other, never in one."""
    return setup


@treatment("Labels in one form")
def same_labels(setup: Setup) -> Setup:
    """Give the discriminator the labels of real samples and of fakes in the same form."""
    return setup


@treatment("More data")
def more_data(setup: Setup) -> Setup:
    """Train with all samples that there are."""
    fewer = setup.data is not None and len(setup.data[0]) < len(setup.subject.real[0])
    return replace(setup, data=None) if fewer else setup


def _doubles(layer: nn.Module) -> bool:
    """Whether it is a transposed convolution that doubles the side."""
    return isinstance(layer, nn.ConvTranspose2d) and layer.stride == (2, 2)


def _channels(layer: nn.ConvTranspose2d) -> tuple[int, int]:
    return layer.in_channels, layer.out_channels


def _with_generator(setup: Setup, new: Replace) -> Setup:
    make = rebuilt(setup.generator, new)
    return setup if make is None else replace(setup, generator=make)
