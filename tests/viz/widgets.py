"""What tests do with a widget's parts, as a reader does it with the mouse."""

import numpy as np
import torch


def parts(widget):
    """The widget and all that it consists of."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def press(box, words):
    """Click the button with these words."""
    found = [one for one in parts(box) if getattr(one, "description", None) == words and hasattr(one, "click")]
    assert len(found) == 1
    found[0].click()


def tiles(gallery):
    """A gallery's tiles (n, H, W, 3) in [-1, 1] as the browser gets them."""
    shown = np.frombuffer(gallery.pixels, np.uint8).reshape(*gallery.shape, 3)
    return torch.tensor(shown / 127.5 - 1)
