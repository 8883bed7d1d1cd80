"""What all live widgets share: their scripts, and what a saved notebook shows in their place."""

from dataclasses import asdict
from pathlib import Path

from anywidget import AnyWidget
from ipywidgets import Widget

from ganlib.viz.style import THEMES, Picture

STATIC = Path(__file__).parent / "static"
PALETTE = {name: asdict(theme) | {"generator": theme.generator} for name, theme in THEMES.items()}
VIEW = "application/vnd.jupyter.widget-view+json"


def script(*names: str) -> str:
    """One module of several files: each widget's script stands on the shared ones."""
    return "\n".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)


def styles() -> str:
    """The style sheet, with the course's colours as variables for the light and the dark theme."""
    light, dark = (
        "".join(f"--ganlib-{name}: {value}; " for name, value in colours.items()) for colours in PALETTE.values()
    )
    colours = f'body {{ {light}}}\nbody[data-jp-theme-light="false"] {{ {dark}}}\n'
    return colours + (STATIC / "widgets.css").read_text(encoding="utf-8")


STYLES = styles()


class Guard(AnyWidget):
    """A widget without a face that makes the controls of its output fit for keyboard and assistive technology.

    It keeps JupyterLab's one-letter shortcuts away from them, names slider handles, and hands files to the browser.
    """

    _esm = script("shell", "guard")

    def download(self, name: str, mime: str, content: bytes) -> None:
        """Let the browser save ``content`` as a file called ``name``. Without a browser nothing happens."""
        self.send({"do": "download", "name": name, "mime": mime}, [content])


class Still:
    """For widgets: a picture and words in the place of the widget where no kernel runs, as in a saved notebook.

    Put it before the widget class among the bases, and give ``still()``, the picture.
    """

    _ipython_display_ = None  # ipywidgets 7 would show the widget by this and never ask for the bundle

    def still(self) -> Picture:
        """The widget's present look as a picture."""
        raise NotImplementedError

    def _repr_mimebundle_(self: Widget, include=None, exclude=None, **kwargs) -> tuple[dict, dict]:
        shown = getattr(super(), "_repr_mimebundle_", dict)() or {}
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        still, details = self.still()._repr_mimebundle_()
        view = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}}
        return {**view, **data, **still}, {**metadata, **details}
