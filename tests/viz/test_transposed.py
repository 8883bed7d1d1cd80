"""The animation of convolutions, without a browser: its numbers are PyTorch's, and it shows what it computes."""

import asyncio
import random
import re
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from ipywidgets import Dropdown

from ganlib import viz
from ganlib.viz import played as module
from ganlib.viz.transposed import Settings, Story, words
from ganlib.viz.transposed.board import Grid, Mark, fitted, short
from ganlib.viz.transposed.settings import OPERATIONS, RANGES
from ganlib.viz.transposed.words import MINUS, TIMES

NAMES = ("size", "kernel_size", "stride", "padding", "output_padding")
CASES = [
    dict(zip(NAMES, case, strict=True))
    for case in product((2, 3, 5, 6), (1, 2, 3, 4, 5), (1, 2, 3), range(3), range(3))
]
CONVOLVE = {1: F.conv1d, 2: F.conv2d}
TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


def make(operation="transposed", **settings):
    return viz.TransposedConvolution(operation, **settings)


def by_torch(settings, x, weight):
    """What PyTorch computes, as (rows, columns); it raises RuntimeError for what is not possible."""
    d, s, p = settings["dimensions"], settings["stride"], settings["padding"]
    x, weight = (torch.as_tensor(a).double().reshape(1, 1, *a.shape[-d:]) for a in (x, weight))
    if settings["operation"] == "transposed":
        result = TRANSPOSE[d](x, weight, None, s, p, settings["output_padding"])
    elif settings["operation"] == "convolution":
        result = CONVOLVE[d](x, weight, None, s, p)
    else:
        result = CONVOLVE[d](F.interpolate(x, scale_factor=s, mode="nearest"), weight, None, 1, p)
    return result[0].numpy() if d == 1 else result[0, 0].numpy()


def numbers(settings):
    """An input and a kernel without pattern."""
    chance, d = np.random.default_rng(0), settings["dimensions"]
    return tuple(
        chance.normal(size=(n,) * d if d == 2 else (1, n)) for n in (settings["size"], settings["kernel_size"])
    )


def possible(settings):
    x, weight = numbers(settings)
    try:
        return by_torch(settings, x, weight).size > 0
    except RuntimeError:
        return False


def cases(operation, dimensions):
    """All settings that PyTorch accepts."""
    wanted = [{**case, "operation": operation, "dimensions": dimensions} for case in CASES]
    return [case for case in wanted if (operation == "transposed" or not case["output_padding"]) and possible(case)]


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_all_numbers_are_those_of_pytorch(operation, dimensions):
    """Output, overlap (the operation on ones), the matrix form and the size, for every possible setting."""
    found = cases(operation, dimensions)
    assert len(found) > 100
    for case in found:
        x, weight = numbers(case)
        story = Story(Settings(**case | {"x": x, "kernel": weight}))
        expected = by_torch(case, x, weight)
        np.testing.assert_allclose(story.output, expected, atol=1e-12, err_msg=str(case))
        np.testing.assert_array_equal(story.overlap, by_torch(case, np.ones_like(x), np.ones_like(weight)))
        np.testing.assert_allclose(story.matrix @ x.ravel(), expected.ravel(), atol=1e-12)
        assert story.settings.output_size == expected.shape[1]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dimensions", [1, 2])
def test_what_pytorch_refuses_is_refused(operation, dimensions):
    """Both ways: a setting is possible exactly where PyTorch computes something."""
    for case in CASES:
        settings = {**case, "operation": operation, "dimensions": dimensions}
        allowed = possible(settings) and (operation == "transposed" or not case["output_padding"])
        if allowed:
            Settings(**settings)
        else:
            with pytest.raises(ValueError, match=r"^(output_padding|padding|kernel_size) = \d, expected"):
                Settings(**settings)


