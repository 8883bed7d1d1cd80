"""The view in which averages of latent vectors are added and subtracted."""

from collections.abc import Sequence

import torch
from ipywidgets import HTML, Widget
from torch import Tensor

from ganlib.viz.controls import make_choice, row, words_box
from ganlib.viz.gallery import Gallery
from ganlib.viz.latent.view import View
from ganlib.viz.wording import paragraphs

POOL = 24
SLOTS = ("A", "B", "C")
TIPS = ("with what is wanted", "like A, but without it", "to what it is added")
HOW = (
    "Choose some pictures with a property for A, as many without it for B, and some that shall get it for C: "
    "press them. The means of their vectors give A \u2212 B + C."
)


class Arithmetic(View):
    """Mean vectors of samples: z = A - B + C.

    ``pool`` are the samples (n, d). ``groups`` are the numbers of those in A, B and C.

    Source: Radford et al. 2015, arXiv 1511.06434, section 6.3.2, who average three each.
    """

    name = "Arithmetic"
    tip = "A \u2212 B + C"

    def __init__(self, lab):
        self.pool = lab.space.draw(POOL)
        self.groups: dict[str, list[int]] = {slot: [] for slot in SLOTS}
        super().__init__(lab)

    @property
    def means(self) -> dict[str, Tensor]:
        """The mean vector of each group that has members."""
        return {slot: self.pool[members].mean(0) for slot, members in self.groups.items() if members}

    @property
    def result(self) -> Tensor | None:
        """A - B + C, None until each has members."""
        means = self.means
        return means["A"] - means["B"] + means["C"] if len(means) == len(SLOTS) else None

    def choose(self, **groups: Sequence[int]) -> None:
        """Put samples by number, from 0, into groups: ``choose(A=[1, 5], B=[2], C=[3])``.

        Raises: ValueError for another group or a sample that is none.
        """
        for slot, members in groups.items():
            if slot not in SLOTS or not all(i in range(len(self.pool)) for i in members):
                last = len(self.pool) - 1
                raise ValueError(f"{slot} = {members!r}, expected groups A, B, C of numbers from 0 to {last}")
        self.groups |= {slot: [*members] for slot, members in groups.items()}
        self._grouped()

    def clear(self) -> None:
        """Empty the groups."""
        self.choose(A=[], B=[], C=[])

    def new(self) -> None:
        """Other samples."""
        self.pool = self.space.draw(POOL)
        self.clear()

    def press(self, i: int) -> None:
        """Put sample i into the group that is chosen, or take it out."""
        slot = self._slot.value
        members = self.groups[slot]
        self.choose(**{slot: [j for j in members if j != i] if i in members else [*members, i]})

    def _make(self) -> None:
        self._slot = make_choice(SLOTS, "A", TIPS)
        self.samples = self.gallery("Samples to choose from", self.press, 8)
        self.sum = Gallery("The means, and A \u2212 B + C", 4)
        self.says = words_box()
        self.on_change(self._slot, lambda slot: self._mark())

    def rows(self) -> list[Widget]:
        """What to do, the samples, and the sum."""
        clear = self.button("Clear", "Empty the groups", self.clear, "eraser")
        new = self.button("New samples", "Draw other ones", self.new, "refresh")
        how = HTML(paragraphs(HOW))
        return [how, row(HTML("press for&ensp;"), self._slot, clear, new), self.samples, self.says, self.sum]

    def fill(self) -> None:
        """Samples and sum."""
        self._images = self.lab.images(self.pool)
        self._read = self.lab.read(self._images)
        self._mark()
        self._add()

    def _grouped(self) -> None:
        self.fill_soon()
        if self.result is not None:
            self.lab.move(self.result, gesture="arithmetic")

    def _mark(self) -> None:
        """Letters below the samples; a frame around those of the chosen group."""
        letters = [" ".join(slot for slot in SLOTS if i in self.groups[slot]) or "\u00a0" for i in range(POOL)]
        labels = [
            f"sample {i + 1}{': ' if read else ''}{read}, {'in ' + letter if letter.strip() else 'in no group'}"
            for i, (letter, read) in enumerate(zip(letters, self._read, strict=True))
        ]
        self.samples.show(self._images, letters, labels, self.groups[self._slot.value])

    def _add(self) -> None:
        """The pictures of the means and of the sum."""
        means = self.means
        signs = {"A": "", "B": "\u2212 ", "C": "+ "}
        captions = [f"{signs[slot]}{slot}: mean of {len(self.groups[slot])}" for slot in means]
        vectors = [*means.values()]
        if self.result is not None:
            vectors.append(self.result)
            captions.append("= z")
        self.sum.layout.display = None if vectors else "none"
        if vectors:
            self.show(self.sum, torch.stack(vectors), captions)
        missing = [slot for slot in SLOTS if slot not in means]
        self.says.value = paragraphs(
            f"Still without a picture: {', '.join(missing)}." if missing else "The large picture is of A \u2212 B + C."
        )
