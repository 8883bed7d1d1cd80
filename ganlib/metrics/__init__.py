"""Features, then statistics, then the metric; and mode counts where the truth is known."""

from ganlib.metrics.digit_classifier import DigitClassifier, DigitScores, digit_classifier, score_digits
from ganlib.metrics.frechet import fid, frechet_distance, gaussian_statistics
from ganlib.metrics.modes import ModeCoverage, mode_coverage

__all__ = [
    "DigitClassifier",
    "DigitScores",
    "ModeCoverage",
    "digit_classifier",
    "fid",
    "frechet_distance",
    "gaussian_statistics",
    "mode_coverage",
    "score_digits",
]
