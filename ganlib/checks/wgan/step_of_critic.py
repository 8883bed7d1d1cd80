"""The check of the critic's step, by the gradient that its optimizer uses.

The critic is linear between real samples and fakes, so the penalty and its gradient hold for every draw of epsilon: a
float32 epsilon that is exactly 0 or 1 would spoil it, with odds of 1 in 16 million for a sample.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import softplus

from ganlib import losses
from ganlib.checks.core import check, expect, expect_close
from ganlib.checks.wgan.part import Draw, Part, Property
from ganlib.checks.wgan.steps import ERRORS, Scene, gradient


class Pieces(NamedTuple):
    """The gradients that a critic's loss can be made of: two averages, the penalty at three places, the logarithms."""

    real: Tensor
    fake: Tensor
    penalty: Tensor
    penalty_real: Tensor
    penalty_fake: Tensor
    log: Tensor
    left: Tensor | float
    n: int

    def right(self, weight: float) -> Tensor:
        """The gradient of E f(fake) - E f(real) + weight * penalty."""
        return self.fake - self.real + weight * self.penalty


def _pieces(scene: Scene, left: Tensor | float = 0.0) -> Pieces:
    ramp, fake = scene.ramp, scene.generator(scene.z).detach()
    scene.generator.given.clear()
    on_real, on_fake = ramp(scene.real), ramp(fake)
    log = softplus(-on_real).mean() + softplus(on_fake).mean()
    terms = on_real.mean(), on_fake.mean(), *(ramp.penalty(at) for at in ("between", "real", "fake")), log
    return Pieces(*(gradient(term, ramp) for term in terms), left, len(fake))


Formula = Callable[[Pieces, float], Tensor]
_MISTAKES: Mapping[str, Formula] = {
    "the penalty is missing: add penalty_weight * gradient_penalty(critic, real, fake).": lambda p, w: p.fake - p.real,
    "the penalty is not weighted: multiply it by penalty_weight.": lambda p, w: p.right(1.0),
    "the penalty's weight is always 10: use the argument penalty_weight.": lambda p, w: p.right(10.0),
    "the penalty is weighted twice: lambda stays outside gradient_penalty, and is multiplied once.": (
        lambda p, w: p.right(w * w)
    ),
    "the penalty is 10 times too strong: is lambda inside gradient_penalty as well?": lambda p, w: p.right(10 * w),
    "the penalty is subtracted: the critic makes it small, so it is added to the loss.": lambda p, w: p.right(-w),
    "the sign of the critic's loss is wrong, or real and fake are swapped: E f(fake) - E f(real).": (
        lambda p, w: p.real - p.fake + w * p.penalty
    ),
    "the sign of everything is wrong: an optimizer goes down, so the loss is E f(fake) - E f(real) + the penalty.": (
        lambda p, w: -p.right(w)
    ),
    "the critic's loss is a sum over the batch: average the scores.": lambda p, w: (
        p.n * (p.fake - p.real) + w * p.penalty
    ),
    "the loss is halved.": lambda p, w: p.right(w) / 2,
    "only fakes are scored: the loss needs - E f(real) as well.": lambda p, w: p.fake + w * p.penalty,
    "only real samples are scored: the loss needs E f(fake) as well.": lambda p, w: -p.real + w * p.penalty,
    "the logarithm is still there: this is the cross-entropy of a GAN. Use critic_loss.": (
        lambda p, w: p.log + w * p.penalty
    ),
    "the penalty is taken at the real samples: gradient_penalty needs real and fake.": (
        lambda p, w: p.fake - p.real + w * p.penalty_real
    ),
    "the penalty is taken at the fakes: gradient_penalty needs real and fake.": (
        lambda p, w: p.fake - p.real + w * p.penalty_fake
    ),
    "the gradient is 0 when penalty_weight is 0: critic_loss is missing, or the gradients were cleared between "
    "backward() and step().": lambda p, w: 0.0 * p.real,
    "only the penalty is minimised: add critic_loss.": lambda p, w: w * p.penalty,
    "older gradients are still in it: call optimizer_c.zero_grad() before backward().": lambda p, w: (
        p.right(w) + p.left
    ),
    "the step was taken before backward(), with older gradients: zero_grad(), backward(), step().": (
        lambda p, w: p.left + 0.0 * p.real
    ),
}


