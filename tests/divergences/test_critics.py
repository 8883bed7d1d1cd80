"""What chapter 04 says of trained critics and of G's gradient at D*, held against exact transport and quadrature."""

from math import log

import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from torch.distributions import Normal
from torch.nn.functional import softplus
from torch.optim import SGD, Adam

from ganlib import divergences
from ganlib.data import toys
from ganlib.gans import WGAN
from ganlib.losses import gradient_penalty, minimax, non_saturating, wasserstein
from ganlib.metrics import gradient_norms
from ganlib.models import MLPDiscriminator, MLPGenerator, he_weights, mlp

X = torch.linspace(-11, 11, 881, dtype=torch.float64)


@pytest.fixture
def points():
    """128 real points on a ring, 128 fakes from a blot beside its middle, and W1 of the two sets."""
    own = torch.Generator().manual_seed(0)
    real = toys.ring(std=0.05).sample(128, own)
    fake = 0.5 * torch.randn(128, 2, generator=own) + torch.tensor([0.5, 0.0])
    cost = cdist(real, fake)
    return real, fake, cost[linear_sum_assignment(cost)].mean()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_critic_with_the_penalty_is_within_5_percent_of_w1(points, seed):
    real, fake, exact = points
    torch.manual_seed(seed)
    critic, steps = MLPDiscriminator((2,), width=128), 1000
    optimizer = Adam(critic.parameters(), lr=3e-3, betas=(0.0, 0.99), fused=True)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / steps)
        loss = wasserstein.discriminator(critic(real), critic(fake))
        loss = loss + 10 * gradient_penalty(critic, real[torch.randperm(128)], fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    claim = -wasserstein.discriminator(critic(real), critic(fake)).item()
    assert claim == pytest.approx(exact, rel=0.05)


def test_every_critic_divided_by_its_steepest_slope_claims_at_most_w1(points):
    real, fake, exact = points
    both = torch.cat([real, fake])
    distance = (both[:, None] - both).norm(dim=2).fill_diagonal_(torch.inf)
    claims = []
    for seed in range(20):
        torch.manual_seed(seed)
        with torch.no_grad():
            critic = MLPDiscriminator((2,), width=16)
            scores = critic(both)
            steepest = ((scores[:, None] - scores).abs() / distance).max()
            claims.append((scores[:128].mean() - scores[128:].mean()).abs().item() / steepest.item())
    assert max(claims) <= exact and max(claims) > 0.1 * exact


@pytest.mark.parametrize(("distance", "weight"), [(0.5, 10.0), (20.0, 10.0), (2.0, 100.0)])
def test_the_penalty_is_soft(distance, weight):
    """max_k k W - lambda (k - 1)^2 is at k = 1 + W / (2 lambda)."""
    k, real, fake = torch.zeros(1, requires_grad=True), torch.full((1, 1), distance), torch.zeros(1, 1)
    optimizer = SGD([k], lr=0.1 / weight)
    for _ in range(200):
        loss = wasserstein.discriminator(k * real, k * fake) + weight * gradient_penalty(lambda x: k * x, real, fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert k.item() == pytest.approx(1 + distance / (2 * weight), rel=1e-5)


@pytest.mark.parametrize(("clip", "low", "high"), [(0.01, 0.03, 0.08), (0.001, 0.003, 0.008)])
def test_a_clipped_critic_s_gradient_falls_geometrically_with_depth(clip, low, high):
    """Weights at +-c with random signs, half of the units active: a factor of about c sqrt(width / 2) a layer."""
    torch.manual_seed(0)
    toy, critic = toys.SwissRoll(), mlp([2, *[64] * 11, 1]).apply(he_weights)
    gan = WGAN(MLPGenerator(2, (2,), width=32), critic, clip)
    optimizer = Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9), fused=True)
    for _ in range(60):
        optimizer.zero_grad()
        gan.discriminator_loss(toy.sample(64))["adversarial"].backward()
        optimizer.step()
        gan.after_discriminator_step()
    growth = gradient_norms(critic, toy.sample(256), toy.sample(256) + torch.randn(256, 2)).growth()
    assert growth.r_squared > 0.98
    assert low < growth.factor < high


@pytest.mark.parametrize("theta", [0.5, 1.0, 2.0, 4.0])
def test_gradients_of_g_at_the_best_d(theta):
    """D* held fixed, G's minimax gradient is that of 2 JS, its non-saturating one that of KL(q || p) - 2 JS.

    Source: Arjovsky and Bottou 2017, arXiv 1701.04862, theorem 2.5.
    """
    moving = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    log_p, log_q = Normal(0.0, 0.5).log_prob(X), Normal(moving, 0.8).log_prob(X)
    logits, q = (log_p - log_q).detach(), (log_q + log(0.025)).exp()

    def slope(value):
        return torch.autograd.grad(value, moving, retain_graph=True)[0].item()

    js, reverse = slope(divergences.js(log_p, log_q, X)), slope(divergences.reverse_kl(log_p, log_q, X))
    assert slope((q * -softplus(logits)).sum()) == pytest.approx(2 * js, abs=1e-8)
    assert slope((q * softplus(-logits)).sum()) == pytest.approx(reverse - 2 * js, abs=1e-8)


def test_as_d_learns_g_s_gradient_vanishes_with_one_loss_and_grows_with_the_other():
    """Parallel lines, which no D confuses for long."""
    torch.manual_seed(0)
    theta, D = torch.tensor(2.0, requires_grad=True), MLPDiscriminator((2,), width=32)
    optimizer = Adam(D.parameters(), lr=1e-2, fused=True)

    def samples(at):
        return torch.stack([at.expand(64), torch.rand(64)], 1)

    def gradients():
        losses = (loss.generator(D(samples(theta))) for loss in (minimax, non_saturating))
        return torch.stack([torch.autograd.grad(loss, theta)[0].abs() for loss in losses])

    before = gradients()
    for _ in range(300):
        loss = minimax.discriminator(D(samples(torch.zeros(()))), D(samples(theta.detach())))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    saturating, strong = (gradients() / before).tolist()
    assert saturating < 0.01 and strong > 3
