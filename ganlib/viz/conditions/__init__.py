"""A studio for conditional generators.

    ConditionStudio(generator, conditions, encode=None, *, seed=0, judge=None)

It asks a generator for what the reader chooses, and says whether a judge reads that in the picture.
"""

from ganlib.viz.conditions.choices import Condition, Conditions
from ganlib.viz.conditions.studio import ConditionStudio

__all__ = ["Condition", "ConditionStudio", "Conditions"]
