"""Real points and fakes to begin with: two arrays (n, 2), the same ones each time."""

from collections.abc import Callable

import torch
from torch import Tensor

Points = tuple[Tensor, Tensor]
REAL, FAKE = 36, 30
CENTRES = ((-2.2, 1.4), (2.2, 1.4), (0.0, -2.0))
WIDTH = 0.55
FAR = (4.2, -3.6)


def _cloud(centre: tuple[float, float], n: int, width: float, seed: int) -> Tensor:
    """n points around a centre, to two decimals."""
    z = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (torch.tensor(centre) + width * z).round(decimals=2)


def _clouds(n: int, width: float, seed: int, which: tuple[int, ...] = (0, 1, 2)) -> Tensor:
    """n points in some of the three modes, as many in each."""
    return torch.cat([_cloud(CENTRES[i], n // len(which), width, seed + i) for i in which])


def _real() -> Tensor:
    return _clouds(REAL, WIDTH, 10)


def good() -> Points:
    """Fakes that come from the distribution of the real points."""
    return _real(), _clouds(FAKE, WIDTH, 20)


def dropped() -> Points:
    """Good fakes, but one mode never comes up."""
    return _real(), _clouds(FAKE, WIDTH, 20, (0, 1))


def collapsed() -> Points:
    """All modes, but nearly one point in each."""
    return _real(), _clouds(FAKE, 0.07, 20)


def blurred() -> Points:
    """Fakes that are everywhere, also where no real point is."""
    return _real(), _clouds(FAKE, 2.2 * WIDTH, 20)


def real_outlier() -> Points:
    """One real point far away; its ball takes in fakes that look like nothing real."""
    real = torch.cat([_real(), torch.tensor([FAR], dtype=torch.float64)])
    return real, torch.cat([_clouds(FAKE // 2, WIDTH, 20), _cloud((2.9, -1.9), FAKE // 2, 0.6, 30)])


def fake_outlier() -> Points:
    """Two modes dropped, but some fakes far out, whose balls reach over everything."""
    far = torch.tensor([(-4.4, -4.2), (4.4, 4.2), (4.3, -4.4)], dtype=torch.float64)
    return _real(), torch.cat([_clouds(FAKE - 3, WIDTH, 20, (0,)), far])


PRESETS: dict[str, Callable[[], Points]] = {
    "good fakes": good,
    "a mode dropped": dropped,
    "modes collapsed": collapsed,
    "blurred": blurred,
    "an outlier among the real": real_outlier,
    "outliers among the fakes": fake_outlier,
}
