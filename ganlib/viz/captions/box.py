"""Type a caption, and see what a text-to-image generator makes of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import torch
from ipywidgets import HTML, Layout, VBox, Widget
from torch import Tensor, nn

from ganlib.viz.browser import Guard, Still
from ganlib.viz.captions import report
from ganlib.viz.captions.field import CaptionField
from ganlib.viz.captions.picture import caption_picture
from ganlib.viz.conditions import words
from ganlib.viz.controls import make_button, row, words_box
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.gallery import Gallery
from ganlib.viz.latent.space import LatentSpace
from ganlib.viz.style import Picture
from ganlib.viz.wording import paragraphs

PICTURES = 8
SIDE = 96
PATIENCE_S = 0.8  # before what is not understood is called so, while somebody types
STILL_AFTER_S = 5.0
HINT = "The pictures follow while you type. Enter keeps a caption; \u2191 and \u2193 bring earlier ones back."


class CaptionBox(Still, VBox):
    """Type a caption: a row of pictures G(z, y) for several z, and what a judge reads in them, word against word.

        CaptionBox(generator, encode, judge=read, asks=parse, examples=["blue hair, glasses"])

    - ``generator`` is called G(z, y) and knows its ``latent_dim``. It may be on any device and in training: looking at
      it changes nothing of it.
    - ``encode`` makes y for one picture of a caption, a tensor whose first axis is 1. Where it does not understand, it
      raises a ValueError whose words say why; the box shows them.
    - ``asks`` says what a caption asks for, such as ``{"hair": "blue"}``. What ``judge`` reads in images (N, C, H, W),
      ``{"hair": [N words]}``, is held against it.
    - ``seen`` says whether training pictures show what a caption asks for.
    - ``surprise`` makes a caption from a ``torch.Generator``; by default it is one of the ``examples``, which also have
      buttons. The first of these is drawn at first.

    ``caption`` is what is drawn. Everything that the mouse can do has a method. Equal seeds give equal draws, and none
    comes from the global stream.

    Raises: ValueError for no examples, or for an argument that does not fit the others.
    """

    def __init__(
        self,
        generator: nn.Module,
        encode: Callable[[str], Tensor],
        *,
        examples: Sequence[str],
        judge: words.Judge | None = None,
        asks: Callable[[str], dict[str, str]] | None = None,
        seen: Callable[[str], bool] | None = None,
        surprise: Callable[[torch.Generator], str] | None = None,
        seed: int = 0,
    ):
        if not examples:
            raise ValueError(f"examples = {examples!r}, expected at least one caption")
        self.events, self.judge, self.examples = Events(), judge, [*examples]
        self._encode, self._asks, self._seen = encode, asks or (lambda caption: {}), seen
        self.space = LatentSpace(generator, seed)
        self._stream = torch.Generator().manual_seed(seed)
        self._surprise = surprise or self._example
        self.drawn = self.space.draw(PICTURES)
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self._complain_later = Later(self.events, self._complain, PATIENCE_S)
        self.redraw = self.events.paced(self.draw)
        super().__init__(self._rows())
        self.add_class("ganlib-captions")
        self.write(self.examples[0])
        replace_predecessor(type(self).__name__, self._retire)

    def write(self, caption: str) -> None:
        """Draw a caption and remember it, as typing it and pressing Enter does.

        Raises: ValueError for a caption that is not understood.
        """
        self._take(caption)
        self.field.remember(caption)
        self.field.value = caption
        self.redraw()

    def new(self) -> None:
        """Other z."""
        self.drawn = self.space.draw(PICTURES)
        self.redraw()

    def surprise(self) -> None:
        """A random caption."""
        self.write(self._surprise(self._stream))

    @property
    def asked(self) -> dict[str, str]:
        """What the caption asks for, attribute by attribute."""
        return self._asks(self.caption)

    def images(self) -> Tensor:
        """The pictures of the caption: images (n, C, H, W) on the CPU, one for each z in ``drawn``."""
        device = next(self.space.generator.parameters(), self._y).device
        return self.space.images(self.drawn, self._y.to(device).expand(len(self.drawn), *self._y.shape[1:]))

    def draw(self) -> None:
        """Make the pictures anew, as after the generator has learned."""
        if not self.field.wrong:
            self.events.clear()
        images, asked = self.images(), self.asked
        read = words.readings(self.judge, images)
        captions = [words.verdict(asked, one) if asked else "" for one in read]
        labels = [f"picture {i}{self._label(asked, one)}" for i, one in enumerate(read, 1)]
        self.pictures.show(images, captions, labels)
        self.says.value = paragraphs(*self.sentences(read))
        self.table.value = report.table(report.rows(asked, read))
        self._still_later.ask()

    def sentences(self, read: Sequence[words.Reading]) -> list[str]:
        """What is drawn, whether it is new to the generator, and in how many pictures all of it is read."""
        told = [f"Drawn: \u201c{self.caption}\u201d."]
        if self._seen is not None:
            new = "No training picture shows this combination: it is new to the generator."
            told.append("Training pictures show this." if self._seen(self.caption) else new)
        return [" ".join(told), *report.summary(self.asked, read)]

    def still(self) -> Picture:
        """The caption, its pictures, and the judge's readings."""
        return caption_picture(self)

    def _label(self, asked: dict[str, str], read: words.Reading) -> str:
        return f": {'; '.join(words.lines(asked, read))}" if asked or read else ""

    def _take(self, caption: str) -> None:
        """Let this be the caption, if it is understood."""
        y = self._encode(caption)
        if not isinstance(y, Tensor) or y.dim() == 0 or len(y) != 1:
            made = f"a tensor of shape {tuple(y.shape)}" if isinstance(y, Tensor) else f"a {type(y).__name__}"
            raise ValueError(f"encode makes {made} of {caption!r}, expected a tensor whose first axis is 1")
        self._complain_later.cancel()
        self.events.clear()
        self.caption, self._y, self.field.wrong = caption, y, False

    def _typed(self, caption: str) -> None:
        """Draw while somebody types; a word that is only half there is no mistake yet."""
        before = self.caption
        try:
            self._take(caption)
        except ValueError:
            self._complain_later.ask()
        if self.caption != before:
            self.redraw()

    def _complain(self) -> None:
        """Say what is not understood in what has been typed."""
        try:
            self._encode(self.field.value)
        except ValueError:
            self.field.wrong = True
            raise

    def _enter(self, caption: str) -> None:
        """Draw a caption that was entered; one that has been typed over since then is only remembered."""
        if caption == self.field.value:
            self.field.wrong = True
            self.write(caption)
        else:
            with suppress(ValueError):
                self._encode(caption)
                self.field.remember(caption)

    def _example(self, stream: torch.Generator) -> str:
        return self.examples[torch.randint(len(self.examples), (), generator=stream)]

    def _rows(self) -> list[Widget]:
        """The field, buttons, the pictures, and what is read in them."""
        handler = self.events.handler
        self.field = CaptionField("Caption", HINT)
        self.field.observe(handler(lambda change: self._typed(change["new"])), "value")
        self.field.on_enter(handler(self._enter))
        buttons = [
            make_button("Draw", "Draw the caption and remember it", handler(lambda _: self._enter(self.field.value))),
            make_button("Surprise me", "A random caption", handler(lambda _: self.surprise())),
            make_button("Other z", "The same caption with other noise", handler(lambda _: self.new()), "refresh"),
        ]
        examples = [
            make_button(caption, "Draw this caption", handler(lambda _, caption=caption: self.write(caption)))
            for caption in self.examples
        ]
        self.pictures, self.says, self.table = Gallery("Pictures of the caption", PICTURES, SIDE), words_box(), HTML()
        self.layout = Layout(width="100%")
        known = row(HTML("Try&ensp;"), *examples)
        return [self.field, row(*buttons), known, self.events.box, self.pictures, self.says, self.table, Guard()]

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self._still_later.cancel()
        self._complain_later.cancel()
        close_all(self)
