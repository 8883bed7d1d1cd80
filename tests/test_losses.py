"""Losses and penalties against closed forms."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from ganlib import losses


class Linear(nn.Module):
    """f(x) = slope * <u, x> with |u| = 1: the norm of its gradient is |slope| everywhere."""

    def __init__(self, shape, slope):
        super().__init__()
        direction = torch.arange(1.0, math.prod(shape) + 1).view(shape)
        self.register_buffer("direction", direction / direction.norm())
        self.slope = nn.Parameter(torch.tensor(float(slope)))

    def forward(self, x):
        return self.slope * (x * self.direction).flatten(1).sum(1)


def quadratic(x):
    """f(x) = |x|^2 / 2: the gradient at x is x, so each sample has a norm of its own."""
    return x.flatten(1).square().sum(1) / 2


LOGITS = torch.linspace(-3, 3, 7), torch.linspace(-2, 4, 7)
ONE, ZERO = torch.ones(7), torch.zeros(7)


def test_cross_entropy_pairs_agree_with_torch():
    real, fake = LOGITS
    expected = bce(real, ONE) + bce(fake, ZERO)
    for pair in (losses.minimax, losses.non_saturating):
        torch.testing.assert_close(pair.discriminator(real, fake), expected)
    torch.testing.assert_close(losses.minimax.generator(fake), -bce(fake, ZERO))
    torch.testing.assert_close(losses.non_saturating.generator(fake), bce(fake, ONE))


def test_only_minimax_is_zero_sum():
    """What G gains D loses: the parts that depend on G cancel for minimax, and for no other cross-entropy pair."""
    _, fake = LOGITS
    d_part = losses.minimax.discriminator(torch.full((7,), 50.0), fake)
    torch.testing.assert_close(losses.minimax.generator(fake), -d_part)
    assert not torch.allclose(losses.non_saturating.generator(fake), -d_part)


def test_every_loss_is_its_formula():
    """On random logits, each of the ten functions against the formula of its paper, written with D = sigmoid(logit)."""
    a, b = torch.randn(50).double(), torch.randn(50).double()
    real, fake = torch.sigmoid(a), torch.sigmoid(b)
    cross_entropy = -(real.log().mean() + (1 - fake).log().mean())
    formulas = {
        "minimax": (cross_entropy, (1 - fake).log().mean()),
        "non_saturating": (cross_entropy, -fake.log().mean()),
        "least_squares": (((a - 1) ** 2).mean() / 2 + (b**2).mean() / 2, ((b - 1) ** 2).mean() / 2),
        "hinge": ((1 - a).clamp_min(0).mean() + (1 + b).clamp_min(0).mean(), -b.mean()),
        "wasserstein": (b.mean() - a.mean(), -b.mean()),
    }
    assert set(formulas) == set(losses.by_name)
    for name, (discriminator, generator) in formulas.items():
        torch.testing.assert_close(losses.by_name[name].discriminator(a, b), discriminator)
        torch.testing.assert_close(losses.by_name[name].generator(b), generator)


@pytest.mark.parametrize("name", losses.by_name)
def test_half_precision_logits_are_averaged_in_float32(name):
    real, fake = torch.full((1000,), 3.0).bfloat16(), torch.full((1000,), 1.0).bfloat16()
    real[0], fake[0] = 4, 2
    pair = losses.by_name[name]
    for half, whole in (
        (pair.discriminator(real, fake), pair.discriminator(real.float(), fake.float())),
        (pair.generator(fake), pair.generator(fake.float())),
    ):
        assert half.dtype == torch.float32 and torch.equal(half, whole)


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_an_undecided_discriminator_costs_two_log_two(name):
    zero = torch.zeros(5)
    assert losses.by_name[name].discriminator(zero, zero).item() == pytest.approx(2 * math.log(2))


def test_saturating_gradient_vanishes_where_the_other_does_not():
    """At D(G(z)) near 0 the gradient of log(1 - D) is -D, that of -log D is -(1 - D)."""
    logit = torch.tensor([-12.0], requires_grad=True)
    d = torch.sigmoid(logit.detach())
    (saturating,) = torch.autograd.grad(losses.minimax.generator(logit), logit)
    (other,) = torch.autograd.grad(losses.non_saturating.generator(logit), logit)
    torch.testing.assert_close(saturating, -d)
    torch.testing.assert_close(other, d - 1)


def test_logistic_losses_stay_finite_at_huge_logits():
    """-log D at logit -10^4 is 10^4; a sigmoid followed by a log would say infinity (or 100, where it is clamped)."""
    real, fake = torch.tensor([-1e4], requires_grad=True), torch.tensor([1e4], requires_grad=True)
    for name in ("minimax", "non_saturating"):
        loss = losses.by_name[name].discriminator(real, fake)
        assert loss.item() == pytest.approx(2e4)
        assert [g.item() for g in torch.autograd.grad(loss, (real, fake))] == [-1, 1]
    assert losses.non_saturating.generator(real).item() == pytest.approx(1e4)
    assert losses.minimax.generator(fake).item() == pytest.approx(-1e4)


def test_least_squares_targets_are_one_and_zero():
    assert losses.least_squares.discriminator(ONE, ZERO) == 0
    assert losses.least_squares.generator(ONE) == 0
    assert losses.least_squares.discriminator(ZERO, ONE).item() == pytest.approx(1.0)


def test_hinge_is_satisfied_beyond_the_margin():
    assert losses.hinge.discriminator(torch.full((3,), 1.5), torch.full((3,), -1.5)) == 0
    assert losses.hinge.discriminator(torch.zeros(3), torch.zeros(3)).item() == 2.0


def test_wasserstein_is_the_difference_of_means():
    real, fake = LOGITS
    assert losses.wasserstein.discriminator(real, fake).item() == pytest.approx((fake.mean() - real.mean()).item())
    assert losses.wasserstein.discriminator(fake, real) == -losses.wasserstein.discriminator(real, fake)


@pytest.mark.parametrize("name", losses.by_name)
def test_every_pair_pushes_in_the_right_direction_and_returns_a_number(name):
    """A step of D raises real logits and lowers fake ones; a step of G raises fake logits."""
    pair = losses.by_name[name]
    real, fake = torch.zeros(4, 2, 3, requires_grad=True), torch.zeros(4, 2, 3, requires_grad=True)
    loss = pair.discriminator(real, fake)
    assert loss.dim() == 0
    g_real, g_fake = torch.autograd.grad(loss, (real, fake), allow_unused=True)
    assert (g_real < 0).all()
    assert name == "least_squares" or (g_fake > 0).all()  # at logit 0 the fake is already on its target 0
    (g,) = torch.autograd.grad(pair.generator(fake), fake)
    assert (g < 0).all()


@pytest.mark.parametrize("shape", [(2,), (3, 8, 8)])
@pytest.mark.parametrize("slope", [1.0, 3.0, 0.5, -2.0])
def test_gradient_penalty_of_a_linear_critic_is_closed_form(shape, slope):
    critic = Linear(shape, slope)
    penalty = losses.gradient_penalty(critic, torch.randn(6, *shape), torch.randn(6, *shape) + 2)
    assert penalty.item() == pytest.approx((abs(slope) - 1) ** 2, abs=1e-5)


def test_the_target_slope_can_be_zero():
    penalty = losses.gradient_penalty(Linear((3,), 2.0), torch.randn(4, 3), torch.randn(4, 3), target=0.0)
    assert penalty.item() == pytest.approx(4.0, rel=1e-5)


def test_gradient_penalty_trains_the_critic():
    """d/dk (k - 1)^2 = 4 at k = 3."""
    critic = Linear((3,), 3.0)
    (gradient,) = torch.autograd.grad(
        losses.gradient_penalty(critic, torch.randn(4, 3), torch.randn(4, 3)), critic.slope
    )
    assert gradient.item() == pytest.approx(4.0, rel=1e-5)


def test_gradient_penalty_takes_one_norm_a_sample():
    """With real = fake the interpolates are known, and the quadratic critic's gradient there has norm |x_i|."""
    x = torch.randn(7, 2, 3) * torch.linspace(0.2, 2, 7).view(-1, 1, 1)
    expected = (x.flatten(1).norm(dim=1) - 1).square().mean()
    torch.testing.assert_close(losses.gradient_penalty(quadratic, x, x.clone()), expected)


