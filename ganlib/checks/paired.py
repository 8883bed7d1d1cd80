"""Checks of chapter 07: how much a discriminator of patches sees, and what pix2pix's generator minimises."""

from collections.abc import Callable, Mapping, Sequence
from math import prod

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, softplus

from ganlib.checks.answers import (
    Formula,
    as_loss,
    as_number,
    expect_gradients,
    first_miss,
    mistaken_values,
    values_of,
)
from ganlib.checks.core import check, expect, expect_close

Numbers = Sequence[int]

NETWORKS = (
    ([4, 4, 4, 4, 4], [2, 2, 2, 1, 1]),
    ([3, 5], [2, 3]),
    ([1], [1]),
    ([3, 3, 3], [1, 1, 1]),
    ([7, 2, 4], [1, 4, 2]),
    ([5], [3]),
)


def _seen(kernels: Numbers, strides: Numbers) -> int:
    """1 + sum over layers of (k - 1) times the strides of all layers before."""
    return 1 + sum((k - 1) * prod(strides[:i]) for i, k in enumerate(kernels))


def _recursion(kernels: Numbers, strides: Numbers, step: Callable[[int, int, int], int], start: int = 1) -> int:
    """A pixel followed back from the last layer to the first."""
    r = start
    for k, s in zip(reversed(kernels), reversed(strides), strict=True):
        r = step(r, k, s)
    return r


_SEEN_MISTAKES: Mapping[str, Callable[[Numbers, Numbers], int]] = {
    "the strides are forgotten. A step in a deep layer is a step of all earlier strides, multiplied.": (
        lambda ks, ss: 1 + sum(k - 1 for k in ks)
    ),
    "each layer's own stride is counted. Its kernel moves over its input: only the strides before it count.": (
        lambda ks, ss: 1 + sum((k - 1) * prod(ss[: i + 1]) for i, k in enumerate(ks))
    ),
    "the layers are taken in the wrong order. Follow one pixel of the result back, from the last layer to the first, "
    "or multiply the strides of the layers before.": lambda ks, ss: _seen(ks[::-1], ss[::-1]),
    "only the stride of the layer before is counted. Multiply the strides of all layers before.": (
        lambda ks, ss: 1 + sum((k - 1) * (ss[i - 1] if i else 1) for i, k in enumerate(ks))
    ),
    "the strides are added. They multiply: a stride of 2 after a stride of 2 is a step of 4 pixels.": (
        lambda ks, ss: 1 + sum((k - 1) * (sum(ss[:i]) or 1) for i, k in enumerate(ks))
    ),
    "the kernels are added up. Neighbouring windows overlap: each layer adds k - 1 steps, not k.": (
        lambda ks, ss: sum(ks)
    ),
    "each layer adds k steps. r pixels are r - 1 steps apart and the last one needs k more: (r - 1) * s + k.": (
        lambda ks, ss: _recursion(ks, ss, lambda r, k, s: r * s + k)
    ),
    "from r pixels back to r * s + k - 1: neighbouring windows are s apart, and there are r - 1 gaps, so (r - 1) * s + "
    "k.": lambda ks, ss: _recursion(ks, ss, lambda r, k, s: r * s + k - 1),
    "each layer adds k steps of the strides before. It adds k - 1 of them, and the first pixel adds 1.": (
        lambda ks, ss: sum(k * prod(ss[:i]) for i, k in enumerate(ks))
    ),
    "one pixel is missing: with no layer at all, an output still sees one pixel.": lambda ks, ss: _seen(ks, ss) - 1,
    "it begins with r = 0. One output is one pixel wide: begin with r = 1.": (
        lambda ks, ss: _recursion(ks, ss, lambda r, k, s: (r - 1) * s + k, start=0)
    ),
    "this is the product of the strides: how far apart two neighbours look. Asked is how much one of them sees.": (
        lambda ks, ss: prod(ss)
    ),
    "this is the product of the kernels.": lambda ks, ss: prod(ks),
    "this is the area. Asked is the side.": lambda ks, ss: _seen(ks, ss) ** 2,
    "the last layer is left out.": lambda ks, ss: _seen(ks[:-1], ss[:-1]),
    "the first layer is left out.": lambda ks, ss: _seen(ks[1:], ss[1:]),
    "padding of 1 is counted in each layer. Padding adds zeros outside and does not change what an output sees.": (
        lambda ks, ss: _recursion(ks, ss, lambda r, k, s: (r - 1) * s + k - 2)
    ),
}


