"""How many modes of a known mixture a generator found, and how well it hits them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganlib.data.toys import Gaussians


@dataclass(frozen=True)
class ModeCoverage:
    """Counts of one sample against a mixture of k Gaussians.

    - ``captured``: modes with at least one high-quality sample, out of ``total``.
    - ``high_quality``: the share of samples within 3 standard deviations of some center.
    - ``reverse_kl``: KL(q || p) in nats, q the share of samples nearest to each center and p the mixture's weights.
      0 is perfect; a generator with a single one of k equal modes scores log k.
    """

    captured: int
    total: int
    high_quality: float
    reverse_kl: float

    def __str__(self) -> str:
        return (
            f"{self.captured} of {self.total} modes, {self.high_quality:.0%} of the samples of high quality, "
            f"reverse KL {self.reverse_kl:.3f} nats"
        )


def mode_coverage(samples: Tensor, mixture: Gaussians) -> ModeCoverage:
    """Judge samples of shape (N, 2) by the centers, standard deviation and weights of ``mixture``.

    Raises: ValueError for another shape, no samples, or samples that are not finite.

    Source: Srivastava et al. 2017 (VEEGAN, arXiv 1705.07761, section 4.1) and Lin et al. 2017 (PacGAN, arXiv
    1712.04086, section 4.1) count modes and quality so; the reverse KL is PacGAN's.
    """
    if samples.dim() != 2 or samples.shape[1] != 2 or len(samples) == 0:
        raise ValueError(f"samples has shape {tuple(samples.shape)}, expected (N, 2) with N at least 1")
    if not samples.isfinite().all():
        raise ValueError("samples holds NaN or infinity; did the training diverge?")
    distance, nearest = torch.cdist(samples.detach().cpu().double(), mixture.centers.cpu().double()).min(dim=1)
    good = distance < 3 * mixture.std
    k = len(mixture.centers)
    share = torch.bincount(nearest, minlength=k).double() / len(samples)
    return ModeCoverage(
        captured=int(torch.bincount(nearest[good], minlength=k).count_nonzero()),
        total=k,
        high_quality=good.double().mean().item(),
        reverse_kl=(torch.xlogy(share, share) - torch.xlogy(share, mixture.weights.cpu().double())).sum().item(),
    )
