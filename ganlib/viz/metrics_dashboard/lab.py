"""The dashboard of chapter 09: one generator, harmed in many ways, and every metric's word on it."""

from collections.abc import Callable

from ipywidgets import Button, VBox

from ganlib.viz.browser import Still
from ganlib.viz.controls import expect, make_button
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.metrics_dashboard import words
from ganlib.viz.metrics_dashboard.bench import WORLDS, Bench
from ganlib.viz.metrics_dashboard.face import Face
from ganlib.viz.metrics_dashboard.measures import MEASURES, Reference
from ganlib.viz.metrics_dashboard.picture import dashboard_picture
from ganlib.viz.metrics_dashboard.sweep import STEPS, Sweep
from ganlib.viz.metrics_dashboard.table import table
from ganlib.viz.style import Picture
from ganlib.viz.wording import paragraphs

STILL_AFTER_S = 3.0


class MetricsDashboard(Still, VBox):
    """Harm a perfect generator with sliders, and see what each metric says: all of them in a table, on one scale.

        lab = MetricsDashboard()                     # points in the plane
        lab = MetricsDashboard("digits", n=200)
        lab.change(dropped=4)
        lab.values["FID"], lab.verdicts["FID"]

    A metric's value is compared with what a perfect generator gets with as many samples: the mean and the spread of
    thirty draws of it. Within three standard deviations it is "as real"; beyond, "worse" or "better". The curve shows
    one metric against the slider that was moved last; ``sweep`` takes it from end to end.

    ``world`` is "plane" or "digits"; ``n`` is the number of samples. Equal seeds give equal draws. Everything that the
    mouse can do has a method or an attribute.

    Raises: ValueError for a world, a size, a knob or a preset that is none.
    """

    def __init__(self, world: str = "plane", *, n: int | None = None, seed: int = 3):
        expect("world", world, WORLDS)
        self.events, self._seed, self._syncing = Events(), seed, False
        self._benches: dict[str, Bench] = {}
        self._presets: dict[str, list[Button]] = {}
        self._turned: dict[str, float] = {}  # knobs that wait to be looked at
        self.face = Face(world, self.events.box)
        self.sweeping = Sweep(self._draw, self._sync, self.face.playing, self.events)
        self._still_later = Later(self.events, self.refresh, STILL_AFTER_S)
        self._look_soon = self.events.paced(self._look)
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-lab")
        self._open(world, n)
        replace_predecessor("MetricsDashboard", self._retire)

    @property
    def world(self) -> str:
        """The world, "plane" or "digits". Set it with either."""
        return self.face.world.value

    @world.setter
    def world(self, name: str) -> None:
        expect("world", name, WORLDS)
        self.face.world.value = name

    @property
    def settings(self) -> dict[str, float]:
        """Where the knobs stand."""
        return dict(self.bench.settings)

    @property
    def n(self) -> int:
        """The number of samples. Set it with one of the world's sizes."""
        return self.bench.n

    @n.setter
    def n(self, n: int) -> None:
        expect("n", n, self.bench.world.sizes)
        self.face.says.value = paragraphs(words.WAITING)
        self._renew(lambda: self.bench.draw(n, self.bench.seed))

    @property
    def watched(self) -> str:
        """The metric that the curve shows. Set it with a metric's name."""
        return self.face.watched.value

    @watched.setter
    def watched(self, name: str) -> None:
        expect("watched", name, MEASURES)
        self.face.watched.value = name

    @property
    def values(self) -> dict[str, float]:
        """Each metric's value for the present fakes."""
        return dict(self.bench.reading.values)

    @property
    def reference(self) -> Reference:
        """What a perfect generator gets: ``mean`` and ``spread`` by the metrics' names."""
        return self.bench.reference

    @property
    def verdicts(self) -> dict[str, str]:
        """What each metric calls the present fakes: "worse", "better" or "as real"."""
        return self.bench.verdicts()

    def change(self, **settings: float) -> None:
        """Turn knobs; all others stay.

        Raises: ValueError for a knob that is none or a value beyond its ends; then nothing has changed.
        """
        self._renew(lambda: self.bench.set(settings))

    def load(self, preset: str) -> None:
        """Put the knobs as a preset has them, all others at rest."""
        self._renew(lambda: self.bench.load(preset))

    def reset(self) -> None:
        """All knobs at rest: a perfect generator."""
        self._renew(lambda: self.bench.set(self.bench.world.rest))

    def draw_again(self) -> None:
        """Other real data and other fakes with the same settings: what moves now is noise."""
        self._renew(lambda: self.bench.draw(self.n, self.bench.seed + 1))

    def ask(self, preset: str) -> None:
        """Load a preset, but show only its samples until ``reveal``."""
        self._renew(lambda: self.bench.load(preset), preset)

    def reveal(self, *guessed: str) -> None:
        """Show the numbers, and how good the guess was: these metrics, and those whose buttons are pressed."""
        for name in guessed:
            expect("guessed", name, MEASURES)
        if self.face.question.open:
            self.face.question.answer(guessed)
            self._draw()

    def sweep(self, knob: str | None = None, steps: int = STEPS) -> list[tuple[float, dict[str, float]]]:
        """Take a knob from end to end and back to where it was: its positions, each with the value of every metric.

        Raises: ValueError for a knob that is none, or fewer than two steps.
        """
        knob, back = knob or self.bench.moved, self.settings
        way = self.bench.way(knob, steps)
        for at in way:
            self.bench.set({knob: at})
        trail = self.bench.trail
        self._renew(lambda: self.bench.set(back))
        return [(at, dict(trail[at].values)) for at in way]

    def still(self) -> Picture:
        """The scene, and all metrics on one scale."""
        return dashboard_picture(self.bench)

    def _open(self, world: str, n: int | None = None) -> None:
        """Go to a world; what it needs is made when it is opened for the first time."""
        self.sweeping.stop()
        if world not in self._benches:
            self.face.says.value = paragraphs(words.WAITING)
            self._benches[world] = bench = Bench(WORLDS[world], n, self._seed)
            self._presets[world] = [self._preset_button(bench, name) for name in bench.world.presets]
            for name, slider in bench.sliders.items():
                slider.observe(self.events.handler(lambda change, name=name: self._slid(name, change["new"])), "value")
        self.bench, self._syncing = self._benches[world], True
        self.face.lay(self.bench, self._presets[world])
        self._renew(lambda: None)

    def _preset_button(self, bench: Bench, name: str) -> Button:
        go = self.events.handler(lambda _: (self.ask if self.face.question.ask.value else self.load)(name))
        told = ", ".join(f"{knob} {value:g}" for knob, value in bench.world.presets[name].items())
        return make_button(name, told, go)

    def _renew(self, action: Callable[[], None], question: str = "") -> None:
        """Do something that brings other samples, and show them; first their ``question`` if there is one."""
        self.sweeping.stop()
        self._turned.clear()
        self._show_after(action, question)
        self._sync()

    def _show_after(self, action: Callable[[], None], question: str = "") -> None:
        self.events.clear()
        action()
        self.face.question.pose(question)
        self._draw()

    def _slid(self, knob: str, value: float) -> None:
        """The reader moves a slider; the last place counts where they come faster than can be drawn."""
        if not self._syncing:
            self.sweeping.stop()
            self._turned[knob] = value
            self._look_soon()

    def _look(self) -> None:
        """Measure where the sliders are; they stay untouched, since the reader may have them in hand."""
        turned, self._turned = self._turned, {}
        self._show_after(lambda: self.bench.set(turned))

    def _sync(self) -> None:
        """Bring the controls to the settings."""
        self._syncing = True
        try:
            self.face.size.value = self.bench.n
            for name, slider in self.bench.sliders.items():
                slider.value = self.bench.settings[name]
        finally:
            self._syncing = False

    def _draw(self) -> None:
        """Bring the view up to date."""
        face, bench = self.face, self.bench
        question, verdicts = face.question, bench.verdicts()
        bench.show()
        face.table.value = table(bench.reading, bench.reference, question.open, question.guessed)
        outcome = "" if question.guessed is None else words.outcome(question.guessed, verdicts)
        face.says.value = paragraphs(outcome, words.summary(verdicts)) if not question.open else ""
        face.below.layout.display = "none" if question.open else None
        knob = bench.world.knobs[bench.moved]
        face.curve.show(self.watched, knob, bench.trail, bench.now, bench.reference)
        self._still_later.ask()

    def _sweep_or_stop(self) -> None:
        if self.sweeping.player.playing:
            self.sweeping.stop()
        else:
            self.face.question.pose("")
            self.sweeping.start(self.bench)

    def _connect(self) -> None:
        """Give each button and control its meaning."""
        face, handler = self.face, self.events.handler
        actions = {"again": self.draw_again, "reset": self.reset, "sweep": self._sweep_or_stop}
        for name, action in actions.items():
            face.buttons[name].on_click(handler(lambda _, action=action: action()))
        face.question.show.on_click(handler(lambda _: self.reveal()))
        face.world.observe(handler(lambda change: self._open(change["new"])), "value")
        face.size.observe(handler(lambda change: self._sized(change["new"])), "value")
        face.watched.observe(handler(lambda change: self._draw()), "value")

    def _sized(self, n: int) -> None:
        """The reader chooses another number of samples."""
        if not self._syncing:
            self.n = n

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self.sweeping.stop()
        self._still_later.cancel()
        for world, bench in self._benches.items():
            for widget in (bench.scene.widget, *bench.sliders.values(), *self._presets[world]):
                close_all(widget)
        close_all(self)
