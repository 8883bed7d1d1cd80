"""What each paper trains with: on what kind of data, with which optimizers and rates."""

import inspect
import re
from argparse import Namespace
from dataclasses import dataclass, replace

from torch.optim import SGD, Adam, Optimizer, RMSprop

from ganlib import gans, losses
from ganlib.gans import GAN

OPTIMIZERS = {"adam": Adam, "rmsprop": RMSprop, "sgd": SGD}
MADE_HERE = ("shape",)  # what a class may need besides its players: the shape of a sample


@dataclass(frozen=True)
class Recipe:
    """How a paper trains: optimizer, learning rate of both players, D's updates for one of G's, convolutions' norms.

    ``task`` is the kind of data (see ``sources.TASKS``), ``batch_size`` that of pictures.
    """

    optimizer: str
    lr: float
    betas: tuple[float, float] | None
    n_critic: int
    norm_g: str
    norm_d: str
    task: str = "samples"
    batch_size: int = 64


_dcgan = Recipe("adam", 2e-4, (0.5, 0.999), 1, "batch", "batch")  # arXiv 1511.06434, section 4
_translation = replace(_dcgan, batch_size=8)  # the papers' 1 to 10, or 1, would leave a GPU idle

RECIPES: dict[type[GAN], Recipe] = {
    gans.GAN: _dcgan,
    gans.R1GAN: Recipe("rmsprop", 1e-4, None, 1, "batch", "none"),  # arXiv 1801.04406, section 6
    gans.WGAN: Recipe("rmsprop", 5e-5, None, 5, "batch", "batch"),  # arXiv 1701.07875, algorithm 1
    gans.WGANGP: Recipe("adam", 1e-4, (0.0, 0.9), 5, "batch", "layer"),  # arXiv 1704.00028, algorithm 1, section 4
    gans.ConditionalGAN: replace(_dcgan, norm_d="spectral", task="labels"),  # arXiv 1802.05637 norms D so
    gans.ACGAN: replace(_dcgan, task="labels"),  # arXiv 1610.09585, appendix A
    gans.InfoGAN: replace(_dcgan, task="codes"),  # arXiv 1606.03657, appendix C, where G's rate is 1e-3
    gans.MatchingAwareGAN: replace(_dcgan, norm_d="none", task="captions"),  # arXiv 1605.05396, 5
    gans.Pix2Pix: replace(_translation, task="pairs"),  # arXiv 1611.07004, section 3.3
    gans.CycleGAN: replace(_translation, task="domains"),  # arXiv 1703.10593, section 7.1
    gans.StarGAN: replace(_translation, task="attributes", batch_size=16),
    gans.StarGANGP: Recipe("adam", 1e-4, (0.5, 0.999), 5, "batch", "none", "attributes", 16),  # arXiv 1711.09020, 5
}


def recipe(kind: type[GAN]) -> Recipe:
    """The recipe of a class; one without its own has that of the class that it is made from."""
    return next(RECIPES[base] for base in kind.__mro__ if base in RECIPES)


def plain(name: str) -> str:
    """A name without case and punctuation: WGAN-GP, wgan_gp and WGANGP are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def variants() -> dict[str, type[GAN]]:
    """The classes of ``ganlib.gans`` that two players and the shape of a sample are enough to make, by plain names.

    A class comes after those that it is made from.
    """
    kinds = [kind for kind in vars(gans).values() if isinstance(kind, type) and issubclass(kind, GAN)]
    kinds.sort(key=lambda kind: len(kind.__mro__))
    return {plain(kind.__name__): kind for kind in kinds if set(required(kind)[2:]) <= set(MADE_HERE)}


def task_of(name: str) -> str:
    """The kind of data that the class with this plain name is trained on."""
    return recipe(variants()[name]).task


def required(kind: type[GAN]) -> list[str]:
    """What a class cannot be made without, the two players first."""
    parameters = inspect.signature(kind).parameters.values()
    return [parameter.name for parameter in parameters if parameter.default is parameter.empty]


def own_settings(kind: type[GAN]) -> dict[str, float | str]:
    """What else a class takes, with its defaults: ``penalty_weight``, for example. A loss goes by its name."""
    defaults = {name: parameter.default for name, parameter in inspect.signature(kind).parameters.items()}
    names = {pair: name for name, pair in losses.by_name.items()}
    own = {name: names.get(value, value) if name == "loss" else value for name, value in defaults.items()}
    return {name: value for name, value in own.items() if type(value) in (int, float, str)}


def optimizers(settings: Namespace, gan: GAN) -> dict[str, Optimizer]:
    """The optimizers of both players, as ``Trainer`` takes them."""
    more = {"betas": tuple(settings.betas), "fused": True} if settings.optimizer == "adam" else {}
    kind = OPTIMIZERS[settings.optimizer]
    return {
        "optimizer_d": kind(gan.discriminator.parameters(), settings.lr_d, **more),
        "optimizer_g": kind(gan.generator.parameters(), settings.lr_g, **more),
    }
