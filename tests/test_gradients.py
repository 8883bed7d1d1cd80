"""The norm of the gradient at each layer of a critic: closed forms, networks of every kind, and nothing disturbed."""

from copy import deepcopy
from math import nan

import pytest
import torch
from torch import nn
from torch.optim import Adam

from ganlib import losses
from ganlib.gans import WGANGP
from ganlib.metrics import GradientNorms, gradient_norms
from ganlib.models import DCGANDiscriminator, MLPDiscriminator, MLPGenerator, he_weights, mlp


def batches(*shape):
    random = torch.Generator().manual_seed(0)
    return torch.randn(8, *shape, generator=random), 0.5 + torch.randn(8, *shape, generator=random)


def linear_chain(*weights):
    """A deep linear critic: the product of the given matrices, the one next to the data first."""
    layers = []
    for weight in weights:
        layers.append(nn.Linear(*weight.shape[::-1]))
        layers[-1].weight.data.copy_(weight)
    return nn.Sequential(*layers).double()


def test_a_deep_linear_critic_has_the_norms_of_its_products():
    """f(x) = C B A x: its gradient is the row C B A at the data, C B after one layer, C after two."""
    torch.manual_seed(0)
    a, b, c = torch.randn(4, 2).double(), torch.randn(3, 4).double(), torch.randn(1, 3).double()
    real, fake = (x.double() for x in batches(2))
    norms = gradient_norms(linear_chain(a, b, c), real, fake)
    expected = torch.stack([row.norm() for row in (c @ b @ a, c @ b, c)])
    torch.testing.assert_close(norms.activations, expected)
    assert norms.layers == ("0", "1", "2")


def test_the_weights_gradients_of_a_deep_linear_critic():
    """For f(x) = B A x and d = mean of fakes - mean of real, L = B A d: dL/dA = B' d' and dL/dB = (A d)'."""
    torch.manual_seed(1)
    a, b = torch.randn(4, 2).double(), torch.randn(1, 4).double()
    real, fake = (x.double() for x in batches(2))
    norms, apart = gradient_norms(linear_chain(a, b), real, fake), fake.mean(0) - real.mean(0)
    torch.testing.assert_close(norms.weights, torch.stack([b.norm() * apart.norm(), (a @ apart).norm()]))


def test_entry_0_is_the_slope_that_the_penalty_sees():
    """A linear critic has one slope everywhere, so the penalty is (slope - 1)^2."""
    critic, (x, _) = linear_chain(torch.tensor([[3.0, 4.0]])), batches(2)
    norms = gradient_norms(critic.float(), x, x)
    assert norms.activations.item() == pytest.approx(5.0)
    assert losses.gradient_penalty(critic, x, x).item() == pytest.approx((norms.activations.item() - 1) ** 2)


def test_samples_count_one_by_one_whatever_the_batch():
    """An average over samples: a batch twice over has the same norms, and two halves have their mean."""
    critic = mlp([2, 16, 16, 1]).apply(he_weights).double()
    real, fake = (x.double() for x in batches(2))
    whole = gradient_norms(critic, real, fake).activations
    torch.testing.assert_close(gradient_norms(critic, torch.cat([real] * 2), torch.cat([fake] * 2)).activations, whole)
    halves = [gradient_norms(critic, real[part], fake[part]).activations for part in (slice(0, 4), slice(4, 8))]
    torch.testing.assert_close(sum(halves) / 2, whole)


def test_the_norms_are_those_of_the_gradient_that_training_uses():
    critic, (real, fake) = MLPDiscriminator((2,), width=16, depth=4), batches(2)
    for pair in losses.by_name.values():
        norms = gradient_norms(critic, real, fake, pair)
        pair.discriminator(critic(real), critic(fake)).backward()
        weights = [p.grad.double().norm() for name, p in critic.named_parameters() if name.endswith("weight")]
        torch.testing.assert_close(norms.weights, torch.stack(weights))
        critic.zero_grad()


def test_slopes_of_an_mlp_are_those_of_finite_differences():
    torch.manual_seed(3)
    critic, (real, fake) = MLPDiscriminator((2,), width=8, depth=3).double(), batches(2)
    x = torch.cat([real, fake]).double()
    steps = 1e-6 * torch.eye(2).double()
    slopes = torch.stack([(critic(x + step) - critic(x - step)) / 2e-6 for step in steps], dim=1).norm(dim=1)
    norms = gradient_norms(critic, real.double(), fake.double())
    assert norms.activations[0].item() == pytest.approx(slopes.mean().item(), rel=1e-6)
    assert len(norms.layers) == 4


