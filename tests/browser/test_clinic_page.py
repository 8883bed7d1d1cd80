"""The ward in a real JupyterLab: diagnosis, treatment and score by mouse and by keyboard alone, dark and narrow."""

import re

import pytest
from screen import at_rest, beyond, cells, is_dark, nameless, pixels, wait_for

pytestmark = pytest.mark.slow

CELL = """\
import torch
torch.set_num_threads(1)
from ganlib import viz
ward = viz.Clinic(["carla", "grace", "hugo"])
ward
"""
TREATED_S = 240  # a few seconds on a machine of one's own
TREATED = "What it was: Mode collapse.", "1 of 3 patients done", "measured at the end"
PARTS = "button, canvas, img.ganlib-figure, select, .widget-slider, blockquote, pre"
CONTROLS = "button:visible, select:visible, [role=slider]:visible, [tabindex]:visible"


@pytest.fixture(scope="module")
def lab(reader):
    """The ward on a page of its own."""
    place = reader.show("ward.ipynb", CELL, ".ganlib-clinic")
    place.locator("img.ganlib-figure").first.wait_for(timeout=60_000)
    return place


@pytest.fixture
def treated(reader, lab):
    """The ward with a patient who has been treated: the first one, unless an earlier test did it."""
    if "What it was" not in lab.inner_text():
        for name, words, action in (
            ("diagnosis", "Mode collapse", "Diagnose"),
            ("treatment", "Add a gradient penalty", "Treat"),
        ):
            choice(lab, name).select_option(words)
            wait_for(lab, button(lab, action).is_enabled)
            reader.press(lab, action)
        wait_for(lab, lambda: all(words in lab.inner_text() for words in TREATED), TREATED_S)
    return lab


def bed(lab, number):
    """A patient's button in the list, counted from 1."""
    return lab.get_by_role("group", name="The ward").get_by_role("button").nth(number - 1)


def button(lab, words):
    return lab.get_by_role("button", name=re.compile(rf"^\W*{words}$"))


def choice(lab, name):
    return lab.get_by_role("combobox", name=name)


def charts(lab):
    """The pictures of the curves before and after."""
    return [image.get_attribute("src") for image in lab.locator("img.ganlib-figure").all()]


def test_a_patient_is_diagnosed_and_really_treated_by_mouse(reader, lab):
    wait_for(lab, lambda: button(lab, "Diagnose").is_disabled() and button(lab, "Treat").is_disabled())
    choice(lab, "diagnosis").select_option("Vanishing gradients")
    wait_for(lab, lambda: "no gradient is left" in lab.inner_text())
    reader.press(lab, "Diagnose")
    wait_for(lab, lambda: "\u2717 Not this: Vanishing gradients." in lab.inner_text())
    before = at_rest(lab, lambda: charts(lab))[0]
    choice(lab, "diagnosis").select_option("Mode collapse")
    wait_for(lab, lambda: "All samples fall on one or two modes" in lab.inner_text())
    reader.press(lab, "Diagnose")
    wait_for(lab, lambda: "\u2713 Right: Mode collapse." in lab.inner_text() and charts(lab)[0] != before)  # the ring
    reader.look("clinic_diagnosed")
    empty = at_rest(lab, lambda: charts(lab))[1]
    choice(lab, "treatment").select_option("Add a gradient penalty")
    wait_for(lab, button(lab, "Treat").is_enabled)
    reader.press(lab, "Treat")
    wait_for(lab, lambda: charts(lab)[1] != empty and "updates are done" in lab.inner_text(), 60)
    reader.press(lab, "Pause")
    wait_for(lab, lambda: button(lab, "Go on").count() == 1)
    reader.look("clinic_paused")
    held = at_rest(lab, lambda: charts(lab))
    lab.page.wait_for_timeout(1500)
    assert charts(lab) == held
    reader.press(lab, "Go on")
    wait_for(lab, lambda: all(words in lab.inner_text() for words in TREATED), TREATED_S)
    reader.look("clinic_treated")


def test_another_treatment_is_stopped_and_the_first_one_still_counts(reader, lab, treated):
    score = re.search(r"\d+ of \d+ points", lab.inner_text())[0]
    choice(lab, "treatment").select_option("Leave it alone")
    wait_for(lab, lambda: "train twice as long" in lab.inner_text())
    reader.press(lab, "Treat")
    wait_for(lab, button(lab, "Stop").is_enabled)
    reader.press(lab, "Stop")
    wait_for(lab, lambda: "Here the treated run will grow." in lab.inner_text() and score in lab.inner_text())


