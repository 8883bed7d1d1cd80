"""What the labs share that show one of several pictures, and what networks make of it."""

from ipywidgets import HTML, VBox, Widget

from ganlib.viz.browser import Still
from ganlib.viz.controls import make_button
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.gallery import Gallery

STILL_AFTER_S = 2.0


class TranslationLab(Still, VBox):
    """A lab that shows one of several pictures at a time.

    A subclass calls ``_prepare`` before it makes its widgets and this constructor at last, with the rows to show and
    the name of a class for style sheets. It has so many pictures as ``_count`` says, translates them in ``draw``, and
    shows the chosen one in ``_follow``. Buttons and the tiles of a ``chooser`` show others.
    """

    def __init__(self, rows: list[Widget], style: str):
        super().__init__(rows)
        self.add_class(style)
        self.draw()
        replace_predecessor(type(self).__name__, self._retire)

    def _prepare(self) -> None:
        self.events, self._index = Events(), 0
        self._redraw = self.events.paced(self._shown)
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)

    def _make_chooser(self, name: str) -> Gallery:
        """All pictures small; pressing one shows it."""
        chooser = Gallery(name, 16, pressable=True)
        chooser.on_press(self.events.handler(self.show))
        return chooser

    def _make_steps(self) -> list[Widget]:
        """Buttons to the neighbours, and the place that says which picture is shown."""
        self._place, handler = HTML(), self.events.handler
        self._place.add_class("ganlib-numbers")
        before = make_button("Previous", "Show the picture before", handler(lambda _: self.previous()), "arrow-left")
        after = make_button("Next", "Show the next picture", handler(lambda _: self.next()), "arrow-right")
        return [before, after, self._place]

    def _put_place(self, chooser: Gallery) -> None:
        self._place.value = f"&ensp;picture {self.index + 1} of {self._count()}"
        chooser.marked = [self.index]

    @property
    def index(self) -> int:
        """Which picture is shown, from 0."""
        return self._index

    def show(self, index: int) -> None:
        """Show another picture.

        Raises: ValueError when there is none of that number.
        """
        if not isinstance(index, int) or index not in range(self._count()):
            raise ValueError(f"index = {index!r}, expected a picture from 0 to {self._count() - 1}")
        self._index = index
        self._redraw()

    def next(self) -> None:
        """Show the next picture, and after the last the first."""
        self.show((self._index + 1) % self._count())

    def previous(self) -> None:
        """Show the picture before, and before the first the last."""
        self.show((self._index - 1) % self._count())

    def draw(self) -> None:
        """Make all pictures anew, as after the networks have learned."""
        raise NotImplementedError

    def _count(self) -> int:
        raise NotImplementedError

    def _follow(self) -> None:
        raise NotImplementedError

    def _shown(self) -> None:
        self.events.clear()
        self._follow()
        self._still_later.ask()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        close_all(self)
