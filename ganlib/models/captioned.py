"""Players that read captions: conditional ones whose condition is a text."""

from torch import Tensor, nn

from ganlib.models.conditional import ConditionalGenerator, ProjectionDiscriminator
from ganlib.models.dcgan import DCGANDiscriminator
from ganlib.models.layers import he_weights
from ganlib.models.minibatch import before_last_layer
from ganlib.models.mlp import LeakyReLU
from ganlib.models.skip import SkipGenerator
from ganlib.models.text import TextEncoder


class CaptionedGenerator(ConditionalGenerator):
    """Noise z (N, latent_dim) and captions y (N, L) to images (N, channels, size, size) in [-1, 1].

    The caption's vector follows the noise, and a ``SkipGenerator`` makes the picture of both.

    Raises: ValueError when ``size`` is no power of two from 8 on.

    Source: Reed et al. 2016, arXiv 1605.05396, section 4.1.
    """

    def __init__(
        self,
        words: int,
        size: int = 32,
        channels: int = 3,
        latent_dim: int = 32,
        width: int = 16,
        text_dim: int = 32,
    ):
        generator = SkipGenerator(size, channels, latent_dim + text_dim, width)
        super().__init__(generator, TextEncoder(words, text_dim))


class CaptionedDiscriminator(ProjectionDiscriminator):
    """Images x (N, channels, size, size) and captions y (N, L) to logits (N,).

    A ``DCGANDiscriminator`` with one more layer, whose ``features`` are compared with the caption's vector. Its weights
    are drawn by ``he_weights``: those of DCGAN make features so small at first that the caption is heard late.

    Raises: ValueError when ``size`` is no power of two from 8 on.

    Source: Miyato and Koyama 2018, arXiv 1802.05637, eq. 3. Reed et al. 2016, arXiv 1605.05396, section 4.1, join the
    caption's vector to the last feature map instead.
    """

    def __init__(
        self,
        words: int,
        size: int = 32,
        channels: int = 3,
        width: int = 16,
        norm: str = "none",
        text_dim: int = 32,
        features: int = 128,
    ):
        body = DCGANDiscriminator(size, channels, width, norm)
        body.net.apply(he_weights)
        layer = nn.Sequential(nn.Linear(body.feature_dim, features), LeakyReLU())
        super().__init__(before_last_layer(body, layer), TextEncoder(words, text_dim))


class TwoHeadedDiscriminator(CaptionedDiscriminator):
    """The same, but what it sees and what it compares stay apart: two logits, "is it real" and "does it match".

    Source: Zhang et al. 2017, arXiv 1710.10916, section 4.1, judge both with and without the caption.
    """

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, channels, size, size) and captions (N, L) to logits (N,) "real" and (N,) "match"."""
        features = self.discriminator.features(x)
        return self.discriminator.last(features), self.projection(features, y)
