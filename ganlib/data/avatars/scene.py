"""What a canvas paints: coordinates that move with the head, the hair as shapes, and the colours."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganlib.data.avatars.attributes import POSE, Attributes
from ganlib.data.avatars.hair import HAIRSTYLES, Hair
from ganlib.data.avatars.palette import PALETTE

REACH = {"x": 0.08, "y": 0.06, "tilt": 0.12, "scale": 0.06, "gaze": 0.035, "blush": 0.5}


@dataclass(frozen=True)
class Scene:
    """B portraits that share a hairstyle, as fields over pictures of S x S pixels.

    `x`, `y`: (B, S, S), the point of the head that each pixel shows. The head is about two units high, x points to the
    right and y down. `pixel`: (B, 1, 1), the size of a pixel in the same unit. `gaze`, `blush`: (B, 1, 1).
    `mouth`, `glasses`: (B, 1, 1) long. `hair`: distances (B, S, S). `colour[name]`: (B, 3, 1, 1) in [0, 1].
    """

    x: Tensor
    y: Tensor
    pixel: Tensor
    gaze: Tensor
    blush: Tensor
    mouth: Tensor
    glasses: Tensor
    hair: Hair
    colour: dict[str, Tensor]


def arrange(attributes: Attributes, hairstyle: str, size: int) -> Scene:
    """Place the heads: the pixel at p shows the point R(-tilt) (p - shift) / scale of the head."""
    pose = {name: attributes.pose[:, i].float().view(-1, 1, 1) * REACH[name] for i, name in enumerate(POSE)}
    axis = (torch.arange(size, device=attributes.device) + 0.5) * (2 / size) - 1
    scale = 1 + pose["scale"]
    u, v = (axis - pose["x"]) / scale, (axis[:, None] - pose["y"] - 0.06) / scale
    cosine, sine = pose["tilt"].cos(), pose["tilt"].sin()
    x, y = cosine * u + sine * v, cosine * v - sine * u
    return Scene(
        x=x,
        y=y,
        pixel=2 / size / scale,
        gaze=pose["gaze"],
        blush=0.5 + pose["blush"],
        mouth=attributes.mouth.view(-1, 1, 1),
        glasses=attributes.glasses.view(-1, 1, 1),
        hair=HAIRSTYLES[hairstyle](x, y),
        colour={name: _colours(name, getattr(attributes, name)) for name in PALETTE},
    )


def _colours(name: str, index: Tensor) -> Tensor:
    table = torch.tensor(list(PALETTE[name].values()), device=index.device)
    return table[index].view(-1, 3, 1, 1)
