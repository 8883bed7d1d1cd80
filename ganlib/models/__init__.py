"""Networks. A generator maps noise to samples and knows its ``latent_dim``; a discriminator maps samples to logits."""

from ganlib.models.dcgan import DCGANDiscriminator, DCGANGenerator
from ganlib.models.fourier import FourierFeatures
from ganlib.models.gaussian import LDA, QDA, NaiveBayes
from ganlib.models.layers import NORMS, dcgan_weights, he_weights, normalized
from ganlib.models.minibatch import MinibatchDeviation, MinibatchDiscrimination, before_last_layer
from ganlib.models.mlp import LeakyReLU, MLPDiscriminator, MLPGenerator, mlp
from ganlib.models.stored import pretrained
from ganlib.models.upsampling import UpsampledConv2d, UpsamplingGenerator

__all__ = [
    "LDA",
    "NORMS",
    "QDA",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "FourierFeatures",
    "LeakyReLU",
    "MLPDiscriminator",
    "MLPGenerator",
    "MinibatchDeviation",
    "MinibatchDiscrimination",
    "NaiveBayes",
    "UpsampledConv2d",
    "UpsamplingGenerator",
    "before_last_layer",
    "dcgan_weights",
    "he_weights",
    "mlp",
    "normalized",
    "pretrained",
]
