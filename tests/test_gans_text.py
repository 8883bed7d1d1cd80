"""GAN-CLS and its two-headed variant: which pairs are judged, and what they cost."""

import pytest
import torch
from torch import nn
from torch.nn.functional import logsigmoid

from ganlib import losses
from ganlib.data import captions
from ganlib.data.avatars import Attributes
from ganlib.gans import ConditionalGAN, MatchingAwareGAN, TwoHeadedGAN, mismatched
from ganlib.models import CaptionedDiscriminator, CaptionedGenerator, TwoHeadedDiscriminator


class Copy(nn.Module):
    """A generator that does what it is told: G(z, y) = w y."""

    latent_dim = 1

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(1.0))

    def forward(self, z, y):
        return self.w * y


class Score(nn.Module):
    """D(x, y) = a x + b y - |x - y|, of numbers; a pair of wrong and right is told apart by the last term."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.tensor(0.7)), nn.Parameter(torch.tensor(-0.3))
        self.pairs = []

    def forward(self, x, y):
        self.pairs += list(zip(x.detach().flatten().tolist(), y.flatten().tolist(), strict=True))
        return (self.a * x + self.b * y - (x - y).abs()).squeeze(1)


class Heads(Score):
    """The same as "match", and "is it real" = a x + 0.5."""

    def forward(self, x, y):
        return (self.a * x + 0.5).squeeze(1), super().forward(x, y)


def numbers():
    y = torch.arange(1.0, 6.0)[:, None]
    return 10 * y, y


def captioned(two_heads=False):
    torch.manual_seed(0)
    tokens = captions.random_tokens(Attributes.sample(6, torch.Generator().manual_seed(0)))
    d = (TwoHeadedDiscriminator if two_heads else CaptionedDiscriminator)(len(captions.WORDS), 16, width=4)
    return CaptionedGenerator(len(captions.WORDS), 16, width=4, latent_dim=3), d, torch.randn(6, 3, 16, 16), tokens


def test_a_mismatch_is_another_item_s_condition_and_all_are_used_once():
    y = torch.arange(7)
    wrong = mismatched(y)
    assert (wrong != y).all() and wrong.sort().values.tolist() == y.tolist()
    with pytest.raises(ValueError, match="y holds 1 conditions, expected at least 2"):
        mismatched(y[:1])


@pytest.mark.parametrize(("kind", "score"), [(MatchingAwareGAN, Score), (TwoHeadedGAN, Heads)])
def test_the_three_kinds_of_pairs_are_judged_once_each(kind, score):
    gan, (x, y) = kind(Copy(), score()), numbers()
    gan.discriminator_loss(x, y)
    right = {(10.0 * k, float(k)) for k in range(1, 6)}
    fake = {(float(k), float(k)) for k in range(1, 6)}
    judged = set(gan.discriminator.pairs)
    assert len(gan.discriminator.pairs) == len(judged) == 15 and right | fake < judged
    wrong = judged - right - fake
    assert {pair[0] for pair in wrong} == {10.0 * k for k in range(1, 6)} and all(a != 10 * b for a, b in wrong)


def test_the_discriminator_s_loss_is_that_of_algorithm_1():
    """-E log D(x, h) - [E log(1 - D(x, h')) + E log(1 - D(G(z, h), h))] / 2, with log(1 - D) = log sigmoid(-logit)."""
    (x, y), d = numbers(), Score()
    terms = MatchingAwareGAN(Copy(), d).discriminator_loss(x, y)
    mismatch, fake = logsigmoid(-d(x, mismatched(y))).mean(), logsigmoid(-d(y, y)).mean()
    expected = -logsigmoid(d(x, y)).mean() - (mismatch + fake) / 2
    assert list(terms) == ["adversarial"]
    torch.testing.assert_close(terms["adversarial"], expected)


@pytest.mark.parametrize("pair", losses.by_name.values(), ids=losses.by_name)
def test_with_any_pair_of_losses_each_kind_of_wrong_pair_counts_half(pair):
    (x, y), d = numbers(), Score()
    cost = MatchingAwareGAN(Copy(), d, pair).discriminator_loss(x, y)["adversarial"]
    halves = [pair.discriminator(d(x, y), wrong) for wrong in (d(x, mismatched(y)), d(y, y))]
    torch.testing.assert_close(cost, sum(halves) / 2)
    torch.manual_seed(1)
    plain = ConditionalGAN(Copy(), d, pair).generator_loss(x, y)["adversarial"]
    torch.testing.assert_close(MatchingAwareGAN(Copy(), d, pair).generator_loss(x, y)["adversarial"], plain)


@pytest.mark.parametrize("pair", losses.by_name.values(), ids=losses.by_name)
def test_each_head_has_its_own_question(pair):
    """ "Real" never hears the caption, "match" costs what the one head of GAN-CLS costs."""
    (x, y), d = numbers(), Heads()
    terms = TwoHeadedGAN(Copy(), d, pair).discriminator_loss(x, y)
    real, fake = (d(of, y)[0] for of in (x, y))
    torch.testing.assert_close(terms["real"], pair.discriminator(real, fake))
    one = MatchingAwareGAN(Copy(), Score(), pair).discriminator_loss(x, y)["adversarial"]
    torch.testing.assert_close(terms["match"], one)
    terms = TwoHeadedGAN(Copy(), d, pair).generator_loss(x, y)
    torch.testing.assert_close(terms["real"], pair.generator(d(y, y)[0]))
    torch.testing.assert_close(terms["match"], pair.generator(d(y, y)[1]))


@pytest.mark.parametrize("kind", [MatchingAwareGAN, TwoHeadedGAN])
def test_each_loss_reaches_its_own_player_its_text_encoder_too(kind):
    generator, discriminator, x, y = captioned(kind is TwoHeadedGAN)
    gan = kind(generator, discriminator)
    sum(gan.discriminator_loss(x, y).values()).backward()
    assert all(p.grad is None for p in generator.parameters())
    assert all(p.grad is not None and p.grad.any() for p in discriminator.parameters())
    gan.zero_grad()
    sum(gan.generator_loss(x, y).values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in generator.parameters())
    assert all(p.grad.any() for p in generator.condition.parameters())


def test_a_discriminator_that_ignores_captions_pays_for_the_mismatching_pairs():
    """Real pictures stand once for right and half for wrong: the best such D says 2/3, and can do no better."""
    cost = torch.linspace(-3, 3, 601, dtype=torch.float64)
    seen = [losses.non_saturating.discriminator(c[None], torch.stack([c, torch.tensor(-50.0)])) for c in cost]
    assert torch.sigmoid(cost[torch.stack(seen).argmin()]).item() == pytest.approx(2 / 3, abs=0.003)


@pytest.mark.parametrize("kind", [MatchingAwareGAN, TwoHeadedGAN])
def test_captions_are_needed(kind):
    for loss in (kind(Copy(), Heads()).discriminator_loss, kind(Copy(), Heads()).generator_loss):
        with pytest.raises(ValueError, match="y = None, expected a condition for each sample"):
            loss(numbers()[0])
