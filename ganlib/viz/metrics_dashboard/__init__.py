"""The dashboard of metrics. Use it as ``viz.MetricsDashboard()``.

    lab = viz.MetricsDashboard(world="plane", n=400, seed=3)
    lab.change(dropped=4, shift=0.5)        # turn knobs; lab.settings says where they stand
    lab.load("memorise"), lab.reset()       # presets by name: lab.bench.world.presets
    lab.values, lab.verdicts                # by metric; "worse", "better" or "as real"
    lab.reference.mean, lab.reference.spread
    lab.sweep("dropped")                    # [(position, values)] along a knob
    lab.world = "digits"
    lab.ask("blur"), lab.reveal("FID")      # predict first

Knobs of the plane: shift, scale, correlation, dropped, spread, outliers, gaussian, copies. Knobs of the digits:
dropped, sameness, copies, fooling, blur, noise, contrast.
"""

from ganlib.viz.metrics_dashboard.lab import MetricsDashboard

__all__ = ["MetricsDashboard"]
