"""What is measured. A case is a line of the table: what it is, and contenders that do the same work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np
import torch
from torch import Tensor
from torch.optim import Adam

from ganlib import acceleration, metrics, viz
from ganlib.acceleration import FastTrainer
from ganlib.bench import baseline, published
from ganlib.bench.floor import floor
from ganlib.bench.measure import Contenders
from ganlib.data import Batches, toys
from ganlib.gans import GAN, WGANGP
from ganlib.models import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer
from ganlib.viz.figure_widget import SCALE
from ganlib.viz.style import DOTS_PER_INCH

SAMPLES = 1024  # of the data; how long a step takes does not depend on what they show
POINTS = 256  # in a batch of the plane


@dataclass(frozen=True)
class Settings:
    """Where to measure, and how large: ``width`` of the convolutional players, pictures in a batch."""

    device: torch.device
    width: int = 32
    batch_size: int = 64


@dataclass(frozen=True)
class Case:
    """A line of the table.

    ``contenders(settings)`` returns calls named "ours", and where there is such a thing, "plain" (a straightforward
    script) and "floor" (its products alone), and under their own names published packages, which get lines of their
    own below. ``samples(settings)`` says how many samples a call goes through; ``turns`` is the least number of turns.
    """

    what: str
    contenders: Callable[[Settings], Contenders]
    samples: Callable[[Settings], int] | None = None
    turns: int = 7


@dataclass(frozen=True)
class Method:
    """A way to train: the class of GAN, its paper's settings, and the same as a plain loop."""

    kind: type[GAN]
    plain: Callable[..., Iterator[None]]
    lr: float
    betas: tuple[float, float]
    n_critic: int
    norm: str

    def trainer(self, kind: type[Trainer], gan: GAN, data: Batches, **more) -> Trainer:
        """A trainer of this kind with the paper's settings."""
        adam = partial(Adam, lr=self.lr, betas=self.betas, fused=True)
        optimizer_d, optimizer_g = adam(gan.discriminator.parameters()), adam(gan.generator.parameters())
        return kind(gan, data, optimizer_d=optimizer_d, optimizer_g=optimizer_g, n_critic=self.n_critic, **more)


DCGAN = Method(GAN, baseline.gan, 2e-4, (0.5, 0.999), 1, "batch")
WGAN_GP = Method(WGANGP, baseline.wgan_gp, 1e-4, (0.0, 0.9), 5, "layer")


def picture_players(method: Method, size: int, settings: Settings) -> GAN:
    """A convolutional GAN for pictures of ``size``, the same at each call."""
    torch.manual_seed(0)
    generator = DCGANGenerator(size, width=settings.width)
    return method.kind(generator, DCGANDiscriminator(size, width=settings.width, norm=method.norm)).to(settings.device)


def pictures(size: int, settings: Settings) -> Batches:
    """Random pictures, kept as bytes."""
    random = torch.Generator().manual_seed(0)
    images = torch.randint(256, (SAMPLES, 3, size, size), dtype=torch.uint8, generator=random)
    return Batches(images.to(settings.device), settings.batch_size)


def point_players(settings: Settings) -> GAN:
    """A small GAN for points in the plane, the same at each call."""
    torch.manual_seed(0)
    return GAN(MLPGenerator(2, (2,), width=64), MLPDiscriminator((2,), width=64)).to(settings.device)


def points(settings: Settings) -> Batches:
    """Points on the ring of eight."""
    x = toys.ring().sample(SAMPLES, torch.Generator().manual_seed(0))
    return Batches(x.to(settings.device), POINTS)


def training(
    method: Method, players: Callable[..., GAN], data: Callable[..., Batches], settings: Settings
) -> Contenders:
    """One iteration: ``n_critic`` updates of D and one of G."""
    ours = method.trainer(FastTrainer, players(settings), data(settings))
    theirs, device = players(settings), settings.device
    plain = method.plain(theirs.generator, theirs.discriminator, data(settings), device, method.lr, method.betas)
    counted = method.trainer(Trainer, players(settings), data(settings), dtype=ours.dtype)
    if device.type == "cuda":
        acceleration.lay_out(counted.gan)
    products = floor(lambda: next(counted.rounds(1)), device)
    rounds = ours.rounds(10**9)
    return {"ours": lambda: next(rounds), "plain": lambda: next(plain), "floor": products}


def sampling(size: int, settings: Settings) -> Contenders:
    """A batch of pictures from the generator."""
    gan = picture_players(DCGAN, size, settings)
    trainer = Trainer(gan, pictures(size, settings))
    theirs = picture_players(DCGAN, size, settings).generator
    z = torch.randn(settings.batch_size, gan.latent_dim, device=settings.device)
    return {
        "ours": lambda: trainer.sample(z),
        "plain": lambda: baseline.sample(theirs, z),
        "floor": floor(lambda: trainer.sample(z), settings.device),
    }


