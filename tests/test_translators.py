"""Networks from pictures to pictures: what an untrained one does, what it sees, what it refuses."""

import pytest
import torch
from torch import nn

from ganlib.models import AttributeDiscriminator, AttributeTranslator, ResidualTranslator
from ganlib.models.translators import ModulatedBlock, ResidualBlock, with_coordinates


def picture(n=2, size=16, channels=3):
    return 2 * torch.rand(n, channels, size, size, generator=torch.Generator().manual_seed(0)) - 1


def awake(net):
    """The same network with random weights in its last layer."""
    torch.manual_seed(0)
    nn.init.normal_(net.last.weight, 0.0, 0.3)
    return net


@pytest.mark.parametrize(("size", "channels"), [(16, 3), (32, 1), (64, 3), (10, 2)])
def test_an_untrained_translator_leaves_each_picture_as_it_is(size, channels):
    x = picture(2, size, channels)
    assert ResidualTranslator(size, channels, 8, 2)(x).equal(x)


def test_every_weight_gets_a_gradient_once_the_last_layer_is_awake():
    net = awake(ResidualTranslator(16, 3, 8, 2))
    net(picture()).square().mean().backward()
    assert all(p.grad.abs().sum() > 0 for name, p in net.named_parameters() if name != "body.0.first.bias")


def test_evaluation_keeps_pictures_within_range_and_training_does_not():
    net = awake(ResidualTranslator(16, 3, 8, 2))
    raw = net(picture())
    assert raw.abs().max() > 1
    assert net.eval()(picture()).equal(raw.clamp(-1, 1))


def test_pictures_with_attributes_start_as_they_are_and_stay_within_range():
    net, x, y = AttributeTranslator((3, 2), 16, 3, 8, 2), picture(), torch.tensor([[0, 1], [2, 0]])
    assert net(x, y).equal(x)
    nn.init.normal_(net.last.weight, 0.0, 30.0)
    pushed = net(x, y)
    assert pushed.abs().max() <= 1 and (pushed - x).abs().max() > 0.9
    pushed.square().mean().backward()
    assert all(p.grad.isfinite().all() for p in net.parameters())


def test_the_first_gradient_of_a_sleeping_network_reaches_its_last_layer():
    for net, rest in ((ResidualTranslator(16), ()), (AttributeTranslator((2,), 16), (torch.tensor([[0], [1]]),))):
        net(picture(), *rest).sum().backward()
        assert net.last.bias.grad.abs().min() > 0 and net.last.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("norm", ["none", "instance", "layer"])
def test_pictures_do_not_mix(norm):
    net, x = awake(ResidualTranslator(16, 3, 8, 1, norm)), picture(4)
    alone = torch.cat([net(x[i : i + 1]) for i in range(4)])
    assert torch.allclose(net(x), alone, atol=1e-5)


def test_coordinates_run_from_corner_to_corner():
    planes = with_coordinates(torch.zeros(2, 1, 3, 5))
    assert planes.shape == (2, 3, 3, 5)
    assert planes[1, 1].equal(torch.tensor([[-1.0, -0.5, 0.0, 0.5, 1.0]] * 3))
    assert planes[0, 2, :, 4].tolist() == [-1, 0, 1]


def test_a_translator_knows_places_and_the_one_with_attributes_does_not():
    """In the middle of a wide gray picture, far from the border, only coordinates can make a difference."""
    x = torch.zeros(1, 3, 64, 64)
    knowing = awake(ResidualTranslator(64, 3, 8, 1, "none"))(x)[0, 0, 24:40, 24:40]
    blind = awake(AttributeTranslator((2,), 64, 3, 8, 1, "none"))(x, torch.tensor([[1]]))[0, 0, 24:40, 24:40]
    assert knowing[::2, ::2].std() > 1e-4
    assert blind[::2, ::2].std() < 1e-6


def test_attributes_matter_and_only_their_own_picture():
    net, x = awake(AttributeTranslator((3, 2), 16, 3, 8, 2)), picture()
    y = torch.tensor([[0, 1], [2, 0]])
    changed = torch.tensor([[0, 1], [2, 1]])
    before, after = net(x, y), net(x, changed)
    assert torch.allclose(before[0], after[0], atol=1e-6) and not torch.allclose(before[1], after[1], atol=1e-3)


def test_a_modulated_block_by_hand():
    block = ModulatedBlock(1, 2, "none")
    for conv in (block.first, block.second):
        nn.init.dirac_(conv.weight)
        nn.init.zeros_(conv.bias)
    block.modulation.weight.data = torch.tensor([[2.0, 0.0], [0.0, -5.0]])  # scale, shift
    h = torch.full((2, 1, 4, 4), 3.0)
    out = block(h, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    assert out[0].eq(3 + 3 * (1 + 2)).all() and out[1].eq(3 + 0).all()  # relu(3 - 5) = 0


def test_a_residual_block_whose_second_layer_is_zero_changes_nothing():
    block = ResidualBlock(4)
    nn.init.zeros_(block.second.weight)
    nn.init.zeros_(block.second.bias)
    h = torch.randn(2, 4, 6, 6)
    assert block(h).equal(h)


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("norm", ["none", "instance", "spectral"])
def test_the_discriminator_judges_patches_and_reads_each_attribute(size, norm):
    logits, read = AttributeDiscriminator((8, 3, 2), size, width=4, norm=norm)(picture(2, size))
    assert logits.shape == (2, 1, 8, 8) and [r.shape for r in read] == [(2, 8), (2, 3), (2, 2)]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ResidualTranslator(15), "size = 15"),
        (lambda: ResidualTranslator(16, width=1), "width = 1"),
        (lambda: ResidualTranslator(16, norm="group"), "norm = 'group'"),
        (lambda: AttributeTranslator((), 16), "counts"),
        (lambda: AttributeDiscriminator((8, 1), 32), r"counts = \(8, 1\)"),
        (lambda: AttributeDiscriminator((8, 2), 8), "size = 8"),
        (lambda: AttributeDiscriminator((8, 2), 48), "size = 48"),
        (lambda: ResidualTranslator(16)(torch.zeros(2, 3, 32, 32)), r"expected \(N, 3, 16, 16\)"),
        (lambda: AttributeTranslator((2,), 16)(torch.zeros(2, 1, 16, 16), torch.zeros(2, 1).long()), "expected"),
        (lambda: AttributeTranslator((2,), 16)(torch.zeros(2, 3, 16, 16), torch.zeros(2, 2).long()), "expected"),
        (lambda: AttributeDiscriminator((2,), 16)(torch.zeros(2, 3, 32, 32)), r"expected \(N, 3, 16, 16\)"),
    ],
)
def test_what_does_not_fit_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
