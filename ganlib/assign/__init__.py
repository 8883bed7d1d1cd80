"""``python -m ganlib assign OUT``: from a chapter to what students get and what instructors keep."""

from ganlib.assign.command import main

__all__ = ["main"]
