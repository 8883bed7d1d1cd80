"""A lab with one control for each attribute of a picture."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from ipywidgets import HTML, Box, Layout, VBox, Widget
from torch import Tensor, nn

from ganlib.viz.attributes.edits import Edits
from ganlib.viz.attributes.picture import STAGE, editor_picture
from ganlib.viz.attributes.words import caption, label, told
from ganlib.viz.browser import Guard
from ganlib.viz.controls import make_button, row, words_box
from ganlib.viz.gallery import Gallery
from ganlib.viz.style import Picture
from ganlib.viz.translation import differences, l1, translate
from ganlib.viz.translation_lab import TranslationLab

Reader = Callable[[Tensor], Mapping[str, Sequence[str]]]


class Turned(NamedTuple):
    """What has been made of a picture: ``wanted`` are its number and the values asked for."""

    wanted: tuple[int, ...]
    after: Tensor
    back: Tensor
    every: dict[str, Tensor]


class AttributeEditor(TranslationLab):
    """Change the attributes of a picture with the one generator of a StarGAN.

        lab = AttributeEditor(G, images, y, {"hair": VOCABULARY["hair"], "glasses": VOCABULARY["glasses"]})
        lab.choose(hair="blue")
        lab.next()                      # the same change in another picture

    - ``generator`` maps pictures (N, C, H, W) in [-1, 1] and the attributes y (N, A) that they shall have to pictures.
      It may be on any device and in training: looking at it changes nothing of it.
    - ``images`` are pictures (N, C, H, W), and ``attributes`` what they show: (N, A), the numbers of the values.
    - ``controls`` gives each column of y a name, and its values names. It has one row of pictures, which shows the
      present picture with every value; pressing one chooses its value.
    - ``judge`` takes pictures and says which value of each attribute it reads: {name: a word for each picture}. It may
      know more attributes or fewer.
    - ``encode`` makes of y what the generator takes in place of it.

    Back again is the same generator, asked for the attributes that the picture had. Everything that the mouse can do
    has a method.

    Raises: ValueError for pictures, attributes or controls that do not fit each other, or a generator that changes the
    shape of pictures.

    Source: Choi et al. 2018, arXiv 1711.09020, section 3.
    """

    def __init__(
        self,
        generator: nn.Module,
        images: Tensor,
        attributes: Tensor,
        controls: Mapping[str, Sequence[str]],
        *,
        judge: Reader | None = None,
        encode: Callable[[Tensor], Tensor] | None = None,
    ):
        self.generator, self.judge, self.encode = generator, judge, encode or (lambda y: y)
        self.edits = Edits(images, attributes, controls)
        self._turned = None
        self._prepare()
        self._make_widgets()
        super().__init__(self._rows(), "ganlib-attributes")

    @property
    def choices(self) -> dict[str, str]:
        """The values that the picture is asked to have, chosen or its own, by the attributes' names."""
        return self.edits.words(self.edits.wanted(self.index))

    @property
    def before(self) -> Tensor:
        """The picture (1, C, H, W) as it is."""
        return self.edits.images[self.index : self.index + 1]

    @property
    def after(self) -> Tensor:
        """The picture (1, C, H, W) with the chosen values."""
        return self._turn().after

    @property
    def back_again(self) -> Tensor:
        """What the generator makes of ``after`` when it is asked for the picture's own attributes."""
        return self._turn().back

    @property
    def reconstruction_error(self) -> float:
        """mean |x - G(G(x, chosen), own)|, what the reconstruction loss is (its weight aside)."""
        return l1(self.before, self.back_again)

    def every_value(self, name: str) -> Tensor:
        """The picture with every value of one attribute: (values, C, H, W).

        Raises: ValueError when there is no such attribute.
        """
        if name not in self.edits.controls:
            raise ValueError(f"name = {name!r}, expected one of {', '.join(self.edits.controls)}")
        return self._turn().every[name]

    def choose(self, **values: str) -> None:
        """Choose values by name: ``choose(hair="blue", glasses="none")``. They hold for all pictures until ``restore``.

        Raises: ValueError for an attribute or a value that there is not.
        """
        self.edits.choose(**values)
        self._redraw()

    def restore(self) -> None:
        """Ask for the picture's own attributes again."""
        self.edits.chosen.clear()
        self._redraw()

    def draw(self) -> None:
        """Make all pictures anew, as after the generator has learned."""
        self._turned = None
        self._redraw()

    def read(self, images: Tensor) -> dict[str, list[str]]:
        """What the judge reads in images (N, C, H, W), for the attributes that have controls; {} without a judge.

        Raises: ValueError when the judge does not answer with so many words for each.
        """
        said = {} if self.judge is None else dict(self.judge(images))
        known = {name: list(words) for name, words in said.items() if name in self.edits.controls}
        for name, words in known.items():
            if len(words) != len(images) or not all(isinstance(word, str) for word in words):
                raise ValueError(f"judge says {words!r} of the {name} of {len(images)} images, expected so many words")
        return known

    def still(self) -> Picture:
        """The picture before, after and back again, and with every value of each attribute."""
        return editor_picture(self)

    def _count(self) -> int:
        return len(self.edits.images)

    def _made(self, images: Tensor, y: Tensor) -> Tensor:
        made = translate(self.generator, images, self.encode(y))
        if made.shape != images.shape:
            raise ValueError(
                f"generator makes pictures of shape {tuple(made.shape)}, expected {tuple(images.shape)} as before"
            )
        return made

    def _turn(self) -> Turned:
        """The picture as wanted, back again, and with every value; made anew where something else is wanted."""
        y = torch.cat([self.edits.wanted(self.index), self.edits.every(self.index)])
        wanted = (self.index, *y[0].tolist())
        if self._turned is None or self._turned.wanted != wanted:
            after, every = self._made(self.before.repeat(len(y), 1, 1, 1), y).split([1, len(y) - 1])
            counts = [len(values) for values in self.edits.controls.values()]
            by_name = dict(zip(self.edits.controls, every.split(counts), strict=True))
            self._turned = Turned(wanted, after, self._made(after, self.edits.own(self.index)), by_name)
        return self._turned

    def _make_widgets(self) -> None:
        self.stage, self.says = Gallery("Before, after and back again", 4, 128), words_box()
        self.galleries = {name: Gallery(name, 8, pressable=True) for name in self.edits.controls}
        for name, gallery in self.galleries.items():
            gallery.on_press(self.events.handler(lambda i, name=name: self._press(name, i)))
        self.chooser = self._make_chooser("Pictures to change")
        self.chooser.show(self.edits.images, labels=[f"picture {i + 1}" for i in range(self._count())])

    def _rows(self) -> list[Widget]:
        tip, restore = "Ask for the picture's own attributes", self.events.handler(lambda _: self.restore())
        top = row(*self._make_steps(), make_button("As it was", tip, restore, "undo"))
        left = VBox([self.stage], layout=Layout(flex="0 1 550px", min_width="0"))
        right = VBox([self.says], layout=Layout(flex="1 1 260px", min_width="0"))
        columns = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        controls = [
            VBox([HTML(f"<b>{name}</b>"), self.galleries[name]], layout=Layout(flex=f"0 1 {70 * len(values) + 20}px"))
            for name, values in self.edits.controls.items()
        ]
        return [top, columns, row(*controls), self.chooser, self.events.box, Guard()]

    def _press(self, name: str, i: int) -> None:
        self.choose(**{name: self.edits.controls[name][i]})

    def _follow(self) -> None:
        change = -differences(self.before, self.after).expand_as(self.before)
        self.stage.show(torch.cat([self.before, self.after, self.back_again, change]), STAGE)
        self._show_rows()
        own, read = self.edits.words(self.edits.own(self.index)), self.read(self.after)
        first = {name: words[0] for name, words in read.items()}
        changed = l1(self.before, self.after)
        self.says.value = told(own, self.choices, first, changed, self.reconstruction_error)
        self._put_place(self.chooser)

    def _show_rows(self) -> None:
        own, wanted = (self.edits.words(y(self.index)) for y in (self.edits.own, self.edits.wanted))
        read = self.read(torch.cat([*self._turn().every.values()]))
        start = 0
        for name, values in self.edits.controls.items():
            said = read.get(name, [""] * (start + len(values)))[start : start + len(values)]
            captions = [caption(value, value == own[name], words) for value, words in zip(values, said, strict=True)]
            labels = [label(name, value, words) for value, words in zip(values, said, strict=True)]
            self.galleries[name].show(self.every_value(name), captions, labels, [values.index(wanted[name])])
            start += len(values)
