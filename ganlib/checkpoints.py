"""Files of weights and training states that are never half-written and never run code when read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

PLAIN = (int, float, bool, str, type(None))


def save(state: dict, path: str | Path) -> Path:
    """Write ``state`` (tensors, numbers, strings, lists, tuples and dicts of them) to ``path``, all of it or nothing.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and the file is then renamed over
    ``path``. A process killed at any moment leaves either the old file or the new one. The folder is made if it is
    missing.

    Raises: TypeError for anything else in ``state``, which could not be read back.
    """
    _check(state, "state")
    path = Path(path)
    with replacing(path) as file:
        torch.save(state, file)
    return path


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write bytes to, which takes the place of ``path`` when the block ends, and not if it fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load(path: str | Path) -> dict:
    """Read a file made by ``save``, onto the CPU. Code in the file is never run (``weights_only=True``).

    Raises: FileNotFoundError when there is no such file; ValueError when it is no readable checkpoint.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path = {path}: there is no checkpoint there")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can make torch.load raise nearly anything
        raise ValueError(f"path = {path}: damaged, or not written by ganlib.checkpoints.save") from error


def _check(value: object, name: str) -> None:
    """Only what ``load`` reads back may be written; a NumPy number, for example, may not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(inner, f"{name}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _check(inner, f"{name}[{index}]")
    elif not isinstance(value, Tensor) and type(value) not in PLAIN:
        raise TypeError(f"{name} is a {type(value).__name__}, expected a tensor, a number, a string, or a list or dict")
