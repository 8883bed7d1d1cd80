"""The caption box as a still picture, for stored notebooks."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from torch import Tensor

from ganlib.viz.captions import report
from ganlib.viz.conditions import words
from ganlib.viz.figures import GAP, draw_images
from ganlib.viz.style import Picture

if TYPE_CHECKING:
    from ganlib.viz.captions.box import CaptionBox

WIDTH, LINE = 8.6, 0.18  # inches
LETTERS = 118  # of a line
PLACES = (0, 0.12, 0.25, 0.37)  # of the columns, as shares of the width


def caption_picture(box: "CaptionBox") -> Picture:
    """The caption, its pictures with the judge's verdicts, and the counts for each attribute."""
    images, asked = box.images(), box.asked
    read = words.readings(box.judge, images)
    told, listed = box.sentences(read), report.rows(asked, read)
    lines = [[line] for sentence in told for line in wrap(sentence, LETTERS)]
    lines += [[], ["", *report.HEADS], *listed] if listed else []
    strip = WIDTH * images.shape[2] / (images.shape[3] * len(images))
    picture = Picture(WIDTH, strip + 0.75 + LINE * len(lines), " ".join(["Pictures of a caption.", *told]))
    cells = picture.add_gridspec(2, 1, height_ratios=(strip + 0.55, 0.1 + LINE * len(lines)))
    ax, below = picture.axes_of(cells[0]), picture.axes_of(cells[1])
    picture.caption(ax, f"\u201c{box.caption}\u201d", "left")
    _strip(picture, ax, images, [words.verdict(asked, one) if asked else "" for one in read])
    _lines(picture, below, lines)
    return picture


def _strip(picture: Picture, ax: Axes, images: Tensor, verdicts: Sequence[str]) -> None:
    """Images side by side, a word below each."""
    draw_images(ax, images, len(images))
    height, width = images.shape[2:]
    for i, verdict in enumerate(verdicts):
        style = {"ha": "center", "va": "top", "color": picture.theme.text, "fontsize": 8.5}
        ax.text(i * (width + GAP) + width / 2, height * 1.06, verdict, **style)


def _lines(picture: Picture, ax: Axes, lines: Sequence[Sequence[str]]) -> None:
    """Lines of text, each a sentence or the cells of a table."""
    ax.set_axis_off()
    style = {"va": "top", "color": picture.theme.text, "fontsize": 9, "transform": ax.transAxes}
    for i, cells in enumerate(lines):
        for x, cell in zip(PLACES, cells, strict=False):
            ax.text(x, 1 - i / len(lines), cell, **style)
