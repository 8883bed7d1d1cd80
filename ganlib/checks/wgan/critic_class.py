"""The check of the critic: a class, judged by scores and gradients, not by its layers' names."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganlib.checks.core import check, expect
from ganlib.checks.wgan.part import Draw, Part, Property

WIDTH = 8
FAR = 1024.0
ERRORS = {
    "positional argument": "it is made as Critic(size=32, channels=3, width=16), with these three names.",
    "unexpected keyword argument": "it is made as Critic(size=32, channels=3, width=16), with these three names.",
    "more than 1 spatial element": (
        "an instance norm stands where a channel has one entry left: leave the norm out there, or use a layer norm."
    ),
    "more than 1 value per channel": (
        "a batch norm stops at a batch of one sample. A critic has none: a layer norm or an instance norm instead."
    ),
    "does not require grad": "the scores carry no gradient: no detach(), no_grad(), item() or tolist() in forward.",
    "before Module.__init__": "super().__init__() comes first in __init__.",
    "no attribute '_parameters'": "super().__init__() comes first in __init__.",
    "shapes cannot be multiplied": "the linear layer does not fit this size: compute its inputs from size.",
    "Given normalized_shape": "the layer norm's shape does not fit this size: or take nn.GroupNorm(1, channels).",
    "to have 3 channels": "the first layer takes 3 channels always: use the argument channels.",
    "Kernel size can't be greater": "too many halvings for this size: compute their number from size.",
}


def _made(answer: Callable, size: int, channels: int) -> nn.Module:
    """A critic of the answer, in training mode."""
    critic = answer(size=size, channels=channels, width=WIDTH)
    expect(isinstance(critic, nn.Module), f"Critic(...) is a {type(critic).__name__}, expected a torch.nn.Module.")
    weights = len(list(critic.parameters()))
    expect(weights > 0, "the critic has no weights that can learn: layers belong to the module, made in __init__.")
    return critic.train()


def _scores(critic: nn.Module, x: Tensor) -> Tensor:
    """The scores as (N,), if there is one for each picture."""
    scores, n = critic(x), len(x)
    expect(isinstance(scores, Tensor), f"forward returns {type(scores).__name__}, expected the scores: return them.")
    shape, given = tuple(scores.shape), tuple(x.shape)
    if n == 1 and shape == ():
        expect(
            False, "for a batch of one picture the score has no batch dimension: squeeze(1) or flatten, not squeeze()."
        )
    told = f"pictures {given} get scores of shape {shape}, expected ({n},) or ({n}, 1)."
    more = " Halve until the side is 4, or compute what is left from size." if scores.numel() > n else ""
    expect(shape in ((n,), (n, 1)), told + more)
    return scores.flatten()


def _bounded(scores: Tensor) -> str:
    """What a critic without a linear end does to its scores, as far as the scores tell."""
    low, high = scores.min().item(), scores.max().item()
    if low >= 0 and high <= 1:
        return "its scores lie between 0 and 1, as after a sigmoid."
    if low >= 0:
        return "its scores are never negative, as after ReLU or softplus."
    if high <= 0:
        return "its scores are never positive, as after a log-sigmoid."
    return "its scores are bent at the end, as by tanh, clamp or LeakyReLU."


@torch.no_grad()
def _moved(critic: nn.Module, x: Tensor, weight: nn.Parameter, step: Tensor) -> Tensor:
    """By how much the scores change when the weight moves by 1, FAR and -FAR steps, (3, N)."""
    start, here, changes = weight.clone(), _scores(critic, x), []
    for t in (1.0, FAR, -FAR):
        weight.copy_(start + t * step)
        changes.append(_scores(critic, x) - here)
    weight.copy_(start)
    return torch.stack(changes)


def _unbounded(answer: Callable, draw: Draw) -> None:
    """The scores are linear in the last layer: along some weight they go on in a straight line, on both sides."""
    critic = _made(answer, 32, 3).eval()
    x, seen = draw.normal(3, 3, 32, 32), []
    for weight in reversed(list(critic.parameters())):
        changes = _moved(critic, x, weight, draw.normal(*weight.shape))
        line = torch.tensor([[1.0], [FAR], [-FAR]]) * changes[0]
        off = (changes - line).abs().amax(1) / line.abs().amax(1)
        if changes[0].abs().max() > 1e-3 and off.max() < 1e-3:
            return
        seen.append(changes)
    end = _bounded(torch.stack(seen) + _scores(critic, x).detach())
    expect(False, f"{end} A critic's score is any real number: end with the last layer, nothing after it.")


def _one_by_one(answer: Callable, draw: Draw) -> None:
    """The score of a picture has no gradient with respect to another picture of the batch."""
    critic = _made(answer, 32, 3)
    x = draw.normal(4, 3, 32, 32).requires_grad_(True)
    (gradient,) = torch.autograd.grad(_scores(critic, x)[0], x, allow_unused=True)
    expect(gradient is not None, "the score does not depend on the picture, or the graph is cut: no detach().")
    own, others = gradient[0].abs().max().item(), gradient[1:].abs().max().item()
    expect(own > 0, "the score does not depend on the picture.")
    kinds = {type(layer).__name__ for layer in critic.modules() if isinstance(layer, nn.modules.batchnorm._BatchNorm)}
    culprit = f" ({', '.join(sorted(kinds))})" if kinds else ""
    expect(
        others <= 1e-7 * own,
        f"the score of one picture depends on the rest of its batch{culprit}: their gradient is {others / own:.2g} of "
        "its own. The penalty is about each sample's own gradient. Use layer norm, instance norm, or none.",
    )


def _score_each(answer: Callable, draw: Draw) -> None:
    """One score for each picture, for both sizes, other channels, and a batch of one."""
    for size, channels, n in ((32, 3, draw.integer(2, 5)), (64, 1, 2), (32, 1, 1)):
        critic, x = _made(answer, size, channels), draw.normal(n, channels, size, size)
        _scores(critic, x)
    critic = answer()
    scores = _scores(critic.eval(), draw.normal(3, 3, 32, 32))
    expect(scores.isfinite().all().item(), f"the scores are {scores.tolist()}, expected finite numbers.")
    alike = torch.allclose(scores, scores[0].expand_as(scores), rtol=1e-6, atol=0.0)
    expect(not alike, f"three pictures get the same score, {scores[0].item():.4g}: it says nothing about a picture.")


def _learns(answer: Callable, draw: Draw) -> None:
    """Every weight is asked for a gradient and gets one, from the scores and through the slope of the scores."""
    critic = _made(answer, 32, 3)
    x, named = draw.normal(2, 3, 32, 32).requires_grad_(True), dict(critic.named_parameters())
    stiff = [name for name, weight in named.items() if not weight.requires_grad]
    expect(not stiff, f"{', '.join(stiff)}: requires_grad is off, so the critic cannot learn there.")
    scores = _scores(critic, x)
    expect(scores.requires_grad, "the scores carry no gradient: no detach() and no no_grad() in forward.")
    gradients = torch.autograd.grad(scores.sum(), list(named.values()), retain_graph=True, allow_unused=True)
    idle = [name for name, gradient in zip(named, gradients, strict=True) if gradient is None]
    expect(not idle, f"no gradient reaches {', '.join(idle)}: is the layer used in forward, without detach()?")
    (slope,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
    twice = torch.autograd.grad(slope.square().sum(), list(named.values()), allow_unused=True)
    expect(any(g is not None and g.any() for g in twice), "the slope of the scores does not depend on the weights.")


CRITIC = Part(
    "Critic",
    asked=(
        Property("scores are any real number: no sigmoid", 5, _unbounded),
        Property("every picture is judged by itself: no batch norm", 5, _one_by_one),
    ),
    kept=(
        Property("one score for each picture", 1, _score_each),
        Property("every weight learns", 1, _learns),
    ),
    errors=ERRORS,
)


@check
def critic(answer) -> None:
    """Judge the class ``Critic(size=32, channels=3, width=16)``: pictures to scores, one for each.

    Pictures are (N, channels, size, size), with a power of two from 32 on for the size; scores are (N,) or (N, 1), for
    a batch of one picture too. Nothing follows the last layer, so the scores are not bounded. Each picture is judged by
    itself: no batch norm; layer, instance and group norm are right, and so is none.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1; Gulrajani et al. 2017, arXiv 1704.00028, section 4.
    """
    CRITIC.judge(answer)
