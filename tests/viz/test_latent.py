"""The latent explorer without a browser: every view moves the same z, and what is shown is what the generator makes."""

import asyncio
import math

import numpy as np
import pytest
import torch
from ipywidgets import Dropdown
from scipy.spatial.distance import pdist
from torch import nn

from ganlib import viz
from ganlib.models import DCGANGenerator
from ganlib.viz import wording
from ganlib.viz.latent import LatentSpace, share_shorter, spherical, stage, straight, usual_norms
from ganlib.viz.latent.interpolation import STEPS
from ganlib.viz.latent.sliders import SWEEP

WEIGHTS = (0.1, 0.3, 0.2, 0.05, 0.01)
D = len(WEIGHTS)


class Rows(nn.Module):
    """A picture whose row i of pixels is z_i times a weight, so that z can be read off the picture."""

    latent_dim = D

    def __init__(self, channels=3):
        super().__init__()
        self.weights, self.channels = nn.Parameter(torch.tensor(WEIGHTS)), channels

    def forward(self, z):
        return (z * self.weights)[:, None, :, None].expand(-1, self.channels, -1, 8)


class Shaped(Rows):
    """A network that makes something else of each z."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def forward(self, z):
        return self.make(z)


def say_brightness(images):
    return [f"brightness {image.mean():.2f}" for image in images]


def make(generator=None, *arguments, **named):
    return viz.LatentExplorer(generator or Rows(), *arguments, **named)


def tiles(gallery):
    """The tiles (n, H, W, 3) in [-1, 1] as the browser gets them."""
    shown = np.frombuffer(gallery.pixels, np.uint8).reshape(*gallery.shape, 3)
    return torch.tensor(shown / 127.5 - 1)


def read_off(gallery):
    """The vectors z (n, d) of the pictures in a gallery, as far as they are not too bright to tell."""
    return tiles(gallery)[:, :, 0, 0] / torch.tensor(WEIGHTS, dtype=torch.float64)


def expect_shown(gallery, z):
    """A gallery shows these vectors, to the precision of a byte."""
    at_most = 1 / torch.tensor(WEIGHTS, dtype=torch.float64)
    expected = torch.minimum(torch.maximum(z, -at_most), at_most)
    assert (read_off(gallery) - expected).abs().le(0.51 / 127.5 * at_most).all()


def vectors(*rows):
    return torch.tensor(rows, dtype=torch.float64)


# Ways


def test_both_ways_begin_and_end_at_their_ends():
    a, b = torch.randn(2, 7, dtype=torch.float64)
    for way in (straight, spherical):
        torch.testing.assert_close(way(a, b, vectors(0.0, 1.0)), torch.stack([a, b]))


def test_the_straight_way_is_even_and_the_spherical_one_turns_evenly_at_one_length():
    a, b = nn.functional.normalize(torch.randn(2, 6, dtype=torch.float64), dim=1) * 3
    t = torch.linspace(0, 1, 11, dtype=torch.float64)
    steps = straight(a, b, t).diff(dim=0)
    torch.testing.assert_close(steps, ((b - a) / 10).expand_as(steps))
    way = spherical(a, b, t)
    torch.testing.assert_close(way.norm(dim=1), torch.full((11,), 3.0, dtype=torch.float64))
    angles = torch.acos((way[1:] * way[:-1]).sum(1) / 9)
    torch.testing.assert_close(angles, (torch.acos(a @ b / 9) / 10).expand_as(angles))
    assert torch.linalg.matrix_rank(torch.cat([way, a[None], b[None]])) == 2


@pytest.mark.parametrize("b", [[2.0, 4.0], [-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]])
def test_where_no_great_circle_is_singled_out_the_way_is_straight(b):
    a, t = vectors(1.0, 2.0), vectors(0.0, 0.25, 1.0)
    torch.testing.assert_close(spherical(a, vectors(*b), t), straight(a, vectors(*b), t))


def test_lengths_of_draws_are_chi_distributed():
    norms = torch.randn(20_000, 12, dtype=torch.float64).norm(dim=1)
    for norm in (2.0, 3.0, 3.5, 5.0):
        assert share_shorter(norm, 12) == pytest.approx((norms < norm).double().mean().item(), abs=0.012)
    low, high = usual_norms(12)
    assert share_shorter(low, 12) == pytest.approx(0.05) and share_shorter(high, 12) == pytest.approx(0.95)
    assert share_shorter(2.0, 2) == pytest.approx(1 - math.exp(-2))  # Rayleigh


# Space


def test_effects_are_the_mean_change_of_a_pixel():
    generator = Rows()
    generator.weights.data[1] *= -1  # a step makes some pixels brighter and some darker
    effects = LatentSpace(generator, 0).effects()
    torch.testing.assert_close(effects, torch.tensor(WEIGHTS) / D, rtol=1e-4, atol=1e-7)


def test_looking_changes_nothing_of_the_generator_nor_of_the_random_stream():
    generator = DCGANGenerator(8, 1, latent_dim=6, width=4).train()
    generator.net[2].eval()
    modes = [part.training for part in generator.modules()]
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    stream = torch.get_rng_state()
    lab = make(generator)
    for view in lab.views:
        lab.view = view
        lab.surprise()
    assert torch.equal(torch.get_rng_state(), stream)
    assert [part.training for part in generator.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert all(parameter.grad is None for parameter in generator.parameters())


def test_a_picture_depends_on_its_z_alone():
    """In training mode batch norm would let the others of a strip change it."""
    lab = make(DCGANGenerator(8, 3, latent_dim=6, width=4).train())
    z = torch.randn(150, 6, dtype=torch.float64)
    torch.testing.assert_close(lab.images(z)[7:8], lab.images(z[7:8]))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_generators_of_any_precision(dtype):
    generator = Rows().to(dtype)
    lab = make(generator)
    assert lab.z.dtype == dtype and lab.path().dtype == dtype
    assert generator(lab.z[None]).shape == (1, 3, D, 8) and lab.images(lab.point[None]).dtype == torch.float32


@pytest.mark.gpu
def test_a_generator_on_a_gpu():
    lab = make(Rows().cuda())
    assert lab.z.is_cuda and lab.path().is_cuda and not lab.images(lab.point[None]).is_cuda
    lab.z = lab.z * 0
    assert not lab.point.any()


@pytest.mark.parametrize(
    ("generator", "words"),
    [
        (nn.Linear(2, 2), "Linear with latent_dim = None, expected a network that maps z"),
        (Shaped(lambda z: z), r"maps z of shape \(1, 5\) to \(1, 5\), expected images"),
        (Shaped(lambda z: torch.zeros(len(z), 2, 8, 8)), r"to \(1, 2, 8, 8\), expected images \(N, C, H, W\)"),
        (Shaped(lambda z: torch.zeros(1, 3, 8, 8)), r"maps z of shape \(8, 5\) to \(1, 3, 8, 8\)"),
        (Shaped(lambda z: torch.full((len(z), 1, 8, 8), math.nan)), "NaN or infinite pixels"),
    ],
)
def test_generators_that_do_not_fit_are_explained(generator, words):
    with pytest.raises(ValueError, match=words):
        make(generator)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"seed": -1}, "seed = -1, expected an integer from 0"),
        ({"seed": 0.5}, r"seed = 0\.5, expected"),
        ({"dims": 0}, "dims = 0, expected a number from 1 to 5"),
        ({"dims": 6}, "dims = 6, expected"),
        ({"dims": [1, 1]}, r"dims = \[1, 1\], expected"),
        ({"dims": [5]}, r"dims = \[5\], expected"),
        ({"dims": []}, r"dims = \[\], expected"),
        ({"judge": lambda images: "a face"}, "judge says .* of 1 images, expected a list of so many strings"),
        ({"judge": lambda images: [1.0] * len(images)}, "expected a list of so many strings"),
        ({"directions": {"hair": torch.ones(3)}}, r"directions\['hair'\] has shape \(3,\), expected \(5,\)"),
        ({"directions": {"hair": torch.zeros(D)}}, r"directions\['hair'\] is zero everywhere"),
        ({"directions": {"hair": torch.full((D,), math.inf)}}, "and finite numbers"),
    ],
)
def test_arguments_that_do_not_fit_are_explained(named, words):
    with pytest.raises(ValueError, match=words):
        make(**named)


# The one z


def test_the_large_picture_is_of_z():
    lab = make()
    expect_shown(lab.stage, lab.point[None])
    lab.z = torch.tensor([1.0, -2.0, 3.0, 0.5, 0.0])
    assert lab.z.tolist() == [1.0, -2.0, 3.0, 0.5, 0.0]
    expect_shown(lab.stage, lab.point[None])
    lab.reset()
    assert not lab.z.any() and (tiles(lab.stage).abs() < 0.005).all()


def test_surprises_are_draws_of_the_seed():
    first, second = make(seed=3), make(seed=3)
    for lab in (first, second):
        lab.surprise()
        lab.surprise()
    assert torch.equal(first.point, second.point) and not torch.equal(first.point, make(seed=4).point)
    draws = torch.stack([(first.surprise(), first.point)[1] for _ in range(100)])
    assert draws.mean().abs() < 0.15 and draws.std() == pytest.approx(1, abs=0.1)


def test_moves_are_taken_back_one_by_one():
    lab = make()
    places = [lab.point]
    for move in (lab.surprise, lab.reset, lambda: lab.sliders.set(2, 1.5), lab.surprise):
        move()
        places.append(lab.point)
    for place in reversed(places[:-1]):
        assert lab.undo() and torch.equal(lab.point, place)
        expect_shown(lab.stage, place[None])
    assert not lab.undo() and lab._buttons["undo"].disabled


def test_moves_of_one_slider_are_taken_back_together():
    lab = make()
    begin = lab.point
    for value in (0.1, 0.2, 0.3):
        lab.sliders.set(1, value)
    between = lab.point
    lab.sliders.set(0, 1.0)
    lab.undo()
    assert torch.equal(lab.point, between)
    lab.sliders.set(1, 0.5)
    lab.undo()
    assert torch.equal(lab.point, between)
    lab.undo()
    assert torch.equal(lab.point, begin)


def test_no_more_than_a_hundred_moves_are_kept():
    lab = make()
    for _ in range(stage.UNDOABLE + 20):
        lab.surprise()
    assert len(lab._past) == stage.UNDOABLE


def test_a_z_that_is_none_is_explained_and_changes_nothing():
    lab = make()
    before = lab.point
    for z in (torch.zeros(4), torch.zeros(1, D), torch.full((D,), math.nan)):
        with pytest.raises(ValueError, match=r"z has shape .* expected \(5,\) and finite numbers"):
            lab.z = z
    assert torch.equal(lab.point, before)
    lab.point[0] = 100.0
    assert torch.equal(lab.point, before)


def test_what_is_said_of_z():
    lab = make(judge=say_brightness)
    lab.z = torch.tensor([0.0, 3.0, 0.0, 4.0, 0.0])
    assert "|z| = 5.00 in 5 dimensions, where \u221ad = 2.24." in lab.says.value
    assert f"{wording.percent(share_shorter(5.0, 5))} are shorter" in lab.sentence()
    brightness = f"brightness {(0.9 + 0.2) / 5:.2f}"
    assert lab.says.value.index(f"The judge reads: {brightness}.") >= 0
    assert lab.stage.labels == [f"G(z): {brightness}"] and brightness in lab.sentence()


def test_shares_are_never_none_or_all():
    assert [wording.percent(share) for share in (0.0, 1e-5, 0.0012, 0.25, 0.9988, 1.0)] == [
        *["less than 0.01 %"] * 2,
        *["0.12 %", "25 %", "99.88 %", "more than 99.99 %"],
    ]
    assert wording.number(-0.001) == "0.00" and wording.number(-1.5, 1) == "\u22121.5"


# Sliders


def test_the_sliders_show_z_the_largest_effect_first():
    lab = make()
    assert lab.sliders.dims == [1, 2, 0, 3, 4] and lab.sliders.bank.labels == ["z2", "z3", "z1", "z4", "z5"]
    assert lab.sliders.bank.values == lab.point[[1, 2, 0, 3, 4]].tolist()
    assert lab.sliders.bank.weights == pytest.approx([1, 2 / 3, 1 / 3, 1 / 6, 1 / 30], rel=1e-3)
    assert "changes a pixel by 0.060 on average" in lab.sliders.bank.hints[0]
    lab.sliders.chosen = 0
    lab.sliders.by_effect = False
    assert lab.sliders.bank.labels == ["z1", "z2", "z3", "z4", "z5"] and lab.sliders.chosen == 0
    assert lab.sliders.bank.values == lab.point.tolist() and lab.sliders.bank.weights[1] == 1


def test_what_the_browser_reports_moves_z():
    lab = make()
    z = lab.point
    values = [*lab.sliders.bank.values]
    values[2] = 0.35
    lab.sliders.bank.set_state({"values": values, "chosen": 2})
    z[0] = 0.35
    assert torch.equal(lab.point, z)
    expect_shown(lab.stage, z[None])


def test_the_strip_sweeps_the_chosen_dimension():
    lab = make()
    lab.sliders.set(1, 1.4)
    expected = lab.point.repeat(7, 1)
    expected[:, 1] = SWEEP
    expect_shown(lab.sliders.strip, expected)
    assert lab.sliders.strip.marked == [4]
    assert " ".join(lab.sliders.strip.captions) == "\u22123 \u22122 \u22121 0 1 2 3"
    lab.sliders.strip.press(0)
    assert lab.point[1] == -3 and lab.sliders.strip.marked == [0]
    lab.sliders.chosen = 3
    expected = lab.point.repeat(7, 1)
    expected[:, 3] = SWEEP
    expect_shown(lab.sliders.strip, expected)


def test_a_value_beyond_the_sliders_stays_when_another_slider_moves():
    lab = make()
    lab.z = torch.tensor([4.5, 0.0, 0.0, 0.0, 0.0])
    lab.sliders.set(1, 0.5)
    assert lab.z.tolist() == [4.5, 0.5, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(("dims", "shown"), [(2, [1, 2]), ([4, 0], [0, 4]), (None, [1, 2, 0, 3, 4])])
def test_some_dimensions_alone_may_have_sliders(dims, shown):
    lab = make(None, dims)
    assert lab.sliders.dims == shown and lab.sliders.bank.values == lab.point[shown].tolist()
    lab.sliders.set(shown[0], -1.0)
    assert lab.point[shown[0]] == -1
    lab.sliders.by_effect = False
    assert lab.sliders.dims == ([0, 1, 2, 3, 4] if dims is None else dims if isinstance(dims, list) else [1, 2])
    left_out = set(range(D)) - set(shown)
    for dim in left_out:
        with pytest.raises(ValueError, match=f"chosen = {dim}, expected one of the dimensions"):
            lab.sliders.chosen = dim


def test_a_slider_cannot_be_moved_to_what_is_no_number():
    lab = make()
    before = lab.point
    with pytest.raises(ValueError, match="finite numbers"):
        lab.sliders.set(0, math.nan)
    assert torch.equal(lab.point, before)


# Interpolation


@pytest.mark.parametrize(("kind", "way"), [("straight", straight), ("spherical", spherical)])
def test_the_way_is_shown_and_z_goes_along_it(kind, way):
    lab = make()
    lab.view, view = "Interpolation", lab.interpolation
    view.kind = kind
    ends = view.a, view.b
    expect_shown(view.strip, way(*ends, torch.linspace(0, 1, STEPS, dtype=torch.float64)))
    view.t = 0.25
    torch.testing.assert_close(lab.point, way(*ends, vectors(0.25))[0])
    assert view.strip.marked == [2]
    view.strip.press(8)
    torch.testing.assert_close(lab.point, view.b)
    assert view.t == 1 and view.strip.marked == [8]
    torch.testing.assert_close(lab.path(3, kind), way(*ends, vectors(0, 0.5, 1)).float())
    lab.surprise()
    assert view.strip.marked == []
    view.strip.press(8)
    torch.testing.assert_close(lab.point, view.b)


def test_opening_a_view_does_not_move_z():
    lab = make(directions={"up": torch.ones(D)})
    before = lab.point
    for name in lab.views:
        lab.view = name
    assert torch.equal(lab.point, before) and not lab.undo()


def test_ends_are_drawn_taken_from_z_and_swapped():
    lab = make()
    lab.view, view = "Interpolation", lab.interpolation
    a, b, z = view.a, view.b, lab.point
    lab.surprise()
    z = lab.point
    press(view.box, "A = z")
    assert torch.equal(view.a, z) and torch.equal(view.b, b)
    press(view.box, "Swap")
    assert torch.equal(view.a, b) and torch.equal(view.b, z)
    press(view.box, "New B")
    assert torch.equal(view.a, b) and not torch.equal(view.b, z) and not torch.equal(view.b, a)
    expect_shown(view.strip, view.path())
    view.ends(torch.zeros(D), torch.ones(D))
    assert view.path(3).tolist() == [[0.0] * D, [0.5] * D, [1.0] * D]


def test_the_lengths_of_both_ways_are_drawn_and_said():
    lab = make()
    lab.view, view = "Interpolation", lab.interpolation
    view.ends(vectors(3.0, 0, 0, 0, 0), vectors(0, 4.0, 0, 0, 0))
    lines = {layer.name: torch.tensor(layer.values.reshape(-1, 2)) for layer in view.chart._scene}
    t = torch.linspace(0, 1, 101)
    torch.testing.assert_close(lines["straight"][:, 1], torch.hypot(3 * (1 - t), 4 * t))
    right = torch.hypot(3 * torch.cos(t * math.pi / 2), 4 * torch.sin(t * math.pi / 2))
    torch.testing.assert_close(lines["spherical"][:, 1], right)
    torch.testing.assert_close(lines["here"], torch.tensor([[0.5, 2.5]]))
    low, high = usual_norms(D)
    assert lines["low"][0, 1].item() == pytest.approx(low) and lines["high"][0, 1].item() == pytest.approx(high)
    assert "On the straight way |z| is 2.40 or more, and 2.50 at t = 0.5." in view.says.value


def test_values_that_are_none_of_the_interpolation_are_explained():
    view = make().interpolation
    for name, value in (("t", 1.5), ("kind", "wavy")):
        with pytest.raises(ValueError, match=f"{name} = {value!r}, expected"):
            setattr(view, name, value)
    for arguments in ((1,), (2.0,), (3, "wavy")):
        with pytest.raises(ValueError, match="expected"):
            view.path(*arguments)
    with pytest.raises(ValueError, match=r"b has shape \(2,\)"):
        view.ends(b=torch.ones(2))


# Arithmetic


def test_means_are_added_and_subtracted():
    lab = make()
    lab.view, view = "Arithmetic", lab.arithmetic
    view.choose(A=[1, 5, 7], B=[0, 2], C=[3])
    pool = view.pool
    expected = pool[[1, 5, 7]].mean(0) - pool[[0, 2]].mean(0) + pool[3]
    torch.testing.assert_close(lab.point, expected)
    rows = [pool[[1, 5, 7]].mean(0), pool[[0, 2]].mean(0), pool[3], expected]
    expect_shown(view.sum, torch.stack(rows))
    assert view.sum.captions == ["A: mean of 3", "\u2212 B: mean of 2", "+ C: mean of 1", "= z"]
    lab.undo()
    assert view.groups["A"] == [1, 5, 7]


def test_pressing_a_sample_puts_it_into_the_group_and_takes_it_out():
    lab = make(judge=say_brightness)
    lab.view, view = "Arithmetic", lab.arithmetic
    begin = lab.point
    for slot, members in (("A", [4, 2]), ("B", [2]), ("C", [9])):
        view._slot.value = slot
        for i in members:
            view.samples.press(i)
        assert view.samples.marked == members
    assert view.groups == {"A": [4, 2], "B": [2], "C": [9]} and view.samples.captions[2] == "A B"
    assert view.samples.labels[2].startswith("sample 3: brightness") and view.samples.labels[2].endswith("in A B")
    assert not torch.equal(lab.point, begin)
    view.samples.press(9)
    assert view.result is None and "Still without a picture: C." in view.says.value
    assert len(view.sum.captions) == 2
    press(view.box, "Clear")
    assert view.means == {} and view.sum.layout.display == "none"
    old = view.pool
    press(view.box, "New samples")
    assert not torch.equal(view.pool, old)
    expect_shown(view.samples, view.pool)


def test_groups_that_are_none_are_explained():
    view = make().arithmetic
    for groups in ({"D": [1]}, {"A": [24]}, {"A": [-1]}):
        with pytest.raises(ValueError, match="expected groups A, B, C of numbers from 0 to 23"):
            view.choose(**groups)
    assert view.means == {}


# Directions


def test_z_moves_along_a_direction_from_where_it_was():
    ways = {"up": torch.ones(D), "first": torch.eye(D)[0]}
    lab = make(directions=ways)
    lab.view, view = "Directions", lab.directions
    begin = lab.point
    view.strength = 1.5
    torch.testing.assert_close(lab.point, begin + 1.5)
    view.strip.press(0)
    torch.testing.assert_close(lab.point, begin - 3)
    strengths = torch.arange(-3, 4, dtype=torch.float64)[:, None]
    expect_shown(view.strip, begin + strengths)
    assert view.strip.marked == [0]
    view.direction = "first"
    assert view.strength == 0 and torch.equal(view.base, lab.point)
    view.strength = 1.0
    torch.testing.assert_close(lab.point, begin - 3 + torch.eye(D, dtype=torch.float64)[0])
    lab.surprise()
    assert view.strength == 0 and torch.equal(view.base, lab.point)
    lab.undo()
    lab.undo()
    torch.testing.assert_close(lab.point, begin - 3)


def test_a_direction_begins_where_z_is_even_while_its_view_is_closed():
    lab = make(directions={"up": torch.ones(D)})
    lab.directions.strength = 1.0
    lab.surprise()
    begin = lab.point
    lab.directions.strength = 2.0
    torch.testing.assert_close(lab.point, begin + 2)


def test_without_directions_there_is_no_such_view():
    lab = make()
    assert "Directions" not in lab.views and lab.directions is None
    with pytest.raises(ValueError, match="view = 'Directions', expected one of Sliders, Interpolation"):
        lab.view = "Directions"


def test_values_that_are_none_of_the_directions_are_explained():
    view = make(directions={"up": torch.ones(D)}).directions
    for name, value in (("strength", 3.5), ("direction", "down")):
        with pytest.raises(ValueError, match=f"{name} = {value!r}, expected"):
            setattr(view, name, value)


# Samples


def test_samples_shrink_with_psi_and_one_becomes_z():
    lab = make()
    lab.view, view = "Samples", lab.samples
    for psi in (1.0, 0.5):
        view.psi = psi
        expect_shown(view.grid, psi * view.drawn)
        some = lab.images(psi * view.drawn[:12]).flatten(1)
        spread = pdist(some.numpy(), "cityblock").mean() / some.shape[1]
        assert f"psi = {psi:.2f}" in view.says.value and f"by {spread:.3f} in a pixel on average" in view.says.value
    view.grid.press(7)
    assert torch.equal(lab.point, 0.5 * view.drawn[7]) and view.grid.marked == [7]
    lab.surprise()
    assert view.grid.marked == []
    old = view.drawn
    press(view.box, "New samples")
    assert not torch.equal(view.drawn, old)
    with pytest.raises(ValueError, match="psi = 3, expected a number"):
        view.psi = 3


# The whole


def press(box, words):
    """Click the button with these words."""
    found = [one for one in parts(box) if getattr(one, "description", None) == words]
    assert len(found) == 1
    found[0].click()


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def test_one_view_is_seen_at_a_time():
    lab = make(directions={"up": torch.ones(D)})
    assert list(lab.views) == ["Sliders", "Interpolation", "Arithmetic", "Directions", "Samples"]
    for name in lab.views:
        lab.view = name
        assert [view.name for view in lab.views.values() if view.box.layout.display != "none"] == [name]


def test_a_generator_that_has_learned_is_drawn_anew():
    lab = make()
    for name, gallery in (("Arithmetic", "samples"), ("Samples", "grid"), ("Interpolation", "strip")):
        lab.view = name
        before = tiles(getattr(lab.views[name], gallery))
        with torch.no_grad():
            lab.space.generator.weights.mul_(-1)
        lab.draw()
        assert (tiles(getattr(lab.views[name], gallery)) + before).abs().max() < 0.01


def test_digits_are_ink_on_paper():
    lab = make(Rows(channels=1))
    lab.z = torch.tensor([0.0, 3.0, 0.0, 0.0, 0.0])
    assert tiles(lab.stage)[0, 1].mean() == pytest.approx(-0.9, abs=0.01)


def test_a_slip_in_the_reader_s_generator_is_shown_and_gone_when_it_is_mended():
    lab = make()
    learned = lab.space.generator.weights.data.clone()
    lab.space.generator.weights.data.fill_(math.nan)
    press(lab, "Surprise me")
    assert "NaN or infinite pixels" in lab.events.box.value
    lab.space.generator.weights.data.copy_(learned)
    press(lab, "Undo")
    assert lab.events.box.value == ""


def test_a_subclass_adds_a_condition():
    class Labelled(Rows):
        def forward(self, z, y):
            return super().forward(z) * y[:, None, None, None]

    class Conditional(viz.LatentExplorer):
        def controls(self):
            self.label = Dropdown(options=[1, -1])
            self.label.observe(lambda change: self.draw(), "value")
            return [self.label]

        def generate(self, z):
            return self.space.generator(z, torch.full((len(z),), self.label.value))

    lab = Conditional(Labelled())
    before = tiles(lab.stage)
    lab.label.value = -1
    assert (tiles(lab.stage) + before).abs().max() < 0.01 and lab.label in list(parts(lab))


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("explorer")
    first = make()
    cells.run("explorer")
    second = make()
    assert all(one.comm is None for one in parts(first)) and second.stage.comm is not None


def test_drawings_are_paced_and_the_still_follows(monkeypatch):
    monkeypatch.setattr(stage, "STILL_AFTER_S", 0.1)

    async def main():
        drawn, refreshed = [], []
        monkeypatch.setattr(viz.LatentExplorer, "refresh", lambda lab: refreshed.append(lab.point))
        lab = make()
        follow = lab.sliders.follow
        lab.sliders.follow = lambda: (drawn.append(1), follow())
        for value in range(30):
            lab.sliders.set(1, value / 30)
        assert len(drawn) <= 1
        await asyncio.sleep(0.5)
        assert len(drawn) <= 3 and lab.point[1] == 29 / 30
        expect_shown(lab.stage, lab.point[None])
        assert len(refreshed) == 1 and torch.equal(refreshed[0], lab.point)

    asyncio.run(main())


def test_everything_that_is_pressed_or_chosen_has_words_to_explain_it():
    lab = make(directions={"up": torch.ones(D)})
    for part in parts(lab):
        if hasattr(part, "tooltip") and type(part).__name__ in ("Button", "Checkbox"):
            assert part.description and part.tooltip
    assert all(part.name for part in parts(lab) if isinstance(part, viz.Gallery)) and lab.sliders.bank.name


@pytest.mark.parametrize(("theme", "channels"), [("light", 1), ("dark", 3)])
def test_the_still_shows_the_picture_the_sweeps_and_the_way(theme, channels, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    lab = make(Rows(channels), judge=say_brightness)
    picture = lab.still()
    assert lab.sentence() in picture.alt and len(picture.axes) == 5
    captions = [ax.get_title(loc="left") for ax in picture.axes]
    assert [caption.split()[0] for caption in captions[1:4]] == ["z2", "z3", "z1"]
    strip = torch.tensor(picture.axes[1].images[0].get_array())
    at = lab.point.repeat(7, 1)
    at[:, 1] = SWEEP
    expected = viz.mosaic(lab.images(at), 7)
    np.testing.assert_allclose(strip, expected)
    lab.interpolation.kind = "spherical"
    assert lab.still().axes[4].get_title(loc="left") == "from A to B, spherical"
    assert picture.png()[:4] == b"\x89PNG"
