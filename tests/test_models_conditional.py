"""Players that are told something: what they see of it, and the formulas of their papers."""

import pytest
import torch
from torch import nn

from ganlib.models import (
    BlindDiscriminator,
    Categories,
    Codes,
    ConditionalDiscriminator,
    ConditionalGenerator,
    DCGANDiscriminator,
    DCGANGenerator,
    HeadedDiscriminator,
    MinibatchDeviation,
    MLPDiscriminator,
    MLPGenerator,
    PlanesDiscriminator,
    ProjectionDiscriminator,
    UpsamplingGenerator,
    before_last_layer,
)

INNER = {
    "mlp": lambda latent: MLPGenerator(latent, (1, 8, 8), width=8),
    "dcgan": lambda latent: DCGANGenerator(16, 3, latent, width=4),
    "upsampling": lambda latent: UpsamplingGenerator(32, 3, latent, width=2),
}
Y = torch.tensor([0, 2, 1, 0, 3])


@pytest.mark.parametrize("kind", INNER)
def test_a_generator_takes_noise_then_the_weighted_one_hot_vector(kind):
    inner = INNER[kind](6 + 4).eval()
    generator, z = ConditionalGenerator(inner, Categories(4), weight=3.0), torch.randn(5, 6)
    assert generator.latent_dim == 6
    expected = inner(torch.cat([z, 3 * nn.functional.one_hot(Y, 4)], 1))
    assert torch.equal(generator(z, Y), expected)
    assert torch.equal(generator.from_embedding(z, generator.embed(Y)), expected)
    assert not torch.equal(generator(z, (Y + 1) % 4), expected)


def test_codes_are_their_own_embedding():
    codes = Codes(3, 2)
    generator, c = ConditionalGenerator(MLPGenerator(7, (2,)), codes), codes.sample(5, like=torch.zeros(1))
    assert torch.equal(generator.embed(c), c)


def test_a_generator_without_room_for_noise_is_refused():
    with pytest.raises(ValueError, match="latent_dim = 4, expected more than the 4 numbers"):
        ConditionalGenerator(MLPGenerator(4, (2,)), Categories(4))


def test_the_condition_lies_beside_the_sample_and_is_as_long():
    judge = ConditionalDiscriminator(MLPDiscriminator((64 + 4,), width=8), Categories(4))
    x = torch.randn(5, 1, 8, 8)
    seen = judge.joined(x, judge.condition(Y))
    assert torch.equal(seen[:, :64], x.flatten(1))
    assert torch.equal(seen[:, 64:], 8.0 * nn.functional.one_hot(Y, 4))
    assert torch.equal(judge(x, Y), judge.discriminator(seen))
    torch.testing.assert_close(judge.discriminator.last(judge.features(x, Y)), judge(x, Y))
    assert not torch.equal(judge(x, Y), judge(x, Y.flip(0)))


def test_planes_are_constant_and_the_picture_stays():
    judge = PlanesDiscriminator(DCGANDiscriminator(16, 3 + 4, width=4), Categories(4))
    x = torch.randn(5, 3, 16, 16)
    seen = judge.joined(x, judge.condition(Y))
    assert torch.equal(seen[:, :3], x)
    assert torch.equal(seen[:, 3:], nn.functional.one_hot(Y, 4).float()[:, :, None, None].expand(5, 4, 16, 16))
    assert judge(x, Y).shape == (5,) and not torch.equal(judge(x, Y), judge(x, Y.flip(0)))


def test_a_blind_discriminator_does_not_look():
    inner = MLPDiscriminator((3,), width=8)
    x = torch.randn(5, 3)
    for y in (Y, Y.flip(0), None):
        assert torch.equal(BlindDiscriminator(inner)(x, y), inner(x))


DISCRIMINATORS = {
    "mlp": (lambda: MLPDiscriminator((1, 16, 16), width=8), (1, 16, 16)),
    "dcgan": (lambda: DCGANDiscriminator(16, 3, width=4, norm="none"), (3, 16, 16)),
    "spectral": (lambda: DCGANDiscriminator(16, 3, width=4, norm="spectral").eval(), (3, 16, 16)),
    "deviation": (
        lambda: before_last_layer(DCGANDiscriminator(16, 3, width=4, norm="none"), MinibatchDeviation()),
        (3, 16, 16),
    ),
}


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_the_last_layer_completes_the_features(kind):
    make, shape = DISCRIMINATORS[kind]
    judge, x = make(), torch.randn(5, *shape)
    features = judge.features(x)
    assert features.shape == (5, judge.feature_dim)
    torch.testing.assert_close(judge.last(features), judge(x))


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_the_projection_is_the_formula(kind):
    make, shape = DISCRIMINATORS[kind]
    inner, x = make(), torch.randn(5, *shape)
    judge = ProjectionDiscriminator(inner, Categories(4))
    table = judge.vectors.weight.T  # (4, feature_dim): a row for each class
    expected = inner(x) + torch.einsum("nd,nd->n", table[Y], inner.features(x))
    torch.testing.assert_close(judge(x, Y), expected)


def test_projections_of_several_parts_add_up():
    inner, x, y = MLPDiscriminator((2,), width=8), torch.randn(3, 2), torch.tensor([[0, 1], [2, 0], [1, 1]])
    judge = ProjectionDiscriminator(inner, Categories(3, 2))
    table, features = judge.vectors.weight.T, inner.features(x)
    both = table[y[:, 0]] + table[3 + y[:, 1]]
    torch.testing.assert_close(judge(x, y), inner(x) + (both * features).sum(1))


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_a_head_answers_from_the_same_features(kind):
    make, shape = DISCRIMINATORS[kind]
    inner, x = make(), torch.randn(5, *shape)
    judge = HeadedDiscriminator(inner, nn.Linear(inner.feature_dim, 7))
    logits, answers = judge(x)
    torch.testing.assert_close(logits, inner(x))
    torch.testing.assert_close(answers, judge.head(inner.features(x)))
    assert answers.shape == (5, 7)
