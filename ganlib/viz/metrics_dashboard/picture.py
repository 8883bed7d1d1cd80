"""The dashboard as one picture."""

from matplotlib.axes import Axes

from ganlib.viz.metrics_dashboard import words
from ganlib.viz.metrics_dashboard.bench import Bench
from ganlib.viz.metrics_dashboard.measures import MEASURES
from ganlib.viz.metrics_dashboard.table import place
from ganlib.viz.style import Picture

TICKS = (-300, -30, -3, 3, 30, 300)


def dashboard_picture(bench: Bench) -> Picture:
    """The scene, and each metric's distance from what a perfect generator gets, on one scale."""
    verdicts = bench.verdicts()
    picture = Picture(10.0, 4.6, f"{_harm_in_words(bench)} {words.summary(verdicts)}")
    grid = picture.add_gridspec(1, 2, width_ratios=(1, 1.1))
    bench.scene.draw_on(picture, grid[0])
    _draw_scale(picture.axes_of(grid[1]), bench, verdicts)
    picture.suptitle(_harm_in_words(bench), color=picture.theme.text, fontsize=10.5)
    return picture


def _draw_scale(ax: Axes, bench: Bench, verdicts: dict[str, str]) -> None:
    """A row for each metric: a stem from the middle to its value, its number, and its verdict."""
    colours, reference = ax.figure.theme, bench.reference
    ax.axvspan(place(-3), place(3), color=colours.pale(colours.real), lw=0)
    ax.axvline(0, color=colours.real, lw=1)
    for row, (name, value) in enumerate(bench.reading.values.items()):
        at = place(reference.harm(name, value))
        ax.plot([0, at], [row, row], color=colours.fake, lw=2)
        mark = {"worse": "v", "better": "^", "as real": "o"}[verdicts[name]]
        ax.plot([at], [row], mark, color=colours.fake, ms=7, clip_on=False)
        ax.text(1.06, row, words.value(name, value), va="center", ha="left", color=colours.text, fontsize=9)
    ax.set_yticks(range(len(MEASURES)), list(MEASURES))
    ax.set_xticks([place(t) for t in TICKS], [f"{abs(t)}" for t in TICKS])
    ax.set(xlim=(-1.03, 1.03), ylim=(len(MEASURES) - 0.5, -0.5))
    ax.set_xlabel("better \u2190 standard deviations from a perfect generator \u2192 worse", fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _harm_in_words(bench: Bench) -> str:
    """Where the knobs are that are not at rest."""
    knobs = bench.world.knobs.items()
    turned = [f"{knob.label}: {bench.settings[name]:g}" for name, knob in knobs if bench.settings[name] != knob.rest]
    who = f"a harmed generator ({', '.join(turned)})" if turned else "a perfect generator"
    return f"{bench.n} samples of {who}."
