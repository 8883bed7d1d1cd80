"""The cycle viewer without a browser: what is shown is what the generators make, and the errors are what they say."""

import asyncio

import numpy as np
import pytest
import torch
from torch import nn

from ganlib import viz
from ganlib.viz import translation_lab
from ganlib.viz.translation import GAIN, differences, l1, translate


class Shift(nn.Module):
    """Every pixel brighter by so much."""

    def __init__(self, by):
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, x):
        return x + self.by


FIRST, SECOND = (0.4 * torch.rand(n, 3, 8, 8, generator=torch.Generator().manual_seed(n)) - 0.2 for n in (5, 3))
BY, BACK = 0.25, -0.125
PARTNERS = (FIRST + 0.375, SECOND - 0.0625)


def make(forward=None, back=None, **named):
    return viz.CycleViewer(FIRST, SECOND, forward or Shift(BY), back or Shift(BACK), **named)


def tiles(gallery):
    """The tiles (n, H, W, 3) in [-1, 1] as the browser gets them."""
    shown = np.frombuffer(gallery.pixels, np.uint8).reshape(*gallery.shape, 3)
    return torch.tensor(shown / 127.5 - 1)


def expect_tiles(gallery, images):
    expected = torch.cat([image.expand(-1, 3, -1, -1) for image in images]).permute(0, 2, 3, 1).double()
    torch.testing.assert_close(tiles(gallery), expected, atol=0.51 / 127.5, rtol=0)


def curtain(lab):
    pair = np.frombuffer(lab._wipe.pixels, np.uint8).reshape(2, *lab._wipe.shape, 3)
    return torch.tensor(pair / 127.5 - 1)


# Measures


def test_l1_is_the_mean_of_differences_in_units_of_pixels():
    black, white = -torch.ones(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    assert l1(black, white) == 2 and l1(black, black) == 0
    x = torch.randn(3, 3, 5, 5)
    assert l1(x, x + 0.5 * torch.randn(3, 3, 5, 5).sign()) == pytest.approx(0.5)
    assert l1(x, 0 * x) == pytest.approx(nn.functional.l1_loss(x, 0 * x).item())


def test_differences_are_ink_that_grows_with_them():
    x = torch.zeros(1, 3, 1, 5)
    other = torch.tensor([0.0, 0.1, -0.25, 0.5, 2.0]).expand(1, 3, 1, 5)
    ink = (differences(x, other) + 1) / 2
    torch.testing.assert_close(ink[0, 0, 0], torch.tensor([0.0, 0.2, 0.5, 1.0, 1.0]))
    one_channel = torch.cat([other[:, :1], x[:, :2]], 1)
    torch.testing.assert_close(differences(x, one_channel)[..., :4] + 1, GAIN / 3 * other[:, :1, :, :4].abs())


def test_translating_many_is_translating_each_and_nothing_is_learned():
    generator = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Dropout(0.5)).double().train()
    before = {name: value.clone() for name, value in generator.state_dict().items()}
    images = torch.rand(130, 3, 4, 4)
    together = translate(generator, images)
    apart = torch.cat([translate(generator, image[None]) for image in images])
    torch.testing.assert_close(together, apart)
    assert together.dtype == torch.float32 and not together.requires_grad
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert all(part.training for part in generator.modules())


def test_conditions_go_with_their_pictures():
    class Scaled(nn.Module):
        def forward(self, x, y):
            return x * y[:, :1, None, None] / 200

    images, y = torch.rand(130, 3, 4, 4), torch.arange(130)[:, None]
    torch.testing.assert_close(translate(Scaled(), images, y), images * y[:, :, None, None] / 200)


# Errors


@pytest.mark.parametrize("direction", [0, 1])
def test_errors_are_those_of_the_pictures(direction):
    lab = make(partners=PARTNERS)
    lab.direction = direction
    there, again = ((BY, BACK), (BACK, BY))[direction]
    to_partner = (0.375, -0.0625)[direction]
    for one in (lab.shown, lab.cycles):
        assert one.cycle_error == pytest.approx(abs(there + again), abs=1e-6)
        assert one.partner_error == pytest.approx(abs(to_partner - there), abs=1e-6)
        assert one.identity_error == pytest.approx(abs(to_partner), abs=1e-6)
    assert len(lab.cycles) == (5, 3)[direction] and len(lab.shown) == 1


