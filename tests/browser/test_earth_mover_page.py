"""The earth-mover puzzle in a real JupyterLab: mouse, keyboard, both themes, a narrow window, a second view."""

import pytest
from screen import beyond, cells, wait_for

from ganlib.viz.earth_mover.levels import LEVELS

pytestmark = pytest.mark.slow

CODE = ("from ganlib import viz\npuzzle = viz.EarthMover()\npuzzle", "puzzle")
WORDS = "svg => [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect().toJSON())"


@pytest.fixture(scope="module")
def page(reader):
    """The puzzle, shown twice."""
    reader.write("earth.ipynb", *CODE)
    reader.open("earth.ipynb")
    reader.run_all()
    reader.page.locator(".ganlib-earth svg g[data-place]").first.wait_for(timeout=60_000)
    return reader.page


@pytest.fixture
def puzzle(reader, page):
    """The first view, at the start of the first level, one block at once."""
    view = page.locator(".ganlib-earth-mover").first
    page.mouse.up()
    view.locator("svg").press("Escape")
    choose(view, 1)
    for key in ("r", "1"):
        view.locator("svg").press(key)
    restart = view.get_by_role("button", name="Restart")
    wait_for(page, lambda: restart.is_disabled() and verdict(view) == "Paid so far: 0. 6 blocks are not in place.")
    wait_for(page, lambda: heaps(view) == [3, 2, 1, 0, 0, 0])
    return view


def choose(view, level):
    """Go to a level, and wait until its game is there, without a plan."""
    view.get_by_role("combobox").select_option(index=level - 1)
    task = LEVELS[level - 1].words
    wait_for(view, lambda: task in view.inner_text() and len(heaps(view)) == LEVELS[level - 1].start.size)
    wait_for(view, lambda: view.locator("button.mod-active, .planned").count() == 0)


def heaps(view):
    """The blocks that stand in each place, as they are drawn."""
    count = "places => places.map(place => place.querySelectorAll('.block:not(.lifted)').length)"
    return view.locator("svg g[data-place]").evaluate_all(count)


def status(view):
    """What is written at each place: too many, missing, right."""
    words = "places => places.map(place => place.querySelector('.status')?.textContent ?? '')"
    return view.locator("svg g[data-place]").evaluate_all(words)


def verdict(view):
    return view.get_by_role("status").inner_text()


def spoken(view):
    return view.locator(".ganlib-earth-words").inner_text()


def middle(view, place):
    """Where a place is on the page; asked for at once, since drawing replaces what is drawn."""
    box = "(svg, i) => svg.querySelector(`g[data-place='${i}'] .hit`).getBoundingClientRect().toJSON()"
    box = view.locator("svg").evaluate(box, place)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6


def drag(view, source, target, steps=6):
    mouse = view.page.mouse
    mouse.move(*middle(view, source))
    mouse.down()
    mouse.move(*middle(view, target), steps=steps)
    mouse.up()


def test_a_block_is_dragged_and_paid(reader, page, puzzle):
    page.mouse.move(*middle(puzzle, 0))
    page.mouse.down()
    page.mouse.move(*middle(puzzle, 4), steps=6)
    price = puzzle.locator(".price")
    wait_for(page, lambda: price.text_content() == "1 × 4 = 4" and heaps(puzzle) == [2, 2, 1, 0, 0, 0])
    assert verdict(puzzle).startswith("Paid so far: 0")  # before it is let go
    reader.look("earth_dragging", puzzle)
    page.mouse.up()
    wait_for(page, lambda: verdict(puzzle) == "Paid so far: 4. 5 blocks are not in place.")
    wait_for(page, lambda: heaps(puzzle) == [2, 2, 1, 0, 1, 0] and status(puzzle)[4] == "−1")
    reader.press(puzzle, "Undo")
    wait_for(page, lambda: heaps(puzzle) == [3, 2, 1, 0, 0, 0])


