"""The caption box without a browser: what is drawn is what was understood, and what is not understood is said."""

import asyncio
import math
from time import perf_counter

import pytest
import torch
from torch import nn
from widgets import parts, press, tiles

from ganlib import viz
from ganlib.viz.captions import box as module
from ganlib.viz.captions import report
from ganlib.viz.captions.field import REMEMBERED, CaptionField
from ganlib.viz.events import FRAMES_PER_SECOND

COLOURS = ("black", "blue", "red")
EXAMPLES = ["blue hair", "red hair, glasses"]


class Faces(nn.Module):
    """Row 0 of a picture's pixels is the hair colour, row 1 the glasses, the others are a tenth of z."""

    latent_dim = 3

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.25, 0.5]))

    def forward(self, z, y):
        assert not self.training and y.dtype == torch.long and len(y) == len(z)
        return torch.cat([y * self.scale, z / 10], 1)[:, None, :, None].expand(-1, 3, -1, 4)


def asks(caption):
    """What a caption says, word by word."""
    told = {}
    for word in caption.replace(",", "").split():
        if word in COLOURS:
            told["hair"] = word
        elif word == "glasses":
            told["glasses"] = "glasses"
        elif word != "hair":
            raise ValueError(f"caption {caption!r} has the unknown word {word!r}")
    return told


def encode(caption):
    told = asks(caption)
    return torch.tensor([[COLOURS.index(told.get("hair", "black")), int("glasses" in told)]])


def read(images):
    """What is there, but in the first two pictures red is taken for blue."""
    hair = (images[:, 0, 0, 0] * 4).round().int().tolist()
    seen = [COLOURS[min(one, 1) if i < 2 else one] for i, one in enumerate(hair)]
    return {"hair": seen, "glasses": ["glasses" if one > 0.4 else "none" for one in images[:, 0, 1, 0].tolist()]}


def make(generator=None, **named):
    named = {"examples": EXAMPLES, "judge": read, "asks": asks} | named
    return viz.CaptionBox(generator or Faces(), encode, **named)


def expect_shown(box, *y):
    """The pictures are of these conditions and the box's z, to the precision of a byte."""
    expected = torch.cat([torch.tensor([y]).expand(len(box.drawn), -1) / torch.tensor([4.0, 2.0]), box.drawn / 10], 1)
    assert (tiles(box.pictures)[:, :, 0, 0] - expected).abs().max() < 0.51 / 127.5


# What is drawn


def test_the_first_example_is_drawn_at_first():
    box = make()
    assert box.caption == box.field.value == "blue hair" and box.field.history == ["blue hair"]
    expect_shown(box, 1, 0)


def test_a_caption_from_browser_button_and_python_is_one():
    ways = (
        lambda box: box.write("red hair, glasses"),
        lambda box: box.field.set_state({"value": "red hair, glasses", "entered": ["red hair, glasses"]}),
        lambda box: press(box, "red hair, glasses"),
        lambda box: (box.field.set_state({"value": "red hair, glasses"}), press(box, "Draw")),
    )
    for way in ways:
        box = make()
        way(box)
        assert box.caption == box.field.value == "red hair, glasses" and box.field.history == EXAMPLES
        expect_shown(box, 2, 1)


def test_pictures_follow_while_somebody_types_but_are_not_remembered():
    box = make()
    for typed, drawn, y in (("r", "blue hair", (1, 0)), ("red", "red", (2, 0)), ("red h", "red", (2, 0))):
        box.field.set_state({"value": typed})
        assert box.caption == drawn and box.field.value == typed
        expect_shown(box, *y)
    assert f"Drawn: \u201c{drawn}\u201d." in box.says.value and box.field.history == ["blue hair"]
    assert box.events.box.value == "" and not box.field.wrong


@pytest.mark.parametrize(("entered", "kept"), [("red hair", ["blue hair", "red hair"]), ("red hare", ["blue hair"])])
def test_what_was_entered_before_the_text_went_on_is_remembered_if_understood_and_does_not_come_back(entered, kept):
    box = make()
    box.field.set_state({"entered": [entered], "value": "red hair, glasses"})  # joined while the kernel was busy
    assert box.caption == box.field.value == "red hair, glasses" and box.field.history == kept
    assert box.events.box.value == "" and not box.field.wrong


def test_other_z_are_drawn_for_the_same_caption():
    box = make()
    before = box.drawn
    press(box, "Other z")
    assert not (box.drawn == before).any()
    expect_shown(box, 1, 0)


