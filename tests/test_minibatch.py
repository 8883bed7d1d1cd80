"""Layers that see a batch as a whole, against loops and closed forms."""

import math

import pytest
import torch
from torch import nn

from ganlib.models import (
    DCGANDiscriminator,
    MinibatchDeviation,
    MinibatchDiscrimination,
    MLPDiscriminator,
    before_last_layer,
)


def closeness_by_loops(layer, features):
    """o_ib = sum_j exp(-|M_ib - M_jb|_1) as it is written."""
    n, b, c = len(features), layer.out_features, layer.kernel_features
    m = (features @ layer.tensor.weight.T).view(n, b, c)
    o = torch.zeros(n, b, dtype=features.dtype)
    for i in range(n):
        for k in range(b):
            for j in range(n):
                o[i, k] += math.exp(-sum(abs((m[i, k, x] - m[j, k, x]).item()) for x in range(c)))
    return o


def test_minibatch_discrimination_is_its_formula():
    layer, features = MinibatchDiscrimination(5, 4, 3).double(), torch.randn(6, 5).double()
    out = layer(features)
    assert out.shape == (6, 9) and torch.equal(out[:, :5], features)
    torch.testing.assert_close(out[:, 5:], closeness_by_loops(layer, features))


def test_equal_samples_are_n_close_and_distant_ones_only_to_themselves():
    layer = MinibatchDiscrimination(3, 2, 4)
    torch.testing.assert_close(layer.closeness(torch.ones(7, 3)), torch.full((7, 2), 7.0))
    far = 1e4 * torch.randn(7, 3)
    torch.testing.assert_close(layer.closeness(far), torch.ones(7, 2))


def test_minibatch_discrimination_does_not_care_for_the_order_of_the_batch_but_for_its_company():
    layer, features = MinibatchDiscrimination(3), torch.randn(6, 3)
    order = torch.randperm(6)
    torch.testing.assert_close(layer(features)[order], layer(features[order]))
    assert not torch.allclose(layer.closeness(features)[:3], layer.closeness(features[:3]))


def test_minibatch_discrimination_learns_and_pulls_collapsed_samples_apart():
    """Nearly equal samples: the gradient of their closeness points from each to the others."""
    layer = MinibatchDiscrimination(2, 8, 3).double()
    features = (torch.randn(5, 2) * 0.01).double().requires_grad_()
    assert torch.autograd.gradcheck(layer.closeness, (features,))
    before = layer.closeness(features).sum()
    before.backward()
    assert layer.tensor.weight.grad.any()
    with torch.no_grad():
        moved = features - 1e-4 * features.grad
    assert layer.closeness(moved).sum() < before
    assert (moved - moved.mean(0)).norm() > (features - features.mean(0)).norm()


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, -1)])
def test_minibatch_discrimination_refuses_empty_sizes(sizes):
    with pytest.raises(ValueError, match=f"in_features = {sizes[0]}, out_features = {sizes[1]}"):
        MinibatchDiscrimination(*sizes)


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 4, 4)])
def test_minibatch_deviation_is_one_number_everywhere(shape):
    features = torch.randn(shape) * torch.linspace(0.5, 3, 3).view(1, 3, *[1] * (len(shape) - 2))
    out = MinibatchDeviation()(features)
    assert out.shape == (6, 4, *shape[2:]) and torch.equal(out[:, :3], features)
    expected = features.flatten(1).std(0, correction=0).mean()
    torch.testing.assert_close(out[:, 3:], expected.expand_as(out[:, 3:]))


def test_minibatch_deviation_of_a_collapsed_batch_is_nearly_0_with_a_finite_gradient():
    features = torch.ones(4, 3, requires_grad=True)
    out = MinibatchDeviation()(features)
    assert out[:, 3].max() < 1e-3
    out.sum().backward()
    assert features.grad.isfinite().all()


@pytest.mark.parametrize("layer", [lambda d: MinibatchDiscrimination(d, 7), lambda _: MinibatchDeviation()])
@pytest.mark.parametrize("kind", ["mlp", "dcgan", "spectral"])
def test_a_discriminator_with_such_a_layer_sees_the_batch(kind, layer):
    made = {
        "mlp": lambda: MLPDiscriminator((1, 8, 8), width=6),
        "dcgan": lambda: DCGANDiscriminator(8, 1, width=2, norm="none"),
        "spectral": lambda: DCGANDiscriminator(8, 1, width=2, norm="spectral"),
    }
    plain = made[kind]()
    width = plain.feature_dim
    x = torch.randn(4, 1, 8, 8)
    features = plain.eval().features(x)
    extra = layer(width)
    discriminator = before_last_layer(plain, extra)
    assert discriminator(x).shape == (4,)
    torch.testing.assert_close(discriminator.features(x), extra(features))
    assert discriminator.features(x).shape[1] == discriminator.feature_dim == extra(features).shape[1]
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(x)[0], x)
    assert gradient[1:].abs().max() > 0
    assert all(p.requires_grad for p in discriminator.parameters())
    assert isinstance(discriminator.net[-2], nn.Linear)


@pytest.mark.parametrize("discriminator", [MLPDiscriminator((1, 8, 8), 6), DCGANDiscriminator(8, 1, 2, "layer")])
def test_the_last_layer_turns_features_into_the_logits(discriminator):
    x = torch.randn(4, 1, 8, 8)
    features = discriminator.features(x)
    assert features.shape == (4, discriminator.feature_dim)
    last = discriminator.net[-2]
    torch.testing.assert_close(features @ last.weight.flatten() + last.bias, discriminator(x))


def test_features_of_images_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"expected \(N, 1, 8, 8\)"):
        DCGANDiscriminator(8, 1, width=2).features(torch.zeros(2, 1, 16, 16))
