"""What each paper trains with, and how settings become players and optimizers."""

import inspect
import re
from argparse import Namespace
from dataclasses import dataclass

from torch import nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

from ganlib import gans, losses
from ganlib.gans import GAN
from ganlib.models import DCGANDiscriminator, DCGANGenerator, MLPDiscriminator, MLPGenerator, UpsamplingGenerator

OPTIMIZERS = {"adam": Adam, "rmsprop": RMSprop, "sgd": SGD}
CONVOLUTIONAL = {"dcgan": DCGANGenerator, "upsampling": UpsamplingGenerator}
NETWORKS = ("mlp", *CONVOLUTIONAL)


@dataclass(frozen=True)
class Recipe:
    """How a paper trains: optimizer, learning rate of both players, D's updates for one of G's, convolutions' norms."""

    optimizer: str
    lr: float
    betas: tuple[float, float] | None
    n_critic: int
    norm_g: str
    norm_d: str


RECIPES: dict[type[GAN], Recipe] = {
    gans.GAN: Recipe("adam", 2e-4, (0.5, 0.999), 1, "batch", "batch"),  # DCGAN, arXiv 1511.06434, section 4
    gans.R1GAN: Recipe("rmsprop", 1e-4, None, 1, "batch", "none"),  # arXiv 1801.04406, section 6
    gans.WGAN: Recipe("rmsprop", 5e-5, None, 5, "batch", "batch"),  # arXiv 1701.07875, algorithm 1
    gans.WGANGP: Recipe("adam", 1e-4, (0.0, 0.9), 5, "batch", "layer"),  # arXiv 1704.00028, algorithm 1, section 4
}


def recipe(kind: type[GAN]) -> Recipe:
    """The recipe of a class; one without its own has that of the class that it is made from."""
    return next(RECIPES[base] for base in kind.__mro__ if base in RECIPES)


def plain(name: str) -> str:
    """A name without case and punctuation: WGAN-GP, wgan_gp and WGANGP are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def variants() -> dict[str, type[GAN]]:
    """The classes of ``ganlib.gans`` that two players are enough to make, by their plain names."""
    kinds = [kind for kind in vars(gans).values() if isinstance(kind, type) and issubclass(kind, GAN)]
    return {plain(kind.__name__): kind for kind in kinds if len(_required(kind)) == 2}


def _required(kind: type[GAN]) -> list[str]:
    parameters = inspect.signature(kind).parameters.values()
    return [parameter.name for parameter in parameters if parameter.default is parameter.empty]


def own_settings(kind: type[GAN]) -> dict[str, float | str]:
    """What else a class takes, with its defaults: ``penalty_weight``, for example. A loss goes by its name."""
    defaults = {name: parameter.default for name, parameter in inspect.signature(kind).parameters.items()}
    names = {pair: name for name, pair in losses.by_name.items()}
    own = {name: names.get(value, value) if name == "loss" else value for name, value in defaults.items()}
    return {name: value for name, value in own.items() if type(value) in (int, float, str)}


def network_settings(settings: Namespace, size: int | None) -> dict[str, int | str]:
    """The network, width, latent dimension and norms that go with pictures of ``size`` pixels, or points (None)."""
    network = settings.network or ("mlp" if size is None or size <= 16 else "dcgan")
    if network in CONVOLUTIONAL:
        paper = recipe(variants()[settings.name])
        return {"network": network, "width": 64, "latent_dim": 100, "norm_g": paper.norm_g, "norm_d": paper.norm_d}
    width, latent_dim = (128, 2) if size is None else (256, 64)
    return {"network": network, "width": width, "latent_dim": latent_dim, "norm_g": "none", "norm_d": "none"}


def build(settings: Namespace, shape: tuple[int, ...]) -> GAN:
    """The GAN of the settings for samples of ``shape``.

    Raises: ValueError for a DCGAN on points, or for what the networks or the class refuse.
    """
    kind = variants()[settings.name]
    own = {name: getattr(settings, name) for name in own_settings(kind)}
    if "loss" in own:
        own["loss"] = losses.by_name[own["loss"]]
    generator, arguments = generator_of(settings, shape)
    return kind(generator(**arguments), _discriminator(settings, shape), **own)


def generator_of(settings: Namespace, shape: tuple[int, ...]) -> tuple[type[nn.Module], dict]:
    """The generator's class for samples of ``shape``, and the arguments that make it.

    Raises: ValueError for a convolutional network on points.
    """
    arguments = {"latent_dim": settings.latent_dim, "width": settings.width, "norm": settings.norm_g}
    if settings.network == "mlp":
        return MLPGenerator, {"shape": shape} | arguments
    if len(shape) != 3:
        raise ValueError(f"network = {settings.network} on {settings.data}, expected mlp: points have no pixels")
    return CONVOLUTIONAL[settings.network], {"size": shape[2], "channels": shape[0]} | arguments


def _discriminator(settings: Namespace, shape: tuple[int, ...]) -> nn.Module:
    if settings.network == "mlp":
        return MLPDiscriminator(shape, settings.width, norm=settings.norm_d)
    return DCGANDiscriminator(shape[2], shape[0], settings.width, settings.norm_d)


def optimizers(settings: Namespace, gan: GAN) -> dict[str, Optimizer]:
    """The optimizers of both players, as ``Trainer`` takes them."""
    more = {"betas": tuple(settings.betas), "fused": True} if settings.optimizer == "adam" else {}
    kind = OPTIMIZERS[settings.optimizer]
    return {
        "optimizer_d": kind(gan.discriminator.parameters(), settings.lr_d, **more),
        "optimizer_g": kind(gan.generator.parameters(), settings.lr_g, **more),
    }
