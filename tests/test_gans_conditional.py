"""The classes of gans/conditional.py say what their papers say."""

from math import log

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganlib import losses
from ganlib.gans import ACGAN, R1GAN, WGANGP, ConditionalGAN, InfoGAN
from ganlib.models import (
    Categories,
    Codes,
    ConditionalDiscriminator,
    ConditionalGenerator,
    HeadedDiscriminator,
    MLPDiscriminator,
    MLPGenerator,
)


def generator(condition):
    return ConditionalGenerator(MLPGenerator(3 + condition.dim, (2,), width=8), condition)


def conditional(kind=ConditionalGAN, **settings):
    torch.manual_seed(0)
    told = Categories(4)
    discriminator = ConditionalDiscriminator(MLPDiscriminator((2 + 4,), width=8), told)
    return kind(generator(told), discriminator, **settings)


def headed(kind, condition, answers, **settings):
    torch.manual_seed(0)
    body = MLPDiscriminator((2,), width=8)
    return kind(generator(condition), HeadedDiscriminator(body, nn.Linear(8, answers)), **settings)


GANS = {
    "conditional": conditional,
    "ACGAN": lambda: headed(ACGAN, Categories(4), 4),
    "InfoGAN": lambda: headed(InfoGAN, Codes(4, 2), 8),
}
X, Y = torch.randn(6, 2, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 3, 0, 1])


@pytest.mark.parametrize("make", GANS.values(), ids=GANS)
def test_each_loss_reaches_its_own_player_and_only_d_is_reached_by_the_first(make):
    gan = make()
    sum(gan.discriminator_loss(X, Y).values()).backward()
    assert all(p.grad is None for p in gan.generator.parameters())
    assert all(p.grad is not None and p.grad.any() for p in gan.discriminator.parameters() if p.dim() > 1)
    gan.zero_grad()
    sum(gan.generator_loss(X, Y).values()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in gan.generator.parameters())


class Told(nn.Module):
    """A generator that draws the number of its condition, without noise, and a discriminator that adds x and y."""

    latent_dim = 1

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, a, b):
        return self.weight * (0 * a[:, :1] + 10.0 * b[:, None]) if a.shape[1] == 1 else a.sum(1) + b


@pytest.mark.parametrize("pair", losses.by_name.values(), ids=losses.by_name)
def test_real_and_fake_are_judged_with_the_condition_of_the_real_batch(pair):
    class Sum(nn.Module):
        def forward(self, x, y):
            return x[:, 0] + 100.0 * y

    gan = ConditionalGAN(Told(), Sum(), pair)
    x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([3, 4])
    real, fake = torch.tensor([301.0, 402.0]), torch.tensor([330.0, 440.0])
    torch.testing.assert_close(gan.discriminator_loss(x, y), {"adversarial": pair.discriminator(real, fake)})
    torch.testing.assert_close(gan.generator_loss(x, y), {"adversarial": pair.generator(fake)})


@pytest.mark.parametrize("loss", ["discriminator_loss", "generator_loss"])
def test_a_missing_condition_is_named(loss):
    with pytest.raises(ValueError, match="y = None, expected a condition for each sample"):
        getattr(conditional(), loss)(X)


@pytest.mark.parametrize("base", [R1GAN, WGANGP])
def test_other_losses_become_conditional_by_inheritance_alone(base):
    gan = conditional(type("Both", (ConditionalGAN, base), {}))
    terms = gan.discriminator_loss(X, Y)
    assert terms.keys() == {"adversarial", "gradient_penalty" if base is WGANGP else "r1_penalty"}
    torch.manual_seed(1)
    one = gan.discriminator_loss(X, Y)
    torch.manual_seed(1)
    other = gan.discriminator_loss(X, Y.flip(0))
    assert all(one[name] != other[name] for name in one)


class Reads(nn.Module):
    """Reads class logits off the sample itself; the logit of "real" is the sum of the sample."""

    def forward(self, x):
        return x.sum(1), x


class Draws(nn.Module):
    """Draws fixed class logits, whatever it is told."""

    latent_dim = 1

    def __init__(self, drawn):
        super().__init__()
        self.drawn = nn.Parameter(drawn)

    def forward(self, z, y):
        return self.drawn


