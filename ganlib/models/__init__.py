"""Networks. A generator maps noise to samples and knows its ``latent_dim``; a discriminator maps samples to logits."""

from ganlib.models.dcgan import DCGANDiscriminator, DCGANGenerator
from ganlib.models.layers import NORMS, dcgan_weights, normalized
from ganlib.models.mlp import LeakyReLU, MLPDiscriminator, MLPGenerator, mlp

__all__ = [
    "NORMS",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "LeakyReLU",
    "MLPDiscriminator",
    "MLPGenerator",
    "dcgan_weights",
    "mlp",
    "normalized",
]
