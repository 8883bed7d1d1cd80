"""A live experiment: how often are two models wrong, against the number of examples that they learned from?"""

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from ipywidgets import HTML, Box, Layout, VBox, Widget
from torch import Generator

from ganlib.viz.browser import Guard
from ganlib.viz.figure_widget import FigureWidget
from ganlib.viz.learning_curves import words
from ganlib.viz.learning_curves.chart import curves_chart
from ganlib.viz.learning_curves.controls import make_buttons, make_controls, make_speed, sync
from ganlib.viz.learning_curves.data import Data, Draw, Pairs
from ganlib.viz.learning_curves.rules import logistic_regression, naive_bayes
from ganlib.viz.learning_curves.trials import Crossing, Fit, Trials
from ganlib.viz.played import PlayedLab
from ganlib.viz.style import Picture

SIZES = (10, 20, 40, 80, 160, 320, 640, 2000)
MODELS = {"naive Bayes": naive_bayes, "logistic regression": logistic_regression}
CHOICES = {"rho": tuple(i / 10 for i in range(10)), "d": (2, 4, 10, 20, 40)}
FIRST = {"rho": 0.6, "d": 20}
ALT = "Test error of {} and of {} against the number of examples, with standard errors as bands."
DRAWING_SHARE = 0.3  # the picture matters more here than repetitions in a second
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}


