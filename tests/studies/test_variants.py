"""Each variant changes what it says, and nothing else."""

from math import log

import pytest
import torch
from torch import nn

from ganlib import losses, studies
from ganlib.data import digits
from ganlib.gans import GAN, R1GAN, FeatureMatchingGAN, InstanceNoiseGAN
from ganlib.studies import dcgan_rules, mode_dropping, tricks
from ganlib.studies.setup import dcgan, digits_samples

STUDIES = {"dcgan_rules": dcgan_rules, "tricks": tricks, "mode_dropping": mode_dropping}
ALL = [(study, variant) for study, module in STUDIES.items() for variant in module.VARIANTS]
BASE = {"dcgan_rules": dcgan, "tricks": dcgan, "mode_dropping": mode_dropping.sharp_gan}
SETTINGS = ("updates", "batch_size", "lr", "betas", "decay")


def changed(study, variant):
    """The baseline's setup and the variant's, both from seed 0."""
    setups = []
    for change in (lambda setup: None, STUDIES[study].VARIANTS[variant]):
        torch.manual_seed(0)
        setups.append(BASE[study](updates=10))
        change(setups[-1])
    return setups


def kinds(network):
    return [type(layer).__name__ for layer in network.net]


def settings(setup):
    return {name: getattr(setup, name) for name in SETTINGS}


@pytest.mark.parametrize(("study", "variant"), ALL)
def test_every_variant_trains_and_says_what_it_is(study, variant):
    base, setup = changed(study, variant)
    setup.updates = 2
    made = setup.shown(setup.train(0, iter).sample(torch.randn(3, setup.generator.latent_dim)))
    assert made.shape == (3, *base.data.shape[1:]) and made.isfinite().all()
    assert STUDIES[study].VARIANTS[variant].__doc__.endswith(".")


@pytest.mark.parametrize("study", STUDIES)
def test_a_row_holds_what_was_done_and_measured(study):
    variant = list(STUDIES[study].VARIANTS)[1]
    row, recorded = STUDIES[study].run(variant, seed=3, updates=2), studies.read(study)
    assert list(row) == list(recorded[0]) and (row["variant"], row["seed"], row["updates"]) == (variant, 3, 2)
    assert 0 <= row["seconds"] < 10
    if study == "mode_dropping":
        assert 0 <= row["modes"] <= 8 and 0 <= row["high_quality"] <= 1 and 0 <= row["reverse_kl"] <= log(8) + 1e-9
    else:
        assert 1 <= row["digits"] <= 10 and 0 <= row["rarest"] <= 0.1


@pytest.mark.parametrize(("study", "variant"), [pair for pair in ALL if pair[1] not in ("DCGAN", "GAN")])
def test_every_variant_changes_something(study, variant):
    """Other networks, other settings, or other losses from the same random numbers."""
    seen = []
    for setup in changed(study, variant):
        gan = setup.gan(setup.generator, setup.discriminator)
        torch.manual_seed(1)
        losses_now = {**gan.discriminator_loss(setup.data[:8]), "g": sum(gan.generator_loss(setup.data[:8]).values())}
        seen.append((str(setup.generator), str(setup.discriminator), settings(setup), str(losses_now)))
    assert seen[0] != seen[1]


