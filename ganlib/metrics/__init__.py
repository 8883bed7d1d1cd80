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
from ganlib.metrics.extractors import (
    EXTRACTORS,
    Extractor,
    Features,
    extract,
    has_inception,
    inception_extractor,
    inception_weights,
)
from ganlib.metrics.extrapolation import FIDInfinity, fid_infinity
from ganlib.metrics.frechet import fid, frechet_distance
from ganlib.metrics.gradients import GradientNorms, Growth, gradient_norms
from ganlib.metrics.inception import InceptionScore, inception_score
from ganlib.metrics.kernel import KID, kid
from ganlib.metrics.modes import ModeCoverage, mode_coverage
from ganlib.metrics.neighbours import (
    DensityCoverage,
    Manifold,
    MemorisationScore,
    Nearest,
    PrecisionRecall,
    density_coverage,
    memorisation,
    nearest,
    precision_recall,
)
from ganlib.metrics.scores import METRICS, Difference, Report, Score, report
from ganlib.metrics.statistics import GaussianStatistics, gaussian_statistics

__all__ = [
    "EXTRACTORS",
    "KID",
    "METRICS",
    "AvatarClassifier",
    "AvatarReadings",
    "AvatarScores",
    "CaptionScores",
    "DensityCoverage",
    "Difference",
    "DigitClassifier",
    "DigitReadings",
    "DigitScores",
    "Extractor",
    "FIDInfinity",
    "Features",
    "GaussianStatistics",
    "GradientNorms",
    "Growth",
    "InceptionScore",
    "Manifold",
    "Matching",
    "MemorisationScore",
    "ModeCoverage",
    "Nearest",
    "PrecisionRecall",
    "Report",
    "Score",
    "avatar_classifier",
    "best_matching",
    "checkerboard",
    "chroma",
    "class_diversity",
    "class_fid",
    "density_coverage",
    "digit_classifier",
    "extract",
    "fid",
    "fid_infinity",
    "frechet_distance",
    "gaussian_statistics",
    "gradient_norms",
    "grid_js_divergence",
    "has_inception",
    "inception_extractor",
    "inception_score",
    "inception_weights",
    "kid",
    "memorisation",
    "mode_coverage",
    "nearest",
    "precision_recall",
    "read_avatars",
    "read_digits",
    "report",
    "score_avatars",
    "score_captions",
    "score_digits",
    "sliced_wasserstein",
]
