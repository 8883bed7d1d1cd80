"""An endless stream of shuffled batches that can be stopped and resumed exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

__all__ = ["Batches"]


class Batches:
    """Shuffled batches without end: `next(batches)` is (x,) or (x, y), whatever the data holds.

    Epoch e visits the data in a random order that depends on (seed, e) only, so the position is two integers and the
    global random state is never touched. What is left at the end of an epoch and does not fill a batch is dropped
    (other items in every epoch). uint8 images (n, c, h, w) come out as float32 in [-1, 1]: x / 127.5 - 1; everything
    else comes out as it is. A batch never shares memory with the data.

    Arguments: `data` is a tensor, a tuple of tensors with the same first dimension on the same device, or a map-style
    `Dataset` whose items are tensors or tuples of tensors and numbers. Tensors are indexed where they lie, which is
    fast; a `Dataset` is read through a `DataLoader` with `workers` processes. A `Dataset` whose items are themselves
    random is resumed at the same items, not at the same random numbers.

    `share` = (i, k) hands out the i-th of k equal parts of each batch (i from 0), for one of k processes that train
    together. `batch_size` stays that of the whole batch, and the position is the same for all of them.

    Raises: TypeError when data is none of these; ValueError when batch_size < 1, the data is smaller than one batch,
    tensors disagree, seed or workers is negative, or share is no part of a batch.
    """

    def __init__(
        self,
        data: Tensor | Sequence[Tensor] | Dataset,
        batch_size: int,
        *,
        seed: int = 0,
        workers: int = 0,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        for name, value, least in (("batch_size", batch_size, 1), ("seed", seed, 0), ("workers", workers, 0)):
            if not isinstance(value, int) or value < least:
                raise ValueError(f"{name} = {value!r}, expected an integer >= {least}")
        self._source = _source(data, workers, seed)
        if self._source.length < batch_size:
            raise ValueError(f"batch_size = {batch_size}, expected at most the {self._source.length} items of the data")
        self._order = _Order(self._source.length, batch_size, seed)
        self._rows = _rows(batch_size, *share)
        self._epoch = self._batch = 0
        self._stream: Iterator[tuple[Tensor, ...]] | None = None

    @property
    def batches_per_epoch(self) -> int:
        """Number of full batches in an epoch."""
        return self._order.batches_per_epoch

    @property
    def epoch(self) -> int:
        """Number of whole epochs handed out so far."""
        return self._epoch

    def __iter__(self) -> "Batches":
        return self

    def __next__(self) -> tuple[Tensor, ...]:
        if self._stream is None:
            order, rows = self._order.starting_at(self._epoch, self._batch, self._source.device), self._rows
            self._stream = self._source.stream(items[rows] for items in order)  # without self: no reference cycle
        try:
            batch = next(self._stream)
            self._epoch, self._batch = self._order.after(self._epoch, self._batch)
        except BaseException:  # an interrupt included: the position still holds, so the next call starts again there
            self._stream = None
            raise
        return tuple(to_float(x) for x in batch)

    def state_dict(self) -> dict[str, int]:
        """The position (epoch, batch) and what it is a position in, as plain integers."""
        return {"epoch": self._epoch, "batch": self._batch, **vars(self._order)}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from a saved position: the next batch is the one that would have come next.

        Raises: ValueError when the state belongs to data of another length, another batch size or another seed, or
        is not a position.
        """
        for name, mine in vars(self._order).items():
            if state.get(name) != mine:
                raise ValueError(f"the state has {name} = {state.get(name)!r}, expected {mine} as in these batches")
        position = state.get("epoch"), state.get("batch")
        if not all(isinstance(p, int) and p >= 0 for p in position) or position[1] >= self.batches_per_epoch:
            raise ValueError(f"the state has (epoch, batch) = {position}, expected a position in these batches")
        (self._epoch, self._batch), self._stream = position, None


@dataclass(frozen=True)
class _Order:
    """Which items are in which batch: a pure function of these three numbers and the position."""

    length: int
    batch_size: int
    seed: int

    @property
    def batches_per_epoch(self) -> int:
        return self.length // self.batch_size

    def after(self, epoch: int, batch: int) -> tuple[int, int]:
        """The position that follows."""
        return (epoch, batch + 1) if batch + 1 < self.batches_per_epoch else (epoch + 1, 0)

    def starting_at(self, epoch: int, batch: int, device: torch.device) -> Iterator[Tensor]:
        """The items of each batch from this position on; each epoch's order is moved to the device at once."""
        while True:
            order = torch.from_numpy(np.random.default_rng((self.seed, epoch)).permutation(self.length)).to(device)
            yield from order.split(self.batch_size)[batch : self.batches_per_epoch]
            epoch, batch = epoch + 1, 0


class _TensorSource:
    """Tensors, indexed where they lie."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        shapes = [tuple(x.shape) for x in tensors]
        if not all(shapes) or len({shape[0] for shape in shapes}) != 1:
            raise ValueError(f"data holds tensors of shapes {shapes}, expected the same first dimension")
        if len({x.device for x in tensors}) != 1:
            raise ValueError(f"data lies on {[str(x.device) for x in tensors]}, expected one device")
        self.tensors, self.length, self.device = tuple(tensors), shapes[0][0], tensors[0].device

    def stream(self, order: Iterator[Tensor]) -> Iterator[tuple[Tensor, ...]]:
        for items in order:
            yield tuple(x.index_select(0, items) for x in self.tensors)


class _DatasetSource:
    """A map-style data set, read through a DataLoader."""

    device = torch.device("cpu")

    def __init__(self, dataset: Dataset, workers: int, seed: int) -> None:
        if not isinstance(dataset, Dataset) or isinstance(dataset, IterableDataset):
            kind = type(dataset).__name__
            raise TypeError(f"data is a {kind}, expected a tensor, a tuple of tensors or a map-style Dataset")
        self.dataset, self.workers, self.seed, self.length = dataset, workers, seed, len(dataset)

    def stream(self, order: Iterator[Tensor]) -> Iterator[tuple[Tensor, ...]]:
        sampler = (items.tolist() for items in order)
        own_random_state = torch.Generator().manual_seed(self.seed)
        loader = DataLoader(self.dataset, batch_sampler=sampler, num_workers=self.workers, generator=own_random_state)
        for items in loader:
            yield tuple(items) if isinstance(items, list | tuple) else (items,)


def _rows(batch_size: int, index: int, parts: int) -> slice:
    """The rows of a batch that make up its part number `index` of `parts`."""
    if not 0 <= index < parts:
        raise ValueError(f"share = {(index, parts)}, expected (i, k) with 0 <= i < k")
    if batch_size % parts:
        raise ValueError(f"batch_size = {batch_size}, expected a multiple of {parts}: each process takes an equal part")
    part = batch_size // parts
    return slice(index * part, (index + 1) * part)


def _source(data: Tensor | Sequence[Tensor] | Dataset, workers: int, seed: int) -> _TensorSource | _DatasetSource:
    if isinstance(data, TensorDataset):
        data = data.tensors
    if isinstance(data, Tensor):
        data = (data,)
    if isinstance(data, list | tuple) and data and all(isinstance(x, Tensor) for x in data):
        return _TensorSource(data)
    return _DatasetSource(data, workers, seed)


def to_float(x: Tensor) -> Tensor:
    """uint8 images (n, c, h, w) as float32 in [-1, 1], x / 127.5 - 1; any other tensor as it is."""
    return x.float().div_(127.5).sub_(1) if x.dtype == torch.uint8 and x.ndim == 4 else x
