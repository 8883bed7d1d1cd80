"""The drawing canvas without a browser: ink, history, and what the generator is given."""

import asyncio
import time

import numpy as np
import pytest
import torch
from torch import nn

from ganlib import viz
from ganlib.data.avatars import Attributes, render
from ganlib.viz.drawing import ink, lab
from ganlib.viz.drawing.easel import PENS, Easel
from ganlib.viz.drawing.history import History

SIZE = 32


class Negative(nn.Module):
    """What is drawn, with light and dark exchanged."""

    def forward(self, x):
        return -x


def make(generator=None, **named):
    return viz.DrawingCanvas(generator or Negative(), **named)


def shown(canvas):
    """The picture beside the sheet (H, W, 3) in [-1, 1], as the browser gets it."""
    pixels = np.frombuffer(canvas.easel.picture, np.uint8).reshape(*canvas.easel.shape, 3)
    return torch.tensor(pixels / 127.5 - 1)


def draw_in_browser(canvas, sheet, gesture):
    """What a stroke in the browser does: one message with ink, its gesture and what it was drawn on."""
    state = {"gesture": gesture, "base": canvas.easel.version, "ink": memoryview(np.ascontiguousarray(sheet).tobytes())}
    canvas.easel.set_state(state)


# Ink


@pytest.mark.parametrize("width", [1.0, 2.0, 3.4])
@pytest.mark.parametrize("y", [15.5, 16.0, 16.3])
def test_a_line_along_pixels_covers_as_much_as_it_is_wide(width, y):
    share = ink.covered(SIZE, (-50, y), (90, y), width)
    exact = [min(row + 1, y + width / 2) - max(row, y - width / 2) for row in range(SIZE)]
    np.testing.assert_allclose(share, np.clip(exact, 0, 1)[:, None].repeat(SIZE, 1), atol=1e-9)


def test_a_dot_covers_the_area_of_its_disk():
    for width in (2.0, 5.0, 9.0):
        share = ink.covered(SIZE, (16.2, 15.9), (16.2, 15.9), width)
        assert share.sum() == pytest.approx(np.pi * width**2 / 4, rel=0.1)


def test_lines_do_not_depend_on_their_direction_and_turn_with_the_sheet():
    a, b = (3.2, 7.9), (21.4, 18.3)
    share = ink.covered(SIZE, a, b, 1.5)
    np.testing.assert_allclose(share, ink.covered(SIZE, b, a, 1.5))
    np.testing.assert_allclose(share.T, ink.covered(SIZE, a[::-1], b[::-1], 1.5))
    np.testing.assert_allclose(share[:, ::-1], ink.covered(SIZE, (SIZE - a[0], a[1]), (SIZE - b[0], b[1]), 1.5))


def test_a_line_in_two_parts_is_the_line():
    whole = ink.covered(SIZE, (4, 5), (24, 15), 1.5)
    parts = np.maximum(ink.covered(SIZE, (4, 5), (14, 10), 1.5), ink.covered(SIZE, (14, 10), (24, 15), 1.5))
    np.testing.assert_allclose(whole, parts)


def test_ink_only_darkens_and_the_eraser_only_lightens():
    sheet = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE), np.uint8)
    darker = ink.lined(sheet, (2, 2), (30, 25), 3)
    lighter = ink.lined(sheet, (2, 2), (30, 25), 3, erasing=True)
    assert (darker >= sheet).all() and (lighter <= sheet).all() and (darker > sheet).any() and (lighter < sheet).any()
    core = ink.covered(SIZE, (2, 2), (30, 25), 3) == 1
    assert (darker[core] == 255).all() and (lighter[core] == 0).all()


@pytest.mark.parametrize("pen", PENS)
def test_the_eraser_of_a_pen_takes_its_line_away(pen):
    width, eraser = PENS[pen]
    for end in ((9, 9), (25.3, 11.8), (5, 30)):
        line = ink.lined(np.zeros((SIZE, SIZE), np.uint8), (5, 5), end, width)
        assert line.any() and not ink.lined(line, (5, 5), end, eraser, erasing=True).any()


@pytest.mark.parametrize("size", [16, 32, 64])
def test_the_sketches_of_avatars_are_ink_on_paper(size):
    sketches = render(Attributes.sample(6, torch.Generator().manual_seed(1)), size, "sketch")
    for sketch in sketches:
        again = ink.to_picture(ink.from_picture(sketch))[0]
        assert (again - sketch).abs().max() <= 0.51 / 255 * 2  # a step of ink is at most so much


