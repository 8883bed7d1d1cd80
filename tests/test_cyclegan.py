"""CycleGAN's terms on players whose answers are known, and its buffer of past fakes."""

import copy

import pytest
import torch
from torch import nn

from ganlib import losses, training
from ganlib.data import UnpairedBatches
from ganlib.gans import CycleGAN, ImageBuffer, Judges, Translators
from ganlib.models import PatchDiscriminator, ResidualTranslator

SHAPE = (3, 8, 8)


class Affine(nn.Module):
    """x to slope x + shift."""

    def __init__(self, slope, shift=0.0):
        super().__init__()
        self.slope, self.shift = nn.Parameter(torch.tensor(slope)), nn.Parameter(torch.tensor(shift))

    def forward(self, x):
        return self.slope * x + self.shift


class Mean(nn.Module):
    """The mean of a picture, times a slope, as its logit."""

    def __init__(self, slope=1.0):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, x):
        return self.slope * x.flatten(1).mean(1)


def gan(to_b, to_a, **settings):
    return CycleGAN(Translators(to_b, to_a), Judges(Mean(), Mean()), SHAPE, **settings)


def batch(n=4, m=4, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(2 * torch.rand(k, *SHAPE, generator=generator) - 1 for k in (n, m))


def test_generators_that_undo_each_other_pay_nothing_for_cycles():
    a, b = batch()
    terms = gan(Affine(2.0, 1.0), Affine(0.5, -0.5)).generator_loss(a, b)
    assert terms["cycle"].item() == pytest.approx(0, abs=1e-5) and terms["identity"].item() > 1


def test_the_cycle_term_by_hand():
    a, b = torch.full((2, *SHAPE), 0.5), torch.full((3, *SHAPE), -0.25)
    terms = gan(Affine(1.0, 0.1), Affine(1.0, 0.2), cycle_weight=7.0).generator_loss(a, b)
    assert terms["cycle"].item() == pytest.approx(7 * (0.3 + 0.3), abs=1e-6)


def test_the_identity_term_asks_each_generator_about_its_own_target():
    a, b = torch.full((2, *SHAPE), 0.5), torch.full((2, *SHAPE), -0.25)
    terms = gan(Affine(3.0), Affine(5.0), identity_weight=2.0).generator_loss(a, b)
    assert terms["identity"].item() == pytest.approx(2 * (2 * 0.25 + 4 * 0.5))  # |3 b - b| and |5 a - a|


def test_the_adversarial_terms_by_hand():
    a, b = torch.full((2, *SHAPE), 0.5), torch.full((2, *SHAPE), -0.25)
    players = gan(Affine(1.0, 0.1), Affine(1.0, 0.2), memory=0)
    fake_b, fake_a = 0.6, -0.05
    generator = players.generator_loss(a, b)["adversarial"].item()
    assert generator == pytest.approx((fake_b - 1) ** 2 + (fake_a - 1) ** 2)  # not halved
    discriminator = players.discriminator_loss(a, b)
    assert discriminator["adversarial_a"].item() == pytest.approx(((0.5 - 1) ** 2 + fake_a**2) / 2)
    assert discriminator["adversarial_b"].item() == pytest.approx(((-0.25 - 1) ** 2 + fake_b**2) / 2)


def test_another_loss_takes_the_place_of_least_squares():
    a, b = batch()
    players = gan(Affine(1.0, 0.1), Affine(1.0, 0.2), loss=losses.hinge)
    fake_b, fake_a = a + 0.1, b + 0.2
    assert players.generator_loss(a, b)["adversarial"].item() == pytest.approx(-(fake_a.mean() + fake_b.mean()).item())


def test_each_domain_has_its_own_judge():
    a, b = batch()
    players = CycleGAN(Translators(Affine(1.0), Affine(1.0)), Judges(Mean(0.0), Mean(3.0)), SHAPE, memory=0)
    assert players.discriminator_loss(a, b)["adversarial_a"].item() == pytest.approx(0.5)
    assert players.logits(b).equal(3 * b.flatten(1).mean(1)) and players.fakes(a).equal(a)


def test_a_term_of_weight_zero_is_left_out():
    terms = gan(Affine(2.0), Affine(2.0), cycle_weight=0.0, identity_weight=0.0).generator_loss(*batch())
    assert list(terms) == ["adversarial"]


@pytest.mark.parametrize("sizes", [(1, 1), (1, 3), (5, 2)])
def test_sides_may_differ_in_size(sizes):
    players, (a, b) = gan(Affine(2.0), Affine(0.5)), batch(*sizes)
    terms = players.discriminator_loss(a, b) | players.generator_loss(a, b)
    assert all(term.dim() == 0 and term.isfinite() for term in terms.values())


def test_each_loss_sends_gradients_to_its_own_player_alone():
    players, data = gan(Affine(2.0, 0.1), Affine(0.4, 0.1)), batch()
    sum(players.discriminator_loss(*data).values()).backward()
    assert all(p.grad is None for p in players.generator.parameters())
    assert all(p.grad.abs() > 0 for p in players.discriminator.parameters())
    players.zero_grad()
    with training.frozen(players.discriminator):
        sum(players.generator_loss(*data).values()).backward()
    assert all(p.grad is None for p in players.discriminator.parameters())
    assert all(p.grad.abs() > 0 for p in players.generator.parameters())


@pytest.mark.parametrize("settings", [{"cycle_weight": -1.0}, {"identity_weight": -0.1}, {"memory": -1}])
def test_negative_settings_are_refused(settings):
    (name, value), *_ = settings.items()
    with pytest.raises(ValueError, match=f"{'capacity' if name == 'memory' else name} = {value}"):
        gan(Affine(1.0), Affine(1.0), **settings)


def numbered(*values):
    return torch.tensor(values, dtype=torch.float32).view(-1, 1, 1, 1)


def filled(capacity):
    """A buffer that holds the pictures 0, 1, ..., capacity - 1."""
    buffer = ImageBuffer((1, 1, 1), capacity)
    buffer(numbered(*range(capacity)))
    return buffer


def test_an_empty_buffer_hands_on_what_it_stores():
    buffer, fresh = ImageBuffer((1, 1, 1), 6), numbered(1, 2, 3, 4, 5, 6)
    assert buffer(fresh).equal(fresh)
    assert buffer.images.flatten().sort().values.equal(fresh.flatten()) and buffer.filled.all()


def test_a_full_buffer_exchanges_or_hands_on_and_loses_nothing():
    torch.manual_seed(0)
    buffer = filled(20)
    for start in range(100, 400, 4):
        fresh = numbered(*range(start, start + 4))
        before = sorted([*buffer.images.flatten().tolist(), *fresh.flatten().tolist()])
        out = buffer(fresh)
        assert sorted([*buffer.images.flatten().tolist(), *out.flatten().tolist()]) == before


def test_half_of_what_is_handed_on_is_old_and_all_places_are_used():
    torch.manual_seed(0)
    buffer = filled(10)
    old, chosen = 0, torch.zeros(10)
    for _ in range(2000):
        before = buffer.images.clone()
        out = buffer(numbered(-1.0))
        old += (out >= 0).item()
        chosen += (before != buffer.images).flatten()
        buffer.images.copy_(before)
    assert abs(old - 1000) < 5 * 500**0.5  # five standard deviations of Binomial(2000, 1/2)
    assert (chosen - 100).abs().max() < 5 * 95**0.5  # of Binomial(2000, 1/20)


def test_a_batch_takes_places_of_its_own():
    buffer = filled(8)
    for start in range(100, 500, 8):
        buffer(numbered(*range(start, start + 8)))
        assert buffer.images.unique().numel() == 8


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_batch_larger_than_the_buffer_is_handed_on_in_order(capacity):
    buffer, fresh = ImageBuffer((1, 1, 1), capacity), numbered(*range(5))
    buffer(fresh)
    out = buffer(fresh + 10)
    assert out.shape == fresh.shape and out[capacity:].equal(fresh[capacity:] + 10)


def test_a_buffer_keeps_no_graph_and_no_memory_of_the_batch():
    buffer, fresh = ImageBuffer((1, 1, 1), 2), numbered(1, 2).requires_grad_()
    out = buffer(fresh * 1)
    assert not out.requires_grad and not buffer.images.requires_grad
    values = numbered(3, 4)
    buffer(values)
    kept = buffer.images.clone()
    values.zero_()
    assert buffer.images.equal(kept)


def test_a_buffer_takes_half_precision_and_refuses_other_shapes():
    out = filled(2)(numbered(5, 6).bfloat16())
    assert out.dtype == torch.float32
    with pytest.raises(ValueError, match=r"fresh has shape \(2, 3, 1, 1\), expected \(N, 1, 1, 1\)"):
        filled(2)(torch.zeros(2, 3, 1, 1))


def small_trainer(seed):
    torch.manual_seed(seed)
    translators = Translators(*[ResidualTranslator(8, 3, 4, 1) for _ in range(2)])
    judges = Judges(*[PatchDiscriminator(3, 4, layers=1) for _ in range(2)])
    players = CycleGAN(translators, judges, SHAPE, memory=5)
    return training.Trainer(players, UnpairedBatches(*batch(9, 7), 2, seed=seed), decay=0.9)


def test_a_run_resumes_bit_for_bit_with_its_buffers(tmp_path):
    trainer = small_trainer(0)
    list(trainer.rounds(4))
    trainer.save(tmp_path / "run.pt")
    list(trainer.rounds(4))
    expected = copy.deepcopy(trainer.gan.state_dict())
    again = small_trainer(1)
    list(again.rounds(1))
    again.data = UnpairedBatches(*batch(9, 7), 2, seed=0)
    again.load(tmp_path / "run.pt")
    list(again.rounds(4))
    state = again.gan.state_dict()
    assert any("past_a.images" in name for name in state) and expected["past_a.filled"].any()
    assert all(torch.equal(state[name], value) for name, value in expected.items())


def test_a_trainer_samples_the_way_from_a_to_b():
    trainer = small_trainer(0)
    list(trainer.rounds(2))
    a, _ = batch()
    with training.evaluation(trainer.generator):
        assert trainer.sample(a).equal(trainer.generator.to_b(a))


@pytest.mark.gpu
def test_a_buffer_works_on_a_gpu():
    buffer = ImageBuffer((1, 1, 1), 4).cuda()
    fresh = numbered(1, 2, 3, 4).cuda()
    assert buffer(fresh).equal(fresh) and buffer(fresh + 4).is_cuda
