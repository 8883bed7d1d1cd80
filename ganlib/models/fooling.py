"""Generators without any training, made to fool a metric: one repeats its pictures, one matches two moments."""

import torch
from torch import Tensor, nn


class ReplayGenerator(nn.Module):
    """Repeats stored samples (n, *shape) with a little Gaussian noise: the memorising generator.

    The first number of the noise z ~ N(0, I) chooses the sample: number floor(n Phi(z_1)), Phi the normal distribution
    function, so that each is as likely. The others, times ``std``, are added. ``latent_dim`` is 1 + the size of a
    sample.

    Raises: ValueError for no samples, or a negative ``std``.
    """

    def __init__(self, samples: Tensor, std: float = 0.02):
        super().__init__()
        if samples.dim() < 2 or not len(samples):
            raise ValueError(f"samples has shape {tuple(samples.shape)}, expected (n, ...) with n at least 1")
        if not std >= 0:
            raise ValueError(f"std = {std}, expected 0 or more")
        self.register_buffer("samples", samples.detach().clone())
        self.std, self.latent_dim = std, 1 + samples[0].numel()

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to samples (N, *shape)."""
        n = len(self.samples)
        chosen = (torch.special.ndtr(z[:, 0]) * n).long().clamp(max=n - 1)
        return self.samples[chosen] + self.std * z[:, 1:].unflatten(1, self.samples.shape[1:])


class MomentsGenerator(nn.Module):
    """Draws from the Gaussian with the mean and the covariance of stored samples (n, *shape), and of nothing else.

    x = mean + z R with R = (X - mean) / sqrt(n - 1) from the samples X, each a row, so that z ~ N(0, I) gives the
    covariance R^T R. ``latent_dim`` is n. A Fréchet distance on the samples themselves cannot tell it from their
    distribution, since it looks at these two moments alone.

    Raises: ValueError for fewer than two samples.
    """

    def __init__(self, samples: Tensor):
        super().__init__()
        if samples.dim() < 2 or len(samples) < 2:
            raise ValueError(f"samples has shape {tuple(samples.shape)}, expected (n, ...) with n at least 2")
        mean = samples.detach().mean(0, keepdim=True)
        self.register_buffer("mean", mean)
        self.register_buffer("root", (samples.detach() - mean).flatten(1) / (len(samples) - 1) ** 0.5)
        self.latent_dim = len(samples)

    def forward(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) to samples (N, *shape)."""
        return self.mean + (z @ self.root).unflatten(1, self.mean.shape[1:])
