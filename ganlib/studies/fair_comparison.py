"""Six GANs on digits under one budget: ``python -m ganlib.studies.fair_comparison`` writes ``fair_comparison.csv``.

All train one generator, DCGAN's, from the same initial weights on the same batches. A method changes what belongs to
it: the losses, how its discriminator is kept in bounds, the optimizer, and the discriminator's steps for each of the
generator's. Each gets the same processor time, in the form of a number of updates that was measured once, so that a row
can be had again. Its learning rate is the best of one grid with a seed that is not compared afterwards (``python -m
ganlib.studies.fair_tuning`` goes first).

Source: Lucic et al. 2017, arXiv 1711.10337, compare in this form: one architecture, one budget, several seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from statistics import fmean
from time import process_time

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer, RMSprop

from ganlib import losses, metrics
from ganlib.data import Batches, digits
from ganlib.gans import GAN, WGAN, WGANGP
from ganlib.models import DCGANDiscriminator, DCGANGenerator
from ganlib.studies.command import series
from ganlib.studies.setup import LATENT, SIZE, WIDTH, Progress, warm_up
from ganlib.studies.tables import Row, read
from ganlib.training import Trainer

BATCH = 32
BUDGETS = (1.25, 2.5, 5, 10)
"""Seconds of processor time after which a training is judged, on a quiet core of the machine that made the table."""
RATES = (3e-4, 1e-3, 3e-3)
SEEDS = range(8)
JUDGED = 6 * 360
"""Samples that are judged: six for each held-out digit."""


@dataclass(frozen=True)
class Method:
    """What belongs to a method, as in its paper. The whole budget pays for ``updates`` of the generator."""

    source: str
    gan: Callable[[nn.Module, nn.Module], GAN]
    norm: str
    optimizer: Callable[..., Optimizer]
    n_critic: int
    updates: int

    def trainer(self, seed: int, rate: float) -> Trainer:
        """The training at its start; both players have the same learning rate. Sets the global seed."""
        torch.manual_seed(seed)
        generator = DCGANGenerator(SIZE, 1, LATENT, WIDTH)
        critic = DCGANDiscriminator(SIZE, 1, WIDTH, self.norm)
        return Trainer(
            self.gan(generator, critic),
            Batches(digits(SIZE)[0], BATCH, seed=seed),
            optimizer_d=self.optimizer(critic.parameters(), lr=rate),
            optimizer_g=self.optimizer(generator.parameters(), lr=rate),
            n_critic=self.n_critic,
        )

    def updates_in(self, budget: float) -> int:
        """How many updates of the generator so many seconds pay for."""
        return round(self.updates * budget / BUDGETS[-1])


momentum, no_momentum = partial(Adam, betas=(0.5, 0.999), fused=True), partial(Adam, betas=(0.0, 0.9), fused=True)
least_squares, hinge = partial(GAN, loss=losses.least_squares), partial(GAN, loss=losses.hinge)

VARIANTS: dict[str, Method] = {
    "GAN": Method("Goodfellow et al. 2014, arXiv 1406.2661", GAN, "none", momentum, 1, 1360),
    "DCGAN": Method("Radford et al. 2015, arXiv 1511.06434", GAN, "batch", momentum, 1, 1200),
    "LSGAN": Method("Mao et al. 2016, arXiv 1611.04076", least_squares, "batch", momentum, 1, 1200),
    "hinge + SN": Method("Zhang et al. 2018, arXiv 1805.08318", hinge, "spectral", no_momentum, 1, 1040),
    "WGAN": Method("Arjovsky et al. 2017, arXiv 1701.07875", WGAN, "batch", RMSprop, 5, 400),
    "WGAN-GP": Method("Gulrajani et al. 2017, arXiv 1704.00028", WGANGP, "instance", no_momentum, 5, 216),
}


def rates() -> dict[str, float]:
    """The one of ``RATES`` with which each method ends at the smallest distance in the table ``fair_tuning``."""
    rows = sorted(read("fair_tuning"), key=lambda row: -row["fid"])
    return {row["method"]: row["rate"] for row in rows if row["budget"] == BUDGETS[-1] and row["rate"] in RATES}


def at(budget: float) -> list[Row]:
    """The rows of the recorded table for one of ``BUDGETS``: one for each method and seed.

    Raises: ValueError for another budget.
    """
    if budget not in BUDGETS:
        raise ValueError(f"budget = {budget}, expected one of {', '.join(map(str, BUDGETS))}")
    return [row for row in read("fair_comparison") if row["budget"] == budget]


def run(variant: str, seed: int, budget: float = BUDGETS[-1], progress: Progress = iter) -> list[Row]:
    """One training and its rows, one at each of ``BUDGETS`` up to ``budget``; the global random state stays as it is.

    A shorter budget gives the first rows of a longer one. Columns: variant, seed, those of ``training``.

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    rows = training(VARIANTS[variant], seed, rates()[variant], budget, progress)
    return [{"variant": variant, "seed": seed, **row} for row in rows]