class LearningCurves(PlayedLab):
    """Repeat an experiment until two learning curves grow out of the noise, and see whether and where they cross.

        lab = LearningCurves()                # the case of Ng and Jordan, rho = 0.6 and 20 features
        LearningCurves(rho=0.0, d=40)
        LearningCurves(draw, {"QDA": fit_qda, "forest": fit_forest}, (10, 100, 1000), choices={"noise": (0.1, 0.3)})

    - ``draw(n, generator, **settings)`` makes n examples: points x (n, ...) and labels y (n,), 0 or 1. By default they
      are ``Pairs``.
    - ``models`` names two fits: the generative model, then the discriminative one. A fit takes x and y and returns a
      rule, which takes new points and returns their labels.
    - ``sizes`` are the numbers of examples to learn from.
    - ``choices`` are the values that the slider of each setting of ``draw`` offers. ``settings`` are the values to
      begin with, at first the leftmost.

    One repetition draws a training set of each size, fits both models to it and measures how often they are wrong: for
    linear rules on ``Pairs`` exactly, else on 2,000 fresh examples. Any change of a setting starts anew.

    Everything that the mouse can do has a method. Equal settings and seeds give equal curves, however they are watched.

    Raises: ValueError for other than two models, sizes that do not grow, or a setting that is none or is refused.

    Source: Ng and Jordan 2001, "On discriminative vs. generative classifiers", NeurIPS 14.
    """

    def __init__(
        self,
        draw: Draw | None = None,
        models: Mapping[str, Fit] = MODELS,
        sizes: Sequence[int] = SIZES,
        *,
        choices: Mapping[str, Sequence] | None = None,
        seed: int = 0,
        **settings,
    ):
        self._prepare(share=DRAWING_SHARE)
        self._data, self._fits, self.names = Data(draw) if draw else Pairs(), [*models.values()], tuple(models)
        self.sizes = _growing(sizes)
        if len(models) != 2:
            raise ValueError(f"models = {', '.join(models)}, expected two: a generative and a discriminative one")
        choices = choices if choices is not None else {} if draw else CHOICES
        first = {name: values[0] for name, values in choices.items()} | ({} if draw else FIRST)
        self._begin({**first, "seed": 0}, seed=seed, **settings)
        self._make_controls(choices)
        super().__init__(self._rows(), "ganlib-learning-curves")

    @property
    def repetitions(self) -> int:
        """How many repetitions are complete."""
        return self._trials.repetitions

    @property
    def means(self) -> np.ndarray:
        """The mean error of each model at each size, as a share: (sizes, 2), NaN before the first measurement."""
        return self._trials.means[:, :2]

    @property
    def standard_errors(self) -> np.ndarray:
        """The standard errors of the means (sizes, 2), NaN before the second measurement."""
        return self._trials.standard_errors[:, :2]

    @property
    def crossing(self) -> Crossing | None:
        """From how many examples on the second model is ahead; None before the first repetition is complete."""
        return self._trials.crossing()

    def run(self, repetitions: int) -> None:
        """Make so many more repetitions complete now, the view following."""
        if not isinstance(repetitions, int) or repetitions < 1:
            raise ValueError(f"repetitions = {repetitions!r}, expected a positive integer")
        self.events.clear()
        self.player.run(repetitions * len(self.sizes) - self._begun)
        self.refresh()

    def step(self) -> None:
        """One repetition; or the rest of one, where playing stopped within it."""
        self._pause_quietly()
        for _ in range(len(self.sizes) - self._begun):
            self._train()
        self.draw()
        self._still_later.ask()

    def reset(self) -> None:
        """Start anew with the same settings, paused."""
        self.player.pause()
        self.change()

    def change(self, **settings) -> None:
        """Start anew with some settings, or the seed, changed, and go on playing if it plays.

        Raises: ValueError for a name that is none or a value that is refused; then nothing has changed.
        """
        self._begin(self.settings, **settings)
        self.events.clear()
        self._sync()
        self._draw_soon()
        self._still_later.ask()

    def draw(self) -> None:
        """Bring the view up to date."""
        self.table.value = words.table(self._trials, self.names)
        self.says.value = f'<div style="line-height: 1.4; min-height: 2.8em">{self.sentence()}</div>'
        self.figure.alt = f"{ALT.format(*self.names)} {self.sentence()}"
        self.figure.show(**self._shown())  # last, for it takes longest

    def sentence(self) -> str:
        """How many repetitions there were, and where the curves cross."""
        return words.sentence(self._trials, self.names)

    def still(self) -> Picture:
        """The present view as a picture."""
        picture = self.figure.still()
        picture.caption(picture.axes[0], fill(self.sentence(), 62), "left")
        return picture

    @property
    def _begun(self) -> int:
        """How many sizes of the present repetition have had their turn."""
        return self._trials.fits % len(self.sizes)

    def _begin(self, old: dict, **new) -> None:
        """New trials with the old settings but for the new ones; a first draw shows whether they are accepted."""
        for name in new:
            if name not in old:
                raise ValueError(f"{name} is no setting, expected one of {', '.join(old)}")
        settings = old | new
        seed = settings["seed"]
        if not isinstance(seed, int) or not 0 <= seed < 2**31:
            raise ValueError(f"seed = {seed!r}, expected an integer from 0 to {2**31 - 1}")
        own = {name: value for name, value in settings.items() if name != "seed"}
        self._data.draw(self.sizes[0], Generator().manual_seed(seed), **own)
        self._limits = self._data.limits(self._fits, **own)
        self._trials = Trials(self._data, self._fits, self.sizes, seed, own)
        self.settings = settings

    def _shown(self) -> dict:
        """What the chart draws: errors in percent, and the crossing if there clearly is one."""
        crossing, trials = self.crossing, self._trials
        clear = crossing is not None and crossing.low > self.sizes[0] and crossing.high < np.inf
        shares = {"means": self.means, "spreads": self.standard_errors, "latest": trials.latest, "limits": self._limits}
        percent = {name: 100 * np.array(share) for name, share in shares.items()}
        return percent | {"crossing": crossing if clear else None}

    def _make_controls(self, choices: Mapping[str, Sequence]) -> None:
        self.figure = FigureWidget(5.4, 3.7, ALT.format(*self.names), curves_chart(self.names, self.sizes))
        self.table, self.says = HTML(), HTML()
        for part in (self.table, self.says):
            part.add_class("ganlib-numbers")
        self.speed = make_speed()
        self.speed.observe(self.events.handler(lambda change: self._pace(change["new"])), "value")
        self._connect(make_buttons(), make_controls(choices))

    def _rows(self) -> list[Widget]:
        """The whole face, from top to bottom; table and controls move below the figure where there is little room."""
        key = HTML(f'<div style="line-height: 1.4"><small>{words.KEY}</small></div>')
        left = VBox([self.figure, self.says, key], layout=Layout(flex="1 1 380px", max_width="560px"))
        right = VBox([*self.controls.values(), self.speed, self.table], layout=Layout(flex="1 1 270px"))
        return [
            Box([*self.buttons.values()], layout=Layout(**ROW)),
            Box([left, right], layout=Layout(**ROW)),
            self.events.box,
            Guard(),
        ]

    def _train(self) -> None:
        self._trials.step()

    def _put_settings(self) -> None:
        sync(self.controls, self.settings)


def _growing(sizes: Sequence[int]) -> tuple[int, ...]:
    if len(sizes) < 2 or not all(isinstance(n, int) for n in sizes) or sorted({2, *sizes})[-len(sizes) :] != [*sizes]:
        raise ValueError(f"sizes = {tuple(sizes)}, expected two or more integers from 2 on that grow")
    return tuple(sizes)
