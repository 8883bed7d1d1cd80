"""A generative and a discriminative model of the same points."""

from functools import cache, cached_property
from typing import NamedTuple

import torch
from threadpoolctl import ThreadpoolController
from torch import Generator, Tensor

from ganlib.models import LDA, QDA, NaiveBayes

MODELS = {"LDA": LDA, "QDA": QDA, "naive Bayes": NaiveBayes}
CLASSES = "AB"
RIDGE = 1e-3
OWN_SAMPLES = 2000


class Score(NamedTuple):
    """log p(x) in nats, the share of the generative model's own samples with a lower one, and both p(B | x)."""

    log_density: float
    rank: float
    generative: float
    discriminative: float


class Errors(NamedTuple):
    """The share of the training points that each model puts into the wrong class."""

    generative: float
    discriminative: float


def missing(y: Tensor) -> str:
    """What is wrong with the labels, in words: nothing, unless a class has no points."""
    empty = [name for label, name in enumerate(CLASSES) if not (y == label).any()]
    return f"Class {' and class '.join(empty)} without points: both models need at least one of each." if empty else ""


@cache
def _threads() -> ThreadpoolController:
    """The threads of NumPy, SciPy and scikit-learn; looking for them takes milliseconds."""
    return ThreadpoolController()


class Fits:
    """Both models, fitted to points x (n, 2) with labels y (n,), 0 for A and 1 for B.

    The generative one is of the given kind, its variances 0.001 above maximum likelihood. The discriminative one is
    scikit-learn's logistic regression with its usual penalty |w|^2 / 2, which keeps w finite where a line parts the
    classes.

    Raises: ValueError when a class has no points.
    """

    def __init__(self, x: Tensor, y: Tensor, kind: str):
        from sklearn.linear_model import LogisticRegression  # takes seconds, and other chapters need none

        if missing(y):
            raise ValueError(missing(y))
        self.x, self.y, self.kind = x, y, kind
        self.generative = MODELS[kind](RIDGE).fit(x, y)
        with _threads().limit(limits=1):  # on so few points, they only wait for each other
            self.discriminative = LogisticRegression().fit(x.numpy(), y.numpy())
        self._w, self._b = map(torch.from_numpy, (self.discriminative.coef_[0], self.discriminative.intercept_))

    def generative_log_odds(self, x: Tensor) -> Tensor:
        """log p(B | x) - log p(A | x) by Bayes' rule from the joint. Shapes: x (n, 2) to (n,)."""
        joint = self.generative.log_joint(x)
        return joint[:, 1] - joint[:, 0]

    def discriminative_log_odds(self, x: Tensor) -> Tensor:
        """log p(B | x) - log p(A | x) = w . x + b. Shapes: x (n, 2) to (n,)."""
        return x @ self._w + self._b

    @cached_property
    def errors(self) -> Errors:
        """The training errors."""
        odds = self.generative_log_odds(self.x), self.discriminative_log_odds(self.x)
        return Errors(*(((each > 0) != (self.y == 1)).double().mean().item() for each in odds))

    def sample(self, n: int, seed: int) -> tuple[Tensor, Tensor]:
        """n draws from the generative model. One seed gives one cloud, which follows the model as that changes."""
        return self.generative.sample(n, Generator().manual_seed(seed))

    def score(self, x: Tensor) -> Score:
        """What both models say about one point x (2,)."""
        at = x.view(1, 2).double()
        density = self.generative.log_density(at)
        odds = self.generative_log_odds(at), self.discriminative_log_odds(at)
        rank = (self._own_densities < density).double().mean()
        return Score(density.item(), rank.item(), *(each.sigmoid().item() for each in odds))

    @cached_property
    def _own_densities(self) -> Tensor:
        return self.generative.log_density(self.sample(OWN_SAMPLES, 0)[0])
