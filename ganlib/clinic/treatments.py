"""What can be done about a run: functions from setup to setup. Any of them can be given to any patient.

A treatment that finds nothing to mend returns the setup that it was given.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ganlib import losses
from ganlib.clinic.layers import rebuilt
from ganlib.clinic.setup import Change, Setup
from ganlib.gans import GAN
from ganlib.models import LeakyReLU, MinibatchDeviation, before_last_layer


@dataclass(frozen=True)
class Treatment:
    """Its key, its name, one sentence of what it does, and the function that does it."""

    key: str
    name: str
    sentence: str
    change: Change

    def apply(self, setup: Setup) -> Setup:
        """The setup after the treatment: what the patient's code has under ``mends``, else the common change.

        It is the same object where there is nothing to mend.
        """
        treated = setup.mends.get(self.key, self.change)(setup)
        return treated if setup.differences(treated) else setup


TREATMENTS: dict[str, Treatment] = {}


def treatment(name: str) -> Callable[[Change], Change]:
    """Lists a function as a treatment: its name is the key, the first line of its docstring the sentence."""

    def listed(change: Change) -> Change:
        sentence = (change.__doc__ or "").partition("\n")[0]
        TREATMENTS[change.__name__] = Treatment(change.__name__, name, sentence, change)
        return change

    return listed


@treatment("Leave it alone")
def wait(setup: Setup) -> Setup:
    """Change nothing and train twice as long."""
    return replace(setup, updates=2 * setup.updates)


@treatment("Lower the learning rates")
def lower_rates(setup: Setup) -> Setup:
    """Divide the learning rates of both players by 10."""
    return replace(setup, lr_d=setup.lr_d / 10, lr_g=setup.lr_g / 10)


@treatment("Weaken the discriminator")
def weaken_d(setup: Setup) -> Setup:
    """One update of the discriminator for each of the generator, at half its rate and no more than the generator's."""
    return replace(setup, n_critic=1, lr_d=min(setup.lr_d / 2, setup.lr_g))


@treatment("Strengthen the discriminator")
def strengthen_d(setup: Setup) -> Setup:
    """Two updates of the discriminator for each of the generator, and at the generator's rate, at least."""
    return replace(setup, n_critic=max(setup.n_critic, 2), lr_d=max(setup.lr_d, setup.lr_g))


PENALTY_WEIGHT, GP_WEIGHT = 0.1, 1.0


def small_slope(gan: GAN, x: Tensor, y: Tensor | None) -> Tensor:
    """R1 with weight 0.1."""
    return PENALTY_WEIGHT * losses.r1_penalty(lambda samples: gan.logits(samples, y), x)


def slope_near_one(gan: GAN, x: Tensor, y: Tensor | None) -> Tensor:
    """The penalty of WGAN-GP with weight 1: a plane is small, and the paper's 10 would be stiff on it."""
    with torch.no_grad():
        fake = gan.fakes(x, y)
    return GP_WEIGHT * losses.gradient_penalty(lambda samples: gan.logits(samples, y), x, fake)


@treatment("Add a gradient penalty")
def penalty(setup: Setup) -> Setup:
    """R1 on the slope of the discriminator at real samples; for a critic, the penalty of WGAN-GP."""
    if setup.penalty is not None:
        return setup
    return replace(setup, penalty=slope_near_one if is_critic(setup.loss) else small_slope)


@treatment("Non-saturating loss")
def non_saturating(setup: Setup) -> Setup:
    """The generator minimises -log D(G(z)) in the place of log(1 - D(G(z)))."""
    return replace(setup, loss=losses.non_saturating) if setup.loss is losses.minimax else setup


@treatment("Detach the fakes")
def detach(setup: Setup) -> Setup:
    """Cut the discriminator's loss off the generator, and clear gradients before each backward."""
    return setup


@treatment("Mend the sign")
def mend_sign(setup: Setup) -> Setup:
    """Each player's loss falls when its logits move the right way: turn one that rises."""
    d, g = slopes(setup.loss)
    if d < 0 and g < 0:
        return setup
    turned = losses.AdversarialLoss(
        setup.loss.discriminator if d < 0 else lambda real, fake: -setup.loss.discriminator(real, fake),
        setup.loss.generator if g < 0 else lambda fake: -setup.loss.generator(fake),
    )
    return replace(setup, loss=turned)


@treatment("Scale the data")
def scale_data(setup: Setup) -> Setup:
    """Bring pictures to [-1, 1], where tanh ends."""
    x, *y = setup.real
    low, high = float(x.min()), float(x.max())
    right = low >= -1 and high <= 1 and high - low > 1.5
    if setup.subject.kind != "images" or right or low == high:
        return setup
    return replace(setup, data=((x.float() - low) * (2 / (high - low)) - 1, *y))


@treatment("Leaky units in the generator")
def leaky(setup: Setup) -> Setup:
    """LeakyReLU in the place of ReLU in the generator."""
    make = rebuilt(setup.generator, lambda layer: LeakyReLU() if type(layer) is nn.ReLU else None)
    return setup if make is None else replace(setup, generator=make)


@treatment("Let the discriminator see the batch")
def see_batch(setup: Setup) -> Setup:
    """Minibatch deviation: the discriminator is told how much the samples of a batch differ."""
    if any(isinstance(part, MinibatchDeviation) for part in looked_at(setup.discriminator).modules()):
        return setup
    return replace(setup, discriminator=lambda: before_last_layer(setup.discriminator(), MinibatchDeviation()))


@treatment("A moving average of the generator")
def average(setup: Setup) -> Setup:
    """Draw samples from an exponential moving average of the generator's weights."""
    return setup if setup.decay is not None else replace(setup, decay=0.99)


def slopes(loss: losses.AdversarialLoss) -> tuple[float, float]:
    """How each player's loss changes when its logits move the right way by a little: negative for a right sign.

    Right is up for real samples and down for fakes, for the discriminator; up for fakes, for the generator.
    """
    move = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (d,) = torch.autograd.grad(loss.discriminator(move[None], -move[None]), move)
    (g,) = torch.autograd.grad(loss.generator(move[None]), move)
    return float(d), float(g)


def is_critic(loss: losses.AdversarialLoss) -> bool:
    """Whether the discriminator's loss is linear in its scores, as the Wasserstein loss is: only differences count."""
    scores = torch.tensor([-20.0, 0.5, 20.0], dtype=torch.float64)
    values = torch.stack([loss.discriminator(score[None], score[None]) for score in scores])
    return bool((values.abs() < 1e-9).all())


def looked_at(make: Callable[[], nn.Module]) -> nn.Module:
    """A player made to be looked at: the random state stays as it is."""
    with torch.random.fork_rng([]):
        return make()
