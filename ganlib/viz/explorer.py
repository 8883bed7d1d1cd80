"""A figure with sliders under it."""

from ipywidgets import VBox, Widget

from ganlib.viz.browser import Guard, Still
from ganlib.viz.events import Events
from ganlib.viz.figure_widget import FigureWidget
from ganlib.viz.style import Picture


class Explorer(Still, VBox):
    """A ``FigureWidget`` that follows controls: each control's value is shown under the control's name.

        Explorer(figure, theta=FloatSlider(min=0, max=6, description="theta"))

    calls ``figure.show(theta=...)`` at first and whenever the slider moves, at most 12 times a second. Errors appear
    below.
    """

    def __init__(self, figure: FigureWidget, **controls: Widget):
        self.figure, self.controls, self.events = figure, controls, Events()
        draw = self.events.paced(self._draw)
        for control in controls.values():
            control.layout.width, control.layout.max_width = "420px", "100%"
            control.style.description_width = "100px"
            control.observe(self.events.handler(lambda change: draw()), "value")
        super().__init__([figure, *controls.values(), self.events.box, Guard()])
        self._draw()

    def _draw(self) -> None:
        self.events.clear()
        self.figure.show(**{name: control.value for name, control in self.controls.items()})

    def still(self) -> Picture:
        """The figure with the controls' present values."""
        return self.figure.still()
