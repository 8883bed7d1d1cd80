"""The earth-mover puzzle without a browser: its levels against other algorithms, its rules, and its messages."""

import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from PIL import Image
from scipy.optimize import linear_sum_assignment
from scipy.stats import wasserstein_distance

from ganlib import viz
from ganlib.viz.browser import script
from ganlib.viz.earth_mover import LEVELS, ground
from ganlib.viz.earth_mover.drawing import draw_plan
from ganlib.viz.earth_mover.play import Play, number
from ganlib.viz.style import DARK, LIGHT

NAMES = [level.name for level in LEVELS]
each_level = pytest.mark.parametrize("level", LEVELS, ids=NAMES)


def random_levels(n, seed=0):
    """Levels of many shapes, on lines and grids."""
    random = np.random.default_rng(seed)
    while n:
        shape = (random.integers(2, 9),) if random.random() < 0.5 else tuple(random.integers(1, 5, 2))
        places, blocks = int(np.prod(shape)), int(random.integers(1, 12))
        if places > 1:
            start, goal = (random.multinomial(blocks, np.ones(places) / places).reshape(shape) for _ in range(2))
            if (start != goal).any():
                n -= 1
                yield viz.EarthLevel("random", start, goal, ("euclidean", "manhattan")[n % 2])


def block_by_block(level):
    """The optimum by another algorithm: the Hungarian one, on single blocks."""
    sources, targets = (np.repeat(np.arange(h.size), h.ravel()) for h in (level.start, level.goal))
    price = level.distances[np.ix_(sources, targets)]
    return price[linear_sum_assignment(price)].sum()


def greedy_prices(level):
    """What it costs to serve the nearest goal first, for every way to break ties."""
    done = {}

    def go(surplus, lack):
        if not any(surplus):
            return {0.0}
        if (surplus, lack) not in done:
            pairs = [
                (level.distances[i, j], i, j) for i, s in enumerate(surplus) for j, v in enumerate(lack) if s and v
            ]
            nearest, found = min(pairs)[0], set()
            for _, i, j in (pair for pair in pairs if pair[0] == nearest):
                mass = min(surplus[i], lack[j])
                rest = [[v - mass * (k == at) for k, v in enumerate(side)] for side, at in ((surplus, i), (lack, j))]
                found |= {mass * nearest + price for price in go(*map(tuple, rest))}
            done[surplus, lack] = found
        return done[surplus, lack]

    more = (level.start - level.goal).ravel()
    return go(tuple(more.clip(min=0).tolist()), tuple((-more).clip(min=0).tolist()))


def random_game(play, random):
    """Some moves anywhere, then whatever is left over to where something lacks, in random order."""
    level = play.level
    for _ in range(random.integers(0, 6)):
        i, j = random.choice(level.start.size, 2, replace=False)
        if play.heaps.flat[i]:
            play.move(level.place(i), level.place(j), int(random.integers(1, play.heaps.flat[i] + 1)))
    while not play.solved:
        more = (play.heaps - level.goal).ravel()
        i, j = random.choice(np.flatnonzero(more > 0)), random.choice(np.flatnonzero(more < 0))
        play.move(level.place(i), level.place(j), int(min(more[i], -more[j])))


@pytest.mark.parametrize("level", [*LEVELS, *random_levels(30)], ids=lambda level: level.name)
def test_the_optimum_is_that_of_another_algorithm_and_of_the_dual(level):
    start, goal, f = level.start.ravel(), level.goal.ravel(), level.prices
    assert level.optimum == pytest.approx(block_by_block(level), abs=1e-9)
    if level.on_a_line:
        places = np.arange(start.size)
        assert level.optimum == np.abs(np.cumsum(start - goal)).sum()  # the area between the distribution functions
        assert level.optimum / level.blocks == pytest.approx(wasserstein_distance(places, places, start, goal))
    assert level.plan.dtype.kind == "i" and level.plan.min() >= 0
    assert (level.plan.sum(1) == start).all() and (level.plan.sum(0) == goal).all()
    assert (np.abs(f[:, None] - f[None, :]) <= level.distances + 1e-8).all() and f.min() == 0
    assert (goal * f).sum() - (start * f).sum() == pytest.approx(level.optimum, abs=1e-7)


