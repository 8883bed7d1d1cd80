"""GANs that are told something: classes, codes, captions, attributes, pairs, two domains."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from runs import SMALL, assert_same_run, rows

from ganlib import gans, models
from ganlib.data import avatars
from ganlib.train import command, export, main, measures, networks, recipes, sources

FEW = ["--count", "40", "--batch-size", "8", *SMALL]
AVATARS = ["--data", "avatars", "--size", "16", *FEW]
CAPTIONS = ["--data", "captions", "--size", "16", *FEW]
DIGITS = ["--data", "digits", "--batch-size", "8", *SMALL]
SYSTEMS = {
    "labels": (["conditional-gan", *DIGITS], {"accuracy", "digit_frechet"}, (10, 8)),
    "attributes as labels": (["conditional-gan", *AVATARS], {"hair_right", "glasses_right"}, (8, 8)),
    "a classifier": (["acgan", *DIGITS], {"accuracy", "d_class", "g_class"}, (10, 8)),
    "codes": (["infogan", *DIGITS], {"g_category", "g_continuous"}, (10, 8)),
    "three kinds of pairs": (["matching-aware-gan", *CAPTIONS], {"all_right", "d_adversarial"}, (8, 8)),
    "two heads": (["two-headed-gan", *CAPTIONS], {"all_right", "d_real", "d_match"}, (8, 8)),
    "pairs": (["pix2pix", *AVATARS], {"l1", "g_l1", "avatar_frechet"}, (8, 9)),
    "domains": (["cyclegan", *AVATARS], {"l1", "g_cycle", "avatar_frechet"}, (8, 6)),
    "attributes": (["stargan", *AVATARS], {"hair_right", "g_reconstruction"}, (8, 9)),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_trains_is_measured_and_shows_its_conditions(name):
    arguments, columns, (height, width) = SYSTEMS[name]
    assert main([*arguments, "--out", "run"]) == 0
    assert columns <= rows("run")[0].keys()
    assert all(np.isfinite(float(value)) for row in rows("run") for value in row.values())
    for picture in ("000000", "000004"):
        sheet = np.asarray(Image.open(f"run/samples/{picture}.png"))
        assert sheet.shape[:2] == (height * 65 - 1, width * 65 - 1)
    assert np.asarray(Image.open("run/samples/real.png")).std() > 1


def test_all_systems_were_tried():
    tried = {recipes.plain(arguments[0]) for arguments, _, _ in SYSTEMS.values()} | {"stargangp"}
    assert tried == {name for name in recipes.variants() if recipes.task_of(name) != "samples"}


@pytest.mark.parametrize("name", ["codes", "domains", "attributes", "three kinds of pairs"])
def test_a_longer_run_is_a_short_one_resumed(name):
    """CycleGAN's past fakes, InfoGAN's codes and StarGAN's targets belong to the run."""
    arguments = SYSTEMS[name][0]
    assert main([*arguments, "--out", "whole"]) == 0
    assert main([*arguments, "--out", "parts", "--steps", "2"]) == 0
    assert main([arguments[0], "--out", "parts", "--resume", "--steps", "4"]) == 0
    assert_same_run("whole", "parts")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in recipes.variants() if recipes.task_of(name) != "samples"])
def test_every_system_at_64_pixels(name):
    data = {"captions": "captions"}.get(recipes.task_of(name), "avatars")
    more = ["--attributes", "hair"] if name == "acgan" else []
    size = ["--size", "64", "--count", "16", "--batch-size", "4", "--steps", "2", "--every", "2"]
    assert main([name, "--data", data, "--width", "8", "--out", "run", *size, *more]) == 0


@pytest.mark.gpu
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_on_a_gpu(name, fast):
    """Six steps: with --fast, the last ones are replayed."""
    arguments = [*SYSTEMS[name][0], "--steps", "6", "--every", "6", "--device", "cuda", "--out", "run"]
    assert main([*arguments, *(["--fast", "--dtype", "bfloat16"] if fast else [])]) == 0
    assert all(np.isfinite(float(value)) for value in rows("run")[0].values())


