"""From the words of a caption to one vector."""

import torch.nn.functional as F
from torch import Tensor, nn


class TextEncoder(nn.Module):
    """Captions (N, L), numbers of words padded with 0, to vectors (N, dim).

    Each word has a vector v, which is learned. Each pair of neighbours gives ``features`` numbers,
    ReLU(a + B v_i + C v_(i+1)), and of each number the largest one over the caption counts; a linear layer and tanh
    follow. So a pair such as "red hair" matters and its place does not: the average of the words' vectors could not
    tell "red hair, blue eyes" from "blue hair, red eyes". Without tanh the vectors would grow in training until a
    generator no longer hears the noise beside them.

    Raises: ValueError when ``words``, ``dim`` or ``features`` is below 1.

    Source: Kim 2014, arXiv 1408.5882, section 2, with windows of two words (there without tanh).
    """

    def __init__(self, words: int, dim: int = 32, features: int = 64):
        super().__init__()
        if min(words, dim, features) < 1:
            raise ValueError(f"words = {words}, dim = {dim}, features = {features}, expected positive integers")
        self.words, self.dim = words, dim
        self.vectors = nn.Embedding(words, dim, padding_idx=0)
        self.pairs = nn.Conv1d(dim, features, kernel_size=2, padding=1)
        self.last = nn.Linear(features, dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Captions (N, L) to vectors (N, dim) in [-1, 1].

        Raises: ValueError for another shape, or a number that is no word's.
        """
        if tokens.dim() != 2 or tokens.is_floating_point():
            kind = f"{tokens.dtype} of shape {tuple(tokens.shape)}"
            raise ValueError(f"tokens is {kind}, expected torch.int64 of shape (N, L)")
        pairs = self.pairs(self.vectors(tokens).transpose(1, 2))
        return self.last(F.relu(pairs).amax(2)).tanh()
