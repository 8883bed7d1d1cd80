"""A run of the clinic: what is noted, and that nothing from outside changes it."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from tiny import RING, tiny
from torch import nn

from ganlib import losses
from ganlib.clinic import Run
from ganlib.clinic.recordings import CURVES, load, save
from ganlib.clinic.run import pair_accuracy, untouched
from ganlib.models import MLPDiscriminator, MLPGenerator


def finished(setup, **names):
    run = Run(setup, **names)
    assert list(run) == list(range(1, setup.updates + 1)) and run.finished and not run.advance()
    return run.recording


def same(one, other):
    """Whether two recordings hold the same numbers, bit for bit."""
    pairs = [(one.samples, other.samples), (one.updates, other.updates), (one.moments, other.moments)]
    for mine, theirs in ((one.curves, other.curves), (one.layers, other.layers), (one.health, other.health)):
        assert list(mine) == list(theirs)
        pairs += [(mine[key], theirs[key]) for key in mine]
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def test_what_is_noted_and_when():
    recording = finished(tiny(updates=250), name="somebody", treatment="wait")
    assert recording.name == "somebody" and recording.treatment == "wait" and recording.total == 250
    assert len(recording.updates) == 100 and recording.updates[-1] == 250
    assert recording.moments.tolist() == [0, 42, 83, 125, 167, 208, 250]
    assert set(recording.curves) == set(CURVES)
    assert all(curve.shape == (100,) and np.isfinite(curve).all() for curve in recording.curves.values())
    assert recording.samples.shape == (7, RING.shown, 2) and recording.samples.dtype == np.float32
    assert {key: values.shape for key, values in recording.health.items()} == dict.fromkeys(RING.measures, (7,))
    assert recording.layers["generator"].shape == (100, 3) == (100, len(recording.layer_names["generator"]))


def test_one_run_is_one_recording():
    """The same setup gives the same numbers, another seed does not, and the caller's random state stays as it is."""
    state = torch.get_rng_state()
    first, second = finished(tiny()), finished(tiny())
    assert same(first, second)
    assert torch.equal(state, torch.get_rng_state())
    assert not same(first, finished(tiny(seed=1)))


def test_draws_between_two_pieces_change_nothing():
    disturbed = Run(tiny(discriminator=lambda: nn.Sequential(MLPDiscriminator((2,), 8), nn.Dropout(0.2))))
    quiet = finished(disturbed.setup)
    while disturbed.advance():
        torch.randn(3)
        assert disturbed.recording.total == 12
    assert same(quiet, disturbed.recording)


def test_looking_does_not_change_training():
    """Twelve rounds of the trainer alone end with the same weights, batch norm's statistics included."""
    setup = tiny(
        generator=lambda: MLPGenerator(2, (2,), 8, norm="batch"),
        discriminator=lambda: MLPDiscriminator((2,), 8, norm="batch"),
    )
    run = Run(setup)
    for _ in run:
        pass
    torch.manual_seed(setup.seed)
    alone = setup.trainer()
    for _ in alone.rounds(12):
        pass
    watched = run.trainer.gan.state_dict()
    assert all(torch.equal(value, watched[name]) for name, value in alone.gan.state_dict().items())


def test_losses_are_means_since_the_last_note():
    losses_seen = []

    def step(trainer):
        (done,) = trainer.rounds(1)
        losses_seen.append([float(loss) for loss in done.losses()])
        return done.losses()

    recording = finished(tiny(updates=200, step=step))
    by_note = np.array(losses_seen).reshape(100, 2, 2).mean(1)
    np.testing.assert_allclose(recording.curves["loss_d"], by_note[:, 0], rtol=1e-6)
    np.testing.assert_allclose(recording.curves["loss_g"], by_note[:, 1], rtol=1e-6)


def test_gradients_are_those_that_the_optimizers_used():
    run = Run(tiny(updates=1))
    for _ in run:
        pass
    for player, curve in (("discriminator", "gradient_d"), ("generator", "gradient_g")):
        parameters = list(getattr(run.trainer.gan, player).parameters())
        norm = torch.cat([p.grad.flatten() for p in parameters]).norm()
        assert run.recording.curves[curve][0] == pytest.approx(float(norm))
        layers = [float(p.grad.norm()) for p in parameters if p.dim() > 1]
        assert run.recording.layers[player][0] == pytest.approx(layers)


def test_of_several_updates_in_a_round_the_first_one_is_noted():
    run, used = Run(tiny(updates=1, n_critic=3)), []
    weights = list(run.trainer.gan.discriminator.parameters())

    def look(*_):
        used.append(float(torch.cat([p.grad.flatten() for p in weights]).norm()))

    run.trainer.optimizer_d.register_step_pre_hook(look)
    for _ in run:
        pass
    assert len(used) == 3 and run.recording.layers["discriminator"].shape == (1, 3)
    assert run.recording.curves["gradient_d"][0] == pytest.approx(used[0]) != pytest.approx(used[2])


def test_a_broken_run_is_recorded_to_its_end():
    explode = losses.AdversarialLoss(losses.minimax.discriminator, lambda fake: (fake * float("inf")).mean())
    recording = finished(tiny(loss=explode))
    assert np.isnan(recording.curves["accuracy"][-1]) and np.isnan(recording.outcome["modes"])
    assert np.isfinite(recording.samples).all()


def test_pair_accuracy_is_the_area_under_the_roc_curve():
    rng = torch.Generator().manual_seed(0)
    real, fake = (torch.randint(0, 6, (n,), generator=rng).float() + shift for n, shift in ((40, 1), (30, 0)))
    labels = [1] * 40 + [0] * 30
    assert pair_accuracy(real, fake) == pytest.approx(roc_auc_score(labels, torch.cat([real, fake])))
    assert (
        pair_accuracy(real, real) == 0.5 and pair_accuracy(real + 10, fake) == 1 and pair_accuracy(real - 10, fake) == 0
    )


def test_a_look_in_training_mode_leaves_the_statistics():
    norm = nn.BatchNorm1d(2)
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    with untouched(norm):
        inside = norm(torch.tensor([[1.0, 5.0], [3.0, 9.0]]))
    assert torch.allclose(inside.mean(0), torch.zeros(2), atol=1e-5)
    assert norm.training and all(torch.equal(value, before[name]) for name, value in norm.state_dict().items())


def test_a_recording_comes_back_from_its_file(tmp_path):
    recording = finished(tiny(), name="somebody")
    path = save(recording, tmp_path / "somebody.npz")
    back = load(path)
    assert (back.name, back.treatment, back.total) == ("somebody", None, 12)
    assert back.layer_names == recording.layer_names and back.outcome == recording.outcome
    np.testing.assert_allclose(back.samples, recording.samples, atol=2e-3)
    for curve, values in recording.curves.items():
        np.testing.assert_allclose(back.curves[curve], values, rtol=1e-6)
    again = save(recording, tmp_path / "again.npz")
    assert again.read_bytes() == path.read_bytes()
