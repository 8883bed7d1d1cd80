"""Features, then statistics, then the metric; and mode counts where the truth is known."""

from ganlib.metrics.avatar_classifier import (
    AvatarClassifier,
    AvatarReadings,
    AvatarScores,
    avatar_classifier,
    read_avatars,
    score_avatars,
)
from ganlib.metrics.captions import CaptionScores, score_captions
from ganlib.metrics.checkerboard import checkerboard
from ganlib.metrics.classes import Matching, best_matching, class_diversity, class_fid
from ganlib.metrics.colour import chroma
from ganlib.metrics.digit_classifier import (
    DigitClassifier,
    DigitReadings,
    DigitScores,
    digit_classifier,
    read_digits,
    score_digits,
)
from ganlib.metrics.distances import grid_js_divergence, sliced_wasserstein
from ganlib.metrics.frechet import fid, frechet_distance, gaussian_statistics
from ganlib.metrics.gradients import GradientNorms, Growth, gradient_norms
from ganlib.metrics.modes import ModeCoverage, mode_coverage

__all__ = [
    "AvatarClassifier",
    "AvatarReadings",
    "AvatarScores",
    "CaptionScores",
    "DigitClassifier",
    "DigitReadings",
    "DigitScores",
    "GradientNorms",
    "Growth",
    "Matching",
    "ModeCoverage",
    "avatar_classifier",
    "best_matching",
    "checkerboard",
    "chroma",
    "class_diversity",
    "class_fid",
    "digit_classifier",
    "fid",
    "frechet_distance",
    "gaussian_statistics",
    "gradient_norms",
    "grid_js_divergence",
    "mode_coverage",
    "read_avatars",
    "read_digits",
    "score_avatars",
    "score_captions",
    "score_digits",
    "sliced_wasserstein",
]
