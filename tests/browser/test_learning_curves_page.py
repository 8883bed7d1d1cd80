"""The learning curves in a real JupyterLab: played, changed by keyboard while they grow, dark and narrow."""

import re

import pytest
from screen import at_rest, beyond, cells, is_dark, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
curves = viz.LearningCurves()
curves
"""
MEASURE = """async ([handle, lab]) => {
    const count = () => Number(lab.innerText.match(/After ([\\d,]+) rep/)?.[1].replace(",", "") ?? 0);
    const until = (holds, ms) => new Promise(resolve => {
        if (holds()) return resolve();
        const observer = new MutationObserver(() => { if (holds()) end(); });
        const end = () => { observer.disconnect(); resolve(); };
        observer.observe(lab, {subtree: true, childList: true, characterData: true});
        setTimeout(end, ms);
    });
    const times = [];
    for (let i = 0; i < 8; i++) {
        await until(() => count() >= 5, 60000);
        const start = performance.now(), key = i % 2 ? "ArrowRight" : "ArrowLeft";
        handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        await until(() => count() < 5, 3000);
        times.push(performance.now() - start);
    }
    return times; }"""
WATCH = """lab => {
    window.dashes = [];
    const cells = () => [...lab.querySelectorAll("td")];
    const look = () => window.dashes.push(cells().filter(cell => cell.textContent === "\u2013").length);
    new MutationObserver(look).observe(lab, {subtree: true, childList: true}); }"""


@pytest.fixture(scope="module")
def curves(reader):
    """The learning curves on a page of their own."""
    place = reader.show("curves.ipynb", CELL, ".ganlib-learning-curves")
    place.locator("img.ganlib-figure").wait_for(timeout=30_000)
    return place


def repetitions(curves):
    found = re.search(r"After ([\d,]+) repetition", curves.inner_text())
    return int(found[1].replace(",", "")) if found else 0


def pause(reader, curves):
    """Pause, and wait until the last picture is there; the number of repetitions."""
    figure = curves.locator("img.ganlib-figure")
    return reader.pause(curves, lambda: (repetitions(curves), figure.get_attribute("src")))[0]


def test_the_curves_grow_and_cross(reader, curves):
    figure = curves.locator("img.ganlib-figure")
    wait_for(curves, lambda: "No repetition yet" in curves.inner_text())
    before = at_rest(curves, lambda: figure.get_attribute("src"))
    reader.look("curves_empty")
    reader.press(curves, "Play")
    wait_for(curves, lambda: repetitions(curves) > 0)
    reader.look("curves_growing")
    wait_for(curves, lambda: repetitions(curves) > 40, 60)
    held = pause(reader, curves)
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
    curves.get_by_label("speed", exact=True).select_option("slow")  # so that fewer than before lasts a while
    before = repetitions(curves)
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    wait_for(curves, lambda: slider.get_attribute("aria-valuetext") == "0.0" and 0 < repetitions(curves) < before)
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == notebook
    curves.get_by_label("speed", exact=True).select_option("full")
    wait_for(curves, lambda: "has not overtaken" in curves.inner_text(), 60)
    pause(reader, curves)
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
    times = sorted(reader.page.evaluate(MEASURE, [slider.element_handle(), curves.element_handle()]))
    print("key to words, ms:", [round(time) for time in times])
    assert times[-1] < 3000
    pause(reader, curves)


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
    wait_for(curves, lambda: curves.locator("td").filter(has_text="\u2013").count() == 16)
    curves.evaluate(WATCH)
    curves.get_by_label("speed", exact=True).select_option("slow")
    reader.press(curves, "Play")
    wait_for(curves, lambda: 0 in curves.page.evaluate("dashes"))
    reader.look("curves_slow")
    pause(reader, curves)
    left = curves.page.evaluate("dashes")
    assert len({*left} & {*range(2, 15)}) > 3 and left == sorted(left, reverse=True)
    curves.get_by_label("speed", exact=True).select_option("full")


def test_dark_pages_and_narrow_windows(reader, curves):
    figure = curves.locator("img.ganlib-figure")
    with reader.in_the_dark():
        wait_for(curves, lambda: is_dark(figure))
        reader.press(curves, "Reset")
        reader.press(curves, "Play")
        wait_for(curves, lambda: repetitions(curves) > 30, 60)
        pause(reader, curves)
        reader.look("curves_dark")
        with reader.window(560, 1200):
            reader.look("curves_narrow")
            wait_for(curves, lambda: curves.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            assert beyond(curves, "img.ganlib-figure, select, input, .widget-slider, div:has(> table), button") == []


def test_a_notebook_opened_again_shows_the_picture(reader, curves):
    """The last test of the file: it shuts the kernel down."""
    now = at_rest(curves, lambda: repetitions(curves)) + 1
    reader.press(curves, "Step")
    wait_for(curves, lambda: repetitions(curves) == now)
    wait_for(curves, lambda: f"After {now:,} repetition" in reader.outputs()[1]["data"]["text/plain"])
    picture = reader.open_again("curves.ipynb")
    assert f"After {now:,} repetition" in picture.get_attribute("alt")
