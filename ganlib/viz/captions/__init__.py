"""A box to type captions into, and the pictures that a text-to-image generator makes of them.

CaptionBox(generator, encode, *, judge=None, asks=None, seen=None, surprise=None, examples=(), seed=0)
"""

from ganlib.viz.captions.box import CaptionBox

__all__ = ["CaptionBox"]
