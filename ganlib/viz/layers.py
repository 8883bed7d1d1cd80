"""The layers of a 2-D scene: numbers with a meaning, drawn alike by the live canvas and in a still picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from torch import Tensor

Numbers = Tensor | np.ndarray | Sequence
RIM, RIM_ALPHA = 0.7, 0.45  # of a disc; in marks.js as well
MARKERS = {
    **{"o": ("o", True), "x": ("x", True), "square": ("s", True), "diamond": ("D", True)},
    **{"ring": ("o", False), "box": ("s", False)},
}
"""Each mark's name in matplotlib, and whether it is drawn whole or as an outline."""
EDGED = ("o", "square", "diamond")


@dataclass(frozen=True)
class Layer:
    """One layer: ``kind`` says how ``values`` (float32, flat) are drawn, ``colour`` is a name of the theme's colours.

    ``style`` holds what the kind needs besides: shapes, marker, size, alpha, label. Make layers with the functions of
    this module.
    """

    name: str
    kind: str
    values: np.ndarray
    colour: str
    style: dict = field(default_factory=dict)

    def description(self) -> dict:
        """What the browser is told about the layer; the numbers travel apart from it."""
        return {"name": self.name, "kind": self.kind, "length": self.values.size, "colour": self.colour, **self.style}


def _numbers(name: str, values: Numbers, columns: int) -> np.ndarray:
    """``values`` as float32 of shape (n, columns)."""
    array = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"layer {name!r} has values of shape {array.shape}, expected (n, {columns})")
    return array


def points(
    name: str,
    xy: Numbers,
    colour: str,
    *,
    marker: str = "o",
    size: float = 2.0,
    alpha: float = 0.8,
    label: str = "",
    edge: str = "",
) -> Layer:
    """Points (n, 2) as marks of radius ``size`` pixels, which ``label`` names in the legend.

    ``marker`` is a dot ``"o"``, a cross ``"x"``, a ``"ring"``, a ``"square"``, a hollow ``"box"`` or a ``"diamond"``.
    ``edge`` names the colour of a thin edge around filled marks, if any.
    """
    if marker not in MARKERS:
        raise ValueError(f"marker = {marker!r}, expected one of {', '.join(MARKERS)}")
    style = {"marker": marker, "size": size, "alpha": alpha, "label": label, "edge": edge}
    return Layer(name, "points", _numbers(name, xy, 2).ravel(), colour, style)


def line(
    name: str, xy: Numbers, colour: str, *, label: str = "", size: float = 1.6, alpha: float = 1.0, dashed: bool = False
) -> Layer:
    """A line through points (n, 2), ``size`` pixels wide; NaN interrupts it. The legend shows ``label``."""
    style = {"label": label, "size": size, "alpha": alpha, "dashed": dashed}
    return Layer(name, "line", _numbers(name, xy, 2).ravel(), colour, style)


def boundary(name: str, xy: Numbers, colour: str, *, label: str = "", size: float = 2.0, dashed: bool = False) -> Layer:
    """A line in the plane that is no curve over x, such as where two models are undecided; else like ``line``."""
    return replace(line(name, xy, colour, label=label, size=size, dashed=dashed), kind="boundary")


def arrows(name: str, starts: Numbers, steps: Numbers, colour: str, *, size: float = 1.2, alpha: float = 0.9) -> Layer:
    """Arrows from starts (n, 2) to starts + steps (n, 2)."""
    both = np.concatenate([_numbers(name, starts, 2), _numbers(name, steps, 2)], axis=1)
    return Layer(name, "arrows", both.ravel(), colour, {"size": size, "alpha": alpha})


def discs(name: str, rows: Numbers, colour: str, *, alpha: float = 0.15, joined: bool = True) -> Layer:
    """Discs (n, 3), each row a centre and a radius in the units of the axes, filled and with a thin rim.

    If they are ``joined``, what one or more of them cover has one tint; otherwise it is the darker the more cover it.
    """
    return Layer(name, "discs", _numbers(name, rows, 3).ravel(), colour, {"alpha": alpha, "joined": joined})


def shade(
    name: str,
    values: Numbers,
    extent: Sequence[float],
    tints: Sequence[str],
    *,
    limits: tuple[float, float] = (0.0, 1.0),
    label: str = "",
) -> Layer:
    """Values on a grid (rows from bottom to top, columns) over extent = (left, right, bottom, top).

    ``tints`` are names of colours, evenly spaced from the lower to the upper of the ``limits``; NaN is the background.
    The crosshair reads the values out as ``label``.
    """
    grid = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=np.float32)
    if grid.ndim != 2:
        raise ValueError(f"layer {name!r} has values of shape {grid.shape}, expected (rows, columns)")
    style = {"shape": list(grid.shape), "extent": [float(v) for v in extent], "label": label}
    style |= {"tints": list(tints), "limits": [float(v) for v in limits]}
    return Layer(name, "field", grid.ravel(), tints[-1], style)


