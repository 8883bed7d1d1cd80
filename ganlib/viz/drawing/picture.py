"""The drawing canvas as a still picture, for stored notebooks."""

from torch import Tensor

from ganlib.viz.style import Picture
from ganlib.viz.translation import draw_tile


def drawing_picture(drawing: Tensor, result: Tensor, said: str) -> Picture:
    """A line drawing and what a generator makes of it, (1, C, H, W) each; ``said`` is what a judge reads in that."""
    alt = f"A line drawing, and what the generator makes of it{': ' if said else ''}{said}."
    picture = Picture(6.6, 3.9, alt)
    shown = {"a line drawing": drawing, "what the generator makes of it": result}
    for cell, (words, image) in zip(picture.add_gridspec(1, 2), shown.items(), strict=True):
        draw_tile(picture, cell, image, words)
    if said:
        picture.supxlabel(f"The judge reads: {said}.", color=picture.theme.text, fontsize=9)
    return picture
