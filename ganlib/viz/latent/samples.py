"""The view of many samples, with their vectors shrunk or stretched."""

from ipywidgets import Widget

from ganlib.viz.controls import make_slider, row, words_box
from ganlib.viz.latent import words
from ganlib.viz.latent.view import View
from ganlib.viz.wording import number, paragraphs

SHOWN = 40
COMPARED = 12


class Samples(View):
    """Samples G(psi z) of ``drawn`` vectors z (n, d); a press makes one of them the explorer's z.

    A small psi gives up variety for typical pictures: the truncation trick. BigGAN (arXiv 1809.11096) draws large
    coordinates anew; StyleGAN (arXiv 1812.04948) shrinks in another space. Here z itself is shrunk.
    """

    name = "Samples"
    tip = "Many z"

    def __init__(self, lab):
        self.drawn = lab.space.draw(SHOWN)
        super().__init__(lab)

    @property
    def psi(self) -> float:
        """The factor of all vectors. Set it with a number from 0.1 to 2."""
        return self._psi.value

    @psi.setter
    def psi(self, psi: float) -> None:
        if not 0.1 <= psi <= 2:
            raise ValueError(f"psi = {psi!r}, expected a number from 0.1 to 2")
        self._psi.value = psi

    def new(self) -> None:
        """Draw others."""
        self.drawn = self.space.draw(SHOWN)
        self.fill_soon()

    def press(self, i: int) -> None:
        """Let the explorer's z be that of sample i."""
        self.lab.move(self.psi * self.drawn[i], gesture="sample")

    def _make(self) -> None:
        self._psi = make_slider("psi", 1.0, 0.1, 2.0, 0.05)
        self.grid = self.gallery("Samples", self.press, 8)
        self.says = words_box()
        self.on_change(self._psi, lambda psi: self.fill_soon())

    def rows(self) -> list[Widget]:
        """Slider, words, samples."""
        new = self.button("New samples", "Draw other ones", self.new, "refresh")
        return [row(self._psi, new), self.says, self.grid]

    def fill(self) -> None:
        """The samples, and how much they differ."""
        images = self.show(self.grid, self.psi * self.drawn)
        spread, whole = (words.spread(some) for some in (images[:COMPARED], self.lab.images(self.drawn[:COMPARED])))
        self.says.value = paragraphs(
            f"Every z is multiplied by psi = {number(self.psi)}. Of the first {COMPARED} pictures, two differ by "
            f"{number(spread, 3)} in a pixel on average; with psi = 1 by {number(whole, 3)}."
        )
        self._frame()

    def _frame(self) -> None:
        """A frame around the sample that the large picture shows."""
        same = (self.psi * self.drawn == self.lab.point).all(1)
        self.grid.marked = same.nonzero()[:, 0].tolist()

    def follow(self) -> None:
        """The frame follows z."""
        self._frame()
