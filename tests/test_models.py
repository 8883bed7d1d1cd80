"""Networks: shapes at every size, norms by name, the batch as independent samples."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import _SpectralNorm

from ganlib.models import (
    NORMS,
    DCGANDiscriminator,
    DCGANGenerator,
    FourierFeatures,
    MLPDiscriminator,
    MLPGenerator,
    UpsampledConv2d,
    UpsamplingGenerator,
    mlp,
    normalized,
)


@pytest.mark.parametrize("size", [8, 16, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan_shapes_and_range(size, channels):
    generator = DCGANGenerator(size, channels, latent_dim=5, width=2)
    discriminator = DCGANDiscriminator(size, channels, width=2)
    images = generator(torch.randn(2, 5))
    assert images.shape == (2, channels, size, size) and images.abs().max() <= 1
    assert discriminator(images).shape == (2,)
    assert generator.latent_dim == 5


def test_dcgan_channels_double_towards_four_pixels():
    convolutions = [m for m in DCGANDiscriminator(64, 3, width=64).modules() if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [64, 128, 256, 512, 1]


def test_dcgan_weights_are_really_applied():
    for network in (DCGANGenerator(32, width=32), DCGANDiscriminator(32, width=32)):
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)) and module.weight.numel() > 5000:
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("shape", [(2, 1, 64, 64), (2, 3, 32, 32), (2, 1, 48, 48)])
def test_the_discriminator_refuses_images_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"expected \(N, 1, 32, 32\)"):
        DCGANDiscriminator(32, 1, width=2)(torch.zeros(shape))


def kinds(network):
    return [type(module).__name__ for module in network.modules() if not list(module.children())]


def test_dcgan_is_built_as_the_paper_says():
    """Batch norm in all layers but G's last and D's first and last; ReLU in G, tanh at its end, LeakyReLU(0.2) in D."""
    up, down = ["ConvTranspose2d", "BatchNorm2d", "ReLU"], ["Conv2d", "BatchNorm2d", "LeakyReLU"]
    assert kinds(DCGANGenerator(16, width=2)) == ["Unflatten", *up, *up, "ConvTranspose2d", "Tanh"]
    discriminator = DCGANDiscriminator(16, width=2)
    assert kinds(discriminator) == ["Conv2d", "LeakyReLU", *down, "Conv2d", "Flatten"]
    assert {m.negative_slope for m in discriminator.modules() if isinstance(m, nn.LeakyReLU)} == {0.2}
    scales = torch.cat([m.weight for m in DCGANGenerator(64).modules() if isinstance(m, nn.BatchNorm2d)])
    assert scales.mean().item() == pytest.approx(1, abs=0.01) and scales.std().item() == pytest.approx(0.02, rel=0.15)


def test_mlp_players_are_built_as_asked():
    assert kinds(MLPGenerator(2, (1, 4, 4), 8, depth=3, norm="batch")) == [
        *["Linear", "BatchNorm1d", "ReLU"] * 3,
        *["Linear", "Tanh", "Unflatten"],
    ]
    assert kinds(MLPGenerator(2, (2,), 8, depth=1)) == ["Linear", "ReLU", "Linear", "Unflatten"]
    assert kinds(MLPDiscriminator((2,), 8, depth=2)) == ["Flatten", *["Linear", "LeakyReLU"] * 2, "Linear", "Flatten"]


@pytest.mark.parametrize("norm", ["layer", "instance", "batch"])
def test_norms_give_mean_0_and_variance_1_over_what_they_say(norm):
    over = {"layer": (1, 2, 3), "instance": (2, 3), "batch": (0, 2, 3)}[norm]
    offsets = torch.arange(6.0).view(1, 6, 1, 1)  # channels and samples differ, so "over what" matters
    offsets = offsets + torch.arange(8.0).view(8, 1, 1, 1)
    x = normalized(nn.Conv2d(3, 6, 1), norm)[1](offsets + torch.randn(8, 6, 16, 16))
    assert x.mean(over).abs().max() < 1e-4 and (x.var(over, correction=0) - 1).abs().max() < 1e-3
    if norm != "instance":
        assert x.mean((2, 3)).abs().max() > 0.1
    assert sum(p.numel() for p in normalized(nn.Conv2d(3, 6, 1), norm)[1].parameters()) == 12  # scale and shift


@pytest.mark.parametrize("size", [8, 32, 64])
@pytest.mark.parametrize("norm", ["batch", "layer", "instance", "none"])
def test_the_upsampling_generator_keeps_dcgan_s_contract(size, norm):
    generator = UpsamplingGenerator(size, 1, latent_dim=5, width=2, norm=norm)
    images = generator(torch.randn(2, 5))
    assert images.shape == (2, 1, size, size) and images.abs().max() <= 1 and generator.latent_dim == 5
    enlarging = [m for m in generator.modules() if isinstance(m, UpsampledConv2d)]
    assert [m.out_channels for m in enlarging] == [*(2 * 2**k for k in reversed(range(len(enlarging) - 1))), 1]


@pytest.mark.parametrize("shape", [(2, 3, 5, 7), (1, 1, 1, 1), (4, 8, 8, 8)])
@pytest.mark.parametrize("bias", [True, False])
def test_an_upsampled_convolution_repeats_pixels_and_then_convolves(shape, bias):
    """Values and gradients are those of the two steps one after the other."""
    layer = UpsampledConv2d(shape[1], 4, bias).double()
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    two_steps = F.conv2d(x.repeat_interleave(2, 2).repeat_interleave(2, 3), layer.weight, layer.bias, padding=1)
    torch.testing.assert_close(layer(x), two_steps)
    target = torch.randn_like(two_steps)
    found, expected = ((y * target).sum() for y in (layer(x), two_steps))
    inputs = [x, *layer.parameters()]
    torch.testing.assert_close(torch.autograd.grad(found, inputs), torch.autograd.grad(expected, inputs))


@pytest.mark.parametrize("size", [0, 4, 12, 33, 100])
@pytest.mark.parametrize("network", [DCGANGenerator, DCGANDiscriminator, UpsamplingGenerator])
def test_sizes_that_are_no_power_of_two_are_refused(network, size):
    with pytest.raises(ValueError, match=f"size = {size}, expected a power of two"):
        network(size)


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8), (3, 4, 4)])
def test_mlp_players(shape):
    generator, discriminator = MLPGenerator(4, shape, width=8), MLPDiscriminator(shape, width=8)
    samples = generator(100 * torch.randn(3, 4))
    assert samples.shape == (3, *shape)
    assert (samples.abs().max() <= 1) == (len(shape) == 3)
    assert discriminator(samples).shape == (3,)


@pytest.mark.parametrize("norm", NORMS)
def test_only_batch_norm_couples_the_samples_of_a_batch(norm):
    torch.manual_seed(0)
    discriminator = DCGANDiscriminator(16, 1, width=4, norm=norm).eval()
    discriminator(torch.randn(4, 1, 16, 16))
    if norm != "spectral":  # its power iteration moves in training mode, which is no coupling either
        discriminator.train()
    x = torch.randn(4, 1, 16, 16, requires_grad=True)
    (gradient,) = torch.autograd.grad(discriminator(x)[0], x)
    couples = gradient[1:].abs().max() > 1e-7
    assert couples == (norm == "batch")


@pytest.mark.parametrize("norm", ["none", "batch", "layer", "spectral"])
def test_norms_on_linear_layers(norm):
    assert mlp([3, 8, 1], norm)(torch.randn(6, 3)).shape == (6, 1)


def test_spectral_norm_makes_every_layer_of_the_discriminator_1_lipschitz():
    discriminator = MLPDiscriminator((2,), width=16, norm="spectral")
    for _ in range(200):
        discriminator(torch.randn(4, 2))
    layers = [m for m in discriminator.modules() if isinstance(m, nn.Linear)]
    assert len(layers) == 3
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight, 2).item() == pytest.approx(1, abs=1e-3)
    convolutional = DCGANDiscriminator(16, 1, width=4, norm="spectral")
    wrapped = [m for m in convolutional.modules() if isinstance(m, _SpectralNorm)]
    assert len(wrapped) == len([m for m in convolutional.modules() if isinstance(m, nn.Conv2d)])


@pytest.mark.parametrize("layer", [nn.Linear(2, 3), nn.Conv2d(2, 3, 1)])
def test_unknown_norm_is_refused(layer):
    with pytest.raises(ValueError, match="norm = 'bach' on"):
        normalized(layer, "bach")


def test_instance_norm_on_a_linear_layer_is_refused():
    with pytest.raises(ValueError, match="'instance' needs a convolution"):
        normalized(nn.Linear(2, 3), "instance")


@pytest.mark.parametrize("sizes", [[3], [], [3, 0, 1]])
def test_mlp_sizes(sizes):
    with pytest.raises(ValueError, match="sizes = "):
        mlp(sizes)


@pytest.mark.parametrize(("octaves", "dimensions"), [(0, 2), (1, 3), (4, 2)])
def test_fourier_features_are_waves_of_doubling_frequency(octaves, dimensions):
    x = torch.randn(5, dimensions)
    features = FourierFeatures(octaves)(x)
    assert features.shape == (5, dimensions * (1 + 2 * octaves)) and torch.equal(features[:, :dimensions], x)
    sines, cosines = features[:, dimensions:].chunk(2, 1)
    for k in range(octaves):
        one = slice(k * dimensions, (k + 1) * dimensions)
        torch.testing.assert_close(sines[:, one], torch.sin(2**k * x))
        torch.testing.assert_close(cosines[:, one], torch.cos(2**k * x))


def test_fourier_features_refuse_negative_octaves():
    with pytest.raises(ValueError, match="octaves = -1"):
        FourierFeatures(-1)
