"""Generators that come with the course, and the command that stores those of a run."""

import json
import shlex

import pytest
import torch

from ganlib import checkpoints, models
from ganlib.data import captions
from ganlib.metrics import score_avatars, score_digits
from ganlib.models.stored import FOLDER, store
from ganlib.train import command, export, main, networks, options
from ganlib.train.folder import RunFolder

NAMES = sorted(path.stem for path in FOLDER.glob("*.pt"))
EXPORTED = ("avatars", "digits")  # by the command that stores those of a run; the others have modules of their own
RUN = "gan --data digits --size 8 --width 4 --latent-dim 6 --batch-size 8 --steps 3 --every 3".split()


def samples(name, n):
    generator = models.pretrained(name)
    z = torch.randn(n, generator.latent_dim, generator=torch.Generator().manual_seed(0))
    return torch.cat([generator(some) for some in z.split(250)])


def noise(generator):
    return (torch.randn(2, generator.latent_dim),)


def captioned(generator):
    return *noise(generator), captions.encode(["blue hair", "smile, no glasses"])


def pictures(generator):
    return (torch.rand(2, *generator.shape) * 2 - 1,)


def changes(generator):
    return *pictures(generator), torch.tensor([[3, 0, 1], [7, 2, 0]])


ASKED = {  # what each generator is called with, and the pictures that it gives
    "avatars": (noise, (3, 32, 32)),
    "captions": (captioned, (3, 32, 32)),
    "colouring": (pictures, (3, 64, 64)),
    "digits": (noise, (1, 16, 16)),
    "flat_to_shaded": (pictures, (3, 32, 32)),
    "flat_to_sketch": (pictures, (3, 32, 32)),
    "shaded_to_flat": (pictures, (3, 32, 32)),
    "sketch_to_flat": (pictures, (3, 32, 32)),
    "stargan": (changes, (3, 32, 32)),
}


def test_each_generator_of_the_course_is_tested():
    assert list(ASKED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_pretrained_generator_is_frozen_ready_and_small(name):
    before = torch.get_rng_state()
    generator = models.pretrained(name)
    assert torch.equal(torch.get_rng_state(), before)
    assert not generator.training and not any(p.requires_grad for p in generator.parameters())
    assert all(tensor.dtype in (torch.float32, torch.int64) for tensor in generator.state_dict().values())
    assert (FOLDER / f"{name}.pt").stat().st_size < 1e6
    inputs, shape = ASKED[name]
    images = generator(*inputs(generator))
    assert images.shape == (2, *shape) and images.abs().max() <= 1


def test_pretrained_avatars_are_readable_and_various():
    scores = score_avatars(samples("avatars", 1000))
    assert scores.fid < 150 and scores.readable > 0.5 and scores.coverage > 0.5


def test_pretrained_digits_are_digits():
    scores = score_digits(samples("digits", 1000))
    assert scores.fid < 6 and scores.classes == 10


def test_each_caller_gets_a_copy():
    mine = models.pretrained("avatars")
    with torch.no_grad():
        next(mine.parameters()).zero_()
    assert next(models.pretrained("avatars").parameters()).any()


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match=f"name = 'faces', expected one of {', '.join(NAMES)}"):
        models.pretrained("faces")


@pytest.mark.parametrize("name", NAMES)
def test_how_it_was_made_stands_beside_it(name):
    made = json.loads((FOLDER / f"{name}.json").read_text())
    assert made["command"].startswith("python -m ganlib") and made["made_with"]["torch"] and made["metrics"]


@pytest.mark.parametrize("name", EXPORTED)
def test_the_command_of_a_run_stands_beside_its_generator(name, tmp_path):
    """The command recorded makes a generator of this shape, and the run was not cut short."""
    made = json.loads((FOLDER / f"{name}.json").read_text())
    words = shlex.split(made["command"].removeprefix(options.PROGRAM))
    settings = command.settled([*words, "--out", str(tmp_path)])
    assert int(made["metrics"]["step"]) == settings.steps and settings.data == name
    generator = models.pretrained(name)
    shape = tuple(generator(torch.zeros(1, generator.latent_dim)).shape[1:])
    again = networks.build(settings, shape).generator
    shapes = [{key: value.shape for key, value in g.state_dict().items()} for g in (generator, again)]
    assert type(again) is type(generator) and shapes[0] == shapes[1]


@pytest.mark.parametrize("decay", [None, "0.9"])
@pytest.mark.parametrize("network", ["mlp", "dcgan", "upsampling"])
def test_an_exported_generator_is_the_one_that_the_run_samples_from(network, decay, tmp_path, monkeypatch):
    monkeypatch.setattr("ganlib.train.diary.SAMPLES", 30)
    monkeypatch.setattr("ganlib.models.stored.FOLDER", tmp_path / "made")
    run, file = tmp_path / "run", tmp_path / "made" / "small.pt"
    averaged = [] if decay is None else ["--decay", decay]
    assert main([*RUN, "--network", network, *averaged, "--out", str(run)]) == 0
    assert export.main([str(run), str(file)]) == 0
    state = checkpoints.load(run / "checkpoint.pt")
    weights, prefix = (state["gan"], "generator.") if decay is None else (state["ema"], "module.")
    generator = models.pretrained("small")
    assert type(generator).__name__ == checkpoints.load(file)["kind"] and generator.latent_dim == 6
    for name, tensor in generator.state_dict().items():
        torch.testing.assert_close(tensor, weights[prefix + name], rtol=1e-3, atol=1e-6)
    made = json.loads(file.with_suffix(".json").read_text())
    words = shlex.split(made["command"].removeprefix(options.PROGRAM))
    assert options.kept(command.settled([*words, "--out", "other"])) == RunFolder(run).stored()
    assert made["metrics"]["step"] == "3"


def test_what_is_no_run_is_not_exported(tmp_path, capsys):
    with pytest.raises(SystemExit) as refused:
        export.main([str(tmp_path), str(tmp_path / "x.pt")])
    assert refused.value.code == 2 and "expected a folder with a checkpoint" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_is_stored_is_what_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("ganlib.models.stored.FOLDER", tmp_path)
    arguments = {"size": 8, "width": 2, "dropout": 0.0}
    network, x = models.UNet(**arguments), torch.rand(3, 3, 8, 8)
    network(x)  # batch norm has seen something
    made = {"command": "by hand"}
    store(network, arguments, made, tmp_path / "small.pt")
    again = models.pretrained("small")
    torch.testing.assert_close(again(x), network.eval()(x), atol=1e-3, rtol=1e-3)
    assert int(again.up[0][1].num_batches_tracked) == 1
    assert json.loads((tmp_path / "small.json").read_text()) == made


def test_what_could_not_be_read_back_is_not_stored(tmp_path):
    with pytest.raises(TypeError, match=r"generator is a Linear, expected one of .*UNet"):
        store(torch.nn.Linear(1, 1), {}, {}, tmp_path / "x.pt")
    assert not list(tmp_path.iterdir())
