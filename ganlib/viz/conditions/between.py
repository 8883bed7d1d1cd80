"""The view of the way from one condition to another."""

from collections.abc import Iterable, Sequence

import torch
from ipywidgets import Widget

from ganlib.viz.conditions import words
from ganlib.viz.conditions.choices import Choice, Condition
from ganlib.viz.conditions.views import ConditionView
from ganlib.viz.controls import make_slider, row
from ganlib.viz.wording import paragraphs

STEPS = 9


class Between(ConditionView):
    """The way from the choice ``a`` to the choice ``b``: a straight line between their embeddings, with one z."""

    name, tip = "Between", "From one condition to another, with the same z"

    @property
    def t(self) -> float:
        """How far the condition has gone from A to B. Set it with a number from 0 to 1."""
        return self._t.value

    @t.setter
    def t(self, t: float) -> None:
        if not 0 <= t <= 1:
            raise ValueError(f"t = {t!r}, expected a number from 0 to 1")
        self._t.value = t
        self._go()

    def ends(self, a: Choice | None = None, b: Choice | None = None) -> None:
        """Put choices at one end or at both; names that are left out stay as they are.

        Raises: ValueError for a name or a value that is none.
        """
        check = self.lab.conditions.check
        self.a, self.b = self.a | check(a or {}), self.b | check(b or {})
        self._go()
        self.lab.redraw()

    def swap(self) -> None:
        """A and B change places; the large picture stays."""
        self.a, self.b = self.b, self.a
        self.t = 1 - self.t
        self.lab.redraw()

    def path(self, n: int = STEPS) -> list[Condition]:
        """n conditions from A to B, both included."""
        return [Condition.between(self.a, self.b, t) for t in torch.linspace(0, 1, n, dtype=torch.float64).tolist()]

    def press(self, i: int) -> None:
        """Let the large picture be tile i."""
        self.t = i / (STEPS - 1)

    def subject(self) -> tuple:
        """The z and both ends."""
        return self.lab.point.tolist(), self.a, self.b

    def paint(self) -> None:
        """The pictures of the way, with what the judge reads of all that differs between the ends."""
        asked = [condition.asked for condition in self.path()]
        z, e = self.lab.point.expand(STEPS, -1), self.lab.embed_way(self.a, self.b, torch.linspace(0, 1, STEPS))
        read = self.put(self.lab.images(z, e), asked)
        places = ["A", *[f"{i / (STEPS - 1):g}" for i in range(1, STEPS - 1)], "B"]
        self.pictures.captions = [
            f"{place}\n{self.word(*pair)}" for place, *pair in zip(places, asked, read, strict=True)
        ]
        self.says.value = paragraphs(
            f"A is {words.named(self.a)}. B is {words.named(self.b)}.",
            "z stays; the generator gets the embedding e = (1 \u2212 t) e(A) + t e(B)."
            f"{' Between two words it was never trained.' if None in asked[STEPS // 2].values() else ''}",
            *self._told(read),
        )

    def _told(self, read: Sequence[words.Reading]) -> list[str]:
        """What the judge reads along the way, of names that change."""
        names = self.changing(read[0])
        return [f"The judge reads the {name}: {_along([one[name] for one in read])}." for name in names]

    def word(self, asked: words.Asked, read: words.Reading) -> str:
        """What the judge reads of that which changes; the verdict where nothing does."""
        return ", ".join(read[name] for name in self.changing(read)) or words.verdict(asked, read)

    def changing(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are not the same at both ends."""
        return [name for name in names if name not in self.a or self.a[name] != self.b[name]]

    def marked(self) -> list[int]:
        """The tile nearest to the large picture, if that is on the way."""
        return [round(self.t * (STEPS - 1))] if self.lab.condition == self._at(self.t) else []

    def follow(self) -> None:
        """Pictures and frame, and the slider: whoever put the condition on the way, it shows where."""
        here = self.lab.condition
        places = [t for t in (here.t, 0.0, 1.0) if here == self._at(t)]
        if places and here != self._at(self.t):
            self._t.value = places[0]
        super().follow()

    def _make(self) -> None:
        self.a, self.b = self.lab.condition.nearest, self.lab.conditions.last_of_first()
        self._t = make_slider("t", 0.0, 0, 1, 0.025)
        self._t.readout_format = ".3f"
        self.make_pictures("The way from A to B", STEPS)
        self.on_change(self._t, lambda t: self._go())

    def rows(self) -> list[Widget]:
        """Both ends, the way, and what is read along it."""
        here = [
            self.button(f"{name.upper()} = asked", "Let the way end at the choice above", lambda n=name: self._take(n))
            for name in "ab"
        ]
        swap = self.button("Swap", "A and B change places", self.swap, "exchange")
        return [row(*here, swap), self.pictures, self._t, self.says]

    def _take(self, name: str) -> None:
        """An end becomes what is asked for; the large picture is there already."""
        setattr(self, name, self.lab.condition.nearest)
        self._t.value = {"a": 0.0, "b": 1.0}[name]
        self._go()
        self.lab.redraw()

    def _at(self, t: float) -> Condition:
        return Condition.between(self.a, self.b, t)

    def _go(self) -> None:
        """The large picture goes to its place on the way."""
        self.lab.ask(self._at(self.t), gesture="way")


def _along(read: Sequence[str]) -> str:
    """Where on the way which word is read: "3 from t = 0, 8 from t = 0.625"."""
    return ", ".join(f"{word} from t = {first / (STEPS - 1):g}" for word, first, _ in words.runs(read))
