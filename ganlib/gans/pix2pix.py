"""Picture to picture, learned from pairs."""

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from ganlib import losses
from ganlib.gans.unconditional import GAN, Terms
from ganlib.losses import AdversarialLoss, full


class Pix2Pix(GAN):
    """A GAN from source pictures to target pictures, trained on pairs: x are the sources, y their targets.

    The generator minimises -E log D(x, G(x)) + l1_weight * E |y - G(x)|, with |.| the mean absolute difference of
    pixels in [-1, 1]. The discriminator sees the source and a target, real or generated, as one picture with the
    channels of both, so that it also judges whether they belong together. There is no z: what noise there is, the
    generator makes itself, by dropout.

    Raises: ValueError when ``l1_weight`` is negative.

    Source: Isola et al. 2017, arXiv 1611.07004, eq. 4 (l1_weight is their lambda = 100). They train with Adam, learning
    rate 2e-4, betas (0.5, 0.999), batches of 1 to 10, and halve the discriminator's loss.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        loss: AdversarialLoss = losses.non_saturating,
        l1_weight: float = 100.0,
    ):
        super().__init__(generator, discriminator, loss)
        if not l1_weight >= 0:
            raise ValueError(f"l1_weight = {l1_weight}, expected a number from 0 on, such as 100")
        self.l1_weight = l1_weight

    def fakes(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The generated targets of the sources ``x``."""
        return self.generator(x)

    def logits(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits of sources ``x`` together with targets ``y``."""
        return self.discriminator(torch.cat([x, y], 1))

    def discriminator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """Half the loss of the pair of losses: true pairs against sources with their generated targets."""
        with torch.no_grad():
            fake = self.fakes(x)
        return {"adversarial": self.loss.discriminator(self.logits(x, y), self.logits(x, fake)) / 2}

    def generator_loss(self, x: Tensor, y: Tensor) -> Terms:
        """The adversarial term and the weighted distance to the true targets."""
        fake = self.fakes(x)
        l1 = l1_loss(full(fake), full(y))
        return {"adversarial": self.loss.generator(self.logits(x, fake)), "l1": self.l1_weight * l1}
