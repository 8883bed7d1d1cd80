"""Chapter 07 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import re

import pytest
from screen import at_rest, beyond, pixels, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "07_conditional_gans"
STUDIO, CODES = "digit_studio = viz.ConditionStudio(", "code_studio = viz.ConditionStudio("
BOX, CANVAS = "box = viz.CaptionBox(", "canvas = viz.DrawingCanvas("
LIVE = {
    STUDIO: ".ganlib-latent",
    CODES: ".ganlib-latent",
    BOX: ".ganlib-captions",
    CANVAS: ".ganlib-drawing-lab",
}


def live(reader, code):
    """What is live in the cell with this code, once it is there."""
    part = reader.cell(code).locator(LIVE[code]).first
    part.locator("canvas").first.wait_for(timeout=30_000)
    return part


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


def test_the_studio_shows_what_is_asked_for(reader, page):
    studio = live(reader, STUDIO)
    seven = studio.get_by_role("group", name="digit", exact=True).get_by_role("button", name="7", exact=True)
    seven.focus()
    page.keyboard.press("Space")
    wait_for(studio, lambda: re.search("digit: (7, as asked|asked 7, read)", studio.inner_text()))
    reader.look("chapter_07_studio", studio)


def test_a_code_that_is_a_number_has_a_slider(reader, page):
    studio = live(reader, CODES)
    slider, stage = studio.get_by_role("slider").first, studio.locator("canvas").first
    before = at_rest(page, lambda: pixels(stage))
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    wait_for(page, lambda: pixels(stage) != before)
    reader.look("chapter_07_codes", studio)


def test_a_caption_is_drawn_and_an_unknown_word_is_answered(reader, page):
    box = live(reader, BOX)
    field = box.get_by_role("textbox", name="Caption").first
    field.fill("green twintails, glasses")
    page.keyboard.press("Enter")
    said = "Drawn: \u201cgreen twintails, glasses\u201d", "No training picture shows this combination"
    wait_for(box, lambda: all(words in box.inner_text() for words in said) and not box.get_by_role("alert").count())
    field.fill("green hare")
    page.keyboard.press("Enter")
    wait_for(box, lambda: "did you mean hair?" in box.inner_text())
    reader.look("chapter_07_captions", box)


def test_a_drawing_is_coloured_by_keyboard(reader, page):
    lab = live(reader, CANVAS)
    sheet, result = lab.locator("canvas.ganlib-sheet"), lab.locator("canvas.ganlib-result")
    drawn, coloured = at_rest(page, lambda: (pixels(sheet), pixels(result)))
    sheet.focus()
    page.keyboard.down("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.up("Space")
    wait_for(page, lambda: pixels(sheet) != drawn and pixels(result) != coloured)
    reader.look("chapter_07_canvas", lab)


def test_a_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    button = reader.cell("patch_size = viz.Prediction(").get_by_role("button", name="70").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("patch_size.reveal("))
    assert "Your prediction: 70 (as measured)" in printed


@pytest.mark.parametrize("width", [560, 1400])
def test_everything_live_in_the_dark(reader, page, width):
    with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
        for code in LIVE:
            part = live(reader, code)
            assert beyond(part, "canvas, button, input, select, p") == []
            reader.look(f"chapter_07_dark_{width}{LIVE[code]}_{code[:3]}", part)


@pytest.mark.parametrize("code", LIVE)
def test_a_live_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in reader.run_cell(code)]
