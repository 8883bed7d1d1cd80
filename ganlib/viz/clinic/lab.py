"""The ward as a widget: the reader diagnoses recorded runs, treats them, and sees what comes of it."""

from collections.abc import Callable, Iterable

from ipywidgets import VBox

from ganlib.clinic import Recording, Visit, find
from ganlib.viz.browser import Still
from ganlib.viz.clinic import words
from ganlib.viz.clinic.bed import Bed
from ganlib.viz.clinic.face import Face
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.played import STILL_AFTER_S
from ganlib.viz.player import Player
from ganlib.viz.style import Picture

DRAWING_SHARE = 0.25  # of the time of a treatment, that the reader may see it grow
CURVES_AFTER_S = 0.05  # what takes longer to draw comes when what answers the reader is there
RESERVE = 50  # pieces of a run besides its updates: acts of measuring


class Clinic(Still, VBox):
    """Diagnose runs with planted failures from their curves and samples, treat them, and see them train again.

        ward = viz.Clinic()
        ward.see("carla")
        ward.diagnose("collapse")
        ward.treat("penalty")
        print(ward.score())

    ``names`` are the patients to see, by default all of ``ganlib.clinic.patients()``. The first diagnosis and the first
    treatment that runs to its end count; others may be tried after them. Every treatment is really run: in a notebook
    by pieces, so that everything else stays alive, and the same numbers come out as in ``clinic.treat``.

    Everything that the mouse can do has a method. Points are taken down in ``visit``.

    Raises: ValueError for a name that is not on the ward; FileNotFoundError for a patient without a recording.
    """

    def __init__(self, names: Iterable[str] | None = None):
        self.visit, self.events = Visit(names), Events()
        self._beds = {name: Bed(find(name)) for name in self.visit.order}
        self.player = Player(self._train, self._draw_next, self.events, lambda playing: self._follow())
        self.player.share = DRAWING_SHARE
        self.face, self._bed, self._turn = Face(self.events.box), self._beds[self.visit.order[0]], 0
        self._curves_later = Later(self.events, lambda: self.face.draw_curves(self._bed), CURVES_AFTER_S)
        self._still_later = Later(self.events, self._refresh_at_rest, STILL_AFTER_S)
        self.see(self.visit.order[0])
        self._connect()
        super().__init__(self.face.rows())
        self.add_class("ganlib-clinic")
        replace_predecessor("Clinic", self._retire)

    @property
    def name(self) -> str:
        """The patient that is open."""
        return self._bed.patient.name

    @property
    def before(self) -> Recording:
        """The recorded run of the open patient."""
        return self._bed.before

    @property
    def after(self) -> Recording | None:
        """The latest run under treatment of the open patient, as far as it has come; None before any."""
        return self._bed.after

    def see(self, name: str) -> None:
        """Go to a patient. A treatment that is under way there pauses.

        Raises: ValueError for a patient who is not on this visit.
        """
        if name not in self._beds:
            raise ValueError(f"name = {name!r}, expected one of {', '.join(self._beds)}")
        self.player.pause()
        self.events.clear()
        self._bed = self._beds[name]
        self.face.open(self._bed)
        self._show()

    def next(self) -> None:
        """Go to the next patient who is not done, or to the next one when all are."""
        order = self.visit.order
        later = [order[(order.index(self.name) + i) % len(order)] for i in range(1, len(order) + 1)]
        self.see(next((name for name in later if not self.visit.done(name)), later[0]))

    def diagnose(self, diagnosis: str) -> bool:
        """Commit to a diagnosis of the open patient; returns whether it is right. The first one counts.

        Raises: ValueError for a diagnosis that is not on the list.
        """
        right = self.visit.diagnose(self.name, diagnosis)
        self._bed.diagnose(diagnosis)
        self.face.diagnosis.value = diagnosis
        self._follow()
        self.face.draw_curves(self._bed)
        return right

    def hint(self) -> None:
        """Show the hint of the open patient."""
        self._bed.hinted = True
        self._follow()

    def treat(self, treatment: str) -> Recording:
        """Give the open patient a treatment and run it to its end now; returns what is recorded. The first one counts.

        Raises: ValueError for a treatment that is not on the list, or before any diagnosis.
        """
        self.begin(treatment)
        self.player.run(self._bed.run.total + RESERVE)
        self.refresh()
        return self.after

    def begin(self, treatment: str) -> None:
        """Give the open patient a treatment, still at its first update. Another one under way is given up.

        Raises: ValueError for a treatment that is not on the list, or before any diagnosis.
        """
        if self._bed.diagnosis is None:
            raise ValueError(f"treatment = {treatment!r} before any diagnosis, expected diagnose(...) first")
        self.player.pause()
        self.events.clear()
        self._bed.treat(treatment)
        self.face.treatment.value = treatment
        self._show()

    def play(self) -> None:
        """Go on with the treatment that has begun, while other cells may run. Needs a notebook; elsewhere ``treat``."""
        self.player.play()

    def pause(self) -> None:
        """Let the treatment rest."""
        self.player.pause()

    def stop(self) -> None:
        """Give up the treatment that is under way; it does not count."""
        self.player.pause()
        if not self._bed.finished:
            self._bed.stop()
        self._show()

    def reset(self) -> None:
        """Start over: no diagnosis, no treatment, no points."""
        self.player.pause()
        self.visit = Visit(self.visit.order)
        for bed in self._beds.values():
            bed.forget()
        self.see(self.visit.order[0])

    def score(self) -> str:
        """What was said and done of each patient, the points, and what to read again."""
        return words.score(self.visit)

    def draw(self) -> None:
        """Bring the view up to date."""
        self._follow()
        self.face.draw_curves(self._bed)
        self.face.draw_samples(self._bed)

    def still(self) -> Picture:
        """The open patient's run before and after treatment as a picture."""
        return self.face.picture(self._bed)

    def _connect(self) -> None:
        """Give buttons and controls their meaning."""
        handler, face = self.events.handler, self.face
        actions = {
            "diagnose": lambda: self.diagnose(face.diagnosis.value),
            "hint": self.hint,
            "treat": self._press_treat,
            "stop": self.stop,
            "next": self.next,
            "reset": self.reset,
        }
        for name, action in actions.items():
            face.buttons[name].on_click(handler(lambda _, action=action: self._do(action)))
        face.beds.on_press(handler(lambda i: self._do(lambda: self.see(self.visit.order[i]))))
        for choice in (face.diagnosis, face.treatment):
            choice.observe(handler(lambda _: self._choose()), "value")
        face.moment.observe(handler(lambda _: self._move()), "value")

    def _do(self, action: Callable[[], object]) -> None:
        """Do what the reader asked for; the still picture follows."""
        self.events.clear()
        action()
        self._still_later.ask()

    def _press_treat(self) -> None:
        """Begin, pause or go on, whatever the button says."""
        if self.player.playing:
            self.pause()
            return
        if self._bed.run is None or self._bed.finished:
            self.begin(self.face.treatment.value)
        if self.events.loop is None:
            self.player.run(self._bed.run.total + RESERVE)
        else:
            self.play()

    def _choose(self) -> None:
        self.face.draw_choices(self._bed)
        self.face.set_buttons(self._bed, self.player.playing)

    def _move(self) -> None:
        self.face.draw_samples(self._bed)
        self._draw_curves_soon()

    def _show(self) -> None:
        """Another patient or treatment: what answers the reader at once, the rest soon after."""
        self._follow()
        self.face.show_real(self._bed)
        self.face.draw_samples(self._bed)
        self.face.draw_before(self._bed)
        self._draw_curves_soon()

    def _draw_curves_soon(self) -> None:
        if self.events.loop is None:
            self.face.draw_curves(self._bed)
        self._curves_later.ask()

    def _train(self) -> None:
        """One piece of the treatment; at its end it is taken down."""
        run = self._bed.run
        if run is None or run.finished:
            return
        run.advance()
        if run.finished:
            self.visit.treat(self.name, run.treatment, run.recording.outcome)
            self.player.pause()

    def _draw_next(self) -> None:
        """While a treatment runs: one part of the view at a time, so that no click waits for long."""
        if not self.player.playing:
            self.draw()
            return
        parts = (self.face.draw_curves, self.face.draw_samples, self.face.draw_progress)
        parts[self._turn % len(parts)](self._bed)
        self._turn += 1

    def _follow(self) -> None:
        """Bring all words up to date."""
        self.face.draw_ward(self.visit, self.name, [bed.thumbnail for bed in self._beds.values()])
        self.face.draw_choices(self._bed)
        self.face.draw_words(self._bed, self.visit, self.player.playing)

    def _refresh_at_rest(self) -> None:
        if not self.player.playing:
            self.refresh()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self.player.pause()
        self._curves_later.cancel()
        self._still_later.cancel()
        close_all(self)
