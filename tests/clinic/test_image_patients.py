"""The patients on pictures have the faults that they are said to have, and their measures see them."""

from math import log

import pytest
import torch
from torch import nn

from ganlib import clinic, metrics
from ganlib.clinic import TREATMENTS
from ganlib.clinic.patients import batch_leak, checkerboard, label_leak, memorising
from ganlib.data import avatars, digits
from ganlib.models import MLPDiscriminator

MINE = ("dmitri", "grace", "jun", "mia", "petra")


def real_samples(name):
    """Real samples that nobody trained with, as an ideal generator would give them."""
    if name == "dmitri":
        return avatars.avatars(500, 16, seed=1)[0]
    x, y = digits(8 if name in ("jun", "mia") else 16, "test")
    if name != "mia":
        return x
    rows = [torch.nonzero(y == digit).flatten()[:30] for digit in range(10)]
    return x[torch.stack(rows, 1).flatten()]  # 0 to 9, again and again, as they are asked for


@pytest.mark.parametrize("name", MINE)
def test_real_samples_meet_the_goals_and_noise_does_not(name):
    patient, real = clinic.find(name), real_samples(name)
    setup = patient.setup()
    noise = torch.rand(real.shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    noise[..., ::2, ::2] = 1.0
    assert patient.healed(setup.subject.measured(real, setup.real))
    assert not patient.healed(setup.subject.measured(noise, setup.real))


@pytest.mark.parametrize("name", MINE)
def test_treatments_that_heal_find_something_to_mend_and_the_rest_may_not(name):
    patient = clinic.find(name)
    setup = patient.setup()
    assert all(TREATMENTS[key].apply(setup) is not setup for key in (*patient.treatments, patient.tempting))
    assert TREATMENTS["detach"].apply(setup) is setup
    assert setup.differences(patient.setup()).keys() <= {"mends", "data"}


@pytest.mark.parametrize("key", ["resize", "even_kernel", "separate_batches", "same_labels", "more_data"])
def test_nothing_to_mend_on_points(key):
    setup = clinic.find("kofi").setup()
    assert TREATMENTS[key].apply(setup) is setup


def untrained(setup):
    torch.manual_seed(0)
    generator = setup.generator()
    with torch.no_grad():
        return generator(torch.randn(200, generator.latent_dim))


def test_other_layers_give_pictures_of_the_same_shape_and_resizing_none_of_the_pattern():
    setup = clinic.find("dmitri").setup()
    as_it_is, even, resized = (
        untrained(setup if key is None else TREATMENTS[key].apply(setup)) for key in (None, "even_kernel", "resize")
    )
    assert as_it_is.shape == even.shape == resized.shape == (200, 3, 16, 16)
    assert metrics.checkerboard(resized) < 0.01 < metrics.checkerboard(as_it_is)


def test_layers_are_replaced_once_and_no_random_number_is_drawn_on_the_way():
    setup = clinic.find("dmitri").setup()
    torch.manual_seed(1)
    once = TREATMENTS["resize"].apply(setup)
    twice = TREATMENTS["resize"].apply(once)
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert twice is once and TREATMENTS["even_kernel"].apply(once) is once and drawn == torch.rand(1)
    strided = [layer for layer in once.generator().modules() if getattr(layer, "stride", (1, 1)) == (2, 2)]
    assert not any(isinstance(layer, nn.ConvTranspose2d) for layer in strided)


def test_the_half_size_discriminator_cannot_see_a_checkerboard():
    discriminator, x = checkerboard.half_size_discriminator(), torch.rand(4, 3, 16, 16)
    board = (torch.arange(16)[:, None] + torch.arange(16)).remainder(2) * 2.0 - 1
    assert torch.allclose(discriminator(x), discriminator(x + board), atol=1e-4)
    assert not torch.allclose(discriminator(x), discriminator(x + 1), atol=1e-4)


def loss_of(gan, real, fake, y=None):
    """What D minimises when G gives certain fakes."""
    gan.fakes = lambda x, y=None: fake
    return float(gan.discriminator_loss(real, y)["adversarial"])


@pytest.mark.parametrize(("key", "leaks"), [(None, True), ("separate_batches", False), ("no_batch_norm", False)])
def test_only_in_one_batch_and_with_batch_norm_a_fake_knows_its_company(key, leaks):
    setup = clinic.find("petra").setup()
    setup = setup if key is None else TREATMENTS[key].apply(setup)
    gan = setup.trainer().gan
    fake = torch.rand(8, 1, 16, 16)
    real = (torch.rand(8, 1, 16, 16).requires_grad_(), torch.rand(8, 1, 16, 16).requires_grad_())
    gan.fakes, seen = (lambda x, y=None: fake), []
    gan.loss = type(gan.loss)(lambda real_logits, fake_logits: seen.append(fake_logits) or real_logits.sum(), None)
    for x in real:
        gan.discriminator_loss(x)
    assert torch.allclose(*seen, atol=1e-5) != leaks


def test_a_discriminator_that_reads_labels_alone_wins_until_labels_are_alike():
    class Reader(nn.Module):
        def forward(self, rows):
            return 10 * (3 - rows[:, 64:].sum(1))

    x, y = torch.rand(6, 1, 8, 8), torch.arange(6)
    leaking = label_leak.LoudLabelsGAN(label_leak.generator(), Reader())
    alike = label_leak.EquallyLoudGAN(label_leak.generator(), Reader())
    assert loss_of(leaking, x, x, y) < 1e-4
    assert loss_of(alike, x, x, y) > 2 * log(2)


def test_the_generator_s_step_is_the_same_with_and_without_the_leak():
    torch.manual_seed(0)
    generator, discriminator = label_leak.generator().eval(), label_leak.discriminator()
    x, y = torch.rand(6, 1, 8, 8), torch.arange(6)
    losses = []
    for kind in (label_leak.LoudLabelsGAN, label_leak.EquallyLoudGAN):
        torch.manual_seed(1)
        losses.append(kind(generator, discriminator).generator_loss(x, y)["adversarial"])
    assert torch.equal(*losses)


def test_copies_are_caught_and_new_digits_are_not():
    setup = clinic.find("jun").setup()
    copies = setup.real[0].repeat(20, 1, 1, 1)
    copied, new = (setup.subject.measured(x, setup.real) for x in (copies, digits(8, "test")[0]))
    assert copied["nearer"] == 1 and abs(new["nearer"] - 0.5) < 0.01
    assert copied["frechet_train"] < 0.1 < new["frechet_train"]  # the distance to the training data praises the copier
    assert len(setup.real[0]) == 24 and len(TREATMENTS["more_data"].apply(setup).real[0]) == 1437


def test_scaling_gives_the_digits_back():
    setup = clinic.find("grace").setup()
    (wrong,), (scaled,) = setup.real, TREATMENTS["scale_data"].apply(setup).real
    assert (wrong.min(), wrong.max()) == (0, 255)
    assert torch.allclose(scaled, setup.subject.real[0], atol=1e-5)


def test_the_patients_show_the_code_with_the_fault():
    assert "torch.cat([x, fake])" in clinic.find("petra").source()
    assert "LOUD * F.one_hot" in clinic.find("mia").source()
    assert "stride=2" in clinic.find("dmitri").source()


def test_batch_norm_is_taken_out_of_the_discriminator_alone():
    treated = TREATMENTS["no_batch_norm"].apply(clinic.find("petra").setup())
    norms = [isinstance(part, nn.BatchNorm1d) for part in treated.discriminator().modules()]
    assert not any(norms) and isinstance(treated.discriminator(), MLPDiscriminator)
    assert any(isinstance(part, nn.BatchNorm1d) for part in treated.generator().modules())
    assert batch_leak.SHAPE == (1, 16, 16) and memorising.SHAPE == (1, 8, 8)
