"""Checks of chapter 05: transposed convolution, its sizes and its overlaps."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlib.checks.answers import Formula, as_number, first_miss, mistaken_values, values_of
from ganlib.checks.arrays import judge_arrays
from ganlib.checks.core import check, expect_close

SETTINGS = ((7, 3, 2, 1), (8, 3, 2, 1), (10, 4, 3, 1), (9, 2, 4, 0), (12, 5, 1, 2), (6, 3, 5, 0), (5, 1, 3, 0))


def _lost(i: int, k: int, s: int, p: int) -> int:
    return (i + 2 * p - k) % s


_LOST_MISTAKES: Mapping[str, Formula] = {
    "this is the size after the convolution. Asked is what its floor has thrown away.": (
        lambda i, k, s, p: (i + 2 * p - k) // s + 1
    ),
    "this is the size that comes back without output padding. Asked is how many are missing.": (
        lambda i, k, s, p: i - _lost(i, k, s, p)
    ),
    "the padding is forgotten: the kernel runs over i + 2p numbers.": lambda i, k, s, p: (i - k) % s,
    "the padding is counted once. It is added on both sides: 2p.": lambda i, k, s, p: (i + p - k) % s,
    "the padding has the wrong sign: a convolution adds 2p numbers to its input.": lambda i, k, s, p: (
        (i - 2 * p - k) % s
    ),
    "the kernel is forgotten: its first place already takes k numbers.": lambda i, k, s, p: (i + 2 * p) % s,
    "the kernel has the wrong sign: the kernel can move i + 2p - k places.": lambda i, k, s, p: (i + 2 * p + k) % s,
    "one too much is left: the kernel can move i + 2p - k places, not one more.": lambda i, k, s, p: (
        (i + 2 * p - k + 1) % s
    ),
    "this is the rest with the wrong sign: count from the last place of the kernel to the end.": (
        lambda i, k, s, p: -(i + 2 * p - k) % s
    ),
    "the sign is wrong: asked is how many numbers are missing, not how many there are too many.": (
        lambda i, k, s, p: -_lost(i, k, s, p)
    ),
    "this is s - 1, the most that can get lost. Asked is what does get lost.": lambda i, k, s, p: s - 1,
    "this is the quotient, how many strides fit. Asked is the rest.": lambda i, k, s, p: (i + 2 * p - k) // s,
    "0 brings back only sizes at which the stride comes out even. Try i = 8, k = 3, s = 2, p = 1.": (
        lambda i, k, s, p: 0
    ),
}


@check
def output_padding(answer) -> None:
    """Judge ``output_padding(i, k, s, p)``: what a transposed convolution must add so that i comes back."""
    got, wanted = values_of(lambda *case: as_number(answer(*case)), SETTINGS), values_of(_lost, SETTINGS)
    j = first_miss(got, wanted)
    told = f"for i, k, s, p = {SETTINGS[j]} it gives {got[j]:.4g}, expected {wanted[j]:.4g}."
    expect_close(got, wanted, mistaken_values(_LOST_MISTAKES, SETTINGS), told)


PLANES = (
    (torch.tensor([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]]), torch.tensor([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]]), 2, 0),
    (
        torch.tensor([[2.0, 1.0], [-1.0, 4.0]]),
        torch.tensor([[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5], [0.25, 1.0, -2.0]]),
        2,
        1,
    ),
    (torch.tensor([[1.0, 2.0, -3.0]]), torch.tensor([[0.5, -1.0], [2.0, 1.5]]), 1, 0),
    (torch.tensor([[1.0, -1.0], [2.0, 3.0]]), torch.tensor([[1.0, -2.0], [0.5, 4.0]]), 3, 0),
)
PLANE_WORDS = tuple(
    f"for x of shape {tuple(x.shape)}, a kernel of shape {tuple(k.shape)}, stride {s} and padding {p}"
    for x, k, s, p in PLANES
)


def _spread(x: Tensor, stride: int, end: int = 0) -> Tensor:
    """x (H, W) with stride - 1 zeros between its entries, and ``end`` behind them."""
    rows, columns = ((n - 1) * stride + 1 + end for n in x.shape)
    wide = x.new_zeros(rows, columns)
    wide[: rows - end : stride, : columns - end : stride] = x
    return wide


def _convolve(x: Tensor, kernel: Tensor, padding: int | tuple[int, int], stride: int = 1) -> Tensor:
    """A convolution of one channel; an empty tensor where the kernel does not fit, which equals no right answer."""
    high, wide = (padding, padding) if isinstance(padding, int) else padding
    x = F.pad(x, (wide, wide, high, high))
    if x.shape[0] < kernel.shape[0] or x.shape[1] < kernel.shape[1]:
        return x.new_zeros(0)
    return F.conv2d(x[None, None], kernel[None, None], stride=stride)[0, 0]


def _full(kernel: Tensor, padding: int) -> tuple[int, int]:
    """k - 1 - p for both directions."""
    return tuple(k - 1 - padding for k in kernel.shape)


def _transposed(x: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    return F.conv_transpose2d(x[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]


_TRANSPOSED_MISTAKES: Mapping[str, Formula] = {
    "the kernel is not flipped. F.conv2d lays the kernel down as it is; to stamp it, turn it round in both directions: "
    "kernel.flip(0, 1).": lambda x, k, s, p: _convolve(_spread(x, s), k, _full(k, p)),
    "the kernel is transposed (rows become columns). Turn it round in both directions instead: kernel.flip(0, 1).": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.T, _full(k.T, p))
    ),
    "the kernel is flipped from left to right only. Flip it up and down as well.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(1), _full(k, p))
    ),
    "the kernel is flipped up and down only. Flip it from left to right as well.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0), _full(k, p))
    ),
    "the zeros between the entries are missing: with stride s, s - 1 of them go between neighbours.": (
        lambda x, k, s, p: _convolve(x, k.flip(0, 1), _full(k, p))
    ),
    "there is one zero too many between neighbours: s - 1 of them, so that entries are s apart.": (
        lambda x, k, s, p: _convolve(_spread(x, s + 1), k.flip(0, 1), _full(k, p))
    ),
    "there are zeros behind the last row and column as well. They belong between neighbours only.": (
        lambda x, k, s, p: _convolve(_spread(x, s, s - 1), k.flip(0, 1), _full(k, p))
    ),
    "the border has p zeros. That is the border of the convolution; here it has k - 1 - p.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0, 1), p)
    ),
    "the border has k - 1 zeros whatever the padding. The padding cuts p off on each side: k - 1 - p.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0, 1), _full(k, 0))
    ),
    "the border has k - p zeros, one too many: k - 1 - p.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0, 1), _full(k, p - 1))
    ),
    "the border is as wide for the columns as for the rows. The kernel need not be square: a - 1 - p and b - 1 - p.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0, 1), k.shape[0] - 1 - p)
    ),
    "the stride is used twice: once the zeros are in, the kernel moves one step at a time.": (
        lambda x, k, s, p: _convolve(_spread(x, s), k.flip(0, 1), _full(k, p), s)
    ),
    "entries are repeated instead of being set apart by zeros: that is upsampling, and then a convolution.": (
        lambda x, k, s, p: _convolve(x.repeat_interleave(s, 0).repeat_interleave(s, 1), k.flip(0, 1), _full(k, p))
    ),
    "this is the ordinary convolution: it shrinks. The transposed one goes the other way.": (
        lambda x, k, s, p: _convolve(x, k, p, s)
    ),
}


@check
def transposed_by_zeros(answer) -> None:
    """Judge ``transposed_by_zeros(x, kernel, stride, padding)``: a transposed convolution by an ordinary one."""
    judge_arrays(answer, _transposed, _TRANSPOSED_MISTAKES, PLANES, PLANE_WORDS)


ROWS = ((5, 3, 2), (4, 4, 2), (3, 2, 3), (4, 5, 2), (1, 4, 2), (6, 3, 1))


def _overlaps(n: int, kernel: int, stride: int) -> list[int]:
    counts = [0] * ((n - 1) * stride + kernel)
    for i in range(n):
        for j in range(kernel):
            counts[i * stride + j] += 1
    return counts


def _places(n: int, kernel: int, stride: int, size: int) -> list[int]:
    """Overlaps in a row that is cut, or filled with zeros, to ``size``."""
    counts = _overlaps(n, kernel, stride)[:size]
    return counts + [0] * (size - len(counts))


_OVERLAP_MISTAKES: Mapping[str, Formula] = {
    "the row has n * stride places, but the last stamp reaches further: (n - 1) * stride + kernel.": (
        lambda n, kernel, stride: _places(n, kernel, stride, n * stride)
    ),
    "the row has n * stride + kernel places, one stride too many: (n - 1) * stride + kernel.": (
        lambda n, kernel, stride: _places(n, kernel, stride, n * stride + kernel)
    ),
    "the row has one place too few: the last stamp begins at (n - 1) * stride and is as long as the kernel.": (
        lambda n, kernel, stride: _places(n, kernel, stride, (n - 1) * stride + kernel - 1)
    ),
    "the stamps are laid side by side: stamp i begins at i * stride, whatever the kernel.": (
        lambda n, kernel, stride: [1] * (n * kernel)
    ),
    "the stamps are one apart: stamp i begins at i * stride.": lambda n, kernel, stride: _overlaps(n, kernel, 1),
    "this says where there is any stamp at all. Count how many.": (
        lambda n, kernel, stride: [min(count, 1) for count in _overlaps(n, kernel, stride)]
    ),
    "these are the numbers of further stamps. Count the first one as well.": (
        lambda n, kernel, stride: [count - 1 for count in _overlaps(n, kernel, stride)]
    ),
    "this is kernel / stride, the average far from the ends. Count place by place.": (
        lambda n, kernel, stride: [kernel / stride] * ((n - 1) * stride + kernel)
    ),
    "this is the pattern far from the ends. Near an end there are fewer stamps.": (
        lambda n, kernel, stride: [
            len(range(place % stride, kernel, stride)) for place in range((n - 1) * stride + kernel)
        ]
    ),
    "kernel and stride have changed places.": lambda n, kernel, stride: _overlaps(n, stride, kernel),
    "these are the counts of a convolution: how many windows use each input. Here the n numbers stamp.": (
        lambda n, kernel, stride: (
            _overlaps(max((n - kernel) // stride + 1, 0), kernel, stride) if n >= kernel else [0] * n
        )
    ),
}


@check
def overlap_count(answer) -> None:
    """Judge ``overlap_count(n, kernel, stride)``: how many of n stamps cover each place of the row they make."""
    words = [f"for n = {n}, kernel {k}, stride {s}" for n, k, s in ROWS]
    judge_arrays(answer, _overlaps, _OVERLAP_MISTAKES, ROWS, words)