def test_the_same_seed_gives_the_same_row_and_the_random_state_stays():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    one, two, other = (tricks.run("instance noise", seed, updates=3) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert {**one, "seconds": 0} == {**two, "seconds": 0} and one["fid"] != other["fid"]


def test_progress_sees_every_round():
    seen = []

    def watch(rounds):
        for one in rounds:
            seen.append(one.number)
            yield one

    dcgan_rules.run("ReLU in D", 0, updates=4, progress=watch)
    assert seen == [1, 2, 3, 4]


def test_unknown_names_are_refused():
    with pytest.raises(KeyError, match="no such rule"):
        dcgan_rules.run("no such rule", 0)


@pytest.mark.parametrize("study", STUDIES)
def test_the_baseline_comes_first_in_the_recorded_table_and_all_variants_have_the_same_seeds(study):
    rows, module = studies.read(study), STUDIES[study]
    assert list(dict.fromkeys(row["variant"] for row in rows)) == list(module.VARIANTS)
    seeds = {variant: {row["seed"] for row in rows if row["variant"] == variant} for variant in module.VARIANTS}
    assert len(set(map(frozenset, seeds.values()))) == 1 and len(seeds[module.BASELINE]) >= 3
    assert {row["updates"] for row in rows} == {module.UPDATES}
    assert len(rows) == len(seeds) * len(seeds[module.BASELINE])


def test_pooling_takes_the_place_of_strides_and_keeps_the_sizes():
    base, setup = changed("dcgan_rules", "pooling in D")
    convolutions = [layer for layer in setup.discriminator.net if isinstance(layer, nn.Conv2d)]
    assert [layer.stride for layer in convolutions] == [(1, 1)] * 3
    assert kinds(setup.discriminator).count("MaxPool2d") == 2
    x = torch.randn(2, 1, 16, 16)
    assert setup.discriminator.features(x).shape == base.discriminator.features(x).shape
    assert str(setup.generator) == str(base.generator)


def test_fixed_upsampling_takes_the_place_of_doubling():
    base, setup = changed("dcgan_rules", "fixed upsampling in G")
    assert kinds(setup.generator).count("Upsample") == 2
    assert [layer.stride for layer in setup.generator.net if isinstance(layer, nn.ConvTranspose2d)] == [(1, 1)]
    assert setup.generator(torch.randn(2, 32)).shape == (2, 1, 16, 16)
    assert str(setup.discriminator) == str(base.discriminator)


def test_new_convolutions_are_drawn_like_the_old_ones():
    for variant, player in (("pooling in D", "discriminator"), ("fixed upsampling in G", "generator")):
        _, setup = changed("dcgan_rules", variant)
        layers = [layer for layer in getattr(setup, player).net if isinstance(layer, nn.Conv2d)]
        large = [layer.weight for layer in layers if layer.weight.numel() > 2000]
        assert large and all(weight.std().item() == pytest.approx(0.02, rel=0.1) for weight in large)


@pytest.mark.parametrize(
    ("variant", "in_g", "in_d"),
    [
        ("DCGAN", 2, 1),
        ("no batch norm in G", 0, 1),
        ("no batch norm in D", 2, 0),
        ("no batch norm", 0, 0),
        ("batch norm everywhere", 3, 2),
    ],
)
def test_batch_norm_stands_where_the_variant_says(variant, in_g, in_d):
    _, setup = changed("dcgan_rules", variant)
    counts = tuple(kinds(player).count("BatchNorm2d") for player in (setup.generator, setup.discriminator))
    assert counts == (in_g, in_d)
    if variant == "batch norm everywhere":
        assert kinds(setup.generator)[-2:] == ["BatchNorm2d", "Tanh"]
        assert kinds(setup.discriminator)[:3] == ["Conv2d", "BatchNorm2d", "LeakyReLU"]


def test_hidden_linear_layers_stand_at_both_ends():
    _, setup = changed("dcgan_rules", "hidden linear layers")
    assert kinds(setup.generator)[0] == "Linear" and "Linear" not in kinds(setup.generator)[1:]
    assert kinds(setup.discriminator)[-5:] == ["Flatten", "Linear", "LeakyReLU", "Linear", "Flatten"]


@pytest.mark.parametrize(
    ("variant", "player", "old", "new"),
    [("tanh inside G", "generator", "ReLU", "Tanh"), ("ReLU in D", "discriminator", "LeakyReLU", "ReLU")],
)
def test_activations_are_exchanged(variant, player, old, new):
    base, setup = (kinds(getattr(setup, player)) for setup in changed("dcgan_rules", variant))
    assert [new if kind == old else kind for kind in base] == setup and old in base


def test_without_tanh_the_output_is_not_bounded_and_what_is_shown_is():
    base, setup = changed("dcgan_rules", "no tanh at the end")
    torch.testing.assert_close(base.generator.net[:-1](torch.ones(4, 32)), setup.generator(torch.ones(4, 32)))
    assert setup.shown(torch.tensor([-3.0, 0.5, 3.0])).tolist() == [-1, 0.5, 1]


def test_data_from_0_to_1_are_shown_as_they_were():
    _, setup = changed("dcgan_rules", "data in [0, 1]")
    assert setup.data.min() == 0 and setup.data.max() == 1
    torch.testing.assert_close(setup.shown(setup.data), digits(16)[0])


@pytest.mark.parametrize(
    ("variant", "different"), [("beta1 = 0.9", {"betas": (0.9, 0.999)}), ("learning rate 0.0002", {"lr": 2e-4})]
)
def test_optimizer_settings(variant, different):
    base, setup = changed("dcgan_rules", variant)
    assert settings(setup) == settings(base) | different
    assert str(setup.generator) == str(base.generator)


def test_default_weights_are_those_of_fresh_layers():
    _, setup = changed("dcgan_rules", "default weights")
    for layer in setup.discriminator.net:
        if isinstance(layer, nn.Conv2d):
            bound = (layer.in_channels * 16) ** -0.5  # U(-1/sqrt(fan in), 1/sqrt(fan in)), PyTorch's default
            assert layer.weight.abs().max() <= bound
            assert layer.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.1)


