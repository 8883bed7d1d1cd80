"""What the command line means: names, the papers' recipes, and refusals that say what is wrong."""

import json
from pathlib import Path

import pytest
import torch
from runs import RING, SMALL
from torch import nn

import ganlib
from ganlib import gans
from ganlib.acceleration import FastTrainer
from ganlib.train import command, main, networks, options, recipes, sources
from ganlib.train.folder import RunFolder
from ganlib.training import Trainer


@pytest.mark.parametrize("name", ["WGAN-GP", "wgan_gp", "WGANGP", "Wgan gp"])
def test_names_know_no_case_and_no_punctuation(name):
    assert options.parse([name, "--data", "RING"]).name == "wgangp"


def test_a_class_added_later_appears_by_itself(monkeypatch, capsys):
    class LaterGAN(gans.WGANGP):
        """A later idea.

        Details.
        """

        def __init__(self, generator: nn.Module, critic: nn.Module, later_weight: float = 3.0):
            super().__init__(generator, critic, penalty_weight=later_weight)

    class NeedsMore(gans.GAN):
        def __init__(self, generator, discriminator, classes):
            super().__init__(generator, discriminator)

    monkeypatch.setattr(gans, "LaterGAN", LaterGAN, raising=False)
    monkeypatch.setattr(gans, "NeedsMore", NeedsMore, raising=False)
    assert main(["--help"]) == 0
    assert "latergan" in (words := capsys.readouterr().out) and "A later idea." in words and "needsmore" not in words
    assert main(["later-gan", "--data", "ring", "--later-weight", "5", *SMALL]) == 0
    settings = json.loads(Path("runs/latergan-ring/settings.json").read_text())["settings"]
    assert settings["later_weight"] == 5 and settings["n_critic"] == 5 and settings["betas"] == [0.0, 0.9]


def built(*argv):
    settings = command.settled(list(argv))
    gan = networks.build(settings, (2,) if settings.size is None else (1, settings.size, settings.size))
    return settings, gan, recipes.optimizers(settings, gan)


def test_the_recipes_are_those_of_the_papers():
    settings, gan, made = built("wgan", "--data", "ring")
    assert settings.n_critic == 5 and gan.clip == 0.01
    assert all(type(o) is torch.optim.RMSprop and o.defaults["lr"] == 5e-5 for o in made.values())
    settings, gan, made = built("wgan-gp", "--data", "digits", "--size", "32")
    assert settings.n_critic == 5 and gan.penalty_weight == 10 and settings.network == "dcgan"
    assert all(o.defaults["betas"] == (0, 0.9) and o.defaults["lr"] == 1e-4 for o in made.values())
    norms = (nn.BatchNorm2d, nn.GroupNorm)
    critic = {type(part) for part in gan.discriminator.modules() if isinstance(part, norms)}
    assert critic == {nn.GroupNorm} and any(isinstance(part, nn.BatchNorm2d) for part in gan.generator.modules())
    settings, gan, made = built("gan", "--data", "digits")
    assert settings.n_critic == 1 and gan.loss is ganlib.losses.non_saturating
    assert all(o.defaults["betas"] == (0.5, 0.999) and o.defaults["lr"] == 2e-4 for o in made.values())
    optimizer = built("r1gan", "--data", "ring")[2]["optimizer_d"]
    assert type(optimizer) is torch.optim.RMSprop and optimizer.defaults["lr"] == 1e-4