def test_a_patient_is_diagnosed_and_treated_by_keyboard_alone(reader, lab):
    page, number = lab.page, cells(lab.page)
    done = int(re.search(r"(\d) of 3 patients done", lab.inner_text())[1])
    bed(lab, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    wait_for(lab, lambda: "Patient 2 of 3" in lab.inner_text() and bed(lab, 2).get_attribute("aria-pressed") == "true")
    reader.look("clinic_second")
    choice(lab, "diagnosis").focus()
    page.keyboard.type("Data in")
    page.keyboard.press("Tab")
    wait_for(lab, lambda: "Real samples do not lie in [-1, 1]" in lab.inner_text())  # each letter chose another one
    wait_for(lab, button(lab, "Diagnose").is_enabled)
    button(lab, "Diagnose").focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: re.search("[\u2713\u2717] (Right|Not this): Data in the wrong range", lab.inner_text()))
    choice(lab, "treatment").focus()
    page.keyboard.type("Scale")
    page.keyboard.press("Tab")
    wait_for(lab, lambda: "Bring pictures to [-1, 1]" in lab.inner_text() and button(lab, "Treat").is_enabled())
    button(lab, "Treat").focus()
    page.keyboard.press("Space")
    for key in ("a", "b", "x", "d", "d"):
        page.keyboard.press(key)
    wait_for(lab, lambda: f"{done + 1} of 3 patients done" in lab.inner_text(), TREATED_S)
    assert cells(page) == number
    reader.look("clinic_keyboard")


def test_the_slider_moves_both_samples_by_keyboard(reader, lab):
    slider, canvases = lab.get_by_role("slider", name="moment"), lab.locator(".ganlib-gallery canvas:visible")
    bed(lab, 2).click()  # her samples are pictures
    wait_for(lab, lambda: "Patient 2 of 3" in lab.inner_text() and bed(lab, 2).get_attribute("aria-pressed") == "true")
    before = at_rest(lab, lambda: [pixels(canvas) for canvas in canvases.all()])
    slider.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowLeft")
    wait_for(lab, lambda: slider.get_attribute("aria-valuetext") == "50 %")
    wait_for(lab, lambda: [pixels(canvas) for canvas in canvases.all()] != before)
    lab.page.wait_for_timeout(800)
    reader.look("clinic_moment")


def test_every_control_has_a_name(lab):
    assert at_rest(lab, lambda: nameless(lab, CONTROLS)) == []


def test_the_score_says_what_to_read_again_and_leads_there(lab, treated):
    wait_for(lab, lambda: "first diagnosis" in lab.inner_text() and "first treatment" in lab.inner_text())
    target = lab.locator("a").first
    assert re.fullmatch(r".*/lab/tree/\d\d_\w+\.ipynb#\S+", target.evaluate("a => a.href"))
    assert target.get_attribute("target") == "_blank"


def test_dark_pages_and_narrow_windows(reader, lab):
    with reader.in_the_dark():
        for image in lab.locator("img.ganlib-figure").all():
            wait_for(lab, lambda image=image: is_dark(image))
        lab.page.wait_for_timeout(800)
        with reader.window(1400, 1900):
            reader.look("clinic_dark")
        with reader.window(560, 2600, sidebar=False):
            reader.look("clinic_narrow")
            wait_for(lab, lambda: lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth + 1"))
            assert beyond(lab, PARTS) == []


def test_start_over(reader, lab):
    reader.press(lab, "Start over")
    begun = "0 of 3 patients done, 0 of 12 points.", "Patient 1 of 3"
    wait_for(lab, lambda: all(words in lab.inner_text() for words in begun) and "What it was" not in lab.inner_text())


def test_a_notebook_opened_again_shows_the_picture(reader, lab):
    """The last test of the file: it shuts the kernel down."""
    patient = re.search(r"Patient \d of 3: (\w+)", lab.inner_text())[1]
    still = lab.page.locator(".ganlib-still img")  # it comes after some rest
    wait_for(lab.page, lambda: still.get_attribute("alt").startswith(f"{patient}: \u201c"))
    picture = reader.open_again("ward.ipynb")
    assert picture.get_attribute("alt").startswith(f"{patient}: \u201c")
