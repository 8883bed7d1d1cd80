"""The controls of the laboratory: one widget for each setting, and the boxes that they lie in."""

from collections.abc import Sequence

from ipywidgets import HTML, Box, Dropdown, IntSlider, IntText, Layout, SelectionSlider, VBox, Widget

from ganlib.viz.ganlab.run import Yours
from ganlib.viz.ganlab.settings import (
    CLIPS,
    DATA,
    DRAWN,
    LOSSES,
    NOISES,
    OPTIMIZERS,
    PENALTIES,
    RATES,
    WIDTHS,
    YOURS,
    Settings,
)

WIDE = "235px"
PLAYER = ("layers", "width", "optimizer", "rate", "steps")
BATCHES = (16, 32, 64, 128, 256, 512)
TOOLTIPS = {
    "data": "What G shall learn to imitate",
    "noise": "The distribution of z",
    "noise_dim": "How many numbers z has",
    "batch": "Points in each update",
    "seed": "Equal settings and seeds give equal runs",
    "loss": "What both players minimise",
    "penalty": "Weight of the gradient penalty (WGAN-GP) or of R1 (the other losses)",
    "clip": "Bound of the critic's weights",
    "layers": "Hidden layers",
    "width": "Units in each hidden layer",
    "optimizer": "How gradients become updates",
    "rate": "Learning rate",
    "steps": "Updates in each iteration",
}
LOSS_LABELS = {
    "minimax": "minimax (saturating)",
    "non_saturating": "non-saturating",
    "least_squares": "least squares",
    "hinge": "hinge",
    "wasserstein": "Wasserstein, clipped",
    "wgan_gp": "WGAN-GP",
    YOURS: "yours",
}


def make_controls(settings: Settings, yours: Yours) -> dict[str, Widget]:
    """A control for each setting, by the setting's name."""
    data = [*((name, name) for name in DATA), ("draw your own", DRAWN), *([("yours", YOURS)] if yours.data else [])]
    losses = [*LOSSES, *([YOURS] if yours.loss else [])]
    controls = {
        "data": _dropdown("data", data, settings.data),
        "noise": _dropdown("noise", [(name, name) for name in NOISES], settings.noise),
        "noise_dim": _dropdown("dimensions", [(str(n), n) for n in (1, 2, 3, 4, 8)], settings.noise_dim),
        "batch": _choice("batch", BATCHES, settings.batch),
        "seed": IntText(settings.seed, description="seed"),
        "loss": _dropdown("loss", [(LOSS_LABELS[name], name) for name in losses], settings.loss),
        "penalty": _choice("penalty", PENALTIES, settings.penalty),
        "clip": _choice("clip", CLIPS, settings.clip),
    }
    for player in ("g", "d"):
        value = {
            name: getattr(settings, f"{name}_{player}") for name in ("layers", "width", "optimizer", "rate", "steps")
        }
        controls |= {
            f"layers_{player}": IntSlider(value["layers"], 1, max(5, value["layers"]), description="layers"),
            f"width_{player}": _choice("width", WIDTHS, value["width"]),
            f"optimizer_{player}": _dropdown("optimizer", [(name, name) for name in OPTIMIZERS], value["optimizer"]),
            f"rate_{player}": _choice("rate", RATES, value["rate"]),
            f"steps_{player}": IntSlider(value["steps"], 0, max(10, value["steps"]), description="updates"),
        }
    for name, brought in (("g", yours.generator), ("d", yours.discriminator)):
        controls[f"layers_{name}"].disabled = controls[f"width_{name}"].disabled = brought is not None
    controls["noise_dim"].disabled = yours.generator is not None
    for name, control in controls.items():
        control.tooltip = TOOLTIPS[name.removesuffix("_g").removesuffix("_d")]
        control.layout.width, control.layout.max_width = WIDE, "calc(100% - 4px)"  # it has margins
        control.style.description_width = "76px"
    return controls


def put(control: Widget, value) -> None:
    """Set a control's value, adding it to the choices where it is a new one."""
    if isinstance(control, SelectionSlider) and value not in [choice for _, choice in control.options]:
        control.options = _options([*(choice for _, choice in control.options), value])
    elif isinstance(control, IntSlider):
        control.max = max(control.max, value)
    elif isinstance(control, Dropdown) and value not in [choice for _, choice in control.options]:
        control.options = [*control.options, (str(value), value)]
    control.value = value


def panel(controls: dict[str, Widget]) -> Box:
    """All controls in four groups that stand side by side as far as there is room."""
    groups = {
        "Data and noise": ("data", "noise", "noise_dim", "batch", "seed"),
        "Generator G": tuple(f"{name}_g" for name in PLAYER),
        "Discriminator D": tuple(f"{name}_d" for name in PLAYER),
        "Loss": ("loss", "penalty", "clip"),
    }
    boxes = [
        VBox([_heading(title), *(controls[name] for name in names)], layout=Layout(max_width="100%"))
        for title, names in groups.items()
    ]
    return Box(boxes, layout=Layout(display="flex", flex_flow="row wrap", width="100%"))


def _heading(title: str) -> HTML:
    """A group's title, with the player's colour."""
    return HTML(f'<b class="ganlib-mark-{title.split()[0].lower()}">{title}</b>')


def _dropdown(description: str, options: Sequence[tuple[str, object]], value: object) -> Dropdown:
    known = [choice for _, choice in options]
    return Dropdown(
        options=options if value in known else [*options, (str(value), value)], value=value, description=description
    )


def _choice(description: str, values: Sequence[float], value: float) -> SelectionSlider:
    return SelectionSlider(options=_options([*values, value]), value=value, description=description)


def _options(values: Sequence[float]) -> list[tuple[str, float]]:
    return [(f"{value:g}", value) for value in sorted(set(values))]