def verdict(name: str, values: Numbers, extent: Sequence[float], *, label: str = "D") -> Layer:
    """D's values in [0, 1] on a grid, as ``shade``: 0 is a tint of fake, 1 of real, and 1/2 the background."""
    return shade(name, values, extent, ("fake", "background", "real"), label=label)


def mesh(name: str, grid: Numbers, colour: str) -> Layer:
    """A grid of points (rows, columns, 2) with its cells filled, the denser the smaller; one row is a curve."""
    array = np.asarray(grid.detach().cpu() if isinstance(grid, Tensor) else grid, dtype=np.float32)
    if array.ndim != 3 or array.shape[2] != 2 or array.shape[1] < 2:
        raise ValueError(f"layer {name!r} has values of shape {array.shape}, expected (rows, columns, 2)")
    return Layer(name, "mesh", array.ravel(), colour, {"shape": list(array.shape[:2])})


def paint(ax: Axes, layer: Layer) -> None:
    """Draw a layer on axes of a ``Picture``, in its theme."""
    PAINTERS[layer.kind](ax, layer, layer.values, getattr(ax.figure.theme, layer.colour))


def _paint_points(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    style, (x, y) = layer.style, values.reshape(-1, 2).T
    marker, filled = MARKERS[style["marker"]]
    fill = {"c": colour, "linewidths": 0.9} if filled else {"fc": "none", "ec": colour, "linewidths": 1}
    if style["edge"] and style["marker"] in EDGED:
        fill["ec"] = getattr(ax.figure.theme, style["edge"])
    shown = {"marker": marker, "alpha": style["alpha"], "label": style["label"] or None}
    ax.scatter(x, y, 3.0 * style["size"] ** 2, **fill, **shown)


def _paint_line(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    style, (x, y) = layer.style, values.reshape(-1, 2).T
    dashes = "--" if style["dashed"] else "-"
    ax.plot(x, y, dashes, color=colour, lw=style["size"], alpha=style["alpha"], label=style["label"] or None)


def _paint_arrows(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    x, y, u, v = values.reshape(-1, 4).T
    ax.quiver(x, y, u, v, color=colour, angles="xy", scale_units="xy", scale=1, width=0.003, alpha=layer.style["alpha"])


def _paint_field(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    style, (low, high) = layer.style, layer.style["limits"]
    shown = {"cmap": ax.figure.theme.tints(*style["tints"]), "vmin": low, "vmax": high}
    shown |= {"interpolation": "bilinear", "aspect": "auto", "origin": "lower"}
    ax.imshow(values.reshape(style["shape"]), extent=style["extent"], **shown)


def _paint_mesh(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    grid = values.reshape(*layer.style["shape"], 2)
    if len(grid) == 1:
        ax.plot(*grid[0].T, color=colour, lw=2.5, alpha=0.6)
        return
    corners = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2).reshape(-1, 4, 2)
    (a, b), (c, d) = (corners[:, 2] - corners[:, 0]).T, (corners[:, 3] - corners[:, 1]).T
    scale = ax.figure.bbox.width * ax.get_position().width / np.ptp(ax.get_xlim())
    alpha = np.clip(25 / (np.abs(a * d - b * c) / 2 * scale**2 + 1), 0.06, 0.6)
    ax.add_collection(PolyCollection(corners, facecolors=colour, alpha=alpha, linewidths=0), autolim=False)
    lines = [*grid, *grid.transpose(1, 0, 2)]
    ax.add_collection(LineCollection(lines, colors=colour, linewidths=0.6, alpha=0.3), autolim=False)


def _paint_discs(ax: Axes, layer: Layer, values: np.ndarray, colour: str) -> None:
    circle = Path.unit_circle()
    paths = [circle.transformed(Affine2D().scale(r).translate(x, y)) for x, y, r in values.reshape(-1, 3)]
    filled = [Path.make_compound_path(*paths)] if layer.style["joined"] and paths else paths
    fill = {"facecolors": colour, "edgecolors": "none", "alpha": layer.style["alpha"]}
    ax.add_collection(PathCollection(filled, **fill), autolim=False)
    rims = {"facecolors": "none", "edgecolors": colour, "linewidths": RIM, "alpha": RIM_ALPHA}
    ax.add_collection(PathCollection(paths, **rims), autolim=False)


PAINTERS = {
    "discs": _paint_discs,
    "points": _paint_points,
    "line": _paint_line,
    "boundary": _paint_line,
    "arrows": _paint_arrows,
    "field": _paint_field,
    "mesh": _paint_mesh,
}
