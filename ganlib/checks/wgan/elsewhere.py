"""Does an answer make its tensors where its inputs are? Seen without a second device."""

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

FACTORIES = {
    "rand",
    "randn",
    "ones",
    "zeros",
    "full",
    "empty",
    "tensor",
    "as_tensor",
    "from_numpy",
    "linspace",
    "randint",
}
MAY_MIX = {"to", "type_as", "expand_as", "view_as", "reshape_as"}


class MixedDevices(RuntimeError):
    """An operation met tensors on two devices."""


class Elsewhere(TorchFunctionMode):
    """Within the block a tensor made without ``device=`` is on the device ``meta``, which has shapes and no numbers.

    So the CPU plays the part of the GPU, and ``meta`` that of the CPU. Single numbers may go along with any device.

    Raises: MixedDevices when an operation meets both.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, getattr(func, "__name__", "")
        devices = {each.device for each in args if isinstance(each, Tensor) and each.dim() > 0}
        if len(devices) > 1 and name not in MAY_MIX:
            raise MixedDevices(f"{name} met tensors on {sorted(map(str, devices))}")
        made = func(*args, **kwargs)
        if name in FACTORIES and "device" not in kwargs and made.dim() > 0:
            return torch.empty_like(made, device="meta")
        return made
