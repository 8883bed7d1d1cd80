"""What all live widgets share: their scripts, and what a saved notebook shows in their place."""

from base64 import b64encode
from dataclasses import asdict
from html import escape
from pathlib import Path

from anywidget import AnyWidget
from IPython.display import display
from ipywidgets import Widget

from ganlib.viz.style import THEMES, Picture

STATIC = Path(__file__).parent / "static"
PALETTE = {name: asdict(theme) | {"generator": theme.generator} for name, theme in THEMES.items()}
VIEW = "application/vnd.jupyter.widget-view+json"
LIVE = "A live widget. Run the cell to use it."


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
    _css = STYLES

    def download(self, name: str, mime: str, content: bytes) -> None:
        """Let the browser save ``content`` as a file called ``name``. Without a browser nothing happens."""
        self.send({"do": "download", "name": name, "mime": mime}, [content])


class Still:
    """For widgets: a picture or words instead of the widget where it does not live, as in a notebook opened again.

    Put it before the widget class among the bases, and give ``still()``. A cell then has two outputs, the widget and
    the still. A style sheet shows the one that is there: JupyterLab alone would show an error for a widget whose kernel
    has gone. Stored chapters keep only the still.
    """

    def still(self) -> Picture | str:
        """The widget's present look as a picture, or in words."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Bring the stored still up to date, wherever it was shown."""
        handle = getattr(self, "_still_handle", None)
        if handle is not None:
            still, details = self._still_bundle()
            handle.update(still, raw=True, metadata=details)

    def _ipython_display_(self: Widget, **kwargs) -> None:
        view = {VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}, "text/plain": LIVE}
        shown = getattr(super(), "_repr_mimebundle_", dict)() or {}
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        display({**data, **view}, raw=True, metadata=metadata)
        still, details = self._still_bundle()
        shown_before = getattr(self, "_still_handle", None)
        name = True if shown_before is None else shown_before.display_id
        self._still_handle = display(still, raw=True, metadata=details, display_id=name)

    def _still_bundle(self) -> tuple[dict, dict]:
        """The still as data and metadata: a picture with its alt text, or words, each also as HTML."""
        still = self.still()
        if isinstance(still, str):
            return {"text/plain": still, "text/html": _still_html(f"<pre>{escape(still)}</pre>")}, {}
        data, metadata = still._repr_mimebundle_()
        encoded = b64encode(data["image/png"]).decode("ascii")
        size = metadata["image/png"]["width"]
        image = f'<img width="{size}" alt="{escape(still.alt)}" src="data:image/png;base64,{encoded}">'
        return {**data, "image/png": encoded, "text/html": _still_html(image)}, metadata


GONE = ".jp-OutputArea-child:has(.jupyter-widgets):not(:has(.ganlib-live))"


def _still_html(content: str) -> str:
    """The still, and the rule that hides the error of a widget that has gone."""
    return (
        f"<style>{GONE}:has(+ .jp-OutputArea-child .ganlib-still) {{ display: none; }}</style>"
        f'<div class="ganlib-still">{content}<br><em>Run the cell to use it.</em></div>'
    )
