"""The condition studio in a real JupyterLab: by mouse, by keyboard alone, in the dark, and in a narrow window."""

import re

import pytest
from screen import answer_times, at_rest, beyond, cells, is_pressed, nameless, pixels, tile, wait_for

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
VIEWS = {  # and their galleries
    "Every value": "Every value of one condition",
    "Between": "The way from A to B",
    "Many z": "The same condition with many z",
}
BOXES = "parts => parts.map(part => part.getBoundingClientRect().toJSON())"
PARTS = "button, canvas, input, select, .ganlib-tile, .widget-slider, p"


@pytest.fixture(scope="module")
def lab(reader):
    """The studio on a page of its own."""
    place = reader.show("conditions.ipynb", CELL, ".ganlib-latent")
    tile(place, VIEWS["Every value"], 31).wait_for(timeout=30_000)
    return place


def stage(lab):
    """The large picture."""
    return lab.get_by_role("group", name="The large picture").locator("canvas")


def value(lab, name, word):
    """A condition's button."""
    return lab.get_by_role("group", name=name, exact=True).get_by_role("button", name=word, exact=True)


def open_view(lab, name):
    """Go to a view, and wait until its gallery is there and no other."""
    lab.get_by_role("button", name=name, exact=True).click()
    shown = [one == name for one in VIEWS]
    wait_for(lab, lambda: [tile(lab, gallery, 0).is_visible() for gallery in VIEWS.values()] == shown)


def test_a_value_is_chosen_by_keyboard_and_undone(reader, lab):
    reader.look("conditions_every_value")
    page, before, number = lab.page, pixels(stage(lab)), cells(lab.page)
    value(lab, "hair", "blue").focus()
    page.keyboard.press("Space")
    chosen = [value(lab, "hair", "blue"), tile(lab, "Every value of one condition", 5)]
    wait_for(lab, lambda: pixels(stage(lab)) != before and all(map(is_pressed, chosen)))
    wait_for(lab, lambda: re.search("hair: (blue, as asked|asked blue, read)", lab.inner_text()))
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == number
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before and is_pressed(value(lab, "hair", "black")))


def test_columns_stay_columns_and_a_tile_brings_its_z(lab):
    tiles = lab.get_by_role("group", name=VIEWS["Every value"]).get_by_role("button")
    boxes = at_rest(lab, lambda: tiles.evaluate_all(BOXES))
    assert all(abs(boxes[i]["x"] - boxes[i % 8]["x"]) < 1 for i in range(32))
    assert all(abs(boxes[i]["y"] - boxes[i // 8 * 8]["y"]) < 1 for i in range(32))
    here, above = tiles.nth(19), tiles.nth(3)
    picture = pixels(here.locator("canvas"))
    here.click()
    wait_for(lab, lambda: pixels(above.locator("canvas")) == picture and is_pressed(value(lab, "hair", "red")))


def test_another_condition_is_varied(reader, lab):
    lab.get_by_role("button", name="tilt", exact=True).click()
    tilts = lab.get_by_role("group", name="Every value of one condition")
    wait_for(lab, lambda: tilts.get_by_role("button").count() == 36 and "\u22122.00" in tilts.inner_text())
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
    wait_for(lab, lambda: slider.get_attribute("aria-valuetext") == "1.000")
    before = pixels(stage(lab))
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    wait_for(lab, lambda: pixels(stage(lab)) != before and "hair: between two" in lab.inner_text())
    pressed = lab.get_by_role("group", name="hair", exact=True).locator("[aria-pressed=true]")
    wait_for(lab, lambda: pressed.count() == 0)
    reader.look("conditions_between")


def test_many_z(reader, lab):
    open_view(lab, "Many z")
    first, other = (tile(lab, VIEWS["Many z"], i) for i in (0, 10))
    before, grid = pixels(stage(lab)), pixels(first.locator("canvas"))
    other.click()
    wait_for(lab, lambda: pixels(stage(lab)) != before and is_pressed(other))
    assert pixels(first.locator("canvas")) == grid
    value(lab, "hairstyle", "spiky").click()
    wait_for(lab, lambda: pixels(first.locator("canvas")) != grid)
    wait_for(lab, lambda: "Of 32 pictures the judge reads as asked" in lab.inner_text())
    reader.look("conditions_many")


def test_every_control_has_a_name(lab):
    for name in VIEWS:
        open_view(lab, name)
        wait_for(lab, lambda: nameless(lab) == [])


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        for name in VIEWS:
            open_view(lab, name)
            lab.page.wait_for_timeout(600)
            reader.look(f"conditions_dark_{name}")
    with reader.window(560, 1300, sidebar=False):
        for name in VIEWS:
            open_view(lab, name)
            lab.page.wait_for_timeout(600)
            reader.look(f"conditions_narrow_{name}")
            assert beyond(lab, PARTS) == []
        open_view(lab, "Every value")
        tiles = [tile(lab, VIEWS["Every value"], i) for i in range(8)]
        wait_for(lab, lambda: len({round(one.bounding_box()["y"]) for one in tiles}) == 1)


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    before, still = pixels(stage(lab)), lab.page.locator(".ganlib-still img")
    first = still.get_attribute("src")
    reader.press(lab, "Surprise me")
    wait_for(lab, lambda: pixels(stage(lab)) != before)
    words = stage(lab).locator("..").get_attribute("aria-label")
    wait_for(lab, lambda: words in still.get_attribute("alt") and still.get_attribute("src") != first)
    assert re.search(r"G\(z, y\)\. . hair: (\w+, as asked|asked \w+, read \w+)", words)
    assert words in reader.open_again("conditions.ipynb").get_attribute("alt")
