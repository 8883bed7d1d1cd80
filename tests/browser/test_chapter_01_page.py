"""Chapter 01 as a reader goes through it in JupyterLab: everything runs, and every explorer follows its controls."""

import re
import shutil

import pytest

from ganlib.build import CHAPTERS

pytestmark = pytest.mark.slow
OUTPUTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .flatMap(cell => cell.type === 'code' ? cell.outputs.toJSON() : [])"""
EXPLORERS = {
    'description="labels a class"': ("labels a class", "unlabelled", "seed"),
    'description="memory m"': ("memory m", "draw"),
    'description="round"': ("step", "round"),
}


@pytest.fixture(scope="module")
def page(reader):
    """The chapter, run from top to bottom."""
    shutil.copy(CHAPTERS / "01_generative_vs_discriminative.ipynb", reader.folder)
    reader.open("01_generative_vs_discriminative.ipynb")
    reader.run_all()
    return reader.page


def cell_of(reader, code):
    """The cell with this code, in view."""
    reader.go_to(code)
    return reader.page.locator(".jp-Cell.jp-mod-active")


def wait_for(page, condition, seconds=20):
    for _ in range(int(seconds / 0.1)):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()


def test_nothing_goes_wrong_but_the_unsolved_exercises(page):
    outputs = page.evaluate(OUTPUTS)
    assert [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    printed = "".join("".join(output["text"]) for output in outputs if output.get("name") == "stdout")
    assert printed.count("Not yet: ") == printed.count("Correct: ") == 5


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in EXPLORERS.items() for name in names])
def test_an_explorer_follows_each_of_its_sliders_by_keyboard(reader, page, code, name):
    cell = cell_of(reader, code)
    figure = cell.locator("img.ganlib-figure")
    slider = cell.get_by_role("slider", name=name)
    slider.focus()
    before, value = figure.get_attribute("src"), slider.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowLeft" if value == slider.get_attribute("aria-valuemax") else "ArrowRight")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    assert slider.get_attribute("aria-valuenow") != value
    assert figure.get_attribute("alt")
    reader.look(f"chapter_01_{re.sub('[^a-z]', '', name)}", cell)


def test_unlabelled_points_of_another_truth(reader, page):
    cell = cell_of(reader, 'description="labels a class"')
    figure = cell.locator("img.ganlib-figure")
    before = figure.get_attribute("src")
    cell.get_by_role("combobox", name="truth").select_option("the streets")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    reader.look("chapter_01_streets", cell)


def test_the_laboratory_takes_a_point_from_the_keyboard(reader, page):
    lab = cell_of(reader, "lab = viz.TwoModels()")
    lab.locator("canvas").first.focus()
    for _ in range(4):  # to where no point is
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Space")
    wait_for(page, lambda: "of 41)" in lab.get_by_role("status").first.inner_text())
    reader.look("chapter_01_laboratory", lab)


def test_the_learning_curves_go_on(reader, page):
    cell = cell_of(reader, "curves = viz.LearningCurves()")
    said = cell.inner_text()
    assert "After 40 repetitions" in said
    reader.press(cell, "Step")
    wait_for(page, lambda: "After 41 repetitions" in cell.inner_text())
    reader.look("chapter_01_curves", cell)


def test_explorers_in_the_dark_and_in_a_narrow_window(reader, page):
    reader.use_theme("JupyterLab Dark")
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    for width in (560, 1400):
        page.set_viewport_size({"width": width, "height": 1100})
        for i, code in enumerate(EXPLORERS):
            cell = cell_of(reader, code)
            figure = cell.locator("img.ganlib-figure")
            figure.wait_for()
            edge = cell.bounding_box()["x"] + cell.bounding_box()["width"]
            for part in (figure, *cell.get_by_role("slider").all()):
                assert part.bounding_box()["x"] + part.bounding_box()["width"] <= edge + 1
            reader.look(f"chapter_01_dark_{width}_{i}", cell)
    reader.use_theme("JupyterLab Light")
