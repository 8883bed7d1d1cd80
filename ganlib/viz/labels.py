"""Where the names of lines go, so that none lies on another."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import isotonic_regression


def spread(places: Sequence[float], gap: float) -> np.ndarray:
    """Places in [0, 1] as near as can be to the given ones (least squares), in their order and ``gap`` apart.

    Lowered by ``gap`` times its rank, each may be no lower than the one before: that is isotonic regression.
    """
    order, steps = np.argsort(places, kind="stable"), gap * np.arange(len(places))
    lowered = isotonic_regression(np.asarray(places, dtype=float)[order] - steps).x
    apart = np.empty(len(places))
    apart[order] = lowered.clip(0, 1 - steps[-1]) + steps
    return apart
