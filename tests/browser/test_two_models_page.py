"""The laboratory of two models in a real JupyterLab: mouse, touch and keyboard, both themes, a narrow window."""

import re

import pytest
from screen import at_rest, beyond, cells, is_dark, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
lab = viz.TwoModels()
lab
"""


@pytest.fixture(scope="module")
def lab(reader):
    """The laboratory on a page of its own."""
    reader.show("two_models.ipynb", CELL, ".ganlib-lab")
    return reader.laboratory()


@pytest.fixture(autouse=True)
def from_the_start(reader, lab):
    """Each test begins with the first preset, the mouse away from the plane."""
    lab.page.mouse.move(5, 5)
    reader.press(lab, "Reset")
    reader.settle()
    wait_for(lab, lambda: "of 40)" in says(lab) and strange_place(lab) == "4.00, -2.50")


def plane(lab):
    return lab.locator("canvas").first


def picture(lab):
    return pixels(plane(lab))


def at(lab, x, y):
    """Where the place (x, y) is on the page."""
    box = plane(lab).bounding_box()
    inner = box["width"] - 58, box["height"] - 44
    return box["x"] + 46 + (x + 5) / 10 * inner[0], box["y"] + 10 + (5 - y) / 10 * inner[1]


def says(lab):
    return lab.get_by_role("status").inner_text().replace("\u00a0", " ")


def readout(lab):
    return lab.locator(".ganlib-readout").first.inner_text()


def drag(lab, start, end, steps=8):
    mouse = lab.page.mouse
    mouse.move(*at(lab, *start))
    mouse.down()
    mouse.move(*at(lab, *end), steps=steps)
    mouse.up()


def press_keys(lab, *keys):
    for key in keys:
        lab.page.keyboard.press(key)


def strange_place(lab):
    return re.search(r"strange x \(([^)]*)\)", says(lab))[1].replace("\u2212", "-")


def test_the_mouse_drags_the_strange_x_and_undo_brings_it_back(reader, lab):
    reader.look("two_models_light")
    drag(lab, (4, -2.5), (-3, 3))
    wait_for(lab, lambda: strange_place(lab) == "-3.00, 3.00" and "A with p(y | x)" in says(lab))
    reader.press(lab, "Undo")
    wait_for(lab, lambda: strange_place(lab) == "4.00, -2.50")


def test_clicks_add_and_remove(reader, lab):
    page = lab.page
    page.mouse.click(*at(lab, -3, -3))
    wait_for(lab, lambda: "of 41)" in says(lab))
    reader.press(lab, "■ adds to B")
    reader.settle()
    page.mouse.click(*at(lab, 3, 3))
    wait_for(lab, lambda: "of 42)" in says(lab) and "Added, 21 points in B" in readout(lab))
    reader.press(lab, "✕ removes")
    reader.settle()
    page.mouse.click(*at(lab, -3, -3))
    page.mouse.click(*at(lab, 0, 4.5))  # nobody there
    wait_for(lab, lambda: "of 41)" in says(lab))
    for n in (42, 41, 40):
        reader.press(lab, "Undo")
        wait_for(lab, lambda n=n: f"of {n})" in says(lab))
    reader.press(lab, "● adds to A")


def test_everything_by_keyboard_and_no_shortcut_of_jupyterlab(reader, lab):
    page = lab.page
    notebook = cells(page)
    plane(lab).focus()
    press_keys(lab, "1", *["Shift+ArrowLeft"] * 3, *["Shift+ArrowUp"] * 3, "Space")
    wait_for(lab, lambda: "of 41)" in says(lab) and "Added, 21 points in A" in readout(lab))
    press_keys(lab, "2", "Shift+ArrowDown", "Space")
    wait_for(lab, lambda: "of 42)" in says(lab) and "Added, 21 points in B" in readout(lab))
    wait_for(lab, lambda: lab.get_by_role("button", name="adds to B").get_attribute("aria-pressed") == "true")
    press_keys(lab, "Space", "ArrowLeft", "ArrowLeft")
    wait_for(lab, lambda: re.match(r"B, point \d+ of 21 +x1 = −3\.40 +x2 = 2\.00", readout(lab)))
    press_keys(lab, "Delete")
    wait_for(lab, lambda: "of 41)" in says(lab))
    press_keys(lab, "Control+z", "u")
    wait_for(lab, lambda: "of 42)" in says(lab))
    press_keys(lab, "u")
    wait_for(lab, lambda: "of 41)" in says(lab))
    press_keys(lab, "u")
    wait_for(lab, lambda: "of 40)" in says(lab))
    press_keys(lab, "n", "p", "Escape", "1")
    assert cells(page) == notebook
    page.keyboard.press("Shift+Tab")
    assert not plane(lab).evaluate("canvas => canvas === document.activeElement")


def test_the_strange_x_by_keyboard(lab):
    plane(lab).focus()
    press_keys(lab, *["Shift+ArrowRight"] * 4, *["Shift+ArrowDown"] * 2, "n")
    wait_for(lab, lambda: "strange x: arrows move it" in readout(lab))
    press_keys(lab, "ArrowUp", "ArrowUp", "Delete")
    wait_for(lab, lambda: strange_place(lab) == "4.00, -2.10" and "of 40)" in says(lab))
    assert "can be moved, not removed" in readout(lab)


def test_models_backgrounds_samples_and_presets(reader, lab):
    lab.get_by_role("combobox", name="points").select_option("XOR")
    wait_for(lab, lambda: "LDA 47.5 %" in says(lab))
    reader.press(lab, "QDA")
    wait_for(lab, lambda: "QDA 0.0 %" in says(lab))
    for name in ("p(y | x), generative", "p(y | x), logistic", "log p(x)", "nothing", "p(x, y)"):
        before = at_rest(lab, lambda: picture(lab))
        reader.press(lab, name)
        wait_for(lab, lambda before=before: picture(lab) != before)
        reader.look(f"two_models_{re.sub(r'[^a-z]', '', name)}")
    before = at_rest(lab, lambda: picture(lab))
    reader.press(lab, "Sample 100")
    wait_for(lab, lambda: picture(lab) != before)
    reader.look("two_models_samples")
    reader.press(lab, "Clear samples")
    wait_for(lab, lambda: picture(lab) == before)
    lab.get_by_role("combobox", name="points").select_option("well separated")
    reader.press(lab, "LDA")


def test_a_finger_drags(reader, lab):
    """Pointer events of touch, as the browser makes them."""
    box = at(lab, 4, -2.5)
    send = """(canvas, [[x, y], [u, v]]) => {
        const touch = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
            clientX: x, clientY: y, pointerId: 1, pointerType: 'touch', isPrimary: true, button: 0, buttons: 1,
            bubbles: true}));
        canvas.setPointerCapture = () => {};
        touch('pointerdown', x, y); touch('pointermove', u, v); touch('pointerup', u, v);
        delete canvas.setPointerCapture;
    }"""
    assert plane(lab).evaluate("canvas => getComputedStyle(canvas).touchAction") == "none"
    near = (box[0] + 18, box[1])  # within a finger's reach
    plane(lab).evaluate(send, [near, [near[0], near[1] - 80]])
    wait_for(lab, lambda: re.match(r"4\.00, -0\.\d\d", strange_place(lab)))


def test_a_point_follows_the_mouse_while_the_kernel_is_busy(reader, lab):
    """The browser moves it; the models follow when the kernel has time."""
    page = lab.page
    with reader.busy_kernel():
        start, before = strange_place(lab), picture(lab)
        page.mouse.move(*at(lab, 4, -2.5))
        page.mouse.down()
        for x in (2, 1, 0):
            page.mouse.move(*at(lab, x, 4))
            wait_for(lab, lambda before=before: picture(lab) != before)
            before = picture(lab)
        page.mouse.up()
        assert strange_place(lab) == start
    wait_for(lab, lambda: strange_place(lab) == "0.00, 4.00")


def test_undo_does_not_overtake_the_drag_before_it(reader, lab):
    start = at_rest(lab, lambda: picture(lab))
    with reader.busy_kernel():
        drag(lab, (4, -2.5), (0, 4))
        lab.page.mouse.move(5, 5)
        plane(lab).press("Control+z")
        assert at_rest(lab, lambda: picture(lab)) != start  # the kernel has not heard of it
    wait_for(lab, lambda: picture(lab) == start and strange_place(lab) == "4.00, -2.50")


def test_undos_pressed_while_the_kernel_is_busy_all_happen(reader, lab):
    for n, place in enumerate([(-4.5, -4.5), (-4.5, 0), (-4.5, 4.5)], 41):
        lab.page.mouse.click(*at(lab, *place))
        wait_for(lab, lambda n=n: f"of {n})" in says(lab))
    reader.settle()
    with reader.busy_kernel():
        plane(lab).focus()
        press_keys(lab, "u", "u", "u")
    wait_for(lab, lambda: "of 40)" in says(lab))


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        wait_for(lab, lambda: is_dark(plane(lab)))
        reader.press(lab, "Sample 100")
        reader.press(lab, "p(y | x), generative")
        lab.page.wait_for_timeout(500)
        reader.look("two_models_dark")
        with reader.window(560, 1400, sidebar=False):
            wait_for(lab, lambda: lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            reader.look("two_models_narrow_dark")
            assert beyond(lab, "select, canvas, button") == []
    reader.press(lab, "p(x, y)")
    reader.press(lab, "Clear samples")
    reader.settle()  # nothing is on its way when the kernel is shut down
