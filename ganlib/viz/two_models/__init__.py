"""The laboratory of generative and discriminative models. Use it as ``viz.TwoModels()``.

    lab = viz.TwoModels(preset="well separated", model="LDA", background="joint", seed=0)
    lab.points                     # (x (n, 2) float64, y (n,) 0 for A and 1 for B); set it with such a pair
    lab.model, lab.background      # set them by name: MODELS, BACKGROUNDS
    lab.probe = (3.0, -4.0)        # the strange x: where ``lab.score`` looks
    lab.score                      # log_density, rank, generative p(B | x), discriminative p(B | x)
    lab.errors                     # training errors: generative, discriminative
    lab.sample(100)                # draws (x, y) from the generative model and shows them as rings
    lab.load("XOR"), lab.undo(), lab.reset(), lab.still()

``MODELS`` are "LDA", "QDA" and "naive Bayes". ``BACKGROUNDS`` are "joint", "generative", "discriminative", "density"
and "none". ``PRESETS`` are "well separated", "an outlier", "two clusters" and "XOR".
"""

from ganlib.viz.two_models.fits import MODELS
from ganlib.viz.two_models.lab import TwoModels
from ganlib.viz.two_models.presets import PRESETS
from ganlib.viz.two_models.scene import BACKGROUNDS

__all__ = ["BACKGROUNDS", "MODELS", "PRESETS", "TwoModels"]
