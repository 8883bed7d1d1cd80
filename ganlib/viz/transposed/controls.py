"""The buttons and controls of the animation: a control for each setting."""

from collections.abc import Mapping

from ipywidgets import Button, Dropdown, IntSlider, Layout, Widget

from ganlib.viz.played import play_buttons
from ganlib.viz.transposed.presets import KERNELS, PIXELS
from ganlib.viz.transposed.settings import OPERATIONS, RANGES, Settings

SPEEDS = {"slow": 1.2, "medium": 0.5, "fast": 0.1}
OWN = "your own"
WIDE, NARROW = "250px", "190px"
SLIDERS = {
    "size": ("size n", "Cells of the input along an axis"),
    "kernel_size": ("kernel k", "Cells of the kernel along an axis"),
    "stride": ("stride s", "Cells from one window to the next; upsampling repeats each cell so often"),
    "padding": ("padding p", "Cells added around the input of a convolution, cut off around a transposed one's output"),
    "output_padding": (
        "out. pad. o",
        "Cells added at the end of a transposed convolution's output; less than the stride",
    ),
}


def make_buttons() -> dict[str, Button]:
    """Play, back, step and reset."""
    buttons = play_buttons("Play all steps, or pause", "One step forward", "Back to the beginning")
    back = Button(description="Back", icon="step-backward", tooltip="One step back", layout=Layout(width="auto"))
    return {"play": buttons["play"], "back": back, "step": buttons["step"], "reset": buttons["reset"]}


def make_speed() -> Dropdown:
    """The pause after each step while playing, in seconds."""
    options = {"options": list(SPEEDS.items()), "value": SPEEDS["medium"]}
    return _sized(Dropdown(**options, description="speed", tooltip="Pace of playing"), NARROW)


def make_position() -> IntSlider:
    """Which step is shown."""
    return _sized(IntSlider(0, 0, 1, description="step", tooltip="Go to any step"), NARROW)


def make_controls() -> dict[str, Widget]:
    """A control for each setting, by the setting's name."""
    operations = [(words, name) for name, words in OPERATIONS.items()]
    controls = {"operation": Dropdown(options=operations, description="operation", tooltip="What is computed")}
    dimensions = [("2-D", 2), ("1-D", 1)]
    controls["dimensions"] = Dropdown(
        options=dimensions, description="dimensions", tooltip="Pictures or rows of numbers"
    )
    for name, (words, tooltip) in SLIDERS.items():
        low, high = RANGES[name]
        controls[name] = IntSlider(low, low, high, description=words, tooltip=tooltip)
    controls["x"] = Dropdown(options=[*PIXELS], description="input x", tooltip="Numbers of the input")
    controls["kernel"] = Dropdown(options=[*KERNELS], description="kernel", tooltip="Numbers of the kernel")
    return {name: _sized(control) for name, control in controls.items()}


def sync(controls: Mapping[str, Widget], settings: Settings) -> None:
    """Bring the controls to these settings. Numbers of the reader's own are a choice while they are shown."""
    for name, presets in (("x", PIXELS), ("kernel", KERNELS)):
        own = not isinstance(getattr(settings, name), str)
        controls[name].options = [*presets, *([OWN] if own else [])]
        controls[name].value = OWN if own else getattr(settings, name)
    for name in set(controls) - {"x", "kernel"}:
        controls[name].value = getattr(settings, name)
    controls["output_padding"].disabled = settings.operation != "transposed"


def _sized(control: Widget, width: str = WIDE) -> Widget:
    control.layout.width, control.layout.max_width = width, "calc(100% - 4px)"  # it has margins
    control.style.description_width = "78px" if width == WIDE else "44px"
    return control
