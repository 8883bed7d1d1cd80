import math

import pytest
import torch

from ganlib.data.avatars import STYLES, Attributes, render
from ganlib.data.avatars.drawing import Flat
from ganlib.data.avatars.parts import PARTS
from ganlib.data.avatars.scene import arrange
from ganlib.data.avatars.shapes import box, coverage, cut, ellipse, ring, zigzag


def test_distances_to_a_circle_and_a_box_are_exact():
    x, y = torch.rand(2, 500, generator=torch.Generator().manual_seed(0)) * 4 - 2
    torch.testing.assert_close(ellipse(x, y, (0.3, -0.2), (0.7, 0.7), 0.5), torch.hypot(x - 0.3, y + 0.2) - 0.7)
    beyond = torch.tensor([1.0 + 0.3, 0.0, 1.0 + 3.0]), torch.tensor([0.0, -0.6, 0.5 + 4.0])
    torch.testing.assert_close(box(*beyond, (0, 0), (1.0, 0.5)), torch.tensor([0.3, 0.1, 5.0]))
    torch.testing.assert_close(box(*beyond, (0, 0), (1.2, 0.7), 0.2)[:2], torch.tensor([0.1, -0.1]))


def test_an_ellipse_is_zero_on_its_edge_with_unit_slope():
    t = torch.linspace(0, 6.2, 40, dtype=torch.float64)
    cosine, sine = math.cos(0.4), math.sin(0.4)
    a, b = 0.8 * t.cos(), 0.3 * t.sin()
    x, y = (cosine * a - sine * b).requires_grad_(), (sine * a + cosine * b).requires_grad_()
    distance = ellipse(x, y, (0, 0), (0.8, 0.3), 0.4)
    slope = torch.stack(torch.autograd.grad(distance.sum(), (x, y)))
    torch.testing.assert_close(distance, torch.zeros_like(distance), atol=1e-9, rtol=0)
    torch.testing.assert_close(slope.norm(dim=0), torch.ones_like(distance))


def test_coverage_adds_up_to_the_area():
    axis = (torch.arange(64) + 0.5) / 32 - 1
    disc = ellipse(axis, axis[:, None], (0.05, -0.02), (0.6, 0.6))
    hole = ellipse(axis, axis[:, None], (0.05, -0.02), (0.3, 0.3))
    area = {"disc": disc, "annulus": cut(disc, hole), "band": ring(disc, 0.1)}
    area = {name: coverage(d, 2 / 64).sum().item() * (2 / 64) ** 2 / math.pi for name, d in area.items()}
    assert area == pytest.approx({"disc": 0.36, "annulus": 0.27, "band": 0.7**2 - 0.5**2}, rel=5e-3)


def test_zigzag_is_one_at_whole_numbers_and_zero_between():
    assert zigzag(torch.tensor([-2.0, -0.5, 0.0, 0.25, 0.5, 3.0])).tolist() == [1, 0, 1, 0.5, 0, 1]


def canvas_of(style: str) -> Flat:
    attributes = Attributes.of(1, torch.Generator().manual_seed(0), hairstyle="long", pose=0.0)
    return STYLES[style](arrange(attributes, "long", 64), final=2 / 64)


def test_a_shaded_disc_is_lit_like_a_ball():
    canvas, radius, colour = canvas_of("shaded"), 0.5, torch.tensor([0.8, 0.5, 0.2]).view(1, 3, 1, 1)
    x, y = canvas.scene.x, canvas.scene.y
    disc = ellipse(x, y, (0, 0), (radius, radius))
    canvas.fill(disc, colour, roundness=radius)
    normal = torch.stack([x, y, (radius**2 - x**2 - y**2).clamp_min(0).sqrt()], 1) / radius
    light = torch.tensor([-0.6 / 2**0.5, -0.6 / 2**0.5, 0.8]).view(1, 3, 1, 1)
    cosine = (normal * light).sum(1, keepdim=True).clamp_min(0)
    shade = 0.7 * colour**1.6
    expected = shade + (1.04 * colour - shade) * cosine + 0.16 * torch.exp(20 * (cosine - 1))
    inside = ((disc < -0.06) & (disc > -0.42)).unsqueeze(1).expand_as(expected)
    torch.testing.assert_close(canvas.image[inside], expected[inside], atol=0.01, rtol=0)


@pytest.mark.parametrize("style", ["flat", "sketch"])
def test_a_filled_shape_hides_what_is_behind_it(style):
    canvas = canvas_of(style)
    disc = ellipse(canvas.scene.x, canvas.scene.y, (0, 0), (0.5, 0.5))
    canvas.lay(disc, (1.0, 0.0, 0.0))
    canvas.fill(disc, (0.2, 0.6, 0.4), roundness=0.3)
    inside, line = (canvas.image[0][:, where[0]] for where in (disc < -0.1, disc.abs() < 0.002))
    expected = (0.2, 0.6, 0.4) if style == "flat" else (1.0, 1.0, 1.0)
    torch.testing.assert_close(inside, torch.tensor(expected).view(3, 1).expand_as(inside))
    assert (line.mean(0) < 0.7 * sum(expected) / 3).all() and line.numel()


def test_marks_glows_and_shadows_leave_the_paper_white():
    canvas = canvas_of("sketch")
    disc = ellipse(canvas.scene.x, canvas.scene.y, (0, 0), (0.5, 0.5))
    canvas.mark(disc, (1.0, 0.0, 0.0))
    canvas.glow(disc, 0.1, (1.0, 0.0, 0.0), 0.5)
    canvas.shadow(disc, disc)
    assert (canvas.image == 1).all()
    canvas.line(disc, (1.0, 0.0, 0.0))
    assert canvas.image.min() < 0.2


def test_unfinished_portraits():
    """All parts are the portrait, none the bare sheet, and without the glasses it is the one who wears none."""
    attributes = Attributes.of(6, torch.Generator().manual_seed(0), glasses="glasses")
    without = attributes.replace(glasses="none")
    for style in STYLES:
        assert torch.equal(render(attributes, 32, style, parts=PARTS), render(attributes, 32, style))
        assert torch.equal(render(attributes, 32, style, parts=PARTS[:-1]), render(without, 32, style))
    assert (render(attributes, 32, "sketch", parts=()) == 1).all()
