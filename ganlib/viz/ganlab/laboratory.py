"""The GAN laboratory: a live view of any GAN in the plane, with every screw within reach."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import torch
from ipywidgets import VBox, Widget
from torch import Tensor, nn

from ganlib.data.toys import Toy, points
from ganlib.gans import GAN
from ganlib.losses import AdversarialLoss
from ganlib.viz.browser import Still
from ganlib.viz.events import Events, close_all, replace_predecessor
from ganlib.viz.ganlab import files
from ganlib.viz.ganlab.face import Face
from ganlib.viz.ganlab.run import BANDWIDTH, Yours
from ganlib.viz.ganlab.scene import noise_grid
from ganlib.viz.ganlab.session import Session
from ganlib.viz.ganlab.settings import DRAWN, LIVE, YOURS, Settings
from ganlib.viz.player import Player
from ganlib.viz.style import Picture

PHASE_S = 3.0
STILL_AFTER_S = 1.0


class GANLab(Still, VBox):
    """A laboratory for GANs in the plane: watch G and D learn, one update at a time or hundreds in a second.

        lab = GANLab()                                     # learns a ring of eight Gaussians
        GANLab(loss="wgan_gp", penalty=0.1, steps_d=5)     # any of the settings
        GANLab(generator=MyG, discriminator=MyD, loss=MyGAN, data=my_points)

    ``generator`` and ``discriminator`` are modules (a reset copies them as they came) or functions that make modules
    (a reset makes new ones); the generator says its ``latent_dim``. ``loss`` is the name of a loss, an
    ``AdversarialLoss``, or a class of GAN, called with both players. ``data`` is a name, a ``Toy``, or points (k, 2).
    All other arguments are the fields of ``ganlib.viz.ganlab.Settings``. It computes on the CPU.

    Everything that the mouse can do has a method. Equal settings give equal runs, bit for bit, however they are
    watched.

    Raises: ValueError for a setting out of range, or a generator without ``latent_dim``.
    """

    def __init__(
        self,
        data: str | Toy | Tensor = "ring",
        *,
        generator: nn.Module | Callable[[], nn.Module] | None = None,
        discriminator: nn.Module | Callable[[], nn.Module] | None = None,
        loss: str | AdversarialLoss | Callable[[nn.Module, nn.Module], GAN] = "non_saturating",
        **settings,
    ):
        own_data = None if isinstance(data, str) else data if isinstance(data, Toy) else points(data, BANDWIDTH)
        yours = Yours(generator, discriminator, None if isinstance(loss, str) else loss, own_data)
        chosen = {"data": YOURS if own_data else data, "loss": loss if isinstance(loss, str) else YOURS}
        self.session = Session(Settings().change(**chosen, **settings), yours)
        self.events = Events()
        self.face = Face(self.settings, yours, self.events.box)
        self.player = Player(self.session.iterate, self.draw, self.events, self._playing)
        self._syncing = False
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-lab")
        self.draw()
        replace_predecessor("GANLab", self._retire)

    @property
    def settings(self) -> Settings:
        """The settings of the present run."""
        return self.session.run.settings

    @property
    def iteration(self) -> int:
        """How many iterations the present run has done."""
        return self.session.run.iteration

    @property
    def generator(self) -> nn.Module:
        """The present generator, in training."""
        return self.session.run.gan.generator

    @property
    def discriminator(self) -> nn.Module:
        """The present discriminator, in training."""
        return self.session.run.gan.discriminator

    def fakes(self) -> Tensor:
        """The present fakes of the scene, (500, 2), made from fixed noise."""
        return self.session.run.fakes()

    def play(self) -> None:
        """Train until ``pause``, while other cells may run. Needs a notebook; elsewhere use ``run``."""
        self._stop_drawing()
        self.player.play()

    def pause(self) -> None:
        """Stop training after the present update."""
        self.player.pause()

    def run(self, iterations: int) -> None:
        """Train for so many iterations now, the view following, and come back when they are done."""
        self.face.slow.value = False
        self.events.clear()
        self._stop_drawing()
        self.player.run(iterations)
        self.refresh()

    def step(self) -> None:
        """One iteration: the chosen numbers of updates of D and of G."""
        self._do(self.session.iterate)

    def step_discriminator(self) -> None:
        """One update of D alone."""
        self._do(self.session.step_discriminator)

    def step_generator(self) -> None:
        """One update of G alone."""
        self._do(self.session.step_generator)

    def next_phase(self) -> None:
        """One phase of an iteration in slow motion."""
        self._do(self.session.next_phase)

    def reset(self) -> None:
        """Start anew with the same settings."""
        self._do(self.session.reset)

    def change(self, **settings) -> None:
        """Change settings. Losses, rates, weights and updates change within the run; others start it anew, paused.

        Raises: ValueError for a name or a value that is none; then nothing has changed.
        """
        if not set(settings) <= LIVE:
            self.player.pause()
        self.events.clear()
        self.session.change(**settings)
        self._stop_drawing()
        self.draw()

    def pretrained(self) -> None:
        """Go on with a run that the course trained on the present data set, with its settings.

        Raises: ValueError for drawn data and the reader's own.
        """
        self._do(self.session.pretrained)

    def save(self, path: str | Path) -> Path:
        """Write the run to a JSON file from which ``load`` goes on exactly."""
        self._do(self.session.finish)
        return files.save(self.session.run, path)

    def load(self, path: str | Path) -> None:
        """Go on with a saved run.

        Raises: FileNotFoundError; ValueError for a file that is no such run.
        """
        self._open(Path(path).read_bytes())

    def travel(self) -> None:
        """Show in the browser how G carries noise z to its points x."""
        run = self.session.run
        starts = {"fake": run.origins(run.z)}
        if self.face.toggles["manifold"].value:
            starts["manifold"] = run.origins(noise_grid(run))
        self.face.scene.morph(starts)

    def picture(self) -> Picture:
        """The scene and both charts as one picture."""
        return self.face.picture(self.session.run)

    still = picture

    def draw(self) -> None:
        """Bring the view up to date."""
        self.face.draw(self.session.run, self.session.phase, PHASE_S / 2)

    def _connect(self) -> None:
        """Give each button and control its meaning."""
        actions = {
            "play": lambda: self.pause() if self.player.playing else self.play(),
            **{"d": self.step_discriminator, "g": self.step_generator, "both": self.step, "phase": self.next_phase},
            **{"reset": self.reset, "travel": self.travel, "pretrained": self.pretrained, "use": self._use_drawing},
            **{"draw": self._start_drawing, "clear": self._clear_drawing},
            **{"save": self._download_run, "picture": self._download_picture},
        }
        for name, action in actions.items():
            self.face.buttons[name].on_click(self.events.handler(lambda _, action=action: action()))
        self._observe(self.face.slow, self._slow)
        self._observe(self.face.upload, self._uploaded)
        for toggle in self.face.toggles.values():
            self._observe(toggle, lambda value: self.draw())
        for name, control in self.face.controls.items():
            self._observe(control, lambda value, name=name: self._chosen(name, value))

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self.player.pause()
        close_all(self)

    def _playing(self, on: bool) -> None:
        """The player started or stopped; a second after it stopped, the picture in the notebook follows."""
        self.face.playing(on)
        if not on:
            self.events.loop.call_later(STILL_AFTER_S, self._refresh_when_paused)

    def _refresh_when_paused(self) -> None:
        if not self.player.playing:
            self.refresh()

    def _observe(self, control: Widget, action: Callable[[object], None]) -> None:
        control.observe(self.events.handler(lambda change: action(change["new"])), "value")

    def _do(self, action: Callable[[], object]) -> None:
        """Pause, act, show."""
        self.player.pause()
        self.events.clear()
        action()
        self._stop_drawing()
        self.draw()

    def _sync(self) -> None:
        """Bring the controls to the settings of the present run."""
        with self._silently():
            self.face.sync(self.settings)

    @contextmanager
    def _silently(self):
        """Within the block, controls that change mean nothing."""
        self._syncing = True
        try:
            yield
        finally:
            self._syncing = False

    def _chosen(self, name: str, value: object) -> None:
        """The reader moved a control."""
        if self._syncing:
            return
        if name == "data" and value == DRAWN:
            self._start_drawing()
            return
        try:
            self.change(**{name: value})
        finally:
            self._stop_drawing()

    def _start_drawing(self) -> None:
        """The scene takes points, until they are used or something else is done."""
        self.player.pause()
        self.events.clear()
        self.session.finish()
        with self._silently():
            self.face.draw_mode(True)
        self.draw()

    def _stop_drawing(self) -> None:
        self.face.draw_mode(False)
        self._sync()

    def _use_drawing(self) -> None:
        xy = torch.tensor(self.face.scene.drawn, dtype=torch.float32).view(-1, 2)
        self._do(lambda: self.session.draw(xy))

    def _clear_drawing(self) -> None:
        self.face.scene.drawn = []

    def _slow(self, on: bool) -> None:
        """Slow motion on or off; it can change while playing."""
        self.player.step = self.session.next_phase if on else self.session.iterate
        self.player.interval = PHASE_S if on else 0.0
        if self.player.playing:  # a long pause may have just begun
            self.player.pause()
            self.player.play()

    def _open(self, text: str | bytes) -> None:
        run = files.loads(text, self.session.yours)
        self._do(lambda: self.session.open(run))
        if run.drawn is not None:
            self.face.scene.drawn = run.drawn.tolist()

    def _uploaded(self, value: object) -> None:
        """A file was chosen: a dict of files in ipywidgets 7, a tuple of them in 8."""
        if value:
            (file,) = value.values() if isinstance(value, dict) else value
            self.face.upload.set_trait("value", type(self.face.upload.value)())  # the same file may be chosen again
            self._open(bytes(file["content"]))

    def _download_run(self) -> None:
        self._do(self.session.finish)
        self.face.guard.download("ganlab_run.json", "application/json", files.dumps(self.session.run).encode())

    def _download_picture(self) -> None:
        self.face.guard.download("ganlab.png", "image/png", self.picture().png())
