"""The laboratory for critics in a real JupyterLab: played, changed by keyboard while it plays, dark and narrow."""

import re

import pytest
from screen import at_rest, beyond, cells, count, is_dark, is_paused, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
lab = viz.CriticLab()
lab
"""


@pytest.fixture(scope="module")
def lab(reader):
    """The laboratory on a page of its own."""
    place = reader.show("critics.ipynb", CELL, ".ganlib-critic-lab")
    place.locator("canvas").first.wait_for(timeout=30_000)
    return place


@pytest.fixture(autouse=True)
def from_the_start(reader, lab):
    """Each test begins with fresh critics, paused."""
    reader.press(lab, "Reset")
    reader.settle()
    wait_for(lab, lambda: count(lab, "step") == 0 and is_paused(lab))


def pause(reader, lab):
    """Pause, and wait until the last pictures are there; the number of steps."""
    return reader.pause(lab, lambda: (count(lab, "step"), *charts(lab), *surfaces(lab)))[0]


def charts(lab):
    return [image.get_attribute("src") for image in lab.locator("img.ganlib-figure").all()]


def surfaces(lab):
    return [pixels(canvas) for canvas in lab.locator("canvas").all()]


def test_playing_trains_all_four_and_every_picture_follows(reader, lab):
    images, scenes = at_rest(lab, lambda: (charts(lab), surfaces(lab)))
    reader.press(lab, "Play")
    wait_for(lab, lambda: count(lab, "step") > 100, 60)
    held = pause(reader, lab)
    lab.page.wait_for_timeout(700)
    assert count(lab, "step") == held
    assert all(before != now for before, now in zip(images, charts(lab), strict=True))
    assert all(before != now for before, now in zip(scenes, surfaces(lab), strict=True))
    assert "the same everywhere" in lab.inner_text()  # what clipping to 0.001 leaves
    reader.look("critics_light")


def test_a_step_is_one_step(reader, lab):
    for number in (1, 2):
        reader.press(lab, "Step")
        wait_for(lab, lambda number=number: count(lab, "step") == number)


def test_c_changes_by_keyboard_while_it_plays_and_no_shortcut_of_jupyterlab(reader, lab):
    page = lab.page
    before = cells(page)
    lab.get_by_role("button", name="Play").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: count(lab, "step") > 20)
    slider = lab.get_by_role("slider", name=re.compile("c$")).nth(1)
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: "c = 0.02" in lab.inner_text() and slider.get_attribute("aria-valuetext") == "0.02")
    wait_for(lab, lambda: 0 < count(lab, "step") and lab.get_by_role("button", name="Pause").count() == 1)
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == before
    page.keyboard.press("ArrowLeft")
    wait_for(lab, lambda: "c = 0.01" in lab.inner_text())


def test_every_control_is_reached_by_tab_and_has_a_name(lab):
    page = lab.page
    lab.get_by_role("button", name="Play").focus()
    names = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = "e => e.getAttribute('aria-label') || e.textContent || e.labels?.[0]?.textContent || ''"
        names.add(page.evaluate(f"() => ({focused})(document.activeElement)").strip())
    for name in ("\u25cb c", "\u25a1 c", "\u25c7 c", "\u03bb", "width", "rate", "depth"):
        assert name in names
    assert sum("The score f over the plane" in name for name in names) == 4
    for control in ("data", "speed"):
        assert lab.get_by_role("combobox", name=control).count() == 1


def test_the_crosshair_reads_the_score(lab):
    canvas = lab.locator("canvas").first
    canvas.focus()
    lab.page.keyboard.press("ArrowRight")
    readout = lab.locator(".ganlib-readout").first
    wait_for(lab, lambda: re.match(r"x = 0\.18\s+y = 0\.00\s+f = \S+", readout.inner_text()))


def test_other_data_and_depth(reader, lab):
    lab.get_by_role("combobox", name="data").select_option("ring")
    wait_for(lab, lambda: "exact W\u2081 = 0.8" in lab.inner_text() or "exact W\u2081 = 0.9" in lab.inner_text())
    slider = lab.get_by_role("slider", name="depth")
    slider.focus()
    for _ in range(8):
        lab.page.keyboard.press("ArrowLeft")
    wait_for(
        lab, lambda: slider.get_attribute("aria-valuenow") == "4.0" or slider.get_attribute("aria-valuetext") == "4"
    )
    reader.press(lab, "Play")
    wait_for(lab, lambda: count(lab, "step") > 60, 60)
    pause(reader, lab)
    reader.look("critics_ring_shallow")
    lab.get_by_role("combobox", name="data").select_option("swiss roll")


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        for image in lab.locator("img.ganlib-figure").all():
            wait_for(lab, lambda image=image: is_dark(image))
        reader.press(lab, "Play")
        wait_for(lab, lambda: count(lab, "step") > 60, 60)
        pause(reader, lab)
        reader.look("critics_dark")
        with reader.window(560, 1400):
            reader.look("critics_narrow")
            wait_for(lab, lambda: lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            assert beyond(lab, "canvas, img.ganlib-figure, select, .widget-slider, div:has(> table)") == []
    wait_for(lab, lambda: not any(map(is_dark, lab.locator("img.ganlib-figure").all())))
    reader.settle()  # nothing is on its way when the kernel is shut down