def test_distances_are_what_the_reader_is_told():
    heaps = {"start": ((1, 0, 0), (0, 0, 0)), "goal": ((0, 0, 0), (0, 0, 1))}
    assert viz.EarthLevel("", **heaps).distances[0].tolist() == pytest.approx([0, 1, 2, 1, 2**0.5, 5**0.5])
    assert viz.EarthLevel("", **heaps, metric="manhattan").distances[0].tolist() == [0, 1, 2, 1, 2, 3]
    line = viz.EarthLevel("", (1, 0, 0), (0, 0, 1))
    assert line.distances.tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]


def test_nobody_pays_less_than_the_optimum():
    """What is moved twice is paid twice, and no detour helps."""
    random = np.random.default_rng(1)
    for level in [*LEVELS, *random_levels(20, seed=2)]:
        for _ in range(20):
            play = Play(level)
            random_game(play, random)
            assert play.paid >= level.optimum - 1e-9
            assert play.best == (abs(play.paid - level.optimum) < 1e-9)


@each_level
def test_the_plan_is_played_at_the_best_price(level):
    play = Play(level)
    for i, j, mass in ground._arrows(level):
        assert not play.solved
        play.move(level.place(i), level.place(j), mass)
    assert play.best and play.verdict == f"You paid {number(level.optimum)}. Best possible: no plan costs less."


def test_serving_the_nearest_goal_first_costs_too_much_where_the_levels_say_so():
    least = {level.name: min(greedy_prices(level)) / level.optimum for level in LEVELS}
    for name in ("Do not cross", "Unequal heaps", "Streets", "Open field"):
        assert least[name] > 1.15, name
    assert least["Streets"] == pytest.approx(4 / 3)  # "a third too much"
    assert least["A shift"] == 1


def test_a_shift_costs_the_same_whichever_block_goes_where():
    """As long as no block goes back: for mass that moves one way, any plan is optimal on the line."""
    level, random = LEVELS[0], np.random.default_rng(0)
    sources, targets = (np.repeat(np.arange(6), heaps) for heaps in (level.start, level.goal))
    for _ in range(20):
        assert level.distances[sources, random.permutation(targets)].sum() == level.optimum == 3 * level.blocks


def test_levels_get_harder_and_differ():
    assert len(LEVELS) >= 5 and len(set(NAMES)) == len(LEVELS)
    assert {level.start.ndim for level in LEVELS} == {1, 2}
    assert {level.metric for level in LEVELS if not level.on_a_line} == {"euclidean", "manhattan"}
    split = LEVELS[2]
    assert ((split.plan > 0).sum(1) > 1).any()  # a heap that goes to two goals, whatever the plan:
    assert not set(split.start[split.start > 0].tolist()) & set(split.goal.tolist())


@pytest.mark.parametrize(
    ("start", "goal", "metric", "words"),
    [
        ((1, 2), (1, 1), "euclidean", "start has 3 blocks and goal 2"),
        ((1, -1, 1), (1, 0, 0), "euclidean", r"start = \[1, -1, 1\], expected whole numbers"),
        ((0.5, 0.5), (1, 0), "euclidean", r"start = \[0.5, 0.5\], expected whole"),
        ((float("nan"), 1), (1, 0), "euclidean", "start = "),
        ((1, 0), (0, 0, 1), "euclidean", r"start has shape \(2,\) and goal \(3,\)"),
        ((1, 0), ((0, 1),), "euclidean", r"start has shape \(2,\) and goal \(1, 2\)"),
        ((1, 0), (1, 0), "euclidean", "are equal"),
        ((0, 0), (0, 0), "euclidean", "start has 0 blocks"),
        ((37, 0), (0, 37), "euclidean", "start has 37 blocks, expected 1 to 36"),
        ((1,), (1,), "euclidean", r"start has shape \(1,\)"),
        ([1] + [0] * 16, [0] * 16 + [1], "euclidean", r"start has shape \(17,\)"),
        (np.eye(7, dtype=int), np.eye(7, dtype=int)[::-1], "euclidean", r"start has shape \(7, 7\)"),
        (np.ones((2, 2, 2)), np.ones((2, 2, 2)), "euclidean", r"start has shape \(2, 2, 2\)"),
        (((1, 0), (1,)), (1, 0), "euclidean", "start = "),
        ("ab", (1, 0), "euclidean", "start = 'ab'"),
        (None, (1, 0), "euclidean", r"start has shape \(\)"),
        ((1, 0), (0, 1), "chess", "metric = 'chess'"),
    ],
)
def test_bad_levels_are_named(start, goal, metric, words):
    with pytest.raises(ValueError, match=words):
        viz.EarthLevel("mine", start, goal, metric)


