"""The levels that the puzzle brings, from easy to hard. Each one has something to find out."""

from ganlib.viz.earth_mover.level import EarthLevel

LEVELS = (
    EarthLevel(
        "A shift",
        start=(3, 2, 1, 0, 0, 0),
        goal=(0, 0, 0, 3, 2, 1),
        words="The goal is the same pile, three columns to the right. Does it matter which block goes where?",
    ),
    EarthLevel(
        "Do not cross",
        start=(0, 2, 0, 0, 2, 0, 0, 0),
        goal=(0, 0, 0, 2, 0, 0, 0, 2),
        words="Two heaps, two goals. The cheapest first move is not part of the cheapest plan.",
    ),
    EarthLevel(
        "Split a heap",
        start=(0, 6, 0, 0, 0, 0, 3, 0),
        goal=(2, 0, 0, 5, 0, 0, 0, 2),
        words="No heap fits a goal, so heaps must be divided: a plan says how much goes from where to where.",
    ),
    EarthLevel(
        "Unequal heaps",
        start=(1, 0, 3, 0, 0, 2, 0, 0, 2),
        goal=(0, 2, 0, 0, 3, 0, 2, 0, 1),
        words="Heaps and goals of many sizes, on both sides of each other. What lies right may stay, for nothing.",
    ),
    EarthLevel(
        "Streets",
        start=((0, 0, 0, 0), (0, 1, 0, 1), (3, 0, 0, 3)),
        goal=((2, 0, 0, 0), (0, 1, 2, 0), (0, 3, 0, 0)),
        metric="manhattan",
        words="In the plane no order from left to right helps. Serving the nearest goal first costs a third too much.",
    ),
    EarthLevel(
        "Open field",
        start=((1, 0, 0, 0, 0), (0, 0, 0, 4, 0), (0, 0, 0, 2, 0)),
        goal=((0, 0, 0, 0, 2), (0, 0, 4, 0, 0), (0, 1, 0, 0, 0)),
        words="The same game with straight ways: one step across a corner costs 1.41.",
    ),
)
