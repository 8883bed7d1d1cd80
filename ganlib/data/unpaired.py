"""Two sets of pictures without pairs: batches from both sides, and folders in the layout of CycleGAN's data sets."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset

from ganlib.data.avatars import Attributes, render
from ganlib.data.batches import Batches
from ganlib.data.folder import load_images

__all__ = ["UnpairedBatches", "load_unpaired", "unpaired_avatars", "unpaired_folders"]

SPLITS = ("train", "test")
Side = Tensor | Sequence[Tensor] | Dataset


class UnpairedBatches:
    """Batches (a, b) without end from two data sets that are shuffled apart: row i of a and of b are no pair.

    Each side is read as `Batches` reads it, in its own order and its own epochs, so the two may differ in length. Of
    data that also holds labels, only the pictures come out. The position is that of both sides, and a run resumes
    exactly.

    Arguments: `a` and `b` are data as `Batches` takes them; `batch_size`, `seed`, `workers` and `share` are as there.

    Raises: ValueError or TypeError as `Batches`, with the side that is meant.
    """

    def __init__(
        self,
        a: Side,
        b: Side,
        batch_size: int,
        *,
        seed: int = 0,
        workers: int = 0,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        if not isinstance(seed, int) or seed < 0:
            raise ValueError(f"seed = {seed!r}, expected an integer >= 0")
        self.a = _side("a", a, batch_size, seed=2 * seed, workers=workers, share=share)
        self.b = _side("b", b, batch_size, seed=2 * seed + 1, workers=workers, share=share)

    def __iter__(self) -> "UnpairedBatches":
        return self

    def __next__(self) -> tuple[Tensor, Tensor]:
        before = self.a.state_dict()
        a = next(self.a)[0]
        try:
            return a, next(self.b)[0]
        except BaseException:  # an interrupt included: neither side has moved on
            self.a.load_state_dict(before)
            raise

    def state_dict(self) -> dict[str, dict[str, int]]:
        """The positions of both sides."""
        return {"a": self.a.state_dict(), "b": self.b.state_dict()}

    def load_state_dict(self, state: dict[str, dict[str, int]]) -> None:
        """Go on from a saved position.

        Raises: ValueError when the state is none of two sides, or not of these; the position then stays.
        """
        if set(state) != {"a", "b"}:
            raise ValueError(f"the state has {sorted(state)}, expected the positions of a and b")
        before = self.a.state_dict()
        self.a.load_state_dict(state["a"])
        try:
            self.b.load_state_dict(state["b"])
        except ValueError:
            self.a.load_state_dict(before)
            raise


def _side(name: str, data: Side, batch_size: int, **settings) -> Batches:
    """The batches of one side; what they refuse is said with its name."""
    try:
        return Batches(data, batch_size, **settings)
    except (ValueError, TypeError) as error:
        raise type(error)(f"side {name}: {error}") from error


def unpaired_folders(root: str | Path, split: str = "train") -> tuple[Path, Path]:
    """The folders of both sides in the usual layout: `root`/trainA and `root`/trainB, or testA and testB.

    horse2zebra and the other data sets of the CycleGAN paper come like this.

    Raises: ValueError for another split; FileNotFoundError, with what is missing, when they are not there.
    """
    if split not in SPLITS:
        raise ValueError(f'split = {split!r}, expected "train" or "test"')
    folders = Path(root) / f"{split}A", Path(root) / f"{split}B"
    missing = [folder.name for folder in folders if not folder.is_dir()]
    if missing:
        there = sorted(path.name for path in Path(root).iterdir() if path.is_dir()) if Path(root).is_dir() else None
        found = "which does not exist" if there is None else f"which holds {', '.join(there) or 'no folders'}"
        raise FileNotFoundError(f"no {' and no '.join(missing)} in root = {str(root)!r}, {found}")
    return folders


def load_unpaired(
    root: str | Path, size: int, channels: int = 3, limit: int | None = None, split: str = "train"
) -> tuple[Tensor, Tensor]:
    """All the pictures of both sides, in memory: `root`/trainA and `root`/trainB, or testA and testB.

    `limit` takes the first pictures of each side. For folders too large for memory, give `FolderImages` of the two
    `unpaired_folders` to `UnpairedBatches`.

    Shapes: (n, channels, size, size) and (m, channels, size, size), uint8, which batches make float32 in [-1, 1].
    Raises: as `unpaired_folders` and `load_images`.
    """
    a, b = (load_images(folder, size, channels, limit)[0] for folder in unpaired_folders(root, split))
    return a, b


def unpaired_avatars(
    n: int, size: int = 32, seed: int = 0, styles: tuple[str, str] = ("flat", "shaded")
) -> tuple[Tensor, Tensor]:
    """n avatars in the first style, and n other ones in the second: no avatar is on both sides.

    What each would look like on the other side is known all the same: `avatar_pairs` draws pairs to judge with.

    Shapes: both (n, 3, size, size), uint8, which batches make float32 in [-1, 1].
    Raises: ValueError as `render`.
    """
    attributes = Attributes.sample(2 * n, torch.Generator().manual_seed(seed))
    a, b = render(attributes[:n], size, styles[0]), render(attributes[n:], size, styles[1])
    return tuple(images.add_(1).mul_(127.5).round_().to(torch.uint8) for images in (a, b))