def test_paper_is_white_and_ink_is_the_avatars_ink():
    empty, full = (ink.to_picture(np.full((4, 4), share, np.uint8)) for share in (0, 255))
    assert empty.shape == (1, 3, 4, 4) and (empty == 1).all()
    darkest = render(Attributes.sample(4, torch.Generator().manual_seed(1)), 64, "sketch").amin((0, 2, 3))
    torch.testing.assert_close(full[0, :, 0, 0], darkest)


# History


def test_history_goes_back_and_forth_by_gestures():
    history = History(b"0")
    assert not history.undo() and not history.redo()
    for state, gesture in ((b"1", 1), (b"2", 1), (b"3", 2), (b"3", 3), (b"4", None), (b"5", None)):
        history.change(state, gesture)
    seen = []
    while history.undo():
        seen.append(history.now)
    assert seen == [b"4", b"3", b"2", b"0"] and not history.can_undo and history.can_redo
    while history.redo():
        seen.append(history.now)
    assert seen[4:] == [b"2", b"3", b"4", b"5"]
    history.undo()
    history.change(b"6")
    assert not history.redo() and history.undo() and history.now == b"4"


def test_a_gesture_that_goes_on_after_undo_is_a_new_one():
    history = History(b"0")
    history.change(b"1", 7)
    history.undo()
    history.change(b"2", 7)
    assert history.undo() and history.now == b"0"


