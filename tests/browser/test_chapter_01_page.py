"""Chapter 01 as a reader goes through it in JupyterLab: everything runs, and every explorer follows its controls."""

import re

import pytest
from screen import at_rest, beyond, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "01_generative_vs_discriminative"
EXPLORERS = {
    'description="labels a class"': ("labels a class", "unlabelled", "seed"),
    'description="memory m"': ("memory m", "draw"),
    'description="round"': ("step", "round"),
}


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in EXPLORERS.items() for name in names])
def test_an_explorer_follows_each_of_its_sliders_by_keyboard(reader, page, code, name):
    cell = reader.cell(code)
    figure = cell.locator("img.ganlib-figure")
    slider = cell.get_by_role("slider", name=name)
    before, value = at_rest(page, lambda: figure.get_attribute("src")), slider.get_attribute("aria-valuenow")
    slider.press("ArrowLeft" if value == slider.get_attribute("aria-valuemax") else "ArrowRight")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    assert slider.get_attribute("aria-valuenow") != value
    assert figure.get_attribute("alt")
    reader.look(f"chapter_01_{re.sub('[^a-z]', '', name)}", cell)


def test_unlabelled_points_of_another_truth(reader, page):
    cell = reader.cell('description="labels a class"')
    figure = cell.locator("img.ganlib-figure")
    before = at_rest(page, lambda: figure.get_attribute("src"))
    cell.get_by_role("combobox", name="truth").select_option("the streets")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    reader.look("chapter_01_streets", cell)


def test_the_laboratory_takes_a_point_from_the_keyboard(reader, page):
    lab = reader.cell("lab = viz.TwoModels()")
    for key in ("Shift+ArrowUp",) * 4 + ("Space",):  # to where no point is
        lab.locator("canvas").first.press(key)
    wait_for(page, lambda: "of 41)" in lab.get_by_role("status").first.inner_text())
    reader.look("chapter_01_laboratory", lab)


def test_the_learning_curves_go_on(reader, page):
    cell = reader.cell("curves = viz.LearningCurves()")
    wait_for(page, lambda: "After 40 repetitions" in cell.inner_text())
    reader.press(cell, "Step")
    wait_for(page, lambda: "After 41 repetitions" in cell.inner_text())
    reader.look("chapter_01_curves", cell)


def test_explorers_in_the_dark_and_in_a_narrow_window(reader, page):
    for width in (560, 1400):
        with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
            for i, code in enumerate(EXPLORERS):
                cell = reader.cell(code)
                cell.locator("img.ganlib-figure").wait_for()
                assert beyond(cell, "img.ganlib-figure, [role=slider]") == []
                reader.look(f"chapter_01_dark_{width}_{i}", cell)
