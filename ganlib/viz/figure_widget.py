"""A matplotlib figure that follows sliders: only what moves is drawn again."""

import io
from collections.abc import Callable, Sequence

import numpy as np
import traitlets
from anywidget import AnyWidget
from matplotlib.artist import Artist
from PIL import Image

from ganlib.viz.browser import STYLES, Still, script
from ganlib.viz.events import Events, close_all
from ganlib.viz.style import DARK, DOTS_PER_INCH, LIGHT, Picture, theme

SCALE = 1.5  # pixels for each nominal one: sharp enough on a dense screen, and quick to send

Move = Callable[..., Sequence[Artist]]
"""Puts given values into the artists of a picture and returns those that it moved."""


class FigureWidget(Still, AnyWidget):
    """A picture of which some artists move.

    ``build(picture)`` draws everything into an empty ``Picture`` and returns a function ``move(**values)`` that puts
    values into the moving artists and returns them, the same ones each time. ``show(**values)`` then redraws just
    these on a cached background and sends the picture, some 20 ms of work for a typical plot.

        def build(picture):
            ax = picture.axes_of()
            (curve,) = ax.plot(x, f(x, 0.0))

            def move(theta):
                curve.set_ydata(f(x, theta))
                return [curve]

            return move

        figure = FigureWidget(6, 4, "A curve that moves with theta.", build)
        figure.show(theta=1.0)

    It follows the page's theme: when that changes, the picture is built anew with the last values. The background,
    with the ticks, is drawn again only when ``move`` gives axes other limits. That takes some five times as long, so
    limits should change in steps. Words around the axes have the room that the first ones needed.
    """

    _esm = script("shell", "figure")
    _css = STYLES
    png = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Int(0).tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)

    def __init__(self, width: float, height: float, alt: str, build: Callable[[Picture], Move]):
        self._inches, self._build, self._values, self._events = (width, height), build, None, Events()
        super().__init__(alt=alt, width=int(width * DOTS_PER_INCH), dark=theme() is DARK)
        self._lay()
        self.observe(self._events.handler(self._change_theme), "dark")

    def show(self, **values) -> None:
        """Move the artists to these values and send the picture. Values that are not given stay as they were."""
        self._values = {**(self._values or {}), **values}
        self.png = self._drawn()

    def close(self) -> None:
        """Give back what kernel and page hold of the widget."""
        close_all(self._events.box)
        super().close()

    def _lay(self) -> None:
        """An empty picture with what stands still; the background is taken when something is first shown."""
        self._picture = Picture(*self._inches, self.alt, DARK if self.dark else LIGHT)
        self._picture.set_dpi(DOTS_PER_INCH * SCALE)
        self._move, self._background, self._limits = self._build(self._picture), None, None

    def _drawn(self) -> bytes:
        picture, moving = self._picture, self._move(**self._values)
        canvas = picture.canvas
        limits = [(*ax.get_xlim(), *ax.get_ylim()) for ax in picture.axes]
        if self._background is None or limits != self._limits:
            for artist in moving:
                artist.set_animated(True)
            canvas.draw()
            picture.set_layout_engine("none")
            self._background, self._limits = canvas.copy_from_bbox(picture.bbox), limits
        canvas.restore_region(self._background)
        for artist in sorted(moving, key=Artist.get_zorder):
            picture.draw_artist(artist)
        buffer = io.BytesIO()
        Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(buffer, "png", compress_level=1)
        return buffer.getvalue()

    def _change_theme(self, change) -> None:
        self._lay()
        if self._values is not None:
            self.png = self._drawn()

    def still(self) -> Picture:
        """The figure with its present values, in the theme of pictures, for a saved notebook."""
        picture = Picture(*self._inches, self.alt)
        move = self._build(picture)
        if self._values is not None:
            move(**self._values)
        return picture
