"""Checks of chapter 05: the tricks that keep a GAN in training."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlib.checks.answers import Formula, as_loss, expect_gradients, first_miss, mistaken_values, values_of
from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check, expect, expect_close


def _judge_loss(
    value: Formula, right: Formula, mistakes: Mapping[str, Formula], cases: Sequence[tuple], words: str
) -> None:
    """The loss of each case is that of the formula."""
    got, wanted = values_of(value, cases), values_of(right, cases)
    i = first_miss(got, wanted)
    told = f"for {words} it gives {got[i]:.4f}, expected {wanted[i]:.4f}."
    expect_close(got, wanted, mistaken_values(mistakes, cases), told)


FEATURES = (
    (torch.tensor([[1.0, -2.0, 0.5], [3.0, 0.0, 1.5]]), torch.tensor([[0.0, 1.0, -1.0], [-2.0, 0.5, 2.0]])),
    (torch.tensor([[0.2, 4.0], [1.0, -1.0], [0.3, 0.6]]), torch.tensor([[1.5, 0.0], [2.0, -0.5], [-1.0, 0.1]])),
)
UNEVEN = (FEATURES[0][0], torch.cat([FEATURES[0][1], torch.tensor([[4.0, -1.0, 0.3]])]))


def _matching(real: Tensor, fake: Tensor) -> Tensor:
    return (real.mean(0) - fake.mean(0)).square().sum()


_MATCHING_MISTAKES: Mapping[str, Formula] = {
    "samples are compared one by one. No fake has a real partner: compare the two averages over the batch.": (
        lambda real, fake: (real - fake).square().sum(1).mean()
    ),
    "this is the mean squared error of pairs. No fake has a real partner: average each batch first.": (
        lambda real, fake: (real - fake).square().mean()
    ),
    "the average is over the features of a sample. Average over the batch, dimension 0.": (
        lambda real, fake: (real.mean(1) - fake.mean(1)).square().sum()
    ),
    "all features are averaged together. Average over the batch only, dimension 0.": (
        lambda real, fake: (real.mean() - fake.mean()).square()
    ),
    "this is the length of the difference. Asked is its square.": lambda real, fake: (
        real.mean(0) - fake.mean(0)
    ).norm(),
    "this is averaged over the features. Asked is the squared length: the sum.": (
        lambda real, fake: (real.mean(0) - fake.mean(0)).square().mean()
    ),
    "these are absolute differences. Asked are squares.": lambda real, fake: (real.mean(0) - fake.mean(0)).abs().sum(),
    "the features are summed over the batch. Average, so that the loss does not depend on the batch size.": (
        lambda real, fake: (real.sum(0) - fake.sum(0)).square().sum()
    ),
    "the sign is wrong: G wants the averages to agree.": lambda real, fake: -_matching(real, fake),
    "the difference is not squared, so features with other signs cancel.": lambda real, fake: (
        real.mean(0) - fake.mean(0)
    ).sum(),
    "this compares the averages of the squares. Square the difference of the averages.": (
        lambda real, fake: (real.square().mean(0) - fake.square().mean(0)).sum()
    ),
    "this is half the squared length. Do not divide by 2.": lambda real, fake: _matching(real, fake) / 2,
    "this is the average over all pairs of a real sample and a fake, which is least for fakes that are all alike.": (
        lambda real, fake: (real[:, None] - fake).square().sum(2).mean()
    ),
}


@check
def feature_matching_loss(answer) -> None:
    """Judge ``feature_matching_loss(real_features, fake_features)``: |E f(x) - E f(G(z))|^2 for features (N, d)."""

    def value(real: Tensor, fake: Tensor) -> Tensor:
        return as_loss(answer(real.clone(), fake.clone()), "the result").detach()

    _judge_loss(value, _matching, _MATCHING_MISTAKES, FEATURES, "batches of one size")
    _judge_loss(value, _matching, {}, [UNEVEN], "2 real samples and 3 fakes")

    def of_fakes(formula: Formula) -> Formula:
        return lambda fake: (formula(FEATURES[1][0].clone(), fake),)

    expect_gradients(of_fakes(answer), of_fakes(_matching), FEATURES[1][1:], ["fake_features"])


MATRICES = (
    (torch.tensor([[[0.2, -0.4], [1.0, 0.3]], [[0.7, 0.1], [0.9, 0.0]], [[-0.5, 0.6], [0.4, 1.2]]]),),
    (torch.tensor([[[0.1, 0.5, -0.3]], [[0.0, 0.2, 0.4]]]),),
    (torch.tensor([[[0.3], [1.0], [2.0], [-1.0]], [[0.3], [0.5], [0.0], [1.0]]]),),
)
MATRIX_WORDS = tuple(f"for M of shape {tuple(m.shape)}" for (m,) in MATRICES)


def _apart(m: Tensor) -> Tensor:
    """|M_i - M_j|_1 for all pairs and each of the B rows: (N, N, B)."""
    return (m[:, None] - m[None]).abs().sum(3)


def _similarity(m: Tensor) -> Tensor:
    return (-_apart(m)).exp().sum(1)


_SIMILARITY_MISTAKES: Mapping[str, Formula] = {
    "each sample leaves itself out. In the paper's sum j runs over all samples, i itself included, which adds 1.": (
        lambda m: _similarity(m) - 1
    ),
    "the minus is missing: samples that are far apart get the large numbers.": lambda m: _apart(m).exp().sum(1),
    "the exponential is missing: these are sums of distances.": lambda m: _apart(m).sum(1),
    "these are Euclidean distances. Asked is the sum of absolute differences, the L1 distance.": (
        lambda m: (-(m[:, None] - m[None]).norm(dim=3)).exp().sum(1)
    ),
    "these are squared Euclidean distances. Asked is the sum of absolute differences, the L1 distance.": (
        lambda m: (-(m[:, None] - m[None]).square().sum(3)).exp().sum(1)
    ),
    "the distance is an average over the C numbers of a row. Asked is their sum.": (
        lambda m: (-(m[:, None] - m[None]).abs().mean(3)).exp().sum(1)
    ),
    "this is an average over the samples. Asked is the sum.": lambda m: (-_apart(m)).exp().mean(1),
    "the B rows are taken together. Each has a similarity of its own: the result is (N, B).": (
        lambda m: (-_apart(m).sum(2)).exp().sum(1)
    ),
    "the B similarities are added up. The result is (N, B).": lambda m: _similarity(m).sum(1),
    "the exponential comes after the sum over j. Asked is a sum of exponentials.": lambda m: (-_apart(m).sum(1)).exp(),
    "the absolute value is missing, so differences of other signs cancel.": (
        lambda m: (-(m[:, None] - m[None]).sum(3)).exp().sum(1)
    ),
    "the exponential is taken of each number and then summed. Sum the C absolute differences first.": (
        lambda m: (-(m[:, None] - m[None]).abs()).exp().sum((1, 3))
    ),
}


@check
def minibatch_similarity(answer) -> None:
    """Judge ``minibatch_similarity(M)``: o_ib = sum_j exp(-|M_ib - M_jb|_1) for M (N, B, C), shape (N, B)."""
    judge_arrays(answer, _similarity, _SIMILARITY_MISTAKES, MATRICES, MATRIX_WORDS)
    (m,) = MATRICES[0]
    weights = torch.tensor([[1.0, -2.0], [0.5, 1.0], [3.0, 0.0]])

    def weighed(formula: Formula) -> Formula:
        return lambda m: ((formula(m) * weights).sum(),)

    expect_gradients(weighed(answer), weighed(_similarity), [m], ["M"])


LOGITS = (
    (torch.tensor([1.5, -0.4, 0.3]), torch.tensor([-0.9, 0.6, 2.1, -1.7, 0.2]), 0.9),
    (torch.tensor([-2.0, 0.8]), torch.tensor([0.5, 1.1]), 0.7),
    (torch.tensor([0.7, 1.2]), torch.tensor([-0.3, 0.9, 0.1]), 1.0),
)
FAR = 200.0


def _towards(logits: Tensor, target: float) -> Tensor:
    """The mean cross-entropy of sigmoid(logits) with a target."""
    return (target * softplus(-logits) + (1 - target) * softplus(logits)).mean()


def _smoothed(real: Tensor, fake: Tensor, alpha: float) -> Tensor:
    return _towards(real, alpha) + _towards(fake, 0.0)


_SMOOTHED_MISTAKES: Mapping[str, Formula] = {
    "nothing is smoothed: the target of real samples is alpha, not 1.": lambda real, fake, alpha: _smoothed(
        real, fake, 1.0
    ),
    "the fakes are smoothed as well, to 1 - alpha. That would pull D* up where there are only fakes: keep 0.": (
        lambda real, fake, alpha: _towards(real, alpha) + _towards(fake, 1 - alpha)
    ),
    "the fakes are smoothed and the real samples are not. It is the other way round.": (
        lambda real, fake, alpha: _towards(real, 1.0) + _towards(fake, 1 - alpha)
    ),
    "the target of real samples is 1 - alpha. It is alpha, such as 0.9.": lambda real, fake, alpha: _smoothed(
        real, fake, 1 - alpha
    ),
    "real and fake are swapped: alpha is the target of the real samples.": lambda real, fake, alpha: _smoothed(
        fake, real, alpha
    ),
    "the fakes' target is alpha as well. It is 0.": lambda real, fake, alpha: (
        _towards(real, alpha) + _towards(fake, alpha)
    ),
    "the fakes' target is 1. That is G's wish; D's target for them is 0.": lambda real, fake, alpha: (
        _towards(real, alpha) + _towards(fake, 1.0)
    ),
    "the term of the fakes has the wrong sign: both expectations get a minus.": lambda real, fake, alpha: (
        _towards(real, alpha) - _towards(fake, 0.0)
    ),
    "alpha scales the term of the real samples, and that is all: with a target alpha, (1 - alpha) log(1 - D(x)) joins "
    "in.": lambda real, fake, alpha: alpha * softplus(-real).mean() + softplus(fake).mean(),
    "the second half of the real term has the wrong sign: both logarithms get a minus.": lambda real, fake, alpha: (
        (alpha * softplus(-real) - (1 - alpha) * softplus(real)).mean() + softplus(fake).mean()
    ),
    "this is V itself. D wants V large and an optimizer makes its loss small, so the loss is -V.": (
        lambda real, fake, alpha: -_smoothed(real, fake, alpha)
    ),
    "the fakes are missing: add the average of -log(1 - D(G(z))).": lambda real, fake, alpha: _towards(real, alpha),
    "this is a sum over the batch. An expectation is an average: mean, not sum.": lambda real, fake, alpha: (
        len(real) * _towards(real, alpha) + len(fake) * _towards(fake, 0.0)
    ),
    "this is half of it: add the two averages, do not average them.": (
        lambda real, fake, alpha: _smoothed(real, fake, alpha) / 2
    ),
    "real and fake are averaged together. Each has an average of its own, and the two are added.": (
        lambda real, fake, alpha: (
            (len(real) * _towards(real, alpha) + len(fake) * _towards(fake, 0.0)) / (len(real) + len(fake))
        )
    ),
    "the sigmoid is applied twice: a function 'with logits' applies it itself.": lambda real, fake, alpha: _smoothed(
        real.sigmoid(), fake.sigmoid(), alpha
    ),
    "the logits are scaled by alpha. It is the target that is alpha.": lambda real, fake, alpha: (
        softplus(-alpha * real).mean() + softplus(fake).mean()
    ),
    "these are squared errors. Asked is the cross-entropy, with logarithms.": lambda real, fake, alpha: (
        (real.sigmoid() - alpha).square().mean() + fake.sigmoid().square().mean()
    ),
}


@check
def smoothed_loss(answer) -> None:
    """Judge ``smoothed_loss(real_logits, fake_logits, alpha)``: D's cross-entropy, real targets alpha, fake ones 0."""

    def value(real: Tensor, fake: Tensor, alpha: float) -> Tensor:
        loss = as_loss(answer(real.clone(), fake.clone(), alpha), "the result").detach()
        expect(not loss.isnan(), "the loss is NaN: these are logits, not probabilities yet.")
        return loss

    _judge_loss(value, _smoothed, _SMOOTHED_MISTAKES, LOGITS, "3 real logits and 5 fake ones")
    far = (torch.tensor([-FAR, FAR]), torch.tensor([FAR, -FAR]), 0.9)
    got, wanted = value(*far).item(), _smoothed(*far).item()
    expect(
        abs(got - wanted) < 0.01,
        f"at logits of 200 and -200 the loss is {got:.2f}, expected {wanted:.2f}: the sigmoid rounds to 0 or 1 there. "
        "Never form the probability: -log sigmoid(a) = softplus(-a), or BCE with logits.",
    )

    def at_alpha(formula: Formula) -> Formula:
        return lambda real, fake: (formula(real, fake, 0.9),)

    expect_gradients(at_alpha(answer), at_alpha(_smoothed), LOGITS[0][:2], ("real_logits", "fake_logits"))