def test_the_class_term_by_hand():
    """Softmax of (log 2, 0, 0) is (1/2, 1/4, 1/4). D pays on real samples, where it is 1/3 each, and G on fakes."""
    row = torch.tensor([log(2), 0.0, 0.0])
    gan = ACGAN(Draws(row.repeat(2, 1)), Reads(), class_weight=3.0)
    real, y = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), torch.tensor([0, 1])
    fakes, reals = (log(2) + log(4)) / 2, log(3)
    terms = gan.discriminator_loss(real, y)
    assert terms["class"].item() == pytest.approx(3 * reals, rel=1e-6)
    expected = losses.non_saturating.discriminator(torch.zeros(2), torch.full((2,), log(2)))
    assert terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-6)
    terms = gan.generator_loss(real, y)
    assert terms["class"].item() == pytest.approx(3 * fakes, rel=1e-6)
    expected = losses.non_saturating.generator(torch.full((2,), log(2)))
    assert terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-6)


def test_conditions_of_several_parts_are_averaged():
    """Class logits (N, K, A) and conditions (N, A)."""
    logits, y = torch.randn(5, 3, 2), torch.randint(3, (5, 2))

    class Parts(nn.Module):
        def forward(self, x):
            return x[:, 0], logits

    gan = ACGAN(Draws(torch.randn(5, 2)), Parts())
    by_part = [F.cross_entropy(logits[:, :, part], y[:, part]) for part in (0, 1)]
    torch.testing.assert_close(gan.generator_loss(torch.randn(5, 2), y)["class"], sum(by_part) / 2)


def test_without_the_class_term_acgan_is_the_game_of_a_blind_discriminator():
    gan = headed(ACGAN, Categories(4), 4, class_weight=0.0)
    torch.manual_seed(1)
    terms = gan.discriminator_loss(X, Y)
    assert terms["class"] == 0
    torch.manual_seed(1)
    fake = gan.generator(gan.noise(6), Y)
    judge = gan.discriminator.discriminator
    torch.testing.assert_close(terms["adversarial"], gan.loss.discriminator(judge(X), judge(fake)))


class Wire(nn.Module):
    """Shows its codes: the picture is what it was told."""

    def __init__(self, condition):
        super().__init__()
        self.condition, self.latent_dim, self.weight = condition, 1, nn.Parameter(torch.ones(()))

    def forward(self, z, codes):
        return self.weight * codes


class Guess(nn.Module):
    """Guesses at the codes by a function of the sample."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return x[:, 0], self.function(x)


def test_the_code_terms_by_hand():
    """Q knows nothing of the category, -E log Q = log 4; and says N(0, 1) of a number from U[-1, 1], E c^2 = 1/3."""
    codes = Codes(4, 1)
    gan = InfoGAN(Wire(codes), Guess(lambda x: torch.zeros(len(x), 6)), category_weight=2.0, continuous_weight=0.5)
    torch.manual_seed(0)
    x = torch.zeros(40_000, 5)
    for terms in (gan.discriminator_loss(x), gan.generator_loss(x)):
        assert terms["category"].item() == pytest.approx(2 * log(4), rel=1e-5)
        expected = 0.5 * (1 / 6 + log(2 * torch.pi) / 2)
        assert terms["continuous"].item() == pytest.approx(expected, rel=1e-2)


def test_codes_are_drawn_anew_and_labels_are_passed_over():
    gan = headed(InfoGAN, Codes(4, 2), 8)
    torch.manual_seed(1)
    one = gan.generator_loss(X, Y)
    torch.manual_seed(1)
    torch.testing.assert_close(gan.generator_loss(X, None), one, rtol=0, atol=0)
    (_, first), (_, second) = gan.coded(50), gan.coded(50)
    assert not torch.equal(first, second)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: headed(ACGAN, Categories(4), 4, class_weight=-1.0), "class_weight = -1.0"),
        (lambda: headed(ACGAN, Categories(4), 4, class_weight=float("nan")), "class_weight = nan"),
        (lambda: headed(InfoGAN, Codes(4, 2), 8, category_weight=-2.0), "category_weight = -2.0"),
        (lambda: headed(InfoGAN, Codes(4, 2), 8, continuous_weight=-2.0), "continuous_weight = -2.0"),
    ],
)
def test_impossible_weights_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", GANS.values(), ids=GANS)
def test_half_precision_gives_losses_in_float32(make):
    gan = make()
    with torch.autocast("cpu", torch.bfloat16):
        terms = {**gan.discriminator_loss(X, Y), **{f"g_{k}": v for k, v in gan.generator_loss(X, Y).items()}}
    assert all(term.dtype == torch.float32 and term.isfinite() for term in terms.values())
