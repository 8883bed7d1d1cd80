"""The view in which z moves along directions that have names."""

import torch
from ipywidgets import Widget
from torch import Tensor

from ganlib.viz.controls import make_choice, make_slider, row
from ganlib.viz.latent.view import View
from ganlib.viz.wording import number

STRENGTHS = torch.arange(-3, 4, dtype=torch.float64)


class Directions(View):
    """z = base + strength * direction, for directions given by name; ``base`` is where z was before.

    ``direction`` is the name of the one chosen.
    """

    name = "Directions"
    tip = "Along named directions"

    def __init__(self, lab, directions: dict[str, Tensor]):
        self.known = {name: lab.space.vector(way, f"directions[{name!r}]") for name, way in directions.items()}
        for name, way in self.known.items():
            if not way.any():
                raise ValueError(f"directions[{name!r}] is zero everywhere, expected a direction")
        self.base = self._reached = lab.point
        super().__init__(lab)

    @property
    def direction(self) -> str:
        """The name of the direction in use. Set it with one of those known."""
        return self._name.value

    @direction.setter
    def direction(self, name: str) -> None:
        if name not in self.known:
            raise ValueError(f"direction = {name!r}, expected one of {', '.join(self.known)}")
        self._name.value = name

    @property
    def strength(self) -> float:
        """How far z has gone along the direction. Set it with a number from -3 to 3."""
        return self._strength.value

    @strength.setter
    def strength(self, strength: float) -> None:
        if not -3 <= strength <= 3:
            raise ValueError(f"strength = {strength!r}, expected a number from -3 to 3")
        self._strength.value = strength

    def _make(self) -> None:
        self._name = make_choice(tuple(self.known), next(iter(self.known)))
        self._strength = make_slider("strength", 0.0, -3, 3, 0.05)
        self.strip = self.gallery("z along the direction", lambda i: setattr(self, "strength", STRENGTHS[i].item()))
        self.on_change(self._name, lambda name: self._begin())
        self.on_change(self._strength, lambda strength: self._go())

    def rows(self) -> list[Widget]:
        """Directions, strength, and pictures along the direction."""
        return [row(self._name), self._strength, self.strip]

    def _at(self, strength: float) -> Tensor:
        return self.base + strength * self.known[self.direction]

    def _go(self) -> None:
        """z goes to its place on the direction, which begins where z was put by others."""
        self._rebase()
        self._reached = self._at(self.strength)
        self.lab.move(self._reached, gesture=("direction", self.direction))

    def _rebase(self) -> bool:
        """Whether z was moved by others; then it is the base."""
        moved = not torch.equal(self.lab.point, self._reached)
        if moved:
            self.base = self._reached = self.lab.point
        return moved

    def _begin(self) -> None:
        """From here on along another direction."""
        self.base = self._reached = self.lab.point
        self._strength.value = 0.0
        self.lab.redraw()

    def follow(self) -> None:
        """Where z is on the direction; where it is not, the direction begins at z."""
        if self._rebase():
            self._strength.value = 0.0
        ways = self.base + STRENGTHS[:, None] * self.known[self.direction]
        nearest = int((STRENGTHS - self.strength).abs().argmin())
        self.show(self.strip, ways, [number(value, 0) for value in STRENGTHS.tolist()], [nearest])
