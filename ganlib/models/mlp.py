"""Fully connected players, for points in the plane and for small images."""

from itertools import pairwise
from math import prod

from torch import Tensor, nn

from ganlib.models.layers import normalized


def mlp(sizes: list[int], norm: str = "none", activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """Linear layers from sizes[0] to sizes[-1] with ``norm`` and ``activation`` between them, none after the last.

    Raises: ValueError for fewer than two sizes, a size below 1, or an unknown ``norm``.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes = {sizes}, expected at least two positive integers")
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes[:-1]):
        layers += [*normalized(nn.Linear(before, after), norm), activation()]
    last = nn.Linear(sizes[-2], sizes[-1])
    return nn.Sequential(*layers, *(normalized(last, norm) if norm == "spectral" else [last]))


class LeakyReLU(nn.LeakyReLU):
    """max(x, 0.2 x): the usual activation of discriminators, which keeps a gradient where ReLU has none."""

    def __init__(self):
        super().__init__(0.2)


class MLPGenerator(nn.Module):
    """Noise z of shape (N, latent_dim) to samples of shape (N, *shape).

    Images, a shape (C, H, W), leave through tanh and lie in [-1, 1]; points, a shape (d,), leave as they are.
    """

    def __init__(self, latent_dim: int, shape: tuple[int, ...], width: int = 256, depth: int = 2, norm: str = "none"):
        super().__init__()
        self.latent_dim, self.shape = latent_dim, tuple(shape)
        squash = [nn.Tanh()] if len(self.shape) == 3 else []
        body = mlp([latent_dim, *[width] * depth, prod(self.shape)], norm)
        self.net = nn.Sequential(*body, *squash, nn.Unflatten(1, self.shape))

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to samples (N, *shape)."""
        return self.net(z)


class MLPDiscriminator(nn.Module):
    """Samples of shape (N, *shape) to logits of shape (N,)."""

    def __init__(self, shape: tuple[int, ...], width: int = 256, depth: int = 2, norm: str = "none"):
        super().__init__()
        self.feature_dim = width
        body = mlp([prod(shape), *[width] * depth, 1], norm, LeakyReLU)
        self.net = nn.Sequential(nn.Flatten(), *body, nn.Flatten(0))

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, *shape) to logits (N,)."""
        return self.net(x)

    def features(self, x: Tensor) -> Tensor:
        """What enters the last layer: samples (N, *shape) to (N, feature_dim)."""
        return self.net[:-2](x)

    def last(self, features: Tensor) -> Tensor:
        """The last layer: features (N, feature_dim) to logits (N,), so that last(features(x)) = forward(x)."""
        return self.net[-2:](features)