def built(words):
    settings = command.settled(words.split())
    data = sources.load(settings)
    return networks.build(settings, data.shape, data.counts), data


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("--data digits", models.ProjectionDiscriminator),
        ("--data digits --told-by inputs", models.ConditionalDiscriminator),
        ("--data digits --size 32 --told-by inputs", models.PlanesDiscriminator),
        ("--data digits --told-by blind", models.BlindDiscriminator),
        ("--data captions --count 9 --size 16", models.CaptionedDiscriminator),
    ],
)
def test_the_discriminator_is_told_as_asked(words, kind):
    gan, data = built(f"conditional-gan --width 8 {words}")
    assert type(gan) is gans.ConditionalGAN and type(gan.discriminator) is kind
    x, y = data.taken(6)
    seen = [gan.discriminator(x, y).detach(), gan.discriminator(x, y.roll(1, 0)).detach()]
    assert torch.equal(*seen) == (kind is models.BlindDiscriminator)


def test_a_translation_is_judged_by_its_partner():
    _, data = built("pix2pix --data avatars --size 16 --count 9 --width 8")
    measure = measures.partner_distance(data)
    targets = data.some(20)
    assert measure(targets) == {"l1": 0} and measure(-targets)["l1"] > 0.5


def test_asked_attributes_are_read_where_they_are_drawn():
    _, data = built("stargan --data avatars --count 300 --size 32 --width 8")
    x, y = data.taken(100)
    measure, asked = measures.attribute_accuracy(data), data.asked(100)
    assert torch.equal(asked, y.roll(1, 0))
    chosen = dict(zip(("hair", "mouth", "glasses"), asked.unbind(1), strict=True))
    right = avatars.render(avatars.Attributes.of(100, torch.Generator().manual_seed(1), **chosen), 32)
    assert min(measure(right).values()) > 0.98 > 0.9 > measure(x)["hair_right"]


def write(path, n, size=(20, 20)):
    rng = np.random.default_rng(0)
    for i in range(n):
        file = Path(path, f"{i}.png")
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)).save(file)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_subfolders_are_classes(workers):
    for name in ("a", "b", "c"):
        write(f"pictures/{name}", 6)
    small = ["--size", "16", "--batch-size", "4", *SMALL]
    assert main(["acgan", "--data", "pictures", "--workers", workers, "--out", "run", *small]) == 0
    assert np.asarray(Image.open("run/samples/000004.png")).shape[0] == 3 * 65 - 1


def test_one_subfolder_is_no_class(capsys):
    write("pictures/a", 6)
    with pytest.raises(SystemExit):
        main(["acgan", "--data", "pictures"])
    assert "has pictures of one class, expected a subfolder for each class" in capsys.readouterr().err


@pytest.mark.parametrize("backwards", [False, True])
def test_pairs_side_by_side(backwards):
    for split, n in (("train", 8), ("val", 4)):
        write(f"pictures/{split}", n, (20, 40))
    small = ["--size", "16", "--batch-size", "4", *SMALL, *(["--backwards"] if backwards else [])]
    assert main(["pix2pix", "--data", "pictures", "--out", "run", *small]) == 0
    assert "l1" in rows("run")[0]
    settings = command.settled(["pix2pix", "--data", "pictures", "--out", "new", *small])
    data = sources.load(settings)
    assert len(data.items[0]) == 8 and len(data.held_out[0]) == 4
    first = np.asarray(Image.open("pictures/train/0.png"))[:, 20:] if backwards else None
    if backwards:
        middle = torch.tensor(np.asarray(Image.fromarray(first).resize((16, 16), Image.Resampling.LANCZOS)))
        assert torch.equal(data.items[0][0], middle.permute(2, 0, 1))


def test_two_domains_of_different_length():
    for side, n in (("trainA", 8), ("trainB", 5), ("testA", 3), ("testB", 2)):
        write(f"pictures/{side}", n)
    small = ["--size", "16", "--batch-size", "4", *SMALL]
    assert main(["cyclegan", "--data", "pictures", "--out", "run", *small]) == 0
    assert "l1" not in rows("run")[0]  # nobody knows the partners
    assert np.asarray(Image.open("run/samples/000004.png")).shape[0] == 2 * 65 - 1


def test_a_colouring_generator_is_exported_and_a_cycle_is_not():
    assert main(["pix2pix", *AVATARS, "--out", "run"]) == 0
    export.export("run", "colouring.pt")
    assert Path("colouring.json").exists()
    assert main(["cyclegan", *AVATARS, "--out", "cycle"]) == 0
    with pytest.raises(ValueError, match="the generator of cyclegan is put together of several"):
        export.export("cycle", "cycle.pt")
