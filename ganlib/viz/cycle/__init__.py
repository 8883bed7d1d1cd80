"""Pictures before, after and back again through the two generators of a CycleGAN.

CycleViewer(first, second, forward, back, names=("flat", "shaded"), *, partners=None, judge=None)
"""

from ganlib.viz.cycle.lab import CycleViewer

__all__ = ["CycleViewer"]
