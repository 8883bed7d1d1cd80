"""Features, then statistics, then the metric; and mode counts where the truth is known."""

from ganlib.metrics.avatar_classifier import (
    AvatarClassifier,
    AvatarReadings,
    AvatarScores,
    avatar_classifier,
    read_avatars,
    score_avatars,
)
from ganlib.metrics.checkerboard import checkerboard
from ganlib.metrics.digit_classifier import DigitClassifier, DigitScores, digit_classifier, score_digits
from ganlib.metrics.distances import grid_js_divergence, sliced_wasserstein
from ganlib.metrics.frechet import fid, frechet_distance, gaussian_statistics
from ganlib.metrics.gradients import GradientNorms, Growth, gradient_norms
from ganlib.metrics.modes import ModeCoverage, mode_coverage

__all__ = [
    "AvatarClassifier",
    "AvatarReadings",
    "AvatarScores",
    "DigitClassifier",
    "DigitScores",
    "GradientNorms",
    "Growth",
    "ModeCoverage",
    "avatar_classifier",
    "checkerboard",
    "digit_classifier",
    "fid",
    "frechet_distance",
    "gaussian_statistics",
    "gradient_norms",
    "grid_js_divergence",
    "mode_coverage",
    "read_avatars",
    "score_avatars",
    "score_digits",
    "sliced_wasserstein",
]
