"""Generators that come with the course, trained and ready to sample from."""

import json
from pathlib import Path

import torch
from torch import Tensor, nn

from ganlib import checkpoints
from ganlib.files import replacing
from ganlib.models.captioned import CaptionedGenerator
from ganlib.models.dcgan import DCGANGenerator
from ganlib.models.mlp import MLPGenerator
from ganlib.models.repainting import RepaintingTranslator
from ganlib.models.translators import AttributeTranslator, ResidualTranslator
from ganlib.models.unet import UNet
from ganlib.models.upsampling import UpsamplingGenerator
from ganlib.runtime import ASSETS

FOLDER = ASSETS / "generators"
KINDS = {
    kind.__name__: kind
    for kind in (
        AttributeTranslator,
        CaptionedGenerator,
        DCGANGenerator,
        MLPGenerator,
        RepaintingTranslator,
        ResidualTranslator,
        UNet,
        UpsamplingGenerator,
    )
}


def pretrained(name: str, map_location: torch.device | str = "cpu") -> nn.Module:
    """The generator called ``name`` (``avatars``, ``digits``), frozen and in evaluation mode on ``map_location``.

    Its weights are stored in half precision and computed with in float32. How it was made stands in
    ``assets/generators/NAME.json``.

    Raises: ValueError for another name.
    """
    known = sorted(path.stem for path in FOLDER.glob("*.pt"))
    if name not in known:
        raise ValueError(f"name = {name!r}, expected one of {', '.join(known)}")
    stored = checkpoints.load(FOLDER / f"{name}.pt")
    with torch.device("meta"):  # no initial weights: drawing them would move the global random state
        generator = KINDS[stored["kind"]](**stored["arguments"])
    generator.load_state_dict({key: _full(value) for key, value in stored["state"].items()}, assign=True)
    return generator.to(map_location).eval().requires_grad_(False)


def store(generator: nn.Module, arguments: dict, made: dict, path: str | Path) -> None:
    """Write a generator in half precision to ``path``, and ``made``, how it was made, beside it as JSON.

    ``arguments`` are those that its class is made with; the class must be one of ``KINDS``.

    Raises: TypeError for a generator of another class, which could not be read back.
    """
    kind = type(generator).__name__
    if kind not in KINDS:
        raise TypeError(f"generator is a {kind}, expected one of {', '.join(KINDS)}")
    state = {key: value.half() if value.is_floating_point() else value for key, value in generator.state_dict().items()}
    path = checkpoints.save({"kind": kind, "arguments": arguments, "state": state}, path)
    with replacing(path.with_suffix(".json")) as file:
        file.write((json.dumps(made, indent=2) + "\n").encode())


def _full(value: Tensor) -> Tensor:
    return value.float() if value.dtype == torch.float16 else value