def test_the_mean_over_all_pictures_is_the_mean_of_each():
    class Squared(nn.Module):
        def forward(self, x):
            return x**2

    lab = make(Squared(), partners=PARTNERS)
    each = torch.tensor([[*lab.cycles[i].errors().values()] for i in range(5)])
    torch.testing.assert_close(each.mean(0), torch.tensor([*lab.cycles.errors().values()]))
    lab.show(3)
    assert [*lab.shown.errors().values()] == pytest.approx(each[3].tolist())
    table = lab.says.value
    for here, whole in zip(each[3].tolist(), lab.cycles.errors().values(), strict=True):
        assert f"{here:.3f}</td>" in table and f"{whole:.3f}</td>" in table
    assert "all 5" in table


def test_a_perfect_cycle_may_be_wrong():
    """G exchanges light and dark, and so does F: the cycle closes exactly, and no picture is right."""

    class Negative(nn.Module):
        def forward(self, x):
            return -x

    lab = make(Negative(), Negative(), partners=(FIRST, SECOND))
    assert lab.cycles.cycle_error == 0 and lab.cycles.identity_error == 0 and lab.cycles.partner_error > 0.1


# What is shown


def test_before_after_back_again_and_partner_with_their_differences():
    lab = make(partners=PARTNERS, names=("day", "night"))
    lab.show(2)
    x, partner = FIRST[2:3], PARTNERS[0][2:3]
    expect_tiles(lab.pictures, [x, x + BY, x + BY + BACK, partner])
    assert lab.pictures.captions == ["before: day", "after: night", "back again: day", "true partner: night"]
    expect_tiles(lab.changes, [-differences(x, x + BY + BACK), -differences(x + BY, partner)])
    lab.switch()
    x = SECOND[2:3]
    expect_tiles(lab.pictures, [x, x + BACK, x + BACK + BY, PARTNERS[1][2:3]])
    assert lab.pictures.captions[:2] == ["before: night", "after: day"]
    expect_tiles(lab.chooser, SECOND.split(1))
    assert lab.chooser.marked == [2] and "picture 3 of 3" in lab._place.value


def test_partners_of_one_domain_alone():
    lab = make(partners=(None, PARTNERS[1]))
    assert lab.shown.partner is None and len(lab.pictures.captions) == 3 and len(lab.changes.captions) == 1
    assert list(lab._pairs.options) == ["before | after", "before | back again"] and "truth" not in lab.says.value
    lab.compared = "before | back again"
    lab.switch()
    assert lab.compared == "before | back again" and "truth" in lab.says.value
    lab.compared = "after | true partner"
    lab.switch()
    assert lab.compared == "before | after"
    with pytest.raises(ValueError, match=r"compared = 'after \| true partner', expected one of 'before \| after'"):
        lab.compared = "after | true partner"


def test_the_curtain_compares_what_is_chosen():
    lab = make(partners=PARTNERS)
    x = FIRST[:1]
    pairs = {
        "before | after": (x, x + BY),
        "before | back again": (x, x + BY + BACK),
        "after | true partner": (x + BY, PARTNERS[0][:1]),
    }
    for name, pair in pairs.items():
        lab.compared = name
        expected = torch.cat(pair).permute(0, 2, 3, 1).double()
        torch.testing.assert_close(curtain(lab), expected, atol=0.51 / 127.5, rtol=0)
    assert lab._wipe.names == ["after: shaded", "true partner: shaded"]
    lab.wipe = 0.25
    assert lab._wipe.position == 0.25
    with pytest.raises(ValueError, match=r"wipe = 1\.5, expected a number from 0 to 1"):
        lab.wipe = 1.5


def test_steps_go_round_and_numbers_beyond_are_refused():
    lab, seen = make(), []
    for step in (lab.next, lab.next, lab.previous, lab.previous, lab.previous, lab.next):
        step()
        seen.append(lab.index)
    assert seen == [1, 2, 1, 0, 4, 0]
    lab._wipe._handle_custom_msg({"step": -1}, [])
    assert lab.index == 4
    lab.switch()  # there are only three
    assert lab.index == 2
    for index in (3, -1, 1.0, "0"):
        with pytest.raises(ValueError, match=f"index = {index!r}, expected a picture from 0 to 2"):
            lab.show(index)
    lab.chooser.press(1)
    assert lab.index == 1


