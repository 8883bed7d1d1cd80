"""The view of the way from one latent vector to another."""

import torch
from ipywidgets import Layout, VBox, Widget
from torch import Tensor

from ganlib.viz import layers
from ganlib.viz.canvas import Canvas
from ganlib.viz.controls import make_choice, make_slider, row, words_box
from ganlib.viz.latent import words
from ganlib.viz.latent.view import View
from ganlib.viz.latent.ways import WAYS, usual_norms
from ganlib.viz.wording import paragraphs

STEPS = 9
FINE = torch.linspace(0, 1, 101, dtype=torch.float64)
TIPS = ("(1 \u2212 t) A + t B", "along the great circle through A and B, which keeps the length")


class Interpolation(View):
    """From ``a`` (t = 0) to ``b`` (t = 1), straight or spherical, and how long z is on the way."""

    name = "Interpolation"
    tip = "From one z to another"

    def __init__(self, lab):
        self.a, self.b = lab.space.draw(2)
        super().__init__(lab)

    @property
    def kind(self) -> str:
        """``"straight"`` or ``"spherical"``. Set it with either."""
        return self._kind.value

    @kind.setter
    def kind(self, name: str) -> None:
        if name not in WAYS:
            raise ValueError(f"kind = {name!r}, expected one of {', '.join(WAYS)}")
        self._kind.value = name

    @property
    def t(self) -> float:
        """How far z has gone from A to B. Set it with a number from 0 to 1."""
        return self._t.value

    @t.setter
    def t(self, t: float) -> None:
        if not 0 <= t <= 1:
            raise ValueError(f"t = {t!r}, expected a number from 0 to 1")
        self._t.value = t
        self._go()

    def path(self, n: int = STEPS, kind: str | None = None) -> Tensor:
        """n vectors from A to B, both included: (n, d).

        Raises: ValueError for fewer than two, or a kind that is none.
        """
        if not isinstance(n, int) or n < 2:
            raise ValueError(f"n = {n!r}, expected an integer from 2 on")
        if kind is not None and kind not in WAYS:
            raise ValueError(f"kind = {kind!r}, expected one of {', '.join(WAYS)}")
        return WAYS[kind or self.kind](self.a, self.b, torch.linspace(0, 1, n, dtype=torch.float64))

    def ends(self, a: Tensor | None = None, b: Tensor | None = None) -> None:
        """Put vectors (d,) at one end or at both."""
        self.a = self.a if a is None else self.space.vector(a, "a")
        self.b = self.b if b is None else self.space.vector(b, "b")
        self.fill_soon()
        self._go()

    def swap(self) -> None:
        """A and B change places."""
        self.ends(self.b, self.a)

    def _make(self) -> None:
        self._kind = make_choice(tuple(WAYS), "straight", TIPS)
        self._t = make_slider("t", 0.5, 0, 1, 0.025)
        self._t.readout_format = ".3f"
        self.strip = self.gallery("The way from A to B", lambda i: setattr(self, "t", i / (STEPS - 1)))
        norm = usual_norms(self.space.dim)[1]
        edges = {"xlim": (0, 1), "ylim": (0, 1.5 * norm)}
        look = {"width": 480, "height": 150, "xlabel": "t", "names": ("t", "|z|"), "legend": True}
        self.chart = Canvas("The length of z on the way, straight and spherical.", **edges, **look)
        self.says = words_box()
        self.on_change(self._kind, lambda kind: self._changed())
        self.on_change(self._t, lambda t: self._go())

    def rows(self) -> list[Widget]:
        """Both ends, the way, and its lengths."""
        new = [
            self.button(f"New {name.upper()}", "Draw this end from N(0, I)", lambda n=name: self.ends(**self._new(n)))
            for name in "ab"
        ]
        here = [
            self.button(
                f"{name.upper()} = z", "Let the way end at the z of the large picture", lambda n=name: self._take(n)
            )
            for name in "ab"
        ]
        swap = self.button("Swap", "A and B change places", self.swap, "exchange")
        chart = VBox([self.chart], layout=Layout(width="100%", max_width="480px"))
        return [row(self._kind, *new, *here, swap), self.strip, self._t, self.says, chart]

    def _new(self, name: str) -> dict[str, Tensor]:
        return {name: self.space.draw(1)[0]}

    def _take(self, name: str) -> None:
        self.ends(**{name: self.lab.point})

    def _changed(self) -> None:
        self.fill_soon()
        self._go()

    def _at(self, t: float) -> Tensor:
        return WAYS[self.kind](self.a, self.b, torch.tensor([t], dtype=torch.float64))[0]

    def _here(self) -> list[int]:
        """The picture of the strip that z is at or near, if z is on the way."""
        on_way = torch.allclose(self.lab.point, self._at(self.t))
        return [round(self.t * (STEPS - 1))] if on_way else []

    def _go(self) -> None:
        """z goes to its place on the way."""
        self.lab.move(self._at(self.t), gesture="way")

    def fill(self) -> None:
        """The pictures of the way."""
        ends = ["A", *[""] * (STEPS - 2), "B"]
        captions = [f"{end} {i / (STEPS - 1):g}".strip() for i, end in enumerate(ends)]
        self.show(self.strip, self.path(), captions, self._here())

    def follow(self) -> None:
        """Which picture z is at, if it is on the way; the lengths."""
        self.strip.marked = self._here()
        norms = {kind: way(self.a, self.b, FINE).norm(dim=1) for kind, way in WAYS.items()}
        self.says.value = paragraphs(words.way(self.kind, self.t, norms[self.kind], self.space.dim))
        low, high = (torch.full_like(FINE, edge) for edge in usual_norms(self.space.dim))
        here = [[self.t, self._at(self.t).norm().item()]]
        self.chart.show(
            [
                layers.line("low", _curve(low), "faint", label="nine in ten draws", size=1.5),
                layers.line("high", _curve(high), "faint", size=1.5),
                layers.line("straight", _curve(norms["straight"]), "text", label="straight"),
                layers.line("spherical", _curve(norms["spherical"]), "text", label="spherical", dashed=True),
                layers.points("here", here, "generator", size=5, label="z(t)"),
            ]
        )


def _curve(values: Tensor) -> Tensor:
    return torch.stack([FINE, values], dim=1)
