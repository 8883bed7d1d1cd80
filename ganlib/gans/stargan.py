"""One generator for many domains: change the attributes of a picture and leave the rest."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ganlib import losses
from ganlib.gans.cyclegan import distance
from ganlib.gans.unconditional import GAN, Terms
from ganlib.losses import AdversarialLoss, full


class StarGAN(GAN):
    """One generator G(x, c) turns a picture x into one with the attributes c, whatever it shows.

    ``x`` are pictures, ``y`` (N, A) the numbers of their A attributes. ``discriminator(x)`` returns its logits and, for
    each attribute, the logits (N, k) of its k values. With c the attributes of another picture of the batch, |.| the
    mean absolute difference of pixels, and -log p the cross-entropy, summed over the attributes,

    - D minimises adversarial + class_weight * E -log p(y | x): it learns to read attributes from real pictures,
    - G minimises adversarial + class_weight * E -log p(c | G(x, c)) + reconstruction_weight * E |G(G(x, c), y) - x|.

    No pair of pictures is needed: the way back is the same generator, asked for the attributes that were there.

    Raises: ValueError for a negative weight.

    Source: Choi et al. 2018, arXiv 1711.09020, eq. 1 to 6 (weights 1 and 10).
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        class_weight: float = 1.0,
        reconstruction_weight: float = 10.0,
    ):
        super().__init__(generator, discriminator, loss)
        if not min(class_weight, reconstruction_weight) >= 0:
            weights = f"class_weight = {class_weight} and reconstruction_weight = {reconstruction_weight}"
            raise ValueError(f"{weights}, expected numbers from 0 on, such as 1 and 10")
        self.class_weight, self.reconstruction_weight = class_weight, reconstruction_weight

    def fakes(self, x: Tensor, y: Tensor) -> Tensor:
        """Pictures ``x`` turned into ones with attributes ``y``."""
        return self.generator(x, y)

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits, without what it reads."""
        return self.discriminator(x)[0]

    def targets(self, y: Tensor) -> Tensor:
        """The attributes of the batch in random order: what each picture is turned into."""
        return y[torch.rand(len(y), device=y.device).argsort()]

    def discriminator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The adversarial term, and the cross-entropy of the attributes on the real pictures."""
        return self._judged(x, y, self._turned(x, y))

    def _turned(self, x: Tensor, y: Tensor) -> Tensor:
        """Fakes without a gradient."""
        with torch.no_grad():
            return self.fakes(x, self.targets(y))

    def _judged(self, x: Tensor, y: Tensor, fake: Tensor) -> Terms:
        """D's two terms on real pictures ``x`` that show ``y``, and on fakes."""
        logits, read = self.discriminator(x)
        adversarial = self.loss.discriminator(logits, self.logits(fake))
        return {"adversarial": adversarial, "class": self.class_weight * attribute_loss(read, y)}

    def generator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The three terms; a reconstruction of weight 0 is left out."""
        targets = self.targets(y)
        fake = self.fakes(x, targets)
        logits, read = self.discriminator(fake)
        terms = {"adversarial": self.loss.generator(logits), "class": self.class_weight * attribute_loss(read, targets)}
        if self.reconstruction_weight:
            terms["reconstruction"] = self.reconstruction_weight * distance(self.fakes(fake, y), x)
        return terms


class StarGANGP(StarGAN):
    """StarGAN with the Wasserstein loss and gradient penalty, which the paper trains with.

    D minimises E f(fake) - E f(x) + class_weight * E -log p(y | x) + penalty_weight * E (|grad f(x_hat)| - 1)^2, with f
    the mean of its logits of a picture.

    Source: Choi et al. 2018, arXiv 1711.09020, eq. 8 (penalty_weight 10). They train with Adam, learning rate 1e-4,
    betas (0.5, 0.999), batches of 16, five critic steps for each generator step.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        class_weight: float = 1.0,
        reconstruction_weight: float = 10.0,
        penalty_weight: float = 10.0,
    ):
        super().__init__(generator, discriminator, losses.wasserstein, class_weight, reconstruction_weight)
        self.penalty_weight = penalty_weight

    def discriminator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The two terms and the gradient penalty, on the same fakes."""
        fake = self._turned(x, y)
        penalty = losses.gradient_penalty(lambda x: full(self.logits(x)).reshape(len(x), -1).mean(1), x, fake)
        return self._judged(x, y, fake) | {"gradient_penalty": self.penalty_weight * penalty}


def attribute_loss(logits: tuple[Tensor, ...], y: Tensor) -> Tensor:
    """The cross-entropy of each attribute, averaged over the pictures and summed over the attributes; in nats.

    Shapes: one (N, k) for each of the A attributes, and y (N, A), numbers from 0 to k - 1; the result is 0-dimensional.

    Raises: ValueError when there are not as many logits as columns of ``y``.
    """
    if y.dim() != 2 or len(logits) != y.shape[1]:
        raise ValueError(f"y has shape {tuple(y.shape)}, expected (N, {len(logits)}): one column for each attribute")
    return sum(cross_entropy(full(read), column) for read, column in zip(logits, y.unbind(1), strict=True))
