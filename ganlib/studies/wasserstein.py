"""DCGAN, WGAN and WGAN-GP on avatars under one budget: ``python -m ganlib.studies.wasserstein`` writes two tables.

``assets/studies/wasserstein.csv`` has a row for each training, ``wasserstein_curves.csv`` the losses and distances on
the way of the trainings with seed 0. All train the same generator on the same pictures in batches of 16, each with the
critic and the optimizer of its paper: once with the paper's learning rate, once with one that suits a small network and
a short run. The numbers of updates are such that all take about the same time on a CPU; the table says how long.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from statistics import fmean
from time import process_time

import torch
from scipy.stats import spearmanr
from torch import Tensor, nn
from torch.optim import Adam, Optimizer, RMSprop

from ganlib.data import Batches, avatars
from ganlib.gans import GAN, WGAN, WGANGP
from ganlib.metrics import AvatarScores, score_avatars
from ganlib.models import DCGANDiscriminator, DCGANGenerator
from ganlib.studies.command import command
from ganlib.studies.setup import Progress
from ganlib.studies.tables import Row, path_of, read, write
from ganlib.training import Trainer

SIZE, LATENT_DIM, WIDTH, BATCH = 32, 100, 16, 16
PICTURES, JUDGED, JUDGED_ON_THE_WAY = 8192, 2000, 500
MARKS = 16  # rows of a curve
CURVES = "wasserstein_curves"

adam = partial(Adam, fused=True)


@dataclass(frozen=True)
class Method:
    """How a GAN is trained: the critic's norm, both players' optimizer, critic steps, updates of the generator."""

    gan: Callable[[nn.Module, nn.Module], GAN]
    norm: str
    optimizer: Callable[..., Optimizer]
    n_critic: int
    updates: int

    def trainer(self, seed: int) -> Trainer:
        """The training at its start."""
        generator = DCGANGenerator(SIZE, 3, LATENT_DIM, WIDTH)
        critic = DCGANDiscriminator(SIZE, 3, WIDTH, self.norm)
        return Trainer(
            self.gan(generator, critic),
            Batches(pictures(), BATCH, seed=seed),
            optimizer_d=self.optimizer(critic.parameters()),
            optimizer_g=self.optimizer(generator.parameters()),
            n_critic=self.n_critic,
        )


def dcgan(lr: float) -> Method:
    """Radford et al. 2015, arXiv 1511.06434, section 4: lr is 2e-4."""
    return Method(GAN, "batch", partial(adam, lr=lr, betas=(0.5, 0.999)), n_critic=1, updates=1440)


def wgan(lr: float) -> Method:
    """Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1: lr is 5e-5, and weights are clipped to +-0.01."""
    return Method(WGAN, "instance", partial(RMSprop, lr=lr), n_critic=5, updates=400)


def wgan_gp(lr: float) -> Method:
    """Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1: lr is 1e-4, and the penalty's weight 10."""
    return Method(WGANGP, "instance", partial(adam, lr=lr, betas=(0.0, 0.9)), n_critic=5, updates=240)


VARIANTS: dict[str, Method] = {
    "DCGAN": dcgan(2e-4),
    "DCGAN, rate x 5": dcgan(1e-3),
    "WGAN": wgan(5e-5),
    "WGAN, rate x 10": wgan(5e-4),
    "WGAN-GP": wgan_gp(1e-4),
    "WGAN-GP, rate x 20": wgan_gp(2e-3),
}


@cache
def pictures() -> Tensor:
    """Flat avatars as bytes."""
    images, _ = avatars.avatars(PICTURES, SIZE)
    return images.add_(1).mul_(127.5).round_().to(torch.uint8)


def run(
    variant: str, seed: int, updates: int | None = None, progress: Progress = iter, curve: list[Row] | None = None
) -> Row:
    """One training and its row; the global random state stays as it is. About 25 s of CPU time with all updates.

    Columns: variant, seed, fid, readable, coverage (see ``AvatarScores``), updates (of the generator), seconds (of CPU,
    training alone). ``curve`` receives rows on the way: variant, seed, update, loss (of the critic without its penalty,
    averaged since the row before) and fid, of fewer samples.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    method = VARIANTS[variant]
    total = method.updates if updates is None else updates
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        trainer, seconds = method.trainer(seed), -process_time()
        losses: list[Tensor] = []
        for done in progress(trainer.rounds(total)):
            losses.append(done.discriminator["adversarial"])
            if curve is not None and done.number * MARKS // total > (done.number - 1) * MARKS // total:
                seconds += process_time()
                loss, fid = fmean(map(float, losses)), scores(trainer, JUDGED_ON_THE_WAY).fid
                curve.append({"variant": variant, "seed": seed, "update": done.number, "loss": loss, "fid": fid})
                losses.clear()
                seconds -= process_time()
    seconds += process_time()
    judged = scores(trainer, JUDGED)
    measured = {"fid": judged.fid, "readable": judged.readable, "coverage": judged.coverage}
    return {"variant": variant, "seed": seed, **measured, "updates": total, "seconds": round(seconds, 1)}


def scores(trainer: Trainer, n: int) -> AvatarScores:
    """The scores of n samples for noise that is always the same."""
    noise = torch.randn(n, LATENT_DIM, generator=torch.Generator().manual_seed(0))
    return score_avatars(torch.cat([trainer.sample(z) for z in noise.split(250)]))


def correlations(curves: Iterable[Row]) -> dict[str, float]:
    """For each variant, Spearman's rank correlation of -loss and distance along its curve, without the first row.

    For a critic -loss is its estimate of the Wasserstein distance: 1 where it falls whenever the pictures get better.
    """
    by_variant: dict[str, list[Row]] = {}
    for row in curves:
        by_variant.setdefault(row["variant"], []).append(row)
    return {
        variant: float(spearmanr([-row["loss"] for row in rows[1:]], [row["fid"] for row in rows[1:]]).statistic)
        for variant, rows in by_variant.items()
    }


def run_with_curve(variant: str, seed: int) -> Row:
    """``run``; the curve of seed 0 takes its place in the table of curves."""
    if seed != 0:
        return run(variant, seed)
    curve: list[Row] = []
    row = run(variant, seed, curve=curve)
    earlier = read(CURVES) if path_of(CURVES).is_file() else []
    write([line for line in earlier if line["variant"] != variant] + curve, path_of(CURVES))
    return row


if __name__ == "__main__":
    command("wasserstein", VARIANTS, run_with_curve)
    for variant, value in correlations(read(CURVES)).items():
        print(f"{variant}: rank correlation of -loss and distance {value:.2f}")
