"""A run on one sheet: its curves above its samples."""

from html import escape

from ipywidgets import HTML, Layout, VBox

from ganlib.clinic import Recording
from ganlib.viz.clinic.charts import run_chart
from ganlib.viz.clinic.samples import Samples
from ganlib.viz.figure_widget import FigureWidget
from ganlib.viz.style import Picture

WIDTH, HEIGHT = 4.8, 5.0
NUMBERS = (("loss_d", "loss of D"), ("loss_g", "loss of G"), ("accuracy", "accuracy of D"), ("spread", "spread"))


class Sheet:
    """The widgets that show one run, ``before`` or ``after`` the treatment. They only show."""

    def __init__(self, name: str):
        self.name, self._title, self._shown = name, HTML(), {}
        self._chart = FigureWidget(WIDTH, HEIGHT, "", run_chart)
        self.samples = Samples(name)
        self.box = VBox([self._title, self._chart, self.samples.box], layout=Layout(width="100%"))

    def title(self, words: str) -> None:
        """What stands above the curves."""
        self._title.value = f"<b>{self.name.capitalize()}.</b> {escape(words)}"

    def curves(self, run: Recording | None, **shown) -> None:
        """Show the curves of a run, none for None; ``shown`` is what else ``charts.run_chart`` draws."""
        self._chart.alt = _said(self.name, run)
        self.put(run=run, **shown)

    def put(self, **values) -> None:
        """Move what the curves show to some values; draw only if one is another."""
        if not all(name in self._shown and _same(self._shown[name], value) for name, value in values.items()):
            self._chart.show(**values)
        self._shown |= values

    def draw_on(self, picture: Picture, place, run: Recording, moment: int, **shown) -> None:
        """Draw the same into a picture."""
        upper, lower = place.subgridspec(2, 1, height_ratios=[5.2, 3.0])
        run_chart(picture, upper)(run=run, **shown)
        self.samples.draw_on(picture, lower, run, moment)

    def draw_alone(self, picture: Picture, run: Recording, **shown) -> None:
        """Fill a picture with a run that has not been treated: its curves, and samples at four moments."""
        left, right = picture.add_gridspec(1, 2, width_ratios=[1, 1.1])
        run_chart(picture, left)(run=run, **shown)
        cells, last = right.subgridspec(2, 2), len(run.moments) - 1
        for i in range(4):
            self.samples.draw_on(picture, cells[i // 2, i % 2], run, round(i * last / 3))


def _same(one: object, other: object) -> bool:
    return one is other or (not (isinstance(one, Recording) or isinstance(other, Recording)) and one == other)


def _said(name: str, run: Recording | None) -> str:
    """The curves in words: where they start and where they end."""
    if run is None or not len(run.updates):
        return f"Empty axes: there is no run {name} treatment yet."
    courses = [f"{words} from {run.curves[key][0]:.2g} to {run.curves[key][-1]:.2g}" for key, words in NUMBERS]
    return f"The run {name} treatment, {run.updates[-1]:,} of {run.total:,} updates: {', '.join(courses)}."
