"""The order in which to examine a run, as a picture."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ganlib.viz.style import Picture


class Question(NamedTuple):
    """What to ask, where to look, and what it may be if the answer is no."""

    question: str
    look: str
    otherwise: str


QUESTIONS = (
    Question("Are data and fakes in one range?", "print min and max", "the data are not scaled to what G can give"),
    Question("Are the samples clean?", "look, at several times", "a pattern in all of them: the layers that make it"),
    Question(
        "Is D\u2019s accuracy between 1/2 and 1?",
        "pairs told apart, from the first updates to the last",
        "always 1: too strong, or it knows by something else\n1/2 or less, and bad fakes: too weak, or a flipped sign",
    ),
    Question(
        "Does a steady gradient reach all of G?",
        "gradient norms, layer by layer",
        "none: a flat loss, dead units, cancelled\nleaps: the learning rate is too high",
    ),
    Question(
        "Are the fakes as varied as the data?",
        "spread, modes, recall",
        "all alike: collapse\nsome kinds never: dropping",
    ),
    Question("Are the fakes new?", "nearest training samples", "it has learned the data by heart"),
)
STEP, HALF = 1.12, 0.36  # from question to question, and half the height of a box


def checklist_diagram() -> Picture:
    """Six questions from top to bottom; each "no" leads to what may be wrong, six times "yes" to health."""
    words = "; ".join(
        f"{i}. {q.question} If not: {q.otherwise}".replace("\n", ", ") for i, q in enumerate(QUESTIONS, 1)
    )
    picture = Picture(9.4, 7.4, f"Six questions, from top to bottom. {words}. Six times yes: healthy.")
    ax, theme = picture.axes_of(), picture.theme
    ax.set(xlim=(-0.05, 9.35), ylim=(-len(QUESTIONS) * STEP - 0.4, 0.45))
    ax.set_axis_off()
    for i, question in enumerate(QUESTIONS):
        _row(ax, -i * STEP, i + 1, question)
    end = -len(QUESTIONS) * STEP
    _box(ax, (0, 4.1), end, "-")
    ax.text(
        2.05, end, "Healthy, whatever the losses look like", ha="center", va="center", color=theme.text, weight="bold"
    )
    return picture


def _row(ax: Axes, y: float, number: int, question: Question) -> None:
    theme = ax.figure.theme
    _box(ax, (0, 4.1), y, "-")
    ax.text(2.05, y + 0.13, f"{number}. {question.question}", ha="center", va="center", color=theme.text, weight="bold")
    ax.text(2.05, y - 0.16, question.look, ha="center", va="center", color=theme.text, fontsize=9)
    _arrow(ax, (2.05, y - HALF), (2.05, y - STEP + HALF))
    ax.text(2.15, y - STEP / 2, "yes", ha="left", va="center", color=theme.text, fontsize=9)
    _arrow(ax, (4.1, y), (4.95, y))
    ax.text(4.5, y + 0.13, "no", ha="center", va="center", color=theme.text, fontsize=9)
    _box(ax, (4.95, 9.3), y, "--")
    ax.text(7.12, y, question.otherwise, ha="center", va="center", color=theme.text, fontsize=9.5)


def _box(ax: Axes, span: tuple[float, float], y: float, dash: str) -> None:
    (left, right), theme = span, ax.figure.theme
    style = {"boxstyle": "round,pad=0,rounding_size=0.1", "fc": theme.background, "lw": 1.5}
    ax.add_patch(FancyBboxPatch((left, y - HALF), right - left, 2 * HALF, ec=theme.text, ls=dash, **style))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=ax.figure.theme.text))
