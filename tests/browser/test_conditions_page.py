"""The condition studio in a real JupyterLab: by mouse, by keyboard alone, in the dark, and in a narrow window."""

import re

import pytest
from screen import answer_times, beyond, cells, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import models, viz
torch.manual_seed(0)
body = models.UpsamplingGenerator(32, 3, latent_dim=32 + 15, width=16)
body.net[-2].weight.data.mul_(10)
for _ in range(50):
    body(2 * torch.randn(64, 47))  # batch norm learns its statistics: untrained, but lively
generator = models.ConditionalGenerator(body, models.Codes(14, 1))
COLOURS = ("black", "brown", "blonde", "red", "pink", "blue", "green", "purple")
STYLES = ("short", "long", "twintails", "spiky", "bald", "other")
def encode(choice):
    parts = [COLOURS.index(choice["hair"]), 8 + STYLES.index(choice["hairstyle"])]
    y = torch.zeros(1, 15)
    y[0, parts] = 1
    y[0, -1] = choice["tilt"]
    return y
def judge(images):
    rank = images.mean((1, 2, 3)).sigmoid() * 8
    return {"hair": [COLOURS[int(i)] for i in rank], "hairstyle": [STYLES[int(i) % 6] for i in rank]}
lab = viz.ConditionStudio(generator, {"hair": COLOURS, "hairstyle": STYLES, "tilt": (-2.0, 2.0)}, encode, judge=judge)
lab
"""
VIEWS = ("Every value", "Between", "Many z")
PARTS = "button, canvas, input, select, .ganlib-tile, .widget-slider, p"


@pytest.fixture(scope="module")
def lab(reader):
    """The studio on a page of its own."""
    place = reader.show("conditions.ipynb", CELL, ".ganlib-latent")
    place.locator(".ganlib-tile canvas").first.wait_for(timeout=30_000)
    return place


def stage(lab):
    """The large picture."""
    return lab.get_by_role("group", name="The large picture").locator("canvas")


def tile(lab, gallery, number):
    """A tile of a gallery, by the gallery's name and the tile's number from 0."""
    return lab.get_by_role("group", name=gallery, exact=True).get_by_role("button").nth(number)


def value(lab, name, word):
    """A condition's button."""
    return lab.get_by_role("group", name=name, exact=True).get_by_role("button", name=word, exact=True)


def expect_another_picture(lab, before):
    wait_for(lab, lambda: pixels(stage(lab)) != before)


def test_a_value_is_chosen_by_keyboard_and_undone(reader, lab):
    reader.look("conditions_every_value")
    page, before, number = lab.page, pixels(stage(lab)), cells(lab.page)
    value(lab, "hair", "blue").focus()
    page.keyboard.press("Space")
    expect_another_picture(lab, before)
    wait_for(lab, lambda: value(lab, "hair", "blue").get_attribute("aria-pressed") == "true")
    wait_for(lab, lambda: re.search("hair: (blue, as asked|asked blue, read)", lab.inner_text()))
    first = tile(lab, "Every value of one condition", 5)
    wait_for(lab, lambda: first.get_attribute("aria-pressed") == "true")
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == number
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before)
    assert value(lab, "hair", "black").get_attribute("aria-pressed") == "true"


