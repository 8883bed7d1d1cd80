"""The earth-mover puzzle: carry blocks to the goal, pay mass times distance, and try to pay the least."""

from collections.abc import Callable, Sequence

from ipywidgets import HTML, Box, Button, Dropdown, IntSlider, Layout, ToggleButton, VBox, link

from ganlib.viz.browser import Guard, Still
from ganlib.viz.earth_mover.account import account, task
from ganlib.viz.earth_mover.drawing import draw_game, draw_plan
from ganlib.viz.earth_mover.ground import Ground
from ganlib.viz.earth_mover.level import EarthLevel, Place, is_whole
from ganlib.viz.earth_mover.levels import LEVELS
from ganlib.viz.earth_mover.play import Move, Play
from ganlib.viz.events import Events, close_all, replace_predecessor
from ganlib.viz.style import Picture

STILL_AFTER_S = 1.5
ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}


class EarthMover(Still, VBox):
    """A puzzle: turn one pile of earth into another at the least price, blocks times distance, summed over all moves.

        puzzle = EarthMover()
        EarthMover([EarthLevel("Mine", start=(2, 0, 0), goal=(0, 1, 1))])

    Blocks are dragged, clicked, or carried by keyboard. At the goal the price is compared with the optimum of the
    linear program (``ganlib.divergences.optimal_transport``), which nobody can beat. "Optimal plan" shows a cheapest
    plan, "Prices" the Kantorovich-Rubinstein certificate that it is one.

    Everything that the mouse can do has a method. Each level keeps its game when another one is chosen.

    Raises: ValueError for levels that are none.
    """

    def __init__(self, levels: Sequence[EarthLevel] = LEVELS):
        levels = tuple(levels)
        if not levels or not all(isinstance(level, EarthLevel) for level in levels):
            raise ValueError(f"levels = {levels!r}, expected at least one viz.EarthLevel")
        self.plays = [Play(level) for level in levels]
        self.events = Events()
        self._answered, self._actions = {}, 0
        self._make_controls(levels)
        self._connect()
        super().__init__(self._rows())
        self.add_class("ganlib-earth-mover")
        self._draw()
        replace_predecessor("EarthMover", self._retire)

    @property
    def play(self) -> Play:
        """The game of the level that is chosen: its heaps and moves."""
        return self.plays[self._choice.value]

    @property
    def level(self) -> EarthLevel:
        """The level that is chosen."""
        return self.play.level

    @property
    def paid(self) -> float:
        """What the moves so far have cost."""
        return self.play.paid

    @property
    def optimum(self) -> float:
        """The least that any plan for this level costs, by linear program."""
        return self.level.optimum

    @property
    def solved(self) -> bool:
        """Whether the goal is reached, at whatever price."""
        return self.play.solved

    def move(self, source: Place, target: Place, mass: int = 1) -> Move:
        """Move blocks and pay. A place is a column, or a pair (row, column) on a grid; both count from 0.

        Raises: ValueError for what is no place, the same place twice, and more blocks than there are; then nothing has
        moved.
        """
        move = self.play.move(source, target, mass)
        self._play_on()
        return move

    def undo(self) -> None:
        """Take the last move back, its price too."""
        self.play.undo()
        self._play_on()

    def restart(self) -> None:
        """Begin this level again."""
        self.play.restart()
        self._play_on()

    def choose(self, level: int) -> None:
        """Go to the level with this number, counted from 1.

        Raises: ValueError when there is none.
        """
        if not is_whole(level) or not 1 <= level <= len(self.plays):
            raise ValueError(f"level = {level!r}, expected a number from 1 to {len(self.plays)}")
        self._choice.value = level - 1

    def show_plan(self, on: bool = True) -> None:
        """Show an optimal plan on the heaps at the start, or go back to the game."""
        self._plan.value = on

    def show_prices(self, on: bool = True) -> None:
        """Show the prices that prove the optimum, or hide them."""
        self._prices.value = on

    def still(self) -> Picture:
        """The start and the heaps now with the moves so far; while an optimal plan is shown, that, with its prices."""
        return draw_plan(self.level, self._prices.value) if self._plan.value else draw_game(self.play)

    def _make_controls(self, levels: Sequence[EarthLevel]) -> None:
        names = [(f"{n}. {level.name}", n - 1) for n, level in enumerate(levels, start=1)]
        self._choice = Dropdown(options=names, description="level", layout=Layout(width="230px"))
        self._at_once = IntSlider(1, 1, 9, description="carry", layout=Layout(width="230px"))
        for control in (self._choice, self._at_once):
            control.style.description_width = "45px"
        self._at_once.tooltip = "How many blocks to carry at once"
        self._undo, self._restart = _button("Undo", "undo"), _button("Restart", "refresh")
        self._plan, self._prices = (
            ToggleButton(description=words, layout=Layout(width="auto")) for words in ("Optimal plan", "Prices")
        )
        self.ground, self._task, self._verdict, self._account = Ground(), HTML(), HTML(), HTML()
        self._task.add_class("ganlib-earth-task")
        self._verdict.add_class("ganlib-words")

    def _rows(self) -> list:
        """All that is seen, from top to bottom; what stands side by side wraps where there is little room."""
        left = VBox([self.ground], layout=Layout(flex="3 1 360px", max_width="760px", min_width="0"))
        right = VBox([self._verdict, self._account], layout=Layout(flex="1 1 220px", max_width="340px"))
        controls = [self._choice, self._at_once, self._undo, self._restart, self._plan, self._prices]
        sides = Box([left, right], layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
        return [Box(controls, layout=Layout(**ROW)), self._task, sides, self.events.box, Guard()]

    def _connect(self) -> None:
        """Give each control its meaning."""
        for button, action in ((self._undo, self.undo), (self._restart, self.restart)):
            button.on_click(self.events.handler(lambda _, action=action: self._do(action)))
        for toggle in (self._plan, self._prices):
            toggle.observe(self.events.handler(lambda change: self._do(self._show)), "value")
        self._choice.observe(self.events.handler(lambda change: self._do(self._play_on)), "value")
        link((self._at_once, "value"), (self.ground, "at_once"))
        self.ground.on_msg(self.events.handler(lambda ground, message, buffers: self._received(message)))

    def _retire(self) -> None:
        """Give back what kernel and page hold of the widgets."""
        self._actions += 1  # no picture any more
        close_all(self)

    def _do(self, action: Callable[[], object]) -> None:
        self.events.clear()
        action()

    def _received(self, message: dict) -> None:
        """The browser asks for something. What cannot be done is said, and the view is told what is true."""
        self.events.clear()
        message = message if isinstance(message, dict) else {}
        self._answered = {name: message.get(name) for name in ("view", "number")}
        try:
            if message.get("do") == "move":
                places = (self._place(name, message.get(name)) for name in ("source", "target"))
                self.move(*places, message.get("mass"))
            elif message.get("do") in ("undo", "restart"):
                getattr(self, message["do"])()
            else:
                raise ValueError(f"do = {message.get('do')!r}, expected 'move', 'undo' or 'restart'")
        except ValueError:
            self._show()
            raise

    def _place(self, name: str, index: object) -> Place:
        if not is_whole(index) or not 0 <= index < self.level.start.size:
            raise ValueError(f"{name} = {index!r}, expected the number of a place below {self.level.start.size}")
        return self.level.place(index)

    def _play_on(self) -> None:
        """Show the game, and not the plan."""
        self._plan.value = False
        self._show()

    def _show(self) -> None:
        """Bring everything up to date: what is seen now, the stored picture soon after."""
        self._draw()
        self._actions += 1
        if self.events.loop is not None:
            self.events.loop.call_later(STILL_AFTER_S, self._refresh_after, self._actions)

    def _draw(self) -> None:
        """The ground and the account as the game is now."""
        play, plan, prices = self.play, self._plan.value, self._prices.value
        self._at_once.max = max(2, int(play.level.start.max()))
        self.ground.show(play, plan=plan, prices=prices, answered=self._answered)
        self._task.value = task(play.level, plan, prices)
        self._verdict.value = f"<b>{play.verdict}</b>"
        self._account.value = account(play)
        self._undo.disabled = self._restart.disabled = not play.moves

    def _refresh_after(self, action: int) -> None:
        if action == self._actions:
            self.refresh()


def _button(words: str, icon: str) -> Button:
    return Button(description=words, icon=icon, layout=Layout(width="auto"))
