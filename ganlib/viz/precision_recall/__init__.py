"""The laboratory of precision and recall. Use it as ``viz.PrecisionRecallLab()``.

    lab = viz.PrecisionRecallLab("good fakes", view="precision", k=3)
    lab.points                 # real (n, 2) and fakes (m, 2), float64; set it with such a pair
    lab.scores                 # precision, recall, density, coverage
    lab.view = "recall"        # VIEWS: whose balls are drawn, and which points lie outside
    lab.k = 5
    lab.move_fakes(1.0, 0.0)   # as dragging the diamond does
    lab.load("modes collapsed"), lab.undo(), lab.reset(), lab.still()

``PRESETS`` are "good fakes", "a mode dropped", "modes collapsed", "blurred", "an outlier among the real" and "outliers
among the fakes".
"""

from ganlib.viz.precision_recall.balls import VIEWS
from ganlib.viz.precision_recall.lab import PrecisionRecallLab
from ganlib.viz.precision_recall.presets import PRESETS

__all__ = ["PRESETS", "VIEWS", "PrecisionRecallLab"]
