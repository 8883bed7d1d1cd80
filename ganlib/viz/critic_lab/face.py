"""Everything that is seen and pressed in the laboratory for critics, and where it lies."""

from collections.abc import Sequence

from ipywidgets import HTML, Box, Layout, VBox, Widget

from ganlib.viz.browser import Guard
from ganlib.viz.canvas import Canvas
from ganlib.viz.critic_lab import charts
from ganlib.viz.critic_lab.charts import GLYPHS
from ganlib.viz.critic_lab.controls import make_buttons, make_controls, make_speed, sync
from ganlib.viz.critic_lab.settings import Settings
from ganlib.viz.critic_lab.surfaces import EDGE, surface
from ganlib.viz.critic_lab.trials import Reading, Trials
from ganlib.viz.critic_lab.words import span, table
from ganlib.viz.figure_widget import FigureWidget
from ganlib.viz.style import Picture

ALT = {
    "norms": "The norm of the gradient at each layer, a line for each critic, on a logarithmic axis.",
    "estimates": "Each critic's estimate of W1 against steps, and the exact W1.",
    "weights": "Histograms of the weights of each critic.",
}
HINT = "Read f: mouse or arrow keys"
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}
TOP = ROW | {"align_items": "flex-start"}


class Face:
    """All widgets of the laboratory, by name. They only show; the laboratory gives them their meaning."""

    def __init__(self, settings: Settings, errors: Widget):
        self.buttons, self.speed, self.controls = make_buttons(), make_speed(), make_controls()
        self.titles = [HTML() for _ in GLYPHS]
        edges = (-EDGE, EDGE)
        self.surfaces = [Canvas("", edges, edges, width=236, height=220, equal=True) for _ in GLYPHS]
        self.norms = FigureWidget(4.7, 3.3, ALT["norms"], charts.norms_chart)
        self.estimates = FigureWidget(4.7, 3.1, ALT["estimates"], charts.estimates_chart)
        self.weights = FigureWidget(4.7, 2.2, ALT["weights"], charts.weights_chart)
        self.table, self.status, self.errors = HTML(), HTML(), errors
        for words in (self.table, self.status):
            words.add_class("ganlib-numbers")
        for canvas in self.surfaces:
            canvas.hint = HINT
        self.parts = (self._draw_surfaces, self._draw_gradients, self._draw_weights, self._draw_estimates)
        self.sync(settings)

    def rows(self) -> list[Widget]:
        """The whole face, from top to bottom; every row wraps where there is little room."""
        panes = [
            VBox([title, canvas], layout=Layout(flex="1 1 170px", max_width="240px"))
            for title, canvas in zip(self.titles, self.surfaces, strict=True)
        ]
        column = {"flex": "1 1 380px", "max_width": "485px"}
        left = VBox([Box(panes, layout=Layout(**ROW)), self.weights], layout=Layout(**column))
        right = VBox([self.norms, self.estimates], layout=Layout(**column))
        return [
            Box([*self.buttons.values(), self.speed, self.status], layout=Layout(**ROW)),
            Box([left, right], layout=Layout(**TOP)),
            self.table,
            self.errors,
            Box([*self.controls.values()], layout=Layout(**ROW)),
            Guard(),
        ]

    def draw(self, trials: Trials) -> None:
        """Show the critics as they are: what is quickly drawn first, so that a reader's hand is answered at once."""
        for part in self.parts:
            part(trials)

    def _draw_surfaces(self, trials: Trials) -> None:
        self.status.value = f"step <b>{trials.steps:,}</b> &ensp; exact W\u2081 = <b>{trials.exact:.3f}</b>"
        for i, trial in enumerate(trials.all):
            scene = surface(trial)
            self.surfaces[i].show(scene)
            self.titles[i].value = span(GLYPHS[i], trial.name, scene[0].values.min(), scene[0].values.max())

    def _draw_gradients(self, trials: Trials) -> None:
        readings = trials.read()
        self.norms.show(norms=_norms(readings))
        self.table.value = table(readings)

    def _draw_weights(self, trials: Trials) -> None:
        self.weights.show(weights=_weights(trials))

    def _draw_estimates(self, trials: Trials) -> None:
        self.estimates.show(courses=trials.estimates(), exact=trials.exact)

    def picture(self, trials: Trials) -> Picture:
        """All that is drawn as one picture."""
        words = f"Value surfaces, weights, gradient norms and estimates of four critics after {trials.steps:,} steps."
        picture = Picture(9.6, 6.8, words)
        grid = picture.add_gridspec(1, 2)
        left, right = grid[0].subgridspec(3, 2), grid[1].subgridspec(2, 1)
        for i, (trial, canvas) in enumerate(zip(trials.all, self.surfaces, strict=True)):
            canvas.draw_on(picture, left[i // 2, i % 2])
            picture.caption(picture.axes[-1], f"{GLYPHS[i]} {trial.name}")
        charts.weights_chart(picture, left[2, :])(weights=_weights(trials))
        charts.norms_chart(picture, right[0])(norms=_norms(trials.read()))
        charts.estimates_chart(picture, right[1])(courses=trials.estimates(), exact=trials.exact)
        return picture

    def sync(self, settings: Settings) -> None:
        """Bring controls and words to these settings."""
        sync(self.controls, settings)
        names = [*(f"c = {clip:g}" for clip in settings.clips), f"penalty, \u03bb = {settings.penalty:g}"]
        for name, canvas in zip(names, self.surfaces, strict=True):
            canvas.view = {**canvas.view, "alt": f"The score f over the plane of the critic with {name}."}


def _norms(readings: Sequence[Reading]) -> list[tuple]:
    """What the chart of the gradients draws."""
    return [(reading.name, reading.norms.activations.numpy()) for reading in readings]


def _weights(trials: Trials) -> list[tuple]:
    """What the histograms draw."""
    shares = ["" if trial.clip is None else f": {trial.share_at_limit():.0%} at \u00b1c" for trial in trials.all]
    return [
        (f"{glyph} {trial.name}{share}", trial.weights().numpy(), trial.clip)
        for glyph, trial, share in zip(GLYPHS, trials.all, shares, strict=True)
    ]
