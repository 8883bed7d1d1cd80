"""What a generator can be told: classes that are given with the data, or codes that nobody gave."""

from math import log, pi

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Categories(nn.Module):
    """Conditions of one or several parts, each one of so many values: ``Categories(10)``, ``Categories(8, 8, 4)``.

    They come as numbers y, (N,) for one part or (N, A) for A of them, and are embedded as *one-hot* vectors side by
    side: 1 at the place of the value, 0 elsewhere.

    Raises: ValueError for no part, or one with fewer than two values.
    """

    def __init__(self, *counts: int):
        super().__init__()
        if not counts or min(counts) < 2:
            raise ValueError(f"counts = {counts}, expected at least one number of values, each 2 or more")
        self.counts, self.dim = counts, sum(counts)

    def forward(self, y: Tensor) -> Tensor:
        """y (N,) or (N, A), int64, to one-hot vectors (N, dim), float32.

        Raises: ValueError for another shape or type.
        """
        columns = y[:, None] if y.dim() == 1 else y
        if columns.dtype != torch.long or columns.dim() != 2 or columns.shape[1] != len(self.counts):
            expected = "(N,)" if len(self.counts) == 1 else f"(N, {len(self.counts)})"
            raise ValueError(f"y is {y.dtype} of shape {tuple(y.shape)}, expected torch.int64 of shape {expected}")
        parts = zip(columns.unbind(1), self.counts, strict=True)
        return torch.cat([F.one_hot(part, count) for part, count in parts], 1).float()


class Codes(nn.Module):
    """InfoGAN's codes: a category, one of ``categories`` equally likely ones, and ``continuous`` numbers from U[-1, 1].

    As a tensor, codes are (N, dim): the category as a one-hot vector, then the numbers. A guess Q(c | x) is a tensor
    (N, guess_dim): logits of the categories, then means and logarithms of standard deviations of Gaussians, one for
    each number.

    Raises: ValueError for fewer than two categories or a negative number of continuous codes.

    Source: Chen et al. 2016, arXiv 1606.03657, sections 5 and 6, appendix C.
    """

    def __init__(self, categories: int = 10, continuous: int = 2):
        super().__init__()
        if categories < 2 or continuous < 0:
            values = f"categories = {categories} and continuous = {continuous}"
            raise ValueError(f"{values}, expected 2 or more categories and 0 or more continuous codes")
        self.categories, self.continuous = categories, continuous
        self.dim, self.guess_dim = categories + continuous, categories + 2 * continuous

    def sample(self, n: int, like: Tensor) -> Tensor:
        """n codes (n, dim) on the device and in the type of ``like``."""
        category = torch.randint(self.categories, (n,), device=like.device)
        numbers = 2 * torch.rand(n, self.continuous, device=like.device, dtype=like.dtype) - 1
        return self.joined(category, numbers)

    def joined(self, category: Tensor, numbers: Tensor) -> Tensor:
        """Codes (N, dim) of categories (N,), int64, and numbers (N, continuous)."""
        return torch.cat([F.one_hot(category, self.categories).to(numbers.dtype), numbers], 1)

    def forward(self, codes: Tensor) -> Tensor:
        """What the generator is told: the codes (N, dim) as they are.

        Raises: ValueError for another shape.
        """
        if codes.dim() != 2 or codes.shape[1] != self.dim:
            raise ValueError(f"codes has shape {tuple(codes.shape)}, expected (N, {self.dim})")
        return codes

    def log_likelihood(self, codes: Tensor, guess: Tensor) -> tuple[Tensor, Tensor]:
        """log Q(c | x) in nats, of the category (N,) and of all continuous codes together (N,).

        Shapes: codes (N, dim), guess (N, guess_dim).
        """
        category, numbers = codes.split([self.categories, self.continuous], 1)
        logits, mean, log_std = guess.split([self.categories, self.continuous, self.continuous], 1)
        gaussian = -((numbers - mean) / log_std.exp()).square() / 2 - log_std - log(2 * pi) / 2
        return (category * logits.log_softmax(1)).sum(1), gaussian.sum(1)

    def entropy(self) -> tuple[float, float]:
        """H(c) in nats, of the category, log categories, and of the continuous codes, log 2 for each (differential)."""
        return log(self.categories), self.continuous * log(2)
