"""What the laboratory says of balls and points, in sentences."""

from ganlib.viz.precision_recall.balls import VIEWS, Balls
from ganlib.viz.wording import number

HUGE = 4.0  # times the median radius


def counted(balls: Balls, view: str) -> str:
    """The metric's question, its count and its value."""
    hits, seen = balls.counted(view), len(balls.counted(view))
    value = number(balls.scores[view], 3)
    if view == "density":
        return (
            f"Density {value}: the {seen} fakes lie in {hits.sum()} balls altogether, "
            f"where k \u00b7 {seen} = {balls.k * seen} are expected of real points."
        )
    told = {
        "precision": f"{hits.sum()} of {seen} fakes lie in a ball of a real point",
        "recall": f"{hits.sum()} of {seen} real points lie in a ball of a fake",
        "coverage": f"{hits.sum()} of {seen} balls of real points hold a fake",
    }[view]
    return f"{view.capitalize()} {value}: {told}."


def largest(balls: Balls, view: str) -> str:
    """How far the largest ball reaches."""
    kind = VIEWS[view].owners
    radius, usual = balls.reach(kind)
    whose = "a real point" if kind == "real" else "a fake"
    told = f"The largest ball of {whose} has radius {number(radius)}, where the median is {number(usual)}."
    return told + (" One outlier is enough for that." if radius >= HUGE * usual else "")


def table(balls: Balls, view: str) -> str:
    """All four values as HTML, the one that is shown in bold."""
    cells = [
        f"<td>{_bold(name, name == view)}</td><td>{_bold(number(balls.scores[name], 3), name == view)}</td>"
        for name in VIEWS
    ]
    return f'<table class="ganlib-report"><tr>{"".join(cells[:2])}</tr><tr>{"".join(cells[2:])}</tr></table>'


def _bold(words: str, yes: bool) -> str:
    return f"<b>{words}</b>" if yes else words


def lines(balls: Balls, view: str) -> list[str]:
    """All four values, one below the other, the one that is shown marked."""
    return [f"{'>' if name == view else '  '} {name} {number(balls.scores[name], 3)}" for name in VIEWS]