def test_interpolates_lie_on_the_segments_with_one_weight_a_sample():
    seen = []

    def recorder(x):
        seen.append(x.detach())
        return quadratic(x)

    real, fake = torch.randn(500, 4), torch.randn(500, 4) + 3
    losses.gradient_penalty(recorder, real, fake)
    weights = (seen[0] - fake) / (real - fake)
    torch.testing.assert_close(weights, weights[:, :1].expand(-1, 4), rtol=1e-3, atol=1e-3)
    assert weights.min() >= -1e-3 and weights.max() <= 1 + 1e-3 and abs(weights.mean() - 0.5) < 0.06


def test_penalties_do_not_reach_the_generator():
    real = torch.randn(4, 2)
    fake = torch.randn(4, 2, requires_grad=True)
    losses.gradient_penalty(Linear((2,), 2.0), real, fake).backward()
    assert fake.grad is None


def test_gradient_penalty_of_a_constant_critic_has_a_finite_gradient():
    critic = Linear((3,), 0.0)
    (gradient,) = torch.autograd.grad(
        losses.gradient_penalty(critic, torch.randn(4, 3), torch.randn(4, 3)), critic.slope
    )
    assert gradient.isfinite()


@pytest.mark.parametrize("slope", [0.0, 1.0, 3.0])
def test_r1_of_a_linear_discriminator_is_half_its_squared_slope(slope):
    discriminator = Linear((1, 4, 4), slope)
    penalty = losses.r1_penalty(discriminator, torch.randn(5, 1, 4, 4))
    assert penalty.item() == pytest.approx(slope**2 / 2, rel=1e-5)
    (gradient,) = torch.autograd.grad(penalty, discriminator.slope)
    assert gradient.item() == pytest.approx(slope, rel=1e-5)


