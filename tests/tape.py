"""A stand-in for CUDA graphs on the CPU: it records operations and does them again in the same memory."""

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


class Tape(TorchDispatchMode):
    """Records each operation below autograd, with the tensors that it reads and writes; ``replay`` does them again.

    As with a CUDA graph, nothing but these operations happens in a replay: no Python, no new memory.
    """

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        self.calls.append((func, args, kwargs, out))
        return out

    @torch.no_grad()
    def replay(self):
        for func, args, kwargs, out in self.calls:
            again = func(*args, **kwargs)
            for mine, new in zip(leaves(out), leaves(again), strict=True):
                if new.data_ptr() != mine.data_ptr():
                    mine.copy_(new)


def leaves(value):
    if isinstance(value, Tensor):
        return [value]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list | tuple) else []


def recorder(gan):
    """``record`` for a GAN on the CPU. Recording does nothing on a GPU, so here all that it did is undone."""

    def record(work, device):
        before, random = {name: value.clone() for name, value in gan.state_dict().items()}, torch.get_rng_state()
        with Tape() as tape:
            result = work()
        with torch.no_grad():
            for name, value in gan.state_dict().items():
                value.copy_(before[name])
        torch.set_rng_state(random)
        for term in result.values():
            term.fill_(torch.nan)  # a graph's results mean nothing before its first replay
        return result, tape.replay

    return record