def test_dropped_outside_it_goes_back(page, puzzle):
    page.mouse.move(*middle(puzzle, 0))
    page.mouse.down()
    box = puzzle.locator("svg").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] + 60, steps=4)
    page.mouse.up()
    assert "Put back" in spoken(puzzle)
    wait_for(page, lambda: heaps(puzzle) == [3, 2, 1, 0, 0, 0])


def test_two_clicks_do_what_a_drag_does(page, puzzle):
    page.mouse.click(*middle(puzzle, 2))
    assert "Holding 1 from column 2" in spoken(puzzle)
    wait_for(page, lambda: heaps(puzzle)[2] == 0)
    page.mouse.click(*middle(puzzle, 5))
    wait_for(page, lambda: verdict(puzzle).startswith("Paid so far: 3."))
    wait_for(page, lambda: status(puzzle) == ["+3", "+2", "", "−3", "−2", "✓"])


def test_a_level_by_keyboard_alone_at_the_best_price(reader, page, puzzle):
    notebook = cells(page)
    puzzle.locator("svg").focus()
    for keys, paid in (("Home 3 Space", 0), ("Home ArrowRight 2 Space", 9)):
        wait_for(page, lambda paid=paid: verdict(puzzle).startswith(f"Paid so far: {paid}."))
        for key in (*keys.split(), *["ArrowRight"] * 3, "Space"):
            page.keyboard.press(key)
    assert "Moved 2 from column 1 to column 4" in spoken(puzzle)
    for key in ("b", "d", "d", "x"):  # shortcuts of JupyterLab that change notebooks
        page.keyboard.press(key)
    wait_for(page, lambda: verdict(puzzle) == "Paid so far: 15. 1 block is not in place.")
    for key in ("Home", "ArrowRight", "ArrowRight", "1", "Enter", "End", "Enter"):
        page.keyboard.press(key)
    wait_for(page, lambda: verdict(puzzle) == "You paid 18. Best possible: no plan costs less.")
    wait_for(page, lambda: status(puzzle) == ["", "", "", "✓", "✓", "✓"])
    assert cells(page) == notebook
    reader.look("earth_solved", puzzle)
    page.keyboard.press("Control+z")
    wait_for(page, lambda: verdict(puzzle).startswith("Paid so far: 15"))
    page.keyboard.press("u")
    wait_for(page, lambda: verdict(puzzle).startswith("Paid so far: 9"))
    page.keyboard.press("r")
    wait_for(page, lambda: heaps(puzzle) == [3, 2, 1, 0, 0, 0])


def test_escape_puts_back_and_words_tell_what_is_where(page, puzzle):
    puzzle.locator("svg").focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert spoken(puzzle) == "Column 5: 0 here, goal 1, 1 missing."
    page.keyboard.press("Space")
    assert "Nothing to pick up" in spoken(puzzle)
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert spoken(puzzle) == "Holding 1 from column 0. To column 1: 1 × 1 = 1."
    page.keyboard.press("Escape")
    assert spoken(puzzle) == "Put back. Column 0: 3 here, goal 0, 3 too many."
    wait_for(page, lambda: heaps(puzzle)[0] == 3)


def test_the_greedy_way_is_told_how_far_off_it_is(reader, page, puzzle):
    choose(puzzle, 2)
    wait_for(page, lambda: heaps(puzzle) == [0, 2, 0, 0, 2, 0, 0, 0])
    puzzle.locator("svg").press("2")
    drag(puzzle, 4, 3)
    drag(puzzle, 1, 7)
    wait_for(page, lambda: verdict(puzzle) == "You paid 14. The least is 10: 4 too much.")
    reader.look("earth_greedy", puzzle)
    reader.press(puzzle, "Optimal plan")
    reader.press(puzzle, "Prices")
    wait_for(page, lambda: puzzle.locator(".planned").count() == 2 and puzzle.locator(".f-at").count() == 8)
    reader.look("earth_plan_and_prices", puzzle)
    drag(puzzle, 1, 3)  # a plan is to be looked at
    assert "This is an optimal plan" in spoken(puzzle)
    reader.press(puzzle, "Optimal plan")
    reader.press(puzzle, "Prices")
    wait_for(page, lambda: heaps(puzzle) == [0, 0, 0, 2, 0, 0, 0, 2] and puzzle.locator(".f-at").count() == 0)
    reader.press(puzzle, "Restart")
    wait_for(page, lambda: heaps(puzzle) == [0, 2, 0, 0, 2, 0, 0, 0])


