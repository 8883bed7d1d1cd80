"""Runs on eight clusters of points in the plane."""

from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from ganlib import losses
from ganlib.clinic.setup import Losses, Setup, alternate
from ganlib.clinic.subjects import mixture
from ganlib.clinic.treatments import slope_near_one
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.data.toys import ring
from ganlib.losses import AdversarialLoss
from ganlib.models import FourierFeatures, MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer

WIDTH, LATENT = 64, 8
WELL = (Goal("modes", at_least=7), Goal("high_quality", at_least=0.5), Goal("reverse_kl", at_most=0.4))


def generator() -> nn.Module:
    """Eight numbers of noise to points in the plane."""
    return MLPGenerator(LATENT, (2,), WIDTH)


def discriminator() -> nn.Module:
    """Points to a logit."""
    return MLPDiscriminator((2,), WIDTH)


def behind_waves(octaves: int) -> nn.Module:
    """Points to a logit, through Fourier features: the more octaves, the finer the detail that it sees at once."""
    judge = MLPDiscriminator((2 * (1 + 2 * octaves),), WIDTH)
    judge.net = nn.Sequential(FourierFeatures(octaves), *judge.net[1:])
    return judge


RING = mixture(ring(8, radius=2.0, std=0.1))


def eight(**changes) -> Setup:
    """A setup that does well on eight Gaussians around a ring; a patient changes what ails it."""
    well = {"batch_size": 128, "lr_d": 3e-3, "lr_g": 3e-3}
    return Setup(**{"subject": RING, "generator": generator, "discriminator": discriminator} | well | changes)


def critic(**changes) -> Setup:
    """The same as a Wasserstein GAN with gradient penalty."""
    well = {"loss": losses.wasserstein, "penalty": slope_near_one, "n_critic": 3, "betas": (0.0, 0.9), "updates": 600}
    return eight(**well | changes)


@patient(
    complaint="My samples jump about like fleas. So do the curves.",
    diagnosis="high_rate",
    treatments=("lower_rates",),
    tempting="wait",
    goals=WELL,
    clue=Clue("loss_g", "Once the losses leap to some hundreds, and at no time do they settle."),
    reread=("02", "Why games go round in circles"),
    against={"collapse": "Few modes are reached at a time, true. But the losses leap as well: the cause acts on both."},
    hint="How large are the leaps, compared with the values themselves?",
)
def ada() -> Setup:
    """Both players learn at a rate of 0.1, some hundred times what is usual for Adam in a GAN. Each step overshoots."""
    return eight(lr_d=0.1, lr_g=0.1)


@patient(
    complaint="My critic's loss is below zero, and it creeps back up towards zero. A loss that rises cannot be right.",
    diagnosis="healthy",
    treatments=("wait",),
    tempting="mend_sign",
    goals=WELL,
    clue=Clue("loss_d", "Minus the critic's loss estimates the distance of the two distributions: it is falling."),
    reread=("04", "A network as critic"),
    hint="What does a critic minimise, and what would that be if real samples and fakes were alike?",
)
def bo() -> Setup:
    """A healthy Wasserstein GAN with gradient penalty. The critic's loss is E f(fake) - E f(real) and the penalty; it
    is negative while the critic sees a difference, and goes to 0 from below as the difference gets smaller.
    """
    return critic()


def sharp_discriminator() -> nn.Module:
    """Three octaves of waves and then two layers."""
    return behind_waves(octaves=3)


@patient(
    complaint="Eight clusters were easy, I thought. Each sample looks perfect, but look again a little later!",
    diagnosis="collapse",
    treatments=("penalty",),
    tempting="wait",
    goals=WELL,
    clue=Clue("spread", "All samples are alike, on one mode or two, and which modes these are changes all the time."),
    reread=("05", "What minibatch discrimination sees"),
    hint="Compare the samples at different times with each other.",
)
def carla() -> Setup:
    """The discriminator sees fine detail and pays nothing for steep slopes. It learns each place where the generator
    puts its samples, and the steep slope sends all of them off together, to another mode.
    """
    return eight(discriminator=sharp_discriminator, updates=1200)


def sparse_generator() -> nn.Module:
    """Small weights, and biases below 0 so that few units are active."""
    made = generator()
    for layer in made.net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.constant_(layer.bias, -0.2)
    return made


@patient(
    complaint="Whatever noise I put in, one and the same point comes out. Now it sits in a cluster and does not move.",
    diagnosis="dead_units",
    treatments=("leaky",),
    tempting="penalty",
    goals=WELL,
    clue=Clue("layers", "From the first update on, only the generator's last bias gets a gradient. All else gets 0."),
    reread=("05", "Each rule, switched off"),
    hint="Look at the layers one by one, the thin lines: which of the generator's get a gradient?",
)
def farid() -> Setup:
    """The generator starts from tiny weights and negative biases, so every ReLU is below 0 for every noise. Its output
    is 0, and so is its slope: no gradient passes, and no noise either. Only the last bias can still learn.
    """
    return eight(generator=sparse_generator, updates=1500)


