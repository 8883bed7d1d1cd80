"""The explorer and the laboratory of chapter 03 in a real JupyterLab: keyboard, play, both themes, narrow windows."""

import re

import pytest
from screen import answer_times, beyond, cells, count, is_dark, pixels, wait_for

pytestmark = pytest.mark.slow

IMPORTS = "import torch\ntorch.set_num_threads(1)\nfrom ganlib import viz\n"
EXPLORER = IMPORTS + "explorer = viz.DensityExplorer()\nexplorer"
LAB = IMPORTS + "lab = viz.DensityLab()\nlab"
PARTS = "canvas, select, .widget-slider, .jupyter-button"


@pytest.fixture(scope="module")
def explorer(reader):
    """The explorer on a page of its own."""
    output = reader.show("explorer.ipynb", EXPLORER, ".jp-OutputArea-output:has(.ganlib-live)")
    output.locator("canvas").nth(2).wait_for()
    return output


def test_a_slider_moves_by_keyboard_and_all_pictures_follow(reader, explorer):
    page = reader.page
    wait_for(page, lambda: "V(G, D*)" in explorer.inner_text())
    assert explorer.get_by_role("combobox", name="preset").input_value() == "two hills, one wide fake"
    notebook = cells(page)
    reader.look("densities_light")
    before = [pixels(canvas) for canvas in explorer.locator("canvas").all()]
    words = explorer.inner_text()
    slider = explorer.get_by_role("slider", name="real mean 1")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("b")
    wait_for(page, lambda: slider.get_attribute("aria-valuetext") == "\u22121.20")
    wait_for(page, lambda: all(pixels(c) != b for c, b in zip(explorer.locator("canvas").all(), before, strict=True)))
    assert explorer.inner_text() != words and cells(page) == notebook
    assert explorer.get_by_role("combobox", name="preset").input_value() == "your own"


def test_the_chosen_x_moves_by_keyboard(reader, explorer):
    slider = explorer.get_by_role("slider", name="chosen x")
    slider.focus()
    reader.page.keyboard.press("ArrowLeft")
    wait_for(reader.page, lambda: "At x = 0.9" in explorer.inner_text())


def test_presets_are_chosen_by_name(reader, explorer):
    explorer.get_by_role("combobox", name="preset").select_option("equal")
    wait_for(reader.page, lambda: "\u22121.386294" in explorer.inner_text())
    assert "0.000000" in explorer.inner_text()
    explorer.get_by_role("combobox", name="preset").select_option("one hill is missing")
    wait_for(reader.page, lambda: "\u22121.386294" not in explorer.inner_text())


def test_key_presses_are_answered(explorer):
    assert answer_times(explorer.get_by_role("slider", name="fake mean 1"), explorer.locator("canvas").first)[-1] < 3000


def expect_dark_and_narrow(reader, place, name):
    with reader.in_the_dark():
        wait_for(place, lambda: is_dark(place.locator("canvas").first))
        reader.look(f"{name}_dark")
        with reader.window(560):
            reader.look(f"{name}_narrow")
            assert beyond(place, PARTS) == []


def test_the_explorer_in_the_dark_and_in_a_narrow_window(reader, explorer):
    expect_dark_and_narrow(reader, explorer, "densities")


@pytest.fixture(scope="module")
def lab(reader, explorer):
    """The laboratory on a page of its own, after the explorer's tests."""
    output = reader.show("density_lab.ipynb", LAB, ".ganlib-density-lab")
    output.locator("canvas").nth(3).wait_for()
    return output


@pytest.fixture
def fresh(reader, lab):
    """The laboratory with a new D, paused."""
    reader.press(lab, "Reset")
    reader.settle()
    wait_for(lab, lambda: count(lab, "step") == 0)
    return lab


def error(lab):
    return float(re.search(r"mean \|D . D\*\| ([\d.]+)", lab.inner_text())[1])


def test_play_brings_d_to_the_optimum_and_pause_holds(reader, fresh):
    page, lab, at_first = reader.page, fresh, error(fresh)
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "step") > 600, seconds=60)
    lab.get_by_role("slider", name="fake mean 1").focus()
    page.keyboard.press("ArrowRight")  # the target moves while D learns
    moved = count(lab, "step")
    wait_for(page, lambda: count(lab, "step") > moved + 300, seconds=60)
    reader.press(lab, "Pause")
    wait_for(page, lambda: lab.get_by_role("button", name="Play").count() == 1)
    reader.settle()
    held = count(lab, "step")
    page.wait_for_timeout(700)
    assert count(lab, "step") == held and error(lab) < 0.1 < at_first
    reader.look("density_lab_light")


def test_buttons_by_keyboard(reader, lab):
    page = reader.page
    lab.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    wait_for(page, lambda: count(lab, "step") == 0)
    lab.get_by_role("button", name="Step").focus()
    page.keyboard.press("Space")
    wait_for(page, lambda: count(lab, "step") == 1)


def test_few_points_are_learned_by_heart(reader, lab):
    """The laboratory as the chapter uses it: 10 points of each kind, a wide D."""
    page = reader.page
    lab.get_by_role("combobox", name="samples").select_option("10 of each kind")
    lab.get_by_role("combobox", name="width").select_option("128 units")
    wait_for(page, lambda: count(lab, "step") == 0)
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "step") > 1500, seconds=90)
    reader.press(lab, "Pause")
    own = float(re.search(r"own points: V (.[\d.]+)", lab.inner_text())[1].replace("\u2212", "-"))
    best = float(re.search(r"V\(D\*\) (.[\d.]+)", lab.inner_text())[1].replace("\u2212", "-"))
    assert own > best
    reader.look("density_lab_memory")


def test_the_laboratory_in_the_dark_and_in_a_narrow_window(reader, lab):
    expect_dark_and_narrow(reader, lab, "density_lab")


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    reader.press(lab, "Step")
    wait_for(reader.page, lambda: count(lab, "step") > 0)
    picture = reader.open_again("density_lab.ipynb")
    assert re.search(r"After [1-9][\d,]* steps", picture.get_attribute("alt"))
