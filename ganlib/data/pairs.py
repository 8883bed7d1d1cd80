"""Pictures in pairs: drawings and colours of the same avatars, and folders in the layout of pix2pix's data sets."""

from pathlib import Path

import torch
from torch import Tensor

from ganlib.data.avatars import Attributes, render
from ganlib.data.folder import open_image, readable, scaled

__all__ = ["avatar_pairs", "load_pairs"]


def avatar_pairs(
    n: int, size: int = 32, seed: int = 0, styles: tuple[str, str] = ("sketch", "flat")
) -> tuple[Tensor, Tensor, Attributes]:
    """The same n avatars in two styles, and their attributes.

    A line drawing tells the shapes and no colour: those of hair, eyes, skin, shirt and background are free.

    Shapes: both (n, 3, size, size), uint8, which `Batches` makes float32 in [-1, 1].
    Raises: ValueError as `render`.
    """
    attributes = Attributes.sample(n, torch.Generator().manual_seed(seed))
    first, second = (render(attributes, size, style) for style in styles)
    return _bytes(first), _bytes(second), attributes


def load_pairs(
    folder: str | Path, size: int, channels: int = 3, limit: int | None = None, split: str = "train"
) -> tuple[Tensor, Tensor]:
    """All the pairs in `folder`/train (or another `split`): the left and the right half of each picture.

    facades, edges2shoes and the other data sets of the pix2pix paper come like this, some with the source on the right.

    Shapes: (n, channels, size, size) each, uint8, which `Batches` makes float32 in [-1, 1].
    Raises: as `load_images`. Pictures that are higher than wide are no pairs and count as unreadable.
    """
    pairs = torch.stack([pair for _, pair in readable(Path(folder) / split, size, channels, limit, _read_pair)])
    return pairs[:, 0].contiguous(), pairs[:, 1].contiguous()


def _read_pair(path: Path, size: int, channels: int) -> Tensor:
    """The halves of one picture, (2, channels, size, size); an odd column in the middle belongs to neither.

    Raises: ValueError for a picture that is higher than wide.
    """
    image = open_image(path, size, channels)
    if image.width < image.height:
        raise ValueError(f"{path.name} has {image.width} x {image.height} pixels, expected two pictures side by side")
    half = image.width // 2
    left, right = image.crop((0, 0, half, image.height)), image.crop((image.width - half, 0, image.width, image.height))
    return torch.stack([scaled(left, size), scaled(right, size)])


def _bytes(images: Tensor) -> Tensor:
    return images.add_(1).mul_(127.5).round_().to(torch.uint8)
