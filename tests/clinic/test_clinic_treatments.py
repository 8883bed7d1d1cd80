"""Treatments: what each changes, and that it leaves alone what is in order."""

import pytest
import torch
from tiny import tiny
from torch import nn

from ganlib import losses
from ganlib.clinic import TREATMENTS, Run
from ganlib.clinic.subjects import Measure, Subject
from ganlib.clinic.treatments import is_critic, slopes
from ganlib.losses import AdversarialLoss
from ganlib.models import MinibatchDeviation

PAIRS = {name: getattr(losses, name) for name in ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein")}


def given(key, setup):
    return TREATMENTS[key].apply(setup)


@pytest.mark.parametrize("key", TREATMENTS)
def test_any_treatment_can_be_given_and_run(key):
    """On a setup that is in order: it runs, and it is the same object where there was nothing to mend."""
    setup = tiny(updates=2)
    treated = given(key, setup)
    assert (treated is setup) == (setup.differences(treated) == {})
    run = Run(treated)
    for _ in run:
        pass
    assert run.recording.moments[-1] == treated.updates


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("wait", {"updates": 12}, {"updates": 24}),
        ("lower_rates", {"lr_d": 1e-2, "lr_g": 1e-3}, {"lr_d": 1e-3, "lr_g": 1e-4}),
        ("weaken_d", {"n_critic": 5, "lr_d": 1e-2, "lr_g": 1e-3}, {"n_critic": 1, "lr_d": 1e-3, "lr_g": 1e-3}),
        ("weaken_d", {"lr_d": 1e-3, "lr_g": 1e-3}, {"lr_d": 5e-4, "lr_g": 1e-3}),
        ("strengthen_d", {"lr_d": 1e-5, "lr_g": 1e-3}, {"n_critic": 2, "lr_d": 1e-3, "lr_g": 1e-3}),
        ("strengthen_d", {"n_critic": 5, "lr_d": 1e-2, "lr_g": 1e-3}, {"n_critic": 5, "lr_d": 1e-2, "lr_g": 1e-3}),
        ("average", {"decay": None}, {"decay": 0.99}),
        ("non_saturating", {"loss": losses.minimax}, {"loss": losses.non_saturating}),
        ("non_saturating", {"loss": losses.hinge}, {"loss": losses.hinge}),
    ],
)
def test_numbers_and_losses_that_change(key, before, after):
    treated = given(key, tiny(**before))
    for name, value in after.items():
        assert getattr(treated, name) == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_sign_is_left_alone(name):
    setup = tiny(loss=PAIRS[name])
    assert given("mend_sign", setup) is setup
    assert max(slopes(PAIRS[name])) < 0


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("wrong", [(True, False), (False, True), (True, True)])
def test_a_flipped_sign_is_turned_back(name, wrong):
    right = PAIRS[name]
    flipped = AdversarialLoss(
        (lambda real, fake: -right.discriminator(real, fake)) if wrong[0] else right.discriminator,
        (lambda fake: -right.generator(fake)) if wrong[1] else right.generator,
    )
    mended = given("mend_sign", tiny(loss=flipped)).loss
    real, fake = torch.randn(5), torch.randn(5)
    assert mended.discriminator(real, fake) == right.discriminator(real, fake)
    assert mended.generator(fake) == right.generator(fake)


def test_exchanged_terms_are_a_flipped_sign():
    exchanged = AdversarialLoss(lambda real, fake: losses.wasserstein.discriminator(fake, real), losses.wasserstein[1])
    mended = given("mend_sign", tiny(loss=exchanged)).loss
    assert mended.discriminator(torch.ones(2), torch.zeros(2)) == -1


@pytest.mark.parametrize("name", PAIRS)
def test_only_the_wasserstein_loss_is_a_critics(name):
    assert is_critic(PAIRS[name]) == (name == "wasserstein")


def pictures(x):
    return tiny(subject=Subject("images", (x,), {"m": Measure("m")}, lambda samples, data: {"m": 0.0}))


@pytest.mark.parametrize(("low", "high"), [(0, 255), (0, 1), (-0.5, 0.5), (-1, 3)])
def test_pictures_are_brought_to_the_range_of_tanh(low, high):
    x = low + (high - low) * torch.linspace(0, 1, 64).view(4, 1, 4, 4)
    (scaled,) = given("scale_data", pictures(x)).real
    torch.testing.assert_close(scaled, torch.linspace(-1, 1, 64).view(4, 1, 4, 4))


def test_pictures_in_range_and_points_stay():
    for setup in (pictures(torch.linspace(-1, 0.9, 64).view(4, 1, 4, 4)), pictures(torch.ones(4, 1, 4, 4)), tiny()):
        assert given("scale_data", setup) is setup


def test_penalties_suit_the_loss_and_come_once():
    """R1 asks for flat slopes at real samples, a critic's penalty for slopes of 1: both are exact for a plane."""
    plane = nn.Sequential(nn.Linear(2, 1, bias=False), nn.Flatten(0))
    plane[0].weight.data = torch.tensor([[3.0, 4.0]])  # its slope is 5
    for loss, expected in ((losses.non_saturating, 0.1 * 5**2 / 2), (losses.wasserstein, 1.0 * (5 - 1) ** 2)):
        treated = given("penalty", tiny(loss=loss, discriminator=lambda: plane))
        gan = treated.trainer().gan
        x = torch.randn(6, 2)
        assert gan.penalty(x).item() == pytest.approx(expected, rel=1e-5)
        with torch.random.fork_rng():
            plain = gan.gan.discriminator_loss(x)["adversarial"]
        terms = gan.discriminator_loss(x)
        assert set(terms) == {"adversarial", "penalty"} and plain.isfinite()
        assert given("penalty", treated) is treated


def test_leaky_units_take_the_place_of_relu_in_the_generator_alone():
    treated = given("leaky", tiny())
    kinds = [type(part) for part in treated.generator().modules()]
    assert nn.ReLU not in kinds and sum(issubclass(kind, nn.LeakyReLU) for kind in kinds) == 2
    assert given("leaky", treated) is treated


def test_the_discriminator_sees_the_batch_once():
    treated = given("see_batch", tiny())
    assert sum(isinstance(part, MinibatchDeviation) for part in treated.discriminator().modules()) == 1
    assert given("see_batch", treated) is treated


def test_the_patients_own_mend_comes_first():
    setup = tiny(mends={"detach": lambda setup: tiny(updates=3)})
    assert given("detach", setup).updates == 3
    assert given("detach", tiny()).updates == 12


def test_looking_for_something_to_mend_draws_no_numbers():
    state = torch.get_rng_state()
    for treatment in TREATMENTS.values():
        treatment.apply(tiny())
    assert torch.equal(state, torch.get_rng_state())
