"""Pairs of pictures: drawn ones, and the two halves of files."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganlib.data import Batches, avatar_pairs, load_pairs
from ganlib.data.avatars import PALETTE, Attributes, render
from ganlib.data.batches import to_float

RED, BLUE = (255, 0, 0), (0, 0, 255)


def save(path, left=RED, right=BLUE, size=16, gap=0, **options):
    """A file with two squares side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (2 * size + gap, size), "white")
    picture.paste(left, (0, 0, size, size))
    picture.paste(right, (size + gap, 0, 2 * size + gap, size))
    picture.save(path, **options)


def test_pairs_are_the_same_avatars_in_two_styles():
    drawings, pictures, attributes = avatar_pairs(6, 32, seed=3)
    for images, style in ((drawings, "sketch"), (pictures, "flat")):
        assert images.dtype == torch.uint8
        torch.testing.assert_close(to_float(images), render(attributes, 32, style), atol=0.5 / 127.5 + 1e-6, rtol=0)
    assert attributes.equal(Attributes.sample(6, torch.Generator().manual_seed(3)))


def test_other_styles_can_be_asked_for():
    shaded, flat, attributes = avatar_pairs(2, 16, styles=("shaded", "flat"))
    assert torch.equal(flat, avatar_pairs(2, 16)[1])
    torch.testing.assert_close(to_float(shaded), render(attributes, 16, "shaded"), atol=0.01, rtol=0)


def test_a_drawing_tells_no_colour():
    """Other colours of everything give the same drawing, bit by bit, and another picture."""
    attributes = Attributes.sample(20, torch.Generator().manual_seed(0))
    colours = {name: (getattr(attributes, name) + 1) % len(PALETTE[name]) for name in PALETTE}
    recoloured = attributes.replace(**colours)
    assert torch.equal(render(attributes, 32, "sketch"), render(recoloured, 32, "sketch"))
    assert (render(attributes) - render(recoloured)).abs().mean() > 0.2


def test_batches_take_them():
    drawing, picture = next(Batches(avatar_pairs(4, 16)[:2], 3))
    assert drawing.shape == picture.shape == (3, 3, 16, 16) and drawing.dtype == torch.float32


def test_a_file_is_a_pair_side_by_side(tmp_path):
    """Pixel by pixel, where nothing has to be scaled; in the order of the names."""
    pixels = np.random.default_rng(0).integers(0, 256, (2, 16, 32, 3), dtype=np.uint8)
    (tmp_path / "train").mkdir()
    for name, array in zip(("2.png", "10.png"), pixels, strict=True):
        Image.fromarray(array).save(tmp_path / "train" / name)
    left, right = load_pairs(tmp_path, 16)
    expected = torch.from_numpy(pixels[[1, 0]]).permute(0, 3, 1, 2)
    assert torch.equal(left, expected[..., :16]) and torch.equal(right, expected[..., 16:])
    assert left.is_contiguous() and right.is_contiguous()


@pytest.mark.parametrize(("size", "gap"), [(16, 0), (16, 1), (256, 0), (40, 0)])
@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_halves_of_any_size_are_scaled_apart(tmp_path, size, gap, suffix):
    """No colour of one half gets into the other; the published sets have 256 pixels and are JPEGs."""
    save(tmp_path / "train" / f"x.{suffix}", size=size, gap=gap, **({"subsampling": 0} if suffix == "jpg" else {}))
    for half, colour in zip(load_pairs(tmp_path, 16), (RED, BLUE), strict=True):
        assert half.shape == (1, 3, 16, 16)
        wrong = (half[0].float() - torch.tensor(colour).view(3, 1, 1)).abs()
        assert wrong[:, 1:-1, 1:-1].max() <= 12


def test_splits_limits_and_gray(tmp_path):
    for k in range(3):
        save(tmp_path / "train" / f"{k}.png", left=(k, k, k))
    save(tmp_path / "val" / "0.png", left=BLUE)
    assert load_pairs(tmp_path, 8, limit=2)[0][:, 0, 0, 0].tolist() == [0, 1]
    assert load_pairs(tmp_path, 8, split="val")[0][0, :, 0, 0].tolist() == [*BLUE]
    assert load_pairs(tmp_path, 8, channels=1)[1].shape == (3, 1, 8, 8)


def test_what_is_no_pair_is_counted(tmp_path):
    save(tmp_path / "train" / "a.png")
    (tmp_path / "train" / "b.png").write_text("no picture")
    Image.new("RGB", (15, 16)).save(tmp_path / "train" / "c.png")
    with pytest.warns(UserWarning, match=r"2 of 3 pictures skipped: b.png .*, c.png \(ValueError\)"):
        assert len(load_pairs(tmp_path, 8)[0]) == 1


def test_a_split_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="test' does not exist"):
        load_pairs(tmp_path, 8, split="test")
