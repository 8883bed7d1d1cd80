"""What a GAN is trained on besides pictures, and so what it is shown and judged with: a class for each kind of data."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.utils.data import Dataset

from ganlib.data import Batches, UnpairedBatches
from ganlib.data.batches import to_float
from ganlib.data.toys import Toy
from ganlib.training import Trainer, evaluation

CHUNK = 250  # pictures generated at a time
COLUMNS = 8
CONDITIONS = 2000


@dataclass(frozen=True, eq=False)
class Data:
    """Samples alone: noise to x. The toy that they were drawn from, or the style of what G makes, if any."""

    name: str
    items: Tensor | tuple[Tensor, ...] | Dataset
    toy: Toy | None = None
    style: str | None = None
    counts: tuple[int, ...] = ()  # values of each part of a condition
    parts: tuple[str, ...] = ()  # their names, if they have some

    @property
    def pool(self) -> Tensor | tuple[Tensor, ...] | Dataset:
        """What ``some`` takes samples from."""
        return self.items

    def taken(self, n: int) -> tuple[Tensor, ...]:
        """n items of the pool, as columns, in a random order that is always the same; all if there are fewer."""
        pool = self.pool
        length = len(pool[0]) if isinstance(pool, tuple) else len(pool)
        rows = torch.randperm(length, generator=torch.Generator().manual_seed(0))[:n]
        if isinstance(pool, tuple):
            return tuple(to_float(column[rows]) for column in pool)
        items = [pool[i] for i in rows.tolist()]
        columns = zip(*items, strict=True) if isinstance(items[0], tuple) else [items]
        return tuple(to_float(torch.stack([torch.as_tensor(value) for value in column])) for column in columns)

    def some(self, n: int) -> Tensor:
        """n real samples of what the generator makes; as the players see them."""
        return self.taken(n)[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a sample."""
        return tuple(self.some(1).shape[1:])

    def batches(
        self, batch_size: int, seed: int, workers: int, share: tuple[int, int], device: torch.device
    ) -> Iterable[tuple[Tensor, ...]]:
        """The training data; tensors lie on the device."""
        return Batches(_on(self.items, device), batch_size, seed=seed, workers=workers, share=share)

    def inputs(self, trainer: Trainer, z: Tensor) -> tuple[Tensor, ...]:
        """What the generator is given to be judged; ``z`` is noise that is always the same."""
        return (z,)

    def fakes(self, trainer: Trainer, z: Tensor) -> Tensor:
        """Generated samples, on the CPU."""
        chunks = zip(*(given.split(CHUNK) for given in self.inputs(trainer, z)), strict=True)
        return torch.cat([trainer.sample(*chunk).cpu() for chunk in chunks])

    def real_sheet(self, n: int) -> tuple[Tensor, int]:
        """What real samples look like, and in how many columns."""
        return self.some(n), COLUMNS

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """What the generator makes, and in how many columns; ``fakes`` are already there."""
        return fakes[: len(z)], COLUMNS


class Labelled(Data):
    """Samples with conditions, (x, y): noise and y to x. A sheet has a row for each of some conditions."""

    @cached_property
    def conditions(self) -> Tensor:
        """Some conditions as the data have them; of a folder that is read from disk, they are read once."""
        return self.taken(CONDITIONS)[1]

    def asked(self, n: int) -> Tensor:
        """n conditions as the data have them, again and again if there are fewer."""
        return self.conditions[torch.arange(n) % len(self.conditions)]

    def inputs(self, trainer: Trainer, z: Tensor) -> tuple[Tensor, ...]:
        """Noise, and conditions as the data have them."""
        return z, self.asked(len(z))

    def rows(self) -> Tensor:
        """The conditions of a sheet: every class, if there is one part and there are few, else the first ones asked."""
        if len(self.counts) == 1 and self.counts[0] <= 2 * COLUMNS:
            return torch.arange(self.counts[0])
        return self.asked(COLUMNS)

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """A row for each condition, a column for each noise."""
        y = self.rows()
        return trainer.sample(z[:COLUMNS].repeat(len(y), 1), y.repeat_interleave(COLUMNS, 0)).cpu(), COLUMNS


