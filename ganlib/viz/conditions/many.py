"""The view of one condition with many z."""

from ipywidgets import Widget

from ganlib.viz.conditions import words
from ganlib.viz.conditions.views import ConditionView
from ganlib.viz.controls import row
from ganlib.viz.latent.words import spread
from ganlib.viz.wording import number, paragraphs

SHOWN = 32


class ManyZ(ConditionView):
    """Pictures of one condition for many z, ``drawn`` (n, d)."""

    name, tip = "Many z", "The same condition with many z"

    def new(self) -> None:
        """Other z."""
        self.drawn = self.space.draw(SHOWN)
        self.lab.redraw()

    def press(self, i: int) -> None:
        """Let the large picture be tile i."""
        self.lab.move(self.drawn[i], gesture="sample")

    def subject(self) -> tuple:
        """The vectors and the condition."""
        return self.drawn.tolist(), self.lab.condition

    def paint(self) -> None:
        """The pictures, how many are read as asked, and how much they differ."""
        images, asked = self.lab.images(self.drawn), [self.lab.condition.asked] * SHOWN
        read = self.put(images, asked)
        others = [name for name in read[0] if name not in asked[0] or asked[0][name] is None]
        self.says.value = paragraphs(
            words.tally(asked, read),
            *[f"The judge reads the {name}: {words.commonest([one[name] for one in read])}." for name in others],
            f"Two of these pictures differ by {number(spread(images), 3)} in a pixel on average, where black to white "
            "is 2.",
        )

    def marked(self) -> list[int]:
        """The tile with the z of the large picture."""
        return (self.drawn == self.lab.point).all(1).nonzero()[:, 0].tolist()

    def _make(self) -> None:
        self.drawn = self.space.draw(SHOWN)
        self.make_pictures("The same condition with many z", 8)

    def rows(self) -> list[Widget]:
        """The pictures and what they have in common."""
        return [row(self.button("New z", "Draw other ones", self.new, "refresh")), self.pictures, self.says]
