"""Generators that come with the course, trained and ready to sample from."""

import torch
from torch import Tensor, nn

from ganlib import checkpoints
from ganlib.models.dcgan import DCGANGenerator
from ganlib.models.mlp import MLPGenerator
from ganlib.models.upsampling import UpsamplingGenerator
from ganlib.runtime import ASSETS

FOLDER = ASSETS / "generators"
KINDS = {kind.__name__: kind for kind in (DCGANGenerator, MLPGenerator, UpsamplingGenerator)}


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


def _full(value: Tensor) -> Tensor:
    return value.float() if value.dtype == torch.float16 else value
