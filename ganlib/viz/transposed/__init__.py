"""Convolution and transposed convolution, step by step. Use it as ``viz.TransposedConvolution()``.

    lab = viz.TransposedConvolution("transposed", size=3, kernel_size=3, stride=2, padding=0, output_padding=0,
                                    dimensions=2, x="ramp", kernel="ramp")

``operation`` is "transposed", "convolution" or "upsample" (nearest neighbours, then a convolution); ``x`` is "one
pixel", "ones", "ramp", "random" or your own numbers, and ``kernel`` "ones", "ramp", "random", "blur" or your own.
"""

from ganlib.viz.transposed.lab import TransposedConvolution
from ganlib.viz.transposed.settings import Settings
from ganlib.viz.transposed.story import Story

__all__ = ["Settings", "Story", "TransposedConvolution"]