def test_columns_stay_columns_and_a_tile_brings_its_z(lab):
    boxes = [tile(lab, "Every value of one condition", i).bounding_box() for i in range(32)]
    assert all(abs(boxes[i]["x"] - boxes[i % 8]["x"]) < 1 for i in range(32))
    assert all(abs(boxes[i]["y"] - boxes[i // 8 * 8]["y"]) < 1 for i in range(32))
    picture = pixels(tile(lab, "Every value of one condition", 19).locator("canvas"))
    tile(lab, "Every value of one condition", 19).click()
    wait_for(lab, lambda: pixels(tile(lab, "Every value of one condition", 3).locator("canvas")) == picture)
    assert value(lab, "hair", "red").get_attribute("aria-pressed") == "true"


def test_another_condition_is_varied(reader, lab):
    lab.get_by_role("button", name="tilt", exact=True).click()
    tilts = lab.get_by_role("group", name="Every value of one condition")
    wait_for(lab, lambda: tilts.get_by_role("button").count() == 36)
    wait_for(lab, lambda: "\u22122.00" in tilts.inner_text())
    reader.look("conditions_varied_number")
    lab.get_by_role("button", name="hair", exact=True).last.click()
    wait_for(lab, lambda: tilts.get_by_role("button").count() == 32)


def test_a_number_is_moved_by_keyboard_and_answered(lab):
    slider = lab.get_by_role("slider", name="tilt")
    assert answer_times(slider, stage(lab))[-1] < 3000
    wait_for(lab, lambda: f"tilt: asked {slider.get_attribute('aria-valuetext')}" in lab.inner_text())


def test_the_way_between_two_conditions_by_keyboard_alone(reader, lab):
    page = lab.page
    lab.get_by_role("button", name="Between", exact=True).focus()
    page.keyboard.press("Space")
    slider = lab.get_by_role("slider", name="t", exact=True)
    slider.wait_for()
    for word, end in (("green", "A = asked"), ("pink", "B = asked")):
        value(lab, "hair", word).focus()
        page.keyboard.press("Space")
        lab.get_by_role("button", name=end, exact=True).focus()
        page.keyboard.press("Space")
        wait_for(lab, lambda end=end, word=word: re.search(rf"{end[0]} is hair {word}", lab.inner_text()))
    assert slider.get_attribute("aria-valuetext") == "1.000"
    before = pixels(stage(lab))
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    expect_another_picture(lab, before)
    wait_for(lab, lambda: "hair: between two" in lab.inner_text())
    pressed = lab.get_by_role("group", name="hair", exact=True).locator("[aria-pressed=true]")
    wait_for(lab, lambda: pressed.count() == 0)
    reader.look("conditions_between")


def test_many_z(reader, lab):
    reader.press(lab, "Many z")
    before = pixels(stage(lab))
    tile(lab, "The same condition with many z", 10).click()
    expect_another_picture(lab, before)
    wait_for(lab, lambda: tile(lab, "The same condition with many z", 10).get_attribute("aria-pressed") == "true")
    grid = pixels(tile(lab, "The same condition with many z", 0).locator("canvas"))
    value(lab, "hairstyle", "spiky").click()
    wait_for(lab, lambda: pixels(tile(lab, "The same condition with many z", 0).locator("canvas")) != grid)
    wait_for(lab, lambda: "Of 32 pictures the judge reads as asked" in lab.inner_text())
    reader.look("conditions_many")


def test_every_control_has_a_name(lab):
    for name in VIEWS:
        lab.get_by_role("button", name=name, exact=True).click()
        lab.page.wait_for_timeout(300)
        for control in lab.locator("button:visible, input:visible, [role=slider]:visible").all():
            said = control.evaluate("""e => e.getAttribute('aria-label') || e.innerText.trim()
                || (e.labels && [...e.labels].map(label => label.innerText).join('').trim()) || e.title""")
            assert said, control.evaluate("e => e.outerHTML.slice(0, 200)")


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        for name in VIEWS:
            reader.press(lab, name)
            lab.page.wait_for_timeout(600)
            reader.look(f"conditions_dark_{name}")
    with reader.window(560, 1300, sidebar=False):
        for name in VIEWS:
            reader.press(lab, name)
            lab.page.wait_for_timeout(600)
            reader.look(f"conditions_narrow_{name}")
            assert beyond(lab, PARTS) == []
        reader.press(lab, VIEWS[0])
        lab.page.wait_for_timeout(300)
        rows = {round(tile(lab, "Every value of one condition", i).bounding_box()["y"]) for i in range(8)}
        assert len(rows) == 1


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    reader.press(lab, "Surprise me")
    lab.page.wait_for_timeout(5500)  # the still comes after some seconds of rest
    picture = reader.open_again("conditions.ipynb")
    assert re.search(r"G\(z, y\)\. . hair: (\w+, as asked|asked \w+, read \w+)", picture.get_attribute("alt"))
