"""Pictures, what they show, and what shall be changed."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ganlib.viz.translation import checked


class Edits:
    """Images (N, C, H, W), their attributes y (N, A), and the values that have been chosen in place of some.

    ``controls`` gives each attribute a name, in the order of the columns of y, and its values names.

    Raises: ValueError for images or attributes that do not fit.
    """

    def __init__(self, images: Tensor, attributes: Tensor, controls: Mapping[str, Sequence[str]]):
        self.images = checked("images", images)
        self.controls = {name: tuple(values) for name, values in controls.items()}
        self.attributes = _indices(attributes, len(images), self.controls)
        self.chosen: dict[str, int] = {}

    def choose(self, **values: str) -> None:
        """Choose values by their names.

        Raises: ValueError for an attribute or a value that there is not; then nothing has changed.
        """
        for name, value in values.items():
            if name not in self.controls:
                raise ValueError(f"{name} = {value!r}, expected one of the attributes {', '.join(self.controls)}")
            if value not in self.controls[name]:
                raise ValueError(f"{name} = {value!r}, expected one of {', '.join(self.controls[name])}")
        self.chosen |= {name: self.controls[name].index(value) for name, value in values.items()}

    def own(self, i: int) -> Tensor:
        """What picture i shows: (1, A)."""
        return self.attributes[i : i + 1]

    def wanted(self, i: int) -> Tensor:
        """What picture i is to show: its own attributes but for those that have been chosen, (1, A)."""
        y = self.own(i).clone()
        for column, name in enumerate(self.controls):
            y[0, column] = self.chosen.get(name, y[0, column])
        return y

    def every(self, i: int) -> Tensor:
        """As wanted, but with every value of one attribute after the other: (sum of the numbers of values, A)."""
        rows = []
        for column, values in enumerate(self.controls.values()):
            y = self.wanted(i).repeat(len(values), 1)
            y[:, column] = torch.arange(len(values))
            rows.append(y)
        return torch.cat(rows)

    def words(self, y: Tensor) -> dict[str, str]:
        """Attributes (1, A) by their names."""
        return {name: values[j] for (name, values), j in zip(self.controls.items(), y[0].tolist(), strict=True)}


def _indices(attributes: Tensor, n: int, controls: Mapping[str, Sequence[str]]) -> Tensor:
    """The attributes as whole numbers, checked."""
    counts = [len(values) for values in controls.values()]
    if not counts or min(counts) < 2:
        raise ValueError(f"controls = {dict(controls)}, expected attributes with two or more values each")
    if attributes.shape != (n, len(counts)):
        raise ValueError(f"attributes has shape {tuple(attributes.shape)}, expected ({n}, {len(counts)})")
    y = attributes.detach().cpu().long()
    wrong = ((y < 0) | (y >= torch.tensor(counts)) | (y != attributes.detach().cpu())).nonzero()
    if len(wrong):
        row, column = wrong[0].tolist()
        raise ValueError(
            f"attributes[{row}, {column}] = {attributes[row, column].item()}, "
            f"expected a whole number from 0 to {counts[column] - 1}, a value of {[*controls][column]}"
        )
    return y
