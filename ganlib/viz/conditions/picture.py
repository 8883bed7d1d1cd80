"""The studio as a still picture, for stored notebooks."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import torch
from matplotlib.gridspec import SubplotSpec
from torch import Tensor

from ganlib.viz.conditions import words
from ganlib.viz.conditions.between import STEPS
from ganlib.viz.figures import GAP, draw_images
from ganlib.viz.style import Picture

if TYPE_CHECKING:
    from ganlib.viz.conditions.studio import ConditionStudio

ROWS = 3
WIDE, TALLEST = 5.8, 2.2  # of the strips, in inches
LETTERS = 36  # of a line below the large picture


def studio_picture(lab: "ConditionStudio") -> Picture:
    """G(z, y) large; every value of a condition for some z; the way from A to B."""
    choices, between = lab.every.choices, lab.between
    z, e = lab.every.rows_z[:ROWS].repeat_interleave(len(choices), 0), lab.embed(*choices).repeat(ROWS, 1)
    grid = lab.images(z, e)
    way = lab.images(lab.point.expand(STEPS, -1), lab.embed_way(between.a, between.b, torch.linspace(0, 1, STEPS)))
    _, _, height, width = grid.shape
    heights = [0.5 + min(ROWS * WIDE / len(choices) * height / width, TALLEST), 0.5 + WIDE / STEPS * height / width]
    alt = (
        f"A conditional generator's pictures for every value of {lab.every.varied}, and from one condition to another."
    )
    picture = Picture(8.6, sum(heights) + 0.3, f"{alt} {lab.sentence()}")
    cells = picture.add_gridspec(2, 2, width_ratios=(8.6 - WIDE, WIDE), height_ratios=heights)
    _large(picture, cells[:, 0].subgridspec(2, 1, height_ratios=(2, 1)), lab)
    heads = [words.value(choice[lab.every.varied]) for choice in choices]
    _strip(picture, cells[0, 1], grid, heads, f"{lab.every.varied}: every value, one z in each row")
    read = [", ".join(one[name] for name in between.changing(one)) for one in lab.readings(way)]
    ends = [words.named({name: end[name] for name in between.changing(end)}) for end in (between.a, between.b)]
    _strip(picture, cells[1, 1], way, read, f"from {ends[0]} to {ends[1]}, the same z" if ends[0] else "A is B")
    return picture


def _large(picture: Picture, cells, lab: "ConditionStudio") -> None:
    """The large picture, and below it what was asked and what is read."""
    image = lab.images(lab.point[None])
    ax, below = picture.axes_of(cells[0]), picture.axes_of(cells[1])
    draw_images(ax, image, 1)
    ax.set_anchor("NW")
    picture.caption(ax, "G(z, y)", "left")
    below.set_axis_off()
    told = "\n".join(fill(line, LETTERS) for line in words.lines(lab.condition.asked, lab.readings(image)[0]))
    below.text(0, 1, told, va="top", color=picture.theme.text, fontsize=8.5, transform=below.transAxes)


def _strip(picture: Picture, cell: SubplotSpec, images: Tensor, heads: Sequence[str], caption: str) -> None:
    """Images in rows, a word above each column."""
    ax = picture.axes_of(cell)
    draw_images(ax, images, len(heads))
    ax.set_anchor("NW")
    width = images.shape[3]
    for i, head in enumerate(heads):
        style = {"ha": "center", "va": "bottom", "color": picture.theme.text, "fontsize": 8}
        ax.text(i * (width + GAP) + width / 2, -0.06 * width, head, **style)
    ax.set_title(caption, loc="left", color=picture.theme.text, fontsize=10.5, pad=16)
