"""What makes drawings look drawn by hand, and the generator that learned from them."""

import pytest
import torch

from ganlib import models
from ganlib.data import Batches
from ganlib.data.avatars import VOCABULARY, Attributes, render
from ganlib.data.batches import to_float
from ganlib.metrics import read_avatars
from ganlib.studies import colouring


@pytest.fixture(scope="module")
def pairs():
    drawings, pictures, _ = colouring.portraits(24, seed=2000)
    return to_float(drawings), to_float(pictures)


def test_the_artist_is_told_by_the_hair():
    attributes = colouring.habitual(Attributes.sample(200, torch.Generator().manual_seed(0)))
    for name, colours in colouring.HABITS.items():
        for style, colour in enumerate(colours):
            values = getattr(attributes, name)[attributes.hairstyle == style]
            assert [VOCABULARY[name][value] for value in values.unique().tolist()] == [colour]
    for name, colour in colouring.ALWAYS.items():
        assert getattr(attributes, name).unique().tolist() == [VOCABULARY[name].index(colour)]


def test_unfinished_portraits_lack_parts_in_both_pictures():
    """Where the picture of an unfinished portrait is bare sky, its drawing is bare paper, or lines alone."""
    drawings, pictures = colouring.unfinished(groups=6, n=4)
    assert drawings.shape == pictures.shape == (24, 3, 64, 64) and drawings.dtype == torch.uint8
    whole = colouring.portraits(24)[0]
    assert (drawings < 128).float().mean() < 0.9 * (whole < 128).float().mean()
    again = colouring.unfinished(groups=6, n=4)
    assert all(torch.equal(*both) for both in zip((drawings, pictures), again, strict=True))
    assert not torch.equal(colouring.unfinished(6, 4, seed=2)[0], drawings)


def test_both_pictures_wobble_alike(pairs):
    drawing, _ = pairs
    one, other = colouring.wobbly(drawing, drawing)
    torch.testing.assert_close(one, other)
    assert all((moved - still).abs().mean() > 0.01 for moved, still in zip(one, drawing, strict=True))


@pytest.mark.parametrize(
    ("disturb", "darker"), [(colouring.uneven, True), (colouring.torn, False), (colouring.scribbled, True)]
)
def test_ink_is_added_or_rubbed_out(pairs, disturb, darker):
    drawing, _ = pairs
    torch.manual_seed(0)
    change = disturb(drawing) - drawing
    assert (change <= 1e-6).all() if darker else (change >= -1e-6).all()
    touched = change.abs().amax((1, 2, 3)) > 0.1
    assert 0 < touched.sum() < len(touched)
    assert disturb(drawing).abs().max() <= 1


def test_spots_take_a_small_part_of_the_sheet():
    torch.manual_seed(0)
    bare = (colouring.torn(torch.full((200, 3, 64, 64), -1.0)) == 1).float().mean((1, 2, 3))
    assert bare.max() < 0.3 and 0.03 < bare.mean() < 0.07


def test_batches_change_the_drawing_alone_after_the_wobble(pairs, monkeypatch):
    """With the wobble left out, the pictures come out as they went in."""
    monkeypatch.setattr(colouring, "wobbly", lambda drawing, picture: (drawing, picture))
    drawing, picture = next(iter(colouring.HandDrawn(Batches(pairs, 24, seed=3))))
    plain, same = next(Batches(pairs, 24, seed=3))
    assert torch.equal(picture, same) and not torch.equal(drawing, plain)


@pytest.fixture(scope="module")
def generator():
    return models.pretrained("colouring")


def test_the_stored_generator_colours_held_out_portraits(generator):
    scores = colouring.measure(generator, 100)
    assert scores["l1"] < 0.13 and min(scores["hair"], scores["hairstyle"], scores["glasses"]) > 0.95


def test_it_understands_drawings_by_hand(generator, pairs):
    """Half of the error of white paper and less, on drawings that wobble, are torn and scribbled on."""
    torch.manual_seed(0)
    drawing, picture = colouring.wobbly(*pairs)
    drawing = colouring.scribbled(colouring.torn(colouring.uneven(drawing)))
    error, left_white = (generator(drawing) - picture).abs().mean(), (drawing - picture).abs().mean()
    assert error < left_white / 2


def test_hair_follows_from_its_shape(generator):
    """One portrait with each hairstyle: the artist's four colours, read by the course's classifier."""

    same = Attributes.of(1, torch.Generator().manual_seed(3), glasses="none", pose=0.0)[[0] * 4]
    same = same.replace(hairstyle=[0, 1, 2, 3])
    read = read_avatars(generator(render(same, 64, "sketch"))).values["hair"]
    assert [VOCABULARY["hair"][value] for value in read.tolist()] == list(colouring.HABITS["hair"])
