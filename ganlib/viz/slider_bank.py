"""A slider for each number of a vector, light enough for a hundred of them."""

from collections.abc import Sequence

import traitlets
from anywidget import AnyWidget

from ganlib.viz.browser import STYLES, script


class SliderBank(AnyWidget):
    """Sliders from ``low`` to ``high`` for ``values``, named by ``labels``, in as many columns as there is room for.

    ``chosen`` is the slider last touched. ``weights`` in [0, 1] are shown as bars below the labels and said by
    ``hints``. A value outside the sliders' range stays what it is until its slider is moved. All values travel in one
    message, at most 20 times a second while a slider is dragged.

    Raises: ValueError for no sliders.
    """

    _esm = script("shell", "slider_bank")
    _css = STYLES
    name = traitlets.Unicode("").tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    hints = traitlets.List().tag(sync=True)
    weights = traitlets.List().tag(sync=True)
    values = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    low = traitlets.Float(-3.0).tag(sync=True)
    high = traitlets.Float(3.0).tag(sync=True)
    step = traitlets.Float(0.05).tag(sync=True)

    def __init__(self, name: str, labels: Sequence[str]):
        if not labels:
            raise ValueError("labels are empty, expected at least one slider")
        super().__init__(name=name, values=[0.0] * len(labels))
        self.lay(labels)

    def lay(self, labels: Sequence[str], hints: Sequence[str] = (), weights: Sequence[float] = ()) -> None:
        """Name the sliders anew, in another order perhaps; their values are to be set apart from this."""
        with self.hold_sync():
            self.labels, self.hints, self.weights = [*labels], [*hints], [*weights]
