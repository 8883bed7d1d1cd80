"""The condition studio without a browser: what is shown is what the generator makes of what was asked."""

import asyncio
import math
from time import perf_counter

import pytest
import torch
from torch import nn
from widgets import parts, press, tiles

from ganlib import viz
from ganlib.viz.conditions import Condition, Conditions, words
from ganlib.viz.conditions.between import STEPS
from ganlib.viz.conditions.every import ROWS
from ganlib.viz.conditions.many import SHOWN
from ganlib.viz.events import FRAMES_PER_SECOND
from ganlib.viz.latent import stage

D, E = 2, 3
DIGIT = {"digit": ("zero", "one", "two", "three")}
FACE = {"hair": ("black", "blue", "red"), "glasses": ("none", "glasses")}
CODE = {"code": ("a", "b"), "slant": (-2.0, 2.0)}
TABLE = torch.tensor([[0.0, 0.1, 0.9], [-0.5, 0.2, 0.6], [0.5, 0.3, 0.3], [0.8, 0.4, 0.0]])


class Rows(nn.Module):
    """Rows 0 and 1 of a picture's pixels are z, a tenth of it, the others are the embedding."""

    latent_dim = D

    def __init__(self, table=TABLE, channels=3):
        super().__init__()
        self.table, self.channels = nn.Parameter(table.clone()), channels

    def embed(self, y):
        return self.table[y]

    def from_embedding(self, z, e):
        assert not self.training and e.shape == (len(z), E)
        return torch.cat([z / 10, e.to(z)], 1)[:, None, :, None].expand(-1, self.channels, -1, 4)

    def forward(self, z, y):
        return self.from_embedding(z, self.embed(y))


class Faces(Rows):
    """Two conditions, each with a row of its own."""

    def embed(self, y):
        assert y.dtype == torch.long and y.shape[1] == 2
        return torch.stack([y[:, 0] / 4, y[:, 1] / 2, y.sum(1) * 0.0], 1)


class Codes(Rows):
    """Codes that are their own embedding."""

    def embed(self, y):
        return y


def encode_code(choice):
    a = float(choice["code"] == "a")
    return torch.tensor([[a, 1 - a, choice["slant"] / 2]])


def read_digit(images):
    """The digit whose embedding is nearest, read off the picture."""
    seen = images[:, 0, D:, 0]
    return {"digit": [DIGIT["digit"][i] for i in torch.cdist(seen, TABLE).argmin(1).tolist()]}


def read_face(images):
    """The face that is there, but every judge takes red hair for blue."""
    hair, glasses = (images[:, 0, D, 0] * 4).round().clamp(0, 1), (images[:, 0, D + 1, 0] * 2).round()
    return {
        "hair": [FACE["hair"][int(i)] for i in hair.tolist()],
        "glasses": [FACE["glasses"][int(i)] for i in glasses.tolist()],
    }


def make(generator=None, conditions=None, *arguments, **named):
    return viz.ConditionStudio(generator or Rows(), conditions or DIGIT, *arguments, **named)


def faces(**named):
    return make(Faces(), FACE, **named)


def codes(**named):
    return make(Codes(), CODE, encode_code, **named)


def expect_shown(gallery, z, e):
    """A gallery shows these vectors and embeddings, to the precision of a byte."""
    expected = torch.cat([torch.as_tensor(z) / 10, torch.as_tensor(e).to(torch.float64)], 1)
    assert (tiles(gallery)[:, :, 0, 0] - expected).abs().max() < 0.51 / 127.5


# Conditions


def test_what_is_asked_on_the_way_between_two_choices():
    ends = {"d": "a", "e": "x", "n": -1.0}, {"d": "b", "e": "x", "n": 1.0}
    way = [Condition.between(*ends, t) for t in (0, 0.25, 0.75, 1)]
    assert way[0] == Condition.of(ends[0]) and way[-1] == Condition.of(ends[1])
    assert [one.asked["d"] for one in way] == ["a", None, None, "b"]
    assert {one.asked["e"] for one in way} == {"x"}
    assert [one.asked["n"] for one in way] == [-1, -0.5, 0.5, 1]
    assert [one.nearest["d"] for one in way] == ["a", "a", "b", "b"]
    choice = {"d": "a", "n": 0.3}
    assert Condition.of(choice).asked == Condition.of(choice).nearest == choice


