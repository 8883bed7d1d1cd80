"""The GAN laboratory. Use it as ``viz.GANLab()``."""

from ganlib.viz.ganlab.laboratory import GANLab
from ganlib.viz.ganlab.settings import Settings

__all__ = ["GANLab", "Settings"]
