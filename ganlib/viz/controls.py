"""The controls that several widgets use, each in the one look that it has everywhere."""

from collections.abc import Callable, Collection, Sequence

from ipywidgets import HTML, Box, Button, FloatSlider, Layout, ToggleButtons, Widget

ROW = {"display": "flex", "flex_flow": "row wrap", "align_items": "center", "width": "100%"}


def make_button(words: str, tooltip: str, action: Callable, icon: str = "") -> Button:
    """A button as wide as its words."""
    button = Button(description=words, tooltip=tooltip, icon=icon, layout=Layout(width="auto"))
    button.on_click(action)
    return button


def make_choice(options: Sequence[str], value: str, tooltips: Sequence[str] = ()) -> ToggleButtons:
    """Buttons of which one is down."""
    return ToggleButtons(options=options, value=value, tooltips=[*tooltips], style={"button_width": "auto"})


def make_slider(name: str, value: float, low: float, high: float, step: float, room: str = "64px") -> FloatSlider:
    """A slider with a short name, for which there is so much room."""
    slider = FloatSlider(value=value, min=low, max=high, step=step, description=name)
    slider.layout.width, slider.layout.max_width, slider.style.description_width = "400px", "100%", room
    return slider


def row(*children: Widget) -> Box:
    """Widgets side by side, wrapped where there is no room."""
    return Box(children, layout=Layout(**ROW))


def words_box() -> HTML:
    """A place for sentences with numbers, read out when they change."""
    box = HTML()
    for name in ("ganlib-words", "ganlib-numbers"):
        box.add_class(name)
    return box


def expect(name: str, value: object, known: Collection) -> None:
    """Let an argument pass that is among the values known.

    Raises: ValueError for any other.
    """
    if value not in known:
        raise ValueError(f"{name} = {value!r}, expected one of {', '.join(map(str, known))}")
