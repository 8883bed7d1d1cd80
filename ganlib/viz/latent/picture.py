"""The explorer as a still picture, for stored notebooks."""

from textwrap import fill
from typing import TYPE_CHECKING

from ganlib.viz.figures import draw_images
from ganlib.viz.latent.sliders import SWEEP
from ganlib.viz.latent.ways import swept
from ganlib.viz.style import Picture

if TYPE_CHECKING:
    from ganlib.viz.latent.explorer import LatentExplorer

SWEEPS = 3


def explorer_picture(lab: "LatentExplorer") -> Picture:
    """G(z) large; the dimensions that change most, each from -3 to 3; the way from A to B."""
    dims = lab.sliders.most(SWEEPS)
    kind = lab.interpolation.kind
    strips = [
        *((f"z{dim + 1} from \u22123 to 3", lab.images(swept(lab.point, dim, SWEEP))) for dim in dims),
        (f"from A to B, {kind}", lab.images(lab.interpolation.path(len(SWEEP)))),
    ]
    _, _, height, width = strips[0][1].shape
    inches = 0.3 + 0.72 * height / width
    alt = f"A generator's picture, and strips of pictures on ways through its latent space. {lab.sentence()}"
    picture = Picture(8.6, max(inches * len(strips), 2.6) + 0.4, alt)
    grid = picture.add_gridspec(len(strips), 2, width_ratios=(1, 1.75))
    stage = picture.axes_of(grid[:, 0])
    draw_images(stage, lab.images(lab.point[None]), 1)
    picture.caption(stage, "G(z)", "left")
    picture.supxlabel(fill(lab.sentence(), 118), x=0.005, ha="left", color=picture.theme.text, fontsize=9)
    for i, (caption, images) in enumerate(strips):
        ax = picture.axes_of(grid[i, 1])
        draw_images(ax, images, len(images))
        picture.caption(ax, caption, "left")
    return picture