def critic_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """What the critic minimises."""
    return real_scores.mean() - fake_scores.mean()


@patient(
    complaint="The critic's loss is a dream. It falls and falls. Why do the samples leave the picture?",
    diagnosis="flipped_sign",
    treatments=("mend_sign",),
    tempting="lower_rates",
    goals=WELL,
    clue=Clue("accuracy", "It is at 0, not at 1/2: the critic tells real from fake, but the wrong way round."),
    reread=("04", "A network as critic"),
    hint="Which ones get the higher scores, real samples or fakes?",
)
def ines() -> Setup:
    """The critic's loss is E f(real) - E f(fake), so it learns to score fakes high and real samples low. The generator
    seeks high scores, too. Both pull in one direction, away from the data, for ever.
    """
    return critic(loss=AdversarialLoss(critic_loss, losses.wasserstein.generator), updates=500)


@patient(
    complaint="After a wild start all is calm. The samples lie in between the clusters, and nobody seems to mind.",
    diagnosis="weak_d",
    treatments=("strengthen_d",),
    tempting="penalty",
    goals=WELL,
    clue=Clue(
        "real_logit",
        "The discriminator says nearly the same to real samples and to fakes, and anyone can see which are which.",
    ),
    reread=("03", "Too small a D"),
    hint="Does the discriminator say anything different to real samples and to fakes?",
)
def kofi() -> Setup:
    """The discriminator learns at a hundredth of the generator's rate. What it says about the samples is old, and the
    generator runs after it.
    """
    return eight(lr_d=3e-5)


def forgetful(trainer: Trainer) -> Losses:
    """One round of a Wasserstein GAN with gradient penalty, written out."""
    gan, optimizer_d, optimizer_g = trainer.gan, trainer.optimizer_d, trainer.optimizer_g
    for _ in range(trainer.n_critic):
        optimizer_d.zero_grad()
        optimizer_g.zero_grad()
        (x,) = next(trainer.data)
        fake = gan.fakes(x)
        loss_d = gan.logits(fake).mean() - gan.logits(x).mean() + gan.penalty(x)
        loss_d.backward(retain_graph=True)
        optimizer_d.step()
    loss_g = -gan.logits(fake).mean()
    loss_g.backward()
    optimizer_g.step()
    if trainer.ema is not None:
        trainer.ema.update_parameters(gan.generator)
    return loss_d.detach(), loss_g.detach()


@patient(
    complaint="The critic works hard and sees every difference. The generator just hangs around in the middle.",
    diagnosis="no_detach",
    treatments=("detach",),
    tempting="weaken_d",
    goals=WELL,
    clue=Clue("gradient_g", "The critic has plenty to say, yet little gradient is left in the generator: it cancels."),
    reread=("02", "Forgotten `detach`"),
    hint="This critic is sure. Compare the generator's gradient with its own: is that what a sure critic sends?",
)
def lena() -> Setup:
    """The fakes are not detached in the critic's loss, and the generator's gradients are cleared before that loss and
    not after it. So the gradient of +E f(fake) stays in the generator, and that of -E f(fake) is added: nearly 0.
    """
    return critic(step=forgetful, mends={"detach": partial(replace, step=alternate)})


def narrow_generator() -> nn.Module:
    """Two numbers of noise to points in the plane."""
    return MLPGenerator(2, (2,), WIDTH)


def keen_discriminator() -> nn.Module:
    """Two octaves of waves and then two layers."""
    return behind_waves(octaves=2)


@patient(
    complaint="Pick any of my samples: it is good. The curves are calm. Still my users say that something is amiss.",
    diagnosis="dropping",
    treatments=("penalty",),
    tempting="wait",
    goals=WELL,
    clue=Clue("samples", "Once they are empty, clusters stay empty, and the samples in the others stay there."),
    reread=("09", "Who notices what"),
    hint="Count the clusters that get samples, at several times.",
)
def noor() -> Setup:
    """Nothing in the generator's loss asks for all kinds of samples: it is enough that each sample looks real."""
    return eight(generator=narrow_generator, discriminator=keen_discriminator, updates=1200)


@patient(
    complaint="After a promising start my discriminator does no better than a coin. The losses go nowhere any more.",
    diagnosis="healthy",
    treatments=("wait",),
    tempting="strengthen_d",
    goals=WELL,
    clue=Clue("accuracy", "One half is where a good game ends: the samples are so good that there is nothing to tell."),
    reread=("02", "What does an accuracy of 50 % mean?"),
    hint="What would the discriminator say if the samples were perfect?",
)
def omar() -> Setup:
    """A healthy GAN with the minimax loss. Its losses end near 2 log 2 = 1.39 and -log 2 = -0.69, the values of an
    undecided discriminator, and the samples show why it is undecided.
    """
    return eight(loss=losses.minimax)
