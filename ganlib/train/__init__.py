"""``python -m ganlib train NAME --data ...``: train a GAN outside a notebook, in one process or in several."""

from ganlib.train.command import main

__all__ = ["main"]
