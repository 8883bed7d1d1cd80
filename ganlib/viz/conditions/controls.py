"""One control for each condition."""

from collections.abc import Callable

from ipywidgets import FloatSlider, Layout, ToggleButtons, VBox

from ganlib.viz.conditions.choices import Choice, Conditions
from ganlib.viz.controls import make_choice, make_slider
from ganlib.viz.events import Events

NAME_PX = "80px"


class ConditionControls(VBox):
    """Buttons for the words of a name, a slider for a range of numbers. ``chosen(name, value)`` hears of a choice."""

    def __init__(self, conditions: Conditions, events: Events, chosen: Callable[[str, str | float], None]):
        self.controls = {name: _control(conditions, name) for name in conditions.names}
        for name, control in self.controls.items():
            control.observe(events.handler(lambda change, name=name: self._heard(chosen, name, change["new"])), "value")
        super().__init__([*self.controls.values()], layout=Layout(width="100%"))
        self._shown: dict = {}

    def show(self, asked: dict[str, str | float | None]) -> None:
        """Bring the controls to these values; a name that is between two words has no button down."""
        self._shown = dict(asked)
        for name, control in self.controls.items():
            control.value = asked[name]

    def _heard(self, chosen: Callable[[str, str | float], None], name: str, value: str | float | None) -> None:
        """Only what the reader does is a choice, not what ``show`` did."""
        if value is not None and value != self._shown.get(name):
            chosen(name, value)


def _control(conditions: Conditions, name: str) -> ToggleButtons | FloatSlider:
    choice: Choice = conditions.first()
    if name in conditions.ranges:
        return make_slider(name, choice[name], *conditions.ranges[name], 0.05, NAME_PX)
    control = make_choice(conditions.values[name], choice[name])
    control.description, control.layout.width = name, "100%"
    return control