@pytest.mark.parametrize(
    ("variant", "kind", "loss"),
    [
        ("feature matching", FeatureMatchingGAN, losses.non_saturating),
        ("hinge", GAN, losses.hinge),
        ("least squares", GAN, losses.least_squares),
        ("instance noise", InstanceNoiseGAN, losses.non_saturating),
        ("real and fake in one batch", tricks.JointBatchGAN, losses.non_saturating),
    ],
)
def test_tricks_are_the_classes_and_losses_of_their_papers(variant, kind, loss):
    _, setup = changed("tricks", variant)
    gan = setup.gan(setup.generator, setup.discriminator)
    assert type(gan) is kind and gan.loss is loss
    if variant == "instance noise":
        assert (gan.std, gan.fade) == (0.3, 10)  # gone when the run ends


def test_tricks_in_the_discriminator():
    layers = {variant: kinds(changed("tricks", variant)[1].discriminator) for variant in tricks.VARIANTS}
    assert "MinibatchDiscrimination" in layers["minibatch discrimination"]
    assert "MinibatchDeviation" in layers["minibatch deviation"]
    for variant in ("spectral norm", "hinge and spectral norm"):
        assert "BatchNorm2d" not in layers[variant] and sum("Parametrized" in kind for kind in layers[variant]) == 3


def test_smoothed_labels_cost_a_sure_discriminator():
    _, setup = changed("tricks", "label smoothing")
    loss = setup.gan(setup.generator, setup.discriminator).loss
    loss = loss.discriminator(torch.tensor([20.0]), torch.tensor([-20.0]))
    assert loss.item() == pytest.approx(0.1 * 20, rel=1e-4)


def test_a_joint_batch_mixes_what_batch_norm_sees():
    """Without batch norm it is the same loss as with separate batches; with it, another one."""
    for variant, same in (("no batch norm in D", True), ("DCGAN", False)):
        _, setup = changed("dcgan_rules", variant)
        values = []
        for kind in (GAN, tricks.JointBatchGAN):
            torch.manual_seed(1)
            values.append(kind(setup.generator, setup.discriminator).discriminator_loss(setup.data[:16])["adversarial"])
        assert torch.allclose(*values, rtol=1e-4) == same


def test_the_moving_average_changes_what_is_sampled_and_not_the_training():
    trained = []
    for variant in ("DCGAN", "moving average"):
        torch.manual_seed(0)
        setup = dcgan(updates=5)
        tricks.VARIANTS[variant](setup)
        trained.append(setup.train(0, iter))
    plain, averaged = trained
    for one, other in zip(plain.gan.parameters(), averaged.gan.parameters(), strict=True):
        assert torch.equal(one, other)
    assert averaged.generator is not averaged.gan.generator and plain.generator is plain.gan.generator


def test_the_sharp_discriminator_sees_through_fourier_features():
    base, setup = changed("mode_dropping", "R1 penalty")
    assert kinds(base.discriminator) == ["FourierFeatures", *["Linear", "LeakyReLU"] * 2, "Linear", "Flatten"]
    gan = setup.gan(setup.generator, setup.discriminator)
    assert type(gan) is R1GAN and gan.penalty_weight == 0.1


def test_samples_are_pictures_of_one_fixed_noise():
    one, _ = digits_samples(tricks.VARIANTS["moving average"], 0, updates=1, n=12)
    two, _ = digits_samples(tricks.VARIANTS["moving average"], 0, updates=1, n=12)
    assert one.shape == (12, 1, 16, 16) and one.abs().max() <= 1 and torch.equal(one, two)


@pytest.mark.slow
def test_a_recorded_row_can_be_measured_again():
    """Another machine rounds otherwise, and a game amplifies it: the same order of size, not the same digits."""
    recorded = {row["variant"]: row for row in studies.read("tricks") if row["seed"] == 0}
    again = tricks.run("real and fake in one batch", seed=0)
    assert again["fid"] > 2 * recorded["DCGAN"]["fid"]