def test_levels_cannot_be_changed_by_the_back_door():
    mine = np.array([2, 0, 0])
    level = viz.EarthLevel("mine", mine, (0, 1, 1))
    mine[0] = 5
    assert level.start.tolist() == [2, 0, 0] and level.optimum == 3
    with pytest.raises(ValueError, match="read-only"):
        level.start[0] = 1
    with pytest.raises(ValueError, match="levels = "):
        viz.EarthMover([])
    with pytest.raises(ValueError, match="levels = "):
        viz.EarthMover([(1, 0), (0, 1)])


def test_the_verdict_adds_up_where_distances_are_no_whole_numbers():
    play, random, rounded = Play(LEVELS[5]), np.random.default_rng(0), set()
    for _ in range(50):
        play.restart()
        random_game(play, random)
        if not play.best:
            paid, least, excess = map(float, re.findall(r"\d+(?:\.\d+)?", play.verdict))
            assert paid - least == pytest.approx(excess, abs=1e-9)
            rounded.add(excess == round(play.paid - play.level.optimum, 2))
    assert rounded == {True, False}  # to round the difference itself would not do


def test_moves_cost_mass_times_distance_and_can_be_taken_back():
    puzzle = viz.EarthMover([viz.EarthLevel("mine", (2, 0, 0, 1), (0, 3, 0, 0))])
    move = puzzle.move(0, 2, 2)
    assert (move.source, move.target, move.mass, move.price) == (0, 2, 2, 4.0)
    assert puzzle.play.heaps.tolist() == [0, 0, 2, 1] and puzzle.paid == 4 and not puzzle.solved
    puzzle.move(2, 1, 2)  # the same blocks again: paid again
    puzzle.move(3, 1)
    assert puzzle.solved and puzzle.paid == 4 + 2 + 2 and puzzle.optimum == 4
    assert puzzle.play.verdict == "You paid 8. The least is 4: 4 too much."
    puzzle.undo()
    assert puzzle.play.heaps.tolist() == [0, 2, 0, 1] and puzzle.paid == 6
    assert puzzle.play.verdict == "Paid so far: 6. 1 block is not in place."
    puzzle.restart()
    assert puzzle.play.heaps.tolist() == [2, 0, 0, 1] and puzzle.paid == 0
    puzzle.undo()
    assert puzzle.paid == 0
    puzzle.move(np.int64(0), np.int64(1), np.int64(2))
    json.dumps(puzzle.ground.game)


@pytest.mark.parametrize(
    ("level", "arguments", "words"),
    [
        (1, (6, 0), "source = 6, expected a column from 0 to 5"),
        (1, (-1, 0), "source = -1"),
        (1, (0, True), "target = True"),
        (1, (0, 1.0), "target = 1.0"),
        (1, (0, (0, 1)), r"target = \(0, 1\)"),
        (1, (0, 0), "both 0"),
        (1, (0, 1, 4), "mass = 4, expected a whole number from 1 to 3"),
        (1, (0, 1, 0), "mass = 0"),
        (1, (0, 1, 1.0), "mass = 1.0"),
        (1, (3, 0), "mass = 1, expected a place with blocks: 3 has none"),
        (5, (1, 0), r"source = 1, expected \(row, column\) from \(0, 0\) to \(2, 3\)"),
        (5, ((0, 4), (0, 0)), r"source = \(0, 4\)"),
        (5, ((0, 0, 0), (0, 0)), r"source = \(0, 0, 0\)"),
    ],
)
def test_bad_moves_are_named_and_move_nothing(level, arguments, words):
    puzzle = viz.EarthMover()
    puzzle.choose(level)
    before = puzzle.play.heaps
    with pytest.raises(ValueError, match=words):
        puzzle.move(*arguments)
    assert (puzzle.play.heaps == before).all() and puzzle.paid == 0


def test_each_level_keeps_its_game():
    puzzle = viz.EarthMover()
    puzzle.move(0, 3, 3)
    puzzle.choose(5)
    assert puzzle.level is LEVELS[4] and puzzle.paid == 0
    puzzle.move((2, 0), (0, 0), 2)
    puzzle.choose(1)
    assert puzzle.paid == 9 and puzzle.ground.game["heaps"] == [0, 2, 1, 3, 0, 0]
    for level in (0, 7, "1", None, True):
        with pytest.raises(ValueError, match="level = "):
            puzzle.choose(level)


def receive(puzzle, message):
    """What happens when the browser sends a message."""
    puzzle.ground._handle_custom_msg(message, [])


