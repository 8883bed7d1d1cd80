"""The face of the laboratory: everything that is seen and pressed, and where it lies."""

from html import escape
from math import isfinite

from ipywidgets import HTML, Box, Button, FileUpload, Layout, ToggleButton, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.canvas import Canvas
from ganlib.viz.ganlab.controls import make_controls, panel, put
from ganlib.viz.ganlab.phases import Phase
from ganlib.viz.ganlab.run import EXTENT, Run, Yours
from ganlib.viz.ganlab.scene import LAYERS, distance_chart, loss_chart, scene
from ganlib.viz.ganlab.settings import DRAWN, YOURS, Settings
from ganlib.viz.style import Picture

WORDS = "The GAN laboratory: real points and fakes in the plane, and charts of the losses and of two distances."
HINT = "Point at the plane, or focus it and use the arrow keys, to read coordinates."
DRAWING_HINT = "Draw with the mouse, or with arrow keys and space; Backspace takes back."
SHOWN = ("real", "fake", "surface")  # at first
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}
BUTTONS = {
    "play": ("Play", "play", "Train, or pause"),
    "d": ("Step D", "", "One update of D, G frozen"),
    "g": ("Step G", "", "One update of G, D frozen"),
    "both": ("Step both", "step-forward", "One iteration"),
    "phase": ("Next phase", "", "One phase of an iteration in slow motion"),
    "reset": ("Reset", "refresh", "Start anew with the same settings"),
    "travel": ("z to x", "", "See how G carries the noise z to its points x"),
    "pretrained": ("Pre-trained", "", "Go on with a run that is trained already"),
    "draw": ("Draw data", "pencil", "Draw the points that G shall learn"),
    "use": ("Use drawing", "check", "Train on what is drawn"),
    "clear": ("Clear", "", "Remove what is drawn"),
    "save": ("Save run", "download", "Settings, curves and state as a JSON file"),
    "picture": ("Save picture", "image", "The scene and the charts as a PNG file"),
}


class Face:
    """All widgets of the laboratory, by name. They only show; the laboratory gives them their meaning."""

    def __init__(self, settings: Settings, yours: Yours, errors: Widget):
        self.scene = Canvas(WORDS, EXTENT[:2], EXTENT[2:], width=460, height=446, equal=True)
        chart = {"width": 420, "height": 204, "xlabel": "iterations", "names": ("iteration", ""), "legend": True}
        self.losses = Canvas("Losses of D and G against iterations.", (0, 10), (0, 1), **chart)
        self.distances = Canvas("Two distances of the fakes to the real points.", (0, 10), (0, 1), **chart)
        self.buttons = {
            name: Button(description=label, icon=icon, tooltip=tooltip, layout=Layout(width="auto"))
            for name, (label, icon, tooltip) in BUTTONS.items()
        }
        self.toggles = {
            name: ToggleButton(value=name in SHOWN, description=label, tooltip=words, layout=Layout(width="auto"))
            for name, (label, words) in LAYERS.items()
        }
        for name in ("real", "fake"):
            self.toggles[name].add_class(f"ganlib-mark-{name}")
        self.slow = ToggleButton(description="Slow motion", tooltip="Walk through an iteration phase by phase")
        self.upload = FileUpload(accept=".json", description="Load run", icon="", multiple=False)
        self.slow.layout.width = self.upload.layout.width = "auto"
        self.upload.tooltip = "Go on with a run that was saved"
        self.upload.add_class("ganlib-upload")
        self.controls = make_controls(settings, yours)
        self.status, self.words, self.guard, self.errors = HTML(), HTML(), Guard(), errors
        self._travelled: Phase | None = None
        self.status.add_class("ganlib-numbers")
        self.words.add_class("ganlib-words")
        self.draw_mode(False)
        self.sync(settings)

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; every row wraps where there is little room."""
        some = self.buttons
        steps = [some["play"], some["d"], some["g"], some["both"], self.slow, some["phase"], some["reset"]]
        under = [*self.toggles.values(), some["travel"], some["draw"], some["use"], some["clear"]]
        left = VBox([self.scene, _row(under)], layout=Layout(flex="1 1 380px", max_width="480px"))
        right = VBox([self.losses, self.distances], layout=Layout(flex="1 1 340px", max_width="440px"))
        return [
            _row([*steps, self.status]),
            self.words,
            Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%")),
            self.errors,
            panel(self.controls),
            _row([some["pretrained"], some["save"], self.upload, some["picture"]]),
            self.guard,
        ]

    def draw(self, run: Run, phase: Phase | None, seconds: float) -> None:
        """Show the run as it is; fakes that a phase lets come from elsewhere are on their way for so many seconds."""
        shown = {name for name, toggle in self.toggles.items() if toggle.value}
        self.scene.show([] if self.scene.drawing else scene(run, shown, phase))
        if phase is not None and phase is not self._travelled:
            self.scene.morph({} if phase.start is None else {"fake": phase.start}, seconds)
        for canvas, chart in ((self.losses, loss_chart), (self.distances, distance_chart)):
            canvas.show(*chart(run))
        numbers = (run.last["D"], run.last["G"], run.distances["JS"][-1, 1], run.distances["W"][-1, 1])
        d, g, js, w = (f"{number:.3f}" if isfinite(number) else "\u2013" for number in numbers)
        self.status.value = (
            f"iteration <b>{run.iteration:,}</b> &ensp; loss of D {d} &ensp; of G {g} &ensp; "
            f"Jensen-Shannon {js} &ensp; Wasserstein {w}"
        )
        if phase is not self._travelled:
            self.words.value = "" if phase is None else escape(phase.words)
        self._travelled = phase

    def draw_mode(self, on: bool) -> None:
        """Let the reader draw data, or stop that."""
        if on:
            self.controls["data"].value = DRAWN
        self.scene.drawing, self.scene.hint = on, DRAWING_HINT if on else HINT
        for name, visible in (("draw", not on), ("use", on), ("clear", on)):
            self.buttons[name].layout.display = "" if visible else "none"

    def sync(self, settings: Settings) -> None:
        """Bring the controls to these settings."""
        for name, control in self.controls.items():
            put(control, getattr(settings, name))
        self.controls["clip"].disabled = settings.loss != "wasserstein"
        self.controls["penalty"].disabled = settings.loss in ("wasserstein", YOURS)

    def playing(self, on: bool) -> None:
        """What the play button would do now."""
        play = self.buttons["play"]
        play.description, play.icon = ("Pause", "pause") if on else ("Play", "play")

    def picture(self, run: Run) -> Picture:
        """The scene and both charts as one picture."""
        words = f"{WORDS} After {run.iteration:,} iterations on {run.settings.data}."
        picture = Picture(9, 4.4, words)
        grid = picture.add_gridspec(2, 2)
        self.scene.draw_on(picture, grid[:, 0])
        self.losses.draw_on(picture, grid[0, 1])
        self.distances.draw_on(picture, grid[1, 1])
        return picture


def _row(widgets: list[Widget]) -> Box:
    """Widgets side by side, in several lines where there is little room."""
    return Box(widgets, layout=Layout(**ROW))