def test_by_default_y_are_the_indices_of_the_words():
    one, several = Conditions(DIGIT), Conditions(FACE)
    assert one.encode({"digit": "two"}).tolist() == [2]
    assert several.encode({"glasses": "glasses", "hair": "red"}).tolist() == [[2, 1]]
    assert one.encode({"digit": "two"}).dtype == torch.int64


def test_a_range_has_even_steps_and_begins_in_its_middle():
    conditions = Conditions({"code": ("a", "b"), "slant": (-1, 3)}, encode_code)
    assert conditions.steps("slant", 5) == [-1, 0, 1, 2, 3] and conditions.steps("code") == ["a", "b"]
    assert conditions.first() == {"code": "a", "slant": 1} and conditions.last_of_first() == {"code": "b", "slant": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "conditions = {}, expected at least one name"),
        ({"digit": ("0",)}, r"conditions\['digit'\] = \('0',\), expected two or more different words"),
        ({"digit": "0123"}, "= '0123', expected"),
        ({"digit": ("0", "0")}, "two or more different words"),
        ({"digit": range(10)}, r"= range\(0, 10\), expected two or more different words"),
        ({"slant": (2.0, -2.0)}, "or two numbers low < high"),
        ({"slant": (0.0, math.inf)}, "or two numbers low < high"),
        ({"slant": (-2.0, 2.0)}, "encode = None, expected a function: the numbers slant have no index"),
    ],
)
def test_conditions_that_are_none_are_explained(given, said):
    with pytest.raises(ValueError, match=said):
        Conditions(given)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"hair": "red"}, "hair = 'red', expected one of the conditions code, slant"),
        ({"code": "c"}, "code = 'c', expected one of a, b"),
        ({"slant": 2.5}, "slant = 2.5, expected a number from -2 to 2"),
        ({"slant": "much"}, "slant = 'much', expected a number"),
        ({"slant": math.nan}, "slant = nan, expected a number"),
    ],
)
def test_choices_that_are_none_are_explained_and_change_nothing(choice, said):
    lab = codes()
    before = lab.condition
    with pytest.raises(ValueError, match=said):
        lab.choose(**choice)
    assert lab.condition == before and not lab.undo()


# Words


def test_a_verdict_is_a_mark_and_what_is_wrong():
    assert words.verdict({"digit": "3"}, {"digit": "3"}) == "\u2713"
    assert words.verdict({"digit": "3"}, {"digit": "8"}) == "\u2717 8"
    face = {"hair": "blue", "eyes": "red", "mouth": "smile"}
    assert words.verdict(face, face) == "\u2713"
    assert words.verdict(face, face | {"eyes": "blue"}) == "\u2717"
    assert words.verdict(face, face | {"eyes": "blue", "mouth": "open"}) == "\u2717\u2717"
    assert words.verdict({"code": "4"}, {"digit": "7"}) == words.verdict({"digit": None}, {"digit": "7"}) == "\u2192 7"
    assert words.verdict({"digit": "3"}, {}) == ""


def test_a_line_says_what_was_asked_and_read():
    asked = {"hair": "blue", "eyes": "red", "mouth": None, "slant": -0.5}
    assert words.lines(asked, {"hair": "blue", "eyes": "green", "mouth": "open", "digit": "7"}) == [
        "\u2713 hair: blue, as asked",
        "\u2717 eyes: asked red, read green",
        "mouth: between two, read open",
        "slant: asked \u22120.50",
        "digit: read 7",
    ]


