"""Chapter 03 as a reader goes through it in JupyterLab: everything runs, and everything live lives."""

import pytest
from screen import at_rest, count, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "03_optimal_discriminator"
LAB = "lab = viz.DensityLab()"


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


def test_the_objective_follows_its_sliders_by_keyboard(reader, page):
    reader.go_to("viz.Explorer(")
    figure = page.locator("img.ganlib-figure").first
    for name in ("a: real", "b: fake"):
        slider = page.get_by_role("slider", name=name).first
        before, value = at_rest(page, lambda: figure.get_attribute("src")), slider.get_attribute("aria-valuenow")
        for _ in range(3):
            slider.press("ArrowRight")
        wait_for(page, lambda before=before: figure.get_attribute("src") != before)
        assert float(slider.get_attribute("aria-valuenow")) > float(value)
    assert figure.get_attribute("alt")
    reader.look("chapter_03_objective")


def test_the_densities_follow_a_preset_and_a_key(reader, page):
    reader.go_to("viz.DensityExplorer()")
    explorer = page.locator(".jp-OutputArea-output:has(.ganlib-live):has-text('best y')").first
    explorer.get_by_role("combobox", name="preset").select_option("side by side")
    slider = explorer.get_by_role("slider", name="chosen x")
    slider.press("Home")
    wait_for(page, lambda: "At x = \u22126.0" in explorer.inner_text())
    for _ in range(60):
        slider.press("ArrowRight")
    wait_for(page, lambda: "best y = a / (a + b) = 0.5000" in explorer.inner_text())
    reader.look("chapter_03_densities")


def test_the_laboratory_goes_on_from_where_the_chapter_left_it(reader, page):
    reader.go_to(LAB)
    lab = page.locator(".ganlib-density-lab").first
    lab.locator("canvas").nth(3).wait_for()

    wait_for(page, lambda: count(lab, "step") > 0)  # a cell below has trained it
    trained = at_rest(page, lambda: count(lab, "step"))
    reader.press(lab, "Play")
    wait_for(page, lambda: count(lab, "step") > trained + 50, seconds=60)
    reader.press(lab, "Pause")
    reader.look("chapter_03_laboratory")
    reader.press(lab, "Reset")
    wait_for(page, lambda: count(lab, "step") == 0)


def test_a_prediction_is_compared_with_the_measurement(reader, page):
    reader.go_to("At x = 6 there is next to nothing")
    page.get_by_role("button", name="nearly 0: fake").first.click()
    button = page.get_by_role("button", name="nearly 0: fake").first
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
