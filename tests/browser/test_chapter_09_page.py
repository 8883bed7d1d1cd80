"""Chapter 09 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import pytest
from screen import at_rest, beyond, pixels, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "09_metrics"
LAB, DASHBOARD = "lab = viz.PrecisionRecallLab(", "dashboard = viz.MetricsDashboard("


def live(reader, code):
    """What is live in the cell with this code, once it is there."""
    part = reader.cell(code).locator(".ganlib-lab").first
    part.locator("canvas").first.wait_for(timeout=30_000)
    return part


def numbers(dashboard, metric):
    """The row of a metric: name, value of the fakes, that of a perfect generator, gauge, verdict."""
    row = dashboard.get_by_role("row").filter(has=dashboard.page.get_by_role("rowheader", name=metric)).first
    return [cell.strip() for cell in row.locator("th, td").all_inner_texts()]


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(5)


def test_the_balls_grow_with_k_by_keyboard(reader, page):
    lab = live(reader, LAB)
    before = at_rest(lab, lambda: pixels(lab.locator("canvas").first))
    slider = lab.get_by_role("slider", name="k", exact=True)
    k = float(slider.get_attribute("aria-valuenow"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: float(slider.get_attribute("aria-valuenow")) == k + 1)
    wait_for(lab, lambda: pixels(lab.locator("canvas").first) != before)
    reader.look("chapter_09_balls", lab)


def test_a_fault_moves_the_dashboard_and_reset_takes_it_back(reader, page):
    dashboard = live(reader, DASHBOARD)
    slider = dashboard.get_by_role("slider", name="modes dropped")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    wait_for(dashboard, lambda: numbers(dashboard, "modes")[1] == "4" and "worse" in numbers(dashboard, "FID")[4])
    reader.look("chapter_09_dashboard", dashboard)
    reader.press(dashboard, "Reset")
    wait_for(dashboard, lambda: numbers(dashboard, "modes")[1] == "8")


def test_a_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    button = reader.cell("best_distance = viz.Prediction(").get_by_role("button", name="copying").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("best_distance.reveal("))
    assert "Your prediction: copying (as measured)" in printed


@pytest.mark.parametrize("width", [560, 1400])
def test_both_labs_in_the_dark(reader, page, width):
    with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
        for name, code in (("balls", LAB), ("dashboard", DASHBOARD)):
            lab = live(reader, code)
            assert beyond(lab, "canvas, button, input, p, td") == []
            reader.look(f"chapter_09_dark_{width}_{name}", lab)


@pytest.mark.parametrize("code", [LAB, DASHBOARD])
def test_a_live_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in reader.run_cell(code)]
