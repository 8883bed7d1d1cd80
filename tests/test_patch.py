"""How much of a picture one logit sees, by formula and by gradient."""

import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganlib.models import PatchDiscriminator, receptive_field

SIZES = {0: 1, 1: 16, 2: 34, 3: 70, 4: 142, 5: 286}


def test_a_stack_sees_as_many_pixels_as_its_gradient_reaches():
    """Sixty random stacks of convolutions without padding, on a line: the span of the inputs that move one output."""
    choose = random.Random(0)
    for _ in range(60):
        depth = choose.randint(1, 4)
        kernels = [choose.randint(1, 5) for _ in range(depth)]
        strides = [choose.randint(1, 3) for _ in range(depth)]
        field = receptive_field(kernels, strides)
        x = torch.ones(1, 1, field + 7, dtype=torch.float64, requires_grad=True)
        y = x
        for kernel, stride in zip(kernels, strides, strict=True):
            y = F.conv1d(y, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
        (gradient,) = torch.autograd.grad(y[0, 0, 0], x)
        moved = gradient[0, 0].nonzero().flatten()
        assert moved[0] == 0 and moved[-1] == field - 1, (kernels, strides)


@pytest.mark.parametrize(("kernels", "strides"), [((), ()), ([4], [1, 1]), ([4, 0], [1, 1]), ([4, 4], [2, -1])])
def test_stacks_that_are_none(kernels, strides):
    if not kernels:
        assert receptive_field(kernels, strides) == 1  # nothing in between: an output is its input
        return
    with pytest.raises(ValueError, match="expected as many positive integers in both"):
        receptive_field(kernels, strides)


@pytest.mark.parametrize(("layers", "patch"), SIZES.items())
def test_patches_have_the_papers_sizes(layers, patch):
    assert PatchDiscriminator(6, 2, layers).patch == patch


def reached(discriminator: nn.Module, size: int) -> torch.Tensor:
    """Rows of the picture that move the logit in the middle."""
    torch.manual_seed(0)
    x = torch.randn(2, 3, size, size, dtype=torch.float64, requires_grad=True)
    logits = discriminator(x)
    middle = logits.shape[2] // 2
    (gradient,) = torch.autograd.grad(logits[0, 0, middle, middle], x)
    assert not gradient[1].any() or discriminator.training  # another picture matters to batch norm alone
    return gradient[0].abs().sum((0, 2)).nonzero().flatten()


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
@pytest.mark.parametrize("norm", ["none", "batch", "spectral"])
def test_one_logit_sees_its_patch_and_nothing_else(layers, norm):
    discriminator = PatchDiscriminator(3, 2, layers, norm).double().eval()
    rows = reached(discriminator, discriminator.patch + 42)
    assert rows[-1] - rows[0] + 1 == len(rows) == SIZES[layers]


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_norms_of_the_whole_picture_let_a_logit_see_all_of_it(norm):
    discriminator = PatchDiscriminator(3, 2, layers=1, norm=norm).double().train()
    assert len(reached(discriminator, 48)) == 48 > discriminator.patch


@pytest.mark.parametrize(("size", "layers", "side"), [(256, 3, 30), (32, 1, 14), (32, 2, 6), (16, 0, 16), (33, 2, 6)])
def test_the_map_has_a_logit_for_every_patch(size, layers, side):
    assert PatchDiscriminator(6, 2, layers)(torch.randn(2, 6, size, size)).shape == (2, 1, side, side)


def test_pictures_need_not_be_square():
    assert PatchDiscriminator(3, 2, 1)(torch.randn(1, 3, 16, 40)).shape == (1, 1, 6, 18)


def test_patches_are_judged_alike_wherever_they_are():
    """A picture moved by one stride gives the same map, moved by one place, away from the border."""
    discriminator = PatchDiscriminator(3, 4, layers=2, norm="none").double()
    x = torch.randn(1, 3, 100, 100, dtype=torch.float64)
    here, moved = discriminator(x[..., :96, :96])[0, 0], discriminator(x[..., 4:, 4:])[0, 0]
    torch.testing.assert_close(here[6:-5, 6:-5], moved[5:-6, 5:-6])


def test_pixelgan_judges_each_pixel_alone():
    discriminator = PatchDiscriminator(3, 4, layers=0).eval()
    x, order = torch.randn(2, 3, 8, 8), torch.randperm(64)
    shuffled = x.flatten(2)[..., order].unflatten(2, (8, 8))
    torch.testing.assert_close(discriminator(shuffled).flatten(2), discriminator(x).flatten(2)[..., order])


def test_it_is_the_network_of_the_paper():
    """C64-C128-C256-C512 and a last convolution: 2.769 million weights, as the authors' program counts them."""
    discriminator = PatchDiscriminator()
    convolutions = [m for m in discriminator.net if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [64, 128, 256, 512, 1]
    assert [c.stride[0] for c in convolutions] == [2, 2, 2, 1, 1]
    assert round(sum(p.numel() for p in discriminator.parameters()) / 1e6, 3) == 2.769
    kinds = [type(m).__name__ for m in discriminator.net]
    assert kinds == ["Conv2d", "LeakyReLU", *["Conv2d", "BatchNorm2d", "LeakyReLU"] * 3, "Conv2d"]


def test_channels_grow_to_eight_times_the_width_at_most():
    convolutions = [m for m in PatchDiscriminator(3, 2, layers=5).net if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [2, 4, 8, 16, 16, 16, 1]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_smallest_picture_gives_one_logit_and_a_smaller_one_is_refused(layers):
    discriminator = PatchDiscriminator(3, 2, layers, norm="none")
    side = 3 * 2**layers
    assert discriminator(torch.zeros(1, 3, side, side)).shape == (1, 1, 1, 1)
    with pytest.raises(ValueError, match=rf"x has shape .*, expected \(N, 3, H, W\) with H and W at least {side}"):
        discriminator(torch.zeros(1, 3, side, side - 1))


def test_other_input_is_refused():
    with pytest.raises(ValueError, match=r"expected \(N, 6, H, W\)"):
        PatchDiscriminator(6, 2, 0)(torch.zeros(1, 3, 8, 8))
    with pytest.raises(ValueError, match="layers = -1, expected 0"):
        PatchDiscriminator(layers=-1)
