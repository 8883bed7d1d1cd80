"""The buttons and choices of the laboratory for a discriminator."""

from ipywidgets import Button, Dropdown, IntText, Widget

from ganlib.viz.densities.training import Settings
from ganlib.viz.played import play_buttons

WIDE = "235px"
SAMPLES = (10, 30, 100, 300, 1000, 3000, 10_000)
WIDTHS = (2, 4, 8, 16, 32, 64, 128)
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
PENALTIES = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
CHOICES = {
    "samples": ([("new in every step", 0), *((f"{n:,} of each kind", n) for n in SAMPLES)], "What D learns from"),
    "width": ([("linear D", 0), *((f"{n} units", n) for n in WIDTHS)], "Units in each of D's two hidden layers"),
    "rate": ([(f"{rate:g}", rate) for rate in RATES], "Learning rate"),
    "penalty": ([(f"{weight:g}", weight) for weight in PENALTIES], "Weight of the R1 penalty"),
}


def make_buttons() -> dict[str, Button]:
    """Play, step and reset."""
    return play_buttons("Train D, or pause", "One update of D", "A new D with the same settings")


def make_controls() -> dict[str, Widget]:
    """A control for each setting but the densities, by the setting's name."""
    controls = {
        name: Dropdown(options=options, description=name, tooltip=tooltip)
        for name, (options, tooltip) in CHOICES.items()
    }
    controls["seed"] = IntText(description="seed", tooltip="Equal settings and seeds give equal runs")
    for control in controls.values():
        control.layout.width, control.layout.max_width = WIDE, "calc(100% - 4px)"  # it has margins
        control.style.description_width = "64px"
    return controls


def sync(controls: dict[str, Widget], settings: Settings) -> None:
    """Bring the controls to these settings; a value that is not among the choices joins them."""
    for name, control in controls.items():
        value = getattr(settings, name)
        if name in CHOICES and value not in [choice for _, choice in control.options]:
            control.options = sorted([*control.options, (f"{value:g}", value)], key=lambda option: option[1])
        control.value = value
