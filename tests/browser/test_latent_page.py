"""The latent explorer in a real JupyterLab: by mouse, by keyboard alone, in the dark, and in a narrow window."""

import re

import pytest
from screen import beyond, cells, pixels, wait_for

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
VIEWS = ("Sliders", "Interpolation", "Arithmetic", "Directions", "Samples")
MEASURE = """async ([slider, canvas, n]) => {
    const times = [], seen = () => canvas.toDataURL();
    for (let i = 0; i < n; i++) {
        const before = seen(), start = performance.now();
        slider.value = Number(slider.value) + (i % 8 < 4 ? 0.5 : -0.5);
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        while (seen() === before && performance.now() - start < 3000)
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


def tile(lab, gallery, number):
    """A tile of a gallery, by the gallery's name and the tile's number from 0."""
    return lab.get_by_role("group", name=gallery, exact=True).get_by_role("button").nth(number)


def expect_another_picture(lab, before):
    wait_for(lab, lambda: pixels(stage(lab)) != before)


def test_surprises_move_every_slider_and_undo_takes_them_back(reader, lab):
    reader.look("latent_sliders")
    sliders, before = lab.locator(".ganlib-bank input"), pixels(stage(lab))
    assert sliders.count() == 32
    values = sliders.evaluate_all("inputs => inputs.map(input => input.value)")
    reader.press(lab, "Surprise me")
    expect_another_picture(lab, before)
    changed = sliders.evaluate_all("inputs => inputs.map(input => input.value)")
    assert all(one != other for one, other in zip(values, changed, strict=True))
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before)
    assert sliders.evaluate_all("inputs => inputs.map(input => input.value)") == values
    reader.press(lab, "z = 0")
    wait_for(lab, lambda: "|z| = 0.00" in lab.inner_text())
    assert set(sliders.evaluate_all("inputs => inputs.map(input => input.value)")) == {"0"}
    reader.press(lab, "Undo")
    wait_for(lab, lambda: pixels(stage(lab)) == before)


def test_a_slider_is_moved_by_keyboard_and_its_dimension_is_swept(reader, lab):
    page, before, number = lab.page, pixels(stage(lab)), cells(lab.page)
    slider = lab.locator(".ganlib-bank input").nth(2)
    slider.focus()
    strip = tile(lab, "The chosen dimension from -3 to 3", 0).locator("canvas")
    wait_for(lab, lambda: lab.locator(".ganlib-bank label.chosen").count() == 1)
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    expect_another_picture(lab, before)
    wait_for(lab, lambda: slider.get_attribute("aria-valuetext") == "2.90")
    name = slider.get_attribute("aria-label")
    wait_for(lab, lambda: f"{name} from \u22123 to 3" in lab.inner_text() and "It is 2.90 now" in lab.inner_text())
    wait_for(lab, lambda: tile(lab, "The chosen dimension from -3 to 3", 6).get_attribute("aria-pressed") == "true")
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    assert cells(page) == number
    shown = pixels(strip)
    lab.locator(".ganlib-bank input").nth(0).focus()
    wait_for(lab, lambda: pixels(strip) != shown)


def test_tiles_are_reached_by_arrow_keys_and_pressed(reader, lab):
    page = lab.page
    first = tile(lab, "The chosen dimension from -3 to 3", 0)
    first.click()
    wait_for(lab, lambda: lab.locator(".ganlib-bank input").nth(0).get_attribute("aria-valuetext") == "\u22123.00")
    for key in ("ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    wait_for(lab, lambda: lab.locator(".ganlib-bank input").nth(0).get_attribute("aria-valuetext") == "\u22121.00")
    focused = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("\u22121: mean")
    stops = "tiles => tiles.map(tile => tile.tabIndex)"
    strip = lab.get_by_role("group", name="The chosen dimension from -3 to 3")
    assert strip.get_by_role("button").evaluate_all(stops) == [-1, -1, 0, -1, -1, -1, -1]


def test_the_way_between_two_points_by_keyboard_alone(reader, lab):
    page = lab.page
    lab.get_by_role("button", name="Interpolation", exact=True).focus()
    page.keyboard.press("Space")
    slider = lab.get_by_role("slider", name="t", exact=True)
    slider.wait_for()
    before = pixels(stage(lab))
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect_another_picture(lab, before)
    lab.get_by_role("button", name="spherical", exact=True).focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: "On the spherical way" in lab.inner_text())
    for end in ("A = z", "New B", "Swap"):
        shown = pixels(tile(lab, "The way from A to B", 6).locator("canvas"))
        lab.get_by_role("button", name=re.compile(rf"^\W*{end}$")).focus()
        page.keyboard.press("Space")
        way = tile(lab, "The way from A to B", 6).locator("canvas")
        wait_for(lab, lambda shown=shown, way=way: pixels(way) != shown)
    reader.look("latent_interpolation")


def test_sums_of_means(reader, lab):
    reader.press(lab, "Arithmetic")
    before = None
    for letter, chosen in (("A", (1, 4)), ("B", (2, 9)), ("C", (12, 3))):
        lab.get_by_role("button", name=letter, exact=True).click()
        for number in chosen:
            before = pixels(stage(lab))
            tile(lab, "Samples to choose from", number).click()
            label = re.compile(f"in {letter}$")
            wait_for(
                lab,
                lambda n=number, label=label: label.search(
                    tile(lab, "Samples to choose from", n).get_attribute("aria-label")
                ),
            )
    expect_another_picture(lab, before)
    wait_for(lab, lambda: "The large picture is of A \u2212 B + C." in lab.inner_text())
    lab.page.wait_for_timeout(500)
    reader.look("latent_arithmetic")


def test_directions_and_samples(reader, lab):
    reader.press(lab, "Directions")
    before = pixels(stage(lab))
    tile(lab, "z along the direction", 6).click()
    expect_another_picture(lab, before)
    slider = lab.get_by_role("slider", name="strength")
    wait_for(lab, lambda: slider.get_attribute("aria-valuetext") == "3.00")
    reader.look("latent_directions")
    reader.press(lab, "Samples")
    before = pixels(stage(lab))
    tile(lab, "Samples", 10).click()
    expect_another_picture(lab, before)
    wait_for(lab, lambda: tile(lab, "Samples", 10).get_attribute("aria-pressed") == "true")
    grid = pixels(tile(lab, "Samples", 0).locator("canvas"))
    psi = lab.get_by_role("slider", name="psi")
    psi.focus()
    lab.page.keyboard.press("ArrowLeft")
    wait_for(lab, lambda: pixels(tile(lab, "Samples", 0).locator("canvas")) != grid)
    wait_for(lab, lambda: "psi = 0.95" in lab.inner_text())
    reader.look("latent_samples")


def test_a_moved_slider_is_answered(reader, lab):
    """From the browser's event to changed pixels, in the browser's own clock, printed for people."""
    reader.press(lab, "Sliders")
    slider = lab.locator(".ganlib-bank input").nth(1)
    slider.fill("0")
    lab.page.wait_for_timeout(500)
    times = sorted(lab.page.evaluate(MEASURE, [slider.element_handle(), stage(lab).element_handle(), 24]))
    print("slider to pixels, ms: median", round(times[len(times) // 2]), "slowest", round(times[-1]))
    assert times[-1] < 3000


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
            reader.look(f"latent_dark_{name}")
        text = lab.locator(".ganlib-tile:visible").last.evaluate("e => getComputedStyle(e).color")
        assert min(map(int, re.findall(r"\d+", text)[:3])) > 150
    with reader.window(560, 1300, sidebar=False):
        for name in VIEWS:
            reader.press(lab, name)
            lab.page.wait_for_timeout(600)
            reader.look(f"latent_narrow_{name}")
            assert beyond(lab, "button, canvas, input, select, .ganlib-tile, .widget-slider, p") == []


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    reader.press(lab, "Surprise me")
    lab.page.wait_for_timeout(5500)  # the still comes after some seconds of rest
    picture = reader.open_again("latent.ipynb")
    assert re.search(r"mean -?0\.\d{3}\. \|z\| = \d\.\d\d in 32 dimensions", picture.get_attribute("alt"))