def test_the_transposed_convolution_is_the_adjoint_of_the_convolution():
    """<C x, y> = <x, C' y>, where the convolution reads what the other writes; and C is one matrix for both."""
    chance = np.random.default_rng(0)
    for case in cases("transposed", 2):
        up = Story(Settings(**case, x="random", kernel="random"))
        x = chance.normal(size=up.output.shape)
        y = by_torch({**case, "operation": "convolution"}, x, up.weight)
        assert (y * up.x).sum() == pytest.approx((x * up.output).sum())
        if RANGES["size"][0] <= len(x) <= RANGES["size"][1]:
            down = Story(
                Settings(**case | {"operation": "convolution", "output_padding": 0, "size": len(x)}, kernel="random")
            )
            np.testing.assert_array_equal(down.matrix, up.matrix.T)


def test_a_story_adds_up_step_by_step():
    """What a step adds are its products, at its window; what is not reached yet is nothing."""
    for case in [*cases("transposed", 2)[::9], *cases("convolution", 1)[::5], *cases("upsample", 2)[::9]]:
        story = Story(Settings(**case, x="random", kernel="random"))
        assert len(story.windows) == len(story.places) == story.total
        for steps in range(1, min(story.total, 20) + 1):
            before, now = story.after(steps - 1), story.after(steps)
            if story.stamps:
                added = np.zeros_like(now)
                added[story.windows[steps - 1]] = story.products(steps)
                np.testing.assert_array_equal(now - before, added)
            else:
                assert np.isnan(before).sum() == np.isnan(now).sum() + 1
                assert now[story.places[steps - 1]] == story.products(steps).sum()


def test_the_sum_that_is_told_is_the_number_that_is_shown():
    for operation in OPERATIONS:
        for case in cases(operation, 2)[::11]:
            story = Story(Settings(**case, x="random", kernel="random"))
            for steps in range(1, min(story.total, 12) + 1):
                focus = story.focus(steps)
                if focus is None:
                    assert story.stamps and not story.inside[story.windows[steps - 1]].any()
                    continue
                terms = story.terms(focus, steps)
                assert sum(x * w for x, w in terms) == pytest.approx(story.after(steps)[focus])
                assert len(terms) == story.counts(steps)[focus]


def test_a_stamp_s_focus_is_the_cell_with_most_stamps():
    story = Story(Settings(padding=1))
    for steps in range(1, story.total + 1):
        counts = np.where(story.inside, story.counts(steps), 0)[story.windows[steps - 1]]
        assert story.counts(steps)[story.focus(steps)] == counts.max() > 0


def test_checkerboards_are_where_the_stride_does_not_divide_the_kernel():
    """Inside, away from the border: uneven for kernel 3 with stride 2, even for 4 with 2 and after upsampling."""
    uneven, even = (Story(Settings(size=6, kernel_size=k)).overlap[4:-4, 4:-4] for k in (3, 4))
    assert set(np.unique(uneven)) == {1, 2, 4} and set(np.unique(even)) == {4}
    cure = Story(Settings("upsample", size=6, padding=1)).overlap
    assert set(np.unique(cure[1:-1, 1:-1])) == {9}


def test_it_is_not_the_inverse():
    """Up and down again gives other numbers, though the shape is the same."""
    down = Story(Settings("convolution", size=5, x="one pixel", kernel="ones"))
    up = Story(Settings("transposed", size=2, x=down.output, kernel="ones"))
    assert up.output.shape == down.x.shape and not np.allclose(up.output, down.x)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"size": 4, "kernel_size": 4, "padding": 1},
            f"(4 {MINUS} 1) {TIMES} 2 {MINUS} 2 {TIMES} 1 + 4 + 0 = <b>8</b>",
        ),
        (
            {"operation": "convolution", "size": 6, "padding": 1},
            f"(6 + 2 {TIMES} 1 {MINUS} 3) / 2\u230b + 1 = <b>3</b>",
        ),
        ({"operation": "upsample", "padding": 1}, f"3 {TIMES} 2 + 2 {TIMES} 1 {MINUS} 3 + 1 = <b>6</b>"),
    ],
)
def test_the_arithmetic_of_the_size(settings, expected):
    assert words.size(Settings(**settings)).endswith(expected)


