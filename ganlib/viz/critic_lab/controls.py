"""The buttons and controls of the laboratory for critics: a control for each setting."""

from collections.abc import Sequence

from ipywidgets import Button, Dropdown, IntSlider, IntText, SelectionSlider, Widget

from ganlib.viz.critic_lab.charts import GLYPHS
from ganlib.viz.critic_lab.settings import DATA, RANGES, Settings
from ganlib.viz.played import play_buttons

SPEEDS = {"full": 0.0, "2 steps a second": 0.5}
CLIPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CHOICES = {
    "penalty": ("\u03bb", (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0), "Weight of the gradient penalty"),
    "width": ("width", (8, 16, 32, 64, 128), "Units between two layers"),
    "rate": ("rate", (1e-4, 3e-4, 1e-3, 3e-3, 1e-2), "Learning rate of all critics"),
}


def make_buttons() -> dict[str, Button]:
    """Play, step and reset."""
    return play_buttons("Train all critics, or pause", "One update of each critic", "Start anew with the same settings")


def make_speed() -> Dropdown:
    """The pause after each step while playing, in seconds."""
    return _sized(Dropdown(options=list(SPEEDS.items()), description="speed", tooltip="Pace of playing"))


def make_controls() -> dict[str, Widget]:
    """A control for each setting, by its name; the three clips are ``clip 1`` to ``clip 3``."""
    clips = {
        f"clip {i + 1}": _choice(f"{glyph} c", CLIPS, "Bound of this critic's weights")
        for i, glyph in enumerate(GLYPHS[:3])
    }
    controls = {
        "data": Dropdown(
            options=list(DATA), description="data", tooltip="The real points; the fakes are these, blurred"
        ),
        **clips,
        **{name: _choice(*chosen) for name, chosen in CHOICES.items()},
        "depth": IntSlider(12, *RANGES["depth"], description="depth", tooltip="Linear layers of each critic"),
        "seed": IntText(description="seed", tooltip="Equal settings and seeds give equal runs"),
    }
    return {name: _sized(control) for name, control in controls.items()}


def sync(controls: dict[str, Widget], settings: Settings) -> None:
    """Bring the controls to these settings; a value that is not among the choices joins them."""
    clips = {f"clip {i + 1}": clip for i, clip in enumerate(settings.clips)}
    for name, control in controls.items():
        value = clips[name] if name in clips else getattr(settings, name)
        if isinstance(control, SelectionSlider) and value not in [choice for _, choice in control.options]:
            control.options = _options([*(choice for _, choice in control.options), value])
        control.value = value


def clips_of(controls: dict[str, Widget]) -> tuple[float, ...]:
    """The three clips as the controls have them."""
    return tuple(controls[f"clip {i + 1}"].value for i in range(3))


def _choice(words: str, values: Sequence[float], tooltip: str) -> SelectionSlider:
    return SelectionSlider(options=_options(values), description=words, tooltip=tooltip)


def _options(values: Sequence[float]) -> list[tuple[str, float]]:
    return [(f"{value:g}", value) for value in sorted(set(values))]


def _sized(control: Widget) -> Widget:
    control.layout.width, control.layout.max_width = "225px", "calc(100% - 4px)"  # it has margins
    control.style.description_width = "52px"
    return control
