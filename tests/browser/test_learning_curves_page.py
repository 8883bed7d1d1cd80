"""The learning curves in a real JupyterLab: played, changed by keyboard while they grow, dark and narrow."""

import re

import pytest
from screen import beyond, cells, is_dark, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
curves = viz.LearningCurves()
curves
"""


@pytest.fixture(scope="module")
def curves(reader):
    """The learning curves on a page of their own."""
    place = reader.show("curves.ipynb", CELL, ".ganlib-learning-curves")
    place.locator("img.ganlib-figure").wait_for(timeout=30_000)
    return place


def repetitions(curves):
    found = re.search(r"After ([\d,]+) repetition", curves.inner_text())
    return int(found[1].replace(",", "")) if found else 0


def test_the_curves_grow_and_cross(reader, curves):
    figure = curves.locator("img.ganlib-figure")
    assert "No repetition yet" in curves.inner_text()
    reader.look("curves_empty")
    before = figure.get_attribute("src")
    reader.press(curves, "Play")
    wait_for(curves, lambda: repetitions(curves) > 0)
    reader.look("curves_growing")
    wait_for(curves, lambda: repetitions(curves) > 40, 60)
    reader.press(curves, "Pause")
    wait_for(curves, lambda: curves.get_by_role("button", name="Play").count() == 1)
    reader.settle()
    held = repetitions(curves)
    curves.page.wait_for_timeout(700)
    assert repetitions(curves) == held and figure.get_attribute("src") != before
    assert re.search(r"the curves cross at about \d+ examples \(95 % interval: \d+ to \d+\)", curves.inner_text())
    assert "the curves cross at about" in figure.get_attribute("alt")
    reader.look("curves_light")


def test_a_step_is_one_repetition_and_reset_forgets_them(reader, curves):
    reader.press(curves, "Reset")
    wait_for(curves, lambda: repetitions(curves) == 0)
    for number in (1, 2):
        reader.press(curves, "Step")
        wait_for(curves, lambda number=number: repetitions(curves) == number)


def test_the_correlation_changes_by_keyboard_while_it_plays(reader, curves):
    page = curves.page
    notebook = cells(page)
    curves.get_by_role("button", name="Play").focus()
    page.keyboard.press("Space")
    wait_for(curves, lambda: repetitions(curves) > 20, 60)
    slider = curves.get_by_role("slider", name="correlation \u03c1")
    slider.focus()
    before = repetitions(curves)
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    wait_for(curves, lambda: slider.get_attribute("aria-valuetext") == "0.0")
    wait_for(curves, lambda: 0 < repetitions(curves) < before)
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == notebook
    wait_for(curves, lambda: "has not overtaken" in curves.inner_text(), 60)
    assert curves.get_by_role("button", name="Pause").count() == 1
    reader.press(curves, "Pause")
    curves.page.wait_for_timeout(700)
    reader.look("curves_independent")
    slider.focus()
    page.keyboard.press("End")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    wait_for(curves, lambda: slider.get_attribute("aria-valuetext") == "0.9")


def test_keys_are_answered_while_it_plays(reader, curves):
    """From the key to the words that start anew, in the browser's own clock, printed for people."""
    reader.press(curves, "Play")
    wait_for(curves, lambda: repetitions(curves) > 3, 60)
    slider = curves.get_by_role("slider", name="features")
    slider.focus()
    measure = """async ([handle, lab]) => {
        const times = [], count = () => Number(lab.innerText.match(/After ([\\d,]+) rep/)?.[1].replace(",", "") ?? 0);
        for (let i = 0; i < 8; i++) {
            while (count() < 5) await new Promise(resolve => setTimeout(resolve, 20));
            const start = performance.now(), key = i % 2 ? "ArrowRight" : "ArrowLeft";
            handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
            while (count() >= 5 && performance.now() - start < 3000)
                await new Promise(resolve => setTimeout(resolve, 2));
            times.push(performance.now() - start);
        }
        return times;
    }"""
    times = sorted(reader.page.evaluate(measure, [slider.element_handle(), curves.element_handle()]))
    print("key to words, ms:", [round(time) for time in times])
    assert times[-1] < 3000
    reader.press(curves, "Pause")


def test_every_control_is_reached_by_tab_and_has_a_name(curves):
    page, names = curves.page, set()
    curves.get_by_role("button", name="Play").focus()
    for _ in range(8):
        names.add(page.evaluate("e => document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert {"correlation \u03c1", "features"} <= names
    for control in ("speed", "seed"):
        assert curves.get_by_label(control, exact=True).count() == 1


def test_slow_playing_grows_the_curves_from_left_to_right(reader, curves):
    reader.press(curves, "Reset")
    curves.get_by_label("speed", exact=True).select_option("slow")
    reader.press(curves, "Play")
    wait_for(curves, lambda: curves.locator("td").filter(has_text="\u2013").count() in range(4, 13))
    reader.press(curves, "Pause")
    reader.look("curves_slow")
    assert curves.locator("td").filter(has_text="\u2013").count() > 0
    curves.get_by_label("speed", exact=True).select_option("full")


def test_dark_pages_and_narrow_windows(reader, curves):
    figure = curves.locator("img.ganlib-figure")
    with reader.in_the_dark():
        wait_for(curves, lambda: is_dark(figure))
        reader.press(curves, "Reset")
        reader.press(curves, "Play")
        wait_for(curves, lambda: repetitions(curves) > 30, 60)
        reader.press(curves, "Pause")
        curves.page.wait_for_timeout(700)
        reader.look("curves_dark")
        with reader.window(560, 1200):
            reader.look("curves_narrow")
            assert curves.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1")
            assert beyond(curves, "img.ganlib-figure, select, input, .widget-slider, div:has(> table), button") == []


def test_a_notebook_opened_again_shows_the_picture(reader, curves):
    """The last test of the file: it shuts the kernel down."""
    before = repetitions(curves)
    reader.press(curves, "Step")
    wait_for(curves, lambda: repetitions(curves) == before + 1)
    picture = reader.open_again("curves.ipynb")
    assert re.search(r"After [1-9][\d,]* repetitions", picture.get_attribute("alt"))
