"""Points of two classes to begin with: rows [x, y, class], the same ones each time."""

import torch

EACH = 20
SHEAR = torch.tensor([[0.75, 0.0], [0.35, 0.55]], dtype=torch.float64)
ROUND = 0.5 * torch.eye(2, dtype=torch.float64)


def _cloud(label: int, centre: tuple[float, float], root: torch.Tensor, n: int, seed: int) -> list[list[float]]:
    """n points around a centre, z ~ N(0, I) mapped by ``root``, to two decimals."""
    z = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return [[*place, label] for place in (torch.tensor(centre) + z @ root.T).round(decimals=2).tolist()]


def well_separated() -> list[list[float]]:
    """Two clouds of one shape: what LDA assumes."""
    return _cloud(0, (-1.0, 0.5), SHEAR, EACH, 34) + _cloud(1, (1.0, -0.5), SHEAR, EACH, 35)


def outlier() -> list[list[float]]:
    """The same, and one point of B far out on B's own side, which drags LDA's line and leaves the other's alone."""
    return [*well_separated(), [4.6, -4.4, 1]]


def two_clusters() -> list[list[float]]:
    """Class B on both sides of class A: no line parts them, and no single Gaussian fits B."""
    left, right = (_cloud(1, (x, 0.0), ROUND, EACH // 2, seed) for x, seed in ((-2.4, 3), (2.4, 4)))
    return _cloud(0, (0.0, 0.0), ROUND, EACH, 5) + left + right


def xor() -> list[list[float]]:
    """Each class in two opposite corners: both classes have nearly the same mean and covariance."""
    corners = [(0, 1.5, 1.5), (0, -1.5, -1.5), (1, -1.5, 1.5), (1, 1.5, -1.5)]
    return [
        row for seed, (label, x, y) in enumerate(corners) for row in _cloud(label, (x, y), ROUND, EACH // 2, 6 + seed)
    ]


PRESETS = {"well separated": well_separated, "an outlier": outlier, "two clusters": two_clusters, "XOR": xor}
