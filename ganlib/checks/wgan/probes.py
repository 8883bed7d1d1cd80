"""Critics and generators whose gradients are known exactly; with them a check needs no lucky seed."""

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from ganlib.checks.wgan.part import Draw


class Slope(nn.Module):
    """f(x) = k <u, x> with |u| = 1: the gradient is k u at every x, of norm |k|. ``direction`` is any multiple of u."""

    def __init__(self, direction: Tensor, k: float):
        super().__init__()
        self.register_buffer("u", direction / direction.norm())
        self.k = nn.Parameter(torch.tensor(k, dtype=direction.dtype))

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, ...) to scores (N,)."""
        return self.k * (x * self.u).flatten(1).sum(1)


class Bowl(nn.Module):
    """f(x) = a |x|^2 / 2: the gradient is a x, so each sample has a norm of its own."""

    def __init__(self, a: float, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(a, dtype=dtype))

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, ...) to scores (N,)."""
        return self.a * x.flatten(1).square().sum(1) / 2


class Recorder(Bowl):
    """A bowl that remembers the points it was shown, also when they come wrapped by ``torch.func``."""

    def __init__(self, shape: tuple[int, ...]):
        super().__init__(1.0)
        self.shape = shape
        self.seen: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, ...) to scores (N,)."""
        plain = x.detach()
        while torch._C._functorch.is_functorch_wrapped_tensor(plain):
            plain = torch._C._functorch.get_unwrapped(plain)
        self.seen.append(plain.detach().clone().reshape(-1, *self.shape))
        return super().forward(x)


class Ramp(nn.Module):
    """f(x) = <w, x> + rise relu(x_1) - fall relu(1 - x_1), where x_1 is the first entry of a sample.

    On 0 < x_1 < 1 it is linear. With x_1 = 0 for real samples and 1 for fakes, its slope between them is known for
    every epsilon, and differs from those at the real samples and at the fakes: relu has slope 0 at 0.
    """

    def __init__(self, draw: Draw, entries: int):
        super().__init__()
        self.w = nn.Parameter(draw.normal(entries))
        self.rise, self.fall = (nn.Parameter(torch.tensor(draw.uniform(1.0, 2.0))) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, ...) to scores (N,)."""
        x = x.flatten(1)
        return x @ self.w + self.rise * relu(x[:, 0]) - self.fall * relu(1 - x[:, 0])

    def penalty(self, at: str = "between") -> Tensor:
        """(|grad f| - 1)^2 ``between`` real and fake, at the ``real`` samples, or at the ``fake`` ones."""
        steps = {"real": self.fall, "between": self.rise + self.fall, "fake": self.rise}
        slope = torch.cat([(self.w[0] + steps[at])[None], self.w[1:]])
        return (slope.norm() - 1).square()


class Maker(nn.Module):
    """A linear generator: noise (N, latent_dim) to samples (N, *shape) whose first entry is 1."""

    def __init__(self, draw: Draw, latent_dim: int, shape: tuple[int, ...]):
        super().__init__()
        self.latent_dim, self.shape = latent_dim, shape
        rest = torch.Size(shape).numel() - 1
        self.weight, self.bias = nn.Parameter(draw.normal(rest, latent_dim)), nn.Parameter(draw.normal(rest))
        self.given: list[Tensor] = []

    def forward(self, z: Tensor) -> Tensor:
        """Noise (N, latent_dim) to samples (N, *shape); remembers the noise."""
        self.given.append(z.detach().clone())
        rest = z @ self.weight.T + self.bias
        return torch.cat([torch.ones_like(rest[:, :1]), rest], 1).view(-1, *self.shape)


def shapes(draw: Draw) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape of one sample: of points, and of pictures that are not square."""
    height = draw.integer(4, 6)
    return (draw.integer(2, 3),), (draw.integer(2, 3), height, height + draw.integer(1, 3))
