"""One short training that a variant may change before it starts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from time import process_time

import torch
from torch import Tensor, nn
from torch.optim import Adam

from ganlib.data.batches import Batches
from ganlib.data.digits import digits
from ganlib.gans import GAN
from ganlib.metrics import score_digits
from ganlib.models import DCGANDiscriminator, DCGANGenerator
from ganlib.studies.tables import Row
from ganlib.training import Round, Trainer

Progress = Callable[[Iterator[Round]], Iterable[Round]]
"""What watches a training: it is given the rounds and passes them on, as ``tqdm`` does."""


@dataclass
class Setup:
    """A training before it starts. A variant is a function that changes it in place.

    ``data`` are all real samples, ``gan`` puts the players together, ``updates`` is the number of updates of each
    player, and ``shown`` turns what the generator makes into samples to be judged.
    """

    generator: nn.Module
    discriminator: nn.Module
    data: Tensor
    updates: int
    batch_size: int = 32
    gan: Callable[[nn.Module, nn.Module], GAN] = GAN
    lr: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.999)
    decay: float | None = None
    shown: Callable[[Tensor], Tensor] = torch.clone

    def train(self, seed: int, progress: Progress) -> Trainer:
        """The trainer after all updates."""
        gan = self.gan(self.generator, self.discriminator)
        players = gan.discriminator, gan.generator
        d, g = (Adam(player.parameters(), self.lr, self.betas, fused=True) for player in players)
        data = Batches(self.data, self.batch_size, seed=seed)
        trainer = Trainer(gan, data, optimizer_d=d, optimizer_g=g, decay=self.decay)
        for _ in progress(trainer.rounds(self.updates)):
            pass
        return trainer


Change = Callable[[Setup], None]


@cache
def warm_up() -> None:
    """The first step of an optimizer loads parts of PyTorch, some seconds of CPU time that belong to no variant."""
    parameter = nn.Parameter(torch.zeros(1))
    parameter.square().backward()
    Adam([parameter], fused=True).step()


def timed(setup: Setup, seed: int, progress: Progress) -> tuple[Trainer, float]:
    """The trainer after all updates, and the seconds of CPU time that they took, to a tenth."""
    warm_up()
    start = process_time()
    trainer = setup.train(seed, progress)
    return trainer, round(process_time() - start, 1)


def spent(trainer: Trainer, updates: int, progress: Progress = iter) -> float:
    """Do so many rounds; return the seconds of CPU time that they took, to a tenth."""
    warm_up()
    start = process_time()
    for _ in progress(trainer.rounds(updates)):
        pass
    return round(process_time() - start, 1)


def as_it_is(setup: Setup) -> None:
    """The baseline: nothing is changed."""


SIZE, LATENT, WIDTH = 16, 32, 12


def dcgan(updates: int) -> Setup:
    """The paper's recipe on handwritten digits of 16 x 16 pixels, with small networks.

    The runs are short, so the learning rate is 0.001 in the place of the paper's 0.0002, and a batch has 32 samples in
    the place of 128.

    Source: Radford et al. 2015, arXiv 1511.06434, section 4: Adam with beta1 = 0.5, weights from N(0, 0.02^2).
    """
    players = DCGANGenerator(SIZE, 1, LATENT, WIDTH), DCGANDiscriminator(SIZE, 1, WIDTH)
    return Setup(*players, digits(SIZE)[0], updates, shown=lambda images: images.clamp(-1, 1))


def digits_samples(
    change: Change, seed: int, updates: int, progress: Progress = iter, n: int = 2000
) -> tuple[Tensor, float]:
    """Train a DCGAN on digits with one change: ``n`` samples (n, 1, 16, 16) in [-1, 1], and the seconds of CPU time.

    The samples are those of one fixed noise. The global random state stays as it is.
    """
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        setup = dcgan(updates)
        change(setup)
        trainer, seconds = timed(setup, seed, progress)
    noise = torch.randn(n, setup.generator.latent_dim, generator=torch.Generator().manual_seed(0))
    return setup.shown(trainer.sample(noise)), seconds


def digits_row(variant: str, change: Change, seed: int, updates: int, progress: Progress = iter) -> Row:
    """Train with one change and score the samples.

    Columns: variant, seed, fid, digits (read at least 1 % of the time), rarest (share of the rarest digit), updates,
    seconds (of CPU, training alone).
    """
    samples, seconds = digits_samples(change, seed, updates, progress)
    scores = score_digits(samples)
    measured = {"fid": scores.fid, "digits": scores.classes, "rarest": min(scores.shares)}
    return {"variant": variant, "seed": seed, **measured, "updates": updates, "seconds": seconds}