def test_pictures_that_are_right_are_counted_name_by_name():
    asked = [{"hair": "blue", "eyes": "red"}] * 3
    read = [asked[0], {"hair": "red", "eyes": "red"}, {"hair": "red", "eyes": "blue"}]
    assert words.tally(asked, read) == (
        "Of 3 pictures the judge reads as asked the hair in 1, the eyes in 2; all of them in 1. "
        "Below the others stands one \u2717 for each that it reads otherwise."
    )
    digits = [[{"digit": word} for word in said] for said in ("333", "338", "333")]
    assert words.tally(digits[0], digits[2]) == "Of 3 pictures the judge reads as asked the digit in 3."
    assert "digit in 2. Below the others stands \u2717 and what it reads instead." in words.tally(*digits[:2])
    assert words.tally([{"code": "1"}], [{"digit": "1"}]) == words.tally([{"digit": None}], [{"digit": "1"}]) == ""


def test_equal_words_in_a_row_are_one():
    assert words.runs(["3", "3", "8", "3"]) == [("3", 0, 1), ("8", 2, 2), ("3", 3, 3)]
    assert words.commonest(["3", "8", "8"]) == "8 2, 3 1"


# The large picture


def test_the_large_picture_is_of_z_and_the_choice():
    lab = make()
    expect_shown(lab.stage, lab.point[None], TABLE[:1])
    lab.choose(digit="two")
    expect_shown(lab.stage, lab.point[None], TABLE[2:3])
    lab.surprise()
    expect_shown(lab.stage, lab.point[None], TABLE[2:3])
    lab.z = torch.tensor([0.5, -1.0])
    expect_shown(lab.stage, torch.tensor([[0.5, -1.0]]), TABLE[2:3])


def test_controls_are_choices_and_follow_them():
    lab = codes()
    buttons, slider = lab._controls.controls.values()
    assert (buttons.description, buttons.options, slider.description) == ("code", ("a", "b"), "slant")
    assert (buttons.value, slider.value, slider.min, slider.max) == ("a", 0, -2, 2)
    buttons.value = "b"
    slider.value = 1.5
    assert lab.condition.asked == {"code": "b", "slant": 1.5}
    expect_shown(lab.stage, lab.point[None], [[0, 1, 0.75]])
    lab.choose(code="a", slant=-1.0)
    assert (buttons.value, slider.value) == ("a", -1)


def test_undo_takes_back_choices_and_z_one_by_one():
    lab = make()
    places = [lab.place]
    for move in (lambda: lab.choose(digit="two"), lab.surprise, lambda: lab.choose(digit="one"), lab.reset):
        move()
        places.append(lab.place)
    lab.choose(digit="one")  # as it is
    for place in reversed(places[:-1]):
        assert lab.undo() and lab.place == place
        expect_shown(lab.stage, lab.point[None], lab.embed(lab.condition.a))
        assert lab._controls.controls["digit"].value == lab.condition.asked["digit"]
    assert not lab.undo()


def test_moves_of_one_slider_are_taken_back_together():
    lab = codes()
    for slant in (0.1, 0.2, 0.3):
        lab.choose(slant=slant)
    lab.choose(code="b")
    lab.choose(slant=0.4)
    slants = [(lab.undo(), lab.condition.asked["slant"])[1] for _ in range(3)]
    assert slants == [0.3, 0.3, 0] and lab.condition.asked["code"] == "a"


def test_the_judge_is_held_against_what_was_asked():
    lab = faces(judge=read_face)
    lab.choose(hair="blue", glasses="glasses")
    assert lab.says.value.count("\u2713") == 2 and "\u2717" not in lab.says.value
    lab.choose(hair="red")
    assert "\u2717 hair: asked red, read blue<" in lab.says.value
    assert lab.stage.labels[0] == lab.sentence().rstrip(".") and "glasses: glasses, as asked" in lab.stage.labels[0]


def test_without_a_judge_nothing_is_read():
    lab = make()
    for name in lab.views:
        lab.view = name
        shown = lab.says.value + lab.views[name].says.value + "".join(lab.views[name].pictures.captions)
        assert not set("\u2713\u2717\u2192") & set(shown) and "judge" not in shown


