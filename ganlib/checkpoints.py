"""Files of weights and training states that are never half-written and never run code when read."""

from pathlib import Path

import torch
from torch import Tensor

from ganlib.files import replacing

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
