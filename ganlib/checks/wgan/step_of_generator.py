"""The check of the generator's step, by the gradient that its optimizer uses."""

from collections.abc import Callable, Mapping

from torch import Tensor
from torch.nn.functional import softplus

from ganlib import losses
from ganlib.checks.core import check, expect_close
from ganlib.checks.wgan.part import Draw, Part, Property
from ganlib.checks.wgan.steps import ERRORS, Scene, gradient

Formula = Callable[[Tensor], Tensor]


def _right(scores: Tensor) -> Tensor:
    return -scores.mean()


_MISTAKES: Mapping[str, Formula] = {
    "the sign is wrong, and the generator helps the critic: its loss is -E f(G(z)).": lambda scores: scores.mean(),
    "the loss is a sum over the batch: average the scores.": lambda scores: -scores.sum(),
    "the loss is halved.": lambda scores: -scores.mean() / 2,
    "the logarithm is still there: this is -log D(G(z)). Use generator_loss.": lambda scores: softplus(-scores).mean(),
    "the logarithm is still there: this is log(1 - D(G(z))). Use generator_loss.": lambda scores: (
        -softplus(scores).mean()
    ),
    "the scores go through a sigmoid: use them as they are.": lambda scores: -scores.sigmoid().mean(),
    "the gradients were cleared between backward() and step(): zero_grad() comes before backward().": (
        lambda scores: 0.0 * scores.mean()
    ),
}


def _judge(answer: Callable, scene: Scene, left: Tensor | None = None) -> None:
    """The optimizer has stepped once, along the right gradient."""
    scores = scene.critic(scene.generator(scene.z))
    scene.generator.given.clear()
    right = gradient(_right(scores), scene.generator)
    known = {words: gradient(formula(scores), scene.generator) for words, formula in _MISTAKES.items()}
    if left is not None:
        known["older gradients are still in it: call optimizer_g.zero_grad() before backward()."] = right + left
        known["the step was taken before backward(), with older gradients: zero_grad(), backward(), step()."] = left
    scene.ask(answer, scene.z.clone())
    expect_close(
        scene.used_gradient(), right, known, "the gradient is not that of -E f(G(z)). Check generator_loss first."
    )


def _loss(answer: Callable, draw: Draw) -> None:
    for column in (False, True):
        _judge(answer, Scene(draw, "generator", column))


def _cleared(answer: Callable, draw: Draw) -> None:
    scene = Scene(draw, "generator")
    _judge(answer, scene, scene.leave_gradients(draw))


def _afterwards(answer: Callable, draw: Draw) -> None:
    """Only the optimizer has moved the generator, nothing has moved the critic, and both can go on."""
    scene = Scene(draw, "generator")
    scene.ask(answer, scene.z.clone())
    scene.used_gradient()
    scene.settle()


GENERATOR_STEP = Part(
    "generator_step",
    asked=(
        Property("raises the score of its fakes", 3, _loss),
        Property("older gradients are cleared first", 2, _cleared),
    ),
    kept=(Property("nothing else is changed", 1, _afterwards),),
    given={"generator_loss": losses.wasserstein.generator},
    errors=ERRORS | {"positional argument": "it is called as generator_step(generator, critic, optimizer_g, z)."},
)


@check
def generator_step(answer) -> None:
    """Judge ``generator_step(generator, critic, optimizer_g, z)``: one update of the generator.

    The generator's gradients are cleared, then it takes one step of ``optimizer_g`` down -E f(G(z)). The critic's
    weights stay; gradients left in the critic do not matter, since its own step clears them. What it returns is not
    judged.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1, lines 11 and 12.
    """
    GENERATOR_STEP.judge(answer)
