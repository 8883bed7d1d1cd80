"""Weight clipping against the gradient penalty, live. Use it as ``viz.CriticLab()``."""

from ganlib.viz.critic_lab.lab import CriticLab
from ganlib.viz.critic_lab.settings import Settings
from ganlib.viz.critic_lab.trials import Trial, Trials

__all__ = ["CriticLab", "Settings", "Trial", "Trials"]
