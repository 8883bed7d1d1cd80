"""What is to be learned: a way to draw examples, and how often a rule is wrong about new ones."""

from collections.abc import Callable, Sequence
from math import nan, sqrt

import torch
from torch import Generator, Tensor
from torch.special import ndtr

from ganlib.viz.learning_curves.rules import Linear, logistic_regression, naive_bayes

FRESH = 2000
LEAN = (0.35, 0.1)  # the mean of a pair in class 1, and with a minus in class 0

Draw = Callable[..., tuple[Tensor, Tensor]]
Rule = Callable[[Tensor], Tensor]


class Data:
    """Examples that ``draw(n, generator, **settings)`` makes: points (n, ...) and labels (n,), 0 or 1."""

    def __init__(self, draw: Draw):
        self.draw = draw

    def errors(self, rules: Sequence[Rule], generator: Generator, **settings) -> list[float]:
        """The share of wrong answers of each rule on the same 2,000 fresh examples."""
        x, y = self.draw(FRESH, generator, **settings)
        return [(torch.as_tensor(rule(x)) != y).double().mean().item() for rule in rules]

    def limits(self, models: Sequence[Callable], **settings) -> list[float]:
        """The error that each model tends to with more and more examples; NaN where nobody knows."""
        return [nan] * len(models)


class Pairs(Data):
    """Two Gaussian classes with d features. Within a class, features 0 and 1, 2 and 3, ... have the correlation rho.

    All variances are 1, the means (-0.35, -0.1, -0.35, ...) and (0.35, 0.1, 0.35, ...), and the classes equally likely.
    With rho = 0 features are independent within a class, as naive Bayes assumes.
    """

    def __init__(self):
        super().__init__(pairs)

    def errors(self, rules: Sequence[Rule], generator: Generator, **settings) -> list[float]:
        """The exact error of linear rules; of others, the share of wrong answers on fresh examples."""
        if all(isinstance(rule, Linear) for rule in rules):
            return [self.exact(rule, **settings) for rule in rules]
        return super().errors(rules, generator, **settings)

    def exact(self, rule: Linear, rho: float, d: int) -> float:
        """How often a linear rule is wrong.

        With m the mean of class 1 and s^2 = w^T Sigma w, it is (Phi((b - w . m) / s) + Phi(-(b + w . m) / s)) / 2.
        """
        lean = rule.w @ _mean(d)
        spread = (rule.w @ rule.w + 2 * rho * rule.w[::2] @ rule.w[1::2]).sqrt()
        if spread == 0:  # the same answer to everything
            return 0.5
        return ((ndtr((rule.b - lean) / spread) + ndtr(-(rule.b + lean) / spread)) / 2).item()

    def limits(self, models: Sequence[Callable], rho: float, d: int) -> list[float]:
        """The errors of naive Bayes and of logistic regression with infinitely many examples, of others NaN.

        Naive Bayes then has w = 2 m; logistic regression has the best rule of all, w = 2 Sigma^-1 m.
        """
        m, b = _mean(d), torch.tensor(0.0).double()
        swapped = m.view(-1, 2).flip(1).flatten()  # Sigma m = m + rho swapped
        best = (m - rho * swapped) / (1 - rho**2)
        known = {naive_bayes: m, logistic_regression: best}
        return [self.exact(Linear(known[fit], b), rho, d) if fit in known else nan for fit in models]


def pairs(n: int, generator: Generator, rho: float, d: int) -> tuple[Tensor, Tensor]:
    """n examples of ``Pairs``, every other one of class 1: x (n, d) in float64 and y (n,).

    Raises: ValueError unless d is even and -1 < rho < 1.
    """
    if d < 2 or d % 2:
        raise ValueError(f"d = {d}, expected an even number of features")
    if not -1 < rho < 1:
        raise ValueError(f"rho = {rho}, expected a correlation between -1 and 1")
    y = torch.arange(n) % 2
    z = torch.randn(n, d // 2, 2, generator=generator, dtype=torch.float64)
    z[..., 1] = rho * z[..., 0] + sqrt(1 - rho**2) * z[..., 1]
    return z.flatten(1) + (2.0 * y[:, None] - 1) * _mean(d), y


def _mean(d: int) -> Tensor:
    """The mean of class 1."""
    return torch.tensor(LEAN * (d // 2), dtype=torch.float64)
