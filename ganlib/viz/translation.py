"""How a network translates pictures, and how the outcome is measured, put into words and drawn."""

from collections.abc import Callable, Sequence
from html import escape

import torch
from matplotlib.gridspec import SubplotSpec
from torch import Tensor, nn

from ganlib.training import evaluation
from ganlib.viz.figures import draw_images
from ganlib.viz.style import Picture

CHUNK = 64  # pictures translated at a time
GAIN = 4  # how much a picture of differences exaggerates them
Judge = Callable[[Tensor], Sequence[str]]


def checked(name: str, images: Tensor) -> Tensor:
    """Images as labs keep them: float32 on the CPU.

    Raises: ValueError when they are not (N, 1 or 3, H, W) with N at least 1 and finite numbers.
    """
    if images.dim() != 4 or images.shape[1] not in (1, 3) or len(images) == 0 or not images.isfinite().all():
        raise ValueError(
            f"{name} has shape {tuple(images.shape)}, expected finite images (N, 1, H, W) or (N, 3, H, W) in [-1, 1] "
            "with N at least 1"
        )
    return images.detach().float().cpu()


def translate(generator: nn.Module, images: Tensor, *conditions: Tensor) -> Tensor:
    """What the generator makes of images (N, C, H, W), given conditions (N, ...) if it takes any; on the CPU.

    It may be on any device and in training: for so long it is in evaluation mode.

    Raises: ValueError when what comes out is not N finite images of 1 or 3 channels.
    """
    like = next(generator.parameters(), torch.zeros(0))
    chunks = zip(images.split(CHUNK), *(y.split(CHUNK) for y in conditions), strict=True)
    with evaluation(generator):
        parts = [generator(x.to(like), *(y.to(like.device) for y in given)) for x, *given in chunks]
    made = torch.cat(parts).detach().float().cpu()
    if made.dim() != 4 or made.shape[1] not in (1, 3) or len(made) != len(images) or not made.isfinite().all():
        raise ValueError(
            f"generator maps images of shape {tuple(images.shape)} to {tuple(made.shape)}, "
            f"expected {len(images)} finite images with 1 or 3 channels"
        )
    return made


def l1(images: Tensor, others: Tensor) -> float:
    """mean |x - x'| over all pixels. With pixels in [-1, 1], black to white is 2."""
    return (images - others).abs().mean().item()


def differences(images: Tensor, others: Tensor) -> Tensor:
    """|x - x'|, times 4 and averaged over the channels, as ink on paper: (N, 1, H, W) from -1 (none) to 1 (0.5 up)."""
    return (GAIN * (images - others).abs().mean(1, keepdim=True)).clamp(max=2) - 1


def read(judge: Judge | None, images: Tensor) -> list[str]:
    """The judge's words for images (N, C, H, W); empty ones without a judge.

    Raises: ValueError when the judge does not answer with so many strings.
    """
    if judge is None:
        return [""] * len(images)
    said = list(judge(images))
    if len(said) != len(images) or not all(isinstance(words, str) for words in said):
        raise ValueError(f"judge says {said!r} of {len(images)} images, expected a list of so many strings")
    return said


def table(rows: Sequence[Sequence[str]], align: str) -> str:
    """Words as an HTML table, the first row its head; all columns but the first are aligned ``left`` or ``right``."""
    lines = []
    for kind, row in zip(("th", *["td"] * (len(rows) - 1)), rows, strict=True):
        cells = [
            f'<{kind} style="padding:1px 14px 1px 0;text-align:{align if column else "left"}">{escape(words)}</{kind}>'
            for column, words in enumerate(row)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table style="line-height:1.4">{"".join(lines)}</table>'


def draw_tile(picture: Picture, cell: SubplotSpec, image: Tensor, words: str) -> None:
    """Draw an image (1, C, H, W) into a cell of a picture's grid, in a thin frame, with words above it."""
    ax = picture.axes_of(cell)
    draw_images(ax, image, 1)
    ax.set_axis_on()
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=picture.theme.faint)
    picture.caption(ax, words)
