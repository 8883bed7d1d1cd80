"""Two densities in the reader's hands: D*, the value of the game, and the objective at a chosen point."""

from math import exp, log

import torch
from ipywidgets import HTML, Box, FloatSlider, Layout, VBox

from ganlib import divergences
from ganlib.data.mixtures import Mixture
from ganlib.viz import layers
from ganlib.viz.browser import Guard, Still
from ganlib.viz.canvas import Canvas
from ganlib.viz.densities import drawing
from ganlib.viz.densities.panel import FITTING, PRESETS, START, DensityPanel
from ganlib.viz.events import Events
from ganlib.viz.layers import Layer
from ganlib.viz.style import Picture

GRID = torch.linspace(-20, 20, 2001, dtype=torch.float64)  # a twentieth of the smallest deviation that a slider allows
ANSWERS = torch.linspace(0.002, 0.998, 400, dtype=torch.float64)
OBJECTIVE_LIM = (-3.0, 0.35)


class DensityExplorer(Still, VBox):
    """Shape p_data and p_g with sliders and see the optimal discriminator of the two.

    Left: both densities over D*'s verdict as a tint, and D* itself. Right: at the chosen x, with a = p_data(x) and
    b = p_g(x), the objective (a log y + b log(1 - y)) / (a + b) of an answer y, whose maximum is y = D*(x). Above: JSD,
    V(G, D*), and both densities at x.

    ``p`` and ``q`` are ``ganlib.data.mixtures.Mixture`` of one or two Gaussians.

    Raises: ValueError for a density or an x that the sliders cannot show.
    """

    def __init__(self, p: Mixture = PRESETS[START][0], q: Mixture = PRESETS[START][1], x: float = 1.0):
        self.events = Events()
        size = {"width": 500, "xlabel": "x", "names": ("x", ""), "legend": True}
        self.scene = Canvas("", drawing.XLIM, drawing.DENSITY_LIM, height=235, **size)
        self.verdict = Canvas("D* against x.", drawing.XLIM, drawing.PROBABILITY_LIM, height=205, **size)
        side = {"width": 400, "height": 380, "xlabel": "the answer y = D(x)", "names": ("y", ""), "legend": True}
        self.pointwise = Canvas("The objective at the chosen x against the answer y.", (0, 1), OBJECTIVE_LIM, **side)
        self.numbers, self.at_x = HTML(), HTML()
        self.x = FloatSlider(value=x, min=drawing.XLIM[0], max=drawing.XLIM[1], step=0.1, description="chosen x")
        self.x.layout.width, self.x.layout.max_width = "420px", FITTING
        if self.x.value != x:
            raise ValueError(f"x = {x}, expected a number from {drawing.XLIM[0]:g} to {drawing.XLIM[1]:g}")
        draw = self.events.paced(self.draw)
        self.panel = DensityPanel(draw, self.events.handler)
        self.panel.put(p, q)
        self.x.observe(self.events.handler(lambda change: draw()), "value")
        super().__init__(self._rows())
        self.draw()

    def _rows(self) -> list:
        for words in (self.numbers, self.at_x):
            words.add_class("ganlib-numbers")
        left = VBox([self.scene, self.verdict], layout=Layout(flex="1 1 380px", max_width="520px"))
        right = VBox([self.pointwise], layout=Layout(flex="1 1 320px", max_width="420px"))
        plots = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        return [self.numbers, self.at_x, plots, self.x, self.panel.box, self.events.box, Guard()]

    def draw(self) -> None:
        """Bring the view up to date with the sliders."""
        self.events.clear()
        p, q = self.panel.mixtures
        x = self.x.value
        best = divergences.optimal_discriminator(p.log_density(drawing.SEEN), q.log_density(drawing.SEEN))
        log_a, log_b = (mixture.log_density(torch.tensor(x, dtype=torch.float64)) for mixture in (p, q))
        answer = divergences.optimal_discriminator(log_a, log_b).item()
        dot = layers.points("answer", [[x, answer]], "discriminator", size=5)
        edges = drawing.density_edges(p, q)
        self.scene.show([*drawing.densities(p, q, best), drawing.here(x, edges)], ylim=edges)
        self.verdict.show([*drawing.verdicts(best), drawing.here(x, (0.0, 1.0)), dot])
        self.pointwise.show(_pointwise(answer))
        self._say(p, q, log_a.item(), log_b.item(), answer)

    def _say(self, p: Mixture, q: Mixture, log_a: float, log_b: float, answer: float) -> None:
        log_p, log_q = p.log_density(GRID), q.log_density(GRID)
        middle = torch.logaddexp(log_p, log_q) - log(2)
        js = sum(divergences.kl(density, middle, GRID).item() for density in (log_p, log_q)) / 2  # its definition
        value = divergences.optimal_value(log_p, log_q, GRID).item()
        self.numbers.value = (
            f"JSD <b>{drawing.signed(js, 6)}</b> &ensp; 2 JSD \u2212 2 log 2 = "
            f"<b>{drawing.signed(2 * js - 2 * log(2), 6)}</b> &ensp; V(G, D*) = <b>{drawing.signed(value, 6)}</b>"
        )
        self.at_x.value = (
            f"At x = {drawing.signed(self.x.value, 1)}: &ensp; "
            f"a = {exp(log_a):.3g}, &ensp; b = {exp(log_b):.3g}, &ensp; best y = a / (a + b) = <b>{answer:.4f}</b>"
        )
        words = f"Densities of real and fake over D*'s verdict; V(G, D*) is {value:.3f} and JSD {js:.3f}."
        self.scene.view = {**self.scene.view, "alt": words}

    def still(self) -> Picture:
        """The present view as a picture."""
        picture = Picture(9.2, 4.4, self.scene.view["alt"])
        grid = picture.add_gridspec(2, 2, width_ratios=(1.25, 1))
        self.scene.draw_on(picture, grid[0, 0])
        self.verdict.draw_on(picture, grid[1, 0])
        self.pointwise.draw_on(picture, grid[:, 1])
        return picture


def _pointwise(answer: float) -> list[Layer]:
    """The objective of each answer y where D* = ``answer``, and its maximum."""
    objective = answer * ANSWERS.log() + (1 - answer) * (1 - ANSWERS).log()
    curve = torch.stack([ANSWERS, objective], dim=1)
    best = sum(weight * log(weight) for weight in (answer, 1 - answer) if weight > 0)
    return [
        layers.line("upright", [[answer, OBJECTIVE_LIM[0]], [answer, best]], "discriminator", size=1, dashed=True),
        layers.line("objective", curve, "text", label="objective / (a + b)"),
        layers.points("best", [[answer, best]], "discriminator", size=5),
    ]
