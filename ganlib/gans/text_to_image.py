"""From a caption to a picture."""

import torch
from torch import Tensor

from ganlib.gans.conditional import ConditionalGAN
from ganlib.gans.unconditional import Terms


def mismatched(y: Tensor) -> Tensor:
    """Each picture gets its neighbour's condition: y moved on by one, the last to the first.

    In a shuffled batch pictures and these conditions are independent draws, p(x) p(y), as theory has it. A condition
    may fit its new picture by chance; for avatars' captions that tell each attribute with probability 0.8, one in
    99 does.

    Raises: ValueError for a single condition, which has no neighbour.
    """
    if len(y) < 2:
        raise ValueError(f"y holds {len(y)} conditions, expected at least 2: a mismatch needs a neighbour")
    return y.roll(1, 0)


def _both(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Each real sample twice, first with its own condition and then with a mismatching one.

    One batch of both is faster than two, and its statistics, should a discriminator norm by them, are those of x.
    """
    return torch.cat([x, x]), torch.cat([y, mismatched(y)])


class MatchingAwareGAN(ConditionalGAN):
    """GAN-CLS: the discriminator sees three kinds of pairs, so that a good picture with a wrong caption is bad, too.

    With h a caption of x and h' one of another picture it minimises
    -E log D(x, h) - [E log(1 - D(x, h')) + E log(1 - D(G(z, h), h))] / 2, or likewise with another pair of losses: the
    two kinds of wrong pairs make up one batch, half each.

    Source: Reed et al. 2016, arXiv 1605.05396, algorithm 1.
    """

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """What the discriminator minimises on images x and captions y that belong together; G gets no gradient."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        right, mismatch = self.logits(*_both(x, y)).chunk(2)
        wrong = torch.cat([mismatch, self.logits(fake, y)])
        return {"adversarial": self.loss.discriminator(right, wrong)}


class TwoHeadedGAN(MatchingAwareGAN):
    """GAN-CLS with two answers: "is it real", of the picture alone, and "does it match", of picture and caption.

    ``discriminator(x, y)`` gives the logits of both. "Real" compares real and generated pictures, whatever their
    captions; "match" compares the three kinds of pairs, as ``MatchingAwareGAN`` does. A generated picture shall please
    both heads.

    Source: Zhang et al. 2017, arXiv 1710.10916, eq. 4 to 6 (the two judgements, of two kinds of pairs).
    """

    def discriminator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The terms ``real`` and ``match``; G gets no gradient."""
        with torch.no_grad():
            fake = self.fakes(x, y)
        real, match = self.logits(*_both(x, y))
        fake_real, fake_match = self.logits(fake, y)
        right, mismatch = match.chunk(2)
        return {
            "real": self.loss.discriminator(real, fake_real),
            "match": self.loss.discriminator(right, torch.cat([mismatch, fake_match])),
        }

    def generator_loss(self, x: Tensor, y: Tensor | None = None) -> Terms:
        """The terms ``real`` and ``match`` of generated pictures for the captions y."""
        real, match = self.logits(self.fakes(x, y), y)
        return {"real": self.loss.generator(real), "match": self.loss.generator(match)}
