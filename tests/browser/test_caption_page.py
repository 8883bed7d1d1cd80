"""The caption box in a real JupyterLab: typed at and answered, by keyboard alone, in the dark, in a narrow window."""

import re

import pytest
from screen import beyond, cells, nameless, pixels, wait_for, words_are_light

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import metrics, models, viz
from ganlib.data import captions
torch.manual_seed(0)
body = models.UpsamplingGenerator(32, 3, latent_dim=64, width=16)
body.net[-2].weight.data.mul_(10)
generator = models.ConditionalGenerator(body, models.TextEncoder(len(captions.WORDS), 32))
words = torch.cat([captions.encode(captions.surprise()) for _ in range(64)])
for _ in range(50):
    generator(torch.randn(64, 32), words)  # batch norm learns its statistics: untrained, but lively
examples = ["blue hair, red eyes, smile, glasses", "long green hair", "twintails, no glasses"]
lab = viz.CaptionBox(generator, captions.encode, asks=captions.parse, seen=captions.seen, examples=examples,
                     judge=lambda images: metrics.read_avatars(images).named(), surprise=captions.surprise)
lab
"""
PARTS = "button, canvas, input, .ganlib-tile, p, table, label, pre"
MEASURE = """async ([input, canvas, words]) => {
    const times = [], pause = ms => new Promise(resolve => setTimeout(resolve, ms));
    for (const word of words) {
        const before = canvas.toDataURL(), start = performance.now();
        input.value = word;
        input.dispatchEvent(new Event("input", {bubbles: true}));
        while (canvas.toDataURL() === before && performance.now() - start < 3000)
            await pause(1);
        times.push(performance.now() - start);
        await pause(200);
    }
    return times;
}"""


@pytest.fixture(scope="module")
def lab(reader):
    """The box on a page of its own."""
    place = reader.show("captions.ipynb", CELL, ".ganlib-captions")
    place.locator(".ganlib-tile canvas").first.wait_for(timeout=30_000)
    return place


def field(lab):
    """The field into which captions are typed."""
    return lab.get_by_role("textbox", name="Caption", exact=True)


def first(lab):
    """The first picture."""
    return lab.locator(".ganlib-tile canvas").first


def says(lab, caption):
    """Whether this caption is said to be drawn."""
    return f"Drawn: \u201c{caption}\u201d." in lab.inner_text()


def warns(lab, words):
    """Whether the box complains in these words and marks the field."""
    said = "".join(lab.get_by_role("alert").all_inner_texts())
    return words in said and field(lab).get_attribute("aria-invalid") == "true"


def enter(reader, lab, caption):
    """Replace the caption by another, key by key, and press Enter; the kernel has answered that, too."""
    field(lab).fill("")
    field(lab).press_sequentially(caption)
    field(lab).press("Enter")
    wait_for(lab, lambda: says(lab, caption))
    reader.settle()


def test_pictures_follow_the_keys(reader, lab):
    reader.look("caption_first")
    number, before = cells(lab.page), pixels(first(lab))
    field(lab).fill("")
    field(lab).press_sequentially("long red hair", delay=30)
    wait_for(lab, lambda: says(lab, "long red hair") and pixels(first(lab)) != before)
    assert "unknown" not in lab.inner_text() and cells(lab.page) == number


def test_enter_remembers_and_arrow_keys_bring_earlier_captions_back(reader, lab):
    enter(reader, lab, "long red hair")
    enter(reader, lab, "spiky hair")
    assert field(lab).evaluate("field => field === document.activeElement")
    field(lab).press_sequentially(", sm")
    for key, caption in (
        ("ArrowUp", "spiky hair"),
        ("ArrowUp", "long red hair"),
        ("ArrowUp", "blue hair, red eyes, smile, glasses"),
        ("ArrowUp", "blue hair, red eyes, smile, glasses"),
        ("ArrowDown", "long red hair"),
    ):
        field(lab).press(key)
        assert field(lab).input_value() == caption
        wait_for(lab, lambda caption=caption: says(lab, caption))
    field(lab).press("ArrowDown")
    field(lab).press("ArrowDown")
    assert field(lab).input_value() == "spiky hair, sm"


def test_what_is_not_understood_is_said_and_not_drawn(reader, lab):
    enter(reader, lab, "blue hair")
    before = pixels(first(lab))
    field(lab).select_text()  # and typed over: an empty caption would be drawn
    field(lab).press_sequentially("blue hare")
    field(lab).press("Enter")
    wait_for(lab, lambda: warns(lab, "unknown word 'hare': did you mean hair?"))
    reader.look("caption_unknown")
    reader.settle()
    reader.press(lab, "Draw")
    reader.settle()
    assert warns(lab, "unknown word 'hare'") and field(lab).input_value() == "blue hare"
    assert pixels(first(lab)) == before
    for key in ("End", "Backspace", "Backspace", "i", "r"):
        field(lab).press(key)
    alert = lab.get_by_role("alert")
    wait_for(lab, lambda: alert.count() == 0 and field(lab).get_attribute("aria-invalid") == "false")


def test_somebody_who_stops_in_the_middle_is_told_after_a_while(lab):
    field(lab).press_sequentially(" blu")
    wait_for(lab, lambda: warns(lab, "unknown word 'blu'"))


def test_what_is_typed_after_enter_stays_however_late_the_kernel_answers(reader, lab):
    with reader.busy_kernel():
        field(lab).fill("red hair")
        field(lab).press("Enter")
        field(lab).fill("blue hair, smile")
    wait_for(lab, lambda: says(lab, "blue hair, smile"))
    reader.settle()
    assert field(lab).input_value() == "blue hair, smile"
    field(lab).press("ArrowUp")  # and the kernel has heard of Enter
    wait_for(lab, lambda: says(lab, "red hair") and field(lab).input_value() == "red hair")


def test_examples_surprises_and_other_z_by_keyboard_alone(reader, lab):
    page = lab.page
    lab.get_by_role("button", name="long green hair").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: field(lab).input_value() == "long green hair" and says(lab, "long green hair"))
    before = pixels(first(lab))
    lab.get_by_role("button", name=re.compile("Other z$")).focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: pixels(first(lab)) != before)
    lab.get_by_role("button", name="Surprise me").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: field(lab).input_value() != "long green hair" and says(lab, field(lab).input_value()))
    reader.look("caption_surprise")


def test_a_combination_that_was_held_out_is_said_to_be_new(reader, lab):
    enter(reader, lab, "black hair, short hair, glasses")
    assert "new to the generator" in lab.inner_text()
    enter(reader, lab, "black hair, short hair, no glasses")
    assert "Training pictures show this" in lab.inner_text()
    assert re.search(r"hairstyle\s+short\s+. \d of 8", lab.get_by_role("table").inner_text())


def test_a_typed_word_is_answered(lab):
    """From the browser's event to changed pixels, in the browser's own clock, printed for people."""
    words = [f"{colour} hair" for colour in ("black", "brown", "blonde", "red", "pink", "blue", "green", "purple") * 2]
    handles = [part.element_handle() for part in (field(lab), first(lab))]
    times = sorted(lab.page.evaluate(MEASURE, [*handles, words[1:]]))
    print("word to pixels, ms: median", round(times[len(times) // 2]), "slowest", round(times[-1]))
    assert times[-1] < 3000


def test_every_control_has_a_name(lab):
    assert nameless(lab) == []


def test_dark_pages_and_narrow_windows(reader, lab):
    enter(reader, lab, "blue hair, smile")
    field(lab).press_sequentially(" eys")
    field(lab).press("Enter")
    lab.get_by_role("alert").wait_for()
    with reader.in_the_dark():
        lab.page.wait_for_timeout(600)
        reader.look("caption_dark")
        wait_for(lab, lambda: words_are_light(field(lab)))
    with reader.window(560, 1300, sidebar=False):
        lab.page.wait_for_timeout(600)
        reader.look("caption_narrow")
        assert beyond(lab, PARTS) == []


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    enter(reader, lab, "pink hair, open mouth")
    still, words = lab.page.locator(".ganlib-still img"), "Drawn: \u201cpink hair, open mouth\u201d."
    wait_for(lab, lambda: words in still.get_attribute("alt"))  # it comes after some seconds of rest
    assert words in reader.open_again("captions.ipynb").get_attribute("alt")
