"""Files of weights and training states that are never half-written and never run code when read."""

import os
import pickle
from pathlib import Path

import torch


def save(state: dict, path: str | Path) -> Path:
    """Write ``state`` (tensors, numbers, strings, lists and dicts of them) to ``path``, all of it or nothing.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and the file is then renamed over
    ``path``. A process killed at any moment leaves either the old file or the new one. The folder is made if it is
    missing.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def load(path: str | Path, device: torch.device | str = "cpu") -> dict:
    """Read a file made by ``save``. Tensors land on ``device``; code in the file is never run (``weights_only=True``).

    Raises: FileNotFoundError when there is no such file; ValueError when it is no readable checkpoint.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"path = {path}: there is no checkpoint there")
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise ValueError(f"path = {path}: not a readable checkpoint ({error})") from error
