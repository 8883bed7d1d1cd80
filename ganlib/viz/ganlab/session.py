"""What the laboratory does, without any widget: run, step, change settings, start anew, load."""

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from ganlib.runtime import ASSETS
from ganlib.viz.ganlab import files
from ganlib.viz.ganlab.phases import Phase, phases
from ganlib.viz.ganlab.run import Run, Yours
from ganlib.viz.ganlab.settings import DATA, LIVE, Settings

PRETRAINED = ASSETS / "laboratory"


def pretrained_file(name: str) -> Path:
    """Where the pre-trained run on a data set lies."""
    return PRETRAINED / f"{name.replace(' ', '_')}.json"


class Session:
    """A run that can be stepped in several ways, changed and replaced.

    ``phase`` is the moment of slow motion that is being shown, None outside it. Whatever else is done first finishes an
    iteration that slow motion has begun.
    """

    def __init__(self, settings: Settings, yours: Yours):
        self.yours = yours
        self.drawn: Tensor | None = None
        self.run = Run(settings, yours)
        self.phase: Phase | None = None
        self._phases: Iterator[Phase] | None = None

    def iterate(self) -> None:
        """One whole iteration, or the rest of the one that slow motion has begun."""
        if not self.finish():
            self.run.iterate()

    def next_phase(self) -> None:
        """The next phase of an iteration in slow motion; after the last one comes the first of the next iteration."""
        self._phases = self._phases or phases(self.run)
        self.phase = next(self._phases, None)
        if self.phase is None:
            self._phases = phases(self.run)
            self.phase = next(self._phases)

    def finish(self) -> bool:
        """Finish the iteration that slow motion has begun; whether there was one."""
        begun = self._phases is not None
        for _ in self._phases or ():
            pass
        self._phases = self.phase = None
        return begun

    def step_discriminator(self) -> None:
        """One update of D alone, G frozen."""
        self.finish()
        self.run.discriminator_step()

    def step_generator(self) -> None:
        """One update of G alone, D frozen."""
        self.finish()
        self.run.generator_step()

    def change(self, **values) -> None:
        """Set settings. Losses, rates, weights and updates change within the run; anything else starts it anew.

        Raises: ValueError for a name or a value that is none; then nothing has changed.
        """
        settings = self.run.settings.change(**values)
        different = {name for name in values if getattr(settings, name) != getattr(self.run.settings, name)}
        if different <= LIVE:
            self.finish()
            self.run.adjust(settings)
        else:
            self.open(Run(settings, self.yours, self.drawn))

    def draw(self, xy: Tensor) -> None:
        """Start anew on drawn points (k, 2).

        Raises: ValueError when there are none.
        """
        settings = self.run.settings.change(data="drawn")
        self.open(Run(settings, self.yours, xy))
        self.drawn = xy

    def reset(self) -> None:
        """Start anew with the same settings."""
        self.open(Run(self.run.settings, self.yours, self.drawn))

    def open(self, run: Run) -> None:
        """Go on with another run."""
        self.run, self.phase, self._phases = run, None, None
        self.drawn = self.drawn if run.drawn is None else run.drawn

    def pretrained(self) -> None:
        """Go on with a run that the course trained on the present data set, with the settings it was trained with.

        Raises: ValueError for data that no run was trained on.
        """
        name = self.run.settings.data
        if name not in DATA:
            raise ValueError(f"data = {name!r}, expected one that the course has trained on: {', '.join(DATA)}")
        self.open(files.loads(pretrained_file(name).read_text(encoding="utf-8")))