def _judge(answer: Callable, scene: Scene, weight: float, pieces: Pieces, *arguments: float) -> None:
    """The optimizer has stepped once, along the right gradient."""
    scene.ask(answer, scene.real.clone(), scene.z.clone(), *arguments)
    got = scene.used_gradient()
    known = {words: formula(pieces, weight) for words, formula in _MISTAKES.items()}
    otherwise = (
        f"with penalty_weight = {weight:.3g} the gradient is not that of E f(fake) - E f(real) + weight * penalty. "
        "Check critic_loss and gradient_penalty first."
    )
    expect_close(got, pieces.right(weight), known, otherwise)


def _loss(answer: Callable, draw: Draw) -> None:
    """With penalty_weight = 0 the critic moves by its loss alone."""
    for column in (False, True):
        scene = Scene(draw, "critic", column)
        _judge(answer, scene, 0.0, _pieces(scene), 0.0)


def _penalty(answer: Callable, draw: Draw) -> None:
    """The penalty is added with the weight that is given, and with 10 when none is."""
    scene, weight = Scene(draw, "critic", column=True), draw.uniform(2.0, 7.0)
    _judge(answer, scene, weight, _pieces(scene), weight)
    scene = Scene(draw, "critic")
    _judge(answer, scene, 10.0, _pieces(scene))


def _cleared(answer: Callable, draw: Draw) -> None:
    """Gradients that were there before do not count: the generator's step leaves some in the critic."""
    scene, weight = Scene(draw, "critic"), draw.uniform(2.0, 7.0)
    _judge(answer, scene, weight, _pieces(scene, scene.leave_gradients(draw)), weight)


def _generator_left_alone(answer: Callable, draw: Draw) -> None:
    """The generator receives no gradient."""
    scene, weight = Scene(draw, "critic"), draw.uniform(2.0, 7.0)
    scene.ask(answer, scene.real.clone(), scene.z.clone(), weight)
    expect(not scene.received, "backward() also computed gradients for the generator: detach the fakes, G(z).detach().")


def _afterwards(answer: Callable, draw: Draw) -> None:
    """Only the optimizer has moved the critic, nothing has moved the generator, and both can go on."""
    scene = Scene(draw, "critic")
    scene.ask(answer, scene.real.clone(), scene.z.clone(), draw.uniform(2.0, 7.0))
    scene.used_gradient()
    scene.settle()


def _gradient_penalty(critic: Callable, real: Tensor, fake: Tensor) -> Tensor:
    return losses.gradient_penalty(critic, real, fake)


CRITIC_STEP = Part(
    "critic_step",
    asked=(
        Property("moves by the critic's loss", 4, _loss),
        Property("the penalty counts once, with its weight", 5, _penalty),
        Property("older gradients are cleared first", 2, _cleared),
    ),
    kept=(
        Property("the generator gets no gradient", 2, _generator_left_alone),
        Property("nothing else is changed", 1, _afterwards),
    ),
    given={"critic_loss": losses.wasserstein.discriminator, "gradient_penalty": _gradient_penalty},
    errors=ERRORS | {"positional argument": "it is called as critic_step(generator, critic, optimizer_c, real, z)."},
)


@check
def critic_step(answer) -> None:
    """Judge ``critic_step(generator, critic, optimizer_c, real, z, penalty_weight=10.0)``: one update of the critic.

    The fakes are generator(z), and the generator gets no gradient. The critic's gradients are cleared, then it takes
    one step of ``optimizer_c`` down E f(fake) - E f(real) + penalty_weight * E (|grad f(x_hat)| - 1)^2. What it returns
    is not judged.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1, lines 3 to 9.
    """
    CRITIC_STEP.judge(answer)
