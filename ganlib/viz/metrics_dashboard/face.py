"""The face of the dashboard: everything that is seen and pressed, and where it lies."""

from collections.abc import Sequence

from ipywidgets import HTML, Box, Dropdown, Layout, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.controls import make_button, make_choice, row, words_box
from ganlib.viz.metrics_dashboard.bench import WORLDS, Bench
from ganlib.viz.metrics_dashboard.curve import Curve
from ganlib.viz.metrics_dashboard.measures import MEASURES
from ganlib.viz.metrics_dashboard.question import Question

BUTTONS = {
    "again": ("New draw", "random", "Other real data and other fakes, with the same settings"),
    "reset": ("Reset", "refresh", "A perfect generator again"),
    "sweep": ("Sweep", "play", "Take the slider that was moved last from end to end"),
}


class Face:
    """All widgets of the dashboard, by name. They only show; the dashboard gives them their meaning."""

    def __init__(self, world: str, errors: Widget):
        choices = [(kind.title, name) for name, kind in WORLDS.items()]
        self.world = make_choice(choices, world, [kind.tip for kind in WORLDS.values()])
        self.size = _dropdown("N", "How many real samples, and as many fakes", "24px", "110px")
        self.watched = _dropdown("curve of", "The metric that the curve shows", "60px", "180px")
        self.watched.options, self.watched.value = list(MEASURES), next(iter(MEASURES))
        self.buttons = {name: make_button(*_told(name), lambda _: None, BUTTONS[name][1]) for name in BUTTONS}
        self.question, self.says, self.table, self.curve = Question(), words_box(), HTML(), Curve()
        self.presets, self.scene, self.sliders, self.below = row(), VBox(), row(), VBox()
        self.errors, self.guard = errors, Guard()

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; the two columns stand one below the other where there is little room."""
        buttons = self.buttons
        left = VBox([self.scene, self.sliders], layout=Layout(flex="1 1 320px", max_width="440px"))
        self.below.children = [row(self.watched, buttons["sweep"]), self.curve.canvas]
        right = VBox([self.table, self.says, self.below], layout=Layout(flex="1 1 470px", max_width="680px"))
        return [
            row(self.world, self.size, buttons["again"], buttons["reset"]),
            row(self.presets, self.question.ask),
            self.question.box,
            Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%")),
            self.errors,
            self.guard,
        ]

    def lay(self, bench: Bench, presets: Sequence[Widget]) -> None:
        """Put the parts of a world into their places."""
        self.presets.children = [*presets]
        self.scene.children, self.sliders.children = [bench.scene.widget], [*bench.sliders.values()]
        self.size.options = bench.world.sizes

    def playing(self, on: bool) -> None:
        """The sweep started or stopped."""
        button = self.buttons["sweep"]
        button.description, button.icon = ("Stop", "stop") if on else BUTTONS["sweep"][:2]


def _dropdown(name: str, tooltip: str, room: str, width: str) -> Dropdown:
    dropdown = Dropdown(description=name, tooltip=tooltip)
    dropdown.layout.width, dropdown.style.description_width = width, room
    return dropdown


def _told(name: str) -> tuple[str, str]:
    words, _, tooltip = BUTTONS[name]
    return words, tooltip
