"""One look for every chapter: what a colour means, light and dark, and figures that need no pyplot.

Blue is real, orange is fake (and the generator, which makes it), purple is the discriminator. People with any kind of
colour vision can tell the three apart in both themes; the tests measure it. Where points belong to two classes, these
are green and pink.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

DOTS_PER_INCH = 100


@dataclass(frozen=True)
class Theme:
    """Colours by meaning. ``text`` and ``faint`` are for words and for lines that should stand back.

    ``class_a`` and ``class_b`` are two classes of points, which always differ in shape as well.
    """

    real: str
    fake: str
    discriminator: str
    text: str
    faint: str
    background: str
    class_a: str
    class_b: str

    @property
    def generator(self) -> str:
        """The generator has the colour of what it makes."""
        return self.fake

    def pale(self, colour: str) -> tuple[float, ...]:
        """Red, green and blue of a tint: 30 % of ``colour`` on the background, so that full colours stand out on it."""
        return tuple(0.3 * c + 0.7 * b for c, b in zip(to_rgb(colour), to_rgb(self.background), strict=True))

    def tints(self, *names: str) -> LinearSegmentedColormap:
        """Colour map on [0, 1] through tints of the named colours, evenly spaced."""
        return LinearSegmentedColormap.from_list("tints", [self.pale(getattr(self, name)) for name in names])

    @property
    def verdict(self) -> LinearSegmentedColormap:
        """Colour map for D(x): 0 is a tint of fake, 1/2 (undecided) the background, 1 a tint of real."""
        return self.tints("fake", "background", "real")


LIGHT = Theme(
    *("#0072B2", "#D55E00", "#7A1F5C"),
    text="#222222",
    faint="#C4C4C4",
    background="#FFFFFF",
    class_a="#3D6638",
    class_b="#D13F92",
)
DARK = Theme(
    *("#56B4E9", "#F5923E", "#B04CFF"),
    text="#E6E6E6",
    faint="#4D4D4D",
    background="#111111",
    class_a="#4FA35A",
    class_b="#D65FAE",
)
THEMES = {"light": LIGHT, "dark": DARK}


def _lab_theme_name() -> str:
    """The theme chosen in this machine's JupyterLab, '' when there is none."""
    config = Path(os.environ.get("JUPYTER_CONFIG_DIR", Path.home() / ".jupyter"))
    folder = Path(os.environ.get("JUPYTERLAB_SETTINGS_DIR", config / "lab" / "user-settings"))
    file = folder / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    try:
        settings = re.sub(r"^\s*//.*$", "", file.read_text(encoding="utf-8", errors="replace"), flags=re.MULTILINE)
    except OSError:
        return ""
    found = re.search(r'"theme"\s*:\s*"([^"]*)"', settings)
    return found.group(1) if found else ""


def theme() -> Theme:
    """The theme in force: ``GANLIB_THEME`` (light or dark) if set, else that of JupyterLab on this machine, else light.

    A picture is drawn when its cell runs, so run the cell again after changing the theme.

    Raises: ValueError when ``GANLIB_THEME`` is neither light nor dark.
    """
    name = os.environ.get("GANLIB_THEME")
    if name is None:
        name = "dark" if "dark" in _lab_theme_name().lower() else "light"
    if name not in THEMES:
        raise ValueError(f"GANLIB_THEME = {name!r}, expected 'light' or 'dark'")
    return THEMES[name]


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself; ``alt`` says in words what it shows.

    Its colours are those of the theme in force, or the given ones.

    It belongs to no pyplot state: callbacks and other figures cannot disturb it, and it closes by being forgotten.
    """

    def __init__(self, width: float, height: float, alt: str, colours: Theme | None = None):
        self.theme = colours or theme()
        super().__init__(
            figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=self.theme.background, layout="constrained"
        )
        FigureCanvasAgg(self)
        self.alt = alt

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as PNG, ``scale`` pixels for each of its nominal ones (2 is sharp on a dense screen)."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DOTS_PER_INCH * scale, pil_kwargs={"compress_level": 4})
        return buffer.getvalue()

    def axes_of(self, *args, **kwargs) -> Axes:
        """``add_subplot`` with axes in the theme's colours."""
        return dress(self.add_subplot(*args, **kwargs), self.theme)

    def caption(self, ax: Axes, words: str, loc: str = "center") -> None:
        """Words above axes, in the theme's colour; ``loc`` is left, center or right."""
        ax.set_title(words, loc=loc, color=self.theme.text, fontsize=10.5)

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        width, height = (int(inches * DOTS_PER_INCH) for inches in self.get_size_inches())
        shown = {"width": width, "height": height, "alt": self.alt}
        return {"image/png": self.png(), "text/plain": self.alt}, {"image/png": shown}


def dress(ax: Axes, theme: Theme) -> Axes:
    """Give axes the theme's colours: no box, quiet ticks, readable words."""
    ax.set_facecolor(theme.background)
    ax.spines[["top", "right"]].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(theme.faint)
    ax.tick_params(colors=theme.text, labelsize=9, length=3, color=theme.faint)
    for words in (ax.xaxis.label, ax.yaxis.label):
        words.set_color(theme.text)
    return ax