def test_history_is_bounded():
    history = History(b"0")
    for i in range(300):
        history.change(bytes([i % 256, i // 256]))
    assert sum(history.undo() for _ in range(300)) == 100


# The canvas


def test_it_opens_with_a_face_and_shows_what_the_generator_makes_of_it():
    canvas = make()
    assert canvas.drawing.shape == (1, 3, SIZE, SIZE) and canvas.ink.any()
    torch.testing.assert_close(canvas.result, -canvas.drawing)
    assert (shown(canvas) - canvas.result[0].permute(1, 2, 0)).abs().max() <= 0.51 / 127.5
    other = make(seed=1)
    assert (make().ink == canvas.ink).all() and not (other.ink == canvas.ink).all()
    first = canvas.ink
    canvas.another()
    assert not (canvas.ink == first).all()
    canvas.undo()
    assert (canvas.ink == first).all()


@pytest.mark.parametrize("size", [16, 64])
def test_other_sizes(size):
    canvas = make(size=size)
    canvas.clear()
    canvas.draw_line((0, size / 2), (size, size / 2))
    assert canvas.drawing.shape == (1, 3, size, size) and canvas.ink[size // 2].all() and not canvas.ink[0].any()


def test_lines_are_drawn_with_the_pen_that_is_chosen():
    canvas = make()
    canvas.clear()
    expected = np.zeros((SIZE, SIZE), np.uint8)
    for pen, erasing in (("fine", False), ("thick", False), ("medium", True)):
        canvas.pen, canvas.erasing = pen, erasing
        canvas.draw_line((4, 6), (20, 25))
        expected = ink.lined(expected, (4, 6), (20, 25), PENS[pen][erasing], erasing)
        assert (canvas.ink == expected).all() and np.frombuffer(canvas.easel.ink, np.uint8).sum() == expected.sum()
    canvas.undo()
    canvas.undo()
    canvas.redo()
    assert (canvas.ink == ink.lined(np.zeros_like(expected), (4, 6), (20, 25), PENS["thick"][0])).all()


def test_mirrored_drawings_are_symmetric():
    canvas = make()
    canvas.clear()
    canvas.mirror = True
    canvas.draw_line((3, 4), (12, 20))
    assert (canvas.ink == canvas.ink[:, ::-1]).all() and canvas.ink[:, :16].any()
    assert canvas.undo() and not canvas.ink.any()  # both lines are one gesture


def test_a_picture_can_be_put_on_the_sheet():
    canvas, sketch = make(), render(Attributes.sample(1, torch.Generator().manual_seed(9)), SIZE, "sketch")
    canvas.drawing = sketch
    assert (canvas.drawing - sketch).abs().max() < 0.005
    with pytest.raises(ValueError, match=r"drawing has shape \(1, 3, 16, 16\), expected \(1, 3, 32, 32\)"):
        canvas.drawing = torch.zeros(1, 3, 16, 16)
    with pytest.raises(ValueError, match="finite"):
        canvas.drawing = torch.full((1, 3, SIZE, SIZE), torch.nan)


# What the browser says


def test_strokes_of_the_browser_are_coloured_and_undone_by_gesture():
    canvas = make()
    canvas.clear()
    sheets = [np.zeros((SIZE, SIZE), np.uint8)]
    for end, gesture in ((8, 1), (12, 1), (20, 2)):
        sheets.append(ink.lined(sheets[-1], (4, 4), (end, end), 1.5))
        draw_in_browser(canvas, sheets[-1], gesture)
        assert (canvas.ink == sheets[-1]).all()
        torch.testing.assert_close(shown(canvas), -canvas.drawing[0].permute(1, 2, 0).double(), atol=0.01, rtol=0)
    canvas.easel.set_state({"undone": 1})
    assert (canvas.ink == sheets[2]).all() and canvas.easel.ink == sheets[2].tobytes()
    canvas.easel.set_state({"undone": 2})
    assert (canvas.ink == sheets[0]).all()
    canvas.easel.set_state({"redone": 1})
    assert (canvas.ink == sheets[2]).all()
    canvas.easel.set_state({"redone": 2})
    assert (canvas.ink == sheets[3]).all()
    canvas.easel.set_state({"undone": 4})  # a busy kernel gets two key presses in one message
    assert (canvas.ink == sheets[0]).all()
    canvas.easel.set_state({"redone": 4})
    assert (canvas.ink == sheets[3]).all()


def test_ink_and_undo_in_one_message_take_the_new_line_back():
    canvas = make()
    canvas.clear()
    before = canvas.ink
    line = ink.lined(before, (4, 4), (20, 9), 1.5)
    for order in (("ink", "undone"), ("undone", "ink")):
        count = canvas.easel.undone + 1
        state = {"ink": memoryview(line.tobytes()), "undone": count, "base": canvas.easel.version}
        canvas.easel.set_state({"gesture": count + 5, "base": canvas.easel.version} | {k: state[k] for k in order})
        assert (canvas.ink == before).all() and canvas.easel.ink == before.tobytes()


def test_ink_drawn_on_a_sheet_that_was_replaced_meanwhile_is_not_taken():
    canvas = make()
    canvas.clear()
    first = ink.lined(canvas.ink, (4, 4), (20, 9), 3.0)
    draw_in_browser(canvas, first, 1)
    canvas.another()
    face, version = canvas.ink, canvas.easel.version
    second = ink.lined(first, (20, 9), (25, 9), 3.0)
    canvas.easel.set_state({"ink": memoryview(second.tobytes())})  # all else is as it was in the last message
    assert (canvas.ink == face).all() and canvas.easel.ink == face.tobytes() and canvas.easel.version == version + 1
    draw_in_browser(canvas, second, 2)
    assert (canvas.ink == second).all()


def test_own_ink_is_not_sent_back_to_the_browser(monkeypatch):
    canvas, sent = make(), []
    monkeypatch.setattr(Easel, "_send", lambda easel, message, buffers=None: sent.append(message), raising=False)
    draw_in_browser(canvas, ink.lined(canvas.ink, (4, 4), (20, 9), 3.0), 4)
    names = [{*message["state"], *(path[0] for path in message["buffer_paths"])} for message in sent]
    assert any("picture" in those for those in names) and not any({"ink", "version"} & those for those in names)
    canvas.clear()
    assert any(["ink"] in message["buffer_paths"] and "version" in message["state"] for message in sent)


def test_buttons_and_sheet_agree_on_pen_eraser_and_mirror():
    canvas = make()
    canvas.easel.set_state({"pen": 2, "erasing": True, "mirror": True})
    pens, eraser, mirror = canvas.children[0].children[:3]
    assert (pens.value, eraser.value, mirror.value) == ("thick", True, True)
    assert (canvas.pen, canvas.erasing, canvas.mirror) == ("thick", True, True)
    pens.value, eraser.value = "medium", False
    assert canvas.easel.pen == 1 and canvas.easel.erasing is False
    assert canvas.easel.widths[1][0] == PENS["medium"][0]


def test_buttons_do_what_they_say():
    canvas = make()
    buttons = {button.description: button for button in canvas.children[0].children[3:]}
    assert list(buttons) == ["Undo", "Redo", "Clear", "Another face"] and all(b.tooltip for b in buttons.values())
    face = canvas.ink
    buttons["Clear"].click()
    assert not canvas.ink.any() and not buttons["Undo"].disabled and buttons["Redo"].disabled
    buttons["Undo"].click()
    assert (canvas.ink == face).all() and buttons["Undo"].disabled and not buttons["Redo"].disabled
    buttons["Another face"].click()
    assert canvas.ink.any() and not (canvas.ink == face).all()


# What is refused, and the whole


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: make(size=20), "size = 20, expected one of 16, 32, 64"),
        (lambda: make(nn.Flatten()), "expected 1 finite images"),
        (lambda: make(judge=lambda images: ["a", "b"]), "judge says"),
        (lambda: setattr(make(), "pen", "brush"), "pen = 'brush', expected one of fine, medium, thick"),
        (lambda: make().draw_line((1, 2, 3), (4, 5)), "start = "),
        (lambda: make().draw_line((1, 2), (4, float("nan"))), "end = "),
    ],
)
def test_what_cannot_be_is_explained(act, words):
    with pytest.raises(ValueError, match=words):
        act()


def test_a_generator_is_left_as_it_was_and_draws_nothing_from_the_global_stream():
    generator = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Dropout(0.5)).double().train()
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    canvas = make(generator)
    canvas.draw_line((3, 3), (9, 9))
    assert torch.equal(canvas.result, canvas.result) and canvas.result.dtype == torch.float32
    assert torch.equal(torch.rand(1), expected) and all(part.training for part in generator.modules())
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())


