"""Small trainers on the ring of eight, for the tests of the loop and of resuming it."""

import torch

from ganlib.data import Batches, toys
from ganlib.gans import GAN
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer


def make(kind=GAN, seed=0, **settings):
    torch.manual_seed(seed)
    gan = kind(MLPGenerator(2, (2,), width=16, norm="batch"), MLPDiscriminator((2,), width=16))
    points = toys.ring().sample(512, torch.Generator().manual_seed(0))
    return Trainer(gan, Batches(points, 32), **settings)


def run(trainer, rounds):
    for _ in trainer.rounds(rounds):
        pass
    return trainer


def tensors(trainer):
    return [*trainer.gan.state_dict().values(), *(trainer.ema.state_dict().values() if trainer.ema else ())]


def assert_same(a, b):
    assert all(torch.equal(x, y) for x, y in zip(tensors(a), tensors(b), strict=True))
