"""A recorded run as one picture, for the page: its curves, and its samples from the first to the last."""

import numpy as np
import torch
from torch import Tensor

from ganlib.clinic import Recording
from ganlib.viz.clinic.charts import run_chart, scales_of
from ganlib.viz.clinic.samples import draw_plane
from ganlib.viz.figures import draw_images
from ganlib.viz.style import Picture

SHOWN, COLUMNS = 24, 8


def run_overview(run: Recording, real: Tensor, alt: str, moments: int = 3) -> Picture:
    """The curves of a run on the left; on the right its samples at ``moments`` times, the last one included.

    ``real`` are points (N, 2), which are drawn behind the samples, or images (N, C, H, W), which follow them. ``alt``
    says in words what there is to see.

    Raises: ValueError unless 1 <= moments < the number of moments that the run kept.
    """
    kept = len(run.moments)
    if not 1 <= moments < kept:
        raise ValueError(f"moments = {moments}, expected from 1 to {kept - 1}: the run kept {kept}, the start included")
    images = run.samples.dtype == np.uint8
    picture = Picture(9.4, 6.4, alt)
    left, right = picture.add_gridspec(1, 2, width_ratios=(5, 3.6))
    run_chart(picture, left)(run=run, total=run.total, scales=scales_of(run))
    rows = right.subgridspec(moments + images, 1)
    for row, at in enumerate(np.linspace(0, kept - 1, moments + 1).round().astype(int)[1:]):
        ax = picture.axes_of(rows[row])
        picture.caption(ax, f"samples after {run.moments[at]:,} updates")
        samples = torch.as_tensor(run.samples[at])
        if images:
            draw_images(ax, samples[:SHOWN], COLUMNS)
        else:
            draw_plane(ax, real[:500], samples)
    if images:
        ax = picture.axes_of(rows[moments])
        picture.caption(ax, "real")
        draw_images(ax, real[:SHOWN], COLUMNS)
    return picture
