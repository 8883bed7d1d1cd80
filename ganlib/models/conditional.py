"""Players that are told something, made of players that are not."""

import torch
from torch import Tensor, nn


class ConditionalGenerator(nn.Module):
    """A generator whose noise is longer by what it is told: noise z and condition y to samples.

    ``generator`` is any generator, and ``condition`` says how y becomes numbers (``Categories``, ``Codes``): a module
    with a ``dim``. What enters ``generator`` is z followed by ``weight`` times the embedded condition, so
    ``latent_dim``, the length of z, is that of ``generator`` less ``dim``. With weight = sqrt(latent_dim) a one-hot
    vector is as long as z is on average: the first layer then hears both equally loud from the start.

    Raises: ValueError when no noise would be left.

    Source: Mirza and Osindero 2014, arXiv 1411.1784, section 3.2 (there z and y have a first layer each).
    """

    def __init__(self, generator: nn.Module, condition: nn.Module, weight: float = 1.0):
        super().__init__()
        self.generator, self.condition, self.weight = generator, condition, weight
        self.latent_dim = generator.latent_dim - condition.dim
        if self.latent_dim < 1:
            sizes = f"the generator's latent_dim = {generator.latent_dim}"
            raise ValueError(f"{sizes}, expected more than the {condition.dim} numbers of the condition")

    def embed(self, y: Tensor) -> Tensor:
        """Conditions y to numbers (N, dim)."""
        return self.condition(y)

    def from_embedding(self, z: Tensor, e: Tensor) -> Tensor:
        """Noise z (N, latent_dim) and embedded conditions e (N, dim) to samples: e may lie between two conditions."""
        return self.generator(torch.cat([z, self.weight * e.to(z.dtype)], 1))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """Noise z (N, latent_dim) and conditions y to samples."""
        return self.from_embedding(z, self.embed(y))


class ConditionalDiscriminator(nn.Module):
    """A discriminator that sees each sample with its condition beside it: all numbers of x, then those of y.

    Those of y are multiplied by the square root of how many x has. A one-hot vector is then as long as a picture whose
    pixels are -1 or 1, so that the first layer hears both equally loud from the start.

    ``discriminator`` is a fully connected one for samples of shape (numbers of x + condition.dim,).

    Source: Mirza and Osindero 2014, arXiv 1411.1784, section 3.2.
    """

    def __init__(self, discriminator: nn.Module, condition: nn.Module):
        super().__init__()
        self.discriminator, self.condition = discriminator, condition

    def joined(self, x: Tensor, e: Tensor) -> Tensor:
        """Samples x (N, ...) and embedded conditions e (N, dim) as one tensor (N, numbers of x + dim)."""
        x = x.flatten(1)
        return torch.cat([x, x.shape[1] ** 0.5 * e.to(x.dtype)], 1)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Samples x and conditions y to logits (N,)."""
        return self.discriminator(self.joined(x, self.condition(y)))

    def features(self, x: Tensor, y: Tensor) -> Tensor:
        """What enters the last layer, (N, feature_dim)."""
        return self.discriminator.features(self.joined(x, self.condition(y)))


class PlanesDiscriminator(ConditionalDiscriminator):
    """A convolutional discriminator that sees the condition at every pixel: each of its numbers is a plane of its own.

    ``discriminator`` is one for pictures with channels of x + condition.dim channels.

    Source: Reed et al. 2016, arXiv 1605.05396, section 4.1, repeats the condition in space so (deeper in the network).
    """

    def joined(self, x: Tensor, e: Tensor) -> Tensor:
        """Pictures x (N, C, H, W) and embedded conditions e (N, dim) to pictures (N, C + dim, H, W)."""
        planes = e.to(x.dtype)[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return torch.cat([x, planes], 1)


class BlindDiscriminator(nn.Module):
    """A discriminator in a conditional game that does not look at the condition: ``forward(x, y)`` = D(x)."""

    def __init__(self, discriminator: nn.Module):
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Samples to logits (N,); ``y`` is not used."""
        return self.discriminator(x)


class ProjectionDiscriminator(nn.Module):
    """A discriminator that compares the sample's features with a vector for each condition.

    logit = psi(phi(x)) + <V e(y), phi(x)>, with phi(x) the features of ``discriminator``, psi its last layer and e(y)
    the embedded condition: for one-hot e, row y of a table. The form follows from the logarithm of the ratio of two
    densities p(x, y) / q(x, y) when each p(y | x) is a softmax that is linear in the features.

    ``discriminator`` is any one with ``features``, ``feature_dim`` and ``last``.

    Source: Miyato and Koyama 2018, arXiv 1802.05637, eq. 3 to 5.
    """

    def __init__(self, discriminator: nn.Module, condition: nn.Module):
        super().__init__()
        self.discriminator, self.condition = discriminator, condition
        self.vectors = nn.Linear(condition.dim, discriminator.feature_dim, bias=False)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Samples x and conditions y to logits (N,)."""
        features = self.discriminator.features(x)
        return self.discriminator.last(features) + self.projection(features, y)

    def projection(self, features: Tensor, y: Tensor) -> Tensor:
        """<V e(y), features>: features (N, feature_dim) and conditions y to numbers (N,)."""
        return (self.vectors(self.condition(y).to(features.dtype)) * features).sum(1)


class HeadedDiscriminator(nn.Module):
    """A discriminator with a second answer from the same features: ``forward(x)`` = (logits, head(features)).

    ``head`` maps features (N, discriminator.feature_dim) to what is asked: class logits for ``gans.ACGAN``, such as
    ``nn.Linear(discriminator.feature_dim, 10)``, or a guess at the codes for ``gans.InfoGAN``. ``discriminator`` is any
    one with ``features``, ``feature_dim`` and ``last``.

    Source: Odena et al. 2016, arXiv 1610.09585, section 3; Chen et al. 2016, arXiv 1606.03657, section 6.
    """

    def __init__(self, discriminator: nn.Module, head: nn.Module):
        super().__init__()
        self.discriminator, self.head = discriminator, head

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Samples to logits (N,) of "real" and the head's answer."""
        features = self.discriminator.features(x)
        return self.discriminator.last(features), self.head(features)
