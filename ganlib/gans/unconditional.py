"""GANs without conditions: the first one, and those that change its loss, its penalty or what D sees."""

import torch
from torch import Tensor, nn

from ganlib import losses
from ganlib.losses import AdversarialLoss

Terms = dict[str, Tensor]
"""The named parts of a loss. The player minimises their sum."""


class GAN(nn.Module):
    """A generator and a discriminator with a pair of losses.

    ``generator`` maps noise z of shape (N, latent_dim) to samples and knows its ``latent_dim``. ``discriminator`` maps
    samples to logits, any shape that starts with N. ``loss`` is one of the pairs in ``ganlib.losses``.

    A variant overrides what it changes: how fakes are made (``fakes``), how a sample is judged (``logits``), or what a
    player minimises (``discriminator_loss``, ``generator_loss``).

    Source: Goodfellow et al. 2014, arXiv 1406.2661, algorithm 1.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, loss: AdversarialLoss = losses.non_saturating):
        super().__init__()
        self.generator, self.discriminator, self.loss = generator, discriminator, loss
        self.latent_dim = getattr(generator, "latent_dim", None)

    def noise(self, n: int) -> Tensor:
        """n latent vectors z ~ N(0, I) where the players are; shape (n, latent_dim)."""
        parameter = next(self.parameters())
        return torch.randn(n, self.latent_dim, device=parameter.device, dtype=parameter.dtype)

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """As many generated samples as the real batch ``x`` has. A conditional GAN makes them for the labels ``y``."""
        return self.generator(self.noise(len(x)))

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of samples ``x``. A conditional GAN judges them together with ``y``."""
        return self.discriminator(x)

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """What the discriminator minimises on the real batch ``x``, labels ``y``; G gets no gradient."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        return {"adversarial": self.loss.discriminator(self.logits(x, y), self.logits(fake, y))}

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """What the generator minimises; of the real batch ``x`` only the size is used."""
        return {"adversarial": self.loss.generator(self.logits(self.fakes(x, y), y))}

    def after_discriminator_step(self) -> None:
        """Called after each update of the discriminator: the place for constraints on its weights."""


class R1GAN(GAN):
    """A GAN whose discriminator also pays for steep slopes on real samples.

    Discriminator loss = adversarial + penalty_weight * E |grad D(x)|^2 / 2, with D the logit.

    Source: Mescheder et al. 2018, arXiv 1801.04406, eq. 9 (penalty_weight is their gamma).
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        penalty_weight: float = 1.0,
    ):
        super().__init__(generator, discriminator, loss)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term and the R1 penalty."""
        terms = super().discriminator_loss(x, y)
        penalty = losses.r1_penalty(lambda x: self.logits(x, y), x)
        return terms | {"r1_penalty": self.penalty_weight * penalty}


class WGAN(GAN):
    """Wasserstein GAN: a critic f instead of a discriminator, its weights clipped to [-clip, clip] after each step.

    The critic minimises E f(G(z)) - E f(x); the generator minimises -E f(G(z)). The paper trains with RMSProp, learning
    rate 5e-5, five critic steps for each generator step.

    Raises: ValueError when ``clip`` is not positive.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1 (clip c = 0.01).
    """

    def __init__(self, generator: nn.Module, critic: nn.Module, clip: float = 0.01):
        super().__init__(generator, critic, losses.wasserstein)
        if clip <= 0:
            raise ValueError(f"clip = {clip}, expected a positive number such as 0.01")
        self.clip = clip

    @torch.no_grad()
    def after_discriminator_step(self) -> None:
        """Clip every weight of the critic to [-clip, clip]."""
        for parameter in self.discriminator.parameters():
            parameter.clamp_(-self.clip, self.clip)


class WGANGP(GAN):
    """Wasserstein GAN with gradient penalty: the critic's slope is pulled to 1 between real and fake samples.

    Critic loss = E f(G(z)) - E f(x) + penalty_weight * E (|grad f(x_hat)| - 1)^2. The paper trains with Adam, learning
    rate 1e-4, betas (0, 0.9), five critic steps for each generator step, and no batch norm in the critic.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1 (penalty_weight is their lambda = 10).
    """

    def __init__(self, generator: nn.Module, critic: nn.Module, penalty_weight: float = 10.0):
        super().__init__(generator, critic, losses.wasserstein)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The critic's loss and the gradient penalty, on the same fakes."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        adversarial = self.loss.discriminator(self.logits(x, y), self.logits(fake, y))
        penalty = losses.gradient_penalty(lambda x: self.logits(x, y), x, fake)
        return {"adversarial": adversarial, "gradient_penalty": self.penalty_weight * penalty}


class FeatureMatchingGAN(GAN):
    """A GAN whose generator matches the averages of the discriminator's features, instead of fooling it.

    Generator loss = |E f(x) - E f(G(z))|^2, with f(x) what enters the discriminator's last layer:
    ``discriminator.features``. The discriminator minimises the first loss of the pair; the second is not used. Of
    several processes that train together, each matches the averages of its own share of the batch.

    Source: Salimans et al. 2016, arXiv 1606.03498, section 3.1.
    """

    def features(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's features of samples ``x``, (N, d). A conditional GAN asks for them together with ``y``.

        Raises: TypeError when the discriminator has none.
        """
        if not hasattr(self.discriminator, "features"):
            kind = type(self.discriminator).__name__
            raise TypeError(f"discriminator is a {kind} without features(x), expected one such as DCGANDiscriminator")
        return self.discriminator.features(x)

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The squared distance of the two mean features; the real batch ``x`` is a constant target."""
        with torch.no_grad():
            real = self.features(x, y)
        return {"feature_matching": losses.feature_matching(real, self.features(self.fakes(x, y), y))}


class InstanceNoiseGAN(GAN):
    """A GAN whose discriminator sees real and fake samples through the same noise, which fades away.

    It judges x + s e with e ~ N(0, I) and s = std * max(0, 1 - t / fade), t the discriminator's updates so far. Noise
    spreads both distributions, so that they overlap however thin their supports are.

    Raises: ValueError when ``std`` is negative or ``fade`` is not positive.

    Source: Sønderby et al. 2016, arXiv 1610.04490; Arjovsky and Bottou 2017, arXiv 1701.04862, section 3.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        std: float = 0.1,
        fade: int = 10_000,
    ):
        super().__init__(generator, discriminator, loss)
        if not std >= 0 or not fade > 0:
            raise ValueError(f"std = {std} and fade = {fade}, expected std >= 0 and a positive number of updates")
        self.std, self.fade = std, fade
        self.register_buffer("updates", torch.zeros((), dtype=torch.long))  # .to(bfloat16) would lose a float count

    def noise_std(self) -> Tensor:
        """The standard deviation s of the noise that is added now, in the units of the samples; 0-dimensional."""
        return self.std * (1 - self.updates / self.fade).clamp_min(0)

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of noisy samples; the noise is drawn anew at each call."""
        return super().logits(x + self.noise_std() * torch.randn_like(x), y)

    def after_discriminator_step(self) -> None:
        """Count the update."""
        self.updates += 1
