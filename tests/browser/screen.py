"""What tests read off a page: ``place`` is the page or a part of it."""

import inspect
import re
import time

CORNER = """part => {
    const image = part instanceof HTMLImageElement;
    const [width, height] = image ? [part.naturalWidth, part.naturalHeight] : [part.width, part.height];
    const pen = new OffscreenCanvas(width, height).getContext('2d');
    pen.drawImage(part, 0, 0);
    return [...pen.getImageData(2, 2, 1, 1).data].slice(0, 3); }"""
BEYOND = """(place, [selector, slack]) => {
    const edge = Math.min(place.getBoundingClientRect().right, window.innerWidth) + slack;
    return [...place.querySelectorAll(selector)].filter(part => part.getBoundingClientRect().right > edge)
        .map(part => part.outerHTML.slice(0, 80)); }"""
NAMELESS = """parts => !parts.length ? ['no control at all'] : parts.filter(e => !(
    e.getAttribute('aria-label') || e.innerText.trim() || e.title
    || (e.labels && [...e.labels].map(label => label.innerText).join('').trim())
)).map(e => e.outerHTML.slice(0, 200))"""
LOST = """async slider => {
    const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
    let lost = 0;
    for (let i = 0; i < 12; i++) {
        const before = Number(slider.value), up = i % 2 === 0;
        for (const ms of i < 6 ? [3, 25, 400] : [52, 18, 400]) { // the kernel is told at once, or after 50 ms
            up ? slider.stepUp() : slider.stepDown();
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            await pause(ms);
        }
        const steps = Math.round((Number(slider.value) - before) / Number(slider.step));
        lost += Math.abs(steps) !== 3;
    }
    return lost; }"""
CELLS = "() => jupyterapp.shell.currentWidget.content.model.cells.length"

ANSWERS = """async ([handle, canvas]) => {
    const times = [], pause = ms => new Promise(resolve => setTimeout(resolve, ms));
    for (let i = 0; i < 9; i++) {
        const before = canvas.toDataURL(), start = performance.now();
        handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
        while (canvas.toDataURL() === before && performance.now() - start < 3000)
            await pause(4);
        times.push(performance.now() - start);
        await pause(150);
    }
    return times; }"""


def wait_for(place, condition, seconds=30):
    """Wait until the condition holds; after so many seconds without it the test fails and says what the place says.

    What the condition finds half drawn, as a number that is not there yet, counts as not yet. A test asks for all
    that shall hold at once, and only for what lasts: the page may show the parts of an answer one after the other.
    """
    page = getattr(place, "page", place)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds(condition):
            return
        page.wait_for_timeout(50)
    text = page.locator("body").inner_text() if place is page else place.inner_text()
    assert condition(), f"not within {seconds} s: {inspect.getsource(condition).strip()}\nThe page says: {text}"


def holds(condition):
    """Whether a condition on the page holds; a part that is not there, or no longer, is no error."""
    from playwright.sync_api import Error  # not everybody has it, and the fixtures say so

    try:
        return condition()
    except (TypeError, IndexError, AttributeError, Error):
        return False


def at_rest(place, read, seconds=30):
    """What ``read`` reads once it has been the same for a second, so that nothing is on its way any more."""
    page, end = getattr(place, "page", place), time.monotonic() + seconds
    value, since = read(), time.monotonic()
    while time.monotonic() < since + 1:
        assert time.monotonic() < end, f"no rest within {seconds} s"
        page.wait_for_timeout(50)
        now = read()
        if now != value:
            value, since = now, time.monotonic()
    return value


def is_paused(place):
    """Whether a player is there and plays nothing."""
    return place.get_by_role("button", name="Play").count() == 1


def tile(place, gallery, number):
    """A tile of a gallery, by the gallery's name and the tile's number from 0."""
    return place.get_by_role("group", name=gallery, exact=True).locator(".ganlib-tile").nth(number)


def is_pressed(button):
    """Whether a button is down, as a chosen value's or a marked tile's."""
    return button.get_attribute("aria-pressed") == "true"


def count(place, word):
    """The number after a word: ``count(lab, "step")`` is 1200 where "step 1,200" is written."""
    return int(re.search(rf"{word} ([\d,]+)", place.inner_text())[1].replace(",", ""))


def pixels(canvas):
    """A canvas's picture, to compare with a later one."""
    return canvas.evaluate("canvas => canvas.toDataURL()")


def corner(part):
    """The colour near the upper left corner of a canvas or an image: red, green, blue."""
    return part.evaluate(CORNER)


def is_dark(part):
    """Whether the ground of a canvas or an image is dark."""
    return max(corner(part)) < 40


def words_are_light(part):
    """Whether what is written in a part can be read on a dark ground."""
    return min(part.evaluate("part => getComputedStyle(part).color.match(/\\d+/g).slice(0, 3).map(Number)")) > 150


def beyond(place, selector):
    """The parts that stand out at the right edge of their place or of the window once it is laid out; none should."""
    page, end = getattr(place, "page", place), time.monotonic() + 5
    while (found := place.evaluate(BEYOND, [selector, 1])) and time.monotonic() < end:
        page.wait_for_timeout(50)
    return found


def nameless(place, controls="button:visible, input:visible, select:visible, [role=slider]:visible"):
    """The controls of a place that say nothing to who cannot see them; there should be none."""
    return place.locator(controls).evaluate_all(NAMELESS)


def answer_times(slider, canvas):
    """From a key on a slider to the changed canvas, in the browser's own clock: nine times in ms, in order of size.

    They are printed for people and not judged, since the machine may be busy; 3000 is no answer at all.
    """
    slider.focus()
    times = sorted(slider.page.evaluate(ANSWERS, [slider.element_handle(), canvas.element_handle()]))
    print("key to picture, ms:", [round(time) for time in times])
    return times


def lost_steps(slider):
    """In how many of twelve bursts of three steps the kernel's answer to the first undoes the second; in none, please.

    Steps are made as an arrow key makes them, in the browser's own clock.
    """
    return slider.evaluate(LOST)


def cells(page):
    """How many cells the notebook has: a shortcut of JupyterLab that got through may change that."""
    return page.evaluate(CELLS)
