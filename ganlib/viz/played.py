"""What the laboratories share that a ``Player`` drives: its buttons, controls that follow, a still that follows."""

from collections.abc import Callable

from ipywidgets import Button, Layout, VBox, Widget

from ganlib.viz.browser import Still
from ganlib.viz.events import Events, Later, close_all, replace_predecessor
from ganlib.viz.player import DRAWING_SHARE, Player

STILL_AFTER_S = 1.0


def play_buttons(play: str, step: str, reset: str) -> dict[str, Button]:
    """The buttons by name; the arguments are their tooltips."""
    looks = {
        "play": ("Play", "play", play),
        "step": ("Step", "step-forward", step),
        "reset": ("Reset", "refresh", reset),
    }
    return {
        name: Button(description=words, icon=icon, tooltip=tooltip, layout=Layout(width="auto"))
        for name, (words, icon, tooltip) in looks.items()
    }


class PlayedLab(Still, VBox):
    """A laboratory with Play, Step and Reset.

    A subclass trains in ``_train``, brings its view up to date in ``draw``, has ``reset`` and ``change(**settings)``,
    and puts its settings into the controls in ``_put_settings``. It calls ``_prepare`` before it makes its widgets,
    ``_connect`` when there are buttons and controls, and this constructor at last, with the rows to show and the name
    of a class for style sheets. What an earlier run of the same cell made ends then.
    """

    def __init__(self, rows: list[Widget], style: str):
        super().__init__(rows)
        self.add_class(style)
        self.draw()
        replace_predecessor(type(self).__name__, self._retire)

    def _prepare(self, draw: Callable[[], None] | None = None, share: float = DRAWING_SHARE) -> None:
        """Make the player; while it plays it draws with ``draw``, for at most a ``share`` of the time."""
        self.events = Events()
        self.player = Player(self._train, draw or self.draw, self.events, self._playing)
        self.player.share = share
        self._draw_soon, self._syncing = self.events.paced(self.draw), False
        self._still_later = Later(self.events, self._refresh_at_rest, STILL_AFTER_S)

    def _connect(self, buttons: dict[str, Button], controls: dict[str, Widget]) -> None:
        """Give buttons and controls their meaning; each control is named after its setting."""
        self.buttons, self.controls, handler = buttons, controls, self.events.handler
        for name, action in {"play": self._toggle, "step": self.step, "reset": self.reset}.items():
            buttons[name].on_click(handler(lambda _, action=action: action()))
        self._sync()
        for name, control in controls.items():
            control.observe(handler(lambda change, name=name: self._chosen(name, change["new"])), "value")

    def play(self) -> None:
        """Play until ``pause``, while other cells may run. Needs a notebook; elsewhere use ``run``."""
        self.player.play()

    def pause(self) -> None:
        """Stop after the present step."""
        self.player.pause()

    def run(self, steps: int) -> None:
        """Do so many steps now, the view following, and come back when they are done.

        Raises: ValueError when ``steps`` is no positive integer.
        """
        self.events.clear()
        self.player.run(steps)
        self.draw()
        self.refresh()

    def step(self) -> None:
        """Do one step."""
        self._pause_quietly()
        self._train()
        self.draw()
        self._still_later.ask()

    def _pause_quietly(self) -> None:
        self.player.pause()
        self.events.clear()

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
        if not self._syncing:
            try:
                self.change(**{name: value})
            finally:
                self._sync()

    def _sync(self) -> None:
        """Bring the controls to the settings."""
        self._syncing = True
        try:
            self._put_settings()
        finally:
            self._syncing = False

    def _playing(self, on: bool) -> None:
        """The player started or stopped."""
        play = self.buttons["play"]
        play.description, play.icon = ("Pause", "pause") if on else ("Play", "play")
        self._still_later.ask()

    def _refresh_at_rest(self) -> None:
        if not self.player.playing:
            self.refresh()

    def _retire(self) -> None:
        """Stop for good, and give back what kernel and page hold of the widgets."""
        self.player.pause()
        self._still_later.cancel()
        close_all(self)
