"""The cycle viewer as a still picture, for stored notebooks."""

from collections.abc import Sequence

from ganlib.viz.cycle.cycle import Cycle
from ganlib.viz.cycle.words import captions
from ganlib.viz.style import Picture
from ganlib.viz.translation import differences, draw_tile


def cycle_picture(shown: Cycle, whole: Cycle, names: Sequence[str]) -> Picture:
    """One picture before, after and back again, the true partner if it is known, and the differences below.

    The numbers are means over all pictures of ``whole``.
    """
    words = {kind: caption for kind, caption in captions(names).items() if getattr(shown, kind) is not None}
    errors = [f"{name}: {error:.3f}" for name, error in whole.errors().items()]
    said = "\n".join([f"Mean |difference| of a pixel, {len(whole)} pictures", *errors])
    alt = f"{', '.join(words.values())}, and their differences. {said}".replace("\n", "; ")
    picture = Picture(2.1 * len(words), 5.0, alt)
    grid = picture.add_gridspec(2, len(words))
    for column, (kind, caption) in enumerate(words.items()):
        draw_tile(picture, grid[0, column], getattr(shown, kind), caption)
    changes = {2: ("|before \u2212 back again| \u00d7 4", shown.before, shown.back)}
    if shown.partner is not None:
        changes[3] = ("|after \u2212 partner| \u00d7 4", shown.after, shown.partner)
    for column, (caption, *pair) in changes.items():
        draw_tile(picture, grid[1, column], differences(*pair), caption)
    ax = picture.axes_of(grid[1, :2])
    ax.set_axis_off()
    ax.text(0, 1, said, color=picture.theme.text, fontsize=9.5, linespacing=1.6, va="top")
    return picture
