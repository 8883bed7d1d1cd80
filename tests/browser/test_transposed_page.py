"""The animation of convolutions in a real JupyterLab: played, stepped and changed by keyboard, dark and narrow."""

import re

import pytest
from screen import answer_times, at_rest, beyond, is_dark, wait_for

pytestmark = pytest.mark.slow

CELL = """\
from ganlib import viz
lab = viz.TransposedConvolution()
lab
"""
PARTS = "canvas, select, .widget-slider, .jupyter-button"


@pytest.fixture(scope="module")
def lab(reader):
    """The animation on a page of its own."""
    place = reader.show("transposed.ipynb", CELL, ".ganlib-transposed")
    place.locator("canvas").first.wait_for(timeout=30_000)
    return place


def step(lab):
    found = re.search(r"Step (\d+) of", lab.inner_text())
    return int(found[1]) if found else 0


def pixels(lab, title):
    """What the board with this title shows."""
    return board(lab, title).evaluate("canvas => canvas.toDataURL()")


def board(lab, title):
    """The canvas whose words begin with this title."""
    return lab.locator(f"canvas[aria-label^='{title}']")


def go_to_the_end(lab):
    lab.get_by_role("slider", name="step").focus()
    lab.page.keyboard.press("End")
    wait_for(lab, lambda: step(lab) == 9)


def test_steps_by_mouse_and_by_keyboard(reader, lab):
    page, empty = reader.page, at_rest(lab, lambda: pixels(lab, "Output"))
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    reader.press(lab, "Step")
    wait_for(lab, lambda: step(lab) == 1 and pixels(lab, "Output") != empty)
    for key in ("Enter", "Space", "Enter", "Enter"):
        page.keyboard.press(key)  # the button has the focus
    page.keyboard.press("b")
    said, shown = "out[2, 2] = 1 \u00d7 9 + 2 \u00d7 7 + 4 \u00d7 3 + 5 \u00d7 1 = 40 so far", "1 2 5 4 9 6 9; 4 5 14"
    wait_for(lab, lambda: step(lab) == 5 and said in lab.inner_text())
    wait_for(lab, lambda: board(lab, f"Output, 7 \u00d7 7: {shown}").count() == 1)
    reader.look("transposed_light")
    lab.get_by_role("button", name="Back").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: step(lab) == 4)
    go_to_the_end(lab)
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    reader.look("transposed_end")


def test_play_ends_by_itself_and_pause_holds(reader, lab):
    reader.press(lab, "Reset")
    wait_for(lab, lambda: step(lab) == 0)
    speed = lab.get_by_role("combobox", name="speed")
    speed.select_option("slow")
    reader.press(lab, "Play")
    wait_for(lab, lambda: step(lab) >= 2)
    reader.press(lab, "Pause")
    wait_for(lab, lambda: lab.get_by_role("button", name="Play").count() == 1)
    held = at_rest(lab, lambda: step(lab))
    lab.page.wait_for_timeout(1500)
    assert step(lab) == held
    speed.select_option("fast")
    reader.press(lab, "Play")
    wait_for(lab, lambda: step(lab) == 9 and lab.get_by_role("button", name="Play").count() == 1)


def test_a_change_begins_again_and_what_is_impossible_is_explained(reader, lab):
    page = reader.page
    lab.get_by_role("combobox", name="operation").select_option("convolution")
    wait_for(lab, lambda: "Nothing is computed yet" in lab.inner_text())
    lab.get_by_role("slider", name="kernel k").focus()
    page.keyboard.press("ArrowRight")
    kernel, refused = lab.get_by_role("slider", name="kernel k"), "kernel_size = 4, expected at most 3"
    wait_for(lab, lambda: refused in lab.inner_text() and kernel.get_attribute("aria-valuetext") == "3")
    reader.look("transposed_refused")
    lab.get_by_role("slider", name="padding p").focus()
    page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: "with padding 1" in lab.inner_text() and "expected at most" not in lab.inner_text())
    reader.press(lab, "Step")
    wait_for(lab, lambda: "5 of them lie in the padding" in lab.inner_text())
    reader.look("transposed_convolution")
    lab.get_by_role("combobox", name="operation").select_option("upsample, then convolve")
    wait_for(lab, lambda: board(lab, "Upsampled, 6").is_visible())
    reader.press(lab, "Step")
    wait_for(lab, lambda: step(lab) == 1)
    reader.look("transposed_upsample")


def test_digits_change_the_input_by_mouse_and_by_keyboard(reader, lab):
    page = reader.page
    lab.get_by_role("combobox", name="operation").select_option("transposed convolution")
    wait_for(lab, lambda: "Nothing is stamped yet" in lab.inner_text())
    picture = board(lab, "Input")
    picture.scroll_into_view_if_needed()
    box = at_rest(lab, picture.bounding_box)
    page.mouse.click(box["x"] + 16 + 1.5 * 28, box["y"] + 16 + 0.5 * 28)
    page.keyboard.press("0")
    wait_for(lab, lambda: "1 0 3; 4 5 6" in picture.get_attribute("aria-label"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("8")
    its_name = lab.get_by_role("combobox", name="input x")
    wait_for(
        lab, lambda: "1 0 3; 4 8 6" in picture.get_attribute("aria-label") and its_name.input_value() == "your own"
    )
    board(lab, "Kernel").focus()
    page.keyboard.press("9")
    wait_for(lab, lambda: ": 9 2 3;" in board(lab, "Kernel").get_attribute("aria-label"))
    reader.look("transposed_typed")
    its_name.select_option("ramp")
    wait_for(lab, lambda: "1 2 3; 4 5 6" in picture.get_attribute("aria-label"))
    lab.get_by_role("combobox", name="kernel", exact=True).select_option("ramp")
    wait_for(lab, lambda: ": 1 2 3;" in board(lab, "Kernel").get_attribute("aria-label"))


def test_key_presses_are_answered(lab):
    assert answer_times(lab.get_by_role("slider", name="step"), board(lab, "Output"))[-1] < 3000


def test_in_the_dark_and_in_a_narrow_window(reader, lab):
    with reader.in_the_dark():
        wait_for(lab, lambda: is_dark(lab.locator("canvas").first))
        reader.look("transposed_dark")
        with reader.window(560, 1900, sidebar=False):
            reader.look("transposed_narrow")
            assert beyond(lab, PARTS) == []


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    go_to_the_end(lab)
    wait_for(lab, lambda: "after step 9 of 9" in str(reader.outputs()))  # the still, after a second of rest
    picture = reader.open_again("transposed.ipynb")
    assert "after step 9 of 9" in picture.get_attribute("alt")
