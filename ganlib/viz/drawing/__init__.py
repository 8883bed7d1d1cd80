"""Draw line art and see what a pix2pix generator makes of it.

DrawingCanvas(generator, size=32, *, judge=None, seed=0)
"""

from ganlib.viz.drawing.lab import DrawingCanvas

__all__ = ["DrawingCanvas"]
