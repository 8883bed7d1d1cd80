"""Settings, and what changes within a run or starts a new one."""

import pytest
import torch
from laboratory_runs import after, small, state

from ganlib.gans import GAN, WGANGP
from ganlib.viz.ganlab.run import Run, Yours
from ganlib.viz.ganlab.session import Session
from ganlib.viz.ganlab.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "squares"),
        ("noise", "cauchy"),
        ("loss", "wgan"),
        ("optimizer_d", "adam"),
        *((name, -1) for name in ("batch", "layers_g", "width_d", "steps_d", "seed", "rate_g", "clip", "penalty")),
        ("rate_d", float("nan")),
        ("layers_d", 1.5),
        ("steps_g", True),
    ],
)
def test_bad_settings_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} = {value!r}, expected"):
        Settings().change(**{name: value})


def test_settings_that_need_each_other():
    with pytest.raises(ValueError, match=r"penalty = 0\.0, expected a positive weight"):
        Settings(loss="wgan_gp")
    with pytest.raises(ValueError, match="steps_g = 0, expected at least 1"):
        Settings(steps_d=0, steps_g=0)
    with pytest.raises(ValueError, match="colour is no setting, expected one of batch"):
        Settings().change(colour="red")


def test_a_session_finishes_what_slow_motion_began():
    session, bare = Session(small(), Yours()), Run(small())
    for _ in range(3):
        session.next_phase()
    assert session.phase is not None
    session.iterate()
    assert session.phase is None and session.run.iteration == 1
    assert torch.equal(state(session.run), after(bare, 1))
    for _ in range(8):  # seven phases, then the first of the next iteration
        session.next_phase()
    assert session.run.iteration == 2
    session.step_discriminator()
    assert session.run.iteration == 3


def test_a_rate_changes_nothing_but_the_rate():
    class Counting(GAN):
        made = 0

        def __init__(self, *players):
            super().__init__(*players)
            Counting.made += 1

    settings, yours = small(loss="yours", steps_d=0), Yours(loss=Counting)
    session, bare = Session(settings, yours), Run(settings, yours)
    for _ in range(4):
        session.iterate()
        bare.iterate()
        session.change(rate_d=0.3, steps_d=1)
        session.change(rate_d=1e-3, steps_d=0)
    assert Counting.made == 2 and session.run.gan is session.run.trainer.gan
    session.change(loss="hinge")
    session.change(loss="yours")  # the batch that G was given stays the latest
    session.iterate()
    assert torch.equal(state(session.run), after(bare, 1))


def test_a_class_that_cannot_be_made_changes_nothing():
    def broken(generator, discriminator):
        raise RuntimeError("my own slip")

    session = Session(small(), Yours(loss=broken))
    gan = session.run.gan
    with pytest.raises(RuntimeError, match="my own slip"):
        session.change(loss="yours")
    assert session.run.gan is gan is session.run.trainer.gan and session.run.settings.loss == "non_saturating"


def test_live_settings_go_on_and_others_start_anew():
    session = Session(small(), Yours())
    session.iterate()
    run, weights = session.run, state(session.run)
    session.change(loss="wgan_gp", penalty=0.5, rate_d=0.01, steps_d=3)
    assert session.run is run and torch.equal(state(run), weights) and type(run.gan) is WGANGP
    assert {group["lr"] for group in run.optimizers["optimizer_d"].param_groups} == {0.01}
    with pytest.raises(ValueError, match="batch"):
        session.change(batch=0)
    assert session.run is run
    session.change(noise_dim=1)
    assert session.run is not run and session.run.iteration == 0 and session.run.latent_dim == 1
