"""The check of weight clipping."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn

from ganlib.checks.core import check, expect, expect_close
from ganlib.checks.wgan.part import Draw, Part, Property

CLIP = 0.01
Clip = Callable[[Tensor, float], Tensor]
ERRORS = {
    "leaf Variable that requires grad": (
        "PyTorch refuses to change a weight in place while it records gradients: clip under torch.no_grad()."
    ),
    "'_Net' object": "a critic can have any layers, by any name: go through critic.parameters().",
    "has no attribute 'weight'": "some layers have no weight, or more than that: go through critic.parameters().",
    "positional argument": "it is called as clip_weights(critic, c), or as clip_weights(critic) for c = 0.01.",
}


class _Net(nn.Module):
    """Weights of many kinds, beyond c on both sides and within: layers, a norm, a bare parameter, a frozen one."""

    def __init__(self, draw: Draw, c: float, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(2, 3, 3), nn.InstanceNorm2d(3, affine=True), nn.Linear(3, 4))
        self.scale, self.shift = nn.Parameter(torch.empty(5)), nn.Parameter(torch.empty(5), requires_grad=False)
        self.register_buffer("seen", 3 * draw.normal(5))
        self.to(dtype)
        for parameter in self.parameters():
            weights = draw.normal(parameter.numel(), dtype=dtype)
            weights[::2] *= 3.0
            weights[1::2] *= c
            weights[:3] = c * torch.tensor([-2.0, 0.5, 2.0])
            parameter.data.copy_(weights.view(parameter.shape))
            parameter.grad = draw.normal(*parameter.shape, dtype=dtype)


_MISTAKES: Mapping[str, Clip] = {
    "the weights are as before. A clamp returns a new tensor: write into the weights with clamp_ or copy_.": (
        lambda w, c: w
    ),
    "only the upper side is clipped: weights below -c are left.": lambda w, c: w.clamp(max=c),
    "only the lower side is clipped: weights above c are left.": lambda w, c: w.clamp(min=-c),
    "negative weights became 0 or more: the interval is [-c, c], not [0, c].": lambda w, c: w.clamp(0, c),
    "c is not used: the weights are clipped to [-0.01, 0.01] for every c.": lambda w, c: w.clamp(-CLIP, CLIP),
    "the weights are clipped to [-1, 1], not to [-c, c].": lambda w, c: w.clamp(-1, 1),
    "weights between -c and c were moved to the ends: leave those as they are.": lambda w, c: c * w.sign(),
    "weights beyond c were set to 0: they go to -c or c.": lambda w, c: torch.where(w.abs() > c, 0.0, w),
    "each tensor was scaled by its largest entry: clip every single weight.": lambda w, c: w * c / w.abs().max(),
    "each tensor was scaled to the norm c: clip every single weight.": lambda w, c: w * (c / w.norm()).clamp(max=1),
    "all weights were multiplied by c: clip them.": lambda w, c: c * w,
    "this is c * tanh(w): weights between -c and c were changed. Clip, do not squash.": lambda w, c: c * w.tanh(),
    "this is c * tanh(w / c): weights between -c and c were changed. Clip, do not squash.": (
        lambda w, c: c * (w / c).tanh()
    ),
    "the weights lost their sign: the interval is [-c, c].": lambda w, c: w.abs().clamp(max=c),
}


def _flat(parameters: Iterable[Tensor]) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in parameters]).double()


def _left_out(critic: nn.Module, c: float) -> str:
    """What to say when no known mistake fits: which weights lie outside [-c, c], if only some do."""
    beyond = [name for name, weight in critic.named_parameters() if weight.detach().abs().max() > 1.001 * c]
    if 0 < len(beyond) < len(list(critic.parameters())):
        return f"some weights are not clipped, here {', '.join(beyond)}: go through all of critic.parameters()."
    return "the weights are not those from before, clipped to [-c, c]."


def _clip(answer: Callable, critic: nn.Module, *arguments: float) -> list[Tensor]:
    """Let the answer clip this critic; returns the weights from before."""
    owned = list(critic.parameters())
    before, gradients = [weight.detach().clone() for weight in owned], _flat(weight.grad for weight in owned)
    answer(critic, *arguments)
    same = all(old is new for old, new in zip(owned, critic.parameters(), strict=True))
    expect(same, "the critic has new parameters, and its optimizer still holds the old ones: write into the old ones.")
    idle = torch.equal(_flat(owned), _flat(before))
    left = all(weight.grad is not None for weight in owned) and torch.equal(_flat(p.grad for p in owned), gradients)
    expect(left or not idle, "the gradients were clipped. WGAN clips the weights.")
    return before


def _clips(answer: Callable, draw: Draw) -> None:
    """With the c that is given every weight becomes the nearest number in [-c, c], in single and double precision."""
    for dtype in (torch.float32, torch.float64):
        c = draw.uniform(0.05, 0.5)
        critic = _Net(draw, c, dtype)
        before = _clip(answer, critic, c)
        known = {words: _flat(clip(weight, c) for weight in before) for words, clip in _MISTAKES.items()}
        right = _flat(weight.clamp(-c, c) for weight in before)
        expect_close(_flat(critic.parameters()), right, known, _left_out(critic, c))


def _by_default(answer: Callable, draw: Draw) -> None:
    """Without c, the paper's 0.01."""
    critic = _Net(draw, CLIP)
    right = _flat(weight.clamp(-CLIP, CLIP) for weight in _clip(answer, critic))
    otherwise = f"clip_weights(critic) does not clip to [-{CLIP}, {CLIP}]: c = {CLIP} is the default."
    expect_close(_flat(critic.parameters()), right, {}, otherwise)


def _nothing_else(answer: Callable, draw: Draw) -> None:
    """Buffers, gradients and flags are as before, and no graph hangs on the weights."""
    c = draw.uniform(0.05, 0.5)
    critic = _Net(draw, c)
    seen, gradients = critic.seen.clone(), [weight.grad.clone() for weight in critic.parameters()]
    asking = [weight.requires_grad for weight in critic.parameters()]
    answer(critic, c)
    expect(
        torch.equal(critic.seen, seen), "a buffer was clipped, such as the statistics of a norm: only parameters are."
    )
    for weight, gradient, asked in zip(critic.parameters(), gradients, asking, strict=True):
        kept = weight.grad is not None and torch.equal(weight.grad, gradient)
        expect(kept, "the gradients were changed: clip the weights and leave their .grad alone.")
        expect(weight.is_leaf, "the clipping was recorded for autograd: clip under torch.no_grad().")
        expect(weight.requires_grad == asked, "requires_grad of a weight is another one afterwards: leave it alone.")


CLIP_WEIGHTS = Part(
    "clip_weights",
    asked=(Property("every weight in [-c, c]", 5, _clips), Property("c = 0.01 by default", 2, _by_default)),
    kept=(Property("nothing else is changed", 1, _nothing_else),),
    errors=ERRORS,
)


@check
def clip_weights(answer) -> None:
    """Judge ``clip_weights(critic, c=0.01)``: every parameter of the critic is clipped to [-c, c], in place.

    What lies between stays as it is; buffers and gradients are left alone, and no gradient is recorded. What it returns
    is not judged.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1.
    """
    CLIP_WEIGHTS.judge(answer)
