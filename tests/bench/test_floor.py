"""The floor holds every convolution and matrix product of a step, and nothing else."""

from collections import Counter

import pytest
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode, flop_registry

from ganlib.bench.cases import DCGAN, WGAN_GP, Settings, picture_players, pictures, point_players, points
from ganlib.bench.floor import Products, floor
from ganlib.training import Trainer

CPU = torch.device("cpu")
SMALL = Settings(CPU, width=4, batch_size=8)
PRODUCTS = ("aten::convolution", "aten::convolution_backward", "aten::addmm", "aten::mm", "aten::bmm", "aten::baddbmm")


def convolutional(method):
    return method.trainer(Trainer, picture_players(method, 16, SMALL), pictures(16, SMALL))


TRAINERS = {
    "dcgan": lambda: convolutional(DCGAN),
    "wgan-gp": lambda: convolutional(WGAN_GP),
    "points": lambda: DCGAN.trainer(Trainer, point_players(SMALL), points(SMALL)),
}


def step(name):
    trainer = TRAINERS[name]()
    return lambda: next(trainer.rounds(1))


class Flops(TorchDispatchMode):
    """Counts as PyTorch's FlopCounterMode does, which itself stumbles over the penalty's ``autograd.grad``."""

    def __init__(self):
        super().__init__()
        self.counts = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        if func.overloadpacket in flop_registry:
            self.counts[str(func)] += flop_registry[func.overloadpacket](*args, **(kwargs or {}), out_val=out)
        return out


def flops(call):
    with Flops() as counter:
        call()
    return counter.counts


def kernels(call):
    """How often the profiler, which knows nothing of dispatch modes, sees each kind of product."""
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        call()
    counts = Counter(event.name for event in seen.events())
    return {name: counts[name] for name in PRODUCTS}


@pytest.mark.parametrize("name", TRAINERS)
def test_it_does_as_many_operations_as_the_step_by_kind(name):
    expected = flops(step(name))
    assert sum(expected.values()) > 0
    assert flops(floor(step(name), CPU)) == expected


@pytest.mark.parametrize("name", TRAINERS)
def test_it_calls_the_kernels_that_the_step_calls(name):
    expected = kernels(step(name))
    assert sum(expected.values()) > 0
    assert kernels(floor(step(name), CPU)) == expected


def test_flops_are_those_of_pytorch_s_own_counter():
    with FlopCounterMode(display=False) as counter:
        step("dcgan")()
    assert sum(flops(floor(step("dcgan"), CPU)).values()) == counter.get_total_flops()


def test_double_backward_is_in_it():
    with_penalty, without = flops(floor(step("wgan-gp"), CPU)), flops(floor(step("dcgan"), CPU))
    assert sum(with_penalty.values()) > 5 * sum(without.values())


def test_nothing_else_is_in_it():
    trainer = convolutional(DCGAN)
    call = floor(lambda: next(trainer.rounds(1)), CPU)
    before = [p.clone() for p in trainer.gan.parameters()]
    random = torch.get_rng_state()
    call()
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.gan.parameters(), strict=True))
    assert torch.equal(random, torch.get_rng_state())


def test_stand_ins_have_shape_strides_and_dtype_of_the_tensors():
    x = torch.randn(2, 3, 8, 8, dtype=torch.float64).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(3, 4).double().T
    row = torch.randn(1, 4).double().expand(5, 4)  # strides of 0, as in the gradient of a mean
    with Products() as products:
        torch.nn.functional.conv2d(x, torch.randn(5, 3, 3, 3).double())
        row @ weight
    (_, convolution, _), (_, product, _) = products.calls
    for stand_in, tensor in ((convolution[0], x), (product[0], row), (product[1], weight)):
        assert stand_in is not tensor
        assert (stand_in.shape, stand_in.stride(), stand_in.dtype) == (tensor.shape, tensor.stride(), tensor.dtype)


def test_equal_tensors_share_a_stand_in():
    a = torch.randn(4, 4)
    with Products() as products:
        a @ a
        a @ torch.randn(4, 4)
    assert len({id(tensor) for _, args, _ in products.calls for tensor in args}) == 1