def test_the_words_of_a_step():
    lab = make(x=[[1, 2], [-3, 4]], kernel=[[1, 2], [3, 5]], stride=1)
    lab.show(3)
    said = lab.says.value
    assert f"Step 3 of 4: x[1, 0] = {MINUS}3, so {MINUS}3 {TIMES} kernel is added" in said
    assert f"out[1, 1] = 1 {TIMES} 5 + 2 {TIMES} 3 + ({MINUS}3) {TIMES} 2 = <b>5</b> so far" in said
    lab.run()
    assert "so far" not in lab.says.value and "column 3 of C" in lab.adjoint.value
    lab.change(operation="convolution", size=3, padding=1, x="ones", kernel="ones")
    lab.show(1)
    assert "3 of them lie in the padding" in lab.says.value and f"out[0, 0] = 1 {TIMES} 1 = <b>1</b>" in lab.says.value
    lab.change(operation="transposed", kernel_size=1, padding=1, stride=1)
    lab.show(1)
    assert "All of this stamp is cut off" in lab.says.value


def test_the_cell_that_is_named_is_the_output_s():
    """Counted without the padding that is cut off."""
    for settings in ({}, {"padding": 1}, {"padding": 2, "size": 4}, {"padding": 1, "dimensions": 1}):
        lab = make(**settings)
        lab.show(lab.total)
        place, value = re.search(r"out\[([\d, ]+)\] = .*<b>(\d+)</b>", lab.says.value).groups()
        cell = tuple(map(int, place.split(", ")))
        assert lab.output[cell if len(cell) == 2 else (0, *cell)] == int(value)


def test_long_sums_are_cut_short_and_say_so():
    story = Story(Settings("convolution", size=5, kernel_size=5, stride=1))
    assert "\u2026 (25 products) = <b>5525</b>" in words.step(story, 1)  # the sum of squares up to 25


def shown(lab, name):
    """A board's numbers as it writes them, as rows."""
    board = lab.boards[name]
    return np.array(board.words).reshape(board.form["rows"], board.form["columns"])


def test_the_boards_show_the_story():
    lab = make(padding=1, output_padding=1)
    lab.show(4)
    whole = lab.story.after(4)
    reached = lab.story.counts(4) > 0
    assert (shown(lab, "output")[reached] == [short(v) for v in whole[reached]]).all()
    assert (shown(lab, "output")[~reached] == "").all()
    np.testing.assert_array_equal(np.frombuffer(lab.boards["output"].hatched, np.uint8), ~lab.story.inside.ravel())
    assert lab.boards["output"].form["first"] == [1, 1] and lab.boards["output"].form["seen"] == [6, 6]
    assert lab.boards["x"].marks == [Mark("now", 1, 0)._asdict()]
    assert lab.boards["output"].marks[0] == Mark("window", 2, 0, 3, 3)._asdict()
    assert (shown(lab, "products").ravel() == [short(4.0 * k) for k in range(1, 10)]).all()
    assert lab.boards["matrix"].marks == [Mark("now", 0, 3, 36, 1)._asdict()]
    assert lab.boards["adjoint"].marks == [Mark("now", 3, 0, 1, 36)._asdict()]
    matrix, adjoint = (np.frombuffer(lab.boards[name].shades, np.uint8) for name in ("matrix", "adjoint"))
    np.testing.assert_array_equal(matrix.reshape(36, 9), adjoint.reshape(9, 36).T)
    assert ((matrix > 0) == (lab.matrix.ravel() != 0)).all()
    assert lab.boards["wide"].layout.display == "none"


