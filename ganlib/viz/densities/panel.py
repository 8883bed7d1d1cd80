"""The controls that shape two densities: presets, and sliders for two Gaussians each."""

from collections.abc import Callable

from ipywidgets import HTML, Box, Dropdown, FloatSlider, Layout, VBox

from ganlib.data.mixtures import Mixture

TWO_HILLS = Mixture((-2.0, 2.0), (0.6, 0.6), (0.5, 0.5))
PRESETS: dict[str, tuple[Mixture, Mixture]] = {
    "two hills, one wide fake": (TWO_HILLS, Mixture((0.0, 2.0), (1.6, 0.6), (1.0, 0.0))),
    "side by side": (
        Mixture((-1.0, 2.0), (1.0, 1.0), (1.0, 0.0)),
        Mixture((1.0, -2.0), (1.0, 1.0), (1.0, 0.0)),
    ),
    "one hill is missing": (TWO_HILLS, Mixture((-2.0, 2.0), (0.6, 0.6), (0.95, 0.05))),
    "too narrow": (
        Mixture((0.0, 2.0), (1.6, 0.6), (1.0, 0.0)),
        Mixture((0.0, 2.0), (0.6, 0.6), (1.0, 0.0)),
    ),
    "far apart": (
        Mixture((-3.0, 2.0), (0.4, 0.6), (1.0, 0.0)),
        Mixture((3.0, -2.0), (0.4, 0.6), (1.0, 0.0)),
    ),
    "equal": (TWO_HILLS, TWO_HILLS),
}
YOUR_OWN = "your own"
START = next(iter(PRESETS))
WIDE = "310px"
DIGITS = 6
FITTING = "calc(100% - 4px)"  # controls have margins
GROUPS = {"real": "Real: p_data", "fake": "Fake: p_g"}
SLIDERS = {
    "weight": (0.0, 1.0, 0.05),
    "mean 1": (-4.0, 4.0, 0.1),
    "deviation 1": (0.4, 2.0, 0.1),
    "mean 2": (-4.0, 4.0, 0.1),
    "deviation 2": (0.4, 2.0, 0.1),
}


class DensityPanel:
    """Two densities as sliders, and a list of presets; ``box`` shows both.

    Each density has two Gaussians; ``weight`` is that of the first. ``changed()`` is called once for each thing that
    the reader does, a preset included. Handlers are wrapped by ``handler``, as ``Events.handler`` does it.
    """

    def __init__(self, changed: Callable[[], None], handler: Callable[[Callable], Callable]):
        self._changed, self._putting = changed, False
        self.presets = Dropdown(options=[*PRESETS, YOUR_OWN], value=START, description="preset")
        self.presets.layout.width, self.presets.layout.max_width = "330px", FITTING
        self.presets.style.description_width = "60px"
        self.sliders = {
            (kind, name): _slider(f"{kind} {name}", low, high, step)
            for kind in GROUPS
            for name, (low, high, step) in SLIDERS.items()
        }
        self.put(*PRESETS[START])
        self.presets.observe(handler(self._chosen), "value")
        for slider in self.sliders.values():
            slider.observe(handler(self._moved), "value")
        groups = [
            VBox([HTML(f'<b class="ganlib-mark-{kind}">{title}</b>'), *self._of(kind)])
            for kind, title in GROUPS.items()
        ]
        columns = Box(groups, layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        self.box = VBox([self.presets, columns])

    @property
    def mixtures(self) -> tuple[Mixture, Mixture]:
        """p_data and p_g as the sliders say."""
        return tuple(_mixture(*(slider.value for slider in self._of(kind))) for kind in GROUPS)

    def put(self, p: Mixture, q: Mixture) -> None:
        """Bring the sliders to these densities without a word to anybody.

        Raises: ValueError when a density has more than two Gaussians, or a number lies outside its slider.
        """
        wanted = {}
        for kind, mixture in zip(GROUPS, (p, q), strict=True):
            wanted |= {(kind, name): value for name, value in zip(SLIDERS, _values(mixture), strict=True)}
        for (kind, name), value in wanted.items():
            low, high, _ = SLIDERS[name]
            if not low <= value <= high:
                raise ValueError(f"the {kind} {name} is {value:g}, expected a number from {low:g} to {high:g}")
        self._putting = True
        try:
            for key, value in wanted.items():
                self.sliders[key].value = value
            self._name()
        finally:
            self._putting = False

    def _of(self, kind: str) -> list[FloatSlider]:
        return [self.sliders[kind, name] for name in SLIDERS]

    def _name(self) -> None:
        """Let the list of presets say what the sliders show."""
        self.presets.value = next((name for name, pair in PRESETS.items() if pair == self.mixtures), YOUR_OWN)

    def _moved(self, change) -> None:
        if not self._putting:
            self._putting = True
            try:
                self._name()
            finally:
                self._putting = False
            self._changed()

    def _chosen(self, change) -> None:
        if not self._putting and self.presets.value != YOUR_OWN:
            self.put(*PRESETS[self.presets.value])
            self._changed()


def _slider(description: str, low: float, high: float, step: float) -> FloatSlider:
    slider = FloatSlider(value=low, min=low, max=high, step=step, description=description, readout_format=".2f")
    slider.layout.width, slider.layout.max_width = WIDE, FITTING
    slider.style.description_width = "124px"
    return slider


def _mixture(*values: float) -> Mixture:
    """The density that sliders show. Browsers reach 0.6 as 0.4 + 2 * 0.1, which is a little more: round."""
    weight, mean_1, std_1, mean_2, std_2 = (round(value, DIGITS) for value in values)
    return Mixture((mean_1, mean_2), (std_1, std_2), (weight, round(1 - weight, DIGITS)))


def _values(mixture: Mixture) -> tuple[float, ...]:
    """Weight, mean 1, deviation 1, mean 2, deviation 2: a single Gaussian has a second one without weight."""
    k = len(mixture.means)
    if k > 2:
        raise ValueError(f"the mixture has {k} Gaussians, expected one or two")
    (mean_1, mean_2), (std_1, std_2) = ((*part, *part)[:2] for part in (mixture.means, mixture.stds))
    return mixture.weights[0], mean_1, std_1, mean_2, std_2
