"""Layers that let a discriminator see a batch as a whole: samples that are all alike betray a collapsed generator."""

import torch
from torch import Tensor, nn


class MinibatchDiscrimination(nn.Module):
    """Features (N, in_features) to (N, in_features + out_features): each sample also says how close the others are.

    A learned tensor T turns the features of sample i into ``out_features`` rows M_ib of ``kernel_features`` numbers.
    What is appended is o_ib = sum_j exp(-|M_ib - M_jb|_1), the sum over all N samples: 1 for a sample far from all
    others, N where all are alike. The answer for a sample depends on its batch and on the batch's size. Of several
    processes that train together, each sees its own share of the batch.

    The distances of all pairs are one call, ``torch.cdist``. Its gradient has no gradient of its own, so gradient
    penalties do not work through this layer; they would not suit it either, for it couples the samples.

    Raises: ValueError when one of the three numbers is below 1.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.2.
    """

    def __init__(self, in_features: int, out_features: int = 16, kernel_features: int = 5):
        super().__init__()
        sizes = {"in_features": in_features, "out_features": out_features, "kernel_features": kernel_features}
        if min(sizes.values()) < 1:
            raise ValueError(f"{', '.join(f'{k} = {v}' for k, v in sizes.items())}, expected positive integers")
        self.out_features, self.kernel_features = out_features, kernel_features
        self.tensor = nn.Linear(in_features, out_features * kernel_features, bias=False)

    def closeness(self, features: Tensor) -> Tensor:
        """o (N, out_features), between 1 and N."""
        rows = self.tensor(features).unflatten(1, (self.out_features, self.kernel_features)).transpose(0, 1)
        return torch.cdist(rows, rows, p=1.0).neg().exp().sum(2).T

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, in_features) to (N, in_features + out_features)."""
        return torch.cat([features, self.closeness(features)], 1)


class MinibatchDeviation(nn.Module):
    """Appends one channel, the same number everywhere: how much the samples of the batch differ.

    It is the standard deviation over the batch, averaged over channels and positions. Nothing is learned.

    Shapes: (N, C) to (N, C + 1), or (N, C, H, W) to (N, C + 1, H, W).

    Source: Karras et al. 2018, arXiv 1710.10196, section 3.
    """

    def forward(self, features: Tensor) -> Tensor:
        """Features with the deviation as their last channel."""
        deviation = (features.var(0, correction=0) + 1e-8).sqrt().mean()
        return torch.cat([features, deviation.expand_as(features[:, :1])], 1)


def before_last_layer(discriminator: nn.Module, layer: nn.Module) -> nn.Module:
    """The same discriminator with ``layer`` between its features (N, feature_dim) and a new last layer.

    ``discriminator`` is one of ``ganlib.models``: a ``net`` whose last two parts are a layer to one number and the
    flattening to (N,). It is changed in place and returned; optimizers are made afterwards.
    """
    body = [*discriminator.net[:-2], nn.Flatten(), layer]
    with torch.no_grad():
        probe = layer(next(discriminator.parameters()).new_zeros(2, discriminator.feature_dim))
    discriminator.feature_dim = probe.shape[1]
    last = nn.Linear(discriminator.feature_dim, 1, device=probe.device, dtype=probe.dtype)
    discriminator.net = nn.Sequential(*body, last, nn.Flatten(0))
    return discriminator
