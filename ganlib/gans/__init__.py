"""One class for each paper. A class holds the players and says what each of them minimises, nothing else."""

from ganlib.gans.conditional import ACGAN, ConditionalGAN, InfoGAN
from ganlib.gans.cyclegan import CycleGAN, ImageBuffer, Judges, Translators
from ganlib.gans.pix2pix import Pix2Pix
from ganlib.gans.stargan import StarGAN, StarGANGP
from ganlib.gans.text_to_image import MatchingAwareGAN, TwoHeadedGAN, mismatched
from ganlib.gans.unconditional import GAN, R1GAN, WGAN, WGANGP, FeatureMatchingGAN, InstanceNoiseGAN, Terms

__all__ = [
    "ACGAN",
    "GAN",
    "R1GAN",
    "WGAN",
    "WGANGP",
    "ConditionalGAN",
    "CycleGAN",
    "FeatureMatchingGAN",
    "ImageBuffer",
    "InfoGAN",
    "InstanceNoiseGAN",
    "Judges",
    "MatchingAwareGAN",
    "Pix2Pix",
    "StarGAN",
    "StarGANGP",
    "Terms",
    "Translators",
    "TwoHeadedGAN",
    "mismatched",
]
