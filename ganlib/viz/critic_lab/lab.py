"""A laboratory for critics: weight clipping against the gradient penalty, side by side and live."""

from itertools import cycle

from ipywidgets import VBox

from ganlib.viz.browser import Still
from ganlib.viz.critic_lab.controls import clips_of
from ganlib.viz.critic_lab.face import Face
from ganlib.viz.critic_lab.settings import Settings
from ganlib.viz.critic_lab.trials import Reading, Trials
from ganlib.viz.events import Events, close_all, replace_predecessor
from ganlib.viz.player import Player
from ganlib.viz.style import Picture

STILL_AFTER_S = 1.0
DRAWING_SHARE = 0.3  # the pictures matter more here than steps in a second


class CriticLab(Still, VBox):
    """Watch four deep critics learn to tell the same fakes from the same data: three clipped ones, one with a penalty.

        lab = CriticLab()
        CriticLab(clips=(0.2, 0.1, 0.05), depth=6, data="ring")

    The arguments are the fields of ``ganlib.viz.critic_lab.Settings``. The fakes are the real points blurred by unit
    Gaussian noise, and no generator learns, so a perfect critic would measure a W1 that is known. Shown are each
    critic's score over the plane, its weights, the norm of the gradient at each of its layers, and its estimate of W1.

    All critics begin with the same weights and learn from the same real points with the same optimizer, Adam with betas
    (0, 0.9) and a rate that shows in seconds what the papers' smaller ones do. Any change of a setting starts them
    anew.
    Equal settings give equal runs, bit for bit, however they are watched.

    Everything that the mouse can do has a method.

    Raises: ValueError for a setting out of range.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, figure 1.
    """

    def __init__(self, **settings):
        self.trials = Trials(Settings(**settings))
        self.events = Events()
        self.face = Face(self.settings, self.events.box)
        self._turns = cycle(self.face.parts)
        self.player = Player(self._train, self._draw_next, self.events, self._playing)
        self.player.share = DRAWING_SHARE
        self._draw_soon, self._syncing = self.events.paced(self.draw), False
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-critic-lab")
        self.draw()
        replace_predecessor("CriticLab", self._retire)

    @property
    def settings(self) -> Settings:
        """The settings of the present run."""
        return self.trials.settings

    @property
    def steps(self) -> int:
        """How many updates each critic has had."""
        return self.trials.steps

    def readings(self) -> list[Reading]:
        """What is measured of each critic now: the three clipped ones, then the one with the penalty."""
        return self.trials.read()

    def play(self) -> None:
        """Train until ``pause``, while other cells may run. Needs a notebook; elsewhere use ``run``."""
        self.player.play()

    def pause(self) -> None:
        """Stop training after the present update."""
        self.player.pause()

    def run(self, steps: int) -> None:
        """Give each critic so many updates now, the view following, and come back when they are done."""
        self.events.clear()
        self.player.run(steps)
        self.draw()
        self.refresh()

    def step(self) -> None:
        """One update of each critic."""
        self.player.pause()
        self.events.clear()
        self._train()
        self.draw()

    def reset(self) -> None:
        """Start anew with the same settings."""
        self.player.pause()
        self.change()

    def change(self, **settings) -> None:
        """Start anew with some settings changed, and go on playing if it plays.

        Raises: ValueError for a name or a value that is none; then nothing has changed.
        """
        new = self.settings.change(**settings)
        self.events.clear()
        self.trials = Trials(new)
        self._sync()
        self._draw_soon()

    def draw(self) -> None:
        """Bring the view up to date."""
        self.face.draw(self.trials)

    def still(self) -> Picture:
        """The present view as one picture."""
        return self.face.picture(self.trials)

    def _connect(self) -> None:
        """Give each button and control its meaning."""
        handler, face = self.events.handler, self.face
        actions = {"play": self._toggle, "step": self.step, "reset": self.reset}
        for name, action in actions.items():
            face.buttons[name].on_click(handler(lambda _, action=action: action()))
        for name, control in face.controls.items():
            control.observe(handler(lambda change, name=name: self._chosen(name, change["new"])), "value")
        face.speed.observe(handler(lambda change: self._pace(change["new"])), "value")

    def _train(self) -> None:
        self.trials.step()

    def _draw_next(self) -> None:
        """Bring one part of the view up to date, in turns, so that no click waits for long; all at slow speed."""
        if self.player.interval:
            self.draw()
        else:
            next(self._turns)(self.trials)

    def _toggle(self) -> None:
        self.pause() if self.player.playing else self.play()

    def _pace(self, interval: float) -> None:
        """Another pace; a long pause that has just begun ends."""
        self.player.interval = interval
        if self.player.playing:
            self.player.pause()
            self.player.play()

    def _chosen(self, name: str, value: object) -> None:
        """The reader moved a control; a value that is refused is put back."""
        if self._syncing:
            return
        if name.startswith("clip"):
            name, value = "clips", clips_of(self.face.controls)
        try:
            self.change(**{name: value})
        finally:
            self._sync()

    def _sync(self) -> None:
        """Bring controls and words to the settings."""
        self._syncing = True
        try:
            self.face.sync(self.settings)
        finally:
            self._syncing = False

    def _playing(self, on: bool) -> None:
        """The player started or stopped; a second after it stopped, the picture in the notebook follows."""
        self.face.playing(on)
        if not on:
            self.events.call(self.draw)
            self.events.loop.call_later(STILL_AFTER_S, lambda: None if self.player.playing else self.refresh())

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self.player.pause()
        close_all(self)