@check
def receptive_field(answer) -> None:
    """Judge ``receptive_field(kernels, strides)``: the side, in pixels, of what one output sees; first layer first."""
    got = values_of(lambda ks, ss: as_number(answer(list(ks), list(ss))), NETWORKS)
    wanted = values_of(_seen, NETWORKS)
    i = first_miss(got, wanted)
    kernels, strides = NETWORKS[i]
    told = f"for kernels {kernels} and strides {strides} it gives {got[i]:.4g}, expected {wanted[i]:.0f}."
    expect_close(got, wanted, mistaken_values(_SEEN_MISTAKES, NETWORKS), told)


def _patches(source: Tensor, picture: Tensor) -> Tensor:
    """Logits of 2 x 2 patches of a drawing and a picture, (N, 1, H/2, W/2); not symmetric in the two."""
    return avg_pool2d((1.7 * picture + source * picture - 0.6 * source + 0.2).sum(1, keepdim=True), 2)


def _far_patches(source: Tensor, picture: Tensor) -> Tensor:
    """Logits of some hundreds below 0: D is sure that all is fake."""
    return _patches(source, picture) - 300


def _pictures(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A drawing, its true picture and a fake: (2, 3, 4, 4) in [-1, 1]."""
    draw = torch.Generator().manual_seed(seed)
    return tuple(2 * torch.rand(2, 3, 4, 4, generator=draw) - 1 for _ in range(3))


TRIPLES = ((*_pictures(0), 100.0), (*_pictures(1), 10.0), (*_pictures(2), 0.5))


def _fool(logits: Tensor) -> Tensor:
    return softplus(-logits).mean()


def _l1(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).abs().mean()


def _translation(x: Tensor, y: Tensor, fake: Tensor, weight: float) -> Tensor:
    return _fool(_patches(x, fake)) + weight * _l1(fake, y)


_TRANSLATION_MISTAKES: Mapping[str, Formula] = {
    "the L1 term is missing: add weight * E|y - fake|.": lambda x, y, fake, w: _fool(_patches(x, fake)),
    "the adversarial term is missing: add -E log D(x, fake).": lambda x, y, fake, w: w * _l1(fake, y),
    "the weight is forgotten: it multiplies the L1 term.": lambda x, y, fake, w: (
        _fool(_patches(x, fake)) + _l1(fake, y)
    ),
    "the weight multiplies the adversarial term. It belongs to the L1 term.": (
        lambda x, y, fake, w: w * _fool(_patches(x, fake)) + _l1(fake, y)
    ),
    "the weight multiplies both terms. It belongs to the L1 term alone.": (
        lambda x, y, fake, w: w * (_fool(_patches(x, fake)) + _l1(fake, y))
    ),
    "the L1 term is a sum. Average over all numbers, so that the weight means the same at every size.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) + w * (fake - y).abs().sum()
    ),
    "the L1 term is summed over a picture. Average over all numbers.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) + w * (fake - y).abs().flatten(1).sum(1).mean()
    ),
    "this is the squared error. Asked is the absolute one, L1.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) + w * (fake - y).square().mean()
    ),
    "the fake is compared with the drawing x. Compare it with the true picture y.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) + w * _l1(fake, x)
    ),
    "the L1 term has the wrong sign: G would run away from y.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) - w * _l1(fake, y)
    ),
    "the absolute value is missing, so errors of other signs cancel.": (
        lambda x, y, fake, w: _fool(_patches(x, fake)) + w * (fake - y).mean()
    ),
    "D's arguments are swapped: first the drawing, then the picture, D(x, fake).": (
        lambda x, y, fake, w: _fool(_patches(fake, x)) + w * _l1(fake, y)
    ),
    "D judges the true picture. G must fool D with its fake: D(x, fake).": (
        lambda x, y, fake, w: _fool(_patches(x, y)) + w * _l1(fake, y)
    ),
    "D sees the fake beside the true picture. It sees it beside the drawing: D(x, fake).": (
        lambda x, y, fake, w: _fool(_patches(y, fake)) + w * _l1(fake, y)
    ),
    "this is the saturating loss, log(1 - D). Asked is -log D.": (
        lambda x, y, fake, w: -softplus(_patches(x, fake)).mean() + w * _l1(fake, y)
    ),
    "this is -log(1 - D), what D minimises on fakes: G would help D.": (
        lambda x, y, fake, w: softplus(_patches(x, fake)).mean() + w * _l1(fake, y)
    ),
    "the adversarial term has the wrong sign: it is -log D, which is small when D believes the fake.": (
        lambda x, y, fake, w: -_fool(_patches(x, fake)) + w * _l1(fake, y)
    ),
    "the adversarial term is a sum over the patches. Average it.": (
        lambda x, y, fake, w: softplus(-_patches(x, fake)).sum() + w * _l1(fake, y)
    ),
    "the logits are averaged before the logarithm. Each patch is judged by itself: average the losses.": (
        lambda x, y, fake, w: softplus(-_patches(x, fake).mean()) + w * _l1(fake, y)
    ),
    "the logarithm is missing: this is minus the average logit.": (
        lambda x, y, fake, w: -_patches(x, fake).mean() + w * _l1(fake, y)
    ),
    "D's loss is in it. G minimises -E log D(x, fake) + weight * E|y - fake|, no more.": (
        lambda x, y, fake, w: _fool(_patches(x, y)) + softplus(_patches(x, fake)).mean() + w * _l1(fake, y)
    ),
}


def _judge_far(answer: Callable) -> None:
    """Where D is sure that all is fake, the loss is finite and right."""
    x, y, fake, weight = TRIPLES[0]
    got = as_loss(answer(_far_patches, x, y, fake, weight), "the result").item()
    right = (_fool(_far_patches(x, fake)) + weight * _l1(fake, y)).item()
    expect(
        abs(got - right) < 0.01,
        f"where D is sure that all is fake it gives {got:.2f}, expected {right:.2f}: the sigmoid rounds to 0 there. "
        "-log sigmoid(a) = softplus(-a).",
    )


@check
def pix2pix_loss(answer) -> None:
    """Judge ``pix2pix_loss(D, x, y, fake, weight)``: -E log D(x, fake) + weight * E|y - fake|, what G minimises.

    D(x, picture) returns logits of patches. Source: Isola et al. 2016, arXiv 1611.07004, eq. 3 and 4.
    """

    def value(x: Tensor, y: Tensor, fake: Tensor, weight: float) -> Tensor:
        return as_loss(answer(_patches, x.clone(), y.clone(), fake.clone(), weight), "the result").detach()

    got, wanted = values_of(value, TRIPLES), values_of(_translation, TRIPLES)
    expect(not got.isnan().any(), "the loss is NaN: D returns logits, not probabilities yet.")
    i = first_miss(got, wanted)
    told = f"with weight {TRIPLES[i][3]:g} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(_TRANSLATION_MISTAKES, TRIPLES), told)
    _judge_far(answer)
    x, y, fake, weight = TRIPLES[0]

    def of_fake(loss: Callable) -> Callable:
        return lambda picture: (loss(picture),)

    mine, right = (lambda f: answer(_patches, x, y, f, weight)), (lambda f: _translation(x, y, f, weight))
    expect_gradients(of_fake(mine), of_fake(right), [fake], ["fake"])
