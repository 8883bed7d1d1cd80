"""An explorer of any generator's latent space.

    LatentExplorer(generator, dims=None, *, seed=0, judge=None, directions=None)

It opens with a slider for each dimension, sorted by what they change, and has views for interpolation, for sums of mean
vectors, for named directions and for samples.
"""

from ganlib.viz.latent.explorer import LatentExplorer
from ganlib.viz.latent.space import LatentSpace
from ganlib.viz.latent.ways import share_shorter, spherical, straight, usual_norms

__all__ = ["LatentExplorer", "LatentSpace", "share_shorter", "spherical", "straight", "usual_norms"]
