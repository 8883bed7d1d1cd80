"""The latent explorer in a real JupyterLab: by mouse, by keyboard alone, in the dark, and in a narrow window."""

import re

import pytest
from screen import at_rest, beyond, cells, is_pressed, lost_steps, nameless, pixels, tile, wait_for, words_are_light

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import models, viz
torch.manual_seed(0)
generator = models.UpsamplingGenerator(32, 3, latent_dim=32, width=16)
generator.net[-2].weight.data.mul_(10)
for _ in range(50):
    generator(torch.randn(64, 32))  # batch norm learns its statistics: untrained, but lively
judge = lambda images: [f"mean {image.mean():.3f}" for image in images]
lab = viz.LatentExplorer(generator, judge=judge, directions={"brighter": torch.ones(32) / 6, "other": torch.eye(32)[0]})
lab
"""
STRIP = "The chosen dimension from -3 to 3"
VIEWS = {
    "Sliders": STRIP,
    "Interpolation": "The way from A to B",
    "Arithmetic": "Samples to choose from",
    "Directions": "z along the direction",
    "Samples": "Samples",
}  # and the gallery of each
VALUES = "inputs => inputs.map(input => input.value)"
MEASURE = """async ([slider, canvas, n]) => {
    const times = [], seen = () => canvas.toDataURL();
    for (let i = 0; i < n; i++) {
        const before = seen(), start = performance.now();
        slider.value = Number(slider.value) + (i % 8 < 4 ? 0.5 : -0.5);
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        while (seen() === before && performance.now() - start < 10000)
            await new Promise(resolve => setTimeout(resolve, 1));
        times.push(performance.now() - start);
        await new Promise(resolve => setTimeout(resolve, 150));
    }
    return times;
}"""


@pytest.fixture(scope="module")
def lab(reader):
    """The explorer on a page of its own."""
    place = reader.show("latent.ipynb", CELL, ".ganlib-latent")
    place.locator(".ganlib-tile canvas").first.wait_for(timeout=30_000)
    return place


def stage(lab):
    """The large picture."""
    return lab.get_by_role("group", name="The large picture").locator("canvas")


def resting(lab):
    """The large picture, of which no other is on its way."""
    return at_rest(lab, lambda: pixels(stage(lab)))


def value(lab, number):
    """What a slider of the bank says, by its number from 0."""
    return lab.locator(".ganlib-bank input").nth(number).get_attribute("aria-valuetext")


def open_view(lab, name):
    """Go to a view, and wait until it is the only one that is seen."""
    lab.get_by_role("button", name=name, exact=True).click()
    galleries = {view: lab.get_by_role("group", name=VIEWS[view], exact=True) for view in VIEWS}
    wait_for(lab, lambda: [view for view in VIEWS if galleries[view].is_visible()] == [name])
    wait_for(lab, lambda: galleries[name].get_by_role("button").count() > 1)


def test_surprises_move_every_slider_and_undo_takes_them_back(reader, lab):
    reader.look("latent_sliders")
    sliders, before = lab.locator(".ganlib-bank input"), resting(lab)
    values = at_rest(lab, lambda: sliders.evaluate_all(VALUES))
    assert len(values) == 32

    def all_have_moved():
        return all(one != other for one, other in zip(values, sliders.evaluate_all(VALUES), strict=True))

    reader.press(lab, "Surprise me")
    wait_for(lab, lambda: pixels(stage(lab)) != before and all_have_moved())
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before and sliders.evaluate_all(VALUES) == values)
    reader.press(lab, "z = 0")
    wait_for(lab, lambda: "|z| = 0.00" in lab.inner_text() and set(sliders.evaluate_all(VALUES)) == {"0"})
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before)


def test_a_slider_is_moved_by_keyboard_and_its_dimension_is_swept(reader, lab):
    page, before, number = lab.page, resting(lab), cells(lab.page)
    slider, strip = lab.locator(".ganlib-bank input").nth(2), tile(lab, STRIP, 0).locator("canvas")
    name = slider.get_attribute("aria-label")
    slider.focus()
    wait_for(lab, lambda: f"{name} from \u22123 to 3" in lab.inner_text())
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    said = f"{name} from \u22123 to 3, all else as it is. It is 2.90 now"
    wait_for(lab, lambda: value(lab, 2) == "2.90" and said in lab.inner_text() and is_pressed(tile(lab, STRIP, 6)))
    wait_for(lab, lambda: pixels(stage(lab)) != before)
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == number
    shown = at_rest(lab, lambda: pixels(strip))
    lab.locator(".ganlib-bank input").nth(0).focus()
    wait_for(lab, lambda: pixels(strip) != shown)


def test_tiles_are_reached_by_arrow_keys_and_pressed(reader, lab):
    page = lab.page
    tile(lab, STRIP, 0).click()
    wait_for(lab, lambda: value(lab, 0) == "\u22123.00")
    for key in ("ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    wait_for(lab, lambda: value(lab, 0) == "\u22121.00")
    focused = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("\u22121: mean")
    stops = "tiles => tiles.map(tile => tile.tabIndex)"
    strip = lab.get_by_role("group", name=STRIP)
    assert strip.get_by_role("button").evaluate_all(stops) == [-1, -1, 0, -1, -1, -1, -1]


def test_the_way_between_two_points_by_keyboard_alone(reader, lab):
    page = lab.page
    lab.get_by_role("button", name="Interpolation", exact=True).focus()
    page.keyboard.press("Space")
    slider = lab.get_by_role("slider", name="t", exact=True)
    slider.wait_for()
    before = resting(lab)
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for(lab, lambda: pixels(stage(lab)) != before)
    lab.get_by_role("button", name="spherical", exact=True).focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: "On the spherical way" in lab.inner_text())
    way = tile(lab, "The way from A to B", 6).locator("canvas")
    for end in ("A = z", "New B", "Swap"):
        shown = at_rest(lab, lambda: pixels(way))
        lab.get_by_role("button", name=re.compile(rf"^\W*{end}$")).focus()
        page.keyboard.press("Space")
        wait_for(lab, lambda shown=shown: pixels(way) != shown)
    reader.look("latent_interpolation")


def test_sums_of_means(reader, lab):
    open_view(lab, "Arithmetic")
    samples = lab.get_by_role("group", name="Samples to choose from").get_by_role("button")
    before = None
    for letter, chosen in (("A", (1, 4)), ("B", (2, 9)), ("C", (12, 3))):
        lab.get_by_role("button", name=letter, exact=True).click()
        wait_for(lab, lambda: not any(is_pressed(tile(lab, VIEWS["Arithmetic"], n)) for n in range(samples.count())))
        for number in chosen:
            before = resting(lab)
            sample, label = samples.nth(number), re.compile(f"in {letter}$")
            sample.click()
            wait_for(lab, lambda sample=sample, label=label: label.search(sample.get_attribute("aria-label")))
    said = "The large picture is of A \u2212 B + C."
    wait_for(lab, lambda: pixels(stage(lab)) != before and said in lab.inner_text())
    reader.look("latent_arithmetic")


def test_directions_and_samples(reader, lab):
    open_view(lab, "Directions")
    slider, before = lab.get_by_role("slider", name="strength"), resting(lab)
    tile(lab, "z along the direction", 6).click()
    wait_for(lab, lambda: pixels(stage(lab)) != before and slider.get_attribute("aria-valuetext") == "3.00")
    reader.look("latent_directions")
    open_view(lab, "Samples")
    before = resting(lab)
    tile(lab, "Samples", 10).click()
    wait_for(lab, lambda: pixels(stage(lab)) != before and is_pressed(tile(lab, "Samples", 10)))
    first = tile(lab, "Samples", 0).locator("canvas")
    grid = at_rest(lab, lambda: pixels(first))
    psi = lab.get_by_role("slider", name="psi")
    psi.focus()
    lab.page.keyboard.press("ArrowLeft")
    wait_for(lab, lambda: pixels(first) != grid and "psi = 0.95" in lab.inner_text())
    reader.look("latent_samples")


def test_a_moved_slider_is_answered(reader, lab):
    """From the browser's event to changed pixels, in the browser's own clock, printed for people."""
    open_view(lab, "Sliders")
    slider = lab.locator(".ganlib-bank input").nth(1)
    at_rest(lab, lambda: value(lab, 1))
    slider.fill("0")
    wait_for(lab, lambda: value(lab, 1) == "0.00")
    resting(lab)
    times = sorted(lab.page.evaluate(MEASURE, [slider.element_handle(), stage(lab).element_handle(), 24]))
    print("slider to pixels, ms: median", round(times[len(times) // 2]), "slowest", round(times[-1]))
    assert times[-1] < 10_000  # that is no answer at all


def test_no_step_of_a_slider_is_lost_while_the_kernel_answers(reader, lab):
    open_view(lab, "Sliders")
    slider = lab.locator(".ganlib-bank input").nth(3)
    slider.press("Home")
    resting(lab)
    assert lost_steps(slider) == 0
    reader.settle()
    assert value(lab, 3) == "\u22123.00"


def test_every_control_has_a_name(lab):
    for name in VIEWS:
        open_view(lab, name)
        wait_for(lab, lambda: nameless(lab) == [])


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        for name in VIEWS:
            open_view(lab, name)
            reader.look(f"latent_dark_{name}")
        text = lab.locator(".ganlib-tile:visible").last
        wait_for(lab, lambda: words_are_light(text))
    with reader.window(560, 1300, sidebar=False):
        for name in VIEWS:
            open_view(lab, name)
            reader.look(f"latent_narrow_{name}")
            assert beyond(lab, "button, canvas, input, select, .ganlib-tile, .widget-slider, p") == []


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    before = resting(lab)
    reader.press(lab, "Surprise me")
    wait_for(lab, lambda: pixels(stage(lab)) != before)
    lab.page.wait_for_timeout(5500)  # the still comes after some seconds of rest
    picture = reader.open_again("latent.ipynb")
    assert re.search(r"mean -?0\.\d{3}\. \|z\| = \d\.\d\d in 32 dimensions", picture.get_attribute("alt"))