def test_looking_changes_nothing_of_the_generator_nor_of_the_random_stream():
    generator = Rows().train()
    before, stream = generator.table.clone(), torch.get_rng_state()
    lab = make(generator)
    for name in lab.views:
        lab.view = name
        lab.surprise()
        lab.views[name].new() if hasattr(lab.views[name], "new") else lab.views[name].swap()
    assert torch.equal(torch.get_rng_state(), stream) and generator.training
    assert torch.equal(generator.table, before) and generator.table.grad is None


def test_equal_seeds_give_equal_draws():
    for name in ("every", "many"):
        first, second, third = (make(seed=seed) for seed in (1, 1, 2))
        for lab in (first, second, third):
            lab.surprise()
            getattr(lab, name).new()
            lab.view = getattr(lab, name).name
        shown = [tiles(getattr(lab, name).pictures) for lab in (first, second, third)]
        assert torch.equal(shown[0], shown[1]) and not torch.equal(shown[0], shown[2])


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_generators_of_any_precision(dtype):
    lab = make(Rows().to(dtype))
    lab.view = "Between"
    lab.between.t = 0.25
    assert lab.images(lab.point[None]).dtype == torch.float32


@pytest.mark.gpu
def test_a_generator_on_a_gpu():
    lab = make(Rows().cuda(), judge=read_digit)
    lab.view = "Between"
    lab.between.t = 0.25
    assert lab.embed({"digit": "one"}).is_cuda and not lab.images(lab.point[None]).is_cuda


# Every value


def test_a_row_has_one_z_and_a_column_one_value():
    lab = make(judge=read_digit)
    lab.choose(digit="one")
    view = lab.every
    assert view.pictures.columns == 4 and view.pictures.aligned and len(view.rows_z) == ROWS
    expect_shown(view.pictures, view.rows_z.repeat_interleave(4, 0), TABLE.repeat(ROWS, 1))
    assert torch.equal(view.rows_z[0], lab.point) and view.pictures.marked == [1]
    assert view.pictures.captions == ["\u2713"] * 4 * ROWS and view.pictures.heads == [*DIGIT["digit"]]
    assert f"the digit in {4 * ROWS}." in view.says.value


def test_other_conditions_stay_as_they_are():
    lab = faces(judge=read_face)
    lab.choose(glasses="glasses")
    expect_shown(
        lab.every.pictures, lab.every.rows_z.repeat_interleave(3, 0), [[i / 4, 0.5, 0] for i in range(3)] * ROWS
    )
    assert "alone, with glasses glasses." in lab.every.says.value
    assert f"the hair in {2 * ROWS}, the glasses in {3 * ROWS}; all of them in {2 * ROWS}." in lab.every.says.value
    lab.choose(hair="red")
    lab.every.varied = "glasses"
    expect_shown(lab.every.pictures, lab.every.rows_z.repeat_interleave(2, 0), [[0.5, 0, 0], [0.5, 0.5, 0]] * ROWS)
    assert lab.every.pictures.captions[:2] == ["\u2717"] * 2 and lab.every.pictures.heads == ["none", "glasses"]


def test_the_values_of_a_range_are_evenly_spaced():
    lab = codes(judge=lambda images: {"digit": ["7"] * len(images)})
    lab.every.varied = "slant"
    expect_shown(
        lab.every.pictures, lab.every.rows_z.repeat_interleave(9, 0), [[1, 0, i / 4] for i in range(-4, 5)] * ROWS
    )
    assert lab.every.pictures.captions == ["\u2192 7"] * 9 * ROWS
    assert lab.every.pictures.heads[:2] == ["\u22122.00", "\u22121.50"]
    assert lab.every.pictures.marked == [4]


def test_a_pressed_tile_becomes_the_large_picture_in_one_move():
    lab = make()
    before, view = lab.place, lab.every
    z = view.rows_z[2]
    view.pictures.press(2 * 4 + 3)
    assert torch.equal(lab.point, z) and lab.condition.asked == {"digit": "three"}
    expect_shown(view.pictures, view.rows_z.repeat_interleave(4, 0), TABLE.repeat(ROWS, 1))
    assert view.pictures.marked == [3]
    assert lab.undo() and lab.place == before


