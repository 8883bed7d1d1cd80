"""GANs whose generator is told what to draw, or learns by itself what could be told."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganlib import losses
from ganlib.gans.unconditional import GAN, Terms
from ganlib.losses import AdversarialLoss, full


class ConditionalGAN(GAN):
    """A GAN whose players are both told a condition y, such as the class of each sample.

    ``generator(z, y)`` makes samples for y, ``discriminator(x, y)`` judges whether x is real *and* belongs to y.
    Batches are pairs (x, y), and fakes are made for the conditions of the real batch. Each player minimises what it
    minimises in the plain game: the condition enters through samples and logits alone. So other losses need no line
    more than ``class ConditionalWGANGP(ConditionalGAN, WGANGP): pass``.

    Raises: ValueError in the losses when y is missing.

    Source: Mirza and Osindero 2014, arXiv 1411.1784, eq. 2.
    """

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """One generated sample for each condition in ``y``."""
        return self.generator(self.noise(len(x)), _given(y))

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of the pairs (x, y)."""
        return self.discriminator(x, _given(y))


def _given(y: Tensor | None) -> Tensor:
    if y is None:
        raise ValueError("y = None, expected a condition for each sample: batches (x, y)")
    return y


class ACGAN(ConditionalGAN):
    """Auxiliary classifier GAN: the discriminator is not told the class, it names it.

    ``discriminator(x)`` returns two things: logits (N,) of "real", and class logits (N, K), or (N, K, A) for conditions
    y (N, A) of A parts. With P(y | x) their softmax, both players minimise a class term beside their adversarial loss:

    - D: class_weight * -E log P(y | x), on real samples,
    - G: class_weight * -E log P(y | G(z, y)), on its own.

    So G wants fakes that are easy to classify, and nothing in the class term asks for variety inside a class. In the
    paper D's class term counts fakes too; then both players can agree on other names for the classes than the data's
    (``ganlib.studies.conditional_digits`` measures it), and so it is usually left out.

    Raises: ValueError when ``class_weight`` is negative.

    Source: Odena et al. 2016, arXiv 1610.09585, eq. 2 and 3. Gong et al. 2019, arXiv 1907.02690, on lost diversity.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        class_weight: float = 1.0,
    ):
        super().__init__(generator, discriminator, loss)
        if not class_weight >= 0:
            raise ValueError(f"class_weight = {class_weight}, expected 0 or a positive number")
        self.class_weight = class_weight

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of "real"; ``y`` is not used."""
        return self.discriminator(x)[0]

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term, and the class term on real samples."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        logits, classes = self.discriminator(x)
        adversarial = self.loss.discriminator(logits, self.logits(fake))
        return {"adversarial": adversarial, "class": self.class_weight * F.cross_entropy(full(classes), y)}

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term, and the class term on fakes."""
        logits, classes = self.discriminator(self.fakes(x, y))
        missed = F.cross_entropy(full(classes), y)
        return {"adversarial": self.loss.generator(logits), "class": self.class_weight * missed}


class InfoGAN(GAN):
    """A GAN that finds the conditions by itself: some inputs of G are codes that can be read off its samples.

    ``generator(z, c)`` gets noise z and codes c; ``generator.condition`` is their distribution (``models.Codes``).
    ``discriminator(x)`` returns logits (N,) of "real" and the parameters of Q(c | x), a guess at the codes that shares
    the discriminator's body. Both players minimise, beside their adversarial loss,

        category_weight * -E log Q(category | G(z, c)) + continuous_weight * -E log Q(continuous | G(z, c)),

    which raises a lower bound of the mutual information of codes and samples (``losses.information_bound``). No label
    is used; those in a batch (x, y) are passed over.

    Raises: ValueError when a weight is negative.

    Source: Chen et al. 2016, arXiv 1606.03657, eq. 5 and 6 (both weights are their lambda: 1 for categories, smaller
    for continuous codes, section 6).
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        category_weight: float = 1.0,
        continuous_weight: float = 0.1,
    ):
        super().__init__(generator, discriminator, loss)
        if not (category_weight >= 0 and continuous_weight >= 0):
            weights = f"category_weight = {category_weight} and continuous_weight = {continuous_weight}"
            raise ValueError(f"{weights}, expected 0 or positive numbers")
        self.category_weight, self.continuous_weight = category_weight, continuous_weight

    def coded(self, n: int) -> tuple[Tensor, Tensor]:
        """n generated samples and the codes (n, dim) that they were made with."""
        z = self.noise(n)
        codes = self.generator.condition.sample(n, like=z)
        return self.generator(z, codes), codes

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """As many samples as the real batch has, for codes drawn anew; ``y`` is not used."""
        return self.coded(len(x))[0]

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of "real"; ``y`` is not used."""
        return self.discriminator(x)[0]

    def _missed(self, codes: Tensor, guess: Tensor) -> Terms:
        category, continuous = self.generator.condition.log_likelihood(codes, full(guess))
        return {
            "category": self.category_weight * -category.mean(),
            "continuous": self.continuous_weight * -continuous.mean(),
        }

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term, and what Q misses of the fakes' codes."""
        with torch.no_grad():
            fake, codes = self.coded(len(x))
        logits, guess = self.discriminator(fake)
        return {"adversarial": self.loss.discriminator(self.logits(x), logits)} | self._missed(codes, guess)

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The adversarial term, and what Q misses of the codes."""
        fake, codes = self.coded(len(x))
        logits, guess = self.discriminator(fake)
        return {"adversarial": self.loss.generator(logits)} | self._missed(codes, guess)
