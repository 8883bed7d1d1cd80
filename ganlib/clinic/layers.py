"""Players with other layers in the place of some."""

from collections.abc import Callable

import torch
from torch import nn

Replace = Callable[[nn.Module], nn.Module | None]
"""Returns what is to stand in a layer's place, or None where the layer may stay."""


def rebuilt(make: Callable[[], nn.Module], new: Replace) -> Callable[[], nn.Module] | None:
    """Makes the same player with other layers; None where all may stay."""
    with torch.random.fork_rng([]):
        found = any(new(layer) is not None for layer in make().modules())
    if not found:
        return None

    def remade() -> nn.Module:
        player = make()
        for part in list(player.modules()):
            for name, layer in part.named_children():
                other = new(layer)
                if other is not None:
                    setattr(part, name, other)
        return player

    return remade
