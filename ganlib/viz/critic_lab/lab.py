"""A laboratory for critics: weight clipping against the gradient penalty, side by side and live."""

from itertools import cycle

from ganlib.viz.critic_lab.controls import clips_of
from ganlib.viz.critic_lab.face import Face
from ganlib.viz.critic_lab.settings import Settings
from ganlib.viz.critic_lab.trials import Reading, Trials
from ganlib.viz.played import PlayedLab
from ganlib.viz.style import Picture

DRAWING_SHARE = 0.3  # the pictures matter more here than steps in a second


class CriticLab(PlayedLab):
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
        self._prepare(self._draw_next, DRAWING_SHARE)
        self.trials = Trials(Settings(**settings))
        self.face = Face(self.settings, self.events.box)
        self._turns = cycle(self.face.parts)
        self._connect(self.face.buttons, self.face.controls)
        self.face.speed.observe(self.events.handler(lambda change: self._pace(change["new"])), "value")
        super().__init__(self.face.rows(), "ganlib-critic-lab")

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
        self._still_later.ask()

    def draw(self) -> None:
        """Bring the view up to date."""
        self.face.draw(self.trials)

    def still(self) -> Picture:
        """The present view as one picture."""
        return self.face.picture(self.trials)

    def _train(self) -> None:
        self.trials.step()

    def _draw_next(self) -> None:
        """Bring one part of the view up to date, in turns, so that no click waits for long; all at slow speed."""
        if self.player.interval:
            self.draw()
        else:
            next(self._turns)(self.trials)

    def _chosen(self, name: str, value: object) -> None:
        """The reader moved a control; the three limits are one setting."""
        if name.startswith("clip"):
            name, value = "clips", clips_of(self.face.controls)
        super()._chosen(name, value)

    def _put_settings(self) -> None:
        self.face.sync(self.settings)

    def _playing(self, on: bool) -> None:
        super()._playing(on)
        if not on:
            self.events.call(self.draw)
