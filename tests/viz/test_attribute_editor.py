"""The attribute editor without a browser: what is asked of the generator, and what is shown of its answers."""

import asyncio

import numpy as np
import pytest
import torch
from torch import nn

from ganlib import viz
from ganlib.viz.attributes.picture import _lines
from ganlib.viz.translation import differences

CONTROLS = {"hue": ("red", "green", "blue", "gray"), "light": ("off", "on")}
IMAGES = 0.4 * torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(0)) - 0.2
Y = torch.tensor([[0, 1], [3, 0], [2, 1], [1, 0], [3, 1]])


class Written(nn.Module):
    """Writes the attributes into the upper left corners of pictures, and counts what it is asked."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def forward(self, x, y):
        self.asked.append(len(x))
        x = x.clone()
        x[:, 0, 0, :2] = y.float() / 10
        return x


def make(generator=None, images=IMAGES, y=Y, controls=CONTROLS, **named):
    return viz.AttributeEditor(generator or Written(), images, y, controls, **named)


def read(images):
    """The attributes written into pictures (N, 3, H, W), as numbers."""
    return (10 * images[:, 0, 0, :2]).round().long()


def judge(images):
    """Reads what is written, but takes gray for blue."""
    hue, light = read(images).clamp(0).T.tolist()
    named = ("red", "green", "blue", "blue")
    return {"hue": [named[i] for i in hue], "light": [CONTROLS["light"][i] for i in light], "more": ["?"] * len(hue)}


def tiles(gallery):
    """The tiles (n, 3, H, W) in [-1, 1] as the browser gets them."""
    shown = np.frombuffer(gallery.pixels, np.uint8).reshape(*gallery.shape, 3)
    return torch.tensor(shown / 127.5 - 1).permute(0, 3, 1, 2)


def expect_tiles(gallery, images):
    torch.testing.assert_close(tiles(gallery), images.double(), atol=0.51 / 127.5, rtol=0)


def test_without_a_choice_the_picture_s_own_attributes_are_asked_for():
    lab = make()
    for i in range(5):
        lab.show(i)
        assert torch.equal(read(lab.after), Y[i : i + 1]) and torch.equal(lab.before, IMAGES[i : i + 1])
        assert lab.choices == {"hue": CONTROLS["hue"][Y[i, 0]], "light": CONTROLS["light"][Y[i, 1]]}


def test_a_choice_changes_its_attribute_alone_and_holds_for_all_pictures():
    lab = make()
    lab.choose(hue="green")
    for i in range(5):
        lab.show(i)
        assert read(lab.after).tolist() == [[1, Y[i, 1].item()]]
    lab.choose(hue="blue", light="off")
    assert read(lab.after).tolist() == [[2, 0]] and lab.choices == {"hue": "blue", "light": "off"}
    lab.restore()
    assert read(lab.after).tolist() == [[3, 1]] and torch.equal(lab.edits.attributes, Y)


def test_every_value_of_each_attribute_with_all_else_as_chosen():
    lab = make()
    lab.choose(light="off")
    assert read(lab.every_value("hue")).tolist() == [[0, 0], [1, 0], [2, 0], [3, 0]]
    assert read(lab.every_value("light")).tolist() == [[0, 0], [0, 1]]
    expect_tiles(lab.galleries["hue"], lab.every_value("hue"))
    assert lab.galleries["hue"].marked == [0] and lab.galleries["light"].marked == [0]
    with pytest.raises(ValueError, match="name = 'size', expected one of hue, light"):
        lab.every_value("size")


def test_back_again_is_asked_for_the_picture_s_own_attributes():
    lab = make()
    lab.show(3)
    lab.choose(hue="gray", light="on")
    assert torch.equal(read(lab.back_again), Y[3:4]) and not torch.equal(read(lab.after), Y[3:4])
    expected = (lab.back_again - lab.before).abs().mean().item()
    assert (
        lab.reconstruction_error == pytest.approx(expected)
        and f"{expected:.3f} between before and back" in lab.says.value
    )
    stage = [lab.before, lab.after, lab.back_again, -differences(lab.before, lab.after).expand(-1, 3, -1, -1)]
    expect_tiles(lab.stage, torch.cat(stage))


def test_the_generator_is_asked_twice_for_each_view():
    """All values of all attributes are one batch; the way back is the other."""
    generator = Written()
    lab = make(generator)
    generator.asked.clear()
    lab.choose(hue="blue")
    assert generator.asked == [1 + 4 + 2, 1]


def test_pictures_are_those_of_the_last_choice_even_before_they_are_drawn():
    async def main():
        lab = make()
        for hue in ("blue", "green"):
            lab.choose(hue=hue)
        assert read(lab.after).tolist() == [[1, 1]] and read(lab.every_value("light")).tolist() == [[1, 0], [1, 1]]
        lab.next()
        assert torch.equal(read(lab.back_again), Y[1:2]) and "hue green" in lab.still().alt

    asyncio.run(main())


def test_pressing_a_picture_chooses_its_value():
    lab = make()
    lab.galleries["hue"].press(2)
    lab.galleries["light"]._handle_custom_msg({"press": 0}, [])
    assert lab.choices == {"hue": "blue", "light": "off"}
    assert lab.galleries["hue"].marked == [2] and lab.galleries["light"].marked == [0]
    lab.chooser.press(4)
    assert lab.index == 4 and lab.chooser.marked == [4] and read(lab.after).tolist() == [[2, 0]]


def test_the_judge_agrees_or_not():
    lab = make(judge=judge)
    lab.show(1)
    assert lab.galleries["hue"].captions == [
        "red\u00a0\u2713",
        "green\u00a0\u2713",
        "blue\u00a0\u2713",
        "gray\u00a0\u2717 (own)",
    ]
    assert lab.galleries["light"].captions == ["off\u00a0\u2713 (own)", "on\u00a0\u2713"]
    assert lab.galleries["hue"].labels[3] == "hue gray: the judge reads blue"
    assert "blue \u2717" in lab.says.value and "off \u2713" in lab.says.value and "?" not in lab.says.value
    lab.choose(hue="green")
    assert "green \u2713" in lab.says.value and "\u2717" not in lab.says.value
    assert "judge" not in make().says.value and make().galleries["light"].captions == ["off", "on (own)"]


def test_a_judge_that_knows_one_attribute_only():
    lab = make(judge=lambda images: {"light": judge(images)["light"]})
    assert lab.galleries["hue"].captions[1] == "green" and lab.galleries["light"].captions[1] == "on\u00a0\u2713 (own)"


def test_another_code_for_the_generator():
    def encode(y):
        return torch.cat([nn.functional.one_hot(y[:, 0], 4), nn.functional.one_hot(y[:, 1], 2)], 1).float()

    class OneHot(Written):
        def forward(self, x, y):
            assert y.shape[1] == 6 and y.dtype == torch.float32
            return super().forward(x, torch.stack([y[:, :4].argmax(1), y[:, 4:].argmax(1)], 1))

    lab = make(OneHot(), encode=encode)
    lab.choose(hue="blue")
    assert read(lab.after).tolist() == [[2, 1]]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: make(images=IMAGES[0]), "images has shape"),
        (lambda: make(y=Y[:3]), r"attributes has shape \(3, 2\), expected \(5, 2\)"),
        (lambda: make(y=Y + 1), r"attributes\[0, 1\] = 2, expected a whole number from 0 to 1, a value of light"),
        (lambda: make(y=Y - 1), r"attributes\[0, 0\] = -1, expected a whole number from 0 to 3, a value of hue"),
        (lambda: make(y=Y + 0.5), r"attributes\[0, 0\] = 0.5"),
        (lambda: make(controls={}), "expected attributes with two or more values each"),
        (lambda: make(controls={"hue": ("red",), "light": ("off", "on")}), "two or more values"),
        (lambda: make().choose(hue="pink"), "hue = 'pink', expected one of red, green, blue, gray"),
        (lambda: make().choose(size="big"), "size = 'big', expected one of the attributes hue, light"),
        (lambda: make(judge=lambda images: {"hue": ["red"]}), "judge says .* of the hue of 6 images"),
        (lambda: make(Shrunk()), r"generator makes pictures of shape \(7, 3, 4, 4\), expected \(7, 3, 8, 8\)"),
    ],
)
def test_what_cannot_be_is_explained(act, words):
    with pytest.raises(ValueError, match=words):
        act()


class Shrunk(nn.Module):
    def forward(self, x, y):
        return x[..., ::2, ::2]


def test_a_wrong_choice_changes_nothing():
    lab = make()
    with pytest.raises(ValueError, match="light = 'dim'"):
        lab.choose(hue="blue", light="dim")
    assert lab.edits.chosen == {}


def test_a_slip_in_the_reader_s_generator_is_shown_and_gone_when_it_is_mended():
    class Fragile(Written):
        broken = False

        def forward(self, x, y):
            return super().forward(x, y) + float("nan" if self.broken else 0)

    lab = make(Fragile())
    lab.generator.broken = True
    lab.chooser._handle_custom_msg({"press": 1}, [])
    assert "finite images" in lab.events.box.value
    lab.generator.broken = False
    lab.draw()
    assert lab.events.box.value == "" and torch.equal(read(lab.after), Y[1:2])


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("editor")
    first = make()
    cells.run("editor")
    second = make()
    assert first.stage.comm is None and second.stage.comm is not None


def test_short_attributes_share_a_line():
    assert _lines({"a": 8, "b": 2, "c": 3}) == [{"a": (0, 8)}, {"b": (0, 2), "c": (3, 6)}]
    assert _lines({"a": 2, "b": 2}) == [{"a": (0, 2)}, {"b": (0, 2)}]
    assert _lines({"a": 3, "b": 8, "c": 4}) == [{"a": (0, 3)}, {"b": (0, 8)}, {"c": (0, 4)}]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_shows_stage_and_rows(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    lab = make()
    lab.choose(hue="blue")
    picture = lab.still()
    assert len(picture.axes) == 4 + 4 + 2 and "hue blue, light on" in picture.alt
    np.testing.assert_allclose(picture.axes[1].images[0].get_array(), viz.mosaic(lab.after, 1))
    np.testing.assert_allclose(picture.axes[5].images[0].get_array(), viz.mosaic(lab.every_value("hue")[1:2], 1))
    titles = [ax.get_title() for ax in picture.axes]
    assert titles[4:] == ["hue: red", "green", "blue", "gray", "light: off", "on"]
    assert picture.png()[:4] == b"\x89PNG"
