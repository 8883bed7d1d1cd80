"""The Fréchet distance: features, then their mean and covariance, then the distance of two Gaussians."""

import torch
from torch import Tensor


def gaussian_statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (d,) and unbiased covariance (d, d) of features (N, d), in float64 on the CPU.

    Raises: ValueError for another shape, fewer than two rows, or values that are not finite.
    """
    if features.dim() != 2 or len(features) < 2:
        raise ValueError(f"features has shape {tuple(features.shape)}, expected (N, d) with N at least 2")
    if not features.isfinite().all():
        raise ValueError("features holds NaN or infinity, expected finite numbers")
    features = features.detach().cpu().double()
    return features.mean(dim=0), torch.cov(features.T).reshape(features.shape[1], features.shape[1])


def frechet_distance(mean_a: Tensor, cov_a: Tensor, mean_b: Tensor, cov_b: Tensor) -> float:
    """|mean_a - mean_b|^2 + tr(cov_a + cov_b - 2 (cov_a cov_b)^(1/2)), the squared W2 distance of two Gaussians.

    W2 is the Wasserstein distance with squared Euclidean cost.
    With S = cov_a^(1/2), the trace of (cov_a cov_b)^(1/2) is the sum of the square roots of the eigenvalues of the
    symmetric matrix S cov_b S, so no square root of an unsymmetric matrix is needed.

    Shapes: means (d,), covariances (d, d), float64.

    Source: Dowson and Landau 1982, J. Multivariate Analysis 12; Heusel et al. 2017, arXiv 1706.08500, eq. 6.
    """
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp_min(0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov_b @ root).clamp_min(0).sqrt().sum()
    distance = (mean_a - mean_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * cross
    return max(distance.item(), 0.0)


def fid(features_a: Tensor, features_b: Tensor) -> float:
    """The Fréchet distance of two sets of features, (N, d) and (M, d), each summed up by a Gaussian. 0 is best.

    Called FID when the features are Inception's; with another network's features the numbers are on another scale and
    must not be compared. The estimate is biased upwards for small N and M.

    Raises: ValueError when the dimensions differ, or as ``gaussian_statistics``.

    Source: Heusel et al. 2017, arXiv 1706.08500, eq. 6.
    """
    if features_a.shape[1:] != features_b.shape[1:]:
        raise ValueError(
            f"features_a has shape {tuple(features_a.shape)} and features_b {tuple(features_b.shape)}, "
            "expected the same second dimension"
        )
    return frechet_distance(*gaussian_statistics(features_a), *gaussian_statistics(features_b))
