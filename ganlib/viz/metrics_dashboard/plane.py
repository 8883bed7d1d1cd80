"""Points in the plane: eight Gaussians on a ring, whose density, moments and modes are known."""

from collections.abc import Mapping
from math import sqrt

import torch
from torch import Generator, Tensor

from ganlib import metrics
from ganlib.data import toys
from ganlib.viz.metrics_dashboard.world import Knob, Sample, World, first

RING = toys.ring(8, radius=2.0, std=0.2)
EDGE = 4.0
MODES = len(RING.centers)
VARIANCE = RING.centers.square().mean().item() + RING.std**2  # of each coordinate; the two are uncorrelated
KNOBS = {
    "shift": Knob("shift of the mean", 0, 1.5, 0.05, 0, "All fakes move to the right by so much"),
    "scale": Knob("scale", 0.4, 1.6, 0.05, 1, "All fakes move away from the centre by this factor"),
    "correlation": Knob("correlation", -0.9, 0.9, 0.05, 0, "Shears the fakes until x and y have this correlation"),
    "dropped": Knob("modes dropped", 0, MODES - 1, 1, 0, "The last modes get nothing, the others get their points"),
    "spread": Knob("spread in modes", 0, 4, 0.1, 1, "The width of each mode: 0 is collapse, above 1 is blur"),
    "outliers": Knob("noise", 0, 0.5, 0.02, 0, "This share of the fakes is spread evenly over the square"),
    "gaussian": Knob("one Gaussian", 0, 1, 0.05, 0, "This share comes from the single Gaussian fitted to the ring"),
    "copies": Knob("copies", 0, 1, 0.05, 0, "This share of the fakes are training points, exactly"),
}
PRESETS = {
    "drop half the modes": {"dropped": 4},
    "collapse inside modes": {"spread": 0.0},
    "blur": {"spread": 2.5},
    "memorise": {"copies": 1.0},
    "noise": {"outliers": 0.1},
    "FID's blind spot": {"gaussian": 1.0},
}


class Plane(World):
    """The ring. Its features are the coordinates, and its classifier is the mixture's own posterior of the modes."""

    sizes = (100, 200, 400, 800)
    knobs, presets = KNOBS, PRESETS

    def fake(self, settings: Mapping[str, float], n: int, seed: int) -> Sample:
        """The ring, harmed: modes first, then the shape of the whole cloud, then what replaces single points."""
        random = Generator().manual_seed(3 * seed + 2)
        mode, other = torch.randint(MODES, (n,), generator=random), torch.rand(n, generator=random)
        inside, blob = torch.randn(2, n, 2, generator=random)
        anywhere = EDGE * (2 * torch.rand(n, 2, generator=random) - 1)
        turn = torch.stack([torch.randperm(n, generator=random) for _ in range(3)])  # who is replaced first

        left = MODES - int(settings["dropped"])
        mode = torch.where(mode < left, mode, (other * left).long())
        x = RING.centers[mode] + settings["spread"] * RING.std * inside
        x = torch.where(first(settings["gaussian"], turn[0])[:, None], sqrt(VARIANCE) * blob, x)
        x = settings["scale"] * x @ _shear(settings["correlation"]).T + torch.tensor([settings["shift"], 0.0])
        x = torch.where(first(settings["outliers"], turn[1])[:, None], anywhere, x)
        return sample_of(torch.where(first(settings["copies"], turn[2])[:, None], self.sets(n, seed)[0].x, x))

    def count(self, sample: Sample) -> int:
        """Modes with a point within three standard deviations."""
        return metrics.mode_coverage(sample.x, RING).captured

    def _sets(self, n: int, seed: int) -> tuple[Sample, Sample]:
        draws = (RING.sample(n, Generator().manual_seed(3 * seed + i)) for i in range(2))
        return tuple(sample_of(x) for x in draws)


def sample_of(x: Tensor) -> Sample:
    """Points (N, 2) as a sample."""
    scores = -torch.cdist(x, RING.centers).square() / (2 * RING.std**2)  # log densities, but for what all share
    return Sample(x, x.double(), scores.double().softmax(1))


def _shear(correlation: float) -> Tensor:
    """The map that gives two uncorrelated coordinates of equal variance this correlation, and keeps the variances."""
    return torch.tensor([[1.0, 0.0], [correlation, sqrt(1 - correlation**2)]])
