"""The classes of gans.py say what their papers say."""

import pytest
import torch
from torch import nn

from ganlib import losses
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP
from ganlib.models import MLPDiscriminator, MLPGenerator


def players():
    torch.manual_seed(0)
    return MLPGenerator(3, (2,), width=8), MLPDiscriminator((2,), width=8)


@pytest.mark.parametrize("kind", [GAN, R1GAN, WGAN, WGANGP])
def test_each_loss_reaches_its_own_player_and_only_d_is_reached_by_the_first(kind):
    gan = kind(*players())
    x = torch.randn(5, 2)
    sum(gan.discriminator_loss(x).values()).backward()
    assert all(p.grad is None for p in gan.generator.parameters())
    assert all(p.grad is not None for p in gan.discriminator.parameters() if p.dim() > 1)
    gan.zero_grad()
    sum(gan.generator_loss(x).values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in gan.generator.parameters())


@pytest.mark.parametrize("pair", losses.by_name.values(), ids=losses.by_name)
def test_terms_are_the_pair_evaluated_on_the_players(pair):
    gan, x = GAN(*players(), pair), torch.randn(6, 2)
    torch.manual_seed(1)
    terms = gan.discriminator_loss(x)
    torch.manual_seed(1)
    fake = gan.generator(torch.randn(6, 3))
    torch.testing.assert_close(terms["adversarial"], pair.discriminator(gan.discriminator(x), gan.discriminator(fake)))
    torch.manual_seed(1)
    torch.testing.assert_close(gan.generator_loss(x)["adversarial"], pair.generator(gan.discriminator(fake)))


def test_wgan_clips_every_weight_of_the_critic_alone():
    gan = WGAN(*players(), clip=0.01)
    before = [p.clone() for p in gan.generator.parameters()]
    gan.after_discriminator_step()
    assert max(p.abs().max() for p in gan.discriminator.parameters()) <= 0.01
    assert all(torch.equal(a, b) for a, b in zip(before, gan.generator.parameters(), strict=True))


def test_wgan_refuses_a_clip_that_would_kill_the_critic():
    with pytest.raises(ValueError, match=r"clip = 0"):
        WGAN(*players(), clip=0)


class UnitSlope(nn.Module):
    """A critic whose gradient has norm 1 everywhere."""

    def forward(self, x):
        return x[:, 0]


def test_a_unit_gradient_critic_pays_no_penalty():
    gan = WGANGP(players()[0], UnitSlope())
    assert gan.discriminator_loss(torch.randn(5, 2))["gradient_penalty"].item() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("kind", "term"), [(WGANGP, "gradient_penalty"), (R1GAN, "r1_penalty")])
def test_penalty_weight_multiplies_the_penalty(kind, term):
    generator, discriminator = players()
    values = []
    for weight in (1.0, 10.0):
        torch.manual_seed(2)
        values.append(kind(generator, discriminator, penalty_weight=weight).discriminator_loss(torch.ones(5, 2))[term])
    torch.testing.assert_close(10 * values[0], values[1])


def test_noise_is_standard_normal_on_the_generator_s_dtype():
    gan = GAN(*players()).double()
    noise = gan.noise(50_000)
    assert noise.dtype == torch.float64 and noise.shape == (50_000, 3)
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02
