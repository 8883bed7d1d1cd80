"""Data sets for a GAN that is told nothing: points and pictures without conditions."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from ganlib.data import FolderImages, avatars, cifar10, digits, fashion_mnist, load_images, mnist, toys
from ganlib.data.toys import Toy
from ganlib.train.data import Data


class Source(NamedTuple):
    """A data set that can be asked for: what loads it, and the settings that it reads, with their defaults."""

    load: Callable[[Namespace], Data]
    defaults: dict[str, int | str | list[str] | None]

    @property
    def pictures(self) -> bool:
        """Whether it holds pictures, not points."""
        return "size" in self.defaults


Load = Callable[[Namespace], tuple[Tensor, Tensor]]
"""What loads pictures and their labels."""


def _toy(toy: Toy) -> Source:
    """Points, drawn once: the same ones in every run."""

    def load(settings: Namespace) -> Data:
        return Data(settings.data, toy.sample(settings.count, torch.Generator().manual_seed(0)), toy)

    return Source(load, {"count": 100_000})


def in_bytes(images: Tensor) -> Tensor:
    """Drawn pictures as bytes: a quarter of the memory."""
    return images.add_(1).mul_(127.5).round_().to(torch.uint8)


def _avatars(settings: Namespace) -> Data:
    images, _ = avatars.avatars(settings.count, settings.size, settings.style)
    return Data(settings.data, in_bytes(images), style=settings.style)


def _cifar10(settings: Namespace) -> tuple[Tensor, Tensor]:
    if settings.size != 32:
        raise ValueError(f"size = {settings.size}, expected 32: cifar10 has no other")
    return cifar10(settings.root)


def _on_disk(load: Callable[..., tuple[Tensor, Tensor]], settings: Namespace) -> tuple[Tensor, Tensor]:
    return load(settings.root, size=settings.size)


TEN_CLASSES: dict[str, tuple[Load, dict]] = {
    "digits": (lambda settings: digits(settings.size), {"size": 16}),
    "mnist": (partial(_on_disk, mnist), {"size": 32, "root": "data"}),
    "fashion-mnist": (partial(_on_disk, fashion_mnist), {"size": 32, "root": "data"}),
    "cifar10": (_cifar10, {"size": 32, "root": "data"}),
}
"""Pictures with labels 0 to 9: what loads them, and its defaults."""


def _without_labels(load: Load, settings: Namespace) -> Data:
    return Data(settings.data, load(settings)[0])


class _Unlabelled(FolderImages):
    """The pictures of a folder alone."""

    def __getitem__(self, index: int) -> Tensor:
        return super().__getitem__(index)[0]


def _folder(settings: Namespace) -> Data:
    """In memory, or with ``workers`` read from disk each time, for folders that are larger."""
    which = settings.data, settings.size, settings.channels, settings.count
    return Data(settings.data, _Unlabelled(*which) if settings.workers else load_images(*which)[0])


SOURCES = {
    "ring": _toy(toys.ring()),
    "grid": _toy(toys.grid()),
    "line": _toy(toys.Line()),
    "segments": _toy(toys.Segments()),
    "swiss-roll": _toy(toys.SwissRoll()),
    "avatars": Source(_avatars, {"size": 32, "style": "flat", "count": 10_000}),
    **{name: Source(partial(_without_labels, load), more) for name, (load, more) in TEN_CLASSES.items()},
}
FOLDER = Source(_folder, {"size": 64, "channels": 3, "count": None, "workers": 0})
