"""The explorer of a generator's latent space: one z, its picture, and several ways to move it."""

from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from ganlib.viz.latent.arithmetic import Arithmetic
from ganlib.viz.latent.directions import Directions
from ganlib.viz.latent.interpolation import Interpolation
from ganlib.viz.latent.picture import explorer_picture
from ganlib.viz.latent.samples import Samples
from ganlib.viz.latent.sliders import Sliders
from ganlib.viz.latent.stage import Judge, LatentStage
from ganlib.viz.latent.view import View
from ganlib.viz.style import Picture


class LatentExplorer(LatentStage):
    """Walk through a generator's latent space: the large picture is G(z), and every view moves the same z.

        lab = LatentExplorer(generator)
        LatentExplorer(generator, dims=16, judge=read, directions={"glasses": way})

    - ``generator`` maps z of shape (N, latent_dim) to images (N, C, H, W) in [-1, 1] and knows its ``latent_dim``. It
      may be on any device and in training: looking at it changes nothing of it.
    - ``dims`` are the dimensions that get a slider: a list, or so many of those that change a picture most. Default:
      all.
    - ``judge`` takes images (N, C, H, W) and says in words what each shows.
    - ``directions`` names vectors (latent_dim,) to walk along.

    The views: sliders; the way between two points; sums of mean vectors; named directions; samples. Everything that the
    mouse can do has a method, here or in ``sliders``, ``interpolation``, ``arithmetic``, ``directions``, ``samples``.
    Equal seeds give equal draws, and none comes from the global stream.

    A subclass for a conditional generator overrides ``generate`` and adds its own ``controls``, which call ``draw``.

    Raises: ValueError for a generator that makes no images, or another argument that does not fit it.
    """

    def __init__(
        self,
        generator: nn.Module,
        dims: int | Sequence[int] | None = None,
        *,
        seed: int = 0,
        judge: Judge | None = None,
        directions: Mapping[str, Tensor] | None = None,
    ):
        self._dims, self._named = dims, dict(directions or {})
        super().__init__(generator, seed, judge)

    def make_views(self) -> list[View]:
        """Sliders, interpolation, arithmetic, directions where some are named, samples."""
        effects = self.space.effects()
        self.sliders = Sliders(self, _chosen(self._dims, effects), effects)
        self.interpolation, self.arithmetic, self.samples = Interpolation(self), Arithmetic(self), Samples(self)
        self.directions = Directions(self, self._named) if self._named else None
        views = (self.sliders, self.interpolation, self.arithmetic, self.directions, self.samples)
        return [view for view in views if view is not None]

    def path(self, n: int = 9, kind: str | None = None) -> Tensor:
        """n vectors on the way of the interpolation, ready for the generator: (n, latent_dim)."""
        return self.space.ready(self.interpolation.path(n, kind))

    def still(self) -> Picture:
        """The large picture, sweeps of the dimensions that matter most, and the way of the interpolation."""
        return explorer_picture(self)


def _chosen(dims: int | Sequence[int] | None, effects: Tensor) -> list[int]:
    """The dimensions that get a slider, in the order of their numbers or of the given list."""
    d = len(effects)
    if dims is None:
        return list(range(d))
    if isinstance(dims, int) and 1 <= dims <= d:
        return sorted(effects.argsort(descending=True, stable=True)[:dims].tolist())
    if isinstance(dims, int) or not dims or len(set(dims)) < len(dims) or not set(dims) <= set(range(d)):
        raise ValueError(f"dims = {dims!r}, expected a number from 1 to {d}, or different dimensions below {d}")
    return list(dims)
