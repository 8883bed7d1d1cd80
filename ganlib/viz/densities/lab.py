"""A live laboratory for a discriminator alone: it learns two known densities and is compared with the best one."""

from dataclasses import fields, replace

import torch
from ipywidgets import HTML, Box, Layout, VBox, Widget

from ganlib import divergences
from ganlib.viz.browser import Guard
from ganlib.viz.canvas import Canvas
from ganlib.viz.densities import drawing
from ganlib.viz.densities.controls import make_buttons, make_controls, sync
from ganlib.viz.densities.panel import DensityPanel
from ganlib.viz.densities.training import Measures, Settings, Training
from ganlib.viz.played import PlayedLab
from ganlib.viz.style import Picture

NAMES = [field.name for field in fields(Settings)]
LIVE = {"p", "q", "samples", "rate", "penalty"}
RUG = 300  # samples of each kind in the picture
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}


class DensityLab(PlayedLab):
    """Train a discriminator on samples of two known densities and watch it approach D*, or overfit.

        lab = DensityLab()
        DensityLab(samples=30, width=128)    # 30 points of each kind, again and again

    The arguments are the fields of ``ganlib.viz.densities.Settings``. Densities, samples, rate and penalty can change
    in the middle of a run; another width or seed makes a new D. Left: both densities over D's verdict as a tint, the
    points that D learns from, D and D*. Right: V(G, D) on those points and on all there could be, under the bound
    V(G, D*); and how far D is from D*.

    Everything that the mouse can do has a method. Equal settings give equal runs, however they are watched.

    Raises: ValueError for a setting out of range, or densities that the sliders cannot show.
    """

    def __init__(self, **settings):
        self._prepare()
        self.training = Training(Settings(**settings))
        self._make_canvases()
        self._make_controls()
        super().__init__(self._rows(), "ganlib-density-lab")

    @property
    def settings(self) -> Settings:
        """The settings of the present run."""
        return self.training.settings

    @property
    def steps(self) -> int:
        """How many updates D has had."""
        return self.training.steps

    @property
    def discriminator(self) -> torch.nn.Module:
        """The present discriminator: points (n, 1) to logits (n,)."""
        return self.training.discriminator

    def measures(self) -> Measures:
        """How far D is from D* now."""
        return self.training.measures()

    def reset(self) -> None:
        """A new D, with the same settings."""
        self._pause_quietly()
        self.training = Training(self.settings)
        self.draw()
        self._still_later.ask()

    def change(self, **settings) -> None:
        """Change settings: densities, samples, rate and penalty within the run; others make a new D, paused.

        Raises: ValueError for a name or a value that is none; then nothing has changed.
        """
        unknown = sorted(set(settings) - set(NAMES))
        if unknown:
            raise ValueError(f"{unknown[0]} is no setting, expected one of {', '.join(NAMES)}")
        new = replace(self.settings, **settings)
        self.panel.put(new.p, new.q)
        self.events.clear()
        if set(settings) <= LIVE:
            self.training.adjust(new)
        else:
            self._pause_quietly()
            self.training = Training(new)
        self._sync()
        self._draw_soon()
        self._still_later.ask()

    def draw(self) -> None:
        """Bring the view up to date."""
        training, now = self.training, self.measures()
        p, q = self.settings.p, self.settings.q
        best = divergences.optimal_discriminator(p.log_density(drawing.SEEN), q.log_density(drawing.SEEN))
        trained = torch.sigmoid(training.logits(drawing.SEEN))
        edges = drawing.density_edges(p, q)
        points = drawing.rug(training.real[:RUG], training.fake[:RUG], edges)
        self.scene.show([*drawing.densities(p, q, trained), *points], ylim=edges)
        self.verdict.show(drawing.verdicts(best, trained))
        self.values.show(*drawing.value_chart(training, now))
        self.errors.show(*drawing.error_chart(training))
        self.status.value = (
            f"step <b>{training.steps:,}</b> &ensp; V(D) {drawing.signed(now.value, 4)} &ensp; "
            f"V(D*) {drawing.signed(now.best, 4)} &ensp; "
            f"mean |D \u2212 D*| <b>{now.error:.4f}</b> &ensp; on its own points: "
            f"V {drawing.signed(now.own, 4)}, {now.accuracy:.0%} right"
        )

    def still(self) -> Picture:
        """The present view as a picture."""
        now = self.measures()
        words = (
            f"Densities of real and fake, D and D*. After {self.steps:,} steps D is {now.error:.3f} from D* on average."
        )
        picture = Picture(9.2, 4.6, words)
        grid = picture.add_gridspec(2, 2, width_ratios=(1.2, 1))
        canvases = ((self.scene, self.values), (self.verdict, self.errors))
        for row, pair in enumerate(canvases):
            for column, canvas in enumerate(pair):
                canvas.draw_on(picture, grid[row, column])
        return picture

    def _make_canvases(self) -> None:
        size = {"width": 500, "xlabel": "x", "names": ("x", ""), "legend": True}
        words = "Densities of real and fake over D's verdict, and the points that D learns from."
        self.scene = Canvas(words, drawing.XLIM, drawing.DENSITY_LIM, height=235, **size)
        self.verdict = Canvas("D and D* against x.", drawing.XLIM, drawing.PROBABILITY_LIM, height=205, **size)
        chart = {"width": 420, "height": 220, "xlabel": "steps", "names": ("step", ""), "legend": True}
        words = "V of D on its own points and on all, and V of D*, against steps."
        self.values = Canvas(words, (0, 100), (-2, 0), **chart)
        self.errors = Canvas("Mean distance of D from D* against steps.", (0, 100), (0, 0.5), **chart)

    def _make_controls(self) -> None:
        self.panel = DensityPanel(self._reshaped, self.events.handler)
        self.panel.put(self.settings.p, self.settings.q)
        self._connect(make_buttons(), make_controls())
        self.status = HTML()
        self.status.add_class("ganlib-numbers")

    def _rows(self) -> list[Widget]:
        left = VBox([self.scene, self.verdict], layout=Layout(flex="1 1 380px", max_width="520px"))
        right = VBox([self.values, self.errors], layout=Layout(flex="1 1 320px", max_width="440px"))
        return [
            Box([*self.buttons.values(), self.status], layout=Layout(**ROW)),
            Box([left, right], layout=Layout(**ROW | {"align_items": "flex-start"})),
            self.events.box,
            Box([*self.controls.values()], layout=Layout(**ROW)),
            self.panel.box,
            Guard(),
        ]

    def _train(self) -> None:
        self.training.step()

    def _reshaped(self) -> None:
        """The reader moved a density."""
        p, q = self.panel.mixtures
        self.change(p=p, q=q)

    def _put_settings(self) -> None:
        sync(self.controls, self.settings)