def test_the_boards_of_a_convolution():
    lab = make("convolution", size=5, padding=1)
    lab.show(2)
    assert (shown(lab, "x") == [[short(v) for v in row] for row in np.pad(lab.x, 1)]).all()
    assert lab.boards["x"].marks == [Mark("window", 0, 2, 3, 3)._asdict()]
    assert lab.boards["output"].marks == [Mark("now", 0, 1)._asdict()]
    assert [word != "" for word in shown(lab, "output").ravel()] == [True, True] + [False] * 7
    assert shown(lab, "counts")[0, 0] == "4" and lab.boards["matrix"].marks[0]["kind"] == "now"
    lab.change(operation="upsample")
    assert shown(lab, "wide").shape == (12, 12) and lab.boards["wide"].layout.display == "flex"
    assert lab.boards["adjoint"].layout.display == "none" and shown(lab, "x").shape == (5, 5)


def test_upsampling_shows_which_cells_are_read():
    """With the window's first and last cell inside; and none where there is padding only."""
    for case in cases("upsample", 2)[::3]:
        story = Story(Settings(**case))
        owner = story._widened(np.arange(1.0, story.x.size + 1).reshape(story.x.shape))
        for step in range(1, min(story.total, 20) + 1):
            read = set(np.unique(owner[story.windows[step - 1]])) - {0}
            source = story.source(step)
            assert read == (set() if source is None else set(story.x[source].ravel()))
    lab = make("upsample", padding=1)
    lab.show(2)
    assert lab.boards["x"].marks == [Mark("window", 0, 0, 1, 2)._asdict()]


def test_a_cell_that_reads_padding_only_is_zero():
    lab = make("convolution", kernel_size=1, padding=2, stride=1)
    lab.show(1)
    assert shown(lab, "output")[0, 0] == "0" == shown(lab, "counts")[0, 0] and shown(lab, "output")[0, 1] == ""
    assert "out[0, 0] = <b>0</b>" in lab.says.value


def test_after_the_last_step_cells_that_nothing_reached_are_zero():
    lab = make(kernel_size=1)
    lab.run()
    assert shown(lab, "output")[1, 1] == "0" and shown(lab, "counts")[1, 1] == "0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("operation", "convolution"), ("dimensions", 1), ("size", 4), ("kernel_size", 4), ("stride", 3)],
        *[("padding", 1), ("output_padding", 1), ("x", "one pixel"), ("kernel", "blur")],
    ],
)
def test_every_control_sets_its_setting_and_begins_again(name, value):
    lab = make()
    lab.show(3)
    lab.controls[name].value = value
    assert getattr(lab.settings, name) == value and lab.steps == 0 and lab.position.value == 0
    assert lab.position.max == lab.total == lab.story.total and lab.events.box.value == ""


def test_refused_values_are_explained_and_put_back():
    lab = make(size=2, kernel_size=2)
    lab.show(2)
    lab.controls["output_padding"].value = 2
    assert "output_padding = 2, expected less than the stride, which is 2" in lab.events.box.value
    assert lab.controls["output_padding"].value == 0 and lab.steps == 2
    lab.buttons["step"].click()
    assert lab.events.box.value == "" and lab.steps == 3
    lab.change(operation="convolution")
    lab.controls["kernel_size"].value = 3
    assert "kernel_size = 3, expected at most 2: with its padding the picture is 2 wide" in lab.events.box.value
    assert lab.controls["kernel_size"].value == 2 and lab.controls["output_padding"].disabled


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"operation": "pooling"}, "operation = 'pooling', expected one of transposed, convolution, upsample"),
        ({"size": 7}, "size = 7, expected an integer from 2 to 6"),
        ({"stride": 0}, "stride = 0, expected an integer from 1 to 3"),
        ({"kernel_size": 2.0}, "kernel_size = 2.0, expected an integer"),
        ({"operation": "convolution", "output_padding": 1}, "output_padding = 1, expected 0: only a transposed"),
        ({"size": 2, "kernel_size": 1, "stride": 1, "padding": 2}, "padding = 2, expected at most 0: 2 x 2 of 2 cells"),
        ({"x": "zebra"}, "x = 'zebra', expected one of one pixel, ones, ramp, random, or numbers"),
        ({"x": [[1, 2, 3], [4, 5, 6]]}, r"x has the shape \(2, 3\), expected finite numbers in a square"),
        ({"x": [[1.0, float("nan")], [0, 0]]}, "x has the shape"),
        ({"kernel": [[1]], "dimensions": 1, "x": [[1, 2], [3, 4]]}, r"x has the shape \(2, 2\), expected a row"),
        ({"x": np.ones((7, 7))}, "size = 7, expected an integer from 2 to 6"),
    ],
)
def test_what_is_wrong_is_named(settings, expected):
    with pytest.raises(ValueError, match=expected):
        make(**settings)


