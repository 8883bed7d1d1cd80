"""Chapter 10 as a reader goes through it in JupyterLab: everything runs, and the ward is open."""

import re

import pytest
from screen import beyond, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "10_gan_clinic"
WARD = "ward = viz.Clinic("


def ward(reader):
    """The ward, once it is there."""
    part = reader.cell(WARD).locator(".ganlib-clinic").first
    part.locator("img.ganlib-figure").first.wait_for(timeout=30_000)
    return part


def score(reader):
    """What the cell below the ward prints."""
    return "".join("".join(output.get("text", "")) for output in reader.run_cell("print(ward.score())"))


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(6)


def test_nobody_is_told_what_the_patients_have_before_the_ward(reader, page):
    above = reader.cell(WARD).evaluate(
        "cell => { const all = [...cell.parentElement.children]; return all.slice(0, all.indexOf(cell))"
        ".map(one => one.innerText).join(' ') }"
    )
    others = ("Ada", "Grace", "Jun", "Mia", "Petra", "Hugo")
    assert not any(re.search(rf"\b{name}\b", above) for name in others)


def test_a_diagnosis_in_the_widget_counts_in_the_cell_below(reader, page):
    assert "0 of 16 patients done, 0 of 64 points" in score(reader)
    reader.go_to(WARD)
    beds = ward(reader).get_by_role("group", name="The ward").get_by_role("button")
    wait_for(page, lambda: beds.count() == 16)
    ward(reader).get_by_role("combobox", name="diagnosis").select_option("Learning rate too high")
    reader.press(ward(reader), "Diagnose")
    wait_for(page, lambda: "Right: Learning rate too high." in ward(reader).inner_text())
    reader.look("chapter_10_ward", ward(reader))
    assert "0 of 16 patients done, 2 of 64 points" in score(reader)


def test_a_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    button = reader.cell("what_ails_her = viz.Prediction(").get_by_role("button", name="Mode collapse").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("what_ails_her.reveal("))
    assert "Your prediction: Mode collapse (as measured)" in printed


@pytest.mark.parametrize("width", [560, 1400])
def test_the_ward_in_the_dark(reader, page, width):
    with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
        assert beyond(ward(reader), "canvas, button, select, p") == []
        reader.look(f"chapter_10_dark_{width}", ward(reader))


def test_the_ward_s_cell_runs_again_when_the_whole_chapter_has_run(reader, page):
    assert "error" not in [output["output_type"] for output in reader.run_cell(WARD)]
