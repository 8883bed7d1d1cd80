"""The parts of a portrait. Each function draws one part on a canvas of any style.

Both sides of the face are drawn at once: a shape in (|x|, y) appears on the left and on the right.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from ganlib.data.avatars.drawing import Flat
from ganlib.data.avatars.palette import BLUSH, FRAME, INK, LENS, LIP, MOUTH, RIBBON, TONGUE, WHITE
from ganlib.data.avatars.shapes import box, cut, ellipse, ring

Part = Callable[[Flat], None]
FAR = 9.0  # a distance at which nothing is drawn


def back_hair(canvas: Flat) -> None:
    """The hair behind the head, a little darker than the fringe."""
    canvas.fill(canvas.scene.hair.back, 0.80 * canvas.scene.colour["hair"], roundness=0.35)


def body(canvas: Flat) -> None:
    """Shoulders in a shirt, and the neck in the shadow of the chin."""
    x, y, colour = canvas.scene.x, canvas.scene.y, canvas.scene.colour
    neck = box(x, y, (0, 0.74), (0.15, 0.20), 0.05)
    canvas.fill(ellipse(x, y, (0, 1.22), (0.68, 0.46)), colour["shirt"], roundness=0.35)
    canvas.fill(neck, colour["skin"], roundness=0.20)
    canvas.shadow(neck, _face(x, y) - 0.03)


def head(canvas: Flat) -> None:
    """Ears, the face in the shadow of the fringe, blushing cheeks and a nose."""
    scene = canvas.scene
    x, y, side, skin = scene.x, scene.y, scene.x.abs(), scene.colour["skin"]
    face = _face(x, y)
    canvas.fill(ellipse(side, y, (0.585, 0.16), (0.11, 0.14)), skin, roundness=0.12)
    canvas.fill(face, skin, roundness=0.42)
    canvas.shadow(face, scene.hair.front)
    canvas.glow(ellipse(side, y, (0.37, 0.39), (0.10, 0.055)), 0.025, BLUSH, 0.12 + 0.40 * scene.blush)
    canvas.mark(ellipse(x, y, (0, 0.36), (0.026, 0.020)), 0.68 * skin)


def eyes(canvas: Flat) -> None:
    """Whites, irises with a dark top and a bright bottom, pupils, lashes and highlights; the gaze moves the irises."""
    scene = canvas.scene
    y, side, colour = scene.y, scene.x.abs(), scene.colour["eyes"]
    across = scene.x - 0.27 * torch.sign(scene.x) - scene.gaze  # from the middle of the nearer iris
    white = ellipse(side, y, (0.27, 0.15), (0.165, 0.205)) - canvas.bold
    iris = torch.maximum(ellipse(across, y, (0, 0.165), (0.130, 0.175)) - canvas.bold, white)
    canvas.lay(white, WHITE)
    canvas.mark(iris, colour)
    canvas.contour(iris)
    canvas.mark(torch.maximum(iris, y - 0.09), 0.45 * colour, 0.6)
    canvas.mark(torch.maximum(iris, ellipse(across, y, (0, 0.31), (0.10, 0.075))), 0.6 * colour + 0.4, 0.7)
    canvas.dot(ellipse(across, y, (0, 0.175), (0.050, 0.080)), INK)
    canvas.mark(ellipse(across, y, (-0.050, 0.090), (0.050, 0.058)) + canvas.bold, WHITE)
    canvas.mark(ellipse(across, y, (0.055, 0.235), (0.026, 0.030)) + canvas.bold, WHITE, 0.8)
    lashes = cut(ellipse(side, y, (0.275, 0.13), (0.20, 0.225)), ellipse(side, y, (0.265, 0.175), (0.19, 0.215)))
    canvas.line(torch.maximum(lashes, y - 0.12), INK)


def mouth(canvas: Flat) -> None:
    """An upward arc, a short bar, or an open mouth with a tongue."""
    x, y, kind = canvas.scene.x, canvas.scene.y, canvas.scene.mouth
    smile = torch.maximum(ring(ellipse(x, y, (0, 0.385), (0.19, 0.15)), canvas.half_stroke), 0.435 - y)
    neutral = box(x, y, (0, 0.50), (0.085, canvas.half_stroke), 0.01)
    hole = ellipse(x, y, (0, 0.515), (0.115, 0.105)) + torch.where(kind == 2, 0.0, FAR)
    tongue = torch.maximum(ellipse(x, y, (0, 0.585), (0.075, 0.050)), hole)
    canvas.mark(hole, LIP)
    canvas.mark(tongue, TONGUE)
    closed = torch.where(kind == 0, smile, neutral)
    canvas.line(torch.where(kind == 2, ring(hole, canvas.half_line), closed), MOUTH)


def brows(canvas: Flat) -> None:
    """Two thin arcs in a darker shade of the hair."""
    arc = ring(ellipse(canvas.scene.x.abs(), canvas.scene.y, (0.28, -0.08), (0.17, 0.12)), 0.016)
    canvas.line(torch.maximum(arc, canvas.scene.y + 0.145), 0.5 * canvas.scene.colour["hair"])


def fringe(canvas: Flat) -> None:
    """The hair in front of the face, with a band of light across it."""
    front, colour = canvas.scene.hair.front, canvas.scene.colour["hair"]
    canvas.fill(front, colour, roundness=0.35)
    band = ring(ellipse(canvas.scene.x, canvas.scene.y, (0, -0.30), (0.50, 0.30)), 0.030)
    gleam = torch.maximum(torch.maximum(band, canvas.scene.y + 0.38), front + 0.03)
    canvas.glow(gleam, 0.010, 0.45 * colour + 0.55, 0.6)


def ribbons(canvas: Flat) -> None:
    """Two round ribbons, if the hairstyle has them."""
    if canvas.scene.hair.ribbons is not None:
        canvas.fill(canvas.scene.hair.ribbons, RIBBON, roundness=0.10)


def glasses(canvas: Flat) -> None:
    """Two lenses in a dark frame, a bridge and the temples, where the avatar wears them."""
    y, side, half = canvas.scene.y, canvas.scene.x.abs(), canvas.half_wire
    worn = torch.where(canvas.scene.glasses == 1, 0.0, FAR)
    lens = box(side, y, (0.28, 0.165), (0.225, 0.225), 0.16)
    bridge = box(side, y, (0, 0.12), (0.06, half))
    temple = box(side, y, (0.55, 0.10), (0.05, half))
    canvas.mark(lens + worn, LENS, 0.08)
    canvas.line(torch.minimum(ring(lens, half), torch.minimum(bridge, temple)) + worn, FRAME)


# From back to front.
PARTS: tuple[Part, ...] = (back_hair, body, head, eyes, mouth, brows, fringe, ribbons, glasses)


def _face(x: Tensor, y: Tensor) -> Tensor:
    """Distance to the face: an ellipse that narrows towards the chin."""
    return ellipse(x * (1 + 0.30 * (y - 0.05).clamp_min(0)), y, (0, 0.10), (0.575, 0.60))
