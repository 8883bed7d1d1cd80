"""The check of the gradient penalty.

The expected values hold for every draw of epsilon: a linear critic of slope k pays (k - 1)^2 wherever it is asked, and
where real = fake the points between them are known.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganlib import losses
from ganlib.checks.core import check, expect
from ganlib.checks.wgan.elsewhere import Elsewhere, MixedDevices
from ganlib.checks.wgan.formulas import compare, norms
from ganlib.checks.wgan.part import Draw, Part, Property
from ganlib.checks.wgan.points import between, uniform
from ganlib.checks.wgan.probes import Bowl, Slope, shapes

OTHER_DEVICE = "a tensor was made on another device than real: use device=real.device, and neither .cuda() nor 'cpu'."
ORDER = "the arguments come in this order: critic, real, fake."
ERRORS = {
    "can be implicitly created only for scalar outputs": (
        "torch.autograd.grad of a batch of scores needs grad_outputs=torch.ones_like(scores), or the scores' sum()."
    ),
    "Mismatch in shape: grad_output": (
        "grad_outputs has another shape than the scores, which may be (N,) or (N, 1): use torch.ones_like(scores)."
    ),
    "to not have been used in the graph": (
        "the scores do not depend on the tensor that you take the gradient for. First make x_hat, then "
        "scores = critic(x_hat), then the gradient of the scores with respect to x_hat."
    ),
    "does not require grad": (
        "the graph does not start at x_hat: call x_hat.requires_grad_(True) before critic(x_hat), with gradients on."
    ),
    "'tuple' object has no attribute": (
        "torch.autograd.grad returns a tuple with one gradient for each input: take the first, grad(...)[0]."
    ),
    "at non-singleton dimension": (
        "shapes do not fit together: epsilon has one number for each sample, shape (N, 1, ..., 1) with as many "
        "dimensions as real, and no size is written as a fixed number."
    ),
    "'Tensor' object is not callable": ORDER,
    "'Recorder'": ORDER,
    "positional argument": "it is called as gradient_penalty(critic, real, fake): three arguments and no more.",
    "NVIDIA": OTHER_DEVICE,
    "not compiled with CUDA": OTHER_DEVICE,
    "same device": OTHER_DEVICE,
}


def _penalty(answer: Callable, critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """What the answer returned, if it is one number that may keep its graph."""
    penalty = answer(critic, real, fake)
    expect(penalty is not None, "it returned None: does it end with return?")
    kind = type(penalty).__name__
    expect(isinstance(penalty, Tensor), f"it returned a {kind}, expected a tensor: no .item(), no float().")
    shape = tuple(penalty.shape)
    expect(shape == (), f"it returned a tensor of shape {shape}, expected one number: average over the batch.")
    return penalty


def _slopes(answer: Callable, draw: Draw) -> None:
    """A critic of slope k pays (k - 1)^2, for points and pictures, for scores (N,) and (N, 1)."""
    for shape in shapes(draw):
        n, direction = draw.integer(3, 6), draw.normal(*shape)
        real, fake = draw.normal(n, *shape), draw.normal(n, *shape) + 2
        slopes = draw.uniform(2.0, 4.0), draw.uniform(0.2, 0.8), -draw.uniform(1.5, 3.0), 1.0
        critics = [Slope(direction, k) for k in slopes]
        gradients = [(critic.k * critic.u).detach().expand_as(real) for critic in critics]
        where = f"for a critic of slope {slopes[0]:.2f} and samples of shape {shape}"
        for scores, form in (("(N,)", nn.Identity()), ("(N, 1)", nn.Unflatten(0, (-1, 1)))):
            got = [_penalty(answer, nn.Sequential(critic, form), real.clone(), fake.clone()) for critic in critics]
            compare(got, gradients, f"{where}, with scores {scores},")


def _each_sample(answer: Callable, draw: Draw) -> None:
    """Each sample pays for its own norm. Here real = fake, so x_hat is known; in double precision."""
    for shape in shapes(draw):
        n, a, each = draw.integer(3, 6), draw.uniform(0.5, 2.0), (-1, *[1] * len(shape))
        x = draw.normal(n, *shape, dtype=torch.float64)
        x = x / norms(x).view(each) * torch.linspace(0.3, 2.5, n, dtype=torch.float64).view(each)
        got = _penalty(answer, Bowl(a, torch.float64), x.clone(), x.clone())
        compare([got], [a * x], f"where the samples' slopes run from {0.3 * a:.2f} to {2.5 * a:.2f}")


def _trains(answer: Callable, draw: Draw) -> None:
    """The derivative for the critic's weights is that of the formula: d/dk (k - 1)^2 = 2 (k - 1), and on a network."""
    (shape, _), n, k = shapes(draw), draw.integer(3, 6), draw.uniform(2.0, 4.0)
    critic = Slope(draw.normal(*shape), k)
    penalty = _penalty(answer, critic, draw.normal(n, *shape), draw.normal(n, *shape) + 2)
    expect(
        penalty.requires_grad,
        "the penalty is cut off from the critic's weights, so backward() would ignore it. Give torch.autograd.grad the "
        "argument create_graph=True, and use no detach(), .data or no_grad() after it.",
    )
    (slope,) = torch.autograd.grad(penalty, critic.k, allow_unused=True)
    expect(slope is not None, "the penalty does not depend on this critic's weights: was a copy of the critic asked?")
    right = 2 * (k - 1)
    expect(
        abs(slope.item() - right) < 1e-3,
        f"at slope k = {k:.2f} the derivative of (k - 1)^2 is {right:.3f}, that of your penalty {slope.item():.3f}: "
        "a part of the graph is missing, or the formula is another one. No detach() and no .data on the way.",
    )
    _trains_a_network(answer, draw)