def test_equal_seeds_give_equal_draws():
    boxes = [
        make(seed=seed, surprise=lambda stream: COLOURS[torch.randint(3, (), generator=stream)]) for seed in (1, 1, 2)
    ]
    drawn = []
    for box in boxes:
        captions = []
        for _ in range(12):
            box.surprise()
            captions.append(box.caption)
        box.new()
        drawn.append((captions, box.drawn.tolist()))
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[2][0] and drawn[0][1] != drawn[2][1]
    assert set(drawn[0][0]) == set(COLOURS)


def test_without_another_way_surprises_are_examples():
    box = make()
    shown = {(press(box, "Surprise me"), box.caption)[1] for _ in range(20)}
    assert shown == set(EXAMPLES)


def test_looking_changes_nothing_of_the_generator_nor_of_the_random_stream():
    generator, stream = Faces().train(), torch.get_rng_state()
    box = make(generator)
    for act in (box.surprise, box.new, box.draw, box.still):
        act()
    assert torch.equal(torch.get_rng_state(), stream) and generator.training and generator.scale.grad is None


@pytest.mark.gpu
def test_a_generator_on_a_gpu():
    box = make(Faces().cuda())
    expect_shown(box, 1, 0)


# What is read


def test_a_row_for_each_attribute():
    box = make()
    box.write("red hair")
    readings = [{"hair": "blue", "glasses": "none"}] * 2 + [{"hair": "red", "glasses": "none"}] * 6
    assert report.rows(box.asked, readings) == [
        ("hair", "red", "\u2717 6 of 8", "blue 2"),
        ("glasses", "(free)", "", "none 8"),
    ]
    assert box.table.value == report.table(report.rows(box.asked, readings))
    assert box.pictures.captions == ["\u2717 blue"] * 2 + ["\u2713"] * 6
    assert "All that the caption says is read in 6 of 8 pictures." in box.says.value
    assert box.pictures.labels[0] == "picture 1: \u2717 hair: asked red, read blue; glasses: read none"


def test_right_everywhere_has_another_mark():
    box = make()
    assert report.rows({"hair": "blue"}, [{"hair": "blue"}] * 3) == [("hair", "blue", "\u2713 3 of 3", "")]
    assert "read in 8 of 8 pictures." in box.says.value and box.pictures.captions == ["\u2713"] * 8


def test_what_no_judge_reads_is_told_alone():
    assert report.rows({"hair": "blue"}, [{}, {}]) == [("hair", "blue", "", "")]
    box = make(judge=None, asks=None)
    assert box.table.value == "" and box.pictures.captions == [""] * 8 and "read" not in box.says.value


def test_words_are_no_html():
    assert "<b>" not in report.table([("hair", "<b>", "", "")])
    box = make(asks=None)
    box._encode = lambda caption: encode("blue")
    box.write("<b>blue")
    assert "<b>" not in box.says.value


def test_a_caption_that_is_new_to_the_generator_is_said_to_be_so():
    box = make(seen=lambda caption: "red" not in caption)
    assert "Training pictures show this." in box.says.value
    box.write("red hair")
    assert "No training picture shows this combination" in box.says.value and "Training pictures" not in box.says.value
    assert "training" not in make().says.value


# What is not understood


def test_unknown_words_get_the_encoder_s_answer_and_change_nothing():
    box = make()
    with pytest.raises(ValueError, match="has the unknown word 'hare'"):
        box.write("red hare")
    assert box.caption == "blue hair" and box.field.history == ["blue hair"]
    box.field.set_state({"value": "red hare"})
    press(box, "Draw")
    assert "has the unknown word &#x27;hare&#x27;" in box.events.box.value and "Traceback" not in box.events.box.value
    assert box.field.wrong and box.field.value == "red hare" and box.caption == "blue hair"
    box.new()
    assert box.field.wrong and "hare" in box.events.box.value
    box.field.set_state({"value": "red hair"})
    assert box.events.box.value == "" and not box.field.wrong and box.caption == "red hair"


