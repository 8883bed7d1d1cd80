"""The face of the laboratory: everything that is seen and pressed, and where it lies."""

from collections.abc import Sequence

from ipywidgets import HTML, Box, Dropdown, IntSlider, Layout, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.controls import make_button, make_choice, row, words_box
from ganlib.viz.point_canvas import PointCanvas, PointGroup
from ganlib.viz.precision_recall.balls import VIEWS
from ganlib.viz.precision_recall.presets import PRESETS
from ganlib.viz.precision_recall.scene import EDGE
from ganlib.viz.wording import paragraphs

ALT = "Real points and fakes in the plane, with a ball around each point that reaches its k-th neighbour."
REAL, FAKE, HANDLE = range(3)
GROUPS = (
    PointGroup("real", "real", "o", 4.0),
    PointGroup("fake", "fake", "x", 4.5),
    PointGroup("moves all fakes", "text", "diamond", 7.0, fixed=True, takes=FAKE),
)
TOOLS = (("\u25cf adds real", REAL), ("\u2715 adds fakes", FAKE), ("removes", -1))
TOOL_TIPS = ("New points are real", "New points are fakes", "A click on a point removes it")
BUTTONS = {
    "undo": ("Undo", "undo", "Take the last change of the points back"),
    "reset": ("Reset", "refresh", "The points as they were at first"),
}
MOST = 10  # neighbours


class Face:
    """All widgets of the laboratory, by name. They only show; the laboratory gives them their meaning."""

    def __init__(self, preset: str, view: str, k: int, errors: Widget):
        size = {"width": 500, "height": 486, "legend": True, "equal": True}
        self.canvas = PointCanvas(ALT, (-EDGE, EDGE), (-EDGE, EDGE), GROUPS, **size)
        self.preset = Dropdown(options=list(PRESETS), value=preset, description="points", tooltip="Begin with others")
        self.preset.layout.width, self.preset.style.description_width = "260px", "46px"
        self.view = make_choice(list(VIEWS), view, [view.asks for view in VIEWS.values()])
        self.tool = make_choice(TOOLS, REAL, TOOL_TIPS)
        self.k = IntSlider(k, 1, MOST, description="k", tooltip="Each ball reaches the k-th neighbour of its centre")
        self.k.layout.width, self.k.layout.max_width, self.k.style.description_width = "320px", "100%", "20px"
        self.buttons = {name: make_button(words, tip, _later, icon) for name, (words, icon, tip) in BUTTONS.items()}
        self.table, self.says, self.guard, self.errors = HTML(), words_box(), Guard(), errors
        self.table.add_class("ganlib-numbers")

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; the two columns stand one below the other where there is little room."""
        left = VBox([self.canvas], layout=Layout(flex="1 1 400px", max_width="520px"))
        how = HTML(paragraphs("The diamond takes the whole cloud of fakes with it."))
        right = [
            *(HTML("<b>What is asked</b>"), self.view, self.k, self.table, self.says),
            *(HTML("<b>A click on the plane</b>"), self.tool, how, self.errors),
        ]
        columns = [left, VBox(right, layout=Layout(flex="1 1 340px", max_width="520px"))]
        return [
            row(self.preset, *self.buttons.values()),
            Box(columns, layout=Layout(display="flex", flex_flow="row wrap", width="100%")),
            self.guard,
        ]

    def say(self, table: str, sentences: Sequence[str]) -> None:
        """Put numbers and paragraphs beside the scene."""
        self.table.value, self.says.value = table, paragraphs(*sentences)


def _later(*_) -> None:
    """The laboratory says what a button does."""
