"""The fast trainer: on the CPU the same as the plain one; its graphs against a tape; on a GPU close to float32."""

import copy
from contextlib import nullcontext

import pytest
import torch
from tape import recorder
from torch.optim import SGD, RMSprop
from trainers import assert_same, tensors

from ganlib import acceleration
from ganlib.acceleration import FastTrainer, channels_last
from ganlib.data import Batches
from ganlib.gans import GAN, WGAN, WGANGP
from ganlib.models import DCGANDiscriminator, DCGANGenerator
from ganlib.training import Trainer

KINDS = {GAN: "batch", WGAN: "batch", WGANGP: "layer"}


def players(kind, dtype=torch.float64):
    torch.manual_seed(0)
    return kind(DCGANGenerator(16, latent_dim=8, width=8), DCGANDiscriminator(16, width=8, norm=KINDS[kind])).to(dtype)


def pictures(dtype=torch.float64):
    return torch.randn(64, 3, 16, 16, generator=torch.Generator().manual_seed(1)).clamp(-1, 1).to(dtype)


def make(trainer=Trainer, kind=GAN, **settings):
    return trainer(players(kind), Batches(pictures(), 16), **settings)


def rounds(trainer, n, seed=2):
    torch.manual_seed(seed)
    return list(trainer.rounds(n))


def run(trainer, n):
    rounds(trainer, n)
    return trainer


def assert_close(a, b):
    """To rounding, in float64: channels_last adds in another order."""
    torch.testing.assert_close(tensors(a), tensors(b), rtol=1e-6, atol=1e-9)


@pytest.fixture
def taped(monkeypatch):
    """Makes a fast trainer whose graphs are tapes, so that all of it but CUDA itself runs here."""

    def make_taped(kind=GAN, data=None, **settings):
        gan = players(kind)
        acceleration.lay_out(gan)
        monkeypatch.setattr(acceleration, "record", recorder(gan))
        monkeypatch.setattr(acceleration, "beside", lambda device: nullcontext())
        trainer = FastTrainer(gan, data or Batches(pictures(), 16), **settings)
        trainer._records = True
        return trainer

    return make_taped


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_cpu_it_is_the_plain_trainer(kind):
    settings = {"n_critic": 2, "decay": 0.9}
    assert_same(run(make(Trainer, kind, **settings), 4), run(make(FastTrainer, kind, **settings), 4))


@pytest.mark.parametrize("kind", KINDS)
def test_replayed_steps_are_the_plain_ones(kind, taped):
    plain, fast = make(Trainer, kind, n_critic=2, decay=0.9), taped(kind, n_critic=2, decay=0.9)
    for mine, its in zip(rounds(plain, 8), rounds(fast, 8), strict=True):
        torch.testing.assert_close(mine.discriminator | mine.generator, its.discriminator | its.generator)
    assert len(fast._graphs) == 2 and all(graph.replay for graph in fast._graphs.values())
    assert_close(plain, fast)


def test_terms_of_earlier_steps_stay_as_they_were(taped):
    losses = [done.losses()[0] for done in rounds(taped(), 8)]
    assert len({loss.item() for loss in losses}) == 8


def test_a_gradient_is_left_behind_after_a_replay(taped):
    trainer = run(taped(), 5)
    plain = run(make(), 5)
    for mine, its in zip(plain.gan.parameters(), trainer.gan.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, its.grad)


def test_learning_rates_may_change_after_recording(taped):
    trainer = run(taped(), 5)
    for group in trainer.optimizer_d.param_groups + trainer.optimizer_g.param_groups:
        group["lr"] = 0.0
    before = [p.detach().clone() for p in trainer.gan.parameters()]
    run(trainer, 1)
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.gan.parameters(), strict=True))


def test_any_optimizer_serves(taped):
    fast, plain = taped(), make()
    for trainer in (fast, plain):
        trainer.optimizer_d = SGD(trainer.gan.discriminator.parameters(), 0.1)
        trainer.optimizer_g = RMSprop(trainer.gan.generator.parameters(), 1e-3)
    assert_close(run(plain, 6), run(fast, 6))


def test_batches_of_another_shape_and_other_parameters_get_their_own_graph(taped):
    data = [pictures()[:16], pictures()[16:24]]
    fast, plain = run(taped(data=data), 12), run(Trainer(players(GAN), data), 12)
    assert len(fast._graphs) == 4
    assert_close(plain, fast)
    for trainer in (fast, plain):
        next(trainer.gan.discriminator.parameters()).requires_grad_(False)
        run(trainer, 2)
    assert len(fast._graphs) == 6
    assert_close(plain, fast)


def test_the_data_stay_as_they_are(taped):
    """The graph's own batch is overwritten at each step, and must not be one of the reader's tensors."""
    data = [channels_last(batch).clone() for batch in pictures().split(16)]
    before = copy.deepcopy(data)
    run(taped(data=data), 8)
    assert all(map(torch.equal, data, before))


def test_a_changed_setting_counts_after_record_again(taped):
    trainer = run(taped(WGANGP), 5)
    trainer.gan.penalty_weight = 0.0
    assert next(trainer.rounds(1)).discriminator["gradient_penalty"] > 0  # the recorded graph knows the old weight
    trainer.record_again()
    assert next(trainer.rounds(1)).discriminator["gradient_penalty"] == 0


