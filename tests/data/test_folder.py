"""Folders of pictures: every format comes out right, and broken files are counted."""

import warnings

import numpy as np
import pytest
import torch
from PIL import Image

from ganlib.data import Batches, FolderImages, load_images
from ganlib.data.folder import read_image

RED, WHITE = (255, 0, 0), (255, 255, 255)


def save(path, color=RED, size=(12, 12), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path, **options)
    return path


def noise(size=(40, 40)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8))


def truncated(path):
    noise().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture
def broken(tmp_path):
    """Two good pictures among six bad ones."""
    save(tmp_path / "a.png"), save(tmp_path / "z.png", color=WHITE)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.png").write_text("not a picture")
    for name in ("cut.png", "cut.jpg", "cut.webp", "cut.bmp"):
        truncated(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "webp", "bmp", "gif", "PNG"])
def test_every_format_is_read(tmp_path, suffix):
    save(tmp_path / f"x.{suffix}")
    image = load_images(tmp_path, 8)[0]
    assert image.shape == (1, 3, 8, 8) and image.dtype == torch.uint8
    torch.testing.assert_close(image[0, :, 4, 4].int(), torch.tensor(RED).int(), atol=3, rtol=0)


def test_a_picture_of_the_right_size_is_untouched(tmp_path):
    picture = noise((16, 16))
    picture.save(tmp_path / "x.png")
    assert torch.equal(read_image(tmp_path / "x.png", 16), torch.from_numpy(np.array(picture)).permute(2, 0, 1))


def test_gray_is_the_luma_of_the_colours(tmp_path):
    noise((16, 16)).save(tmp_path / "x.png")
    color, gray = read_image(tmp_path / "x.png", 16), read_image(tmp_path / "x.png", 16, channels=1)
    assert gray.shape == (1, 16, 16)
    luma = torch.tensor([0.299, 0.587, 0.114]) @ color.float().flatten(1)  # ITU-R BT.601
    torch.testing.assert_close(gray.flatten().float(), luma, atol=1, rtol=0)


@pytest.mark.parametrize("width, height", [(30, 10), (10, 30)])
def test_the_middle_square_is_kept(tmp_path, width, height):
    """Red, green and blue thirds: only the green one is left."""
    picture = Image.new("RGB", (width, height), RED)
    third = (width // 3, 0) if width > height else (0, height // 3)
    picture.paste((0, 255, 0), (*third, third[0] + 10, third[1] + 10))
    picture.paste((0, 0, 255), (2 * third[0], 2 * third[1], width, height))
    picture.save(tmp_path / "x.png")
    image = read_image(tmp_path / "x.png", 10)
    assert image[1].eq(255).all() and image[0].eq(0).all() and image[2].eq(0).all()


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_shrinking_averages(tmp_path, suffix):
    """A fine checkerboard becomes gray, not one of its colours (no aliasing)."""
    board = np.indices((256, 256)).sum(0) % 2 * 255
    Image.fromarray(board.astype(np.uint8)).save(tmp_path / f"x.{suffix}")
    inner = read_image(tmp_path / f"x.{suffix}", 16, channels=1)[0, 2:-2, 2:-2].float()
    assert (inner - 127.5).abs().max() < 4


def test_a_large_jpeg_read_at_a_reduced_size_is_the_same_picture(tmp_path):
    picture = noise((16, 16)).resize((256, 256), Image.Resampling.BICUBIC)
    picture.save(tmp_path / "x.jpg", quality=95), picture.save(tmp_path / "x.png")
    jpg, png = (read_image(tmp_path / name, 64).float() for name in ("x.jpg", "x.png"))
    assert (jpg - png).abs().mean() < 1.5


@pytest.mark.parametrize(
    "mode, color, options, expected",
    [
        ("RGBA", (255, 0, 0, 0), {}, WHITE),
        ("RGBA", (255, 0, 0, 128), {}, (255, 127, 127)),
        ("LA", (0, 0), {}, WHITE),
        ("LA", (0, 255), {}, (0, 0, 0)),
        ("P", 0, {"transparency": 0}, WHITE),
        ("P", 1, {"transparency": 0}, None),
        ("L", 77, {}, (77, 77, 77)),
        ("1", 1, {}, WHITE),
        ("I;16", 65535, {}, WHITE),
        ("I;16", 257 * 100, {}, (100, 100, 100)),
        ("I;16", 257 * 100 + 128, {}, (100, 100, 100)),
    ],
)
def test_every_pixel_format_becomes_8_bit_rgb(tmp_path, mode, color, options, expected):
    picture = Image.new(mode, (12, 12), color)
    if mode == "P":
        picture.putpalette([10, 20, 30, 40, 50, 60])
        expected = expected or (40, 50, 60)
    picture.save(tmp_path / "x.png", **options)
    image = read_image(tmp_path / "x.png", 6)
    assert image[:, 3, 3].tolist() == list(expected)


def test_cmyk_jpeg(tmp_path):
    save(tmp_path / "x.jpg", color=(0, 0, 0, 0), mode="CMYK")
    assert read_image(tmp_path / "x.jpg", 6).ge(250).all()


def test_the_camera_orientation_is_applied(tmp_path):
    """Orientation 6: the stored left edge is the top of the picture."""
    picture, exif = Image.new("RGB", (16, 16), WHITE), Image.Exif()
    picture.paste((0, 0, 0), (0, 0, 8, 16))
    exif[0x0112] = 6
    picture.save(tmp_path / "x.png", exif=exif)
    image = read_image(tmp_path / "x.png", 16)
    assert image[:, :8].eq(0).all() and image[:, 8:].eq(255).all()


def test_a_gif_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, (0, 0, 255))]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    assert read_image(tmp_path / "x.gif", 8)[:, 4, 4].tolist() == list(RED)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
def test_tiny_and_thin_pictures_are_scaled(tmp_path, size):
    save(tmp_path / "x.png", size=size)
    image = load_images(tmp_path, 4)[0][0]
    assert image.shape == (3, 4, 4) and image.flatten(1).unique(dim=1).flatten().tolist() == list(RED)


