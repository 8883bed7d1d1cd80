"""The dashboard of metrics and the picture of precision and recall in a real JupyterLab: mouse, keyboard, themes."""

import re

import pytest
from screen import answer_times, at_rest, beyond, cells, is_dark, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
dashboard = viz.MetricsDashboard(n=200)
lab = viz.PrecisionRecallLab()
display(dashboard, lab)
"""


@pytest.fixture(scope="module")
def dashboard(reader):
    """The dashboard, above the laboratory, on one page."""
    reader.show("dashboard.ipynb", CELL, ".ganlib-lab")
    return reader.laboratory()


@pytest.fixture(scope="module")
def lab(reader, dashboard):
    """The laboratory below it."""
    place = dashboard.page.locator(".ganlib-lab").nth(1)
    place.locator("canvas").first.wait_for(timeout=30_000)
    return place


def canvas(place, which=0):
    return place.locator("canvas").nth(which)


def row_of(dashboard, metric):
    """The cells of a metric in the table: name, fakes, perfect generator, gauge, verdict."""
    row = dashboard.get_by_role("row").filter(has=dashboard.page.get_by_role("rowheader", name=metric)).first
    return [cell.strip() for cell in row.locator("th, td").all_inner_texts()]


def verdict(dashboard, metric):
    return row_of(dashboard, metric)[4]


def says(place):
    return " ".join(place.get_by_role("status").all_inner_texts())


def reset(reader, dashboard):
    """A perfect generator; the sliders follow at last."""
    reader.press(dashboard, "Reset")
    wait_for(dashboard, lambda: "Every metric is as for a perfect generator" in says(dashboard))
    reader.settle()


def test_a_slider_moves_every_metric(reader, dashboard):
    reset(reader, dashboard)
    reader.look("dashboard_light", dashboard)
    slider = dashboard.get_by_role("slider", name="modes dropped")
    before = at_rest(dashboard, lambda: pixels(canvas(dashboard)))
    slider.focus()
    for _ in range(4):
        dashboard.page.keyboard.press("ArrowRight")
    wait_for(dashboard, lambda: row_of(dashboard, "modes")[1] == "4" and pixels(canvas(dashboard)) != before)
    assert verdict(dashboard, "FID").startswith("▼ worse") and verdict(dashboard, "precision") == "= as real"
    assert slider.get_attribute("aria-valuetext") == "4"
    reader.look("dashboard_dropped", dashboard)
    reader.press(dashboard, "Reset")
    wait_for(dashboard, lambda: row_of(dashboard, "modes")[1] == "8" and slider.get_attribute("aria-valuetext") == "0")


def test_how_soon_a_slider_is_answered(reader, dashboard):
    slider = dashboard.get_by_role("slider", name="shift of the mean")
    assert max(answer_times(slider, canvas(dashboard))) < 3000
    reset(reader, dashboard)


def test_a_sweep_draws_the_curve_and_comes_back(reader, dashboard):
    page = dashboard.page
    slider = dashboard.get_by_role("slider", name="spread in modes")
    slider.focus()
    page.keyboard.press("ArrowRight")
    dashboard.get_by_role("combobox", name="curve of").select_option("precision")
    curve = canvas(dashboard, 1)
    wait_for(dashboard, lambda: curve.get_attribute("aria-label") == "precision against the slider: spread in modes.")
    assert slider.get_attribute("aria-valuetext") == "1.10"
    before = at_rest(dashboard, lambda: pixels(curve))
    reader.press(dashboard, "Sweep")
    swept = dashboard.get_by_role("button", name="Sweep")  # while it sweeps, it says Stop
    wait_for(dashboard, lambda: pixels(curve) != before and swept.count() == 1)
    wait_for(dashboard, lambda: slider.get_attribute("aria-valuetext") == "1.10")
    reader.look("dashboard_swept", dashboard)
    curve.focus()
    page.keyboard.press("ArrowLeft")
    readout = dashboard.locator(".ganlib-readout").nth(1)
    wait_for(dashboard, lambda: re.search(r"precision 0\.\d+", readout.inner_text()))
    reset(reader, dashboard)


def test_predict_first(reader, dashboard):
    """By keyboard alone: the numbers hide until they are asked for, and the answer is judged."""
    notebook = cells(dashboard.page)
    ask = dashboard.get_by_role("button", name="predict first")
    ask.press("Enter")
    wait_for(dashboard, lambda: ask.get_attribute("aria-pressed") == "true")
    dashboard.get_by_role("button", name="memorise").press("Enter")
    wait_for(dashboard, lambda: row_of(dashboard, "FID")[1] == "?" and "Which metrics" in says(dashboard))
    for metric in ("FID", "copying"):
        dashboard.get_by_role("button", name=metric, exact=True).press("Enter")
    dashboard.page.keyboard.press("b")  # in JupyterLab it adds a cell
    reader.look("dashboard_asked", dashboard)
    dashboard.get_by_role("button", name="Show").press("Enter")
    answered = {"FID": "✗ FID ↓", "copying": "✓ copying ↓"}
    wait_for(dashboard, lambda: {name: row_of(dashboard, name)[0] for name in answered} == answered)
    wait_for(dashboard, lambda: "You named 1 of the 1" in says(dashboard) and row_of(dashboard, "FID")[1] == "0.000")
    assert cells(dashboard.page) == notebook
    reader.look("dashboard_revealed", dashboard)
    ask.press("Enter")
    reset(reader, dashboard)
    wait_for(dashboard, lambda: row_of(dashboard, "FID")[0] == "FID ↓")


def test_digits_and_back(reader, dashboard):
    reader.press(dashboard, "digits")
    dashboard.get_by_role("slider", name="blur").wait_for(timeout=60_000)
    wait_for(dashboard, lambda: row_of(dashboard, "modes")[1] == "10", 60)
    chosen = dashboard.get_by_role("combobox", name="N")
    wait_for(dashboard, lambda: chosen.evaluate("box => box.selectedOptions[0].text") == "200")
    reader.press(dashboard, "noise the classifier likes")
    wait_for(dashboard, lambda: verdict(dashboard, "IS").startswith("▲ better"))
    reader.look("dashboard_digits", dashboard)
    reader.settle()  # the sliders follow at last
    slider = dashboard.get_by_role("slider", name="noise", exact=True)
    assert max(answer_times(slider, dashboard.locator(".ganlib-gallery canvas").first)) < 3000
    reader.press(dashboard, "points in the plane")
    wait_for(dashboard, lambda: row_of(dashboard, "modes")[1] == "8")


def at(lab, x, y):
    """Where the place (x, y) is on the page."""
    box = canvas(lab).bounding_box()
    inner = box["width"] - 58, box["height"] - 44
    return box["x"] + 46 + (x + 5) / 10 * inner[0], box["y"] + 10 + (5 - y) / 10 * inner[1]


def drag(lab, start, end):
    mouse = lab.page.mouse
    mouse.move(*at(lab, *start))
    mouse.down()
    mouse.move(*at(lab, *end), steps=8)
    mouse.up()


def start(reader, lab, preset="good fakes"):
    """The points of a preset, and nothing on its way that would end what is done with them."""
    lab.scroll_into_view_if_needed()
    lab.get_by_role("combobox", name="points").select_option(preset)
    reader.press(lab, "Reset")
    reader.settle()


def test_the_diamond_takes_the_fakes_with_it(reader, lab):
    start(reader, lab)
    wait_for(lab, lambda: "Precision 0.967" in says(lab))
    reader.look("precision_light", lab)
    drag(lab, (0, 0), (4.5, 4.5))
    wait_for(lab, lambda: re.search(r"Precision 0\.[0-2]", says(lab)))
    reader.settle()  # the kernel has the whole drag
    reader.look("precision_moved", lab)
    reader.press(lab, "Undo")
    wait_for(lab, lambda: "Precision 0.967" in says(lab))


def test_the_cloud_by_keyboard(lab):
    notebook = cells(lab.page)
    canvas(lab).focus()
    for key in ("n", "ArrowRight", "ArrowRight"):  # from the middle the nearest point is the diamond
        lab.page.keyboard.press(key)
    wait_for(lab, lambda: "moves all fakes" in lab.locator(".ganlib-readout").inner_text())
    before = at_rest(lab, lambda: says(lab))
    for _ in range(4):
        lab.page.keyboard.press("Shift+ArrowUp")
    wait_for(lab, lambda: "Precision 0.967" not in says(lab) and says(lab) != before)
    lab.page.keyboard.press("Delete")
    wait_for(lab, lambda: "can be moved, not removed" in lab.locator(".ganlib-readout").inner_text())
    for key in ("Escape", "u"):
        lab.page.keyboard.press(key)
    wait_for(lab, lambda: "Precision 0.967" in says(lab))
    assert cells(lab.page) == notebook


def test_views_and_neighbours(reader, lab):
    start(reader, lab, "outliers among the fakes")
    for view, words in (
        ("recall", "36 of 36 real points"),
        ("density", "balls altogether"),
        ("coverage", "of real points hold a fake"),
    ):
        before = at_rest(lab, lambda: pixels(canvas(lab)))
        reader.press(lab, view)
        wait_for(lab, lambda words=words, before=before: words in says(lab) and pixels(canvas(lab)) != before)
        reader.look(f"precision_{view}", lab)
    lab.get_by_role("slider", name="k").focus()
    before = at_rest(lab, lambda: pixels(canvas(lab)))
    lab.page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: pixels(canvas(lab)) != before)
    lab.page.keyboard.press("ArrowLeft")
    reader.press(lab, "precision")
    start(reader, lab)


def test_clicks_add_and_remove(reader, lab):
    wait_for(lab, lambda: "of 30 fakes" in says(lab))
    reader.press(lab, "✕ adds fakes")
    reader.settle()  # the canvas has the tool from the kernel
    lab.page.mouse.click(*at(lab, -4, -4))
    wait_for(lab, lambda: "of 31 fakes" in says(lab))
    reader.press(lab, "removes")
    reader.settle()
    lab.page.mouse.click(*at(lab, -4, -4))
    wait_for(lab, lambda: "of 30 fakes" in says(lab))
    reader.press(lab, "● adds real")


@pytest.mark.parametrize("name", ["dashboard", "lab"])
def test_dark_pages_and_narrow_windows(request, reader, name):
    place = request.getfixturevalue(name)
    place.scroll_into_view_if_needed()
    with reader.in_the_dark():
        wait_for(place, lambda: is_dark(canvas(place)))
        reader.look(f"{name}_dark", place)
        with reader.window(560, 1700, sidebar=False):
            wait_for(place, lambda: place.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            place.page.wait_for_timeout(500)
            reader.look(f"{name}_narrow_dark", place)
            assert beyond(place, "select, canvas, button, table") == []
