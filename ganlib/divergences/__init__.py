"""How far two distributions are apart: by closed form, quadrature, samples and linear program. All in float64, in nats.

Import this as ``from ganlib import divergences``. What PyTorch and SciPy have is used as it is:
``torch.distributions.kl_divergence`` is the closed form of KL for Normal, MultivariateNormal and Uniform, and
``scipy.stats.wasserstein_distance`` is W1 of weighted samples in one dimension.
"""

from ganlib.divergences.closed_forms import (
    Divergences,
    gaussian_w2,
    normal_w1,
    parallel_lines,
    uniform_divergences,
)
from ganlib.divergences.game import (
    Estimate,
    js_estimate,
    optimal_discriminator,
    optimal_value,
    value,
    value_estimate,
)
from ganlib.divergences.quadrature import js, kl, reverse_kl, total_variation, w1
from ganlib.divergences.transport import Transport, lipschitz_critic, optimal_transport, sorted_w1

__all__ = [
    "Divergences",
    "Estimate",
    "Transport",
    "gaussian_w2",
    "js",
    "js_estimate",
    "kl",
    "lipschitz_critic",
    "normal_w1",
    "optimal_discriminator",
    "optimal_transport",
    "optimal_value",
    "parallel_lines",
    "reverse_kl",
    "sorted_w1",
    "total_variation",
    "uniform_divergences",
    "value",
    "value_estimate",
    "w1",
]
