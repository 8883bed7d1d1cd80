"""Functions of published packages that do the same, where they are installed (``pip install 'ganlib[oracle]'``)."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType, SimpleNamespace

import numpy as np
import scipy.linalg

FrechetDistance = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], float]


def frechet_distances() -> dict[str, FrechetDistance]:
    """By package, its function of two means and covariances."""
    ways = {"torch-fidelity": _torch_fidelity, "pytorch-fid": _pytorch_fid}
    found = {name: way() for name, way in ways.items()}
    return {name: distance for name, distance in found.items() if distance is not None}


def imported(name: str) -> ModuleType | None:
    """A module, or None where it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


def square_root(matrix: np.ndarray, disp: bool = True) -> np.ndarray | tuple[np.ndarray, float]:
    """``scipy.linalg.sqrtm`` with the argument ``disp``, which SciPy drops and these packages still give."""
    root = scipy.linalg.sqrtm(matrix)
    return root if disp else (root, 0.0)


def with_square_root(module: ModuleType) -> ModuleType:
    """A module that calls ``linalg.sqrtm``, given ``square_root`` in its place."""
    module.linalg = SimpleNamespace(sqrtm=square_root)
    return module


def _torch_fidelity() -> FrechetDistance | None:
    module = imported("torch_fidelity.metric_fid")
    if module is None:
        return None

    def distance(mean_a: np.ndarray, cov_a: np.ndarray, mean_b: np.ndarray, cov_b: np.ndarray) -> float:
        a, b = {"mu": mean_a, "sigma": cov_a}, {"mu": mean_b, "sigma": cov_b}
        return module.fid_statistics_to_metric(a, b, verbose=False)[module.KEY_METRIC_FID]

    return distance


def _pytorch_fid() -> FrechetDistance | None:
    module = imported("pytorch_fid.fid_score")
    return None if module is None else with_square_root(module).calculate_frechet_distance
