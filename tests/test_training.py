"""The loop: bit-identical to a raw one, and blind to being watched."""

import copy

import pytest
import torch
from torch.optim import Adam
from trainers import assert_same, make, run

from ganlib import losses, viz
from ganlib.data import Batches, toys
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer, ema, evaluation, frozen


def test_trainer_is_bit_identical_to_a_raw_loop():
    trainer = run(make(WGANGP, n_critic=2), 20)

    raw = make(WGANGP)
    G, D, batches = raw.gan.generator, raw.gan.discriminator, raw.data
    optimizer_d = Adam(D.parameters(), 2e-4, betas=(0.5, 0.999), fused=True)
    optimizer_g = Adam(G.parameters(), 2e-4, betas=(0.5, 0.999), fused=True)
    for _ in range(20):
        for _ in range(2):
            (x,) = next(batches)
            fake = G(torch.randn(32, 2)).detach()
            loss = losses.wasserstein.discriminator(D(x), D(fake)) + 10 * losses.gradient_penalty(D, x, fake)
            optimizer_d.zero_grad()
            loss.backward()
            optimizer_d.step()
        loss = losses.wasserstein.generator(D(G(torch.randn(32, 2))))
        optimizer_g.zero_grad()
        loss.backward()
        optimizer_g.step()
    assert_same(trainer, raw)


@pytest.mark.parametrize("kind", [GAN, R1GAN, WGAN, WGANGP])
def test_each_step_moves_its_own_player_alone(kind):
    trainer = make(kind)
    G, D = trainer.gan.generator, trainer.gan.discriminator
    before = copy.deepcopy(trainer.gan)
    trainer.discriminator_step()
    assert all(torch.equal(a, b) for a, b in zip(G.parameters(), before.generator.parameters(), strict=True))
    assert not torch.equal(next(D.parameters()), next(before.discriminator.parameters()))
    before = copy.deepcopy(trainer.gan)
    trainer.generator_step()
    assert all(torch.equal(a, b) for a, b in zip(D.parameters(), before.discriminator.parameters(), strict=True))
    assert not torch.equal(next(G.parameters()), next(before.generator.parameters()))


def test_the_other_player_is_frozen_while_one_moves():
    trainer, seen = make(), []

    def spy(name):
        loss = getattr(trainer.gan, name)

        def spied(*batch):
            players = (trainer.gan.generator, trainer.gan.discriminator)
            seen.append([any(p.requires_grad for p in player.parameters()) for player in players])
            return loss(*batch)

        setattr(trainer.gan, name, spied)

    spy("discriminator_loss")
    spy("generator_loss")
    run(trainer, 1)
    assert seen == [[False, True], [True, False]]


def test_the_critic_is_clipped_after_every_step():
    trainer = make(WGAN)
    trainer.discriminator_step()
    assert max(p.abs().max() for p in trainer.gan.discriminator.parameters()) <= 0.01


def test_optimizers_given_are_the_ones_used():
    trainer = make()
    still = [torch.optim.SGD(p.parameters(), lr=0.0) for p in (trainer.gan.discriminator, trainer.gan.generator)]
    before = copy.deepcopy(trainer.gan)
    run(Trainer(trainer.gan, trainer.data, optimizer_d=still[0], optimizer_g=still[1]), 2)
    assert all(torch.equal(a, b) for a, b in zip(trainer.gan.parameters(), before.parameters(), strict=True))


def test_reported_terms_hold_no_graph():
    done = next(make(WGANGP).rounds(1))
    assert not any(term.requires_grad for term in (done.discriminator | done.generator).values())


def test_the_generator_s_step_leaves_no_gradient_in_the_discriminator():
    trainer = make()
    trainer.discriminator_step()
    gradients = [p.grad.clone() for p in trainer.gan.discriminator.parameters()]
    trainer.generator_step()
    assert all(torch.equal(a, p.grad) for a, p in zip(gradients, trainer.gan.discriminator.parameters(), strict=True))


def test_a_step_computes_the_gradient_of_what_its_optimizer_moves_and_no_other():
    x = torch.randn(8, 2, requires_grad=True)
    trainer = Trainer(make().gan, [x])
    first, *others = trainer.gan.discriminator.parameters()
    trainer.optimizer_d = Adam(others, 2e-4)
    trainer.discriminator_step()
    assert x.grad is None and first.grad is None and all(p.grad is not None for p in others)


def test_frozen_restores_each_parameter_as_it_was():
    network = MLPDiscriminator((2,), width=4)
    first, *others = network.parameters()
    first.requires_grad_(False)
    with pytest.raises(RuntimeError, match="boom"), frozen(network):
        assert not any(p.requires_grad for p in network.parameters())
        raise RuntimeError("boom")
    assert not first.requires_grad and all(p.requires_grad for p in others)


def test_rounds_count_and_report_every_term():
    trainer = make(WGANGP, n_critic=3)
    position = trainer.data.state_dict()["batch"]
    done = list(trainer.rounds(2))
    assert [r.number for r in done] == [1, 2]
    assert trainer.data.state_dict()["batch"] == position + 6
    assert set(done[0].discriminator) == {"adversarial", "gradient_penalty"}
    d, g = done[0].losses()
    assert d.item() == pytest.approx(sum(v.item() for v in done[0].discriminator.values()))
    assert g.item() == pytest.approx(done[0].generator["adversarial"].item())


