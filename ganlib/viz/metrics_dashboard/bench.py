"""A world with its widgets, and where its knobs stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from ipywidgets import FloatSlider

from ganlib.viz.controls import expect, make_slider
from ganlib.viz.metrics_dashboard.digits import Digits
from ganlib.viz.metrics_dashboard.measures import Reading, Reference, measure, reference
from ganlib.viz.metrics_dashboard.plane import Plane
from ganlib.viz.metrics_dashboard.scenes import DigitScene, PlaneScene
from ganlib.viz.metrics_dashboard.world import Sample, World


@dataclass(frozen=True)
class Kind:
    """A world to choose: what it is called, how it is made and drawn, and how many samples it opens with."""

    title: str
    tip: str
    make: Callable[[], World]
    scene: Callable[[], PlaneScene | DigitScene]
    n: int


WORLDS = {
    "plane": Kind("points in the plane", "Features are the coordinates", cache(Plane), PlaneScene, 400),
    "digits": Kind("digits", "Features are those of the course's classifier", cache(Digits), DigitScene, 200),
}


class Bench:
    """Settings of the knobs, the numbers that they give, and a trail: readings along the knob that was moved last.

    ``n`` samples are drawn by ``seed``. ``reading`` and ``fake`` follow the settings, ``trail`` maps positions of the
    knob ``moved`` to readings with all other knobs as they are now.
    """

    def __init__(self, kind: Kind, n: int | None, seed: int):
        self.world, self.scene = kind.make(), kind.scene()
        self.settings, self.moved = self.world.rest, next(iter(self.world.knobs))
        self.sliders = {name: _slider(self.world, name) for name in self.world.knobs}
        self.draw(kind.n if n is None else n, seed)

    @property
    def reference(self) -> Reference:
        """What a perfect generator gets with so many samples."""
        return reference(self.world, self.n)

    @property
    def now(self) -> float:
        """Where the knob stands that was moved last."""
        return self.settings[self.moved]

    def set(self, settings: Mapping[str, float]) -> None:
        """Put knobs to new places, all that are not given as they are, and measure."""
        settings = self.world.checked({**self.settings, **settings})
        changed = [name for name in settings if settings[name] != self.settings[name]]
        if changed and changed != [self.moved]:
            self.moved, self.trail = changed[-1], {}
            if len(changed) == 1:  # where it came from is the first point of its trail
                self.trail[self.now] = self.reading
        self.settings = settings
        self.measure()

    def load(self, preset: str) -> None:
        """Put the knobs as a preset has them, all others at rest.

        Raises: ValueError for a preset that is none.
        """
        expect("preset", preset, self.world.presets)
        self.set({**self.world.rest, **self.world.presets[preset]})

    def draw(self, n: int, seed: int) -> None:
        """Other samples, and other real data.

        Raises: ValueError for a number of samples that is not among the world's ``sizes``.
        """
        expect("n", n, self.world.sizes)
        self.n, self.seed = n, seed
        self.trail: dict[float, Reading] = {}
        self.measure()

    def measure(self) -> None:
        """Draw fakes with the present settings, and measure them."""
        self.fake: Sample = self.world.fake(self.settings, self.n, self.seed)
        self.reading: Reading = measure(self.world, self.fake, self.n, self.seed)
        self.trail[self.now] = self.reading

    def way(self, knob: str, steps: int) -> list[float]:
        """Positions of a knob from end to end, in whole steps of its slider.

        Raises: ValueError for a knob that is none, or fewer than two positions.
        """
        expect("knob", knob, self.world.knobs)
        if not isinstance(steps, int) or steps < 2:
            raise ValueError(f"steps = {steps!r}, expected an integer from 2 on")
        one = self.world.knobs[knob]
        last = round((one.high - one.low) / one.step)
        return sorted({round(one.low + one.step * round(i * last / (steps - 1)), 10) for i in range(steps)})

    def verdicts(self) -> dict[str, str]:
        """Each metric's verdict on the present fakes."""
        return {name: self.reference.verdict(name, value) for name, value in self.reading.values.items()}

    def show(self) -> None:
        """Bring the scene up to date."""
        self.scene.show(self.world.sets(self.n, self.seed)[0], self.fake)


def _slider(world: World, name: str) -> FloatSlider:
    """The slider of a knob."""
    knob = world.knobs[name]
    slider = make_slider(knob.label, knob.rest, knob.low, knob.high, knob.step, room="124px")
    slider.readout_format = ".0f" if knob.step == 1 else ".2f"
    slider.tooltip = knob.tip
    return slider
