"""Small runs of the laboratory, and players with state of their own, for its tests."""

import torch
from torch.nn.functional import softplus

from ganlib.gans import GAN
from ganlib.models import MLPGenerator
from ganlib.viz.ganlab.settings import Settings

SMALL = {"width_g": 8, "width_d": 8, "layers_g": 1, "layers_d": 1, "batch": 16}


def small(**settings):
    return Settings(**SMALL | settings)


def flat(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def state(run):
    return flat(run.gan)


def after(run, n):
    for _ in range(n):
        run.iterate()
    return state(run)


class Normed(MLPGenerator):
    """A generator whose batch norm would notice every extra look."""

    def __init__(self):
        super().__init__(3, (2,), width=8, norm="batch")


class Dropped(torch.nn.Sequential):
    """A generator whose points depend on random numbers besides z."""

    latent_dim = 3

    def __init__(self):
        super().__init__(torch.nn.Linear(3, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 2))


class Own(GAN):
    """A reader's class without a pair of losses: relativistic, with noise on the fakes and a term of its own."""

    def __init__(self, generator, discriminator):
        super().__init__(generator, discriminator, None)

    def fakes(self, x, y=None):
        return super().fakes(x, y) + 0.01 * torch.randn_like(x)

    def discriminator_loss(self, x, y=None):
        apart = self.logits(self.fakes(x).detach()) - self.logits(x)
        return {"relative": softplus(apart).mean(), "drift": 1e-3 * apart.square().mean()}

    def generator_loss(self, x, y=None):
        return {"relative": softplus(self.logits(x) - self.logits(self.fakes(x))).mean()}


def dropping():
    return torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))
