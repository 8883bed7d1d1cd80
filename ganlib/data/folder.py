"""Pictures in a folder, cut and scaled to one size; unreadable files are counted, never fatal."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import Dataset

__all__ = ["FolderImages", "load_images", "read_image"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


class FolderImages(Dataset):
    """The pictures of a folder and of the folders in it, read from disk each time one is asked for.

    This is for folders too large for memory: `Batches(FolderImages(...), 64, workers=4)`. Item i is the pair
    (`read_image(paths[i], size, channels)`, `labels[i]`). Making it reads every file once, since only that shows
    whether a file is whole; unreadable ones are left out, and one warning counts them. Pictures come in the order of
    their paths, and `limit` takes the first ones. Hidden files and folders are passed over.

    `classes` are the names of the subfolders directly under `folder` ("." for pictures in no subfolder), in order,
    and a label is a place among them.

    Raises: FileNotFoundError when the folder does not exist or holds no picture; NotADirectoryError when it is not a
    folder; ValueError when no picture is readable, size < 1, channels is not 1 or 3, or limit < 1.
    """

    def __init__(self, folder: str | Path, size: int, channels: int = 3, limit: int | None = None) -> None:
        self.size, self.channels = size, channels
        self.paths = [path for path, _ in readable(folder, size, channels, limit)]
        self.classes, self.labels = _classes(Path(folder), self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return read_image(self.paths[index], self.size, self.channels), self.labels[index]


def load_images(folder: str | Path, size: int, channels: int = 3, limit: int | None = None) -> tuple[Tensor, Tensor]:
    """All the pictures that `FolderImages` finds, in memory.

    Shapes: images (n, channels, size, size), uint8, which `Batches` turns into float32 in [-1, 1] (60,000 pictures of
    64 pixels are 0.74 GB in uint8 and 2.9 GB in float32); labels (n,), int64.
    Raises: as `FolderImages`.
    """
    paths, images = zip(*readable(folder, size, channels, limit), strict=True)
    return torch.stack(images), torch.tensor(_classes(Path(folder), paths)[1])


def read_image(path: str | Path, size: int, channels: int = 3) -> Tensor:
    """One picture as uint8 (channels, size, size): its middle square, scaled with Lanczos' filter.

    The camera's orientation is applied, transparency is put on white, 16-bit gray is brought to 8 bits, and a GIF
    gives its first frame. Large JPEGs are decoded at a reduced size of at least twice `size`.

    Raises: whatever Pillow raises for a file that it cannot read, or that is too large to be meant well.
    """
    return scaled(open_image(path, size, channels), size)


def open_image(path: str | Path, size: int, channels: int) -> Image.Image:
    """The whole picture in 8 bits and upright. Large JPEGs come at a reduced size of at least twice `size`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path) as image:
            image.draft(None, (2 * size, 2 * size))
            return _flat(ImageOps.exif_transpose(image), "L" if channels == 1 else "RGB")


def scaled(image: Image.Image, size: int) -> Tensor:
    """The middle square of an image, scaled, as uint8 (channels, size, size)."""
    pixels = np.array(ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS))
    return torch.from_numpy(pixels).view(size, size, -1).permute(2, 0, 1).contiguous()


def _flat(image: Image.Image, mode: str) -> Image.Image:
    """The image in 8 bits, without transparency."""
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image, dtype=np.float64) / 257).round().clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert(mode)


def readable(
    folder: str | Path,
    size: int,
    channels: int,
    limit: int | None,
    reader: Callable[[Path, int, int], Tensor] = read_image,
) -> Iterator[tuple[Path, Tensor]]:
    """Each readable picture, as `reader` gives it, with its path; at the end, one warning about the others."""
    _check(size, channels, limit)
    files, read, skipped = _picture_files(folder), 0, []
    for path in files:
        try:
            image = reader(path, size, channels)
        except Exception as error:  # Pillow's decoders raise many kinds, and none may stop the others' pictures
            skipped.append(f"{path.name} ({type(error).__name__})")
            continue
        yield path, image
        read += 1
        if read == limit:
            break
    if read == 0:
        raise ValueError(f"folder = {str(folder)!r} holds {len(files)} pictures, none readable: {_some(skipped)}")
    if skipped:
        warnings.warn(f"{len(skipped)} of {read + len(skipped)} pictures skipped: {_some(skipped)}", stacklevel=3)


def _check(size: int, channels: int, limit: int | None) -> None:
    if not isinstance(size, int) or size < 1:
        raise ValueError(f"size = {size!r}, expected a positive integer")
    if channels not in (1, 3):
        raise ValueError(f"channels = {channels!r}, expected 1 (gray) or 3 (RGB)")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise ValueError(f"limit = {limit!r}, expected None or a positive integer")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _picture_files(folder: str | Path) -> list[Path]:
    root = Path(folder)
    if not root.exists():
        raise FileNotFoundError(f"folder = {str(folder)!r} does not exist")
    if not root.is_dir():
        raise NotADirectoryError(f"folder = {str(folder)!r} is not a folder")
    names = (path.relative_to(root) for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    visible = (name for name in names if not any(part.startswith(".") for part in name.parts))
    files = [root / name for name in sorted(visible, key=Path.as_posix)]
    if not files:
        raise FileNotFoundError(f"folder = {str(folder)!r} holds no picture ({', '.join(SUFFIXES)})")
    return files


def _classes(root: Path, paths: list[Path]) -> tuple[tuple[str, ...], list[int]]:
    """The names of the subfolders, and for each path the place of its own."""
    parts = [path.relative_to(root).parts for path in paths]
    names = [part[0] if len(part) > 1 else "." for part in parts]
    classes = tuple(sorted(set(names)))
    return classes, [classes.index(name) for name in names]