def test_messages_of_the_browser_move_undo_and_restart():
    puzzle = viz.EarthMover()
    receive(puzzle, {"do": "move", "source": 0, "target": 4, "mass": 2, "view": "a", "number": 7})
    assert puzzle.paid == 8 and puzzle.ground.game["heaps"] == [1, 2, 1, 0, 2, 0]
    assert puzzle.ground.game["answered"] == {"view": "a", "number": 7}
    receive(puzzle, {"do": "move", "source": 1, "target": 2, "mass": 1})
    receive(puzzle, {"do": "undo"})
    assert puzzle.paid == 8
    receive(puzzle, {"do": "restart"})
    assert puzzle.paid == 0 and puzzle.ground.game["heaps"] == [3, 2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "message",
    [
        {},
        [],
        "move",
        None,
        {"do": "close"},
        {"do": "__class__"},
        {"do": ["move"]},
        {"do": "move"},
        {"do": "move", "source": 0, "target": 99, "mass": 1},
        {"do": "move", "source": -1, "target": 0, "mass": 1},
        {"do": "move", "source": 0, "target": 1, "mass": 9},
        {"do": "move", "source": 0, "target": 1, "mass": -1},
        {"do": "move", "source": "0", "target": 1, "mass": 1},
        {"do": "move", "source": [0], "target": {}, "mass": None},
        {"do": "move", "source": 0, "target": 0, "mass": 1},
    ],
)
def test_messages_that_cannot_be_meant_change_nothing_and_are_answered(message):
    puzzle = viz.EarthMover()
    puzzle.move(0, 1)
    if isinstance(message, dict):
        message = message | {"view": "a", "number": 3}
    receive(puzzle, message)
    assert puzzle.paid == 1 and puzzle.ground.game["heaps"] == [2, 3, 1, 0, 0, 0]
    assert "expected" in puzzle.events.box.value and "Traceback" not in puzzle.events.box.value
    if isinstance(message, dict):
        assert puzzle.ground.game["answered"] == {"view": "a", "number": 3}  # so the view puts its block back
    puzzle.ground.set_state({"game": {"heaps": [9]}, "level": {}})
    receive(puzzle, {"do": "move", "source": 0, "target": 3, "mass": 2})
    assert puzzle.ground.game["heaps"] == [0, 3, 1, 2, 0, 0] and puzzle.ground.level["goal"] == [0, 0, 0, 3, 2, 1]
    assert puzzle.events.box.value == ""


def test_the_controls_do_what_the_methods_do():
    puzzle = viz.EarthMover()
    assert puzzle._undo.disabled
    puzzle.move(0, 3, 3)
    puzzle._undo.click()
    assert puzzle.paid == 0 and puzzle._undo.disabled
    puzzle._choice.value = 3
    assert puzzle.level is LEVELS[3] and puzzle._at_once.max == 3
    puzzle._at_once.value = 2
    assert puzzle.ground.at_once == 2
    puzzle.move(0, 1)
    puzzle._plan.value = puzzle._prices.value = True
    game = puzzle.ground.game
    assert game["heaps"] == LEVELS[3].start.tolist() and game["prices"] == LEVELS[3].prices.tolist()
    assert sum(mass * LEVELS[3].distances[i, j] for i, j, mass in game["plan"]) == puzzle.optimum
    puzzle._restart.click()  # the game goes on, without the plan
    assert puzzle.ground.game["plan"] == [] and not puzzle._plan.value and puzzle.paid == 0
    json.dumps([game, puzzle.ground.level], allow_nan=False)


def test_the_account_lists_every_move_and_the_verdict_tells_the_distance():
    puzzle = viz.EarthMover()
    puzzle.choose(6)
    puzzle.move((1, 3), (0, 4), 2)
    puzzle.move((0, 0), (2, 1))
    account = puzzle._account.value
    assert account.index("(0, 0) &rarr; (2, 1)") < account.index("(1, 3) &rarr; (0, 4)")
    assert "2 &times; 1.41" in account and "<td>2.83</td>" in account and f"<b>{number(puzzle.paid)}</b>" in account
    assert "4 blocks are not in place" in puzzle._verdict.value
    puzzle.show_plan()
    puzzle.show_prices()
    for words in ("It costs 9.89", f"that is {number(puzzle.optimum / 7)}", "= 9.89: nobody can pay less"):
        assert words in puzzle._task.value
    tags = viz.EarthMover([viz.EarthLevel("<b>", (1, 0), (0, 1), words="<script>")])
    assert "<script>" not in tags._task.value


