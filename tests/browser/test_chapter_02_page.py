"""Chapter 02 as a reader goes through it in JupyterLab: everything runs, and everything live lives."""

import re

import pytest
from screen import at_rest, count, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "02_minimax_objective"


@pytest.fixture
def lab(reader, page):
    reader.go_to("lab = viz.GANLab()")
    return reader.laboratory()


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


def test_the_game_follows_its_sliders_by_keyboard(reader, page):
    reader.go_to("viz.Explorer(")
    figure = page.locator("img.ganlib-figure").first
    slider = page.get_by_role("slider", name="rate").first
    before, value = at_rest(page, lambda: figure.get_attribute("src")), slider.get_attribute("aria-valuenow")
    for _ in range(5):
        slider.press("ArrowRight")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    assert float(slider.get_attribute("aria-valuenow")) > float(value)
    assert "ganlib" in figure.get_attribute("class") and figure.get_attribute("alt")


def test_the_laboratory_plays_on_and_starts_anew(reader, page, lab):
    wait_for(page, lambda: count(lab, "iteration") > 0)  # a cell below has trained it
    trained = at_rest(page, lambda: count(lab, "iteration"))
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "iteration") > trained + 100)
    reader.press(lab, "Pause")
    for name in ("Step D", "Step G"):
        reader.press(lab, name)
    reader.press(lab, "Reset")
    wait_for(page, lambda: count(lab, "iteration") == 0)


def test_the_laboratory_learns_the_ring(reader, page, lab):
    """What the README shows: kept with GANLIB_SCREENSHOTS."""
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "iteration") > 2500, seconds=120)
    reader.press(lab, "Pause")
    said = at_rest(lab, lab.inner_text)
    assert float(re.search(r"Wasserstein ([\d.]+)", said)[1]) < 0.25
    lab.get_by_role("button", name="Gradients").click()
    with reader.window(1200, 1200, sidebar=False):
        reader.go_to("lab = viz.GANLab()")
        reader.look("laboratory", lab)


def test_a_prediction_is_compared_with_the_measurement(reader, page):
    reader.go_to("Both players step at once")
    page.get_by_role("button", name="farther and farther away").first.click()
    button = page.get_by_role("button", name="farther and farther away").first
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