def test_an_unknown_setting_or_step_changes_nothing():
    lab = make()
    lab.show(2)
    with pytest.raises(ValueError, match="dilation is no setting, expected one of operation, size"):
        lab.change(dilation=2)
    for step in (-1, 10, 1.0):
        with pytest.raises(ValueError, match=f"step = {step}, expected an integer from 0 to 9"):
            lab.show(step)
    assert lab.steps == 2 and lab.settings == Settings()


def test_numbers_of_one_s_own():
    lab = make("convolution", x=torch.tensor([[0.5, 1], [2, -3]]), kernel=[[2]], stride=1)
    np.testing.assert_array_equal(lab.output, [[1, 2], [4, -6]])
    assert lab.settings.size == 2 and lab.controls["x"].value == "your own"
    lab.controls["kernel"].value = "ones"
    assert lab.controls["x"].value == "your own" and lab.controls["kernel"].options == (
        "ones",
        "ramp",
        "random",
        "blur",
    )
    lab.controls["size"].value = 3
    assert lab.settings.x == "ramp" and "your own" not in lab.controls["x"].options
    row = make(x=[1, 2, 3], kernel=[1, 1], dimensions=1, stride=1)
    np.testing.assert_array_equal(row.output, [[1, 3, 5, 3]])


def test_a_typed_digit_becomes_the_cell_s_number():
    lab = make("convolution", padding=1)
    lab.boards["x"]._handle_custom_msg({"row": 1, "column": 2, "value": 0}, [])
    assert lab.x[1, 2] == 0 and lab.x[1, 1] == 5 and lab.settings.x != "ramp"
    lab.boards["kernel"]._handle_custom_msg({"row": 0, "column": 0, "value": 7}, [])
    assert lab.weight[0, 0] == 7 and lab.x[1, 2] == 0 and lab.steps == 0
    assert lab.boards["x"].editable and lab.boards["kernel"].editable and not lab.boards["output"].editable


def test_steps_forward_and_back_by_call_by_button_and_by_slider():
    lab = make()
    lab.step()
    lab.buttons["step"].click()
    assert lab.steps == 2 == lab.position.value
    lab.buttons["back"].click()
    assert lab.steps == 1
    lab.back()
    lab.back()
    assert lab.steps == 0
    lab.position.value = 7
    assert lab.steps == 7 and "Step 7 of 9" in lab.says.value
    lab.run(1)
    assert lab.steps == 8
    lab.run()
    lab.step()
    lab.run()
    assert lab.steps == lab.total == 9
    lab.buttons["reset"].click()
    assert lab.steps == 0 and "Nothing is stamped yet" in lab.says.value


