"""The laboratory in a real JupyterLab: mouse, keyboard, both themes, a narrow window, a notebook opened again."""

import json
import re

import pytest
from screen import at_rest, beyond, cells, corner, count, is_dark, is_paused, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
lab = viz.GANLab(width_g=16, width_d=16)
lab
"""
PHASES = (
    *("noise vectors z become fakes", "real samples join them", "D judges them all", "Now D is told"),
    *("New noise, new fakes", "Each arrow shows"),
)
WATCH = """canvas => {
    const rest = canvas.toDataURL();
    window.moved = false;
    const look = () => {
        window.moved ||= canvas.toDataURL() !== rest;
        if (!window.moved) requestAnimationFrame(look);
    };
    look(); }"""


@pytest.fixture(scope="module")
def lab(reader):
    """The laboratory on a page of its own."""
    reader.show("laboratory.ipynb", CELL, ".ganlib-lab")
    return reader.laboratory()


@pytest.fixture(autouse=True)
def from_the_start(reader, lab):
    """Each test begins with a fresh run, paused."""
    reader.press(lab, "Reset")
    reader.settle()
    wait_for(lab, lambda: count(lab, "iteration") == 0 and is_paused(lab))


def pause(reader, lab):
    """Pause, and wait until the last frame is there; the number of iterations."""
    return reader.pause(lab, lambda: count(lab, "iteration"))


def scene(lab):
    return lab.locator("canvas").first


def readout(lab):
    return lab.locator(".ganlib-readout").first.inner_text()


def test_play_trains_and_pause_holds(reader, lab):
    before = at_rest(lab, lambda: pixels(scene(lab)))
    reader.press(lab, "Play")
    wait_for(lab, lambda: count(lab, "iteration") > 30)
    held = pause(reader, lab)
    lab.page.wait_for_timeout(700)
    assert count(lab, "iteration") == held and pixels(scene(lab)) != before
    reader.look("laboratory_light")


def test_steps_of_d_of_g_and_of_both(reader, lab):
    for name, number in (("Step D", 0), ("Step G", 0), ("Step both", 1)):
        before = at_rest(lab, lambda: pixels(scene(lab)))
        reader.press(lab, name)
        wait_for(lab, lambda b=before, n=number: pixels(scene(lab)) != b and count(lab, "iteration") == n)


def test_slow_motion_explains_each_phase(reader, lab):
    words = lab.get_by_role("status")
    reader.press(lab, "Slow motion")
    reader.press(lab, "Play")
    for said in PHASES[:2]:
        wait_for(lab, lambda said=said: said in words.inner_text())
    pause(reader, lab)
    reader.press(lab, "Slow motion")
    reader.press(lab, "Reset")
    wait_for(lab, lambda: words.inner_text().strip() == "")
    for said in PHASES:
        reader.press(lab, "Next phase")
        wait_for(lab, lambda said=said: said in words.inner_text())
    reader.look("laboratory_slow_motion")


def test_the_mouse_reads_coordinates(lab):
    box = scene(lab).bounding_box()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_for(lab, lambda: re.match(r"x = .*y = .*D = 0\.\d\d", readout(lab)))


def test_everything_by_keyboard_and_no_shortcut_of_jupyterlab(reader, lab):
    page = lab.page
    notebook = cells(page)
    lab.get_by_role("button", name="Play").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: count(lab, "iteration") > 5)
    page.keyboard.press("Space")
    wait_for(lab, lambda: lab.get_by_role("button", name="Pause").count() == 0)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Step D
    scene(lab).focus()
    for key in ("ArrowRight", "ArrowUp", "b", "x", "d", "d"):
        page.keyboard.press(key)
    wait_for(lab, lambda: re.match(r"x = 0\.06", readout(lab)))
    for name, value in (("width", "16"), ("rate", "0.001"), ("updates", "1")):
        assert lab.get_by_role("slider", name=name).first.get_attribute("aria-valuetext") == value
    slider = lab.get_by_role("slider", name="width").last
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: slider.get_attribute("aria-valuetext") == "32")
    assert slider.get_attribute("aria-label") == "width"
    slider = lab.get_by_role("slider", name="layers").first
    slider.focus()
    before = slider.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("a")
    page.keyboard.press("b")
    wait_for(lab, lambda: slider.get_attribute("aria-valuenow") != before)
    wait_for(lab, lambda: count(lab, "iteration") == 0)  # other networks: a new run
    page.keyboard.press("ArrowRight")
    assert cells(page) == notebook


def test_drawing_data_with_mouse_and_keyboard(reader, lab):
    page = lab.page
    data = lab.get_by_role("combobox", name="data")
    data.select_option("draw your own")
    wait_for(lab, lambda: readout(lab).startswith("Draw with the mouse"))
    box = scene(lab).bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 120)
    page.mouse.down()
    for i in range(12):
        page.mouse.move(box["x"] + 150 + 12 * i, box["y"] + 120 + 5 * i)
    page.mouse.up()
    scene(lab).focus()
    for key in ("ArrowLeft", "Space", "ArrowLeft", "Space", "Backspace"):
        page.keyboard.press(key)
    reader.look("laboratory_drawing")
    page.mouse.click(box["x"] + 200, box["y"] + 300, button="right")  # no point
    page.locator(".lm-Menu").wait_for()
    page.keyboard.press("Escape")
    page.locator(".lm-Menu").wait_for(state="hidden")
    reader.press(lab, "Use drawing")
    lab.get_by_role("button", name="Use drawing").wait_for(state="hidden")
    reader.press(lab, "Draw data")  # and once more
    lab.get_by_role("button", name="Use drawing").wait_for()
    reader.press(lab, "Step both")  # something else ends it
    lab.get_by_role("button", name="Use drawing").wait_for(state="hidden")
    reader.press(lab, "Play")
    wait_for(lab, lambda: count(lab, "iteration") > 5)
    pause(reader, lab)
    assert data.input_value() == "draw your own"
    data.select_option("ring")


def test_the_run_goes_to_a_file_and_comes_back(reader, lab, tmp_path):
    reader.press(lab, "Step both")
    wait_for(lab, lambda: count(lab, "iteration") == 1)
    with lab.page.expect_download() as download:
        reader.press(lab, "Save run")
    download.value.save_as(tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text())["iteration"] == 1
    with lab.page.expect_download() as download:
        reader.press(lab, "Save picture")
    download.value.save_as(tmp_path / "lab.png")
    assert (tmp_path / "lab.png").read_bytes()[:4] == b"\x89PNG"
    reader.press(lab, "Reset")
    wait_for(lab, lambda: count(lab, "iteration") == 0)
    with lab.page.expect_file_chooser() as chooser:
        lab.locator(".ganlib-upload").click()
    chooser.value.set_files(tmp_path / "run.json")
    wait_for(lab, lambda: count(lab, "iteration") == 1)


def test_the_way_from_z_to_x_moves_or_jumps(reader, lab):
    """Whoever wants less motion sees the beginning and the end."""
    for motion in ("no-preference", "reduce"):
        lab.page.emulate_media(reduced_motion=motion)
        rest = at_rest(lab, lambda: pixels(scene(lab)))
        scene(lab).evaluate(WATCH)
        reader.press(lab, "z to x")
        wait_for(lab, lambda rest=rest: lab.page.evaluate("moved") and pixels(scene(lab)) == rest)
    lab.page.emulate_media(reduced_motion="no-preference")


def test_dark_pages_and_narrow_windows(reader, lab):
    assert corner(scene(lab)) == [255, 255, 255]
    with reader.in_the_dark():
        wait_for(lab, lambda: is_dark(scene(lab)))
        reader.look("laboratory_dark")
        with reader.window(560):
            wait_for(lab, lambda: lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            assert beyond(lab, "canvas") == []
            reader.look("laboratory_narrow")
        with reader.window(340, sidebar=False):
            assert beyond(lab, "select, canvas, .widget-slider") == []


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    page = lab.page
    reader.press(lab, "Play")
    wait_for(lab, lambda: count(lab, "iteration") > 20)
    words = f"After {pause(reader, lab):,} iterations"
    wait_for(page, lambda: words in reader.outputs()[1]["data"]["text/plain"])
    assert page.locator("img.ganlib-still, .ganlib-still img").is_hidden()
    picture = reader.open_again("laboratory.ipynb")
    stored = json.loads((reader.folder / "laboratory.ipynb").read_text())["cells"][0]["outputs"]
    assert words in "".join(stored[1]["data"]["text/plain"])
    page.wait_for_timeout(2000)
    assert picture.is_visible()
    reader.look("laboratory_reopened")
