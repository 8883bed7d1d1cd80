"""Any GAN class on any data: points, digits, avatars, sets on disk, folders of pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from runs import SMALL, assert_same_run, rows

from ganlib.data import avatars
from ganlib.data.batches import to_float
from ganlib.train import command, main, recipes, sources

ALONE = [name for name in recipes.variants() if recipes.task_of(name) == "samples"]


@pytest.mark.parametrize("data", ["ring", "digits"])
@pytest.mark.parametrize("name", ALONE)
def test_every_class_trains_on_points_and_on_pictures(name, data):
    assert main([name, "--data", data, "--batch-size", "16", *SMALL]) == 0
    folder = Path("runs", f"{name}-{data}")
    assert torch.load(folder / "checkpoint.pt", weights_only=True)["number"] == 4
    assert [row["step"] for row in rows(folder)] == ["2", "4"]
    assert all(np.isfinite(float(value)) for row in rows(folder) for value in row.values())
    metric = {"ring": "captured", "digits": "digit_frechet"}[data]
    columns = rows(folder)[0].keys()
    assert {"d_adversarial", metric} <= columns and any(column.startswith("g_") for column in columns)
    pictures = {path.stem: np.asarray(Image.open(path)) for path in (folder / "samples").iterdir()}
    assert pictures.keys() == {"000000", "000002", "000004"} | ({"real"} if data == "digits" else set())
    assert all(picture.std() > 1 and min(picture.shape[:2]) > 100 for picture in pictures.values())
    assert not np.array_equal(pictures["000000"], pictures["000004"])
    if data == "digits":  # 8 x 8 different ones, each pixel enlarged 4 times
        tiles = {
            pictures["000004"][65 * i : 65 * i + 64, 65 * j : 65 * j + 64].tobytes() for i in range(8) for j in range(8)
        }
        assert len(tiles) == 64


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "line"],
        ["--data", "Swiss Roll", "--dtype", "bfloat16"],
        ["--data", "segments", "--decay", "0.9"],
        ["--data", "grid", "--loss", "hinge", "--optimizer", "sgd"],
        ["--data", "digits", "--size", "8", "--network", "dcgan", "--norm-d", "spectral", "--norm-g", "none"],
        ["--data", "avatars", "--size", "16", "--style", "sketch", "--count", "70", "--network", "dcgan"],
    ],
    ids=lambda words: words[1],
)
def test_data_and_networks(arguments):
    assert main(["gan", "--batch-size", "16", "--out", "run", *SMALL, *arguments]) == 0
    assert len(rows("run")) == 2


def test_avatars_are_what_is_drawn_to_the_nearest_byte():
    data = sources.load(command.settled("gan --data avatars --size 16 --style shaded --count 12".split()))
    assert data.items.dtype == torch.uint8
    drawn, _ = avatars.avatars(12, 16, "shaded")
    assert (to_float(data.items) - drawn).abs().max() <= 0.5 / 127.5 + 1e-6


def write_pictures(folder, n=20):
    """Pictures of noise, in two subfolders."""
    rng = np.random.default_rng(0)
    for i in range(n):
        path = Path(folder, "ab"[i % 2], f"{i}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (24, 20, 3), dtype=np.uint8)).save(path)


@pytest.mark.parametrize("more", [["--channels", "1"], ["--workers", "1"]], ids=["in memory", "from disk"])
def test_a_folder_of_pictures_is_found_from_where_the_user_is(more):
    write_pictures("digits")  # a name that a data set has: a path says which is meant
    arguments = ["wgan-gp", "--data", "./digits", "--size", "16", "--batch-size", "8", *SMALL, *more]
    assert main(arguments) == 0
    assert {"thumbnail_frechet", "d_gradient_penalty"} <= rows("runs/wgangp-digits")[0].keys()
    real = np.asarray(Image.open("runs/wgangp-digits/samples/real.png"))
    assert (np.ptp(real, axis=2).max() == 0) == ("--channels" in more)


def test_pictures_from_disk_and_from_memory_are_the_same_run():
    write_pictures("pictures")
    arguments = ["gan", "--data", "pictures", "--size", "16", "--batch-size", "8", *SMALL]
    assert main([*arguments, "--out", "memory"]) == main([*arguments, "--workers", "1", "--out", "disk"]) == 0
    assert_same_run("memory", "disk")


def test_sets_on_disk():
    """MNIST in tiny files of the true format."""
    Path("files/MNIST/raw").mkdir(parents=True)
    for prefix, n in (("train", 40), ("t10k", 2)):
        for kind, shape in (("images-idx3", (n, 28, 28)), ("labels-idx1", (n,))):
            header = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
            content = np.random.default_rng(0).integers(0, 10, shape, dtype=np.uint8).tobytes()
            Path("files/MNIST/raw", f"{prefix}-{kind}-ubyte").write_bytes(header + content)
    assert main(["gan", "--data", "MNIST", "--root", "files", "--batch-size", "8", *SMALL]) == 0
    settings = json.loads(Path("runs/gan-mnist/settings.json").read_text())["settings"]
    assert (settings["network"], settings["size"], settings["latent_dim"]) == ("dcgan", 32, 100)
    assert settings["root"] == str(Path("files").resolve())
