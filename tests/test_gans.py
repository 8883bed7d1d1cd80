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


@pytest.mark.parametrize("kind", [WGAN, WGANGP])
def test_wasserstein_classes_play_the_wasserstein_pair(kind):
    gan, x = kind(*players()), torch.randn(6, 2)
    torch.manual_seed(1)
    adversarial = gan.discriminator_loss(x)["adversarial"]
    torch.manual_seed(1)
    fake = gan.generator(torch.randn(6, 3))
    torch.testing.assert_close(adversarial, gan.discriminator(fake).mean() - gan.discriminator(x).mean())
    torch.manual_seed(1)
    torch.testing.assert_close(gan.generator_loss(x)["adversarial"], -gan.discriminator(fake).mean())


def test_the_papers_constants_are_the_defaults():
    assert WGAN(*players()).clip == 0.01 and WGANGP(*players()).penalty_weight == 10.0


def test_r1_looks_at_real_samples():
    """D(x) = |x|^2 / 2 has gradient x, so the penalty is E |x|^2 / 2 over the real batch whatever the fakes are."""

    class Bowl(nn.Module):
        def forward(self, x):
            return x.square().sum(1) / 2

    gan, x = R1GAN(players()[0], Bowl(), penalty_weight=3.0), torch.randn(6, 2)
    torch.testing.assert_close(gan.discriminator_loss(x)["r1_penalty"], 3 * x.square().sum(1).mean() / 2)


class Conditional:
    """The two one-liners that turn any GAN into a conditional one."""

    def fakes(self, x, y=None):
        return self.generator(torch.cat([self.noise(len(x)), y], 1))

    def logits(self, x, y=None):
        return self.discriminator(torch.cat([x, y], 1))


@pytest.mark.parametrize("base", [GAN, R1GAN, WGAN, WGANGP])
def test_a_conditional_variant_overrides_two_methods_and_every_loss_follows(base):
    generator, discriminator = MLPGenerator(3 + 4, (2,), width=8), MLPDiscriminator((2 + 4,), width=8)
    generator.latent_dim = 3
    gan = type("ConditionalGAN", (Conditional, base), {})(generator, discriminator)
    x, y = torch.randn(5, 2), nn.functional.one_hot(torch.arange(5) % 4, 4).float()
    assert all(term.isfinite() for term in (gan.discriminator_loss(x, y) | gan.generator_loss(x, y)).values())
    torch.manual_seed(1)
    one = gan.discriminator_loss(x, y)["adversarial"]
    torch.manual_seed(1)
    assert gan.discriminator_loss(x, y.flip(1))["adversarial"] != one


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
