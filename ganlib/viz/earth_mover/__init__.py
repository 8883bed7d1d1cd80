"""The earth-mover puzzle: its levels, the rules, the picture, and the widget."""

from ganlib.viz.earth_mover.level import EarthLevel
from ganlib.viz.earth_mover.levels import LEVELS
from ganlib.viz.earth_mover.puzzle import EarthMover

__all__ = ["LEVELS", "EarthLevel", "EarthMover"]
