"""Networks from pictures to pictures: what passes the waist, and what goes around it."""

import pytest
import torch
from torch import nn

from ganlib.models import EncoderDecoder, UNet

KINDS = [UNet, EncoderDecoder]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [4, 8, 32, 128])
def test_pictures_keep_their_size(kind, size):
    fake = kind(size, 1, 3, width=2)(torch.randn(2, 1, size, size))
    assert fake.shape == (2, 3, size, size) and fake.abs().max() <= 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "halvings", "waist"), [(32, None, 1), (32, 3, 4), (64, 4, 4), (4, 2, 1)])
def test_the_waist_is_as_narrow_as_asked(kind, size, halvings, waist):
    network, sides = kind(size, width=2, halvings=halvings), []
    for layer in network.down:
        layer.register_forward_hook(lambda module, x, y: sides.append(y.shape[2]))
    network(torch.randn(1, 3, size, size))
    assert sides == [size >> k for k in range(1, len(sides) + 1)] and sides[-1] == waist


def with_empty_waist(network: nn.Module) -> nn.Module:
    """The network when nothing passes its innermost layer."""
    network.down[-1].register_forward_hook(lambda module, x, y: torch.zeros_like(y))
    return network.double().eval()


@pytest.mark.parametrize("kind", KINDS)
def test_only_skips_carry_anything_around_the_waist(kind):
    """With the waist shut, a U-Net still sees its picture pixel by pixel; without skips nothing is left of it."""
    torch.manual_seed(0)
    network = with_empty_waist(kind(16, width=4))
    x = torch.randn(1, 3, 16, 16, dtype=torch.float64, requires_grad=True)
    y = network(x)
    (gradient,) = torch.autograd.grad(y[0, 0, 8, 8], x, allow_unused=True)
    if kind is UNet:
        assert gradient[0, :, 6:11, 6:11].abs().sum(0).all()
    else:
        assert gradient is None or not gradient.any()
        assert torch.equal(network(torch.randn(1, 3, 16, 16, dtype=torch.float64)), y)


def test_it_is_the_network_of_the_paper():
    """For 256 pixels: 54.414 million weights, as the authors' program counts them, besides two biases that it lacks."""
    network = UNet(256)
    counted = sum(p.numel() for p in network.parameters()) - sum(network.down[k][0].bias.numel() for k in (0, -1))
    assert round(counted / 1e6, 3) == 54.414
    assert [layer[0].out_channels for layer in network.down] == [64, 128, 256, 512, 512, 512, 512, 512]
    assert [layer[0].out_channels for layer in network.up] == [512, 512, 512, 512, 256, 128, 64, 3]
    noisy = [any(isinstance(part, nn.Dropout) for part in layer) for layer in network.up]
    assert noisy == [True] * 3 + [False] * 5
    assert [type(part).__name__ for part in network.down[1]] == ["Conv2d", "BatchNorm2d", "LeakyReLU"]
    for bare in (network.down[0], network.down[-1]):
        assert [type(part).__name__ for part in bare] == ["Conv2d", "LeakyReLU"]


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_those_of_dcgan_and_all_of_them_are_used(kind):
    network = kind(16, width=16)
    assert network.down[2][0].weight.std().item() == pytest.approx(0.02, rel=0.1)
    network(torch.randn(2, 3, 16, 16)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_one_picture_alone_can_be_trained_on():
    """Batch norm over a waist of one pixel would have a single number to average: there is none there."""
    assert UNet(8, width=2).train()(torch.randn(1, 3, 8, 8)).isfinite().all()


@pytest.mark.parametrize(("dropout", "training", "same"), [(0.5, True, False), (0.5, False, True), (0.0, True, True)])
def test_dropout_is_the_only_noise(dropout, training, same):
    network = UNet(16, width=4, dropout=dropout, norm="none").train(training)
    x = torch.randn(1, 3, 16, 16)
    assert torch.equal(network(x), network(x)) == same


@pytest.mark.parametrize("size", [0, 2, 12, 33])
def test_sizes_that_are_no_power_of_two_are_refused(size):
    with pytest.raises(ValueError, match=f"size = {size}, expected a power of two from 4 on"):
        UNet(size)


@pytest.mark.parametrize("halvings", [0, 1, 5])
def test_halvings_that_lead_nowhere_are_refused(halvings):
    with pytest.raises(ValueError, match=f"halvings = {halvings}, expected 2 to 4 for size 16"):
        UNet(16, width=2, halvings=halvings)


@pytest.mark.parametrize("shape", [(1, 3, 16, 32), (1, 1, 16, 16), (3, 16, 16)])
def test_pictures_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(N, 3, 16, 16\)"):
        UNet(16, width=2)(torch.zeros(shape))