def test_subfolders_are_classes_in_order_of_name(tmp_path):
    for i, name in enumerate(["dog/2.png", "cat/1.png", "cat/deep/3.png", "dog/1.png"]):
        save(tmp_path / name, color=(i, i, i))
    dataset = FolderImages(tmp_path, 4)
    assert dataset.classes == ("cat", "dog") and dataset.labels == [0, 0, 1, 1]
    names = [path.relative_to(tmp_path).as_posix() for path in dataset.paths]
    assert names == ["cat/1.png", "cat/deep/3.png", "dog/1.png", "dog/2.png"]
    images, labels = load_images(tmp_path, 4)
    assert images[:, 0, 0, 0].tolist() == [1, 2, 3, 0]
    assert labels.tolist() == [0, 0, 1, 1] and labels.dtype == torch.int64


def test_a_flat_folder_is_one_class_and_hidden_files_are_passed_over(tmp_path):
    save(tmp_path / "x.png"), save(tmp_path / ".trash/y.png"), (tmp_path / "._x.png").touch()
    (tmp_path / "notes.txt").touch()
    dataset = FolderImages(tmp_path, 4)
    assert len(dataset) == 1 and dataset.classes == (".",) and dataset.labels == [0]


def test_the_dataset_holds_what_load_images_loads(broken):
    with pytest.warns(UserWarning, match="skipped"):
        dataset = FolderImages(broken, 6, channels=1)
    with pytest.warns(UserWarning, match="skipped"):
        images, labels = load_images(broken, 6, channels=1)
    assert len(dataset) == len(images) == 2
    for (image, label), expected, number in zip(dataset, images, labels, strict=True):
        assert torch.equal(image, expected) and label == number


def test_broken_files_are_counted_in_one_warning(broken):
    with pytest.warns(UserWarning) as caught:
        images, _ = load_images(broken, 6)
    assert len(caught) == 1 and caught[0].filename == __file__
    message = str(caught[0].message)
    assert message.startswith("6 of 8 pictures skipped: cut.bmp") and message.endswith(", ...")
    assert images[:, 1, 0, 0].tolist() == [0, 255]


def test_no_warning_without_broken_files(tmp_path):
    save(tmp_path / "x.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_images(tmp_path, 4)


@pytest.mark.parametrize("factor", [1.5, 3])
def test_a_decompression_bomb_is_skipped(tmp_path, monkeypatch, factor):
    """Pillow warns above its limit and refuses above twice the limit: here both are skipped."""
    save(tmp_path / "bomb.png", size=(30, 30)), save(tmp_path / "good.png", size=(10, 10))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(900 / factor))
    with pytest.warns(UserWarning, match="1 of 2 pictures skipped: bomb.png") as caught:
        assert len(load_images(tmp_path, 4)[0]) == 1
    assert len(caught) == 1


def test_limit_takes_the_first_readable_ones(tmp_path):
    (tmp_path / "0.png").touch()
    for i in range(1, 6):
        save(tmp_path / f"{i}.png", color=(i, 0, 0))
    (tmp_path / "9.png").touch()
    with pytest.warns(UserWarning, match="1 of 3 pictures skipped: 0.png"):
        images, _ = load_images(tmp_path, 4, limit=2)
    assert images[:, 0, 0, 0].tolist() == [1, 2]


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_batches_of_a_folder(tmp_path, workers):
    for i in range(6):
        save(tmp_path / f"{i}.png", color=(i, 0, 255))
    lazy = Batches(FolderImages(tmp_path, 4), 3, workers=workers)
    for (x, y), (expected, label) in zip(lazy, Batches(load_images(tmp_path, 4), 3), strict=True):
        assert torch.equal(x, expected) and torch.equal(y, label)
        assert x.dtype == torch.float32 and x[:, 2].eq(1).all()
        if lazy.epoch == 2:
            break


@pytest.mark.parametrize("read", [load_images, FolderImages])
@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"size": 0}, "size = 0"),
        ({"size": 8.0}, "size = 8.0"),
        ({"size": None}, "size = None"),
        ({"size": 8, "channels": 4}, "channels = 4"),
        ({"size": 8, "channels": "RGB"}, "channels = 'RGB'"),
        ({"size": 8, "limit": 0}, "limit = 0"),
        ({"size": 8, "limit": 1.5}, "limit = 1.5"),
    ],
)
def test_bad_arguments_are_named(tmp_path, read, arguments, message):
    save(tmp_path / "x.png")
    with pytest.raises(ValueError, match=message):
        read(tmp_path, **arguments)


def test_bad_folders_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere.*does not exist"):
        load_images(tmp_path / "nowhere", 8)
    with pytest.raises(NotADirectoryError, match=r"x\.png.*not a folder"):
        load_images(save(tmp_path / "x.png"), 8)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"empty.*holds no picture"):
        load_images(tmp_path / "empty", 8)
    (tmp_path / "empty/x.png").touch()
    with pytest.raises(ValueError, match=r"none readable: x\.png \(UnidentifiedImageError\)"):
        load_images(tmp_path / "empty", 8)