def test_other_rows_are_drawn():
    lab = make()
    first, others = lab.every.rows_z[0], lab.every.rows_z[1:]
    press(lab.every.box, "Other z below")
    assert torch.equal(lab.every.rows_z[0], first) and not (lab.every.rows_z[1:] == others).any()
    expect_shown(lab.every.pictures, lab.every.rows_z.repeat_interleave(4, 0), TABLE.repeat(ROWS, 1))


def test_pictures_stay_while_only_the_choice_among_them_changes(monkeypatch):
    lab, made = make(), []
    images = lab.space.images
    monkeypatch.setattr(lab.space, "images", lambda z, *given: (made.append(len(z)), images(z, *given))[1])
    lab.choose(digit="two")
    assert made == [1] and lab.every.pictures.marked == [2]


def test_a_condition_that_is_none_cannot_be_varied():
    with pytest.raises(ValueError, match="varied = 'hair', expected one of digit"):
        make().every.varied = "hair"


# Between


def test_the_way_is_a_straight_line_between_embeddings():
    lab = make(judge=read_digit)
    lab.view, view = "Between", lab.between
    view.ends({"digit": "one"}, {"digit": "two"})
    t = torch.linspace(0, 1, STEPS)[:, None]
    expect_shown(view.pictures, lab.point.expand(STEPS, -1), (1 - t) * TABLE[1] + t * TABLE[2])
    places = ("A", "0.125", "0.25", "0.375", "0.5", "0.625", "0.75", "0.875", "B")
    read = read_digit(lab.images(lab.point.expand(STEPS, -1), (1 - t) * TABLE[1] + t * TABLE[2]))["digit"]
    assert view.pictures.captions == [f"{place}\n{word}" for place, word in zip(places, read, strict=True)]
    assert len(set(read)) > 2
    turns = [i for i in range(1, STEPS) if read[i] != read[i - 1]]
    assert all(f"{read[i]} from t = {i / 8:g}" in view.says.value for i in turns)
    assert "A is digit one. B is digit two." in view.says.value


@pytest.mark.parametrize("t", [0.0, 0.3, 0.5, 1.0])
def test_the_large_picture_goes_along_the_way(t):
    lab = make(judge=read_digit)
    lab.view, view = "Between", lab.between
    view.ends({"digit": "one"}, {"digit": "two"})
    view.t = t
    expect_shown(lab.stage, lab.point[None], ((1 - t) * TABLE[1] + t * TABLE[2])[None])
    assert view.pictures.marked == [round(8 * t)]
    down = {0.0: "one", 1.0: "two"}.get(t)
    assert lab._controls.controls["digit"].value == down
    assert ("between two" in lab.says.value) == (down is None)


def test_from_the_way_back_to_a_choice():
    lab = faces()
    lab.view, view = "Between", lab.between
    view.ends({"hair": "blue", "glasses": "none"}, {"hair": "red", "glasses": "none"})
    view.t = 0.75
    assert lab._controls.controls["glasses"].value == "none"
    lab._controls.controls["glasses"].value = "glasses"
    assert lab.condition == Condition.of({"hair": "red", "glasses": "glasses"})
    assert view.pictures.marked == [] and lab._controls.controls["hair"].value == "red"


def test_opening_a_view_moves_nothing():
    lab = faces()
    before = lab.place
    for name in lab.views:
        lab.view = name
    assert lab.place == before and not lab.undo()


def test_ends_are_taken_from_the_choice_which_stays():
    lab = make()
    lab.view, view = "Between", lab.between
    lab.choose(digit="two")
    press(view.box, "A = asked")
    assert (view.a, view.b, view.t) == ({"digit": "two"}, {"digit": "three"}, 0)
    lab.choose(digit="one")
    press(view.box, "B = asked")
    assert (view.a, view.b, view.t) == ({"digit": "two"}, {"digit": "one"}, 1)
    assert lab.condition.asked == {"digit": "one"} and view.pictures.marked == [8]
    t = torch.linspace(0, 1, STEPS)[:, None]
    expect_shown(view.pictures, lab.point.expand(STEPS, -1), (1 - t) * TABLE[2] + t * TABLE[1])


