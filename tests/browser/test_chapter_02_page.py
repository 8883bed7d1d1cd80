"""Chapter 02 as a reader goes through it in JupyterLab: everything runs, and everything live lives."""

import re
import shutil

import pytest

from ganlib.build import CHAPTERS

pytestmark = pytest.mark.slow
OUTPUTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .flatMap(cell => cell.type === 'code' ? cell.outputs.toJSON() : [])"""


@pytest.fixture(scope="module")
def page(reader):
    """The chapter, run from top to bottom."""
    shutil.copy(CHAPTERS / "02_minimax_objective.ipynb", reader.folder)
    reader.open("02_minimax_objective.ipynb")
    reader.run_all()
    return reader.page


@pytest.fixture
def lab(reader, page):
    reader.go_to("lab = viz.GANLab()")
    return reader.laboratory()


def iteration(lab):
    return int(re.search(r"iteration ([\d,]+)", lab.inner_text())[1].replace(",", ""))


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


def test_the_game_follows_its_sliders_by_keyboard(reader, page):
    reader.go_to("viz.Explorer(")
    figure = page.locator("img.ganlib-figure").first
    slider = page.get_by_role("slider", name="rate").first
    before, value = figure.get_attribute("src"), slider.get_attribute("aria-valuenow")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    assert float(slider.get_attribute("aria-valuenow")) > float(value)
    assert "ganlib" in figure.get_attribute("class") and figure.get_attribute("alt")


def test_the_laboratory_plays_on_and_starts_anew(reader, page, lab):
    trained = iteration(lab)
    assert trained > 0  # a cell below has trained it
    reader.press(lab, "Play")
    wait_for(page, lambda: iteration(lab) > trained + 100)
    reader.press(lab, "Pause")
    for name in ("Step D", "Step G"):
        reader.press(lab, name)
    reader.press(lab, "Reset")
    wait_for(page, lambda: iteration(lab) == 0)


def test_the_laboratory_learns_the_ring(reader, page, lab):
    """What the README shows: kept with GANLIB_SCREENSHOTS."""
    reader.press(lab, "Play")
    wait_for(page, lambda: iteration(lab) > 2500, seconds=60)
    reader.press(lab, "Pause")
    wasserstein = float(re.search(r"Wasserstein ([\d.]+)", lab.inner_text())[1])
    assert wasserstein < 0.25
    lab.get_by_role("button", name="Gradients").click()
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    page.set_viewport_size({"width": 1200, "height": 1200})
    page.wait_for_timeout(1000)
    reader.go_to("lab = viz.GANLab()")
    reader.look("laboratory", lab)


def test_a_prediction_is_compared_with_the_measurement(reader, page):
    reader.go_to("Both players step at once")
    page.get_by_role("button", name="farther and farther away").first.click()
    button = page.get_by_role("button", name="farther and farther away").first
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
