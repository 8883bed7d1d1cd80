"""Drawing: what is drawn is what was given."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex, to_rgba
from matplotlib.text import Text

from ganlib import viz
from ganlib.viz.figures import GAP, GAP_GRAY


def test_mosaic_puts_each_image_in_its_place_ink_black():
    images = torch.stack([torch.full((1, 2, 3), v) for v in (-1.0, 0.0, 1.0)])
    sheet = viz.mosaic(images, columns=2)
    assert sheet.shape == (2 * 2 + GAP, 3 * 2 + GAP, 3)
    assert (sheet[:2, :3] == 1).all() and (sheet[:2, 3 + GAP :] == 0.5).all() and (sheet[2 + GAP :, :3] == 0).all()
    assert np.allclose(sheet[2], GAP_GRAY) and np.allclose(sheet[2 + GAP :, 3:], GAP_GRAY)


def test_mosaic_keeps_colours():
    image = torch.tensor([1.0, -1.0, 0.0]).view(1, 3, 1, 1)
    assert np.allclose(viz.mosaic(image, 1)[0, 0], [1, 0, 0.5])


@pytest.mark.parametrize(
    ("images", "columns", "message"),
    [
        (torch.zeros(0, 1, 4, 4), 2, "N at least 1"),
        (torch.zeros(4, 2, 4, 4), 2, r"shape \(4, 2, 4, 4\)"),
        (torch.zeros(4, 4), 2, r"shape \(4, 4\)"),
        (torch.zeros(4, 1, 4, 4), 0, "columns = 0"),
    ],
)
def test_mosaic_refuses(images, columns, message):
    with pytest.raises(ValueError, match=message):
        viz.mosaic(images, columns)


def test_loss_curves_carry_the_data_and_the_meanings():
    picture = viz.Picture(4, 3, "")
    ax = picture.axes_of()
    viz.draw_losses(ax, [10, 20], [1.4, -0.5], [0.7, 0.9])
    d, g = ax.get_lines()
    assert list(d.get_ydata()) == [1.4, -0.5] and d.get_color() == picture.theme.discriminator
    assert list(g.get_xdata()) == [10, 20] and g.get_color() == picture.theme.generator
    assert d.get_linestyle() != g.get_linestyle()
    low, high = ax.get_ylim()
    assert low <= -0.5 and high > 1.4
    viz.draw_losses(ax, [], [], [])
    assert ax.get_xlabel() == "updates"


@pytest.fixture(params=["light", "dark"])
def pictures(request, monkeypatch):
    """One of each kind of picture, in each theme."""
    monkeypatch.setenv("GANLIB_THEME", request.param)
    x = torch.zeros(40, 1, 8, 8)
    view = viz.TrainingView(lambda: x, total=8000, moments=(0, 30, 8000))
    view.update(8000, 1.0, 2.0)
    strip = viz.image_strip([("some right answers", x[:7]), ("the answer", x[:1])], columns=7)
    diagrams = viz.gan_diagram(), viz.training_step_diagram(), viz.cycle_diagram()
    return view.picture, strip, viz.image_grid(x, title="Real digits"), *diagrams


def test_all_words_have_the_theme_s_colour(pictures):
    for picture in pictures:
        words = [text for text in picture.findobj(Text) if text.get_text() and text.get_visible()]
        assert words and {to_hex(text.get_color()) for text in words} == {picture.theme.text.lower()}, picture.alt


def test_nothing_is_cut_off(pictures):
    """Everything that is drawn lies inside its picture."""
    for picture in pictures:
        picture.draw_without_rendering()
        (width, height), used = picture.get_size_inches(), picture.get_tightbbox(picture.canvas.get_renderer())
        assert used.x0 >= 0 and used.y0 >= 0 and used.x1 <= width and used.y1 <= height


def test_verdict_is_drawn_in_place_with_the_colours_of_real_and_fake():
    picture = viz.Picture(3, 3, "")
    ax = picture.axes_of()
    probability = torch.tensor([[0.0, 0.5], [0.25, 1.0]])
    viz.draw_verdict(ax, probability, (-2, 2, -1, 1))
    image = ax.images[0]
    assert np.array_equal(image.get_array(), probability) and image.get_extent() == [-2, 2, -1, 1]
    assert image.origin == "lower"
    colours = image.to_rgba(probability.numpy())
    assert np.allclose(colours[0, 0, :3], picture.theme.pale(picture.theme.fake), atol=0.01)
    assert np.allclose(colours[1, 1, :3], picture.theme.pale(picture.theme.real), atol=0.01)
    viz.draw_points(ax, fake=torch.full((1, 2), 50.0))
    assert ax.get_xlim() == (-2, 2) and ax.get_ylim() == (-1, 1)


def test_losses_that_are_not_finite_are_left_out_of_the_axes():
    ax = viz.Picture(4, 3, "").axes_of()
    viz.draw_losses(ax, [1, 2, 3], [1.0, float("inf"), float("nan")], [2.0, 1.0, float("-inf")])
    assert ax.get_ylim() == pytest.approx((0, 2.3))


def test_bytes_are_images_too():
    image = torch.tensor([0, 255, 51], dtype=torch.uint8).view(1, 3, 1, 1)
    assert np.allclose(viz.mosaic(image, 1)[0, 0], [0, 1, 0.2])


def test_a_strip_has_its_captions_above_its_images():
    x = torch.zeros(8, 1, 4, 4)
    strip = viz.image_strip([("before", x), ("after", x[:2])], columns=4)
    assert [ax.get_title() for ax in strip.axes] == ["before", "after"]
    shapes = [ax.images[0].get_array().shape[:2] for ax in strip.axes]
    assert shapes == [(9, 19), (4, 9)]
    assert strip.get_size_inches()[1] > viz.image_strip([("one row", x[:4])], columns=4, width=3).get_size_inches()[1]


def test_points_have_their_colours_and_marks():
    picture = viz.Picture(3, 3, "")
    ax = picture.axes_of()
    viz.draw_points(ax, real=torch.zeros(3, 2), fake=torch.ones(2, 2))
    real, fake = ax.collections
    assert len(real.get_offsets()) == 3 and len(fake.get_offsets()) == 2
    assert real.get_label() == "real" and fake.get_label() == "fake"
    assert np.allclose(real.get_edgecolor()[0, :3], to_rgba(picture.theme.real)[:3])
    assert np.allclose(fake.get_edgecolor()[0, :3], to_rgba(picture.theme.fake)[:3])
    assert ax.get_aspect() == 1
