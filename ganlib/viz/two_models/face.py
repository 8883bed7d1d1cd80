"""The face of the laboratory: everything that is seen and pressed, and where it lies."""

from collections.abc import Sequence
from html import escape

from ipywidgets import HTML, Box, Button, Dropdown, Layout, ToggleButtons, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.point_canvas import PointCanvas, PointGroup
from ganlib.viz.two_models import words
from ganlib.viz.two_models.fits import MODELS
from ganlib.viz.two_models.presets import PRESETS
from ganlib.viz.two_models.scene import BACKGROUNDS, EXTENT

ALT = (
    "Points of two classes in the plane, with the lines on which a generative and a discriminative model are undecided."
)
GROUPS = (
    PointGroup("A", "class_a", "o", 4.5),
    PointGroup("B", "class_b", "square", 4.5),
    PointGroup("strange x", "text", "diamond", 6.5, fixed=True),
)
TOOLS = (("\u25cf adds to A", 0), ("\u25a0 adds to B", 1), ("\u2715 removes", -1))
TOOL_TIPS = ("New points belong to class A", "New points belong to class B", "A click on a point removes it")
BUTTONS = {
    "undo": ("Undo", "undo", "Take the last change of the points back"),
    "reset": ("Reset", "refresh", "The points as they were at first"),
    "sample": ("Sample 100", "", "Draw 100 points from the generative model"),
    "clear": ("Clear samples", "", "Remove what was drawn"),
}
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}


class Face:
    """All widgets of the laboratory, by name. They only show; the laboratory gives them their meaning."""

    def __init__(self, preset: str, model: str, background: str, errors: Widget):
        size = {"width": 500, "height": 486, "legend": True, "equal": True, "names": ("x1", "x2")}
        self.canvas = PointCanvas(ALT, EXTENT[:2], EXTENT[2:], GROUPS, **size)
        self.preset = Dropdown(options=list(PRESETS), value=preset, description="points")
        self.preset.layout.width, self.preset.style.description_width = "230px", "50px"
        self.preset.tooltip = "Begin with other points"
        self.tool = _choice(TOOLS, 0, TOOL_TIPS)
        self.model = _choice([(name, name) for name in MODELS], model, [_title(MODELS[name]) for name in MODELS])
        shown = [(label, name) for name, (label, _) in BACKGROUNDS.items()]
        self.background = _choice(shown, background, [tip for _, tip in BACKGROUNDS.values()])
        self.buttons = {
            name: Button(description=label, icon=icon, tooltip=tip, layout=Layout(width="auto"))
            for name, (label, icon, tip) in BUTTONS.items()
        }
        self.says, self.sampling = HTML(), HTML(_paragraph(words.ONLY_ONE))
        self.guard, self.errors = Guard(), errors
        self.says.add_class("ganlib-words")
        self.says.add_class("ganlib-numbers")

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; the two columns stand one below the other where there is little room."""
        some = self.buttons
        left = VBox([self.canvas], layout=Layout(flex="1 1 400px", max_width="520px"))
        right = [
            *(_heading("A click on the plane"), self.tool),
            *(_heading("Generative model"), self.model),
            *(_heading("Background"), self.background),
            *(_heading("Samples"), _row([some["sample"], some["clear"]]), self.sampling),
            *(self.says, self.errors),
        ]
        columns = [left, VBox(right, layout=Layout(flex="1 1 340px", max_width="520px"))]
        return [
            _row([self.preset, some["undo"], some["reset"]]),
            Box(columns, layout=Layout(display="flex", flex_flow="row wrap", width="100%")),
            self.guard,
        ]

    def say(self, sentences: Sequence[str]) -> None:
        """Put paragraphs beside the scene."""
        self.says.value = "".join(map(_paragraph, sentences))


def _choice(options: Sequence[tuple[str, object]], value: object, tooltips: Sequence[str]) -> ToggleButtons:
    return ToggleButtons(options=list(options), value=value, tooltips=list(tooltips), style={"button_width": "auto"})


def _title(model: type) -> str:
    """The first sentence of a model's docstring."""
    return model.__doc__.split(":")[0].strip()


def _paragraph(sentence: str) -> str:
    return f'<p style="margin:0 0 .5em;line-height:1.4">{escape(sentence)}</p>'


def _heading(words: str) -> HTML:
    return HTML(f"<b>{words}</b>")


def _row(children: Sequence[Widget]) -> Box:
    return Box(list(children), layout=Layout(**ROW))