def test_every_default_can_be_overridden():
    words = "r1gan --data digits --size 8 --network mlp --width 12 --latent-dim 5 --norm-d layer --norm-g batch"
    more = "--loss hinge --penalty-weight 2.5 --optimizer adam --lr-d 0.1 --lr-g 0.2 --betas 0.3 0.4 --n-critic 3"
    settings, gan, made = built(*words.split(), *more.split(), "--decay", "0.5", "--dtype", "bfloat16", "--seed", "7")
    assert gan.latent_dim == 5 and gan.penalty_weight == 2.5 and gan.loss is ganlib.losses.hinge
    assert gan.generator.net[0].out_features == gan.discriminator.net[1].out_features == 12
    assert any(isinstance(part, nn.LayerNorm) for part in gan.discriminator.modules())
    assert any(isinstance(part, nn.BatchNorm1d) for part in gan.generator.modules())
    for player, rate in (("d", 0.1), ("g", 0.2)):
        assert made[f"optimizer_{player}"].defaults["lr"] == rate
        assert made[f"optimizer_{player}"].defaults["betas"] == (0.3, 0.4)
    optimized = {id(p) for group in made["optimizer_d"].param_groups for p in group["params"]}
    assert optimized == {id(p) for p in gan.discriminator.parameters()}
    place = command.Place(0, 1, torch.device("cpu"))
    trainer = command.make_trainer(settings, sources.load(settings), place)
    assert (trainer.n_critic, trainer.dtype, trainer.ema is not None) == (3, torch.bfloat16, True)
    assert trainer.data.state_dict()["seed"] == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vae", "--data", "ring"], "NAME = 'vae', expected one of gan, "),
        (["--data", "ring", "gan"], "before all options"),
        (["gan"], "--data is missing"),
        (["gan", "--out", "nowhere", "--resume"], "nowhere holds no run"),
        (["gan", "--data", "no/such/folder"], "data = 'no/such/folder' is no folder"),
        (["gan", "--data", "."], "holds no picture"),
        (["gan", "--data", "ring", "--style", "flat"], "--style means nothing for ring"),
        (["gan", "--data", "digits", "--count", "5"], "--count means nothing for digits"),
        (["gan", "--data", "digits", "--size", "9"], "size = 9"),
        (["gan", "--data", "cifar10", "--size", "64"], "size = 64, expected 32"),
        (["gan", "--data", "ring", "--network", "dcgan"], "network = dcgan on ring"),
        (["gan", "--data", "digits", "--norm-d", "instance"], "norm = 'instance' on a linear layer"),
        (["gan", "--data", "digits", "--batch-size", "5000"], "batch_size = 5000"),
        (["wgan", "--data", "ring", "--betas", "0", "0.9"], "--betas means nothing for rmsprop"),
        (["wgan", "--data", "ring", "--loss", "hinge"], "unrecognized arguments: --loss"),
        (["wgan", "--data", "ring", "--clip", "-1"], "clip = -1"),
        (["gan", "--data", "ring", "--decay", "1.5"], "decay = 1.5"),
        (["gan", "--data", "ring", "--steps", "0"], "argument --steps: 0, expected a number of at least 1"),
        (["gan", "--data", "ring", "--lr-g", "nan"], "argument --lr-g: nan, expected a number above 0"),
        (["gan", "--data", "ring", "--dtype", "float16"], "argument --dtype"),
        (["gan", "--data", "ring", "--device", "abacus"], "'abacus' is no device of this machine"),
        (["gan", "--data", "ring", "--device", "cuda:64"], "'cuda:64' is no device of this machine"),
        (["gan", "--data", "ring", "--resume", "--overwrite"], "not allowed with"),
        (["pix2pix", "--data", "digits"], "data = 'digits' is no folder, and none of avatars: pix2pix needs pairs"),
        (["stargan", "--data", "."], "data = '.' is none of avatars: stargan needs pictures with attributes"),
        (["cyclegan"], "--data is missing, expected avatars, a folder (trainA/ and trainB/)"),
        (["cyclegan", "--data", "."], "no trainA and no trainB in root"),
        (["cyclegan", "--data", "avatars", "--network", "mlp"], "--network means nothing for cyclegan on avatars"),
        (["acgan", "--data", "digits", "--told-by", "blind"], "--told-by means nothing for acgan on digits"),
        (["gan", "--data", "digits", "--told-by", "blind"], "--told-by means nothing for gan on digits"),
        (["acgan", "--data", "avatars", "--count", "9"], "acgan names one class, expected one of the 5 --attributes"),
        (["gan", "--data", "avatars", "--attributes", "hair"], "--attributes means nothing for avatars"),
        (["stargan", "--data", "avatars", "--attributes", "shirt"], "argument --attributes"),
        (["infogan", "--data", "ring"], "data = 'ring' is no folder, and none of"),
        (["matching-aware-gan", "--data", "captions", "--norm-g", "batch"], "--norm-g means nothing for matchingaware"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_arguments_are_refused_in_a_line_that_names_them(arguments, message, capsys):
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    words = capsys.readouterr().err
    assert refused.value.code == 2 and message in words and "Traceback" not in words
    assert not Path("runs").exists() or not list(Path("runs").rglob("*.*t"))


@pytest.mark.parametrize("name", recipes.variants())
def test_help(name, capsys):
    assert main([]) == 2 and main(["--help"]) == 0
    with pytest.raises(SystemExit) as done:
        main([name, "--help"])
    words = capsys.readouterr().out
    paper = recipes.recipe(recipes.variants()[name])
    assert done.value.code == 0 and f"(default: {paper.n_critic})" in words and "torchrun" in words
    assert max(map(len, options.overview().splitlines())) <= 120


def test_settings_make_a_round_trip():
    arguments = ["r1gan", "--data", "ring", "--out", "run", "--penalty-weight", "0.3", "--decay", "0.9", *SMALL]
    assert main(arguments) == 0
    asked = command.settled([*arguments, "--overwrite"])
    stored = RunFolder("run").stored()
    assert stored == options.kept(asked)
    assert options.kept(command.settled(["r1gan", "--out", "run", "--resume"])) == stored


@pytest.mark.parametrize("fast", [False, True])
def test_a_run_asks_for_the_same_bits_or_for_speed(monkeypatch, fast):
    seen, train = [], command.train

    def spy(settings, trainer, diary):
        seen.append((type(trainer), torch.are_deterministic_algorithms_enabled()))
        return train(settings, trainer, diary)

    monkeypatch.setattr(command, "train", spy)
    assert main([*RING, "--dtype", "bfloat16", *(["--fast"] if fast else [])]) == 0
    assert seen == [(FastTrainer, False) if fast else (Trainer, True)]
    assert not torch.are_deterministic_algorithms_enabled()


def test_recorded_steps_are_for_one_process():
    settings = command.settled([*RING, "--fast"])
    with pytest.raises(ValueError, match="--fast means nothing for several processes"):
        command.make_trainer(settings, sources.load(settings), command.Place(0, 2, torch.device("cpu")))
