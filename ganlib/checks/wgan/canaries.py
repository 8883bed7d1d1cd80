"""Wrong answers that a grader judges beside each submission: if one earns everything, the judge was tampered with.

Each is a slip that is found in another way: by values, by gradients, by what was written down, by a flag.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from ganlib import losses


class _CoupledCritic(nn.Module):
    """It has batch norm."""

    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        first = nn.Conv2d(channels, width, 4, stride=4)
        self.net = nn.Sequential(first, nn.BatchNorm2d(width), nn.Flatten(), nn.Linear(width * (size // 4) ** 2, 1))

    def forward(self, x):
        return self.net(x)


def _turned_round(real_scores, fake_scores):
    return real_scores.mean() - fake_scores.mean()


def _detached(fake_scores):
    return -fake_scores.detach().mean()


def _one_sided(critic, c=0.01):
    for weight in critic.parameters():
        weight.data.clamp_(max=c)


def _with_momentum(generator, critic, penalty):
    return [torch.optim.Adam(player.parameters(), 1e-4, betas=(0.5, 0.9)) for player in (generator, critic)]


def _without_graph(critic, real, fake):
    epsilon = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)
    x_hat = (epsilon * real + (1 - epsilon) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(x_hat).sum(), x_hat)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()


def _ten_times(critic, real, fake):
    return 10 * losses.gradient_penalty(critic, real, fake)


def _moves_both(generator, critic, optimizer_c, real, z, penalty_weight=10.0):
    fake = generator(z)
    optimizer_c.zero_grad()
    loss = losses.wasserstein.discriminator(critic(real), critic(fake))
    (loss + penalty_weight * losses.gradient_penalty(critic, real, fake)).backward()
    optimizer_c.step()


def _never_clears(generator, critic, optimizer_g, z):
    losses.wasserstein.generator(critic(generator(z))).backward()
    optimizer_g.step()


def _one_batch_a_round(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):
    for _ in range(generator_steps):
        real = next(iter(batches))
        for _ in range(n_critic):
            critic_step(real, noise(len(real)))
        generator_step(noise(len(real)))


_WRONG: Mapping[str, tuple[Callable, ...]] = {
    "Critic": (_CoupledCritic,),
    "critic_loss": (_turned_round,),
    "generator_loss": (_detached,),
    "clip_weights": (_one_sided,),
    "optimizers": (_with_momentum,),
    "gradient_penalty": (_without_graph, _ten_times),
    "critic_step": (_moves_both,),
    "generator_step": (_never_clears,),
    "training_loop": (_one_batch_a_round,),
}

CANARIES: dict[str, tuple[dict[str, Any], ...]] = {
    part: tuple({part: answer} for answer in answers) for part, answers in _WRONG.items()
}
"""For each part, namespaces with a wrong answer."""