def test_a_cell_that_runs_again_leaves_no_old_puzzle(cells):
    cells.run("a")
    old = viz.EarthMover()
    cells.run("a")
    viz.EarthMover()
    assert old.ground.comm is None and old.comm is None


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png(1))).convert("RGB")).astype(int)


def share(picture, colour):
    """How much of a picture has a colour."""
    rgb = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return (np.abs(pixels(picture) - rgb).max(axis=2) < 12).mean()


@each_level
@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_still_shows_earth_goal_and_moves(level, theme, colours, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    puzzle = viz.EarthMover([level])
    first = puzzle.still()
    assert share(first, colours.fake) > 0.005 and share(first, colours.real) > 0.002
    assert str(level.goal.tolist()) in first.alt and len(first.axes) == 1
    i, j, mass = ground._arrows(level)[0]
    puzzle.move(level.place(i), level.place(j), mass)
    moved = puzzle.still()
    assert len(moved.axes) == 2 and "Paid so far" in moved.alt
    arrows = [patch for patch in moved.axes[1].patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 1 and [words.get_text() for words in moved.axes[1].texts] == [str(mass)]
    puzzle.show_plan()
    assert f"of cost {number(level.optimum)}" in puzzle.still().alt


@each_level
@pytest.mark.parametrize("prices", [False, True])
def test_words_of_the_pictures_lie_within_them(level, prices):
    picture = draw_plan(level, prices)
    picture.draw_without_rendering()
    shown = [words for ax in picture.axes for words in (*ax.texts, ax.title, ax._left_title)]
    assert all(number(f) in " ".join(words.get_text() for words in shown) for f in level.prices) or not prices
    for words in shown:
        box = words.get_window_extent()
        assert 0 <= box.x0 and box.x1 <= picture.bbox.x1 and 0 <= box.y0 and box.y1 <= picture.bbox.y1


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine's path")
LAYOUTS = """
for (const [level, heaps] of LEVELS) for (const width of [336, 376, 560, 760]) {
  const place = layout(level, heaps, width, true), n = heaps.length;
  const inside = ({ x, y, width: w, height: h }, cell) => x >= cell.x - .01 && y >= cell.y - .01
    && x + w <= cell.x + cell.width + .01 && y + h <= cell.y + cell.height + .01;
  const view = { x: 0, y: 0, width, height: place.height };
  for (let i = 0; i < n; i++) {
    if (!inside(place.cell(i), view)) throw new Error(`cell ${i} of ${level.name} at ${width}`);
    for (let k = 0; k < Math.max(heaps[i], level.goal[i]); k++) {
      const slot = place.slot(i, k);
      if (!inside(slot, place.cell(i))) throw new Error(`slot ${k} of place ${i} of ${level.name} at ${width}`);
      if (Math.min(slot.width, slot.height) < 3.5) throw new Error(`a block of ${level.name} too small at ${width}`);
    }
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const [x, y] = place.way(i, j, false).middle;
      if (x < 0 || x > width || y < 8 || y > place.height) throw new Error(`way ${i}-${j} of ${level.name}`);
    }
  }
}
"""


@needs_node
def test_everything_lies_within_the_view_at_any_width(tmp_path):
    """Also with all blocks on one heap, and for the largest levels there can be."""
    row = np.eye(16, dtype=int)
    grid = np.zeros((6, 6), dtype=int)
    grid[0, 0] = 36
    largest = [viz.EarthLevel("wide", 36 * row[0], 36 * row[15]), viz.EarthLevel("big", grid, grid[::-1, ::-1])]
    cases = []
    for level in [*LEVELS, *largest]:
        heap = np.zeros(level.start.size, dtype=int)
        heap[-1] = level.blocks
        cases += [[ground._description(level), heaps.ravel().tolist()] for heaps in (level.start, heap)]
    code = f"{script('earth_drawing')}\nconst LEVELS = {json.dumps(cases)};\n{LAYOUTS}"
    (tmp_path / "layouts.mjs").write_text(code, encoding="utf-8")
    subprocess.run(["node", tmp_path / "layouts.mjs"], check=True)


@needs_node
def test_the_script_parses(tmp_path):
    (tmp_path / "widget.mjs").write_text(str(ground.Ground._esm), encoding="utf-8")
    subprocess.run(["node", "--check", tmp_path / "widget.mjs"], check=True)
