"""Data sets for GANs that are told something: classes, captions or attributes of pictures, pairs, two domains."""

from argparse import Namespace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ganlib.data import FolderImages, avatar_pairs, captions, load_images, load_pairs, load_unpaired, unpaired_avatars
from ganlib.data import avatars as drawn
from ganlib.data.avatars import CAPTIONED, VOCABULARY
from ganlib.train.alone import TEN_CLASSES, Load, Source, in_bytes
from ganlib.train.data import Attributed, Data, Domains, Labelled, Pairs

HELD_OUT, JUDGED = 1, 1000  # seed and number of avatars that are not trained on
OF_A_FOLDER = {"size": 64, "channels": 3, "count": None}


def _ten_classes(load: Load, settings: Namespace) -> Data:
    return Labelled(settings.data, load(settings), counts=(10,))


def _avatars(kind: type[Labelled], settings: Namespace) -> Data:
    """Pictures and the numbers of the chosen attributes: (N,) for a single one, else (N, A)."""
    images, attributes = drawn.avatars(settings.count, settings.size, settings.style)
    y = torch.stack([getattr(attributes, name) for name in settings.attributes], 1)
    counts = tuple(len(VOCABULARY[name]) for name in settings.attributes)
    y = y[:, 0] if kind is Labelled and len(counts) == 1 else y
    parts = tuple(settings.attributes)
    return kind(settings.data, (in_bytes(images), y), style=settings.style, counts=counts, parts=parts)


def _classes_of_a_folder(settings: Namespace) -> Data:
    """The subfolders are the classes."""
    which = settings.data, settings.size, settings.channels, settings.count
    listed = FolderImages(*which)
    if len(listed.classes) < 2:
        raise ValueError(f"data = {settings.data!r} has pictures of one class, expected a subfolder for each class")
    items = listed if settings.workers else load_images(*which)
    return Labelled(settings.data, items, counts=(len(listed.classes),))


def _captions(settings: Namespace) -> Data:
    images, tokens = captions.captioned_avatars(settings.count, settings.size)
    return Labelled(settings.data, (in_bytes(images), tokens), style="flat")


def _drawings(settings: Namespace) -> Data:
    """From a line drawing to an avatar in the chosen style."""
    styles = "sketch", settings.style
    items = avatar_pairs(settings.count, settings.size, styles=styles)[:2]
    held_out = avatar_pairs(JUDGED, settings.size, HELD_OUT, styles)[:2]
    return Pairs(settings.data, items, style=settings.style, held_out=held_out)


def _styles(settings: Namespace) -> Data:
    """Flat avatars and other avatars in the chosen style."""
    styles = "flat", settings.style
    items = unpaired_avatars(settings.count, settings.size, styles=styles)
    held_out = avatar_pairs(JUDGED, settings.size, HELD_OUT, styles)[:2]
    return Domains(settings.data, items, style=settings.style, held_out=held_out)


def _pairs_of_a_folder(settings: Namespace) -> Data:
    """The halves of the pictures in ``train``; those in ``val`` or ``test`` are held out if there are some."""
    split = next((name for name in ("val", "test") if Path(settings.data, name).is_dir()), "train")
    items, held_out = (_halves(settings, name) for name in ("train", split))
    return Pairs(settings.data, items, held_out=held_out)


def _halves(settings: Namespace, split: str) -> tuple[Tensor, Tensor]:
    left, right = load_pairs(settings.data, settings.size, settings.channels, settings.count, split)
    return (right, left) if settings.backwards else (left, right)


def _domains_of_a_folder(settings: Namespace) -> Data:
    """``trainA`` and ``trainB``; ``testA`` and ``testB`` are held out if they are there."""
    split = "test" if Path(settings.data, "testA").is_dir() else "train"
    items, held_out = (
        load_unpaired(settings.data, settings.size, settings.channels, settings.count, name)
        for name in ("train", split)
    )
    return Domains(settings.data, items, held_out=held_out, known=False)


def _of_avatars(load, style: str | None, **more) -> Source:
    return Source(load, {"size": 32, "count": 10_000} | ({"style": style} if style else {}) | more)


LABELS = {name: Source(partial(_ten_classes, load), more) for name, (load, more) in TEN_CLASSES.items()}
LABELS |= {"avatars": _of_avatars(partial(_avatars, Labelled), "flat", attributes=list(CAPTIONED))}
CLASSES_OF_A_FOLDER = Source(_classes_of_a_folder, OF_A_FOLDER | {"workers": 0})
CAPTIONS = {"captions": _of_avatars(_captions, None)}
CHANGED = ["hair", "mouth", "glasses"]
ATTRIBUTES = {"avatars": _of_avatars(partial(_avatars, Attributed), "flat", attributes=CHANGED)}
PAIRS = {"avatars": _of_avatars(_drawings, "flat")}
PAIRS_OF_A_FOLDER = Source(_pairs_of_a_folder, OF_A_FOLDER | {"backwards": False})
DOMAINS = {"avatars": _of_avatars(_styles, "shaded")}
DOMAINS_OF_A_FOLDER = Source(_domains_of_a_folder, OF_A_FOLDER)
