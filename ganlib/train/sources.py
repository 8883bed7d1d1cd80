"""The data sets that the command knows by name, and folders of pictures."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import Dataset

from ganlib.data import FolderImages, avatars, cifar10, digits, fashion_mnist, load_images, mnist, toys
from ganlib.data.batches import to_float
from ganlib.data.toys import Toy
from ganlib.train.recipes import plain


@dataclass(frozen=True)
class Data:
    """What is trained on: ``items`` as ``Batches`` takes them; the toy that they were drawn from or style, if any."""

    name: str
    items: Tensor | Dataset
    toy: Toy | None = None
    style: str | None = None

    def some(self, n: int) -> Tensor:
        """n samples in a random order that is always the same, or all if there are fewer; as the players see them."""
        rows = torch.randperm(len(self.items), generator=torch.Generator().manual_seed(0))[:n]
        return to_float(torch.stack([self.items[i] for i in rows.tolist()]))


class Source(NamedTuple):
    """A data set that can be asked for: what loads it, and the settings that it reads, with their defaults."""

    load: Callable[[Namespace], Tensor | Dataset]
    defaults: dict[str, int | str | None]
    toy: Toy | None = None

    @property
    def pictures(self) -> bool:
        """Whether it holds pictures, not points."""
        return "size" in self.defaults


def _toy(toy: Toy) -> Source:
    """Points, drawn once: the same ones in every run."""
    return Source(lambda s: toy.sample(s.count, torch.Generator().manual_seed(0)), {"count": 100_000}, toy)


def _avatars(settings: Namespace) -> Tensor:
    """Drawn pictures as bytes: a quarter of the memory."""
    images, _ = avatars.avatars(settings.count, settings.size, settings.style)
    return images.add_(1).mul_(127.5).round_().to(torch.uint8)


def _on_disk(load: Callable[..., tuple[Tensor, Tensor]], settings: Namespace) -> Tensor:
    return load(settings.root, size=settings.size)[0]


def _cifar10(settings: Namespace) -> Tensor:
    if settings.size != 32:
        raise ValueError(f"size = {settings.size}, expected 32: cifar10 has no other")
    return cifar10(settings.root)[0]


class _Unlabelled(FolderImages):
    """The pictures of a folder alone."""

    def __getitem__(self, index: int) -> Tensor:
        return super().__getitem__(index)[0]


def _folder(settings: Namespace) -> Tensor | Dataset:
    """In memory, or with ``workers`` read from disk each time, for folders that are larger."""
    which = settings.data, settings.size, settings.channels, settings.count
    return _Unlabelled(*which) if settings.workers else load_images(*which)[0]


SOURCES = {
    "ring": _toy(toys.ring()),
    "grid": _toy(toys.grid()),
    "line": _toy(toys.Line()),
    "segments": _toy(toys.Segments()),
    "swiss-roll": _toy(toys.SwissRoll()),
    "digits": Source(lambda s: digits(s.size)[0], {"size": 16}),
    "avatars": Source(_avatars, {"size": 32, "style": "flat", "count": 10_000}),
    "mnist": Source(partial(_on_disk, mnist), {"size": 32, "root": "data"}),
    "fashion-mnist": Source(partial(_on_disk, fashion_mnist), {"size": 32, "root": "data"}),
    "cifar10": Source(_cifar10, {"size": 32, "root": "data"}),
}
FOLDER = Source(_folder, {"size": 64, "channels": 3, "count": None, "workers": 0})
OPTIONS = sorted({option for known in (*SOURCES.values(), FOLDER) for option in known.defaults})


def canonical(data: str) -> str:
    """The name of a known data set as it is written here, or else the full path of a folder.

    Raises: ValueError when it is neither.
    """
    names = {plain(name): name for name in SOURCES}
    if plain(data) in names and Path(data).name == data:
        return names[plain(data)]
    if not Path(data).is_dir():
        raise ValueError(f"data = {data!r} is no folder, and none of {', '.join(SOURCES)}")
    return str(Path(data).resolve())


def source(data: str) -> Source:
    """The source behind a canonical name."""
    return SOURCES.get(data, FOLDER)


def load(settings: Namespace) -> Data:
    """The data of the settings.

    Raises: ValueError, OSError or RuntimeError, as the loaders do.
    """
    found = source(settings.data)
    return Data(settings.data, found.load(settings), found.toy, settings.style)