def features(n: int, dimension: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Two sets whose variances fall as 1 / k, as those of a network's features do, more or less."""
    random = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, n, dimension, generator=random) * torch.arange(1, dimension + 1) ** -0.5
    return a.to(device), b.to(device)


def frechet(dimension: int, settings: Settings) -> Contenders:
    """The Fréchet distance of two sets of 2 * dimension features, from means and covariances."""
    both = features(2 * dimension, dimension, settings.device)
    statistics = [part for some in both for part in metrics.gaussian_statistics(some)]
    arrays = [part.cpu().numpy() for part in statistics]
    return {
        "ours": lambda: metrics.frechet_distance(*statistics),
        "plain": lambda: baseline.frechet_distance(*arrays),
    }


def frechet_published(dimension: int, settings: Settings) -> Contenders:
    """The same, and published packages too."""
    contenders = frechet(dimension, settings)
    both = features(2 * dimension, dimension, torch.device("cpu"))
    arrays = [part.numpy() for some in both for part in metrics.gaussian_statistics(some)]
    theirs = {name: partial(distance, *arrays) for name, distance in published.frechet_distances().items()}
    return contenders | theirs


def frechet_of_few(n: int, dimension: int, settings: Settings) -> Contenders:
    """The Fréchet distance of two sets of fewer features than they have dimensions, from the features."""
    a, b = features(n, dimension, settings.device)

    def by(distance: published.FrechetDistance) -> float:
        statistics = ((x.mean(axis=0), np.cov(x, rowvar=False)) for x in (a.cpu().numpy(), b.cpu().numpy()))
        return distance(*[part for each in statistics for part in each])

    theirs = {"plain": baseline.frechet_distance, **published.frechet_distances()}
    return {"ours": lambda: metrics.fid(a, b), **{name: partial(by, distance) for name, distance in theirs.items()}}


def kernel(n: int, dimension: int, settings: Settings) -> Contenders:
    """The kernel distance of two sets of n features."""
    a, b = features(n, dimension, settings.device)
    arrays = [x.cpu().double().numpy() for x in (a, b)]
    return {"ours": lambda: metrics.kid(a, b), "plain": lambda: baseline.kernel_distance(*arrays)}


def figure(settings: Settings) -> Contenders:
    """Three curves of 200 points that follow a slider: one frame as PNG, without its way to the browser."""
    x = np.linspace(0, 10, 200)

    def curves(phase: float) -> list[np.ndarray]:
        return [np.sin(x + number + phase) / (number + 1) for number in range(3)]

    def build(picture: viz.Picture) -> Callable:
        axes = picture.axes_of()
        lines = [axes.plot(x, y, label=f"curve {number}")[0] for number, y in enumerate(curves(0.0))]
        axes.set(xlabel="x", ylabel="y", ylim=(-1, 1), title="Curves that follow a slider")
        axes.legend(loc="upper right")

        def move(phase: float) -> list:
            for line, y in zip(lines, curves(phase), strict=True):
                line.set_ydata(y)
            return lines

        return move

    widget = viz.FigureWidget(6, 4, "Three curves.", build)
    frame, dpi = count(), DOTS_PER_INCH * SCALE
    return {
        "ours": lambda: widget.show(phase=0.1 * next(frame)),
        "plain": lambda: baseline.plot(x, curves(0.1 * next(frame)), dpi),
    }


def laboratory(settings: Settings) -> Contenders:
    """The GAN laboratory as it opens, trained for a few updates: one frame, without its way to the browser."""
    lab = viz.GANLab()
    lab.run(10)
    return {"ours": lab.draw}


def training_case(what: str, method: Method, size: int) -> Case:
    """The line of a method on pictures of ``size``."""
    return Case(
        f"{what} iteration, {size} px",
        partial(training, method, partial(picture_players, method, size), partial(pictures, size)),
        lambda settings: method.n_critic * settings.batch_size,
    )


CASES = {
    "dcgan-32": training_case("DCGAN", DCGAN, 32),
    "dcgan-64": training_case("DCGAN", DCGAN, 64),
    "wgan-gp-32": training_case("WGAN-GP", WGAN_GP, 32),
    "wgan-gp-64": training_case("WGAN-GP", WGAN_GP, 64),
    "points": Case("GAN iteration, points", partial(training, DCGAN, point_players, points), lambda settings: POINTS),
    "sampling-64": Case("sampling, 64 px", partial(sampling, 64), lambda settings: settings.batch_size),
    "frechet-512": Case("Fréchet distance, 512 features", partial(frechet, 512)),
    "frechet-2048": Case("Fréchet distance, 2048 features", partial(frechet_published, 2048), turns=3),
    "frechet-few": Case("Fréchet distance, 1000 x 2048", partial(frechet_of_few, 1000, 2048), turns=3),
    "kernel": Case("kernel distance, 500 x 2048", partial(kernel, 500, 2048)),
    "figure": Case("figure widget, one frame", figure),
    "laboratory": Case("laboratory, one frame", laboratory),
}
"""All lines by name, in the order of the table."""

SLOW = {"frechet-2048", "frechet-few"}  # measured on request only
