"""The explorer of a generator's latent space: one z, its picture, and several ways to move it."""

from collections.abc import Callable, Hashable, Mapping, Sequence

import torch
from ipywidgets import Box, Layout, VBox, Widget
from torch import Tensor, nn

from ganlib.viz.browser import Guard, Still
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.gallery import Gallery
from ganlib.viz.latent import words
from ganlib.viz.latent.arithmetic import Arithmetic
from ganlib.viz.latent.directions import Directions
from ganlib.viz.latent.interpolation import Interpolation
from ganlib.viz.latent.picture import explorer_picture
from ganlib.viz.latent.samples import Samples
from ganlib.viz.latent.sliders import Sliders
from ganlib.viz.latent.space import LatentSpace
from ganlib.viz.latent.view import make_button, make_choice, row, words_box
from ganlib.viz.style import Picture

UNDOABLE = 100
SIDE = 224  # of the large picture, in pixels
STILL_AFTER_S = 5.0  # drawing it takes the kernel half a second
Judge = Callable[[Tensor], Sequence[str]]
TIPS = ("One slider for each dimension", "From one z to another", "A \u2212 B + C", "Along named directions", "Many z")


class LatentExplorer(Still, VBox):
    """Walk through a generator's latent space: the large picture is G(z), and every view moves the same z.

        lab = LatentExplorer(generator)
        LatentExplorer(generator, dims=16, judge=read, directions={"glasses": way})

    - ``generator`` maps z of shape (N, latent_dim) to images (N, C, H, W) in [-1, 1] and knows its ``latent_dim``. It
      may be on any device and in training: looking at it changes nothing of it.
    - ``dims`` are the dimensions that get a slider: a list, or so many of those that change a picture most. Default:
      all.
    - ``judge`` takes images (N, C, H, W) and says in words what each shows.
    - ``directions`` names vectors (latent_dim,) to walk along.

    The views: sliders; the way between two points; sums of mean vectors; named directions; samples. Everything that the
    mouse can do has a method, here or in ``sliders``, ``interpolation``, ``arithmetic``, ``directions``, ``samples``.
    Equal seeds give equal draws, and none comes from the global stream.

    A subclass for a conditional generator overrides ``generate`` and adds its own ``controls``, which call ``draw``.

    Raises: ValueError for a generator that makes no images, or another argument that does not fit it.
    """

    def __init__(
        self,
        generator: nn.Module,
        dims: int | Sequence[int] | None = None,
        *,
        seed: int = 0,
        judge: Judge | None = None,
        directions: Mapping[str, Tensor] | None = None,
    ):
        self.events, self.judge, self._above = Events(), judge, self.controls()
        self.space = LatentSpace(generator, seed, self.generate)
        self._z, self._past, self._gesture = self.space.draw(1)[0], [], None
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self.redraw = self.events.paced(self._follow)
        self.read(self.images(self._z[None]))
        self._make_views(dims, directions or {})
        super().__init__(self._rows())
        self.add_class("ganlib-latent")
        self.draw()
        replace_predecessor(type(self).__name__, self._retire)

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
        """The name of the view that is open. Set it with ``"Sliders"``, ``"Interpolation"`` and so on."""
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
        if gesture is None or gesture != self._gesture:
            self._past = [*self._past, self._z][-UNDOABLE:]
        self._z, self._gesture = z, gesture
        self.redraw()

    def surprise(self) -> None:
        """A new z from N(0, I)."""
        self.move(self.space.draw(1)[0])

    def reset(self) -> None:
        """z = 0, the middle of the latent space."""
        self.move(torch.zeros_like(self._z))

    def undo(self) -> bool:
        """Take the last move of z back; False if there was none."""
        if not self._past:
            return False
        self._z, self._gesture = self._past.pop(), None
        self.redraw()
        return True

    def path(self, n: int = 9, kind: str | None = None) -> Tensor:
        """n vectors on the way of the interpolation, ready for the generator: (n, latent_dim)."""
        return self.space.ready(self.interpolation.path(n, kind))

    def draw(self) -> None:
        """Make all pictures of the open view anew, as after the generator has learned."""
        self.views[self.view].fill()
        self._follow()

    def sentence(self) -> str:
        """What the large picture shows, as far as a judge says it, and how long z is."""
        read = self.read(self.images(self._z[None]))[0]
        return f"G(z): {read}. {words.length(self._z)}" if read else words.length(self._z)

    def still(self) -> Picture:
        """The large picture, sweeps of the dimensions that matter most, and the way of the interpolation."""
        return explorer_picture(self)

    def _follow(self) -> None:
        self.events.clear()
        image = self.images(self._z[None])
        read = self.read(image)[0]
        self.stage.show(image, labels=[f"G(z){': ' if read else ''}{read}"])
        self.says.value = words.paragraphs(read and f"The judge reads: {read}.", words.length(self._z))
        self._buttons["undo"].disabled = not self._past
        self.views[self.view].follow()
        self._still_later.ask()

    def _make_views(self, dims: int | Sequence[int] | None, directions: Mapping[str, Tensor]) -> None:
        effects = self.space.effects()
        self.sliders = Sliders(self, _chosen(dims, effects), effects)
        self.interpolation, self.arithmetic, self.samples = Interpolation(self), Arithmetic(self), Samples(self)
        self.directions = Directions(self, dict(directions)) if directions else None
        views = (self.sliders, self.interpolation, self.arithmetic, self.directions, self.samples)
        shown = [(view, tip) for view, tip in zip(views, TIPS, strict=True) if view is not None]
        self.views = {view.name: view for view, _ in shown}
        self._view = make_choice(tuple(self.views), "Sliders", [tip for _, tip in shown])
        self._view.observe(self.events.handler(lambda change: self._open()), "value")

    def _rows(self) -> list[Widget]:
        """The large picture and what moves it; below each other where there is little room."""
        self.stage, self.says = Gallery("The large picture", 1, SIDE), words_box()
        looks = {
            "surprise": ("Surprise me", "Draw a new z from N(0, I)", self.surprise, ""),
            "reset": ("z = 0", "The middle of the latent space", self.reset, ""),
            "undo": ("Undo", "Take the last move of z back", self.undo, "undo"),
        }
        self._buttons = {
            name: make_button(label, tip, self.events.handler(lambda _, action=action: action()), icon)
            for name, (label, tip, action, icon) in looks.items()
        }
        left = VBox([self.stage, row(*self._buttons.values()), self.says], layout=Layout(flex="0 1 240px"))
        boxes = [view.box for view in self.views.values()]
        right = VBox([row(*self._above), row(self._view), *boxes], layout=Layout(flex="1 1 420px", min_width="0"))
        self._hide()
        columns = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
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


def _chosen(dims: int | Sequence[int] | None, effects: Tensor) -> list[int]:
    """The dimensions that get a slider, in the order of their numbers or of the given list."""
    d = len(effects)
    if dims is None:
        return list(range(d))
    if isinstance(dims, int) and 1 <= dims <= d:
        return sorted(effects.argsort(descending=True, stable=True)[:dims].tolist())
    if isinstance(dims, int) or not dims or len(set(dims)) < len(dims) or not set(dims) <= set(range(d)):
        raise ValueError(f"dims = {dims!r}, expected a number from 1 to {d}, or different dimensions below {d}")
    return list(dims)