def test_playing_ends_with_the_last_step_and_begins_again(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.02)

    async def main():
        lab, refreshed = make(size=2), []
        lab.refresh = lambda: refreshed.append(lab.steps)
        lab.speed.value = 0.1
        lab.player.interval = 0.01
        lab.buttons["play"].click()
        assert lab.buttons["play"].description == "Pause"
        await asyncio.sleep(0.6)
        assert lab.steps == 4 and not lab.player.playing and lab.buttons["play"].description == "Play"
        lab.buttons["play"].click()
        await asyncio.sleep(0.001)
        assert lab.steps < 4 and lab.player.playing
        lab.controls["stride"].value = 1
        assert not lab.player.playing and lab.steps == 0
        await asyncio.sleep(0.1)
        assert refreshed and asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    async def main():
        cells.run("lab")
        first = make()
        first.play()
        await asyncio.sleep(0.02)
        cells.run("lab")
        make()
        assert not first.player.playing
        await asyncio.sleep(0.01)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    lab = make()
    for control in (*lab.buttons.values(), *lab.controls.values(), lab.position, lab.speed):
        assert control.tooltip and control.description


def test_the_still_is_a_telling_one():
    lab = make()
    picture = lab.still()
    assert "after step 5 of 9" in picture.alt and picture.png()[:4] == b"\x89PNG"
    written = [text.get_text() for text in picture.axes[0].texts]
    assert f"Input x, 3 {TIMES} 3" in written and any("= 40 so far" in line for line in written)
    lab.show(2)
    assert "after step 2 of 9" in lab.still().alt
    for operation in OPERATIONS:
        assert make(operation, dimensions=1).still().alt.startswith(("Transposed", "Convolution of", "Upsampling"))


@pytest.mark.slow
def test_nothing_in_a_still_is_cut_off():
    """Words and cells lie within the picture, for the largest settings as well."""
    for settings in ({}, {"size": 6, "kernel_size": 5, "stride": 3}, {"operation": "upsample", "size": 6, "stride": 3}):
        picture = make(**settings).still()
        picture.draw_without_rendering()
        width, height = picture.bbox.width, picture.bbox.height
        for text in picture.axes[0].texts:
            box = text.get_window_extent()
            assert 0 <= box.x0 and box.x1 <= width and -1 <= box.y0 and box.y1 <= height + 1, text.get_text()


def test_grids_fit_and_are_legible():
    for shape in ((3, 3), (22, 22), (1, 22), (484, 36), (9, 49)):
        w, h = fitted(shape, 430, 430, 32)
        assert 0 < w <= 32 and w * shape[1] <= 430 + 1e-9 and h * shape[0] <= 430 + 1e-9
    largest = make(size=6, kernel_size=5, stride=3, output_padding=2)
    largest.run()
    assert shown(largest, "output").shape == (22, 22) == shown(largest, "counts").shape  # they still show their numbers
    grid = Grid("g", np.array([[0.0, -2.0, np.nan, 0.01]]), (32, 32), 2.0, np.ones((1, 4), bool))
    assert grid.words == ["0", "\u22122", "", "0.01"] and grid.alt == "g: 0 \u22122 empty 0.01"
    assert grid.shades[0, 0] == grid.shades[0, 2] == 0 and 0.2 < grid.shades[0, 3] < grid.shades[0, 1] == 1


@pytest.mark.slow
def test_hundreds_of_random_events_leave_the_view_true():
    chance = random.Random(0)

    async def main():
        lab = make()
        things = [*lab.buttons.values(), *lab.controls.values(), lab.position, lab.speed]
        for _ in range(400):
            thing = chance.choice(things)
            if thing in lab.buttons.values():
                thing.click()
            elif isinstance(thing, Dropdown):
                thing.value = chance.choice([o[1] if isinstance(o, tuple) else o for o in thing.options])
            else:
                thing.value = chance.randint(thing.min, thing.max)
            await asyncio.sleep(0.003)
            assert "Traceback" not in lab.events.box.value
            assert all(lab.controls[name].value == getattr(lab.settings, name) for name in RANGES)
            assert lab.position.value == lab.steps <= lab.total
        lab.pause()
        await asyncio.sleep(0.2)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()
