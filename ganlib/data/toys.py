"""Two-dimensional toy distributions: small enough to see, with densities where they exist."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

__all__ = ["Gaussians", "Line", "Segments", "SwissRoll", "Toy", "grid", "points", "ring"]


class Toy:
    """A distribution over the plane that can be sampled and, where a density exists, evaluated.

    A subclass writes `_draw` and, if it has a density, `_log_density`.
    """

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw n points, float32 of shape (n, 2), on the generator's device (the CPU without one).

        Raises: ValueError when n is not a positive integer.
        """
        if not isinstance(n, int) or n < 1:
            raise ValueError(f"n = {n!r}, expected a positive integer")
        return self._draw(n, generator, torch.device("cpu") if generator is None else generator.device)

    def log_density(self, x: Tensor) -> Tensor:
        """The natural logarithm of the density at x.

        Shapes: x is (n, 2), the result (n,), in the dtype and on the device of x.
        Raises: ValueError when x has another shape or holds NaN; NotImplementedError when the toy has no density in
        closed form.
        """
        if x.ndim != 2 or x.shape[1] != 2 or not x.is_floating_point():
            raise ValueError(f"x is {x.dtype} of shape {tuple(x.shape)}, expected floating point of shape (n, 2)")
        if x.isnan().any():
            raise ValueError("x holds NaN, expected points of the plane")
        return self._log_density(x)

    def _draw(self, n: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
        raise NotImplementedError

    def _log_density(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no density in closed form; compare samples instead")


class Gaussians(Toy):
    """A mixture of k isotropic Gaussians: p(x) = sum_i w_i N(x; c_i, std^2 I).

    Shapes: centers (k, 2); weights (k,), which are divided by their sum; equal weights when None.
    Raises: ValueError for another shape, values that are not finite, std <= 0, or weights that are negative or all 0.
    """

    def __init__(self, centers: Tensor | Sequence, std: float, weights: Tensor | Sequence | None = None) -> None:
        self.centers = _plane_points("centers", centers)
        self.std = _positive("std", std)
        k = len(self.centers)
        weights = torch.ones(k) if weights is None else torch.as_tensor(weights, dtype=torch.float32, device="cpu")
        if weights.shape != (k,):
            raise ValueError(f"weights has shape {tuple(weights.shape)}, expected ({k},), one for each center")
        if not weights.isfinite().all() or (weights < 0).any() or weights.sum() == 0:
            raise ValueError(f"weights = {weights.tolist()}, expected finite numbers >= 0 that are not all 0")
        self.weights = weights / weights.sum()

    def _draw(self, n: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
        mode = torch.multinomial(self.weights.to(device), n, replacement=True, generator=generator)
        noise = torch.randn(n, 2, generator=generator, device=device)
        return self.centers.to(device)[mode] + self.std * noise

    def _log_density(self, x: Tensor) -> Tensor:
        modes = Independent(Normal(self.centers.to(x), self.std), 1)
        return MixtureSameFamily(Categorical(logits=self.weights.to(x).log()), modes).log_prob(x)


def ring(k: int = 8, radius: float = 1.0, std: float = 0.01) -> Gaussians:
    """k equal Gaussians on a circle: c_i = radius (cos(2 pi i / k), sin(2 pi i / k)), i = 0 ... k - 1.

    Raises: ValueError when k < 1, radius <= 0 or std <= 0.
    Source: the 2D-ring of PacGAN (Lin et al. 2017, arXiv 1712.04086, section 4.1) has these defaults; Unrolled GAN
    (Metz et al. 2016, arXiv 1611.02163) uses radius 2 and std 0.02.
    """
    angle = 2 * math.pi * torch.arange(_count("k", k)) / k
    return Gaussians(_positive("radius", radius) * torch.stack([angle.cos(), angle.sin()], dim=1), std)


def grid(k: int = 5, spacing: float = 2.0, std: float = 0.05) -> Gaussians:
    """k x k equal Gaussians on a square grid around the origin; the default has 25 of them, from -4 to 4.

    Raises: ValueError when k < 1, spacing <= 0 or std <= 0.
    Source: the 2D-grid of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761) with the numbers of PacGAN (Lin et al.
    2017, arXiv 1712.04086, section 4.1).
    """
    steps = torch.arange(_count("k", k)) - (k - 1) / 2
    return Gaussians(_positive("spacing", spacing) * torch.cartesian_prod(steps, steps).view(-1, 2), std)


def points(x: Tensor | Sequence, std: float = 0.05) -> Gaussians:
    """The given points, smoothed: an equal Gaussian around each (a kernel density estimate).

    Shapes: x is (k, 2). Every point counts as a center, so they are not modes to be counted.
    Raises: ValueError for another shape, values that are not finite, or std <= 0.
    Source: Parzen 1962, "On estimation of a probability density function and mode".
    """
    return Gaussians(_plane_points("x", x), std)


class Line(Toy):
    """A segment with thin noise: uniform along it, N(0, std^2) across it.

    With length L, position a along the segment and offset b across it: p(x) = N(b; 0, std^2) / L for 0 <= a <= L,
    and 0 elsewhere.

    Raises: ValueError when start or end is not a finite point of the plane, when they are equal, or when std <= 0.
    """

    def __init__(
        self, start: Sequence[float] = (-1.0, -1.0), end: Sequence[float] = (1.0, 1.0), std: float = 0.02
    ) -> None:
        self.start, self.end = _plane_points("start and end", [start, end])
        self.std = _positive("std", std)
        self.length = (self.end - self.start).norm().item()
        if self.length == 0:
            raise ValueError(f"start = end = {self.start.tolist()}, expected two different points")

    def _axes(self) -> tuple[Tensor, Tensor]:
        """Unit vectors along and across the segment."""
        along = (self.end - self.start) / self.length
        return along, torch.stack([-along[1], along[0]])

    def _draw(self, n: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
        along, across = (axis.to(device) for axis in self._axes())
        a = self.length * torch.rand(n, 1, generator=generator, device=device)
        b = self.std * torch.randn(n, 1, generator=generator, device=device)
        return self.start.to(device) + a * along + b * across

    def _log_density(self, x: Tensor) -> Tensor:
        along, across = (axis.to(x) for axis in self._axes())
        a, b = (x - self.start.to(x)) @ along, (x - self.start.to(x)) @ across
        inside = (a >= 0) & (a <= self.length)
        log_across = Normal(x.new_zeros(()), self.std).log_prob(b)
        return torch.where(inside, log_across - math.log(self.length), -math.inf)


class Segments(Toy):
    """Parallel segments without width: x = (theta, z), z ~ U[0, 1], theta drawn from `thetas`, each equally likely.

    `Segments((0.0,))` is the P_0 and `Segments((theta,))` the P_theta of the example: their supports do not meet for
    theta != 0, so JSD = log 2 whatever theta is, while W = |theta|. There is no density in the plane.

    Raises: ValueError when thetas is empty or not finite.
    Source: Arjovsky et al. 2017, arXiv 1701.07875, example 1.
    """

    def __init__(self, thetas: Sequence[float] = (0.0, 1.0)) -> None:
        self.thetas = torch.as_tensor(thetas, dtype=torch.float32)
        if self.thetas.ndim != 1 or len(self.thetas) == 0 or not self.thetas.isfinite().all():
            raise ValueError(f"thetas = {thetas!r}, expected at least one finite number")

    def _draw(self, n: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
        which = torch.randint(len(self.thetas), (n,), generator=generator, device=device)
        z = torch.rand(n, generator=generator, device=device)
        return torch.stack([self.thetas.to(device)[which], z], dim=1)


class SwissRoll(Toy):
    """A spiral with noise: x = t (cos t, sin t) / 7.5 + std e, t ~ U[3 pi / 2, 9 pi / 2], e ~ N(0, I).

    The density has no closed form.

    Raises: ValueError when std <= 0.
    Source: the plane of scikit-learn's swiss roll, at the scale of the toys of WGAN-GP (Gulrajani et al. 2017, arXiv
    1704.00028).
    """

    def __init__(self, std: float = 0.03) -> None:
        self.std = _positive("std", std)

    def _draw(self, n: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
        t = math.pi * (1.5 + 3 * torch.rand(n, 1, generator=generator, device=device))
        noise = torch.randn(n, 2, generator=generator, device=device)
        return torch.cat([t * t.cos(), t * t.sin()], dim=1) / 7.5 + self.std * noise


def _count(name: str, value: int) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} = {value!r}, expected a positive integer")
    return value


def _positive(name: str, value: float) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{name} = {value!r}, expected a positive number")
    return float(value)


def _plane_points(name: str, values: Tensor | Sequence) -> Tensor:
    x = torch.as_tensor(values, dtype=torch.float32, device="cpu").clone()
    if x.ndim != 2 or x.shape[1] != 2 or len(x) == 0:
        raise ValueError(f"{name} has shape {tuple(x.shape)}, expected (k, 2) with k >= 1")
    if not x.isfinite().all():
        raise ValueError(f"{name} holds NaN or infinity, expected finite numbers")
    return x
