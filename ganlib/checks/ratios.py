"""Checks of chapter 03: ratios of densities from a discriminator, and what they are used for."""

from collections.abc import Mapping

import torch

from ganlib.checks.core import check, expect, expect_close
from ganlib.checks.optimal import Formula, known, returned, rounded

LOGITS = torch.tensor([-1.2, 0.0, 0.7, 2.5])

_RATIO_MISTAKES: Mapping[str, Formula] = {
    "this is p_g / p_data, the ratio upside down.": lambda a: (-a).exp(),
    "this is D itself. The ratio is D / (1 - D).": lambda a: a.sigmoid(),
    "this is 1 - D. The ratio is D / (1 - D).": lambda a: (-a).sigmoid(),
    "this is 2 D, the ratio to the middle (p_data + p_g) / 2. The ratio to p_g is D / (1 - D).": lambda a: (
        2 * a.sigmoid()
    ),
    "logits are put into D / (1 - D) as if they were probabilities.": lambda a: a / (1 - a),
    "this is the logarithm of the ratio: exponentiate it.": lambda a: a,
    "the sigmoid is applied twice.": lambda a: a.sigmoid().exp(),
    "this is softmax: weights that sum to 1. Asked is the ratio at each x by itself.": lambda a: a.softmax(0),
}


@check
def density_ratio(answer) -> None:
    """Judge ``density_ratio(logits)``: D / (1 - D) = exp(logit), precise from -30 to 30 in float32."""
    got = returned("what it returned", answer(LOGITS.clone()), (4,))
    right = LOGITS.exp().double()
    told = f"for logits {rounded(LOGITS)} it is {rounded(got)}, expected {rounded(right)}."
    mistakes = {words: values.double() for words, values in known(_RATIO_MISTAKES, LOGITS).items()}
    expect_close(got, right, mistakes, told)
    far = torch.tensor([-30.0, 12.0, 16.0, 30.0])
    got, right = returned("what it returned", answer(far.clone()), (4,)), far.double().exp()
    wrong = ((got / right - 1).abs() > 1e-4) | ~got.isfinite()
    i = int(wrong.int().argmax())
    expect(
        not wrong.any(),
        f"at the logit {far[i]:.0f} it is {got[i]:.6g}, expected {right[i]:.6g}: near 1, D is rounded and 1 - D has "
        "few digits left, and a clamp or an epsilon is felt. The ratio is a simple function of the logit.",
    )


VALUES = torch.tensor([[1.0, -2.0], [0.5, 3.0], [-1.5, 0.4], [2.0, 1.0]], dtype=torch.float64)
WEIGH = torch.tensor([-0.5, 1.2, 0.3, -2.0], dtype=torch.float64)

_MEAN_MISTAKES: Mapping[str, Formula] = {
    "all fakes count equally: this is the mean under p_g.": lambda v, a: v.mean(0),
    "each fake counts with D. The ratio of the densities is D / (1 - D).": lambda v, a: (
        (a.sigmoid() / a.sigmoid().sum()) @ v
    ),
    "the ratio is upside down: fakes that look real must count more.": lambda v, a: (-a).softmax(0) @ v,
    "the weights were divided by their number, not by their sum: then they do not sum to 1.": lambda v, a: (
        a.exp() @ v / len(a)
    ),
    "the weights do not sum to 1: divide them by their sum.": lambda v, a: a.exp() @ v,
    "the largest logit was subtracted, and the weights do not sum to 1: divide them by their sum.": lambda v, a: (
        (a - a.max()).exp() @ v
    ),
    "this is softmax of D: the weights are the softmax of the logits themselves.": lambda v, a: (
        a.sigmoid().softmax(0) @ v
    ),
    "the weights sum to 1, and then a mean was taken on top: sum the weighted values.": lambda v, a: (
        a.softmax(0) @ v / len(a)
    ),
    "each fake counts with its logit, which can be negative: exponentiate.": lambda v, a: (a / a.sum()) @ v,
    "each fake counts with D, and the weights do not sum to 1: use D / (1 - D), divided by its sum.": lambda v, a: (
        a.sigmoid() @ v / len(a)
    ),
}


@check
def reweighted_mean(answer) -> None:
    """Judge ``reweighted_mean(values, logits)``: the mean over fakes, weighted by D / (1 - D), self-normalised."""
    flat = VALUES[:, 0]
    for values, shape in ((flat, ()), (VALUES, (2,))):
        got = returned("what it returned", answer(values.clone(), WEIGH.clone()), shape)
        right = WEIGH.softmax(0) @ values
        told = f"for values of shape {tuple(values.shape)} it is {rounded(got)}, expected {rounded(right)}."
        expect_close(got, right, known(_MEAN_MISTAKES, values, WEIGH), told)
    far = torch.tensor([1000.0, 999.0, -1000.0, 0.0], dtype=torch.float64)
    got, right = returned("what it returned", answer(flat.clone(), far), ()), far.softmax(0) @ flat
    expect(
        torch.allclose(got, right),
        f"with logits of 1000 and 999 it is {got:.4g}, expected {right:.4f}: exp(1000) is infinite. Only "
        "differences of logits count, so subtract the largest first (softmax does).",
    )
    shifted = torch.tensor([-1000.0, -1001.0, -1002.0, -1003.0], dtype=torch.float64)
    got, right = returned("what it returned", answer(flat.clone(), shifted), ()), shifted.softmax(0) @ flat
    expect(
        torch.allclose(got, right),
        f"with logits around -1000 it is {got:.4g}, expected {right:.4f}: exp(-1000) is 0, and 0 / 0 is NaN. Subtract "
        "the largest logit first (softmax does).",
    )
