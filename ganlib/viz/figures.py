"""Pure drawing: each function draws what it is given and knows no model and no widget."""

from collections.abc import Sequence
from math import ceil, isfinite

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from ganlib.data.batches import to_float
from ganlib.viz.style import Picture, dress

GAP = 1
GAP_GRAY = 0.85


def mosaic(images: Tensor, columns: int) -> np.ndarray:
    """Images (N, C, H, W) in [-1, 1], or bytes, side by side as one picture (rows, width, 3) of floats in [0, 1].

    One-channel images are ink on paper: +1 is drawn black and -1 white. The gaps are light gray.

    Raises: ValueError for another shape, a channel count other than 1 or 3, no images, or columns below 1.
    """
    if images.dim() != 4 or images.shape[1] not in (1, 3) or len(images) == 0:
        raise ValueError(
            f"images has shape {tuple(images.shape)}, expected (N, 1, H, W) or (N, 3, H, W) with N at least 1"
        )
    if columns < 1:
        raise ValueError(f"columns = {columns}, expected at least 1")
    images = to_float(images.detach().cpu()).float().clamp(-1, 1)
    shown = (1 - images) / 2 if images.shape[1] == 1 else (1 + images) / 2
    n, _, height, width = shown.shape
    rows = ceil(n / columns)
    sheet = torch.full((3, rows * (height + GAP) - GAP, columns * (width + GAP) - GAP), GAP_GRAY)
    for i, image in enumerate(shown):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        sheet[:, top : top + height, left : left + width] = image
    return sheet.permute(1, 2, 0).numpy()


def draw_images(ax: Axes, images: Tensor, columns: int) -> None:
    """Draw images (N, C, H, W) in [-1, 1] as a grid that fills ``ax``."""
    ax.imshow(mosaic(images, columns), interpolation="nearest")
    ax.set_axis_off()


def image_grid(images: Tensor, columns: int = 10, title: str = "", alt: str = "", width: float = 6.0) -> Picture:
    """A picture of images (N, C, H, W) in [-1, 1], ``columns`` in a row, ``width`` inches wide."""
    rows = ceil(len(images) / columns)
    height = width * rows * images.shape[2] / (columns * images.shape[3])
    picture = Picture(width, height + (0.35 if title else 0.05), alt or f"{len(images)} images in a grid. {title}")
    ax = picture.axes_of()
    draw_images(ax, images, columns)
    picture.caption(ax, title, loc="left")
    return picture


def image_strip(stages: Sequence[tuple[str, Tensor]], columns: int = 5, alt: str = "", width: float = 9.0) -> Picture:
    """Grids of images of one size side by side, each with its caption, up to ``columns`` in a row of each."""
    across = [min(columns, len(images)) for _, images in stages]
    down = max(ceil(len(images) / n) for (_, images), n in zip(stages, across, strict=True))
    cell = (width - 0.3 * (len(stages) - 1)) / sum(across)
    picture = Picture(width, cell * down + 0.35, alt or ", ".join(caption for caption, _ in stages))
    grid = picture.add_gridspec(1, len(stages), width_ratios=across)
    for i, (caption, images) in enumerate(stages):
        ax = picture.axes_of(grid[i])
        draw_images(ax, images, across[i])
        picture.caption(ax, caption)
        ax.set_anchor("N")
    return picture


def draw_losses(ax: Axes, steps: Sequence[int], discriminator: Sequence[float], generator: Sequence[float]) -> None:
    """The two losses against update counts, a full line and a dashed one."""
    colours = ax.figure.theme
    ax.clear()
    dress(ax, colours)
    for name, values, colour, style in (
        ("discriminator", discriminator, colours.discriminator, "-"),
        ("generator", generator, colours.generator, "--"),
    ):
        ax.plot(steps, values, style, color=colour, linewidth=1.4, label=name)
    ax.set(xlabel="updates", ylabel="loss")
    if len(steps):
        finite = [value for value in (*discriminator, *generator) if isfinite(value)]
        low, high = min(0.0, *finite), max(0.0, *finite)
        ax.set_ylim(low, high + 0.15 * (high - low) or 1.0)
        legend = ax.legend(frameon=False, fontsize=9, loc="upper left", ncols=2, borderaxespad=0)
        for words in legend.get_texts():
            words.set_color(colours.text)


def draw_points(ax: Axes, real: Tensor | None = None, fake: Tensor | None = None, size: float = 6.0) -> None:
    """Real and fake points (N, 2) as dots and crosses, on axes of equal scale."""
    colours = ax.figure.theme
    for name, points, colour, marker in (("real", real, colours.real, "o"), ("fake", fake, colours.fake, "x")):
        if points is not None:
            x, y = points.detach().cpu().T
            ax.scatter(x, y, s=size, c=colour, marker=marker, linewidths=0.8, alpha=0.7, label=name)
    ax.set_aspect("equal")


def draw_verdict(ax: Axes, probability: Tensor, extent: tuple[float, float, float, float]) -> None:
    """D(x) in [0, 1] on a grid (rows from bottom to top, columns) over ``extent`` = (left, right, bottom, top).

    0 has a tint of fake's colour, 1 of real's, and 1/2 is the background. The axes stay at ``extent``, so points that
    are drawn on top do not move them.
    """
    shown = {"cmap": ax.figure.theme.verdict, "vmin": 0, "vmax": 1, "interpolation": "bilinear"}
    ax.imshow(probability.detach().cpu().numpy(), extent=extent, origin="lower", **shown)
    ax.autoscale(False)
