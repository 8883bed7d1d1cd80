"""Convolutional players after DCGAN, for square images whose side is a power of two."""

from torch import Tensor, nn

from ganlib.models.layers import dcgan_weights, normalized
from ganlib.models.mlp import LeakyReLU


def doublings(size: int) -> int:
    """How often 4 pixels are doubled to reach ``size``."""
    if size < 8 or size & (size - 1):
        raise ValueError(f"size = {size}, expected a power of two from 8 on (8, 16, 32, 64, ...)")
    return size.bit_length() - 3


class DCGANGenerator(nn.Module):
    """Noise z of shape (N, latent_dim) to images of shape (N, channels, size, size) in [-1, 1].

    A linear map to a 4 x 4 picture with many channels, then transposed convolutions (kernel 4, stride 2, padding 1)
    that double the side and halve the channels, ReLU between them, tanh at the end. ``width`` counts the channels
    before the last layer. 128 gives the paper's network for 64 x 64 pixels (1024, 512, 256, 128); 64, half of it, is
    common.

    Raises: ValueError when ``size`` is no power of two from 8 on.

    Source: Radford et al. 2015, arXiv 1511.06434, figure 1 and section 3.
    """

    def __init__(self, size: int, channels: int = 3, latent_dim: int = 100, width: int = 64, norm: str = "batch"):
        super().__init__()
        self.latent_dim = latent_dim
        stages = doublings(size)
        c = width * 2 ** (stages - 1)
        first = normalized(nn.ConvTranspose2d(latent_dim, c, 4, bias=norm != "batch"), norm)
        layers: list[nn.Module] = [nn.Unflatten(1, (latent_dim, 1, 1)), *first, nn.ReLU()]
        for _ in range(stages - 1):
            double = nn.ConvTranspose2d(c, c // 2, 4, stride=2, padding=1, bias=norm != "batch")
            layers += [*normalized(double, norm), nn.ReLU()]
            c //= 2
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(c, channels, 4, stride=2, padding=1), nn.Tanh())
        self.net.apply(dcgan_weights)

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to images (N, channels, size, size)."""
        return self.net(z)


class DCGANDiscriminator(nn.Module):
    """Images of shape (N, channels, size, size) to logits of shape (N,).

    Convolutions (kernel 4, stride 2, padding 1) that halve the side and double the channels down to 4 x 4,
    LeakyReLU(0.2) between them, then one convolution to a single number. The first layer carries no norm, as in the
    paper, except ``spectral``, which belongs on every layer.

    Raises: ValueError when ``size`` is no power of two from 8 on.

    Source: Radford et al. 2015, arXiv 1511.06434, section 3.
    """

    def __init__(self, size: int, channels: int = 3, width: int = 64, norm: str = "batch"):
        super().__init__()
        self.shape = (channels, size, size)
        everywhere = "spectral" if norm == "spectral" else "none"
        c = width
        layers = [*normalized(nn.Conv2d(channels, c, 4, stride=2, padding=1), everywhere), LeakyReLU()]
        for _ in range(doublings(size) - 1):
            halve = nn.Conv2d(c, c * 2, 4, stride=2, padding=1, bias=norm != "batch")
            layers += [*normalized(halve, norm), LeakyReLU()]
            c *= 2
        self.feature_dim = c * 4 * 4
        self.net = nn.Sequential(*layers, *normalized(nn.Conv2d(c, 1, 4), everywhere), nn.Flatten(0))
        self.net.apply(dcgan_weights)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, channels, size, size) to logits (N,).

        Raises: ValueError for images of another shape, which convolutions alone would not notice.
        """
        return self.net(self._checked(x))

    def features(self, x: Tensor) -> Tensor:
        """What enters the last layer: images (N, channels, size, size) to (N, feature_dim).

        Raises: ValueError as ``forward``.
        """
        return self.net[:-2](self._checked(x)).flatten(1)

    def last(self, features: Tensor) -> Tensor:
        """The last layer: features (N, feature_dim) to logits (N,), so that last(features(x)) = forward(x)."""
        flat = isinstance(self.net[-2], nn.Linear)  # see before_last_layer
        return self.net[-2:](features if flat else features.unflatten(1, (-1, 4, 4)))

    def _checked(self, x: Tensor) -> Tensor:
        if tuple(x.shape[1:]) != self.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}, expected (N, {', '.join(map(str, self.shape))})")
        return x
