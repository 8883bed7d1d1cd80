"""Two densities on the line in the reader's hands, with the optimal discriminator and a trained one."""

from ganlib.viz.densities.explorer import DensityExplorer
from ganlib.viz.densities.lab import DensityLab
from ganlib.viz.densities.training import Measures, Settings

__all__ = ["DensityExplorer", "DensityLab", "Measures", "Settings"]
