"""The view with a slider for each latent dimension."""

import torch
from ipywidgets import HTML, Checkbox, Widget

from ganlib.viz.controls import row
from ganlib.viz.latent import words
from ganlib.viz.latent.view import View
from ganlib.viz.latent.ways import swept
from ganlib.viz.slider_bank import SliderBank
from ganlib.viz.wording import number, paragraphs

SWEEP = torch.arange(-3, 4, dtype=torch.float64)


class Sliders(View):
    """A slider for each of ``dims``, and a strip of pictures in which the chosen dimension runs from -3 to 3.

    ``dims`` are the dimensions in the order of the sliders; ``by_effect`` puts those that change most first.
    ``chosen`` is the dimension of the strip.
    """

    name = "Sliders"
    tip = "One slider for each dimension"

    def __init__(self, lab, dims: list[int], effects: torch.Tensor):
        self._natural, self.effects = dims, effects
        self._ranked = sorted(dims, key=lambda dim: -effects[dim])
        self.dims = self._ranked
        super().__init__(lab)

    @property
    def by_effect(self) -> bool:
        """Whether the dimensions that change most come first, or those with small numbers. Set it with a bool."""
        return self._order.value

    @by_effect.setter
    def by_effect(self, on: bool) -> None:
        self._order.value = on

    @property
    def chosen(self) -> int:
        """The dimension of the strip. Set it with one of ``dims``.

        Raises: ValueError for one that has no slider.
        """
        return self.dims[self.bank.chosen]

    @chosen.setter
    def chosen(self, dim: int) -> None:
        if dim not in self.dims:
            raise ValueError(f"chosen = {dim!r}, expected one of the dimensions {sorted(self.dims)}")
        self.bank.chosen = self.dims.index(dim)

    def most(self, n: int) -> list[int]:
        """The n dimensions, of those with sliders, that change a picture most."""
        return self._ranked[:n]

    def set(self, dim: int, value: float) -> None:
        """Move one slider, and let the strip be of its dimension.

        Raises: ValueError for a dimension without a slider or a value that is not finite.
        """
        self.chosen = dim
        z = self.lab.point
        z[dim] = value
        self.lab.move(self.space.vector(z), gesture=("slider", dim))

    def _make(self) -> None:
        self.bank = SliderBank("Latent dimensions", [f"z{dim + 1}" for dim in self.dims])
        self._order = Checkbox(True, description="largest effect first", indent=False)
        self._order.tooltip = "Order the sliders by how much a step of 1 changes a picture"
        self.strip = self.gallery("The chosen dimension from -3 to 3", lambda i: self.set(self.chosen, SWEEP[i].item()))
        self.says = HTML()
        self.says.add_class("ganlib-numbers")
        self._name()
        self.on_change(self._order, lambda on: self._reorder())
        self.on_change(self.bank, self._moved, "values")
        self.on_change(self.bank, lambda row: self.lab.redraw(), "chosen")

    def rows(self) -> list[Widget]:
        """Sliders above, the strip below."""
        return [self.bank, row(self._order), self.says, self.strip]

    def _name(self) -> None:
        effects = [self.effects[dim].item() for dim in self.dims]
        most = max(self.effects.max().item(), 1e-12)
        labels, hints = [f"z{dim + 1}" for dim in self.dims], [words.effect(value) for value in effects]
        self.bank.lay(labels, hints, [value / most for value in effects])

    def _reorder(self) -> None:
        chosen = self.chosen
        self.dims = self._ranked if self.by_effect else self._natural
        with self.bank.hold_sync():
            self.bank.values = self.lab.point[self.dims].tolist()
            self.bank.chosen = self.dims.index(chosen)
            self._name()

    def _moved(self, values: list[float]) -> None:
        """The reader moved a slider, or the sliders followed z."""
        z = self.lab.point
        moved = [dim for dim, value in zip(self.dims, values, strict=True) if z[dim] != value]
        if moved:
            z[self.dims] = torch.tensor(values, dtype=z.dtype)
            self.lab.move(z, gesture=("slider", moved[0]))

    def follow(self) -> None:
        """Sliders to z; the strip around z."""
        z, dim = self.lab.point, self.chosen
        self.bank.values = z[self.dims].tolist()
        at = z[dim].item()
        nearest = int((SWEEP - at).abs().argmin())
        self.show(self.strip, swept(z, dim, SWEEP), [number(value, 0) for value in SWEEP.tolist()], [nearest])
        self.says.value = paragraphs(
            f"z{dim + 1} from \u22123 to 3, all else as it is. It is {number(at)} now: the frame marks the "
            f"nearest. {words.effect(self.effects[dim].item())}"
        )
