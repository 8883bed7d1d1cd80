"""The explorer and the laboratory of chapter 03 in a real JupyterLab: keyboard, play, both themes, narrow windows."""

import re

import pytest
from screen import answer_times, at_rest, beyond, cells, count, is_dark, is_paused, pixels, wait_for

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


def seen(explorer):
    """The three pictures and what is written."""
    return [*map(pixels, explorer.locator("canvas").all()), explorer.inner_text()]


def test_a_slider_moves_by_keyboard_and_all_pictures_follow(reader, explorer):
    page = reader.page
    preset = explorer.get_by_role("combobox", name="preset")
    wait_for(page, lambda: "V(G, D*)" in explorer.inner_text() and preset.input_value() == "two hills, one wide fake")
    notebook = cells(page)
    before = at_rest(page, lambda: seen(explorer))
    reader.look("densities_light")
    slider = explorer.get_by_role("slider", name="real mean 1")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("b")
    wait_for(page, lambda: slider.get_attribute("aria-valuetext") == "\u22121.20")
    wait_for(page, lambda: all(now != then for now, then in zip(seen(explorer), before, strict=True)))
    wait_for(page, lambda: preset.input_value() == "your own")
    assert cells(page) == notebook


def test_the_chosen_x_moves_by_keyboard(reader, explorer):
    slider = explorer.get_by_role("slider", name="chosen x")
    slider.focus()
    reader.page.keyboard.press("ArrowLeft")
    wait_for(reader.page, lambda: "At x = 0.9" in explorer.inner_text())


def test_presets_are_chosen_by_name(reader, explorer):
    explorer.get_by_role("combobox", name="preset").select_option("equal")
    wait_for(reader.page, lambda: {"\u22121.386294", "0.000000"} <= set(explorer.inner_text().split()))
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
    wait_for(lab, lambda: count(lab, "step") == 0 and is_paused(lab))
    return lab


def pause(reader, lab):
    """Pause, and wait until the last numbers are there; the number of steps."""
    return reader.pause(lab, lambda: count(lab, "step"))


def number(lab, words):
    """The number, perhaps with a minus, after words that a regular expression describes."""
    return float(re.search(rf"{words} (\W?[\d.]+)", lab.inner_text())[1].replace("\u2212", "-"))


def error(lab):
    return number(lab, r"mean \|D . D\*\|")


def test_play_brings_d_to_the_optimum_and_pause_holds(reader, fresh):
    page, lab, at_first = reader.page, fresh, error(fresh)
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "step") > 600, seconds=60)
    lab.get_by_role("slider", name="fake mean 1").focus()
    page.keyboard.press("ArrowRight")  # the target moves while D learns
    moved = count(lab, "step")
    wait_for(page, lambda: count(lab, "step") > moved + 300, seconds=60)
    held = pause(reader, lab)
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
    pause(reader, lab)
    assert number(lab, "own points: V") > number(lab, r"V\(D\*\)")
    reader.look("density_lab_memory")


def test_the_laboratory_in_the_dark_and_in_a_narrow_window(reader, lab):
    expect_dark_and_narrow(reader, lab, "density_lab")


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    now = at_rest(lab, lambda: count(lab, "step")) + 1
    reader.press(lab, "Step")
    wait_for(lab, lambda: count(lab, "step") == now)
    wait_for(lab, lambda: f"After {now:,} steps" in reader.outputs()[1]["data"]["text/plain"])
    picture = reader.open_again("density_lab.ipynb")
    assert f"After {now:,} steps" in picture.get_attribute("alt")
