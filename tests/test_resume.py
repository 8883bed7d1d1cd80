"""A run that is saved and resumed is the run that was not stopped."""

import copy

import pytest
import torch
from trainers import assert_same, make, run, tensors

from ganlib import checkpoints
from ganlib.data import Batches
from ganlib.gans import GAN, WGANGP
from ganlib.models import MLPGenerator
from ganlib.training import Trainer


@pytest.mark.parametrize("kind", [GAN, WGANGP])
def test_resuming_equals_not_stopping(kind, tmp_path):
    whole = run(make(kind, decay=0.9, n_critic=2), 25)

    first = run(make(kind, decay=0.9, n_critic=2), 11)
    first.save(tmp_path / "run" / "state.pt")
    torch.manual_seed(999)
    second = make(kind, seed=5, decay=0.9, n_critic=2)
    second.load(tmp_path / "run" / "state.pt")
    assert_same(whole, run(second, 14))
    assert second.number == 25


def test_loading_in_the_middle_of_a_run_takes_it_back(tmp_path):
    trainer = run(make(), 5)
    trainer.save(tmp_path / "state.pt")
    expected = [p.clone() for p in tensors(run(trainer, 6))]
    trainer.load(tmp_path / "state.pt")
    assert all(torch.equal(a, b) for a, b in zip(expected, tensors(run(trainer, 6)), strict=True))


def loader():
    return torch.utils.data.DataLoader(torch.zeros(64, 2), batch_size=32)


@pytest.mark.parametrize(
    ("saved", "here", "message"),
    [
        (lambda: make(decay=None), lambda: make(decay=0.9), "has not a moving average"),
        (lambda: make(decay=0.9), lambda: make(decay=None), "has a moving average"),
        (make, lambda: Trainer(make().gan, loader()), "has data that knows its place"),
        (lambda: Trainer(make().gan, loader()), make, "has not data that knows its place"),
        (
            lambda: Trainer(GAN(MLPGenerator(2, (2,), width=8), make().gan.discriminator), loader()),
            lambda: Trainer(make().gan, loader()),
            r"generator.net.0.weight has shape \(8, 2\)",
        ),
    ],
)
def test_states_that_do_not_fit_are_refused_and_change_nothing(tmp_path, saved, here, message):
    run(saved(), 2).save(tmp_path / "state.pt")
    trainer = here()
    before = [t.clone() for t in tensors(trainer)]
    with pytest.raises(ValueError, match=message):
        trainer.load(tmp_path / "state.pt")
    assert trainer.number == 0
    assert all(torch.equal(a, b) for a, b in zip(before, tensors(trainer), strict=True))


def test_weights_alone_are_not_a_run(tmp_path):
    path = checkpoints.save(make().gan.generator.state_dict(), tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="expected that of a Trainer"):
        make().load(path)


def test_another_data_set_is_refused_before_anything_changes():
    state = copy.deepcopy(run(make(), 3).state_dict())
    other = make()
    other.data = Batches(torch.zeros(100, 2), 32)
    with pytest.raises(ValueError, match="length"):
        other.load_state_dict(state)
    assert other.number == 0


def test_loading_begins_an_ordinary_iterable_afresh():
    firsts = []
    trainer = Trainer(make().gan, torch.utils.data.DataLoader(torch.arange(16.0).view(8, 2), batch_size=2))
    trainer.gan.discriminator_loss = lambda x: firsts.append(x[0, 0].item()) or GAN.discriminator_loss(trainer.gan, x)
    run(trainer, 3)
    trainer.load_state_dict(copy.deepcopy(trainer.state_dict()))
    run(trainer, 1)
    assert firsts == [0, 4, 8, 0]


@pytest.mark.gpu
def test_a_run_on_the_gpu_resumes_exactly(tmp_path):
    whole = run(make(device="cuda", decay=0.9), 20)
    first = run(make(device="cuda", decay=0.9), 9)
    first.save(tmp_path / "state.pt")
    second = make(seed=3, device="cuda", decay=0.9)
    second.load(tmp_path / "state.pt")
    assert_same(whole, run(second, 11))
