"""A lab that shows what two generators make of a picture, and of what they have made."""

from collections.abc import Sequence

import torch
from ipywidgets import Box, Layout, VBox, Widget
from torch import Tensor, nn

from ganlib.viz.browser import Guard
from ganlib.viz.controls import make_choice, row, words_box
from ganlib.viz.cycle.cycle import Cycle
from ganlib.viz.cycle.picture import cycle_picture
from ganlib.viz.cycle.wipe import Wipe
from ganlib.viz.cycle.words import captions, told
from ganlib.viz.gallery import Gallery
from ganlib.viz.style import Picture
from ganlib.viz.translation import Judge, checked, differences, read
from ganlib.viz.translation_lab import TranslationLab

COMPARED = {
    "before | after": ("before", "after"),
    "before | back again": ("before", "back"),
    "after | true partner": ("after", "partner"),
}
"""What the curtain can compare: the parts of a ``Cycle`` on its left and on its right."""
HINT = "Drag the curtain. Left and right arrow keys show other pictures."


class CycleViewer(TranslationLab):
    """Look at pictures before, after and back again through the two generators of a CycleGAN.

        lab = CycleViewer(flat, shaded, G_AB, G_BA)
        lab.next()
        lab.compared = "before | back again"

    - ``first`` and ``second`` are pictures (N, C, H, W) and (M, C, H, W) of the two domains in [-1, 1], a few dozen.
    - ``forward`` translates from the first domain to the second, ``back`` the other way. They may be on any device and
      in training: looking at them changes nothing of them.
    - ``names`` are what the domains are called.
    - ``partners`` are the true partners of the first and of the second pictures, where they are known: a pair of
      tensors, or None in place of one. They allow to say how wrong a translation is, which cycle consistency cannot.
    - ``judge`` takes pictures (N, C, H, W) and says in words what each shows.

    A curtain compares two pictures in one place. Differences are shown four times as strong as they are. Everything
    that the mouse can do has a method.

    Raises: ValueError for pictures that are none, partners of another shape, or a generator that changes the shape.

    Source: Zhu et al. 2017, arXiv 1703.10593, section 3.2.
    """

    def __init__(
        self,
        first: Tensor,
        second: Tensor,
        forward: nn.Module,
        back: nn.Module,
        names: Sequence[str] = ("flat", "shaded"),
        *,
        partners: Sequence[Tensor | None] | None = None,
        judge: Judge | None = None,
    ):
        if len(names) != 2:
            raise ValueError(f"names = {names!r}, expected two")
        self.domains, self.names, self.judge = (checked("first", first), checked("second", second)), (*names,), judge
        self.generators, self.partners = (forward, back), _partners(partners, self.domains)
        self._prepare()
        self._translate()
        self._make_widgets()
        super().__init__(self._rows(), "ganlib-cycle")

    @property
    def direction(self) -> int:
        """0 where the first domain is translated, 1 where the second is. Set it with one of these."""
        return self._ways.index

    @direction.setter
    def direction(self, direction: int) -> None:
        if direction not in (0, 1):
            raise ValueError(f"direction = {direction!r}, expected 0 or 1")
        self._ways.index = direction

    @property
    def compared(self) -> str:
        """What the curtain compares: "before | after", "before | back again" or "after | true partner"."""
        return self._pairs.value

    @compared.setter
    def compared(self, pair: str) -> None:
        if pair not in self._pairs.options:
            raise ValueError(f"compared = {pair!r}, expected one of {', '.join(map(repr, self._pairs.options))}")
        self._pairs.value = pair

    @property
    def wipe(self) -> float:
        """Where the curtain is, from 0 (left) to 1 (right). Set it with such a number."""
        return self._wipe.position

    @wipe.setter
    def wipe(self, position: float) -> None:
        if not 0 <= position <= 1:
            raise ValueError(f"wipe = {position!r}, expected a number from 0 to 1")
        self._wipe.position = position

    @property
    def cycles(self) -> Cycle:
        """All pictures of the domain that is translated, with their errors."""
        return self._cycles[self.direction]

    @property
    def shown(self) -> Cycle:
        """The picture that is shown, with its errors."""
        return self.cycles[self.index]

    def switch(self) -> None:
        """Translate in the other direction."""
        self.direction = 1 - self.direction

    def draw(self) -> None:
        """Translate all pictures anew, as after the generators have learned."""
        self._translate()
        self._open()

    def still(self) -> Picture:
        """The picture that is shown, before, after and back again, with the differences."""
        return cycle_picture(self.shown, self.cycles, self._names())

    def _names(self) -> tuple[str, str]:
        """The domain that is translated, and the one it is translated to."""
        return self.names if self.direction == 0 else self.names[::-1]

    def _count(self) -> int:
        return len(self.domains[self.direction])

    def _translate(self) -> None:
        self._cycles = [
            Cycle.of(before, *self.generators[:: 1 - 2 * way], self.partners[way])
            for way, before in enumerate(self.domains)
        ]

    def _make_widgets(self) -> None:
        handler, (a, b) = self.events.handler, self.names
        ways = (f"{a} \u2192 {b} \u2192 {a}", f"{b} \u2192 {a} \u2192 {b}")
        self._ways = make_choice(ways, ways[0], [f"Translate {a} pictures", f"Translate {b} pictures"])
        self._ways.observe(handler(lambda change: self._open()), "index")
        self._pairs = make_choice(tuple(COMPARED), "before | after")
        self._pairs.observe(handler(lambda change: self._redraw()), "value")
        self._wipe = Wipe(handler(lambda step: self.next() if step > 0 else self.previous()), HINT)
        self.pictures, self.changes = Gallery("Before, after and back again", 4, 112), Gallery("Differences", 2, 112)
        self.says, self.chooser = words_box(), self._make_chooser("Pictures to translate")

    def _rows(self) -> list[Widget]:
        left = VBox([self._wipe, row(self._pairs)], layout=Layout(flex="0 1 300px", min_width="0"))
        right = VBox([self.pictures, self.changes, self.says], layout=Layout(flex="1 1 380px", min_width="0"))
        columns = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        return [row(self._ways, *self._make_steps()), columns, self.chooser, self.events.box, Guard()]

    def _open(self) -> None:
        """Another direction: other pictures to choose from, and perhaps no partners."""
        self._index = min(self._index, self._count() - 1)
        pairs = [pair for pair, parts in COMPARED.items() if getattr(self.shown, parts[1]) is not None]
        if list(self._pairs.options) != pairs:
            kept = self.compared if self.compared in pairs else pairs[0]
            self._pairs.options, self._pairs.value = pairs, kept
        before = self.cycles.before
        self.chooser.show(before, labels=[f"{self._names()[0]} picture {i + 1}" for i in range(len(before))])
        self._redraw()

    def _follow(self) -> None:
        shown, names = self.shown, self._names()
        kinds = [kind for kind in captions(names) if getattr(shown, kind) is not None]
        images = [getattr(shown, kind) for kind in kinds]
        words = [captions(names)[kind] for kind in kinds]
        said = [read(self.judge, image)[0] for image in images]
        labels = [f"{name}: {what}" if what else name for name, what in zip(words, said, strict=True)]
        self.pictures.show(torch.cat(images), words, labels)
        self._draw_curtain(shown, names)
        changes = {"|before \u2212 back again| \u00d7 4": differences(shown.before, shown.back)}
        if shown.partner is not None:
            changes["|after \u2212 partner| \u00d7 4"] = differences(shown.after, shown.partner)
        self.changes.show(torch.cat([*changes.values()]), [*changes])
        self.says.value = told(
            shown.errors(), self.cycles.errors(), len(self.cycles), dict(zip(words, said, strict=True))
        )
        self._put_place(self.chooser)

    def _draw_curtain(self, shown: Cycle, names: tuple[str, str]) -> None:
        parts = COMPARED[self.compared]
        pair = [captions(names)[part] for part in parts]
        self._wipe.show([getattr(shown, part) for part in parts], pair, f"picture {self.index + 1} of {self._count()}")


def _partners(partners: Sequence[Tensor | None] | None, domains: Sequence[Tensor]) -> tuple[Tensor | None, ...]:
    """The partners of both domains, checked.

    Raises: ValueError when these are no pair, or of another shape than the pictures.
    """
    if partners is None:
        return None, None
    if len(partners) != 2:
        raise ValueError(f"partners has {len(partners)} entries, expected two: of the first pictures, of the second")
    for i, (its, images) in enumerate(zip(partners, domains, strict=True)):
        if its is not None and its.shape != images.shape:
            raise ValueError(
                f"partners[{i}] has shape {tuple(its.shape)}, expected that of the pictures {tuple(images.shape)}"
            )
    return tuple(None if its is None else checked(f"partners[{i}]", its) for i, its in enumerate(partners))
