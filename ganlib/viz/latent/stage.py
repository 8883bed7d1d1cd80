"""One z of a generator with its large picture, and the views that move it."""

from collections.abc import Callable, Hashable, Sequence

import torch
from ipywidgets import Box, Layout, VBox, Widget
from torch import Tensor, nn

from ganlib.viz.browser import Guard, Still
from ganlib.viz.controls import make_button, make_choice, row, words_box
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.gallery import Gallery
from ganlib.viz.latent import words
from ganlib.viz.latent.space import LatentSpace
from ganlib.viz.latent.view import View
from ganlib.viz.wording import paragraphs

UNDOABLE = 100
SIDE = 224  # of the large picture, in pixels
STILL_AFTER_S = 5.0  # drawing it takes the kernel half a second
Judge = Callable[[Tensor], Sequence[str]]


class LatentStage(Still, VBox):
    """The large picture is G(z), and every view moves the same z; moves can be undone.

    A subclass gives ``make_views`` and ``still``. It may override ``generate`` and add ``controls``, which call
    ``draw`` where they change what is made of z.

    Raises: ValueError for a generator that makes no images, a seed that is none, or a judge that does not fit.
    """

    def __init__(self, generator: nn.Module, seed: int = 0, judge: Callable | None = None):
        self.events, self.judge = Events(), judge
        self._above = self.controls()
        self.space = LatentSpace(generator, seed, self.generate)
        self._z, self._past, self._gesture = self.space.draw(1)[0], [], None
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self.redraw = self.events.paced(self._follow)
        self.read(self.images(self._z[None]))
        views = self.make_views()
        self.views = {view.name: view for view in views}
        self._view = make_choice(tuple(self.views), views[0].name, [view.tip for view in views])
        self._view.observe(self.events.handler(lambda change: self._open()), "value")
        super().__init__(self._rows())
        self.add_class("ganlib-latent")
        self.draw()
        replace_predecessor(type(self).__name__, self._retire)

    def make_views(self) -> list[View]:
        """The views, that which is open at first before the others."""
        raise NotImplementedError

    def generate(self, z: Tensor) -> Tensor:
        """Images of vectors z that are on the generator's device: the place for a condition."""
        return self.space.generator(z)

    def controls(self) -> list[Widget]:
        """Widgets above the views, none here. They are made before anything else."""
        return []

    @property
    def z(self) -> Tensor:
        """The latent vector (latent_dim,) of the large picture, ready for the generator. Set it with such a vector.

        Raises: ValueError for another shape or numbers that are not finite.
        """
        return self.space.ready(self._z)

    @z.setter
    def z(self, z: Tensor) -> None:
        self.move(self.space.vector(z))

    @property
    def point(self) -> Tensor:
        """A copy of z in double precision, on the CPU."""
        return self._z.clone()

    @property
    def view(self) -> str:
        """The name of the view that is open. Set it with one of ``views``."""
        return self._view.value

    @view.setter
    def view(self, name: str) -> None:
        if name not in self.views:
            raise ValueError(f"view = {name!r}, expected one of {', '.join(self.views)}")
        self._view.value = name

    def images(self, z: Tensor) -> Tensor:
        """What the generator makes of vectors z (n, latent_dim): images (n, C, H, W) on the CPU."""
        return self.space.images(z)

    def read(self, images: Tensor) -> list[str]:
        """The judge's words for images (n, C, H, W); empty ones without a judge.

        Raises: ValueError when the judge does not answer with so many strings.
        """
        if self.judge is None:
            return [""] * len(images)
        said = list(self.judge(images))
        if len(said) != len(images) or not all(isinstance(words, str) for words in said):
            raise ValueError(f"judge says {said!r} of {len(images)} images, expected a list of so many strings")
        return said

    def move(self, z: Tensor, gesture: Hashable = None) -> None:
        """Let z be another vector. Moves of one ``gesture`` in a row are undone together."""
        if torch.equal(z, self._z):
            return
        self.remember(gesture)
        self._z = z
        self.redraw()

    def remember(self, gesture: Hashable = None) -> None:
        """Before a move: let Undo come back to here, unless the last move was of the same ``gesture``."""
        if gesture is None or gesture != self._gesture:
            self._past = [*self._past, self.place][-UNDOABLE:]
        self._gesture = gesture

    @property
    def place(self) -> object:
        """All that moves change. Setting it is what Undo does."""
        return self._z

    @place.setter
    def place(self, place: object) -> None:
        self._z = place

    def surprise(self) -> None:
        """A new z from N(0, I)."""
        self.move(self.space.draw(1)[0])

    def reset(self) -> None:
        """z = 0, the middle of the latent space."""
        self.move(torch.zeros_like(self._z))

    def undo(self) -> bool:
        """Take the last move back; False if there was none."""
        if not self._past:
            return False
        self.place, self._gesture = self._past.pop(), None
        self.redraw()
        return True

    def draw(self) -> None:
        """Make all pictures of the open view anew, as after the generator has learned."""
        self.views[self.view].fill()
        self._follow()

    def sentence(self) -> str:
        """What the large picture shows, as far as a judge says it, and how long z is."""
        read = self.read(self.images(self._z[None]))[0]
        return f"G(z): {read}. {words.length(self._z)}" if read else words.length(self._z)

    def describe(self, image: Tensor) -> tuple[str, str]:
        """The name of the large picture (1, C, H, W) for those who hear it, and the words below it as HTML."""
        read = self.read(image)[0]
        told = paragraphs(read and f"The judge reads: {read}.", words.length(self._z))
        return f"G(z){': ' if read else ''}{read}", told

    def _follow(self) -> None:
        self.events.clear()
        image = self.images(self._z[None])
        label, self.says.value = self.describe(image)
        self.stage.show(image, labels=[label])
        self._buttons["undo"].disabled = not self._past
        self.views[self.view].follow()
        self._still_later.ask()

    def _rows(self) -> list[Widget]:
        """The large picture and what moves it; below each other where there is little room."""
        self.stage, self.says = Gallery("The large picture", 1, SIDE), words_box()
        looks = {
            "surprise": ("Surprise me", "Draw a new z from N(0, I)", self.surprise, ""),
            "reset": ("z = 0", "The middle of the latent space", self.reset, ""),
            "undo": ("Undo", "Take the last move back", self.undo, "undo"),
        }
        self._buttons = {
            name: make_button(label, tip, self.events.handler(lambda _, action=action: action()), icon)
            for name, (label, tip, action, icon) in looks.items()
        }
        left = VBox([self.stage, row(*self._buttons.values()), self.says], layout=Layout(flex="0 1 240px"))
        boxes = [view.box for view in self.views.values()]
        right = VBox([row(*self._above), row(self._view), *boxes], layout=Layout(flex="1 1 420px", min_width="0"))
        self._hide()
        columns = Box(
            [left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%", grid_gap="8px 16px")
        )
        return [columns, self.events.box, Guard()]

    def _hide(self) -> None:
        for name, view in self.views.items():
            view.box.layout.display = None if name == self.view else "none"

    def _open(self) -> None:
        self._hide()
        self.draw()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        close_all(self)