def test_both_views_show_one_game(page, puzzle):
    second = page.locator(".ganlib-earth-mover").nth(1)
    drag(puzzle, 0, 3)
    wait_for(page, lambda: heaps(second) == [2, 2, 1, 1, 0, 0] == heaps(puzzle))
    second.locator("svg").press("u")
    wait_for(page, lambda: heaps(second) == [3, 2, 1, 0, 0, 0] == heaps(puzzle))


def test_a_finger_drags_as_the_mouse_does(page, puzzle):
    touch = page.context.new_cdp_session(page)
    (x, y), (u, v) = middle(puzzle, 0), middle(puzzle, 3)
    along = [{"x": x + (u - x) * k / 5, "y": y + (v - y) * k / 5} for k in range(6)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": along[:1]})
    for point in along:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        page.wait_for_timeout(30)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    wait_for(page, lambda: verdict(puzzle).startswith("Paid so far: 3.") and heaps(puzzle) == [2, 2, 1, 1, 0, 0])


def test_whoever_wants_less_motion_sees_no_flight(page, puzzle):
    flying = """(svg, keys) => {
        for (const key of keys) svg.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        return new Promise(requestAnimationFrame).then(() => svg.querySelectorAll('.moving .block').length); }"""
    for motion, blocks in (("reduce", 0), ("no-preference", 1)):
        page.emulate_media(reduced_motion=motion)
        puzzle.locator("svg").focus()
        keys = ["Home", " ", "ArrowRight", "ArrowRight", "ArrowRight", " "]
        assert puzzle.locator("svg").evaluate(flying, keys) == blocks
    wait_for(page, lambda: heaps(puzzle) == [1, 2, 1, 2, 0, 0])


def test_a_busy_kernel_gets_the_moves_when_it_has_time(reader, page, puzzle):
    with reader.busy_kernel():
        drag(puzzle, 0, 3)
        drag(puzzle, 0, 4)
        wait_for(page, lambda: heaps(puzzle) == [1, 2, 1, 1, 1, 0] and "waits until the kernel" in spoken(puzzle))
        assert verdict(puzzle).startswith("Paid so far: 0.")
    wait_for(page, lambda: verdict(puzzle).startswith("Paid so far: 7.") and heaps(puzzle) == [1, 2, 1, 1, 1, 0])


def outside(view):
    """Words that stand out of the scene; none should."""
    scene, words = view.locator("svg").evaluate(f"svg => [svg.getBoundingClientRect().toJSON(), ({WORDS})(svg)]")
    return [
        word
        for word in words
        if word["left"] < scene["left"]
        or word["right"] > scene["right"]
        or word["top"] < scene["top"]
        or word["bottom"] > scene["bottom"]
    ]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_every_level_in_both_themes_and_narrow(reader, page, puzzle, theme):
    reader.use_theme(f"JupyterLab {theme}")
    for level in range(1, 7):
        choose(puzzle, level)
        reader.look(f"earth_{theme}_{level}", puzzle)
        reader.press(puzzle, "Optimal plan")
        reader.press(puzzle, "Prices")
        wait_for(page, lambda: puzzle.locator(".planned").count() and puzzle.locator(".f-value").count())
        wait_for(page, lambda: outside(puzzle) == [])
        reader.look(f"earth_{theme}_{level}_plan", puzzle)
        reader.press(puzzle, "Prices")
        wait_for(page, lambda: puzzle.locator(".f-value").count() == 0)
    with reader.window(500, sidebar=False):
        for level in (4, 6):
            choose(puzzle, level)
            assert beyond(puzzle, "svg, button, select, .ganlib-account") == []
            reader.look(f"earth_{theme}_{level}_narrow", puzzle)
    reader.use_theme("JupyterLab Light")