def test_the_judge_s_words_are_told():
    lab = make(judge=lambda images: [f"mean {image.mean():.2f}" for image in images])
    means = [f"mean {image.mean():.2f}" for image in (FIRST[0], FIRST[0] + BY, FIRST[0] + BY + BACK)]
    assert [label.split(": ")[-1] for label in lab.pictures.labels] == means
    assert f"after: shaded. The judge reads: {means[1]}." in lab.says.value


def test_generators_that_have_learned_are_drawn_anew():
    forward = Shift(BY)
    lab = make(forward)
    with torch.no_grad():
        forward.by.fill_(0.5)
    lab.draw()
    assert lab.cycles.cycle_error == pytest.approx(0.5 + BACK) and lab.pictures.shape[0] == 3
    expect_tiles(lab.pictures, [FIRST[:1], FIRST[:1] + 0.5, FIRST[:1] + 0.5 + BACK])


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: viz.CycleViewer(FIRST[0], SECOND, Shift(0.0), Shift(0.0)), r"first has shape \(3, 8, 8\), expected"),
        (lambda: viz.CycleViewer(FIRST, SECOND[:0], Shift(0.0), Shift(0.0)), r"second has shape \(0, 3, 8, 8\)"),
        (lambda: make(names=("a",)), r"names = \('a',\), expected two"),
        (lambda: make(partners=(FIRST,)), "partners has 1 entries, expected two"),
        (
            lambda: make(partners=(None, FIRST)),
            r"partners\[1\] has shape \(5, 3, 8, 8\), expected that of the pictures",
        ),
        (lambda: make(nn.AvgPool2d(2), nn.Upsample(scale_factor=2)), "forward makes pictures of shape"),
        (lambda: make(Shift(0.0), nn.AvgPool2d(2)), "back makes pictures of shape"),
        (lambda: make(Shift(float("nan"))), "expected 5 finite images"),
        (lambda: make(judge=lambda images: [1.0]), "judge says .* of 1 images, expected a list"),
        (lambda: setattr(make(), "direction", 2), "direction = 2, expected 0 or 1"),
    ],
)
def test_what_cannot_be_is_explained(act, words):
    with pytest.raises(ValueError, match=words):
        act()


def test_keys_are_paced_and_the_still_follows(monkeypatch):
    monkeypatch.setattr(translation_lab, "STILL_AFTER_S", 0.1)

    async def main():
        drawn, refreshed = [], []
        monkeypatch.setattr(viz.CycleViewer, "refresh", lambda lab: refreshed.append(lab.index))
        lab = make()
        draw = lab._draw_curtain
        lab._draw_curtain = lambda *arguments: (drawn.append(lab.index), draw(*arguments))
        for _ in range(13):
            lab.next()
        assert len(drawn) <= 1
        async with asyncio.timeout(30):
            while not refreshed:
                await asyncio.sleep(0.05)
        assert len(drawn) <= 3 and drawn[-1] == 3 and refreshed == [3]

    asyncio.run(main())


def test_a_cell_that_runs_again_ends_what_it_made(cells):
    cells.run("viewer")
    first = make()
    cells.run("viewer")
    second = make()
    assert first.pictures.comm is None and second.pictures.comm is not None


@pytest.mark.parametrize(("theme", "partners"), [("light", PARTNERS), ("dark", None)])
def test_the_still_shows_the_cycle_and_its_errors(theme, partners, monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", theme)
    lab = make(partners=partners)
    picture = lab.still()
    shown = [ax for ax in picture.axes if ax.images]
    for ax, image in zip(shown, (FIRST[:1], FIRST[:1] + BY, FIRST[:1] + BY + BACK), strict=False):
        np.testing.assert_allclose(ax.images[0].get_array(), viz.mosaic(image, 1))
    assert len(shown) == (6 if partners else 4) and picture.png()[:4] == b"\x89PNG"
    for error in lab.cycles.errors().values():
        assert f"{error:.3f}" in picture.alt
