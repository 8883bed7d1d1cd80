"""Chapter 08 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import re

import pytest
from screen import at_rest, beyond, pixels, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "08_cyclegan"
VIEWER, EDITOR = "viewer = viz.CycleViewer(", "editor = viz.AttributeEditor("
LIVE = {VIEWER: ".ganlib-cycle", EDITOR: ".ganlib-attributes"}


def live(reader, code):
    """What is live in the cell with this code, once it is there."""
    part = reader.cell(code).locator(LIVE[code]).first
    part.locator("canvas").first.wait_for(timeout=30_000)
    return part


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(6)


def test_the_viewer_goes_to_other_pictures_and_compares_them_by_keyboard(reader, page):
    viewer = live(reader, VIEWER)
    wait_for(viewer, lambda: "picture 1 of 24" in viewer.inner_text())
    curtain = viewer.locator(".ganlib-wipe canvas")
    before = at_rest(viewer, lambda: pixels(curtain))
    curtain.focus()
    page.keyboard.press("ArrowRight")
    wait_for(viewer, lambda: "picture 2 of 24" in viewer.inner_text() and pixels(curtain) != before)
    reader.press(viewer, "after | true partner")
    wait_for(viewer, lambda: "true partner: shaded" in viewer.locator(".ganlib-wipe").inner_text())
    measured = r"cycle: before and back again\s+0\.\d{3}"
    wait_for(viewer, lambda: re.search(measured, viewer.locator("table").inner_text()))
    reader.look("chapter_08_viewer", viewer)


def test_the_editor_changes_the_hair_that_is_chosen(reader, page):
    editor = live(reader, EDITOR)
    tiles = editor.get_by_role("group", name="hair", exact=True).locator(".ganlib-tile")
    after = editor.get_by_role("group", name="Before, after and back again", exact=True).locator("canvas").nth(1)
    before = at_rest(editor, lambda: pixels(after))
    other = 1 if tiles.nth(0).get_attribute("aria-pressed") == "true" else 0
    tiles.nth(other).focus()
    page.keyboard.press("Space")
    wait_for(editor, lambda: tiles.nth(other).get_attribute("aria-pressed") == "true" and pixels(after) != before)
    assert not editor.get_by_role("alert").count()
    reader.look("chapter_08_editor", editor)


def test_a_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    button = reader.cell("about_permutation = viz.Prediction(").get_by_role("button", name="neither of them").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("about_permutation.reveal("))
    assert "Your prediction: neither of them (as measured)" in printed


@pytest.mark.parametrize("width", [560, 1400])
def test_both_labs_in_the_dark(reader, page, width):
    with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
        for code, selector in LIVE.items():
            lab = live(reader, code)
            assert beyond(lab, "canvas, button, input, p") == []
            reader.look(f"chapter_08_dark_{width}{selector}", lab)


@pytest.mark.parametrize("code", LIVE)
def test_a_live_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in reader.run_cell(code)]