def test_a_loss_that_cannot_be_recorded_is_named(taped, monkeypatch):
    def refuse(work, device):
        raise RuntimeError("operation not permitted when stream is capturing")

    trainer = run(taped(), acceleration.WARM_UP)
    monkeypatch.setattr(acceleration, "record", refuse)
    with pytest.raises(RuntimeError, match=r"GAN\.discriminator_loss cannot be recorded as a CUDA graph"):
        run(trainer, 1)


@pytest.mark.parametrize("kinds", ["fast, then plain", "plain, then fast", "fast, then fast"])
def test_a_run_goes_on_in_the_other_trainer(kinds, taped, tmp_path):
    """Between channels_last and the other layout: PyTorch alone would pair wrong numbers in the optimizer's state."""
    first, second = ({"fast": taped, "plain": make}[kind] for kind in kinds.split(", then "))
    path = run(first(decay=0.9), 6).save(tmp_path / "run.pt")
    resumed = second(decay=0.9)
    resumed.load(path)
    for _ in resumed.rounds(6):
        pass
    assert_close(resumed, run(make(decay=0.9), 12))


def test_layout_changes_no_value_and_only_where_there_are_channels():
    gan, before = players(GAN), players(GAN)
    acceleration.lay_out(gan)
    for mine, was in zip(gan.parameters(), before.parameters(), strict=True):
        assert torch.equal(mine, was)
        assert mine.dim() != 4 or mine.is_contiguous(memory_format=torch.channels_last)
    voxels, points = torch.randn(2, 3, 4, 4, 4), torch.randn(2, 3)
    assert channels_last(voxels) is voxels and channels_last(points) is points


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("kind", KINDS)
def test_bfloat16_is_close_to_float32(kind, device):
    """Within the tolerance that the docstring states, at the start and later; not equal, or nothing was in bfloat16."""
    for gan in (players(kind).float(), run(make(kind=kind), 10).gan.float()):
        for player in ("discriminator", "generator"):
            (exact, gradient), (rough, rough_gradient) = (
                step(copy.deepcopy(gan), player, dtype, device) for dtype in (None, torch.bfloat16)
            )
            torch.testing.assert_close(rough, exact, rtol=0.02, atol=0.01)
            assert 0 < (rough_gradient - gradient).norm() / gradient.norm() < 0.1


def step(gan, player, dtype, device):
    """The loss terms of one player's first step, and its gradient as one vector."""
    trainer = FastTrainer(gan, Batches(pictures(torch.float32), 64), device=device, dtype=dtype)
    torch.manual_seed(3)
    terms = trainer.discriminator_step() if player == "discriminator" else trainer.generator_step()
    return terms, torch.cat([p.grad.flatten() for p in getattr(gan, player).parameters()])


def test_bfloat16_only_where_the_hardware_has_it():
    assert acceleration.fast_dtype(torch.device("cpu")) is None
    assert make(FastTrainer).dtype is None
    assert make(FastTrainer, dtype=torch.bfloat16).dtype is torch.bfloat16


def test_bad_settings_are_those_of_the_trainer():
    with pytest.raises(ValueError, match=r"dtype = torch\.float16"):
        make(FastTrainer, dtype=torch.float16)
    with pytest.raises(ValueError, match="n_critic = 0"):
        make(FastTrainer, n_critic=0)


@pytest.mark.gpu
@pytest.mark.parametrize("kind", KINDS)
def test_graphs_on_a_gpu_do_the_plain_steps(kind):
    settings = {"device": "cuda", "n_critic": 2, "decay": 0.9}
    plain, fast = make(Trainer, kind, **settings), make(FastTrainer, kind, dtype=None, **settings)
    for mine, its in zip(rounds(plain, 12), rounds(fast, 12), strict=True):
        torch.testing.assert_close(mine.discriminator | mine.generator, its.discriminator | its.generator)
    assert all(graph.replay for graph in fast._graphs.values())
    assert_close(plain, fast)


@pytest.mark.gpu
def test_a_run_on_a_gpu_is_saved_and_resumed(tmp_path):
    whole = run(make(FastTrainer, device="cuda", dtype=None), 12)
    path = run(make(FastTrainer, device="cuda", dtype=None), 6).save(tmp_path / "run.pt")
    resumed = make(FastTrainer, device="cuda", dtype=None)
    resumed.load(path)
    for _ in resumed.rounds(6):
        pass
    assert_close(resumed, whole)


@pytest.mark.gpu
def test_on_a_gpu_a_loss_that_reads_a_number_back_is_refused_with_words():
    class Reading(GAN):
        def generator_loss(self, x, y=None):
            terms = super().generator_loss(x, y)
            return terms if terms["adversarial"].item() < 1e9 else {}

    gan = players(GAN)
    trainer = FastTrainer(Reading(gan.generator, gan.discriminator), Batches(pictures(), 16), device="cuda")
    with pytest.raises(RuntimeError, match="generator_loss cannot be recorded"):
        run(trainer, 5)
