"""What an avatar is made of: named attributes, how they are sampled, and the caption that tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from ganlib.data.avatars.palette import PALETTE

VOCABULARY: dict[str, tuple[str, ...]] = {
    "hair": tuple(PALETTE["hair"]),
    "eyes": tuple(PALETTE["eyes"]),
    "hairstyle": ("short", "long", "twintails", "spiky"),
    "mouth": ("smile", "neutral", "open"),
    "glasses": ("none", "glasses"),
    "skin": tuple(PALETTE["skin"]),
    "background": tuple(PALETTE["background"]),
    "shirt": tuple(PALETTE["shirt"]),
}
POSE = ("x", "y", "tilt", "scale", "gaze", "blush")
CAPTIONED = ("hair", "eyes", "hairstyle", "mouth", "glasses")


@dataclass(frozen=True, eq=False)
class Attributes:
    """A batch of N avatars as numbers: one (N,) long tensor per name in `VOCABULARY`, and a pose.

    A categorical value is an index into `VOCABULARY[name]`. `pose` is (N, 6) float in [-1, 1]: the columns are named
    in `POSE`, and 0 everywhere is the upright portrait in the middle of the picture.

    Raises: ValueError when a tensor has the wrong shape or a value out of range, TypeError when its dtype is wrong.
    """

    hair: Tensor
    eyes: Tensor
    hairstyle: Tensor
    mouth: Tensor
    glasses: Tensor
    skin: Tensor
    background: Tensor
    shirt: Tensor
    pose: Tensor

    def __post_init__(self) -> None:
        _check_pose(self.pose)
        for name in VOCABULARY:
            _check_indices(name, getattr(self, name), len(self))

    @classmethod
    def sample(cls, n: int, generator: torch.Generator | None = None) -> Attributes:
        """Draw n avatars: every attribute uniform over its names, every pose column uniform in [-1, 1).

        The draw is one row per avatar, so the first k rows of n are the k rows that the same seed gives on the CPU.
        """
        if n < 0:
            raise ValueError(f"n = {n}, expected 0 or more")
        device = generator.device if generator is not None else "cpu"
        uniform = torch.rand(n, len(VOCABULARY) + len(POSE), generator=generator, device=device)
        columns = zip(VOCABULARY.items(), uniform.unbind(1), strict=False)
        chosen = {name: (u * len(values)).long() for (name, values), u in columns}
        return cls(**chosen, pose=2 * uniform[:, len(VOCABULARY) :] - 1)

    @classmethod
    def of(cls, n: int = 1, generator: torch.Generator | None = None, **chosen) -> Attributes:
        """Draw n avatars and set the named attributes: `Attributes.of(4, hair="blue", glasses=1)`."""
        return cls.sample(n, generator).replace(**chosen)

    def replace(self, **changes: int | str | float | Iterable | Tensor) -> Attributes:
        """Return a copy with some attributes changed.

        A value is a name, an index, or N of them; one value stands for all N avatars. `pose` takes a number or
        anything that broadcasts to (N, 6).

        Raises: ValueError for an unknown attribute or name, an index out of range or a wrong length, TypeError for a
        tensor of another dtype.
        """
        tensors = {}
        for name, value in changes.items():
            tensors[name] = _pose(value, len(self)) if name == "pose" else _indices(name, value, len(self))
        return replace(self, **{name: tensor.to(self.device) for name, tensor in tensors.items()})

    @property
    def device(self) -> torch.device:
        """The device that holds the tensors."""
        return self.pose.device

    def to(self, device: torch.device | str) -> Attributes:
        """Return the same avatars on another device."""
        return Attributes(**{name: tensor.to(device) for name, tensor in self._tensors().items()})

    def equal(self, other: Attributes) -> bool:
        """Tell whether both batches hold exactly the same avatars."""
        theirs = other._tensors()
        return all(torch.equal(tensor, theirs[name]) for name, tensor in self._tensors().items())

    def __len__(self) -> int:
        return len(self.pose)

    def __getitem__(self, index: int | slice | Sequence[int] | Tensor) -> Attributes:
        """Select avatars by number, slice, list, index tensor or mask; a number gives a batch of one."""
        if isinstance(index, int):
            index = [range(len(self))[index]]
        return Attributes(**{name: tensor[index] for name, tensor in self._tensors().items()})

    def _tensors(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def caption(attributes: Attributes, names: Sequence[str] = CAPTIONED) -> list[str]:
    """Describe each avatar in words, such as "blue hair, red eyes, twintails, smile, glasses".

    `names` are the attributes to tell, in order. Glasses are told only where there are some.

    Raises: ValueError for a name that is not in `VOCABULARY`.
    """
    columns = [[_phrase(name, value) for value in _words(attributes, name)] for name in names]
    return [", ".join(filter(None, (column[i] for column in columns))) for i in range(len(attributes))]


def _words(attributes: Attributes, name: str) -> list[str]:
    _check_name(name)
    return [VOCABULARY[name][index] for index in getattr(attributes, name).tolist()]


def _phrase(name: str, value: str) -> str:
    """Say one value: a colour with its noun, a word that stands alone as it is."""
    if value in ("twintails", "smile", "glasses"):
        return value
    if value == "none":
        return ""
    return f"{value} {'hair' if name == 'hairstyle' else name}"


def _indices(name: str, value: int | str | Iterable | Tensor, n: int) -> Tensor:
    """Turn a name, an index, or n of them into an (n,) long tensor."""
    _check_name(name)
    if isinstance(value, Tensor):
        return value.expand(n) if value.ndim == 0 else value
    if isinstance(value, str) or not isinstance(value, Iterable):
        return torch.full((n,), _index(name, value))
    return torch.tensor([_index(name, item) for item in value], dtype=torch.long)


def _index(name: str, value: int | str) -> int:
    if value in VOCABULARY[name]:
        return VOCABULARY[name].index(value)
    if not hasattr(value, "__index__"):
        raise ValueError(f"{name} = {value!r}, expected one of {', '.join(VOCABULARY[name])}, or an index")
    return int(value)


def _pose(value: float | Iterable | Tensor, n: int) -> Tensor:
    pose = torch.as_tensor(value, dtype=torch.float32)
    try:
        return pose.expand(n, len(POSE))
    except RuntimeError:
        raise ValueError(f"pose has shape {tuple(pose.shape)}, which does not broadcast to {(n, len(POSE))}") from None


def _check_name(name: str) -> None:
    if name not in VOCABULARY:
        raise ValueError(f"attribute {name!r} is unknown, expected one of {', '.join(VOCABULARY)}")


def _check_indices(name: str, tensor: Tensor, n: int) -> None:
    count = len(VOCABULARY[name])
    if getattr(tensor, "dtype", None) != torch.long:
        raise TypeError(f"{name} is {_kind(tensor)}, expected a tensor of torch.int64")
    if tensor.shape != (n,):
        raise ValueError(f"{name} has shape {tuple(tensor.shape)}, expected {(n,)}")
    if n and not ((tensor >= 0) & (tensor < count)).all():
        meaning = ", ".join(f"{index} {value}" for index, value in enumerate(VOCABULARY[name]))
        raise ValueError(f"{name} = {tensor.tolist()}, expected 0 to {count - 1} ({meaning})")


def _check_pose(pose: Tensor) -> None:
    if not isinstance(pose, Tensor) or not pose.is_floating_point():
        raise TypeError(f"pose is {_kind(pose)}, expected a tensor of floating point numbers")
    if pose.ndim != 2 or pose.shape[1] != len(POSE):
        raise ValueError(f"pose has shape {tuple(pose.shape)}, expected (N, {len(POSE)}) for {', '.join(POSE)}")
    if not (pose.abs() <= 1).all():
        raise ValueError(f"pose spans {pose.min():.3g} to {pose.max():.3g}, expected -1 to 1")


def _kind(value: object) -> str:
    return f"a tensor of {value.dtype}" if isinstance(value, Tensor) else f"a {type(value).__name__}"