def training(method: Method, seed: int, rate: float, budget: float, progress: Progress = iter) -> list[Row]:
    """Train with one learning rate and judge at each of ``BUDGETS`` up to ``budget``.

    Columns: rate, budget, updates (of the generator), seconds (of CPU time, training alone, as it was measured), and
    those of ``measures``.
    """
    marks = {method.updates_in(mark): mark for mark in BUDGETS if mark <= budget}
    rows: list[Row] = []
    warm_up()
    with torch.random.fork_rng([]):
        trainer, seconds = method.trainer(seed, rate), -process_time()
        for done in progress(trainer.rounds(max(marks))):
            if done.number in marks:
                seconds += process_time()
                facts = {"rate": rate, "budget": marks[done.number], "updates": done.number}
                rows.append(facts | {"seconds": round(seconds, 1)} | measures(samples(trainer)))
                seconds -= process_time()
    return rows


def samples(trainer: Trainer) -> Tensor:
    """Pictures (2160, 1, 16, 16) for noise that is always the same."""
    return trainer.sample(torch.randn(JUDGED, LATENT, generator=torch.Generator().manual_seed(0)))


@cache
def held_out() -> metrics.Features:
    """The digit classifier's features of the held-out digits."""
    return metrics.extract(digits(SIZE, "test")[0], "digits")


def measures(images: Tensor) -> Row:
    """What is measured, on the features of the digit classifier, against the held-out digits.

    Columns: fid, kid and kid_error (its standard error), inception_score, digits (read at least 1 % of the time), and
    precision, recall, density, coverage. These four need as many fakes as real samples: they are means over as many
    parts of so many fakes as there are.

    Raises: ValueError for fewer images than held-out digits, or as ``metrics.extract``.
    """
    real, fake = held_out().values, metrics.extract(images, "digits")
    if len(fake) < len(real):
        raise ValueError(f"images holds {len(fake)} pictures, expected at least {len(real)}")
    kid = metrics.kid(fake.values, real)
    shares = torch.bincount(fake.probabilities.argmax(1), minlength=10) / len(fake)
    parts = fake.values[: len(fake) // len(real) * len(real)].split(len(real))
    quality = [
        metrics.precision_recall(real, part)._asdict() | metrics.density_coverage(real, part)._asdict()
        for part in parts
    ]
    return {
        "fid": metrics.fid(fake.values, real),
        "kid": kid.value,
        "kid_error": kid.standard_error,
        "inception_score": metrics.inception_score(fake.probabilities).value,
        "digits": int((shares >= 0.01).sum()),
        **{name: fmean(one[name] for one in quality) for name in quality[0]},
    }


if __name__ == "__main__":
    series("fair_comparison", VARIANTS, run, seeds=SEEDS)
