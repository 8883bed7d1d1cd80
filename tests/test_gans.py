"""The classes of gans/unconditional.py say what their papers say."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from ganlib import losses
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP, FeatureMatchingGAN, InstanceNoiseGAN
from ganlib.models import MLPDiscriminator, MLPGenerator


def players():
    torch.manual_seed(0)
    return MLPGenerator(3, (2,), width=8), MLPDiscriminator((2,), width=8)


@pytest.mark.parametrize("kind", [GAN, R1GAN, WGAN, WGANGP, FeatureMatchingGAN, InstanceNoiseGAN])
def test_each_loss_reaches_its_own_player_and_only_d_is_reached_by_the_first(kind):
    gan = kind(*players())
    x = torch.randn(5, 2)
    sum(gan.discriminator_loss(x).values()).backward()
    assert all(p.grad is None for p in gan.generator.parameters())
    assert all(p.grad is not None for p in gan.discriminator.parameters() if p.dim() > 1)
    gan.zero_grad()
    sum(gan.generator_loss(x).values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in gan.generator.parameters())


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


@pytest.mark.parametrize("base", [GAN, R1GAN, WGAN, WGANGP, InstanceNoiseGAN])
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


class Moments(nn.Module):
    """Features x and x^2 of each coordinate; the logit is their sum."""

    def features(self, x):
        return torch.cat([x, x.square()], 1)

    def forward(self, x):
        return self.features(x).sum(1)


def test_feature_matching_is_the_squared_distance_of_mean_features():
    gan, x = FeatureMatchingGAN(players()[0], Moments()), torch.randn(6, 2)
    torch.manual_seed(1)
    terms = gan.generator_loss(x)
    torch.manual_seed(1)
    fake = gan.generator(torch.randn(6, 3))
    first = (x.mean(0) - fake.mean(0)).square().sum()
    second = (x.square().mean(0) - fake.square().mean(0)).square().sum()
    torch.testing.assert_close(terms, {"feature_matching": first + second})


def test_feature_matching_leaves_the_discriminator_s_loss_as_it_is():
    generator, discriminator = players()
    x, values = torch.randn(6, 2), []
    for kind in (GAN, FeatureMatchingGAN):
        torch.manual_seed(1)
        values.append(kind(generator, discriminator, losses.hinge).discriminator_loss(x))
    torch.testing.assert_close(*values, rtol=0, atol=0)


def test_real_samples_are_a_constant_target_of_feature_matching():
    """D's gradient through the real features would pull them to the fakes'; a hand-written loop must not collect it."""
    x = torch.randn(6, 2, requires_grad=True)
    sum(FeatureMatchingGAN(*players()).generator_loss(x).values()).backward()
    assert x.grad is None


def test_feature_matching_needs_features():
    gan = FeatureMatchingGAN(players()[0], nn.Linear(2, 1))
    with pytest.raises(TypeError, match=r"discriminator is a Linear without features\(x\)"):
        gan.generator_loss(torch.randn(5, 2))


class Identity(nn.Module):
    """The logit is the sample's first coordinate: it shows what the discriminator is shown."""

    def forward(self, x):
        return x[:, 0]


def test_instance_noise_has_the_standard_deviation_that_it_says_and_fades():
    gan, x = InstanceNoiseGAN(players()[0], Identity(), std=0.5, fade=4), torch.zeros(50_000, 2)
    for expected in (0.5, 0.375, 0.25, 0.125, 0.0, 0.0):
        assert gan.noise_std().item() == pytest.approx(expected)
        seen = gan.logits(x)
        assert abs(seen.mean().item()) < 0.02 and seen.std().item() == pytest.approx(expected, rel=0.02)
        gan.after_discriminator_step()


def test_instance_noise_is_on_real_and_fake_in_both_losses():
    """A discriminator of constant slope: with noise, the variance of each batch of logits grows by std^2."""
    gan = InstanceNoiseGAN(players()[0], Identity(), losses.wasserstein, std=100.0)
    seen = []
    gan.loss = losses.AdversarialLoss(
        lambda real, fake: seen.extend([real, fake]) or real.sum() * 0, lambda fake: seen.append(fake) or fake.sum() * 0
    )
    gan.discriminator_loss(torch.zeros(2000, 2))
    gan.generator_loss(torch.zeros(2000, 2))
    assert [logits.std().item() for logits in seen] == pytest.approx([100] * 3, rel=0.1)
    assert all((one - other).std() > 100 for one, other in pairwise(seen))  # drawn anew each time


def test_faded_instance_noise_is_the_plain_gan():
    generator, discriminator = players()
    x = torch.randn(6, 2)
    gan = InstanceNoiseGAN(generator, discriminator, fade=1)
    gan.after_discriminator_step()
    torch.testing.assert_close(gan.logits(x), GAN(generator, discriminator).logits(x), rtol=0, atol=0)


def test_the_count_of_instance_noise_is_saved_with_the_gan_and_keeps_the_samples_precision():
    gan = InstanceNoiseGAN(*players()).bfloat16()
    for _ in range(300):  # a bfloat16 count would stop at 256
        gan.after_discriminator_step()
    other = InstanceNoiseGAN(*players())
    other.load_state_dict(gan.state_dict())
    assert other.noise_std().item() == pytest.approx(0.1 * (1 - 300 / 10_000))
    assert gan.logits(torch.zeros(2, 2).bfloat16()).dtype == torch.bfloat16
    assert other.double().logits(torch.zeros(2, 2).double()).dtype == torch.float64


@pytest.mark.parametrize("settings", [{"std": -0.1}, {"fade": 0}, {"std": float("nan")}])
def test_instance_noise_refuses_impossible_settings(settings):
    with pytest.raises(ValueError, match="expected std >= 0 and a positive number"):
        InstanceNoiseGAN(*players(), **settings)
