"""The drawing canvas in a real JupyterLab: lines by mouse and by keyboard alone, in the dark, in a narrow window."""

import re

import numpy as np
import pytest
from screen import at_rest, beyond, cells, nameless, pixels, wait_for

from ganlib.viz.drawing.easel import PENS
from ganlib.viz.drawing.ink import lined

pytestmark = pytest.mark.slow

SIZE = 32
CELL = """\
import torch
torch.set_num_threads(1)
from torch import nn
from ganlib import viz
class Colouring(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + 0.7 * x - 0.3
torch.manual_seed(0)
layers = [nn.Conv2d(3, 24, 5, padding=2), nn.Tanh(), nn.Conv2d(24, 24, 5, padding=2), nn.Tanh()]
layers += [nn.Conv2d(24, 3, 5, padding=2), nn.Tanh()]
judge = lambda images: [f"mean {image.mean():.3f}" for image in images]
lab = viz.DrawingCanvas(Colouring(*layers), judge=judge)
lab.clear()
lab
"""
INK = "print(lab.ink.tobytes().hex(), lab.pen, lab.erasing, lab.mirror)"
MEASURE = """async ([sheet, result, n]) => {
    const times = [], press = (type, key) => sheet.dispatchEvent(new KeyboardEvent(type, {key, bubbles: true}));
    for (let i = 0; i < n; i++) {
        const before = result.toDataURL(), start = performance.now();
        press("keydown", " ");
        press("keydown", ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"][Math.floor(i / 6)]);
        press("keyup", " ");
        while (result.toDataURL() === before && performance.now() - start < 10000)
            await new Promise(resolve => setTimeout(resolve, 1));
        times.push(performance.now() - start);
        await new Promise(resolve => setTimeout(resolve, 150));
    }
    return times;
}"""


@pytest.fixture(scope="module")
def lab(reader):
    """The canvas on a page of its own, with an empty sheet."""
    reader.write("drawing.ipynb", CELL, INK)
    reader.open("drawing.ipynb")
    reader.run_all()
    place = reader.page.locator(".ganlib-drawing-lab").first
    place.locator("canvas").first.wait_for(timeout=60_000)
    return place


def sheet(lab):
    return lab.locator("canvas.ganlib-sheet")


def result(lab):
    return lab.locator("canvas.ganlib-result")


def kernel(reader):
    """The ink (32, 32) that the kernel has, and pen, eraser and mirror there."""
    said = "".join(reader.run_cell(INK)[0]["text"]).split()
    return np.frombuffer(bytes.fromhex(said[0]), np.uint8).reshape(SIZE, SIZE), said[1:]


def stroke(lab, *points):
    """Draw with the mouse through these points, in pixels of the sheet."""
    sheet(lab).scroll_into_view_if_needed()
    box, mouse = sheet(lab).bounding_box(), lab.page.mouse
    places = [(box["x"] + x / SIZE * box["width"], box["y"] + y / SIZE * box["height"]) for x, y in points]
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=6)
    mouse.up()


def draw_corner(lab):
    """Draw a corner with the mouse, whose lines are these."""
    stroke(lab, (8, 10), (24.5, 10), (24.5, 20.5))
    return ((8, 10), (24.5, 10)), ((24.5, 10), (24.5, 20.5))


def drawn(*lines, pen="fine", erasing=False, on=None):
    """The sheet after lines, as the kernel would draw them."""
    ink = np.zeros((SIZE, SIZE), np.uint8) if on is None else on
    for start, end in lines:
        ink = lined(ink, start, end, PENS[pen][erasing], erasing)
    return ink


def expect_ink(reader, expected, slack=12, tools=None):
    """The kernel comes to have this ink, and these tools. What it has told the page before is then heard there.

    The mouse stands on whole pixels of the screen, which moves a line a little.
    """

    def has_it():
        ink, its = kernel(reader)
        return np.abs(ink.astype(int) - expected).max() <= slack and its == (tools or its)

    wait_for(reader.page, has_it)


def clear(reader, lab):
    """An empty sheet, of which kernel and page know: what is drawn before would be lost."""
    reader.press(lab, "Clear")
    expect_ink(reader, drawn(), 0)


def test_a_stroke_of_the_mouse_is_drawn_and_coloured(reader, lab):
    before, empty = at_rest(lab, lambda: (pixels(result(lab)), pixels(sheet(lab))))
    lines = draw_corner(lab)
    wait_for(lab, lambda: pixels(result(lab)) != before and pixels(sheet(lab)) != empty)
    reader.look("drawing_stroke")
    expect_ink(reader, drawn(*lines))


def test_undo_and_redo_by_mouse_and_by_keys(reader, lab):
    clear(reader, lab)
    expect_ink(reader, drawn(*draw_corner(lab)))
    coloured = at_rest(lab, lambda: pixels(result(lab)))
    whole, _ = kernel(reader)
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(result(lab)) != coloured and not kernel(reader)[0].any())
    reader.press(lab, "Redo")
    wait_for(lab, lambda: pixels(result(lab)) == coloured)
    sheet(lab).focus()
    for keys, there in (("z", False), ("y", True), ("z", False), ("Shift+z", True)):
        reader.page.keyboard.press(f"Control+{keys}")
        wait_for(lab, lambda there=there: (pixels(result(lab)) == coloured) == there)
    expect_ink(reader, whole, 0)