def test_a_generator_that_has_learned_is_drawn_anew():
    generator = nn.Conv2d(3, 3, 1)
    canvas = make(generator)
    with torch.no_grad():
        generator.weight.zero_()
        generator.bias.fill_(0.5)
    canvas.draw()
    assert (shown(canvas) - 0.5).abs().max() < 0.005


def test_an_error_is_shown_and_gone_when_it_is_mended():
    generator = nn.Conv2d(3, 3, 1)
    canvas, learned = make(generator), generator.bias.data.clone()
    generator.bias.data.fill_(torch.nan)
    draw_in_browser(canvas, np.zeros((SIZE, SIZE), np.uint8), 1)
    assert "expected 1 finite images" in canvas.events.box.value
    generator.bias.data.copy_(learned)
    canvas.draw()
    assert canvas.events.box.value == ""


def test_drawings_are_paced_and_the_still_follows(monkeypatch):
    monkeypatch.setattr(lab, "STILL_AFTER_S", 0.1)

    async def main():
        made, refreshed = [], []
        monkeypatch.setattr(lab.DrawingCanvas, "refresh", lambda canvas: refreshed.append(canvas.ink.sum()))
        canvas = make()
        monkeypatch.setattr(canvas.generator, "forward", lambda x: (made.append(time.perf_counter()), -x)[1])
        for end in range(30):
            draw_in_browser(canvas, ink.lined(canvas.ink, (0, end), (31, end), 1.5), 1)
        assert len(made) <= 1
        async with asyncio.timeout(30):
            while not refreshed:
                await asyncio.sleep(0.05)
        assert len(made) <= 3 and refreshed == [canvas.ink.sum()]
        torch.testing.assert_close(shown(canvas), -canvas.drawing[0].permute(1, 2, 0).double(), atol=0.01, rtol=0)

    asyncio.run(main())


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("drawing")
    first = make()
    cells.run("drawing")
    second = make()
    assert first.easel.comm is None and second.easel.comm is not None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_shows_the_drawing_and_the_result(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    canvas = make(judge=lambda images: [f"mean {image.mean():.2f}" for image in images])
    picture = canvas.still()
    for ax, image in zip(picture.axes, (canvas.drawing, canvas.result), strict=True):
        np.testing.assert_allclose(ax.images[0].get_array(), viz.mosaic(image, 1))
    assert f"mean {canvas.result.mean():.2f}" in picture.alt and picture.png()[:4] == b"\x89PNG"
    assert canvas.easel.said == f"mean {canvas.result.mean():.2f}"
