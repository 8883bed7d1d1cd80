"""Test error against the number of examples, live. Use it as ``viz.LearningCurves()``."""

from ganlib.viz.learning_curves.data import Data, Pairs
from ganlib.viz.learning_curves.lab import LearningCurves
from ganlib.viz.learning_curves.rules import Linear, logistic_regression, naive_bayes

__all__ = ["Data", "LearningCurves", "Linear", "Pairs", "logistic_regression", "naive_bayes"]
