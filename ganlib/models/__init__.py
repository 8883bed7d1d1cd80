"""Networks. A generator maps noise to samples and knows its ``latent_dim``; a discriminator maps samples to logits."""

from ganlib.models.captioned import CaptionedDiscriminator, CaptionedGenerator, TwoHeadedDiscriminator
from ganlib.models.conditional import (
    BlindDiscriminator,
    ConditionalDiscriminator,
    ConditionalGenerator,
    HeadedDiscriminator,
    PlanesDiscriminator,
    ProjectionDiscriminator,
)
from ganlib.models.conditions import Categories, Codes
from ganlib.models.dcgan import DCGANDiscriminator, DCGANGenerator
from ganlib.models.fooling import MomentsGenerator, ReplayGenerator
from ganlib.models.fourier import FourierFeatures
from ganlib.models.gaussian import LDA, QDA, NaiveBayes
from ganlib.models.layers import NORMS, dcgan_weights, he_weights, normalized
from ganlib.models.minibatch import MinibatchDeviation, MinibatchDiscrimination, before_last_layer
from ganlib.models.mlp import LeakyReLU, MLPDiscriminator, MLPGenerator, mlp
from ganlib.models.patch import PatchDiscriminator, receptive_field
from ganlib.models.repainting import RepaintingTranslator
from ganlib.models.skip import SkipGenerator
from ganlib.models.stored import pretrained
from ganlib.models.text import TextEncoder
from ganlib.models.translators import AttributeDiscriminator, AttributeTranslator, ResidualTranslator
from ganlib.models.unet import EncoderDecoder, UNet
from ganlib.models.upsampling import UpsampledConv2d, UpsamplingGenerator

__all__ = [
    "LDA",
    "NORMS",
    "QDA",
    "AttributeDiscriminator",
    "AttributeTranslator",
    "BlindDiscriminator",
    "CaptionedDiscriminator",
    "CaptionedGenerator",
    "Categories",
    "Codes",
    "ConditionalDiscriminator",
    "ConditionalGenerator",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "EncoderDecoder",
    "FourierFeatures",
    "HeadedDiscriminator",
    "LeakyReLU",
    "MLPDiscriminator",
    "MLPGenerator",
    "MinibatchDeviation",
    "MinibatchDiscrimination",
    "MomentsGenerator",
    "NaiveBayes",
    "PatchDiscriminator",
    "PlanesDiscriminator",
    "ProjectionDiscriminator",
    "RepaintingTranslator",
    "ReplayGenerator",
    "ResidualTranslator",
    "SkipGenerator",
    "TextEncoder",
    "TwoHeadedDiscriminator",
    "UNet",
    "UpsampledConv2d",
    "UpsamplingGenerator",
    "before_last_layer",
    "dcgan_weights",
    "he_weights",
    "mlp",
    "normalized",
    "pretrained",
    "receptive_field",
]
