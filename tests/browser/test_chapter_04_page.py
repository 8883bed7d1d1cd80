"""Chapter 04 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import pytest
from screen import at_rest, count, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "04_js_vs_wasserstein"
FOUR_NUMBERS, BEST_GAUSSIAN = "pair=Dropdown(", "divergence=Dropdown("  # what the explorers' cells say


def explorer(reader, code):
    """The explorer that the cell with this code shows."""
    place = reader.cell(code)
    place.locator("img.ganlib-figure").wait_for(timeout=30_000)
    return place


def source(page, figure):
    """What the picture shows once nothing is on its way."""
    return at_rest(page, lambda: figure.get_attribute("src"))


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


@pytest.mark.parametrize(
    ("code", "choice", "sliders"),
    [(FOUR_NUMBERS, "pair", ("θ", "fakes' spread")), (BEST_GAUSSIAN, "divergence", ("modes apart", "left weighs"))],
)
def test_an_explorer_follows_each_of_its_controls_by_keyboard(reader, page, code, choice, sliders):
    place = explorer(reader, code)
    figure = place.locator("img.ganlib-figure")
    assert figure.get_attribute("alt")
    for name in sliders:
        slider, before = place.get_by_role("slider", name=name), source(page, figure)
        slider.focus()
        value = float(slider.get_attribute("aria-valuetext"))
        slider.press("ArrowLeft")
        wait_for(page, lambda before=before: figure.get_attribute("src") != before)
        assert float(slider.get_attribute("aria-valuetext")) < value
    before = source(page, figure)
    place.get_by_role("combobox", name=choice).press("ArrowDown")
    wait_for(page, lambda: figure.get_attribute("src") != before)
    assert not place.get_by_role("alert").count()
    reader.look(f"explorer_{choice}", place)


@pytest.mark.parametrize("code", [FOUR_NUMBERS, BEST_GAUSSIAN])
def test_an_explorer_s_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in reader.run_cell(code)]


def test_the_first_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    reader.go_to("nearer = viz.Prediction(")
    button = page.get_by_role("button", name="only W1").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("nearer.reveal("))
    assert "Your prediction: only W1 (as measured)" in printed


def test_the_puzzle_is_played_by_keyboard(reader, page):
    reader.go_to("puzzle = viz.EarthMover()")
    puzzle = page.locator(".ganlib-earth-mover").first
    ground = puzzle.locator("svg").first
    ground.wait_for(timeout=30_000)
    for key in ("Space", "ArrowRight", "Space"):
        ground.press(key)
    wait_for(page, lambda: puzzle.get_by_role("status").inner_text() == "Paid so far: 1. 6 blocks are not in place.")
    ground.press("u")
    wait_for(page, lambda: puzzle.get_by_role("status").inner_text().startswith("Paid so far: 0."))


def test_the_laboratory_for_critics_goes_on_from_what_the_chapter_trained(reader, page):
    reader.go_to("lab = viz.CriticLab()")
    lab = page.locator(".ganlib-critic-lab").first
    lab.locator("canvas").first.wait_for(timeout=30_000)

    wait_for(page, lambda: count(lab, "step") > 0)
    trained = at_rest(page, lambda: count(lab, "step"))
    reader.press(lab, "Step")
    wait_for(page, lambda: count(lab, "step") == trained + 1)
