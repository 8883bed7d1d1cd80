"""How settings become players: a builder for each kind of data, and the networks that it can make."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from math import prod, sqrt

from torch import nn

from ganlib import losses
from ganlib.data import captions
from ganlib.gans import ACGAN, GAN, Judges, Translators, TwoHeadedGAN
from ganlib.models import (
    AttributeDiscriminator,
    AttributeTranslator,
    BlindDiscriminator,
    CaptionedDiscriminator,
    CaptionedGenerator,
    Categories,
    Codes,
    ConditionalDiscriminator,
    ConditionalGenerator,
    DCGANDiscriminator,
    DCGANGenerator,
    HeadedDiscriminator,
    LeakyReLU,
    MLPDiscriminator,
    MLPGenerator,
    PatchDiscriminator,
    PlanesDiscriminator,
    ProjectionDiscriminator,
    ResidualTranslator,
    TwoHeadedDiscriminator,
    UNet,
    UpsamplingGenerator,
    mlp,
)
from ganlib.train.recipes import own_settings, recipe, required, task_of, variants

CONVOLUTIONAL = {"dcgan": DCGANGenerator, "upsampling": UpsamplingGenerator}
NETWORKS = ("mlp", *CONVOLUTIONAL)
TOLD_BY = ("projection", "inputs", "blind")
OPTIONS = ("network", "width", "latent_dim", "norm_d", "norm_g", "told_by", "layers")
Settings, Shape = Namespace, tuple[int, ...]
Players = tuple[nn.Module, nn.Module]


def defaults(settings: Settings, size: int | None) -> dict[str, int | str]:
    """The options that the networks read, for pictures of ``size`` pixels, or points (None), with their defaults."""
    found = recipe(variants()[settings.name])
    if settings.data == "captions":
        return {"width": 32, "latent_dim": 32, "norm_d": "none"}
    if found.task in ("pairs", "domains"):
        return {"width": 64, "layers": 3 if size > 64 else 2}
    if found.task == "attributes":
        return {"width": 64}
    told = {"told_by": "projection"} if found.task == "labels" and not _is(settings, ACGAN) else {}
    network = settings.network or ("mlp" if size is None or size <= 16 else "dcgan")
    if network in CONVOLUTIONAL:
        norms = {"norm_g": found.norm_g, "norm_d": found.norm_d}
        return {"network": network, "width": 64, "latent_dim": 100} | norms | told
    width, latent_dim = (128, 2) if size is None else (256, 64)
    norm_g = "none" if found.task == "samples" else "batch"
    return {"network": network, "width": width, "latent_dim": latent_dim, "norm_g": norm_g, "norm_d": "none"} | told


def _is(settings: Settings, kind: type[GAN]) -> bool:
    return issubclass(variants()[settings.name], kind)


def build(settings: Settings, shape: Shape, counts: tuple[int, ...] = ()) -> GAN:
    """The GAN of the settings for samples of ``shape`` and conditions whose parts have so many values.

    Raises: ValueError for what the networks or the class refuse, such as a convolutional network on points.
    """
    kind = variants()[settings.name]
    own = {name: getattr(settings, name) for name in own_settings(kind)}
    if "loss" in own:
        own["loss"] = losses.by_name[own["loss"]]
    if "shape" in required(kind):
        own["shape"] = shape
    make = _captioned if settings.data == "captions" else PLAYERS[task_of(settings.name)]
    return kind(*make(settings, shape, counts), **own)


def generator_of(settings: Settings, shape: Shape) -> tuple[type[nn.Module], dict]:
    """The generator's class for samples of ``shape``, and the arguments that make it, where it is a single class.

    Raises: ValueError for a generator that is put together of several, and for a convolutional network on points.
    """
    task, width = task_of(settings.name), settings.width
    if settings.data == "captions":
        return CaptionedGenerator, {
            "words": len(captions.WORDS),
            "size": shape[2],
            "channels": shape[0],
            "latent_dim": settings.latent_dim,
            "width": width,
        }
    if task == "pairs":
        return UNet, {"size": shape[2], "channels_in": shape[0], "channels_out": shape[0], "width": width}
    if task != "samples":
        raise ValueError(f"the generator of {settings.name} is put together of several, expected one of a single class")
    return _from_noise(settings, shape)


def _from_noise(settings: Settings, shape: Shape, told: int = 0) -> tuple[type[nn.Module], dict]:
    """A generator from noise and ``told`` further numbers."""
    arguments = {"latent_dim": settings.latent_dim + told, "width": settings.width, "norm": settings.norm_g}
    if settings.network == "mlp":
        return MLPGenerator, {"shape": shape} | arguments
    if len(shape) != 3:
        raise ValueError(f"network = {settings.network} on {settings.data}, expected mlp: points have no pixels")
    return CONVOLUTIONAL[settings.network], {"size": shape[2], "channels": shape[0]} | arguments


def _discriminator(settings: Settings, shape: Shape) -> nn.Module:
    if settings.network == "mlp":
        return MLPDiscriminator(shape, settings.width, norm=settings.norm_d)
    return DCGANDiscriminator(shape[2], shape[0], settings.width, settings.norm_d)


def _told(settings: Settings, shape: Shape, condition: nn.Module, weight: float) -> ConditionalGenerator:
    kind, arguments = _from_noise(settings, shape, condition.dim)
    return ConditionalGenerator(kind(**arguments), condition, weight)


def _alone(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    kind, arguments = generator_of(settings, shape)
    return kind(**arguments), _discriminator(settings, shape)


def _labelled(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    """The discriminator names the class, or is told it in one of three ways."""
    condition = Categories(*counts)
    generator = _told(settings, shape, condition, weight=sqrt(settings.latent_dim))
    if _is(settings, ACGAN):
        if len(counts) > 1:
            raise ValueError(f"{settings.name} names one class, expected one of the {len(counts)} --attributes")
        judge = _discriminator(settings, shape)
        return generator, HeadedDiscriminator(judge, nn.Linear(judge.feature_dim, condition.dim))
    if settings.told_by == "inputs":
        return generator, _with_inputs(settings, shape, condition)
    kind = BlindDiscriminator if settings.told_by == "blind" else partial(ProjectionDiscriminator, condition=condition)
    return generator, kind(_discriminator(settings, shape))


def _with_inputs(settings: Settings, shape: Shape, condition: Categories) -> nn.Module:
    """The condition lies beside the sample: as numbers, or as planes of a picture."""
    if settings.network == "mlp":
        return ConditionalDiscriminator(_discriminator(settings, (prod(shape) + condition.dim,)), condition)
    return PlanesDiscriminator(_discriminator(settings, (shape[0] + condition.dim, *shape[1:])), condition)


def _coded(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    codes, judge = Codes(), _discriminator(settings, shape)
    head = mlp([judge.feature_dim, 128, codes.guess_dim], activation=LeakyReLU)
    return _told(settings, shape, codes, weight=1.0), HeadedDiscriminator(judge, head)


def _captioned(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    kind, arguments = generator_of(settings, shape)
    judge = TwoHeadedDiscriminator if _is(settings, TwoHeadedGAN) else CaptionedDiscriminator
    return kind(**arguments), judge(len(captions.WORDS), shape[2], shape[0], settings.width, settings.norm_d)


def _pairs(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    kind, arguments = generator_of(settings, shape)
    return kind(**arguments), PatchDiscriminator(2 * shape[0], settings.width, settings.layers)


def _domains(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    """Residual blocks as many as in the paper: 6, and 9 from 256 pixels on."""
    size, channels, width = shape[2], shape[0], settings.width
    blocks = 6 if size < 256 else 9
    there, back = (ResidualTranslator(size, channels, width, blocks) for _ in range(2))
    of_a, of_b = (PatchDiscriminator(channels, width, settings.layers, "instance") for _ in range(2))
    return Translators(there, back), Judges(of_a, of_b)


def _attributed(settings: Settings, shape: Shape, counts: tuple[int, ...]) -> Players:
    size, channels, width = shape[2], shape[0], settings.width
    return AttributeTranslator(counts, size, channels, width), AttributeDiscriminator(counts, size, channels, width)


PLAYERS: dict[str, Callable[[Settings, Shape, tuple[int, ...]], Players]] = {
    "samples": _alone,
    "labels": _labelled,
    "codes": _coded,
    "captions": _captioned,
    "pairs": _pairs,
    "domains": _domains,
    "attributes": _attributed,
}
