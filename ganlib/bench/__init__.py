"""``python -m ganlib bench``: how fast the course's loop, metrics and widgets are, and how fast they could be."""

from ganlib.bench.command import main

__all__ = ["main"]
