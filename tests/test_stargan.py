"""StarGAN's terms on players whose answers are known."""

from math import log

import pytest
import torch
from torch import nn

from ganlib import losses, training
from ganlib.gans import StarGAN, StarGANGP
from ganlib.gans.stargan import attribute_loss
from ganlib.models import AttributeDiscriminator, AttributeTranslator

SHAPE = (3, 16, 16)


class Brighten(nn.Module):
    """x to x + step * (the first attribute)."""

    def __init__(self, step=0.1):
        super().__init__()
        self.step = nn.Parameter(torch.tensor(step))

    def forward(self, x, y):
        return x + self.step * y[:, 0].float().view(-1, 1, 1, 1)


class Reader(nn.Module):
    """The mean of a picture, times a slope, as its logit; the same logits of (3, 2) values for every picture."""

    def __init__(self, slope=1.0):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))
        self.first, self.second = nn.Parameter(torch.tensor([0.0, 1.0, 2.0])), nn.Parameter(torch.zeros(2))

    def forward(self, x):
        mean = self.slope * x.flatten(1).mean(1)
        return mean, (self.first.expand(len(x), 3), self.second.expand(len(x), 2))


Y = torch.tensor([[0, 0], [1, 1], [2, 0], [1, 1]])


def batch(seed=0):
    return torch.rand(4, *SHAPE, generator=torch.Generator().manual_seed(seed)) - 0.5, Y


def cross_entropies(y):
    """What Reader pays for attributes y, by hand."""
    normalizer = log(1 + torch.e + torch.e**2)
    return sum(normalizer - first + log(2) for first, _ in y.tolist()) / len(y)


def test_the_discriminator_pays_for_what_it_reads_in_real_pictures():
    x, y = batch()
    terms = StarGAN(Brighten(0.0), Reader(), class_weight=3.0).discriminator_loss(x, y)
    assert list(terms) == ["adversarial", "class"]
    assert terms["class"].item() == pytest.approx(3 * cross_entropies(y))
    mean = x.flatten(1).mean(1)
    assert terms["adversarial"].item() == pytest.approx(losses.non_saturating.discriminator(mean, mean).item())


def test_targets_are_the_attributes_of_the_batch_in_another_order():
    torch.manual_seed(0)
    gan, y = StarGAN(Brighten(), Reader()), torch.arange(12).view(6, 2)
    drawn = [gan.targets(y) for _ in range(60)]
    assert all(sorted(targets.tolist()) == y.tolist() for targets in drawn)
    assert len({tuple(targets[0].tolist()) for targets in drawn}) == 6


def test_the_generator_is_asked_for_the_targets_and_back():
    x, y = batch()
    gan = StarGAN(Brighten(0.1), Reader(), class_weight=2.0, reconstruction_weight=5.0)
    targets = torch.tensor([[2, 1], [2, 0], [1, 0], [2, 1]])
    gan.targets = lambda y: targets
    terms = gan.generator_loss(x, y)
    fake = x + 0.1 * targets[:, 0].view(-1, 1, 1, 1)
    assert terms["adversarial"].item() == pytest.approx(losses.non_saturating.generator(fake.flatten(1).mean(1)).item())
    assert terms["class"].item() == pytest.approx(2 * cross_entropies(targets), rel=1e-5)
    there_and_back = 0.1 * (targets[:, 0] + y[:, 0]).double().mean().item()
    assert terms["reconstruction"].item() == pytest.approx(5 * there_and_back, rel=1e-5)


def test_a_generator_that_comes_back_pays_nothing_for_reconstruction():
    x, y = batch()
    assert StarGAN(Brighten(0.0), Reader()).generator_loss(x, y)["reconstruction"].item() == 0
    left_out = StarGAN(Brighten(0.1), Reader(), reconstruction_weight=0.0).generator_loss(x, y)
    assert list(left_out) == ["adversarial", "class"]


@pytest.mark.parametrize("kind", [StarGAN, StarGANGP])
def test_each_loss_sends_gradients_to_its_own_player_alone(kind):
    torch.manual_seed(0)
    gan, data = kind(Brighten(), Reader()), batch()
    sum(gan.discriminator_loss(*data).values()).backward()
    assert gan.generator.step.grad is None
    assert all(p.grad.abs().sum() > 0 for p in (gan.discriminator.slope, gan.discriminator.first))
    gan.zero_grad()
    with training.frozen(gan.discriminator):
        sum(gan.generator_loss(*data).values()).backward()
    assert gan.generator.step.grad.abs() > 0 and gan.discriminator.slope.grad is None


@pytest.mark.parametrize("slope", [0.0, 4.0])
def test_the_penalty_is_that_of_the_mean_logit(slope):
    pixels = SHAPE[0] * SHAPE[1] * SHAPE[2]
    terms = StarGANGP(Brighten(), Reader(slope), penalty_weight=10.0).discriminator_loss(*batch())
    assert terms["gradient_penalty"].item() == pytest.approx(10 * (slope / pixels**0.5 - 1) ** 2, rel=1e-5)


def test_a_patch_map_counts_with_its_mean_in_the_penalty():
    class Map(Reader):
        def forward(self, x):
            mean, read = super().forward(x)
            return mean.view(-1, 1, 1, 1).expand(-1, 1, 4, 4), read

    penalties = []
    for reader in (Reader(5.0), Map(5.0)):
        penalties.append(StarGANGP(Brighten(), reader).discriminator_loss(*batch())["gradient_penalty"].item())
    assert penalties[0] == pytest.approx(penalties[1], rel=1e-5)


def test_attribute_loss_is_a_sum_over_attributes_and_a_mean_over_pictures():
    sure = tuple(100 * torch.nn.functional.one_hot(column, k).float() for column, k in zip(Y.T, (3, 2), strict=True))
    assert attribute_loss(sure, Y).item() == pytest.approx(0, abs=1e-6)
    even = (torch.zeros(4, 3), torch.zeros(4, 2))
    assert attribute_loss(even, Y).item() == pytest.approx(log(3) + log(2))
    assert attribute_loss((sure[0], even[1]), Y).item() == pytest.approx(log(2))


@pytest.mark.parametrize("y", [Y[:, :1], Y[:, 0]])
def test_other_attributes_are_refused(y):
    with pytest.raises(ValueError, match=r"expected \(N, 2\)"):
        attribute_loss((torch.zeros(4, 3), torch.zeros(4, 2)), y)


@pytest.mark.parametrize("settings", [{"class_weight": -1.0}, {"reconstruction_weight": -0.5}])
def test_negative_weights_are_refused(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        StarGAN(Brighten(), Reader(), **settings)


@pytest.mark.parametrize("kind", [StarGAN, StarGANGP])
def test_a_round_with_the_networks_of_the_course_moves_every_weight(kind):
    torch.manual_seed(0)
    gan = kind(AttributeTranslator((3, 2), 16, width=6, blocks=1), AttributeDiscriminator((3, 2), 16, width=4))
    before = [p.clone() for p in gan.parameters()]
    list(training.Trainer(gan, [batch()]).rounds(3))
    still = [n for (n, p), old in zip(gan.named_parameters(), before, strict=True) if torch.equal(p, old)]
    assert still == (["discriminator.judge.bias"] if kind is StarGANGP else [])  # a constant cancels in E f - E f
