"""Runs of the laboratory: reproducible, and the same however they are watched."""

import pytest
import torch
from laboratory_runs import after, flat, small, state

from ganlib import losses
from ganlib.data import toys
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP
from ganlib.metrics import grid_js_divergence, sliced_wasserstein
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.viz.ganlab.run import EXTENT, Run, Yours
from ganlib.viz.ganlab.scene import (
    LAYERS,
    manifold,
    scene,
)
from ganlib.viz.ganlab.settings import Settings


def test_equal_settings_give_equal_runs_whatever_else_draws_random_numbers():
    first = after(Run(small()), 12)
    torch.manual_seed(99)
    run = Run(small())
    for _ in range(12):
        torch.rand(3)
        run.iterate()
        run.fakes()
    assert torch.equal(state(run), first)
    assert not torch.equal(after(Run(small(seed=1)), 12), first)


def test_a_run_leaves_the_notebook_s_random_stream_alone():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    after(Run(small()), 3)
    assert torch.equal(torch.rand(2), expected)


def test_watching_everything_changes_nothing():
    watched, bare = Run(small(steps_d=2)), Run(small(steps_d=2))
    for _ in range(5):
        watched.iterate()
        assert len(scene(watched, set(LAYERS))) == len(LAYERS)
        bare.iterate()
    assert torch.equal(state(watched), state(bare))


@pytest.mark.parametrize(
    ("loss", "penalty", "kind"),
    [
        *((name, 0.0, GAN) for name in losses.by_name if name != "wasserstein"),
        ("hinge", 0.5, R1GAN),
        ("wasserstein", 0.0, WGAN),
        ("wgan_gp", 0.5, WGANGP),
    ],
)
def test_each_loss_is_the_paper_s_class(loss, penalty, kind):
    run = Run(small(loss=loss, penalty=penalty, clip=0.02))
    assert type(run.gan) is kind
    assert run.gan.loss is losses.by_name.get(loss, losses.wasserstein)
    after(run, 2)
    if kind is WGAN:
        assert max(p.abs().max() for p in run.gan.discriminator.parameters()) <= 0.02
    if penalty:
        assert run.gan.penalty_weight == penalty


def test_iterations_do_the_chosen_numbers_of_updates(monkeypatch):
    run = Run(small(steps_d=3, steps_g=2))
    done = []
    for player in ("discriminator", "generator"):
        step = getattr(run.trainer, f"{player}_step")
        monkeypatch.setattr(run.trainer, f"{player}_step", lambda p=player[0], step=step: (done.append(p), step())[1])
    run.iterate()
    assert done == ["d", "d", "d", "g", "g"]


def test_steps_move_one_player_alone():
    run = Run(small())
    g, d = flat(run.gan.generator), flat(run.gan.discriminator)
    run.discriminator_step()
    assert torch.equal(flat(run.gan.generator), g) and not torch.equal(flat(run.gan.discriminator), d)
    d = flat(run.gan.discriminator)
    run.generator_step()
    assert not torch.equal(flat(run.gan.generator), g) and torch.equal(flat(run.gan.discriminator), d)


def test_the_reader_s_own_players_loss_and_data():
    module = MLPGenerator(5, (2,), width=4)
    yours = Yours(module, lambda: MLPDiscriminator((2,), width=6), losses.hinge, toys.SwissRoll())
    run = Run(small(data="yours", loss="yours"), yours)
    assert run.latent_dim == 5 and run.gan.loss is losses.hinge and run.toy is yours.data
    before = [p.detach().clone() for p in module.parameters()]
    after(run, 2)
    assert all(torch.equal(p, q) for p, q in zip(module.parameters(), before, strict=True))  # the reader's own is kept
    again = Run(small(data="yours", loss="yours"), yours)
    assert torch.equal(again.gan.generator.net[0].weight, before[0])

    class Mine(R1GAN):
        pass

    assert type(Run(small(loss="yours"), Yours(loss=Mine)).gan) is Mine
    assert manifold(run).shape == (21, 21, 2) and len(scene(run, set(LAYERS))) == len(LAYERS)


def test_what_is_missing_is_said():
    with pytest.raises(ValueError, match='data = "yours"'):
        Run(small(data="yours"))
    with pytest.raises(ValueError, match="draw at least one point"):
        Run(small(data="drawn"))
    with pytest.raises(ValueError, match="generator has no latent_dim"):
        Run(small(), Yours(generator=torch.nn.Linear(2, 2)))


def test_distances_are_those_of_the_fakes_to_the_real_points():
    run = Run(small())
    assert run.distances["JS"][0, 1] == grid_js_divergence(run.fakes(), run.real, EXTENT)
    assert run.distances["W"][0, 1] == sliced_wasserstein(run.fakes(), run.real)
    after(run, 100)
    assert run.distances["W"][-1, 1] == sliced_wasserstein(run.fakes(), run.real) and len(run.distances["W"]) == 2


def test_points_to_look_at_are_none_to_train_on():
    run = Run(small(batch=500))
    assert torch.cdist(run.real, run.samples.peek()).min() > 0
    assert run.floor[0] > 0 and run.floor[1] > 0


@pytest.mark.slow
def test_the_defaults_learn_the_ring():
    from ganlib.metrics import mode_coverage

    torch.set_num_threads(1)
    run = Run(Settings())
    after(run, 4000)
    coverage = mode_coverage(run.fakes(torch.randn(2000, 2, generator=torch.Generator().manual_seed(1))), run.toy)
    assert coverage.captured == 8 and coverage.high_quality > 0.7
