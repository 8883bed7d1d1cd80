"""Three ways to paint the same shapes: flat colours with outlines, soft lit volume, a line drawing.

Every canvas answers the same calls, so a part of the face is described once and comes out in each style.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlib.data.avatars.palette import INK, RGB, WHITE
from ganlib.data.avatars.scene import Scene
from ganlib.data.avatars.shapes import coverage, ring

Colour = Tensor | RGB


class Flat:
    """A cartoon: flat colours with dark outlines. Later shapes cover earlier ones.

    `image` is (B, 3, S, S) in [0, 1]. `final` is the size of a pixel of the finished picture, which may be larger than
    a pixel of the scene. Small pictures are drawn bolder, in units of the head: `half_line`, `half_wire` and
    `half_stroke` are the half widths of outlines, of glasses and of a mouth, `bold` is what the eyes grow by.
    """

    def __init__(self, scene: Scene, final: float) -> None:
        self.scene = scene
        self.final = final
        self.half_line = max(0.012, 0.62 / scene.x.shape[-1])
        self.half_wire = self.half_line + 0.002 + 0.08 * final
        self.half_stroke = 0.012 + 0.40 * final
        self.bold = 0.15 * final
        self.image = self.backdrop() + torch.zeros_like(scene.x).unsqueeze(1)

    def backdrop(self) -> Tensor:
        """Return the picture to start from: the background colour, darker towards the bottom."""
        return self.scene.colour["background"] * (0.96 - 0.06 * self.scene.y.unsqueeze(1))

    def fill(self, distance: Tensor, colour: Colour, roundness: float) -> None:
        """Paint a body part. `roundness` is how far in from its edge its surface curves, for those who model it."""
        colour = self.colour(colour)
        self.lay(distance - self.half_line, 0.22 * colour + 0.65 * self.colour(INK))
        self.lay(distance + self.half_line, colour)

    def mark(self, distance: Tensor, colour: Colour, opacity: float = 1.0) -> None:
        """Paint a spot of colour that has no outline, such as a highlight."""
        self.lay(distance, colour, opacity)

    def glow(self, distance: Tensor, softness: float, colour: Colour, opacity: float | Tensor) -> None:
        """Paint a spot that fades out at its edge, by a sigmoid of -d / softness."""
        self._blend(torch.sigmoid(-distance / softness) * opacity, colour)

    def line(self, distance: Tensor, colour: Colour) -> None:
        """Paint a shape that is itself a line, such as a brow."""
        self.lay(distance, colour)

    def dot(self, distance: Tensor, colour: Colour) -> None:
        """Paint a small dark spot, such as a pupil."""
        self.lay(distance, colour)

    def contour(self, distance: Tensor) -> None:
        """Trace the edge between two colours: nothing to do, the colours show it."""

    def shadow(self, receiver: Tensor, caster: Tensor) -> None:
        """Darken a strip of the shape `receiver` along the shape `caster` that will lie on it."""
        self._darken(coverage(torch.maximum(receiver, caster - 0.05), self.scene.pixel))

    def lay(self, distance: Tensor, colour: Colour, opacity: float = 1.0) -> None:
        """Put a colour on every pixel by the share of it that the shape covers."""
        self._blend(coverage(distance, self.scene.pixel) * opacity, colour)

    def colour(self, colour: Colour) -> Tensor:
        """Return a colour as a tensor that broadcasts with the image."""
        return colour if isinstance(colour, Tensor) else self.image.new_tensor(colour).view(1, 3, 1, 1)

    def _blend(self, amount: Tensor, colour: Colour) -> None:
        self.image.lerp_(self.colour(colour).expand_as(self.image), amount.unsqueeze(1))

    def _darken(self, amount: Tensor) -> None:
        self.image *= 1 - amount.unsqueeze(1) * (1 - self.colour((0.82, 0.68, 0.68)))


class Shaded(Flat):
    """Soft volume lit from the upper left, without outlines.

    A shape is blown up like a cushion. With t = clamp(-d / roundness, 0, 1), its surface leans outwards by s = 1 - t,
    its normal is n = (s grad d, sqrt(1 - s^2)), and the light l = (0.6 towards the upper left, 0.8 towards us) gives
    Lambert's cosine max(n . l, 0).
    """

    def backdrop(self) -> Tensor:
        """Return a photographer's backdrop: muted colour, brightest behind the head on the side of the light."""
        x, y = self.scene.x.unsqueeze(1), self.scene.y.unsqueeze(1)
        spot = torch.exp(-0.55 * ((x + 0.35) ** 2 + (y + 0.35) ** 2))
        return self.scene.colour["background"] * (0.62 + 0.36 * spot)

    def fill(self, distance: Tensor, colour: Colour, roundness: float) -> None:
        """Paint a body part as a lit cushion: from a deeper shade to its colour by the cosine, with a faint gleam."""
        colour = self.colour(colour)
        lean = 1 - (-distance / roundness).clamp(0, 1)
        facing = torch.sqrt((1 - lean**2).clamp_min(1e-6))
        cosine = (0.6 * lean * self._towards_light(distance) + 0.8 * facing).clamp_min(0).unsqueeze(1)
        gleam = 0.16 * torch.exp(20 * (cosine - 1))
        self.lay(distance, torch.lerp(0.70 * colour**1.6, 1.04 * colour, cosine) + gleam)

    def shadow(self, receiver: Tensor, caster: Tensor) -> None:
        """Darken a shape softly near the one that will lie on it, by exp(-d / 0.1)."""
        self._darken(1.3 * torch.exp(-caster.clamp_min(0) / 0.10) * coverage(receiver, self.scene.pixel))

    def _towards_light(self, distance: Tensor) -> Tensor:
        """Slope of a distance towards the upper left, by central differences along the pixels' diagonal."""
        padded = F.pad(distance, (1, 1, 1, 1), mode="replicate")
        rise = padded[:, :-2, :-2] - padded[:, 2:, 2:]
        return (rise / (2 * 2**0.5 * self.scene.pixel)).clamp(-1, 1)


class Sketch(Flat):
    """Ink lines on white paper: it shows every shape and no colour."""

    def backdrop(self) -> Tensor:
        """Return white paper."""
        return torch.ones_like(self.scene.colour["background"])

    def fill(self, distance: Tensor, colour: Colour, roundness: float) -> None:
        """Draw the outline of a body part; its inside hides what is behind it."""
        self.lay(distance, WHITE)
        self.lay(ring(distance, self.half_line), INK)

    def mark(self, distance: Tensor, colour: Colour, opacity: float = 1.0) -> None:
        """Draw nothing: a spot of colour has no line."""

    def glow(self, distance: Tensor, softness: float, colour: Colour, opacity: float | Tensor) -> None:
        """Draw nothing: a soft spot has no line."""

    def line(self, distance: Tensor, colour: Colour) -> None:
        """Draw a line in ink, whatever its colour."""
        self.lay(distance, INK)

    def dot(self, distance: Tensor, colour: Colour) -> None:
        """Draw a spot of ink, larger in small pictures."""
        self.lay(distance - 2 * self.bold, INK)

    def contour(self, distance: Tensor) -> None:
        """Trace the edge between two colours finely; small pictures have no room for it, so it fades there."""
        self.lay(ring(distance, 0.8 * self.half_line), INK, opacity=(2 / 64 / self.final) ** 2)

    def shadow(self, receiver: Tensor, caster: Tensor) -> None:
        """Draw nothing: the paper stays white."""


STYLES: dict[str, type[Flat]] = {"flat": Flat, "shaded": Shaded, "sketch": Sketch}
