"""The last samples of a run in small, for the list of patients: pictures (3, 48, 48) in [-1, 1], on paper."""

import numpy as np
import torch
from matplotlib.colors import to_rgb
from torch import Tensor

from ganlib.clinic import Recording
from ganlib.viz.clinic.samples import edge_of
from ganlib.viz.figures import mosaic
from ganlib.viz.style import LIGHT

SIDE = 48


def small_images(run: Recording) -> Tensor:
    """A few images in a square, as many as there is room for."""
    images = torch.as_tensor(run.samples[-1])
    across = max(1, SIDE // images.shape[-1])
    sheet = mosaic(images[: across**2], across)[:SIDE, :SIDE]
    missing = [(0, SIDE - size) for size in sheet.shape[:2]]
    return _picture(np.pad(sheet, (*missing, (0, 0)), constant_values=1.0))


def small_points(run: Recording, real: Tensor) -> Tensor:
    """Real points as dots, fakes as larger ones on top of them; those outside lie at the edge."""
    sheet, edge = np.ones((SIDE, SIDE, 3), np.float32), edge_of(real)
    for points, colour, size in (
        (real.numpy(), LIGHT.pale(LIGHT.real), 1),
        (run.samples[-1], to_rgb(LIGHT.fake), 2),
    ):
        cells = np.floor((np.clip(points / edge, -1, 1) + 1) / 2 * (SIDE - size)).astype(int)
        for right, up in np.ndindex(size, size):
            sheet[SIDE - 1 - up - cells[:, 1], right + cells[:, 0]] = colour
    return _picture(sheet)


def _picture(sheet: np.ndarray) -> Tensor:
    return torch.as_tensor(sheet, dtype=torch.float32).permute(2, 0, 1) * 2 - 1
