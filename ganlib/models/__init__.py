"""Networks. A generator maps noise to samples and knows its ``latent_dim``; a discriminator maps samples to logits."""

from ganlib.models.dcgan import DCGANDiscriminator, DCGANGenerator
from ganlib.models.gaussian import LDA, QDA, NaiveBayes
from ganlib.models.layers import NORMS, dcgan_weights, he_weights, normalized
from ganlib.models.mlp import LeakyReLU, MLPDiscriminator, MLPGenerator, mlp

__all__ = [
    "LDA",
    "NORMS",
    "QDA",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "LeakyReLU",
    "MLPDiscriminator",
    "MLPGenerator",
    "NaiveBayes",
    "dcgan_weights",
    "he_weights",
    "mlp",
    "normalized",
]