class Coded(Data):
    """Samples alone, for a generator that is told codes. A sheet has a row for each category."""

    def inputs(self, trainer: Trainer, z: Tensor) -> tuple[Tensor, ...]:
        """Noise, every category equally often, and numbers that are always the same."""
        codes = trainer.gan.generator.condition
        numbers = 2 * torch.rand(len(z), codes.continuous, generator=torch.Generator().manual_seed(1)) - 1
        return z, codes.joined(torch.arange(len(z)) % codes.categories, numbers)

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """A row for each category, a column for each noise; the numbers are 0."""
        codes = trainer.gan.generator.condition
        category = torch.arange(codes.categories).repeat_interleave(COLUMNS)
        told = codes.joined(category, torch.zeros(len(category), codes.continuous))
        return trainer.sample(z[:COLUMNS].repeat(codes.categories, 1), told).cpu(), COLUMNS


@dataclass(frozen=True, eq=False)
class Pairs(Data):
    """Pairs (source, target): source to target. ``held_out`` are judged with; ``known``: they are pairs, too."""

    held_out: tuple[Tensor, Tensor] = ()
    known: bool = True

    @property
    def pool(self) -> tuple[Tensor, Tensor]:
        """The held-out pairs."""
        return self.held_out

    def some(self, n: int) -> Tensor:
        """Held-out targets."""
        return self.taken(n)[1]

    def inputs(self, trainer: Trainer, z: Tensor) -> tuple[Tensor, ...]:
        """Held-out sources."""
        return self.taken(len(z))[:1]

    def real_sheet(self, n: int) -> tuple[Tensor, int]:
        """Sources, each with its target."""
        return beside(*self.taken(n // 2)), COLUMNS

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """Source, translation and target side by side."""
        sources, targets = self.taken(3 * COLUMNS)
        return beside(sources, fakes[: len(sources)], targets), 9


class Domains(Pairs):
    """Two sets of pictures without pairs: both ways. Those of ``held_out`` are pairs where ``known``, else none."""

    def batches(
        self, batch_size: int, seed: int, workers: int, share: tuple[int, int], device: torch.device
    ) -> Iterable[tuple[Tensor, ...]]:
        """The training data; tensors lie on the device."""
        a, b = (_on(side, device) for side in self.items)
        return UnpairedBatches(a, b, batch_size, seed=seed, workers=workers, share=share)

    @property
    def pool(self) -> tuple[Tensor, Tensor]:
        """The held-out pictures, as many on both sides."""
        least = min(len(side) for side in self.held_out)
        return tuple(side[:least] for side in self.held_out)

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """A, as B, and back again; then B, as A, and back again."""
        a, b = self.taken(COLUMNS)
        with evaluation(trainer.generator) as both:
            a, b = a.to(trainer.device), b.to(trainer.device)
            as_b, as_a = both.to_b(a), both.to_a(b)
            return beside(a, as_b, both.to_a(as_b), b, as_a, both.to_b(as_a)).cpu(), 6


class Attributed(Labelled):
    """Pictures with attributes, (x, y): a picture and other attributes to a picture that shows them."""

    def asked(self, n: int) -> Tensor:
        """For each of the first n pictures, the attributes of the one before it."""
        return self.taken(n)[1].roll(1, 0)

    def inputs(self, trainer: Trainer, z: Tensor) -> tuple[Tensor, ...]:
        """Pictures, and the attributes that they shall get."""
        return self.some(len(z)), self.asked(len(z))

    def sheet(self, trainer: Trainer, z: Tensor, fakes: Tensor) -> tuple[Tensor, int]:
        """A row for each picture: as it is, then with the attributes of the other ones."""
        x, y = self.taken(COLUMNS)
        turned = trainer.sample(x.repeat_interleave(len(x), 0), y.repeat(len(x), 1)).cpu()
        return torch.cat([x[:, None], turned.unflatten(0, (len(x), len(x)))], 1).flatten(0, 1), len(x) + 1


def beside(*columns: Tensor) -> Tensor:
    """Pictures (n, ...) of each column, in rows."""
    return torch.stack(columns, 1).flatten(0, 1)


def _on(items: Tensor | tuple | Dataset, device: torch.device) -> Tensor | tuple | Dataset:
    if isinstance(items, tuple):
        return tuple(column.to(device) for column in items)
    return items.to(device) if isinstance(items, Tensor) else items
