"""What pix2pix's players minimise."""

from copy import deepcopy
from math import log

import pytest
import torch
from torch import nn
from torch.optim import Adam

from ganlib import losses
from ganlib.data import Batches
from ganlib.gans import Pix2Pix
from ganlib.models import PatchDiscriminator, UNet
from ganlib.training import Trainer


class Recording(nn.Module):
    """A discriminator that answers with one logit and remembers what it was shown."""

    def __init__(self, logit: float):
        super().__init__()
        self.logit, self.shown = nn.Parameter(torch.tensor(logit)), []

    def forward(self, x):
        self.shown.append(x)
        return self.logit.expand(len(x), 1, 2, 2)


class Shifted(nn.Module):
    """A generator that adds a number to its picture."""

    def __init__(self, by: float):
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, x):
        return x + self.by


def pairs(n=4, size=16):
    return torch.rand(2, n, 3, size, size).mul(2).sub(1).unbind()


def test_the_discriminator_sees_source_and_target_as_one_picture():
    gan = Pix2Pix(Shifted(0.5), Recording(0.0))
    x, y = pairs()
    gan.discriminator_loss(x, y)
    gan.generator_loss(x, y)
    true, fake, again = gan.discriminator.shown
    assert torch.equal(true, torch.cat([x, y], 1))
    assert torch.equal(fake, torch.cat([x, x + 0.5], 1)) and torch.equal(again, fake)


def test_an_undecided_discriminator_costs_log_2():
    """Half of 2 log 2 for the discriminator, log 2 for the generator."""
    gan = Pix2Pix(Shifted(0.5), Recording(0.0))
    x, y = pairs()
    assert gan.discriminator_loss(x, y)["adversarial"].item() == pytest.approx(log(2))
    assert gan.generator_loss(x, y)["adversarial"].item() == pytest.approx(log(2))


@pytest.mark.parametrize("loss", losses.by_name.values())
def test_losses_are_those_of_the_pair(loss):
    gan = Pix2Pix(Shifted(0.5), Recording(0.7), loss)
    x, y = pairs()
    logits = torch.full((4, 1, 2, 2), 0.7)
    expected = loss.discriminator(logits, logits) / 2
    torch.testing.assert_close(gan.discriminator_loss(x, y)["adversarial"], expected, check_dtype=False)
    torch.testing.assert_close(gan.generator_loss(x, y)["adversarial"], loss.generator(logits))


@pytest.mark.parametrize(("by", "weight", "cost"), [(2.0, 100.0, 200.0), (-0.25, 10.0, 2.5), (0.0, 100.0, 0.0)])
def test_the_distance_is_that_of_pixels(by, weight, cost):
    """Black against white is 2; the sign does not matter, nor do the sizes of batch and picture."""
    gan = Pix2Pix(Shifted(by), Recording(0.0), l1_weight=weight)
    for n, size in ((1, 4), (3, 8)):
        x = torch.zeros(n, 3, size, size)
        assert gan.generator_loss(x, x)["l1"].item() == pytest.approx(cost)


def test_no_player_is_pushed_by_the_others_loss():
    gan = Pix2Pix(Shifted(0.5), Recording(0.3))
    x, y = pairs()
    gan.discriminator_loss(x, y)["adversarial"].backward()
    assert gan.generator.by.grad is None and gan.discriminator.logit.grad is not None


def test_the_adversarial_term_reaches_the_generator_through_the_target_alone():
    """G's weight gets the gradient of the logit for the generated channels; the source is no way around."""
    weight = torch.tensor([5.0, 7.0])
    judge = lambda both: (both * weight.view(1, 2, 1, 1)).sum((1, 2, 3))  # noqa: E731
    gan = Pix2Pix(Shifted(0.0), nn.Identity(), losses.wasserstein, l1_weight=0.0)
    gan.discriminator.forward = judge
    x = torch.zeros(1, 1, 2, 2)
    gan.generator_loss(x, x)["adversarial"].backward()
    assert gan.generator.by.grad.item() == -4 * 7.0


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_a_weight_that_is_none(weight):
    with pytest.raises(ValueError, match=r"l1_weight = .*, expected a number from 0 on"):
        Pix2Pix(Shifted(0.0), Recording(0.0), l1_weight=weight)


def players(seed=0):
    torch.manual_seed(seed)
    return Pix2Pix(UNet(8, width=4, dropout=0.0), PatchDiscriminator(6, 4, layers=1), l1_weight=10.0)


def test_trainer_does_what_a_loop_written_out_does():
    gan, data = players(), pairs(16, 8)
    copied = deepcopy(gan)
    trainer = Trainer(gan, Batches(data, 4, seed=1))
    for _ in trainer.rounds(3):
        pass
    d, g = (Adam(p.parameters(), 2e-4, (0.5, 0.999), fused=True) for p in (copied.discriminator, copied.generator))
    batches = Batches(data, 4, seed=1)
    for _ in range(3):
        x, y = next(batches)
        fake = copied.generator(x)
        real_logits, fake_logits = (copied.discriminator(torch.cat([x, t], 1)) for t in (y, fake.detach()))
        d.zero_grad()
        (losses.non_saturating.discriminator(real_logits, fake_logits) / 2).backward()
        d.step()
        fake = copied.generator(x)
        adversarial = losses.non_saturating.generator(copied.discriminator(torch.cat([x, fake], 1)))
        g.zero_grad()
        (adversarial + 10 * (fake - y).abs().mean()).backward()
        g.step()
    for mine, written_out in zip(gan.parameters(), copied.parameters(), strict=True):
        torch.testing.assert_close(mine, written_out)


def test_it_learns_a_rule_from_pairs():
    """Pictures in two colours, the target with both exchanged: on new pictures the error falls to a fifth and less."""
    gan = players()
    data = (torch.randn(200, 1, 2, 2).sign().repeat_interleave(4, 2).repeat_interleave(4, 3) * 0.8).expand(
        -1, 3, -1, -1
    )
    d, g = (Adam(p.parameters(), 3e-3, (0.5, 0.99), fused=True) for p in (gan.discriminator, gan.generator))
    for _ in Trainer(gan, Batches((data, -data), 16), optimizer_d=d, optimizer_g=g).rounds(150):
        pass
    with torch.no_grad():
        error = (gan.generator.eval()(data) + data).abs().mean().item()
    assert error < 1.6 / 5
