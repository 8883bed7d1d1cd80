"""Where a chapter runs: device, seeds, and how much work it may do."""

import os
import platform
import random
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"


def device() -> torch.device:
    """The fastest device of this machine: ``cuda``, else ``mps`` (Apple), else ``cpu``.

    The environment variable ``GANLIB_DEVICE`` overrides the choice, for example ``GANLIB_DEVICE=cpu``.

    Raises: ValueError when ``GANLIB_DEVICE`` names no device that PyTorch knows.
    """
    name = os.environ.get("GANLIB_DEVICE")
    if name:
        try:
            return torch.device(name)
        except RuntimeError as error:
            raise ValueError(
                f"GANLIB_DEVICE = {name!r}, expected a device such as 'cpu', 'cuda', 'cuda:1' or 'mps'"
            ) from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def describe_device(where: torch.device | None = None) -> str:
    """One plain sentence about the device ``where`` (default: ``device()``) and what to expect of it."""
    where = where or device()
    if where.type == "cuda":
        properties = torch.cuda.get_device_properties(where)
        size = properties.total_memory / 2**30
        return f"Found a GPU: {properties.name} with {size:.0f} GiB. Every chapter runs comfortably."
    if where.type == "mps":
        return "Found an Apple GPU. Small networks are often as fast on the CPU; set GANLIB_DEVICE=cpu to compare."
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"No GPU here: the course computes on the CPU ({platform.machine()}, {cores} cores). "
        "That is enough. Every chapter is sized for two CPU cores."
    )


def seed_everything(seed: int) -> torch.Generator:
    """Seed Python, NumPy and PyTorch on every device; return a fresh CPU generator with the same seed.

    The returned generator is for draws that must not disturb the global stream, such as the fixed noise of a picture.

    Raises: ValueError when ``seed`` is outside 0 .. 2**32 - 1 (NumPy accepts no other).
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed = {seed}, expected an integer from 0 to 2**32 - 1")
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def budget(full: int, quick: int) -> int:
    """``full``, or ``quick`` when the environment variable ``GANLIB_BUDGET`` is ``quick``.

    A chapter asks for its training lengths with ``budget(full=6000, quick=200)``. The full run is the default and is
    what CI and ``build`` execute; the quick one is for people who edit a chapter and want to see it run in seconds.

    Raises: ValueError when ``GANLIB_BUDGET`` is neither ``full`` nor ``quick``.
    """
    choice = os.environ.get("GANLIB_BUDGET", "full")
    if choice not in ("full", "quick"):
        raise ValueError(f"GANLIB_BUDGET = {choice!r}, expected 'full' or 'quick'")
    return full if choice == "full" else quick
