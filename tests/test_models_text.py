"""Networks that read captions."""

import copy

import pytest
import torch

from ganlib.data import captions
from ganlib.data.avatars import Attributes
from ganlib.models import (
    CaptionedDiscriminator,
    CaptionedGenerator,
    SkipGenerator,
    TextEncoder,
    TwoHeadedDiscriminator,
)

WORDS = len(captions.WORDS)
DISCRIMINATORS = [CaptionedDiscriminator, TwoHeadedDiscriminator]


def encoder(dim=16):
    torch.manual_seed(0)
    return TextEncoder(WORDS, dim)


def tokens(n=6):
    return captions.random_tokens(Attributes.sample(n, torch.Generator().manual_seed(0)))


def test_which_colour_goes_with_which_noun_is_heard():
    one, other = encoder()(captions.encode(["red hair, blue eyes", "blue hair, red eyes"]))
    assert (one - other).norm() > 0.1 * one.norm()


def test_where_a_phrase_stands_is_not_heard_between_words_without_neighbours():
    """Of phrases with padding between them the order is lost exactly: each pair of neighbours stays what it is."""
    hair, eyes, none = *captions.encode(["red hair", "blue eyes"])[:, :2], torch.zeros(1, dtype=torch.long)
    one, other = torch.cat([hair, none, eyes]), torch.cat([eyes, none, hair])
    torch.testing.assert_close(*encoder()(torch.stack([one, other])))


def test_padding_says_nothing():
    net, y = encoder(), tokens()
    torch.testing.assert_close(
        net(y), net(torch.cat([y, torch.zeros(6, 3, dtype=torch.long)], 1)), rtol=1e-5, atol=1e-6
    )
    net(y).sum().backward()
    assert not net.vectors.weight.grad[0].any() and net.vectors.weight.grad[y.unique()[1:]].any(1).all()


def test_the_formula_by_hand():
    net, y = encoder(), tokens(3)
    v = torch.cat([torch.zeros(3, 1, 16), net.vectors.weight[y], torch.zeros(3, 1, 16)], 1)
    b, c = net.pairs.weight.unbind(2)
    pairs = torch.stack([net.pairs.bias + v[:, i] @ b.T + v[:, i + 1] @ c.T for i in range(v.shape[1] - 1)], 1)
    torch.testing.assert_close(net(y), net.last(pairs.relu().amax(1)).tanh())


def test_however_long_the_words_vectors_grow_the_caption_does_not_drown_the_noise():
    net = encoder()
    with torch.no_grad():
        net.vectors.weight.mul_(1000)
    assert net(tokens()).abs().max() <= 1


@pytest.mark.parametrize("bad", [torch.zeros(3, dtype=torch.long), torch.zeros(3, 4)])
def test_what_is_no_caption_is_refused(bad):
    with pytest.raises(ValueError, match=r"tokens is .*, expected torch.int64 of shape \(N, L\)"):
        encoder()(bad)


@pytest.mark.parametrize("settings", [{"words": 0}, {"words": 5, "dim": 0}, {"words": 5, "features": 0}])
def test_an_encoder_of_nothing_is_refused(settings):
    with pytest.raises(ValueError, match="expected positive integers"):
        TextEncoder(**settings)


@pytest.mark.parametrize(("size", "channels"), [(16, 3), (32, 1), (64, 3), (256, 3)])
def test_players_of_every_size(size, channels):
    y = tokens(2)
    generator = CaptionedGenerator(WORDS, size, channels, latent_dim=5, width=2)
    images = generator(torch.randn(2, 5), y)
    assert images.shape == (2, channels, size, size) and images.abs().max() <= 1 and generator.latent_dim == 5
    one = CaptionedDiscriminator(WORDS, size, channels, width=2)(images, y)
    two = TwoHeadedDiscriminator(WORDS, size, channels, width=2)(images, y)
    assert one.shape == two[0].shape == two[1].shape == (2,)


def test_between_two_captions_there_are_pictures():
    generator = CaptionedGenerator(WORDS, 16, width=4, latent_dim=5).eval()
    z, y = torch.randn(2, 5), tokens(2)
    torch.testing.assert_close(generator(z, y), generator.from_embedding(z, generator.embed(y)))
    assert generator.embed(y).shape == (2, 32) and generator.embed(y).is_floating_point()
    between = generator.from_embedding(z, generator.embed(y).mean(0).expand(2, -1))
    assert (between - generator(z, y)).abs().max() > 1e-3


def test_one_head_is_the_sum_of_two_and_the_first_has_not_read_the_caption():
    torch.manual_seed(0)
    two = TwoHeadedDiscriminator(WORDS, 16, width=4)
    one = CaptionedDiscriminator(WORDS, 16, width=4)
    one.load_state_dict(two.state_dict())
    x, y = torch.randn(6, 3, 16, 16), tokens()
    real, match = two(x, y)
    torch.testing.assert_close(one(x, y), real + match)
    other_real, other_match = two(x, y.roll(1, 0))
    assert torch.equal(real, other_real) and (match != other_match).all()


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_samples_are_judged_one_by_one(kind):
    torch.manual_seed(0)
    discriminator, x, y = kind(WORDS, 16, width=4), torch.randn(6, 3, 16, 16), tokens()
    together, alone = discriminator(x, y), discriminator(x[:1], y[:1])
    if kind is CaptionedDiscriminator:
        together, alone = (together,), (alone,)
    for many, single in zip(together, alone, strict=True):
        torch.testing.assert_close(many[:1], single)


def test_the_caption_is_heard_from_the_start():
    """With weights as DCGAN draws them the features would shrink a hundredfold, and the match with them."""
    torch.manual_seed(0)
    features = CaptionedDiscriminator(WORDS, 32).discriminator.features(torch.randn(8, 3, 32, 32))
    assert 0.05 < features.std() < 2


def painted_alone(generator, z):
    """Before tanh, what each scale paints when the others are silenced, from the coarsest to the finest."""
    painters = [*generator.paint, generator.finest]
    parts = []
    for kept in painters:
        only = copy.deepcopy(generator)
        for painter, silenced in zip(painters, [*only.paint, only.finest], strict=True):
            if painter is not kept:
                for parameter in silenced.parameters():
                    torch.nn.init.zeros_(parameter)
        parts.append(only(z).atanh())
    return parts


@torch.no_grad()
def test_the_skip_generator_s_picture_is_the_sum_of_what_every_scale_paints():
    torch.manual_seed(0)
    generator, z = SkipGenerator(32, latent_dim=8, width=4).eval(), torch.randn(4, 8)
    parts = painted_alone(generator, z)
    assert len(parts) == 4 and min(part.std() for part in parts) > 1e-3
    torch.testing.assert_close(sum(parts), generator(z).atanh(), rtol=1e-3, atol=1e-3)


@torch.no_grad()
def test_coarse_scales_paint_smoothly():
    """Twice enlarged, a picture of 8 x 8 changes less from pixel to pixel than one of 16 x 16 enlarged once."""
    torch.manual_seed(0)
    generator, z = SkipGenerator(32, latent_dim=8, width=4), torch.randn(16, 8)
    rough = [(part.diff(dim=3).std() / part.std((2, 3)).mean()).item() for part in painted_alone(generator, z)]
    assert rough == sorted(rough) and rough[-1] > 2 * rough[0]


def test_the_skip_generator_refuses_other_sizes():
    with pytest.raises(ValueError, match="size = 24, expected a power of two"):
        SkipGenerator(24)