def test_evaluation_restores_each_part_and_changes_nothing():
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2), torch.nn.Dropout())
    network[1].eval()
    before = copy.deepcopy(network.state_dict())
    with evaluation(network) as same:
        assert same is network and not any(part.training for part in network.modules())
        assert not network(torch.randn(4, 2)).requires_grad
    assert [part.training for part in network] == [True, False, True]
    assert all(torch.equal(a, b) for a, b in zip(before.values(), network.state_dict().values(), strict=True))


def test_average_follows_the_recursion():
    model = torch.nn.Linear(1, 1, bias=False)
    follower = ema(model, decay=0.9)
    expected = None
    for t, value in enumerate([1.0, 4.0, -2.0, 8.0]):
        torch.nn.init.constant_(model.weight, value)
        follower.update_parameters(model)
        d = min(0.9, (1 + t) / (10 + t))
        expected = value if expected is None else d * expected + (1 - d) * value
        assert follower.module.weight.item() == pytest.approx(expected)


def test_average_carries_the_batch_norm_statistics():
    trainer = run(make(decay=0.99), 5)
    for mine, averaged in zip(trainer.gan.generator.buffers(), trainer.generator.buffers(), strict=True):
        torch.testing.assert_close(mine, averaged)


def test_watching_never_changes_a_run():
    bare = run(make(decay=0.9), 30)
    watched = make(decay=0.9)
    noise = torch.randn(16, 2, generator=torch.Generator().manual_seed(1))

    def sample():
        return watched.sample(noise).new_zeros(16, 1, 4, 4)

    view = viz.TrainingView(sample, total=30, moments=(0, 10, 30))
    for _ in view.watch(watched.rounds(30)):
        view.picture.png(0.3)
    assert_same(bare, watched)


def test_sampling_is_repeatable_and_leaves_the_mode_alone():
    trainer = run(make(), 3)
    before = [b.clone() for b in trainer.gan.generator.buffers()]
    z = torch.randn(8, 2)
    first = trainer.sample(z)
    assert torch.equal(first, trainer.sample(z))
    torch.testing.assert_close(first[:3], trainer.sample(z[:3]))
    assert trainer.gan.generator.training and not first.requires_grad
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.gan.generator.buffers(), strict=True))


def test_bfloat16_keeps_weights_and_penalty_in_float32():
    trainer, logits = make(WGANGP, dtype=torch.bfloat16), []
    trainer.gan.discriminator.register_forward_hook(lambda module, inputs, output: logits.append(output.dtype))
    done = list(trainer.rounds(3))[-1]
    assert torch.bfloat16 in logits and torch.float32 in logits  # players under autocast, the penalty outside
    assert {term.dtype for term in (done.discriminator | done.generator).values()} == {torch.float32}
    assert all(p.dtype == torch.float32 and p.isfinite().all() for p in trainer.gan.parameters())


def test_a_gan_learns_the_line():
    """Not a recorded number: before training the fakes are elsewhere, after it they lie on the segment."""
    torch.manual_seed(0)
    line = toys.Line(std=0.05)
    gan = R1GAN(MLPGenerator(2, (2,), width=32), MLPDiscriminator((2,), width=32), penalty_weight=0.1)
    settings = {"lr": 2e-3, "betas": (0.5, 0.99), "fused": True}
    data = Batches(line.sample(4096, torch.Generator().manual_seed(0)), 128)
    trainer = Trainer(
        gan,
        data,
        optimizer_d=Adam(gan.discriminator.parameters(), **settings),
        optimizer_g=Adam(gan.generator.parameters(), **settings),
        decay=0.99,
    )
    z = torch.randn(1000, 2)

    def off_the_line():
        x = trainer.sample(z)
        return (x[:, 0] - x[:, 1]).abs().median().item() / 2**0.5

    start = off_the_line()
    run(trainer, 600)
    x = trainer.sample(z)
    assert off_the_line() < min(0.1, start / 2)
    assert x.std(0).min() > 0.3  # and they spread along it: a uniform draw has 0.58


def test_data_without_batches_is_refused_instead_of_waiting_forever():
    trainer = make()
    with pytest.raises(ValueError, match="data yields no"):
        run(Trainer(trainer.gan, []), 1)


def test_any_iterable_of_batches_serves_again_and_again():
    x = torch.randn(8, 2)
    for data in ([x], [(x,)], torch.utils.data.DataLoader(x, batch_size=4)):
        assert run(Trainer(make().gan, data), 5).number == 5


class StoppedOnce:
    """Batches during which somebody presses the stop button."""

    def __init__(self):
        self.count = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.count += 1
        if self.count == 5:
            raise KeyboardInterrupt
        return torch.zeros(8, 2)


def test_a_run_goes_on_after_an_interrupt():
    trainer = Trainer(make().gan, StoppedOnce())
    with pytest.raises(KeyboardInterrupt):
        run(trainer, 10)
    assert trainer.number == 4
    assert run(trainer, 3).number == 7


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_critic": 0}, "n_critic = 0"),
        ({"decay": 1.0}, "decay = 1.0"),
        ({"decay": -0.1}, "decay = -0.1"),
        ({"dtype": torch.float16}, "dtype = torch.float16"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        make(**settings)


def test_batches_that_are_dictionaries_are_refused_with_words():
    with pytest.raises(TypeError, match="data yields a dict"):
        run(Trainer(make().gan, [{"x": torch.zeros(4, 2)}]), 1)


def test_sampling_passes_the_condition_on():
    class Echo(torch.nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones(1))

        def forward(self, z, y):
            return self.scale * y

    trainer = Trainer(GAN(Echo(), MLPDiscriminator((2,), width=4)), [torch.zeros(2, 2)])
    assert trainer.sample(torch.zeros(3, 2), torch.arange(3.0)).tolist() == [0, 1, 2]
