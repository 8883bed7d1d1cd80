"""The studio of a conditional generator: ask for something, and see whether that is what comes."""

from collections.abc import Callable, Hashable, Mapping, Sequence

import torch
from ipywidgets import Widget
from torch import Tensor, nn

from ganlib.training import evaluation
from ganlib.viz.conditions import words
from ganlib.viz.conditions.between import Between
from ganlib.viz.conditions.choices import Choice, Condition, Conditions, Range
from ganlib.viz.conditions.controls import ConditionControls
from ganlib.viz.conditions.every import EveryValue
from ganlib.viz.conditions.many import ManyZ
from ganlib.viz.conditions.picture import studio_picture
from ganlib.viz.latent.stage import LatentStage
from ganlib.viz.latent.view import View
from ganlib.viz.style import Picture
from ganlib.viz.wording import paragraphs


class ConditionStudio(LatentStage):
    """Ask a conditional generator for something: the large picture is G(z, y) for the z and the condition in use.

        ConditionStudio(generator, {"digit": tuple("0123456789")})
        ConditionStudio(generator, {"hair": ("black", "blue"), "slant": (-2.0, 2.0)}, encode, judge=read)

    - ``generator`` is called G(z, y), knows its ``latent_dim``, and is made of ``embed(y) -> (N, E)`` and
      ``from_embedding(z, e)``. It may be on any device and in training: looking at it changes nothing of it.
    - ``conditions`` maps each name to its words, or to the lowest and highest of its numbers.
    - ``encode`` makes y for one picture, first axis 1, of a choice such as ``{"hair": "blue", "slant": 0.5}``. By
      default y are the indices of the words, (1,) for one name and (1, A) for A names.
    - ``judge`` takes images (N, C, H, W) and returns what it reads, ``{"hair": [N words]}``. What it reads under the
      name of a condition is held against what was asked; the rest is told.

    The views: every value of a condition with the same z; the straight way between the embeddings of two conditions;
    many z with the same condition. Everything that the mouse can do has a method, here or in ``every``, ``between``,
    ``many``. Equal seeds give equal draws, and none comes from the global stream.

    Raises: ValueError for an argument that does not fit the others.
    """

    def __init__(
        self,
        generator: nn.Module,
        conditions: Mapping[str, Sequence[str] | Range],
        encode: Callable[[Choice], Tensor] | None = None,
        *,
        seed: int = 0,
        judge: words.Judge | None = None,
    ):
        self.conditions, self._generator = Conditions(conditions, encode), generator
        self._check_generator()
        self.condition = Condition.of(self.conditions.first())
        self._e = self._embedding()
        super().__init__(generator, seed, judge)

    def make_views(self) -> list[View]:
        """Every value, the way between, many z."""
        self.every, self.between, self.many = EveryValue(self), Between(self), ManyZ(self)
        return [self.every, self.between, self.many]

    def controls(self) -> list[Widget]:
        """One for each condition."""
        self._controls = ConditionControls(self.conditions, self.events, lambda name, to: self.choose(**{name: to}))
        return [self._controls]

    def choose(self, **choice: str | float) -> None:
        """Ask for other values: ``choose(digit="3")``. Names that are left out stay as they are.

        Raises: ValueError for a name or a value that is none.
        """
        numbers = all(name in self.conditions.ranges for name in choice)
        chosen = self.condition.nearest | self.conditions.check(choice)
        self.ask(Condition.of(chosen), gesture=("choose", *choice) if numbers else None)

    def ask(self, condition: Condition, z: Tensor | None = None, gesture: Hashable = None) -> None:
        """Let the large picture be of a condition, and of another z perhaps. For moves see ``move``."""
        z = self._z if z is None else z
        if condition == self.condition and torch.equal(z, self._z):
            return
        self.remember(gesture)
        self.place = z, condition
        self.redraw()

    @property
    def place(self) -> object:
        """z and the condition."""
        return self._z, self.condition

    @place.setter
    def place(self, place: tuple[Tensor, Condition]) -> None:
        self._z, self.condition = place
        self._e = self._embedding()
        self._controls.show(self.condition.asked)

    def embed(self, *choices: Choice) -> Tensor:
        """The generator's embeddings of n choices: (n, E), on its device.

        Raises: ValueError when it makes something else.
        """
        y = torch.cat([self.conditions.encode(choice) for choice in choices])
        device = next(self._generator.parameters(), y).device
        with evaluation(self._generator):
            e = self._generator.embed(y.to(device)).detach()
        if e.dim() != 2 or len(e) != len(choices) or not e.is_floating_point():
            raise ValueError(
                f"generator.embed makes {e.dtype} of shape {tuple(e.shape)} of y of shape {tuple(y.shape)}, "
                f"expected floating point numbers of shape ({len(choices)}, E)"
            )
        return e

    def embed_way(self, a: Choice, b: Choice, t: Tensor) -> Tensor:
        """e = (1 - t) e(a) + t e(b) for each of n numbers t: (n, E)."""
        start, end = self.embed(a, b)
        return torch.lerp(start, end, t.to(end)[:, None])

    def images(self, z: Tensor, e: Tensor | None = None) -> Tensor:
        """What the generator makes of vectors z (n, d) and embeddings e (n, E): images (n, C, H, W) on the CPU.

        Without e it is that of the condition in use.
        """
        return self.space.images(z, self._e.expand(len(z), -1) if e is None else e)

    def generate(self, z: Tensor, e: Tensor) -> Tensor:
        """The generator's second half."""
        return self.space.generator.from_embedding(z, e)

    def readings(self, images: Tensor) -> list[words.Reading]:
        """What the judge reads in each image, by name; nothing without a judge."""
        return words.readings(self.judge, images)

    def read(self, images: Tensor) -> list[str]:
        """The same as a line for each image."""
        return [words.named(reading) for reading in self.readings(images)]

    def draw(self) -> None:
        """Make all pictures of the open view anew, as after the generator has learned."""
        self._e = self._embedding()
        super().draw()

    def describe(self, image: Tensor) -> tuple[str, str]:
        """What was asked, what is read, and whether they agree, for those who hear and for those who see."""
        lines = words.lines(self.condition.asked, self.readings(image)[0])
        return f"G(z, y). {'; '.join(lines)}", paragraphs(*lines)

    def sentence(self) -> str:
        """What was asked for the large picture and what the judge reads in it."""
        lines = words.lines(self.condition.asked, self.readings(self.images(self._z[None]))[0])
        return f"G(z, y). {'; '.join(lines)}."

    def still(self) -> Picture:
        """The large picture, every value of the condition with some z, and the way from A to B."""
        return studio_picture(self)

    def _embedding(self) -> Tensor:
        """The embedding of the condition in use: (1, E)."""
        return self.embed_way(self.condition.a, self.condition.b, torch.tensor([self.condition.t]))

    def _check_generator(self) -> None:
        missing = [name for name in ("embed", "from_embedding") if not callable(getattr(self._generator, name, None))]
        if missing:
            raise ValueError(
                f"generator is a {type(self._generator).__name__} without {' and '.join(missing)}, "
                "expected a network with embed(y) -> (N, E) and from_embedding(z, e) -> images"
            )
