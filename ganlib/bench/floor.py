"""The floor of a step: its convolutions and matrix products alone, as if all the rest took no time."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only
from torch.utils.flop_counter import flop_registry

from ganlib import acceleration


class Products(TorchDispatchMode):
    """Within the block each convolution and matrix product is noted, whoever asks for it.

    That is forward, backward and double backward: all operations for which PyTorch's flop counter has a formula. Each
    is noted with stand-ins for its tensors, of the same shape, strides, dtype and device.
    """

    def __init__(self):
        super().__init__()
        self.calls: list[tuple[Callable, tuple, dict]] = []
        self._stand_ins: dict[tuple, Tensor] = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func.overloadpacket in flop_registry:
            self.calls.append((func, *tree_map_only(Tensor, self._stand_in, (args, kwargs))))
        return func(*args, **kwargs)

    def _stand_in(self, x: Tensor) -> Tensor:
        """Random numbers laid out as ``x``: the same ones for all tensors like it, so a step fits in memory."""
        key = (*x.shape, x.stride(), x.dtype, x.device)
        if key not in self._stand_ins:
            extent = 1 + sum((n - 1) * stride for n, stride in zip(x.shape, x.stride(), strict=True))
            random = torch.empty(extent, dtype=x.dtype, device=x.device).uniform_(-1, 1)
            self._stand_ins[key] = random.as_strided(x.shape, x.stride())
        return self._stand_ins[key]

    @torch.no_grad()
    def run(self) -> None:
        """Do all that was noted, in the same order."""
        for func, args, kwargs in self.calls:
            func(*args, **kwargs)


def floor(step: Callable[[], object], device: torch.device) -> Callable[[], None]:
    """The products of ``step()``, which is done once to note them; on a GPU as one graph, without Python in between."""
    with Products() as products:
        step()
    if device.type != "cuda":
        return products.run
    with acceleration.tuned(), acceleration.beside(device):
        products.run()
    _, replay = acceleration.record(products.run, device)
    return replay