def test_lines_by_keyboard_alone(reader, lab):
    page, number = reader.page, cells(reader.page)
    draw_corner(lab)  # the keys go on from its end
    clear(reader, lab)
    lab.get_by_role("button", name="Clear").focus()
    for _ in range(3):  # Another face, sheet
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.classList.contains('ganlib-sheet')"):
            break
    for key in ("ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    wait_for(lab, lambda: "column 24, row 17, 0 % ink, pen up" in lab.inner_text())
    page.keyboard.down("Space")
    for key in ("ArrowLeft",) * 6 + ("Shift+ArrowDown",):
        page.keyboard.press(key)
    wait_for(lab, lambda: "column 18, row 21" in lab.inner_text() and "pen down" in lab.inner_text())
    reader.look("drawing_keys")
    page.keyboard.up("Space")
    page.keyboard.press("Shift+ArrowDown")
    expected = drawn(((23.5, 16.5), (17.5, 16.5)), ((17.5, 16.5), (17.5, 20.5)))
    expect_ink(reader, expected, 0)
    sheet(lab).focus()
    for key in ("3", "e", "b", "d", "d", "Enter", "Shift+ArrowUp", "Shift+ArrowUp", "Enter", "ArrowLeft"):
        page.keyboard.press(key)
    erased = drawn(((17.5, 24.5), (17.5, 16.5)), pen="thick", erasing=True, on=expected)
    expect_ink(reader, erased, 0, ["thick", "True", "False"])
    eraser = lab.get_by_role("button", name="Eraser")
    wait_for(lab, lambda: eraser.get_attribute("aria-pressed") == "true")
    assert cells(page) == number
    eraser.click()
    expect_ink(reader, erased, 0, ["thick", "False", "False"])


def test_lines_are_mirrored_and_faces_are_brought(reader, lab):
    for name in ("Clear", "Mirror", "medium"):
        reader.press(lab, name)
    expect_ink(reader, drawn(), 0, ["medium", "False", "True"])
    stroke(lab, (6, 8), (12, 20))
    expect_ink(reader, drawn(((6, 8), (12, 20)), ((26, 8), (20, 20)), pen="medium"), 20)
    reader.look("drawing_mirror")
    before = at_rest(lab, lambda: pixels(result(lab)))
    reader.press(lab, "Another face")
    wait_for(lab, lambda: pixels(result(lab)) != before and "The judge reads: mean" in lab.inner_text())
    reader.look("drawing_face")
    wait_for(lab, lambda: (kernel(reader)[0] > 100).sum() > 100)


def test_a_line_on_a_sheet_that_the_kernel_has_replaced_is_gone_on_both_sides(reader, lab):
    """Clear arrives while the kernel is busy and a part of the line is still on its way."""
    page = reader.page
    with reader.busy_kernel():
        for x in (4, 10, 16):
            stroke(lab, (x, 4), (x, 28))
        reader.press(lab, "Clear")
    reader.settle()
    expect_ink(reader, drawn(), 0)
    page.mouse.move(10, 10)
    lab.get_by_role("button", name="Clear").focus()
    wait_for(lab, lambda: len(set(shades(sheet(lab)))) <= 4)  # paper and the mirror's axis


def shades(canvas):
    """The shades of gray of a canvas's column through the middle of its left half."""
    return canvas.evaluate("""canvas => [...canvas.getContext("2d").getImageData(canvas.width / 4, 0, 1, canvas.height)
        .data].filter((_, i) => i % 4 === 0)""")


def test_keys_are_answered(reader, lab):
    """From a key to the changed picture, in the browser's own clock, printed for people."""
    sheet(lab).click()  # in the middle
    at_rest(lab, lambda: pixels(result(lab)))
    handles = [sheet(lab).element_handle(), result(lab).element_handle(), 23]
    times = sorted(reader.page.evaluate(MEASURE, handles))
    print("key to picture, ms: median", round(times[len(times) // 2]), "slowest", round(times[-1]))
    assert times[-1] < 10_000  # that is no answer at all


def test_dark_pages_and_narrow_windows(reader, lab):
    reader.press(lab, "Another face")
    with reader.in_the_dark():
        reader.page.wait_for_timeout(500)
        reader.look("drawing_dark")
    with reader.window(560, 1000, sidebar=False):
        box = at_rest(lab, lambda: sheet(lab).bounding_box())
        reader.look("drawing_narrow")
        assert beyond(lab, "button, canvas, figcaption, p") == []
        assert abs(box["width"] - box["height"]) < 1.5 and box["width"] > 150


def test_every_control_has_a_name(lab):
    assert nameless(lab, "button:visible, canvas:visible") == []
    described = sheet(lab).get_attribute("aria-describedby")
    assert "Space" in lab.page.locator(f"#{described}").inner_text()


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    before = at_rest(lab, lambda: pixels(result(lab)))
    reader.press(lab, "Another face")
    wait_for(lab, lambda: pixels(result(lab)) != before)
    words = re.search(r"The judge reads: (mean -?0\.\d{3}\.)", at_rest(lab, lab.inner_text))[1]
    wait_for(lab, lambda: f"makes of it: {words}" in str(reader.outputs()))  # the still, after some seconds of rest
    picture = reader.open_again("drawing.ipynb")
    assert picture.get_attribute("alt") == f"A line drawing, and what the generator makes of it: {words}"