def test_ends_change_places_and_the_large_picture_stays():
    lab = make()
    lab.view, view = "Between", lab.between
    view.ends({"digit": "one"}, {"digit": "two"})
    view.t = 0.25
    shown, way = tiles(lab.stage), tiles(view.pictures)
    press(view.box, "Swap")
    assert (view.a, view.b, view.t) == ({"digit": "two"}, {"digit": "one"}, 0.75)
    assert (tiles(lab.stage) - shown).abs().max() < 0.01 and view.pictures.marked == [6]
    assert (tiles(view.pictures).flip(0) - way).abs().max() < 0.01


def test_the_slider_shows_where_on_the_way_the_condition_is():
    lab = make()
    lab.view, view = "Between", lab.between
    view.ends({"digit": "one"}, {"digit": "two"})
    view.t = 0.25
    lab.choose(digit="three")
    assert view.pictures.marked == []
    lab.undo()
    assert view.t == 0.25 and view.pictures.marked == [2]
    lab.choose(digit="two")
    assert view.t == 1 and view.pictures.marked == [8]
    view.pictures.press(0)
    assert lab.condition == Condition.of({"digit": "one"})


def test_the_whole_way_is_one_move():
    lab = make()
    before = lab.place
    lab.view = "Between"
    for t in (0.1, 0.2, 0.9):
        lab.between.t = t
    assert lab.undo() and lab.place == before and not lab.undo()


@pytest.mark.parametrize("t", [-0.1, 1.1, math.nan])
def test_a_t_beyond_the_ends_is_explained(t):
    with pytest.raises(ValueError, match="expected a number from 0 to 1"):
        make().between.t = t


# Many z


def test_many_pictures_of_one_condition():
    lab = faces(judge=read_face)
    lab.view, view = "Many z", lab.many
    for hair, count in (("blue", SHOWN), ("red", 0)):
        lab.choose(hair=hair)
        expect_shown(view.pictures, view.drawn, lab.embed(lab.condition.a).expand(SHOWN, -1))
        assert f"the hair in {count}, the glasses in {SHOWN}; all of them in {count}." in view.says.value
    old = view.drawn
    press(view.box, "New z")
    assert not (view.drawn == old).any()
    view.pictures.press(5)
    assert torch.equal(lab.point, view.drawn[5]) and view.pictures.marked == [5]
    expect_shown(lab.stage, view.drawn[5:6], lab.embed(lab.condition.a))


def test_how_much_the_pictures_differ():
    lab = make()
    lab.view, rows = "Many z", lab.many.drawn / 10
    differences = (rows[:, None] - rows).abs().sum(2) / (D + E)
    expected = differences.sum() / (SHOWN * (SHOWN - 1))
    assert f"differ by {expected:.3f} in a pixel" in lab.many.says.value


def test_what_was_not_asked_for_is_counted():
    lab = codes(judge=lambda images: {"digit": (["7"] * 30 + ["1"] * 2)[: len(images)]})
    lab.view = "Many z"
    assert "The judge reads the digit: 7 30, 1 2." in lab.many.says.value


# The whole


def test_a_generator_that_has_learned_is_drawn_anew():
    lab = make()
    for name in lab.views:
        lab.view = name
        before = tiles(lab.views[name].pictures)[:, D:], tiles(lab.stage)[:, D:]
        with torch.no_grad():
            lab._generator.table.mul_(-1)
        lab.draw()
        assert (tiles(lab.views[name].pictures)[:, D:] + before[0]).abs().max() < 0.01
        assert (tiles(lab.stage)[:, D:] + before[1]).abs().max() < 0.01


