"""Slow motion makes the same updates, and tells the truth about them."""

import re

import pytest
import torch
from laboratory_runs import Dropped, Normed, Own, dropping, small, state

from ganlib.viz.ganlab.phases import phases
from ganlib.viz.ganlab.run import Run, Yours
from ganlib.viz.ganlab.scene import (
    LAYERS,
    scene,
)
from ganlib.viz.ganlab.settings import LOSSES


@pytest.mark.parametrize("loss", LOSSES)
def test_slow_motion_makes_the_same_updates(loss):
    settings = small(loss=loss, steps_d=2, steps_g=2, penalty=0.1, noise="uniform")
    slow, fast = (Run(settings, Yours(generator=Normed)) for _ in range(2))
    words = []
    for _ in range(3):
        for phase in phases(slow):
            words.append(phase.words)
            scene(slow, set(LAYERS), phase)
        fast.iterate()
    assert torch.equal(state(slow), state(fast)) and slow.iteration == fast.iteration == 3
    assert all(torch.equal(a, b) for a, b in zip(slow.gan.buffers(), fast.gan.buffers(), strict=True))
    assert len(words) == 3 * (2 * 4 + 2 * 3)
    assert slow.losses.state() == fast.losses.state()


@pytest.mark.parametrize("loss", [*LOSSES, "yours"])
@pytest.mark.parametrize("steps_d", [0, 1])
def test_slow_motion_tells_the_very_loss_that_is_minimised(loss, steps_d):
    """With a generator and a discriminator that draw random numbers of their own, too."""
    run = Run(small(loss=loss, penalty=0.1, steps_d=steps_d), Yours(Dropped, dropping, Own))
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    for _ in range(2):
        words = []
        for phase in phases(run):
            scene(run, set(LAYERS), phase)
            words.append(phase.words)
        for player, at in (("D", 3), ("G", -1))[1 - steps_d :]:
            assert f"from {run.last[player]:.3f} to" in words[at]
    assert torch.equal(torch.rand(2), expected)  # nothing came from the notebook's random stream


def test_slow_motion_walks_from_noise_to_points_and_to_moved_points():
    run = Run(small(steps_d=2))
    walk = list(phases(run))
    assert [phase.words[:18] for phase in walk[0:8:4]] == ["D's update 1 of 2.", "D's update 2 of 2."]
    judged, moved = walk[-2:]
    assert judged.arrows and not any(phase.arrows for phase in walk if phase is not judged)
    assert torch.equal(moved.start, judged.fake) and not torch.equal(moved.fake, judged.fake)
    assert re.search(r"whose length is \d\.\d{3} on average", judged.words)
    kinds = [layer.kind for layer in scene(run, {"surface"}, judged)]
    assert kinds == ["field", "points", "arrows"]


def test_slow_motion_compares_like_with_like():
    """One batch, one noise, before and after: with a rate of next to nothing the loss stays."""
    run = Run(small(loss="wgan_gp", penalty=0.1, rate_d=1e-9, rate_g=1e-9), Yours(Dropped, dropping))
    for phase in phases(run):
        found = re.search(r"from (\S+) to (\S+)\.$", phase.words)
        assert not found or found[1] == found[2]


def test_slow_motion_shows_the_batch_that_the_update_uses(monkeypatch):
    run, seen = Run(small()), {}
    original = run.gan.loss.discriminator

    def judged(real_logits, fake_logits):
        seen["logits"] = torch.cat([real_logits, fake_logits]).detach()
        return original(real_logits, fake_logits)

    walk = phases(run)
    next(walk)
    shown = next(walk)
    expected = run.gan.logits(torch.cat([shown.real, shown.fake])).detach()
    monkeypatch.setattr(run.gan, "loss", run.gan.loss._replace(discriminator=judged))
    run.discriminator_step()
    torch.testing.assert_close(seen["logits"], expected)