@pytest.mark.parametrize("norm", ["none", "batch", "layer", "spectral"])
@pytest.mark.parametrize("training", [True, False])
def test_looking_changes_nothing(norm, training):
    torch.manual_seed(0)
    critic = MLPDiscriminator((2,), width=8, depth=3, norm=norm).train(training)
    critic.net.append(nn.Dropout(0.3))
    real, fake = batches(2)
    losses.wasserstein.discriminator(critic(real), critic(fake)).backward()
    state, grads = deepcopy(critic.state_dict()), [p.grad.clone() for p in critic.parameters()]
    random = torch.get_rng_state()
    gradient_norms(critic, real, fake)
    assert all(torch.equal(value, state[name]) for name, value in critic.state_dict().items())
    assert all(torch.equal(p.grad, grad) for p, grad in zip(critic.parameters(), grads, strict=True))
    assert torch.equal(torch.get_rng_state(), random) and critic.training == training
    assert not any(module._forward_pre_hooks for module in critic.modules()) and real.grad is None


def test_training_is_the_same_bit_for_bit_with_and_without_measuring():
    def trained(measure):
        torch.manual_seed(0)
        gan = WGANGP(MLPGenerator(2, (2,), 8), MLPDiscriminator((2,), 8, 4))
        optimizer = Adam(gan.discriminator.parameters(), 1e-2)
        for _ in range(5):
            x = torch.randn(16, 2)
            optimizer.zero_grad()
            sum(gan.discriminator_loss(x).values()).backward()
            if measure:
                gradient_norms(gan.discriminator, x, x + 1)
            optimizer.step()
        return torch.cat([p.detach().flatten() for p in gan.parameters()])

    assert torch.equal(trained(False), trained(True))


def test_hooks_are_gone_after_an_error_too():
    class Broken(nn.Sequential):
        def forward(self, x):
            super().forward(x)
            raise RuntimeError("a slip")

    critic = Broken(nn.Linear(2, 1))
    with pytest.raises(RuntimeError, match="a slip"):
        gradient_norms(critic, *batches(2))
    assert not critic[0]._forward_pre_hooks


def test_images_frozen_critics_no_grad_and_spectral_norm():
    critic = DCGANDiscriminator(16, 1, width=4, norm="spectral").requires_grad_(False)
    with torch.no_grad():
        norms = gradient_norms(critic, *batches(1, 16, 16), losses.hinge)
    assert len(norms.layers) == 3 and norms.activations.isfinite().all() and (norms.weights > 0).all()
    assert not any(p.requires_grad for p in critic.parameters())


def test_layers_used_twice_or_never_and_constants():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.shared, self.never, self.label = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(3, 1)

        def forward(self, x):
            return self.shared(self.shared(x)).sum(1) + self.label(torch.ones(len(x), 3)).squeeze(1)

    critic = Odd()
    critic.shared.weight.data = torch.diag(torch.tensor([2.0, 0.0]))
    norms = gradient_norms(critic, *batches(2))
    assert norms.layers == ("shared",)
    assert norms.activations.item() == pytest.approx((4 + 2) / 2)  # at its first and at its second use


def test_a_critic_without_layers_is_refused():
    with pytest.raises(ValueError, match="critic is a Flatten without linear or convolution layers"):
        gradient_norms(nn.Flatten(0), *batches(1))


def test_the_growth_of_a_geometric_series_is_its_ratio():
    norms = GradientNorms(("a", "b", "c"), torch.tensor([36.0, 6.0, 1.0]).double(), torch.ones(3))
    assert norms.growth() == pytest.approx((6.0, 1.0))
    level = GradientNorms(("a", "b", "c"), torch.full((3,), 2.0).double(), torch.ones(3)).growth()
    assert level.factor == 1.0 and level.r_squared != level.r_squared
    bent = GradientNorms(tuple("abcd"), torch.tensor([1.0, 2.0, 2.0, 1.0]).double(), torch.ones(4)).growth()
    assert bent == pytest.approx((1.0, 0.0))


@pytest.mark.parametrize("values", [[1.0], [1.0, 0.0], [1.0, nan]])
def test_growth_needs_logarithms(values):
    with pytest.raises(ValueError, match="expected two or more positive numbers"):
        GradientNorms(("a",) * len(values), torch.tensor(values), torch.ones(len(values))).growth()


def test_he_weights_keep_the_size_of_the_gradient_through_depth():
    """Averaged over critics, the squared norm is the same at the first and at the last of 11 ReLU layers."""
    torch.manual_seed(0)
    squares = []
    for _ in range(40):
        critic = mlp([64, *[64] * 10, 1]).apply(he_weights)
        squares.append(gradient_norms(critic, *batches(64)).activations.square())
    first, last = torch.stack(squares).mean(0)[[0, -1]]
    assert 0.5 < (first / last).item() < 2
    assert all((p == 0).all() for name, p in critic.named_parameters() if name.endswith("bias"))