@pytest.mark.parametrize(
    ("generator", "said"),
    [
        (nn.Linear(2, 2), "generator is a Linear without embed and from_embedding, expected a network with embed"),
        (Codes(), r"generator.embed makes torch.int64 of shape \(2,\) of y of shape \(2,\), expected floating point"),
    ],
)
def test_generators_that_do_not_fit_are_explained(generator, said):
    with pytest.raises(ValueError, match=said):
        make(generator)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"encode": lambda choice: 3}, "encode makes a int of {'digit': 'zero'}, expected a tensor whose first axis"),
        ({"encode": lambda choice: torch.tensor(3)}, r"encode makes a tensor of shape \(\) of"),
        ({"encode": lambda choice: torch.zeros(2, dtype=torch.long)}, r"encode makes a tensor of shape \(2,\) of"),
        ({"judge": lambda images: ["3"]}, r"judge says \['3'\] of 1 images, expected {name: "),
        ({"judge": lambda images: {"digit": "3"}}, "judge says {'digit': '3'} of 1 images"),
        ({"judge": lambda images: {"digit": [3]}}, r"judge says {'digit': \[3\]} of 1 images"),
        ({"judge": lambda images: {"digit": ["3", "3"]}}, r"of 1 images, expected {name: \[so many words\]"),
        ({"seed": -1}, "seed = -1, expected an integer from 0"),
    ],
)
def test_arguments_that_do_not_fit_are_explained(named, said):
    with pytest.raises(ValueError, match=said):
        make(**named)


def test_a_slip_in_the_reader_s_generator_is_shown_and_gone_when_it_is_mended():
    lab = make()
    learned = lab._generator.table.data.clone()
    lab._generator.table.data.fill_(math.nan)
    press(lab, "Surprise me")
    lab._controls.controls["digit"].value = "two"
    assert "NaN or infinite pixels" in lab.events.box.value
    lab._generator.table.data.copy_(learned)
    lab._controls.controls["digit"].value = "one"
    assert lab.events.box.value == ""


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("studio")
    first = make()
    cells.run("studio")
    second = make()
    assert all(one.comm is None for one in parts(first)) and second.stage.comm is not None


def test_drawings_are_paced_and_the_still_follows(monkeypatch):
    monkeypatch.setattr(stage, "STILL_AFTER_S", 0.1)

    async def main():
        drawn, refreshed = [], []
        monkeypatch.setattr(viz.ConditionStudio, "refresh", lambda lab: refreshed.append(lab.condition))
        lab = codes()
        follow = lab.every.follow
        lab.every.follow = lambda: (drawn.append(1), follow())
        began = perf_counter()
        for i in range(30):
            lab._controls.controls["slant"].value = i / 20
        assert len(drawn) <= 1 + FRAMES_PER_SECOND * (perf_counter() - began)
        while not (drawn and refreshed and refreshed[-1] == lab.condition):
            await asyncio.sleep(0.05)
        assert lab.condition.asked["slant"] == 29 / 20
        expect_shown(lab.stage, lab.point[None], [[1, 0, 29 / 40]])

    asyncio.run(asyncio.wait_for(main(), 60))


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    lab = codes()
    for part in parts(lab):
        if type(part).__name__ == "Button":
            assert part.description and part.tooltip
        if type(part).__name__ == "FloatSlider":
            assert part.description
    assert all(part.name for part in parts(lab) if isinstance(part, viz.Gallery))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_still_shows_the_picture_every_value_and_the_way(theme, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    lab = faces(judge=read_face)
    lab.choose(hair="red")
    picture = lab.still()
    assert lab.sentence() in picture.alt
    large, said, grid, way = picture.axes
    assert "asked red, read blue" in said.texts[0].get_text().replace("\n", " ")
    assert [text.get_text() for text in grid.texts] == [*FACE["hair"]]
    shown = torch.tensor(grid.images[0].get_array())
    made = lab.images(lab.every.rows_z[:3].repeat_interleave(3, 0), lab.embed(*lab.every.choices).repeat(3, 1))
    torch.testing.assert_close(shown, torch.tensor(viz.mosaic(made, 3)))
    assert way.get_title(loc="left") == "from hair black to hair red, the same z"
    assert [text.get_text() for text in way.texts] == ["black"] * 3 + ["blue"] * 6
    assert large.images and picture.png()[:4] == b"\x89PNG"
