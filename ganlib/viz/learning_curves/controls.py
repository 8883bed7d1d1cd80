"""The buttons and controls of the learning curves."""

from collections.abc import Mapping, Sequence

from ipywidgets import Button, Dropdown, IntText, SelectionSlider, Widget

from ganlib.viz.played import play_buttons

SPEEDS = {"full": 0.0, "slow": 0.1}
LABELS = {
    "rho": ("correlation \u03c1", "Correlation of two features within a class; with 0, naive Bayes is right"),
    "d": ("features", "Number of features of each example"),
}


def make_buttons() -> dict[str, Button]:
    """Play, step and reset."""
    return play_buttons(
        "Repeat the experiment, or pause",
        "One repetition: a training set of each size",
        "Start anew with the same settings",
    )


def make_speed() -> Dropdown:
    """The pause after each training set while playing, in seconds."""
    return _sized(Dropdown(options=list(SPEEDS.items()), description="speed", tooltip="Pace of playing"))


def make_controls(choices: Mapping[str, Sequence]) -> dict[str, Widget]:
    """A slider for each setting, with its choices from left to right, and the seed."""
    controls = {}
    for name, values in choices.items():
        words, tooltip = LABELS.get(name, (name, name))
        controls[name] = SelectionSlider(options=_options(values), description=words, tooltip=tooltip)
    controls["seed"] = IntText(description="seed", tooltip="Equal settings and seeds give equal curves")
    return {name: _sized(control) for name, control in controls.items()}


def sync(controls: Mapping[str, Widget], settings: Mapping[str, object]) -> None:
    """Bring the controls to these settings; a value that is not among the choices joins them."""
    for name, control in controls.items():
        value = settings[name]
        if isinstance(control, SelectionSlider) and value not in [choice for _, choice in control.options]:
            control.options = _options(sorted([*(choice for _, choice in control.options), value]))
        control.value = value


def _options(values: Sequence) -> list[tuple[str, object]]:
    return [(str(value), value) for value in values]


def _sized(control: Widget) -> Widget:
    control.layout.width, control.layout.max_width = "340px", "calc(100% - 4px)"  # it has margins
    control.style.description_width = "92px"
    return control
