"""What the puzzle says in HTML: the task, what is shown, and the moves with their prices."""

from html import escape

from ganlib.viz.earth_mover.level import EarthLevel
from ganlib.viz.earth_mover.play import Play, number

KEY = (
    '<span class="ganlib-earth-key earth">earth</span><span class="ganlib-earth-key goal">goal</span>'
    "<b>+</b> too many &ensp; <b>&minus;</b> missing &ensp; <b>&#10003;</b> right"
)
DISTANCES = {"euclidean": "the straight way", "manhattan": "along rows and columns"}


def task(level: EarthLevel, plan: bool, prices: bool) -> str:
    """What is to be done and what is shown, as HTML."""
    way = "in columns" if level.on_a_line else DISTANCES[level.metric]
    least, each = number(level.optimum), number(level.optimum / level.blocks)
    lines = [f"{escape(level.words)} A move costs <b>blocks &times; distance</b> ({way}).", KEY]
    if plan:
        lines.append(
            f"Shown: the start and <b>an optimal plan</b>. It costs {least}. For each of the {level.blocks} blocks "
            f"that is {each}: the earth mover's distance W1."
        )
    if prices:
        lines.append(
            f"<b>Prices f</b> differ by at most the distance between two places, so whoever moves a block from a to b "
            f"pays at least f(b) &minus; f(a). Over all blocks, &sum; goal &middot; f &minus; &sum; start &middot; f = "
            f"{least}: nobody can pay less."
        )
    return "<br>".join(lines)


def account(play: Play) -> str:
    """The moves as a table, the latest on top."""
    rows = []
    for n, move in reversed(list(enumerate(play.moves, start=1))):
        places = f"{play.level.place(move.source)} &rarr; {play.level.place(move.target)}"
        distance = number(move.price / move.mass)
        rows.append(
            f"<td>{n}</td><td>{places}</td><td>{move.mass} &times; {distance}</td><td>{number(move.price)}</td>"
        )
    head = "<tr><th>move</th><th>from &rarr; to</th><th>blocks &times; distance</th><th>price</th></tr>"
    total = f"<tr><td></td><td></td><td>paid</td><td><b>{number(play.paid)}</b></td></tr>"
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        '<div class="ganlib-account" tabindex="0" role="region" aria-label="Moves and what they cost">'
        f"<table>{head}{total}{body}</table></div>"
    )
