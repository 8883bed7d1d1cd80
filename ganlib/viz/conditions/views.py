"""What the studio's views have in common: pictures that say whether they are what was asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from ganlib.viz.conditions import words
from ganlib.viz.controls import words_box
from ganlib.viz.gallery import Gallery
from ganlib.viz.latent.view import View

if TYPE_CHECKING:
    from ganlib.viz.conditions.studio import ConditionStudio


class ConditionView(View):
    """A view whose pictures stay while only the choice among them changes.

    ``subject`` is what the pictures depend on, ``marked`` the tiles that are what the large picture shows.
    """

    lab: "ConditionStudio"

    def subject(self) -> tuple:
        """What the pictures depend on, to compare with what it was."""
        raise NotImplementedError

    def paint(self) -> None:
        """Make the pictures."""
        raise NotImplementedError

    def marked(self) -> list[int]:
        """The tiles that show the present z and condition."""
        raise NotImplementedError

    def fill(self) -> None:
        """The pictures are to be made anew."""
        self._painted = None

    def follow(self) -> None:
        """The pictures if they have changed, and the frame."""
        subject = self.subject()
        if self._painted != subject:
            self.paint()
            self._painted = subject
        self.pictures.marked = self.marked()

    def make_pictures(self, name: str, columns: int, aligned: bool = False) -> None:
        """The gallery, whose tiles are pressed, and a place for words."""
        self._painted = None
        self.pictures = Gallery(name, columns, pressable=True, aligned=aligned)
        self.pictures.on_press(self.lab.events.handler(self.press))
        self.says = words_box()

    def press(self, i: int) -> None:
        """Let the large picture be tile i."""
        raise NotImplementedError

    def put(self, images: Tensor, asked: Sequence[words.Asked], heads: Sequence[str] = ()) -> list[words.Reading]:
        """Show images, with the judge's verdicts below them and ``heads`` above the columns; returns the readings."""
        read = self.lab.readings(images)
        pairs = [*zip(asked, read, strict=True)]
        labels = ["; ".join(words.lines(*pair)) for pair in pairs]
        self.pictures.show(images, [words.verdict(*pair) for pair in pairs], labels, heads=heads)
        return read
