"""Avatars to pictures."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlib.data.avatars.attributes import VOCABULARY, Attributes
from ganlib.data.avatars.drawing import STYLES
from ganlib.data.avatars.parts import PARTS, Part
from ganlib.data.avatars.scene import arrange

SIZES = (16, 32, 64)
CPU_PIXELS = 2**16  # drawn at a time: what a processor's cache holds
GPU_PIXELS = 2**22  # drawn at a time: what keeps a GPU busy in a few hundred megabytes


@torch.no_grad()
def render(
    attributes: Attributes,
    size: int = 32,
    style: str = "flat",
    device: torch.device | str | None = None,
    parts: Sequence[Part] = PARTS,
) -> Tensor:
    """Draw avatars: (N, 3, size, size) float32 in [-1, 1], on `device` or where the attributes are.

    `size` is 16, 32 or 64. `style` is "flat" (a cartoon), "shaded" (lit volume) or "sketch" (a line drawing); the same
    attributes give pictures that agree pixel by pixel in all styles. Nothing is random: equal attributes give equal
    pictures, whatever else is in the batch. Pictures of 16 pixels are drawn at 32 and averaged, with bolder lines.
    `parts` are those that are drawn, from back to front; portraits that are not finished have some of `PARTS`.

    Raises: ValueError for another size or style.
    """
    if size not in SIZES:
        raise ValueError(f"size = {size!r}, expected 16, 32 or 64")
    if style not in STYLES:
        raise ValueError(f"style = {style!r}, expected one of {', '.join(STYLES)}")
    attributes = attributes.to(attributes.device if device is None else device)
    images = torch.empty(len(attributes), 3, size, size, device=attributes.device)
    chunk = (CPU_PIXELS if attributes.device.type == "cpu" else GPU_PIXELS) // max(size, 32) ** 2
    for index in attributes.hairstyle.unique().tolist():
        for rows in torch.nonzero(attributes.hairstyle == index).flatten().split(chunk):
            images[rows] = _draw(attributes[rows], VOCABULARY["hairstyle"][index], size, style, parts)
    return images


def avatars(
    n: int, size: int = 32, style: str = "flat", seed: int = 0, device: torch.device | str | None = None
) -> tuple[Tensor, Attributes]:
    """Sample n avatars and draw them: pictures (n, 3, size, size) in [-1, 1] and their attributes.

    The same seed gives the same avatars in every size, in every style and on every device, and a larger n only adds
    avatars after them.
    """
    attributes = Attributes.sample(n, torch.Generator().manual_seed(seed)).to("cpu" if device is None else device)
    return render(attributes, size, style), attributes


def _draw(attributes: Attributes, hairstyle: str, size: int, style: str, parts: Sequence[Part]) -> Tensor:
    """Draw avatars that share a hairstyle, part by part from back to front."""
    drawn = max(size, 32)
    canvas = STYLES[style](arrange(attributes, hairstyle, drawn), final=2 / size)
    for part in parts:
        part(canvas)
    image = canvas.image if drawn == size else F.avg_pool2d(canvas.image, drawn // size)
    return image.clamp(0, 1) * 2 - 1
