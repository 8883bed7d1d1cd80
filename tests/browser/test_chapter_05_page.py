"""Chapter 05 as a reader goes through it in JupyterLab: everything runs, and everything live follows the keyboard."""

import pytest
from screen import at_rest, beyond, wait_for

pytestmark = pytest.mark.slow
CHAPTER = "05_convolutional_gans"
LIVE = {"viz.TransposedConvolution()": ".ganlib-transposed", "lab = viz.LatentExplorer(best": ".ganlib-latent"}

ANSWER = """(slider, canvas) => {  // how many ms after the next key the canvas changes; 10,000 is no answer
    window.answered = new Promise(done => slider.addEventListener('keydown', () => {
        const before = canvas.toDataURL(), start = performance.now();
        const look = () => {
            const passed = performance.now() - start;
            if (canvas.toDataURL() !== before || passed > 10_000) done(passed); else setTimeout(look, 2); };
        look();
    }, {once: true})); }"""


def test_nothing_goes_wrong_but_the_unsolved_exercises(reader, page):
    reader.expect_only_unsolved_exercises(7)


def test_the_transposed_convolution_goes_on_by_keyboard(reader, page):
    lab = reader.cell("viz.TransposedConvolution()").locator(".ganlib-transposed").first
    lab.locator("canvas").first.wait_for(timeout=30_000)
    reader.press(lab, "Step")
    wait_for(lab, lambda: "Step 1 of" in lab.inner_text())
    page.keyboard.press("Space")  # the button has the focus
    wait_for(lab, lambda: "Step 2 of" in lab.inner_text())
    assert not lab.get_by_role("alert").count()
    reader.look("chapter_05_transposed", lab)


def test_the_latent_explorer_shows_and_reads_new_faces(reader, page):
    lab = reader.cell("lab = viz.LatentExplorer(best").locator(".ganlib-latent").first
    wait_for(page, lambda: "The judge reads" in lab.inner_text())
    before = at_rest(page, lab.inner_text)
    reader.press(lab, "Surprise me")
    wait_for(page, lambda: lab.inner_text() != before)
    assert beyond(lab, "canvas, img, button") == []
    reader.look("chapter_05_latent", lab)


def test_a_prompt_is_still_answered_when_the_whole_chapter_has_run(reader, page):
    reader.go_to("even_stamps = viz.Prediction(")
    button = page.get_by_role("button", name="2 and 4").first
    button.click()
    wait_for(page, lambda: button.get_attribute("aria-pressed") == "true")
    printed = "".join("".join(output.get("text", "")) for output in reader.run_cell("even_stamps.reveal("))
    assert "Your prediction: 2 and 4 (as measured)" in printed


def test_the_latent_explorer_follows_the_keyboard(reader, page):
    lab = reader.cell("lab = viz.LatentExplorer(best").locator(".ganlib-latent").first
    slider, stage = lab.locator(".ganlib-bank input").first, lab.locator("canvas").first
    slider.focus()
    times = []
    for key in ["ArrowRight", "ArrowLeft"] * 10:
        slider.evaluate(ANSWER, stage.element_handle())
        page.keyboard.press(key)
        times.append(page.evaluate("() => window.answered"))
        page.wait_for_timeout(100)
    print("key to face, ms: median", round(sorted(times)[len(times) // 2]), "slowest", round(max(times)))
    assert max(times) < 10_000
    lab.get_by_role("button", name="Samples", exact=True).focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: "psi" in lab.inner_text())
    lab.get_by_role("button", name="Sliders", exact=True).focus()
    page.keyboard.press("Space")
    wait_for(lab, lambda: "largest effect first" in lab.inner_text())


@pytest.mark.parametrize("width", [560, 1400])
def test_both_explorers_in_the_dark(reader, page, width):
    with reader.in_the_dark(), reader.window(width, 1100, sidebar=False):
        for code, selector in LIVE.items():
            lab = reader.cell(code).locator(selector).first
            lab.wait_for()
            assert beyond(lab, "canvas, button, input, select, p") == []
            reader.look(f"chapter_05_dark_{width}{selector}", lab)


@pytest.mark.parametrize("code", LIVE)
def test_a_live_cell_runs_again_when_the_whole_chapter_has_run(reader, page, code):
    assert "error" not in [output["output_type"] for output in reader.run_cell(code)]