def _trains_a_network(answer: Callable, draw: Draw) -> None:
    """With real = fake, all weights of a network get the gradient that the formula gives."""
    n, d = draw.integer(3, 6), draw.integer(2, 4)
    critic = nn.Sequential(nn.Linear(d, 5), nn.Tanh(), nn.Linear(5, 1)).double()
    for parameter in critic.parameters():
        parameter.data.copy_(draw.normal(*parameter.shape, dtype=torch.float64))
    x, weights = draw.normal(n, d, dtype=torch.float64), [critic[0].weight, critic[0].bias, critic[2].weight]
    right = torch.autograd.grad(losses.gradient_penalty(critic, x, x), weights)
    got = torch.autograd.grad(_penalty(answer, critic, x.clone(), x.clone()), weights, allow_unused=True)
    fits = all(g is not None and torch.allclose(g, r, rtol=1e-3, atol=1e-5) for g, r in zip(got, right, strict=True))
    expect(
        fits, "on a small network the penalty does not give the critic's weights the gradient of E (|grad f| - 1)^2."
    )


def _constants(answer: Callable, draw: Draw) -> None:
    """No gradient goes from the penalty to real or fake."""
    (_, shape), n = shapes(draw), draw.integer(3, 6)
    batches = {"real": draw.normal(n, *shape), "fake": draw.normal(n, *shape) + 2}
    for name in batches:
        leaf = batches[name].clone().requires_grad_(True)
        penalty = _penalty(answer, Bowl(1.0), **batches | {name: leaf * 1.0})
        (gradient,) = torch.autograd.grad(penalty, leaf, allow_unused=True) if penalty.requires_grad else (None,)
        expect(
            gradient is None or not gradient.any(),
            f"the penalty sends a gradient to {name}, and through the fakes to the generator. Both batches are "
            "constants here: start from real.detach() and fake.detach().",
        )


def _unchanged(answer: Callable, draw: Draw) -> None:
    """Batches, weights, gradients and modes are as before the call."""
    (_, shape), n, k = shapes(draw), draw.integer(3, 6), draw.uniform(2.0, 4.0)
    for training in (True, False):
        critic, held = Slope(draw.normal(*shape), k).train(training), torch.tensor(draw.uniform(1.0, 2.0))
        weight, critic.k.grad = critic.k.item(), held.clone()
        batches = draw.normal(n, *shape), draw.normal(n, *shape)
        given = [batch.clone() for batch in batches]
        _penalty(answer, critic, *given)
        same = all(torch.equal(batch, before) for batch, before in zip(given, batches, strict=True))
        expect(same, "real or fake was changed in place: build a new tensor x_hat.")
        asks = any(batch.requires_grad for batch in given)
        expect(not asks, "requires_grad was switched on for real or fake: do that on x_hat alone.")
        expect(
            critic.k.grad is not None and torch.equal(critic.k.grad, held),
            "the call changed the gradients that the critic's weights hold: use torch.autograd.grad, neither "
            "backward() nor zero_grad().",
        )
        expect(critic.k.item() == weight, "the call changed the critic's weights.")
        expect(critic.k.requires_grad, "the critic is frozen afterwards: leave its requires_grad alone.")
        expect(critic.training == training, "the critic's mode (train or eval) is another one afterwards.")


def _any_device(answer: Callable, draw: Draw) -> None:
    """What it makes is where the inputs are, or is moved there."""
    (_, shape), n = shapes(draw), draw.integer(3, 6)
    try:
        with Elsewhere():
            answer(Slope(draw.normal(*shape), 2.0), draw.normal(n, *shape), draw.normal(n, *shape))
    except Exception as error:  # only a mix of devices counts: without its numbers an answer may stop elsewhere
        mixed = isinstance(error, MixedDevices) or "expected device" in str(error)
        expect(not mixed, OTHER_DEVICE)


PENALTY = Part(
    "gradient_penalty",
    asked=(
        Property("x_hat lies between real and fake", 2, between),
        Property("a slope of k costs (k - 1)^2", 3, _slopes),
        Property("every sample has its own norm", 2, _each_sample),
        Property("the penalty trains the critic", 16, _trains),
        Property("one fresh uniform epsilon a sample", 2, uniform),
    ),
    kept=(
        Property("real and fake are constants", 1, _constants),
        Property("nothing else is changed", 1, _unchanged),
        Property("any device", 1, _any_device),
    ),
    errors=ERRORS,
)


@check
def gradient_penalty(answer) -> None:
    """Judge ``gradient_penalty(critic, real, fake)``: E (|grad f(x_hat)| - 1)^2, one number, lambda outside.

    x_hat = epsilon * real + (1 - epsilon) * fake with one epsilon ~ U[0, 1] for each sample, new in every call; the
    norm is over all entries of a sample. ``critic`` maps (N, ...) to (N,) or (N, 1). ``real`` and ``fake``, of one
    shape, are constants: no gradient goes to them. The critic's weights get theirs when the result is minimised, and
    none by the call itself. All is made on the device of ``real``.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1.
    """
    PENALTY.judge(answer)
