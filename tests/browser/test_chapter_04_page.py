"""Chapter 04 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import re
import shutil

import pytest

from ganlib.build import CHAPTERS

pytestmark = pytest.mark.slow
OUTPUTS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .flatMap(cell => cell.type === 'code' ? cell.outputs.toJSON() : [])"""
FOUR_NUMBERS, BEST_GAUSSIAN = "pair=Dropdown(", "divergence=Dropdown("  # what the explorers' cells say


@pytest.fixture(scope="module")
def page(reader):
    """The chapter, run from top to bottom."""
    shutil.copy(CHAPTERS / "04_js_vs_wasserstein.ipynb", reader.folder)
    reader.open("04_js_vs_wasserstein.ipynb")
    reader.run_all()
    return reader.page


def explorer(reader, code):
    """The explorer that the cell with this code shows."""
    reader.go_to(code)
    place = reader.page.locator(".jp-Cell").filter(has_text=code).first
    place.locator("img.ganlib-figure").wait_for(timeout=30_000)
    return place


def source(page, figure):
    """What the picture shows once nothing is on its way."""
    page.wait_for_timeout(500)
    return figure.get_attribute("src")


def wait_for(page, condition, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        page.wait_for_timeout(50)
    assert condition()


def test_nothing_goes_wrong_but_the_unsolved_exercises(page):
    outputs = page.evaluate(OUTPUTS)
    assert [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"] == []
    printed = "".join("".join(output["text"]) for output in outputs if output.get("name") == "stdout")
    assert printed.count("Not yet: ") == printed.count("Correct: ") == 5


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


def run_again(reader, code):
    """Run the cell with this code once more; what it puts out then."""
    reader.go_to(code)
    return reader.page.evaluate("""async () => { await jupyterapp.commands.execute('notebook:run-cell');
        return jupyterapp.shell.currentWidget.content.activeCell.model.outputs.toJSON(); }""")


@pytest.mark.parametrize("code", [FOUR_NUMBERS, BEST_GAUSSIAN])
def test_an_explorer_s_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in run_again(reader, code)]


def test_the_first_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    reader.go_to("nearer = viz.Prediction(")
    button = page.get_by_role("button", name="only W1").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in run_again(reader, "nearer.reveal("))
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

    def step():
        return int(re.search(r"step ([\d,]+)", lab.inner_text())[1].replace(",", ""))

    trained = step()
    assert trained > 0
    reader.press(lab, "Step")
    wait_for(page, lambda: step() == trained + 1)
