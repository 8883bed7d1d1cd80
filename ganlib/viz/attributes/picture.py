"""The attribute editor as a still picture, for stored notebooks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ganlib.viz.style import Picture
from ganlib.viz.translation import differences, draw_tile

if TYPE_CHECKING:
    from ganlib.viz.attributes.lab import AttributeEditor

STAGE = ("before", "after", "back again", "|before \u2212 after| \u00d7 4")
"""What the upper tiles show."""


def editor_picture(lab: "AttributeEditor") -> Picture:
    """A picture before, after and back again; below, with every value of each attribute."""
    asked = ", ".join(f"{name} {value}" for name, value in lab.choices.items())
    alt = f"A picture before and after {asked} has been asked for, back again, and with every value of each attribute."
    lines = _lines({name: len(values) for name, values in lab.edits.controls.items()})
    most = max(end for line in lines for _, end in line.values())
    picture = Picture(8.4, 2.5 + (8.4 / most + 0.25) * len(lines), alt)
    grid = picture.add_gridspec(1 + len(lines), 1, height_ratios=[2.4, *[8.4 / most + 0.2] * len(lines)])
    shown = (lab.before, lab.after, lab.back_again, differences(lab.before, lab.after))
    for cell, words, image in zip(grid[0].subgridspec(1, len(STAGE)), STAGE, shown, strict=True):
        draw_tile(picture, cell, image, words)
    for below, line in enumerate(lines, start=1):
        cells = grid[below].subgridspec(1, most)
        for name, (start, _) in line.items():
            for j, value in enumerate(lab.edits.controls[name]):
                words = value if j else f"{name}: {value}"
                draw_tile(picture, cells[start + j], lab.every_value(name)[j : j + 1], words)
    return picture


def _lines(counts: Mapping[str, int]) -> list[dict[str, tuple[int, int]]]:
    """So many tiles for each attribute in lines: where those of each begin and end, with one place between."""
    most, lines = max(counts.values()), []
    for name, count in counts.items():
        start = 1 + max(end for _, end in lines[-1].values()) if lines else most
        if start + count > most:
            lines.append({})
            start = 0
        lines[-1][name] = (start, start + count)
    return lines