def test_penalties_agree_under_autocast_and_no_grad_and_in_double():
    critic = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
    x = torch.randn(64, 3)
    expected = losses.r1_penalty(critic, x)
    with torch.autocast("cpu", torch.bfloat16):
        inside = losses.r1_penalty(critic, x)
    assert inside.dtype == torch.float32
    assert torch.equal(inside, expected)
    half = losses.input_gradient(critic, x.bfloat16())
    assert half.dtype == torch.float32
    with torch.no_grad():
        assert losses.r1_penalty(critic, x).item() == pytest.approx(expected.item())
    torch.testing.assert_close(losses.r1_penalty(critic.double(), x.double()).float(), expected)


@pytest.mark.parametrize(("real", "fake"), [(0.9, 0.0), (1.0, 0.0), (0.9, 0.1), (0.7, 0.3)])
def test_soft_labels_move_the_optimal_discriminator(real, fake):
    """At a point with densities p and q, p loss(real) + q loss(fake) is least at D = (real p + fake q) / (p + q)."""
    pair = losses.smoothed(real, fake)
    for p, q in ((1.0, 1.0), (3.0, 1.0), (0.2, 2.0)):
        best = (real * p + fake * q) / (p + q)
        logit = torch.tensor(best / (1 - best), dtype=torch.float64).log().requires_grad_()
        zero = torch.zeros((), dtype=torch.float64)  # a constant that the gradient does not see
        loss = p * pair.discriminator(logit, zero) + q * pair.discriminator(zero, logit)
        (slope,) = torch.autograd.grad(loss, logit, create_graph=True)
        (curvature,) = torch.autograd.grad(slope, logit)
        assert slope.item() == pytest.approx(0, abs=1e-12) and curvature > 0


def test_hard_labels_are_the_plain_pair():
    pair = losses.smoothed(1.0, 0.0)
    torch.testing.assert_close(pair.discriminator(*LOGITS), losses.non_saturating.discriminator(*LOGITS))
    assert losses.smoothed().generator is losses.non_saturating.generator


def test_soft_labels_cost_what_torch_says_and_what_flipped_ones_cost_on_average():
    real, fake = LOGITS
    soft = losses.smoothed(0.9, 0.2).discriminator(real, fake)
    torch.testing.assert_close(soft, bce(real, 0.9 * ONE) + bce(fake, 0.2 * ONE))
    flipped = 0.1 * bce(real, ZERO) + 0.9 * bce(real, ONE) + 0.2 * bce(fake, ONE) + 0.8 * bce(fake, ZERO)
    torch.testing.assert_close(soft, flipped)


@pytest.mark.parametrize(("real", "fake"), [(1.1, 0.0), (0.9, -0.1), (0.5, 0.5), (0.1, 0.9)])
def test_labels_that_say_nothing_are_refused(real, fake):
    with pytest.raises(ValueError, match=f"real = {real} and fake = {fake}"):
        losses.smoothed(real, fake)


def test_feature_matching_sees_means_alone():
    """Shifting features by v costs |v|^2, whatever the batches' sizes and spreads are."""
    features, v = torch.randn(8, 3), torch.tensor([1.0, -2.0, 0.5])
    spread = torch.cat([features + 5, features - 5]) + v
    assert losses.feature_matching(features, spread).item() == pytest.approx(v.square().sum().item(), rel=1e-4)
    assert losses.feature_matching(features, features.flip(0)).item() == pytest.approx(0, abs=1e-10)
    half = losses.feature_matching(features.bfloat16(), spread.bfloat16())
    assert half.dtype == torch.float32


@pytest.mark.parametrize("shapes", [((4, 3), (4, 2)), ((4,), (4,)), ((4, 3, 1), (4, 3, 1))])
def test_features_of_other_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="real_features and fake_features have shapes"):
        losses.feature_matching(*map(torch.zeros, shapes))


def test_batches_of_different_shape_are_refused():
    with pytest.raises(ValueError, match=r"real has shape \(4, 2\) and fake \(3, 2\)"):
        losses.gradient_penalty(quadratic, torch.randn(4, 2), torch.randn(3, 2))
