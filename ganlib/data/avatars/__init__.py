"""Procedural avatars: cartoon faces with known attributes, drawn by signed distance functions in three styles."""

from ganlib.data.avatars.attributes import CAPTIONED, POSE, VOCABULARY, Attributes, caption
from ganlib.data.avatars.drawing import STYLES
from ganlib.data.avatars.palette import PALETTE
from ganlib.data.avatars.rendering import SIZES, avatars, render

__all__ = [
    "CAPTIONED",
    "PALETTE",
    "POSE",
    "SIZES",
    "STYLES",
    "VOCABULARY",
    "Attributes",
    "avatars",
    "caption",
    "render",
]