def test_while_somebody_types_a_mistake_is_one_after_a_while(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.15)

    async def main():
        box = make()
        for typed in ("red ha", "red hai", "red hair", "red hair g"):
            box.field.set_state({"value": typed})
            assert box.events.box.value == ""
        while not box.field.wrong:
            await asyncio.sleep(0.05)
        assert "unknown word &#x27;g&#x27;" in box.events.box.value
        box.field.set_state({"value": "red hair gl"})
        box.field.set_state({"value": "red hair glasses"})
        assert box.events.box.value == ""
        await asyncio.sleep(0.4)
        assert box.events.box.value == "" and not box.field.wrong
        expect_shown(box, 2, 1)

    asyncio.run(main())


def test_a_slip_in_the_reader_s_generator_is_shown_and_gone_when_it_is_mended():
    box = make()
    learned = box.space.generator.scale.data.clone()
    box.space.generator.scale.data.fill_(math.nan)
    press(box, "Other z")
    assert "NaN or infinite pixels" in box.events.box.value
    box.space.generator.scale.data.copy_(learned)
    press(box, "Other z")
    assert box.events.box.value == ""


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"examples": []}, r"examples = \[\], expected at least one caption"),
        ({"examples": ["green hair"]}, "has the unknown word 'green'"),
        ({"judge": lambda images: ["blue"]}, r"judge says \['blue'\] of 8 images, expected {name: "),
        ({"seed": 1.5}, r"seed = 1\.5, expected an integer from 0"),
    ],
)
def test_arguments_that_do_not_fit_are_explained(named, said):
    with pytest.raises(ValueError, match=said):
        make(**named)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (3, "encode makes a int of 'blue hair', expected a tensor whose first axis is 1"),
        (torch.zeros(2, 2), r"encode makes a tensor of shape \(2, 2\) of 'blue hair'"),
        (torch.tensor(1), r"encode makes a tensor of shape \(\) of"),
    ],
)
def test_codes_that_are_none_are_explained(made, said):
    with pytest.raises(ValueError, match=said):
        viz.CaptionBox(Faces(), lambda caption: made, examples=EXAMPLES)


# The field


def test_a_field_remembers_each_text_once_the_latest_last():
    field = CaptionField("Caption")
    for text in ("a", "b", "a", "c"):
        field.remember(text)
    assert field.history == ["b", "a", "c"]
    for i in range(2 * REMEMBERED):
        field.remember(str(i))
    assert len(field.history) == REMEMBERED and field.history[-1] == str(2 * REMEMBERED - 1)


# The whole


def test_a_generator_that_has_learned_is_drawn_anew():
    box = make()
    with torch.no_grad():
        box.space.generator.scale.mul_(-1)
    box.draw()
    expect_shown(box, -1, 0)


def test_drawings_are_paced_and_the_still_follows(monkeypatch):
    monkeypatch.setattr(module, "STILL_AFTER_S", 0.1)

    async def main():
        drawn, refreshed = [], []
        monkeypatch.setattr(viz.CaptionBox, "refresh", lambda box: refreshed.append(box.caption))
        box = make()
        show = box.pictures.show
        box.pictures.show = lambda *arguments: (drawn.append(1), show(*arguments))
        began = perf_counter()
        for i in range(31):
            box.field.set_state({"value": COLOURS[i % 3]})
        assert len(drawn) <= 1 + FRAMES_PER_SECOND * (perf_counter() - began)
        while not (drawn and refreshed and refreshed[-1] == "black"):
            await asyncio.sleep(0.05)
        expect_shown(box, 0, 0)

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("box")
    first = make()
    cells.run("box")
    second = make()
    assert all(one.comm is None for one in parts(first)) and second.field.comm is not None


def test_everything_that_is_pressed_has_words_to_explain_it():
    box = make()
    assert all(part.description and part.tooltip for part in parts(box) if type(part).__name__ == "Button")
    assert box.field.label and box.field.hint and box.pictures.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_shows_caption_pictures_and_readings(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    box = make(seen=lambda caption: False)
    box.write("red hair")
    picture = box.still()
    strip, below = picture.axes
    assert strip.get_title(loc="left") == "\u201cred hair\u201d"
    assert [text.get_text() for text in strip.texts] == ["\u2717 blue"] * 2 + ["\u2713"] * 6
    torch.testing.assert_close(torch.tensor(strip.images[0].get_array()), torch.tensor(viz.mosaic(box.images(), 8)))
    told = [text.get_text() for text in below.texts]
    assert "\u2717 6 of 8" in told and "(free)" in told and "new to the generator" in told[0]
    assert "read in 6 of 8 pictures" in picture.alt and picture.png()[:4] == b"\x89PNG"
