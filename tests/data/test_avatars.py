import math

import pytest
import torch

from ganlib.data.avatars import CAPTIONED, PALETTE, POSE, STYLES, VOCABULARY, Attributes, avatars, caption, render
from ganlib.data.avatars.scene import REACH


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def portrait(n: int = 1, **chosen) -> Attributes:
    """Upright avatars in the middle of the picture that agree in everything not chosen."""
    same = Attributes.sample(1, seeded())[[0] * n]
    return same.replace(pose=0.0, **chosen)


def every(name: str, **chosen) -> Attributes:
    return portrait(len(VOCABULARY[name]), **{name: range(len(VOCABULARY[name]))}, **chosen)


def nearest(colours: torch.Tensor, palette: dict) -> list[int]:
    return torch.cdist(colours, torch.tensor(list(palette.values()))).argmin(1).tolist()


def changed(before: Attributes, after: Attributes, size: int, style: str) -> torch.Tensor:
    return (render(before, size, style) != render(after, size, style)).any(1).any(0)


# Attributes


def test_sample_is_uniform_seeded_and_grows_by_appending():
    many = Attributes.sample(8000, seeded(1))
    for name, values in VOCABULARY.items():
        share = getattr(many, name).bincount(minlength=len(values)) / 8000
        torch.testing.assert_close(share, torch.full_like(share, 1 / len(values)), atol=0.03, rtol=0)
    assert many.pose.shape == (8000, len(POSE)) and many.pose.mean(0).abs().max() < 0.05
    torch.testing.assert_close(many.pose.std(0), torch.full((len(POSE),), 3**-0.5), atol=0.02, rtol=0)
    assert many[:37].equal(Attributes.sample(37, seeded(1)))
    assert not many[:37].equal(Attributes.sample(37, seeded(2)))


def test_indexing_selects_whole_avatars():
    batch = Attributes.sample(10, seeded())
    assert len(batch[2:5]) == 3 and len(batch[-1]) == 1 and batch[-1].equal(batch[9])
    assert batch[batch.glasses == 1].glasses.tolist() == [1] * int(batch.glasses.sum())
    assert batch[[7, 3]].equal(batch[torch.tensor([7, 3])])
    assert [len(avatar) for avatar in batch] == [1] * 10


def test_replace_broadcasts_and_leaves_the_original():
    batch = Attributes.sample(3, seeded())
    before = batch[:]
    other = batch.replace(hair="blue", eyes=2, mouth=["open", 0, "neutral"], shirt=torch.tensor([4, 0, 1]), pose=0.5)
    assert [VOCABULARY["hair"][i] for i in other.hair] == ["blue"] * 3
    assert other.eyes.tolist() == [2] * 3 and other.mouth.tolist() == [2, 0, 1] and other.shirt.tolist() == [4, 0, 1]
    assert (other.pose == 0.5).all() and torch.equal(other.skin, batch.skin) and batch.equal(before)
    assert Attributes.of(3, seeded(), eyes="red").equal(Attributes.sample(3, seeded()).replace(eyes="red"))
    assert other.to("cpu").equal(other) and len(Attributes.sample(0)) == 0


def test_captions_name_every_value():
    assert caption(portrait(hair="blue", eyes="red", hairstyle="twintails", mouth="smile", glasses="glasses")) == [
        "blue hair, red eyes, twintails, smile, glasses"
    ]
    for name, values in VOCABULARY.items():
        texts = caption(every(name), names=[*CAPTIONED, name])
        assert len(set(texts)) == len(values)
        assert all(value in text for value, text in zip(values, texts, strict=True) if value != "none")
    assert caption(portrait(2), names=()) == ["", ""]


@pytest.mark.parametrize(
    "act, error, words",
    [
        (lambda: render(portrait(), size=33), ValueError, ["size", "33", "16, 32 or 64"]),
        (lambda: render(portrait(), style="oil"), ValueError, ["style", "oil", "flat, shaded, sketch"]),
        (lambda: avatars(-1), ValueError, ["n", "-1"]),
        (lambda: portrait(hair="teal"), ValueError, ["hair", "teal", "black, brown"]),
        (lambda: portrait(hair=1.5), ValueError, ["hair", "1.5", "black, brown"]),
        (lambda: portrait(hair=8), ValueError, ["hair", "8", "0 to 7", "7 purple"]),
        (lambda: portrait(eyes=-1), ValueError, ["eyes", "-1", "0 to 7"]),
        (lambda: portrait(2, eyes=[0, 1, 2]), ValueError, ["eyes", "(3,)", "(2,)"]),
        (lambda: portrait(eyes=torch.tensor([1.0])), TypeError, ["eyes", "float32", "int64"]),
        (lambda: portrait(beard=1), ValueError, ["beard", "hair, eyes"]),
        (lambda: caption(portrait(), ["beard"]), ValueError, ["beard", "hair, eyes"]),
        (lambda: portrait().replace(pose=1.5), ValueError, ["pose", "1.5", "-1 to 1"]),
        (lambda: portrait().replace(pose=math.nan), ValueError, ["pose", "nan"]),
        (lambda: portrait().replace(pose=[0.0] * 5), ValueError, ["pose", "(5,)", "(1, 6)"]),
        (lambda: Attributes(*[[0]] * 8, pose=torch.zeros(1, 6)), TypeError, ["hair", "list", "int64"]),
        (lambda: Attributes(*[torch.zeros(1).long()] * 8, pose=torch.zeros(1, 5)), ValueError, ["pose", "(N, 6)"]),
        (lambda: Attributes(*[torch.zeros(1).long()] * 9), TypeError, ["pose", "int64", "floating"]),
        (lambda: portrait()[1], IndexError, ["range"]),
    ],
)
def test_bad_input_is_named(act, error, words):
    with pytest.raises(error) as caught:
        act()
    assert all(word in str(caught.value) for word in words), str(caught.value)


# Pictures


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [16, 32, 64])
def test_pictures_have_their_form_and_depend_on_the_seed_only(style, size):
    images, attributes = avatars(12, size, style, seed=3)
    assert images.shape == (12, 3, size, size) and images.dtype == torch.float32
    assert images.min() >= -1 and images.max() <= 1 and images.std() > 0.2
    assert torch.equal(images, avatars(12, size, style, seed=3)[0])
    assert torch.equal(images, render(attributes, size, style))
    assert not torch.equal(images, avatars(12, size, style, seed=4)[0])
    assert avatars(0, size, style)[0].shape == (0, 3, size, size)


@pytest.mark.parametrize("style", STYLES)
def test_a_picture_does_not_depend_on_its_batch(style):
    batch = Attributes.sample(150, seeded()).replace(hairstyle=[0] * 100 + [1, 2, 3, 0, 2] * 10)  # fills several chunks
    images, order = render(batch, 32, style), torch.randperm(150, generator=seeded())
    torch.testing.assert_close(render(batch[order], 32, style), images[order], atol=1e-6, rtol=0)
    for i in (0, 64, 99, 149):
        torch.testing.assert_close(render(batch[i], 32, style)[0], images[i], atol=1e-6, rtol=0)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name, top, bottom", [("mouth", 0.34, 0.76), ("glasses", -0.04, 0.52), ("eyes", 0.0, 0.46)])
def test_a_feature_changes_only_its_band_of_the_face(style, name, top, bottom):
    rows = changed(portrait(**{name: 0}), portrait(**{name: 1}), 64, style).any(1).nonzero()
    if style == "sketch" and name == "eyes":
        assert len(rows) == 0
    else:
        assert len(rows) >= 3 and rows.min() / 32 - 1 >= top and rows.max() / 32 - 1 <= bottom


@pytest.mark.parametrize("name", PALETTE)
def test_a_sketch_shows_no_colour_and_the_others_do(name):
    sketches, cartoons = render(every(name), 32, "sketch"), render(every(name), 32, "flat")
    assert all(torch.equal(picture, sketches[0]) for picture in sketches)
    assert all(not torch.equal(picture, cartoons[0]) for picture in cartoons[1:])


@pytest.mark.parametrize("name", ["hairstyle", "mouth", "glasses"])
@pytest.mark.parametrize("size", [16, 64])
def test_a_sketch_shows_every_shape(name, size):
    sketches = render(every(name), size, "sketch").flatten(1)
    assert torch.pdist(sketches).min() > 0.5
    assert (sketches > 0.99).float().mean() > 0.3 and (sketches.min(1).values < 0.3).all()


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("hairstyle", VOCABULARY["hairstyle"])
def test_each_hair_colour_is_nearest_to_its_own_entry(size, hairstyle):
    images = render(every("hair", hairstyle=hairstyle), size, "flat") * 0.5 + 0.5
    crown = images[:, :, round(size * 0.16) : round(size * 0.26), round(size * 0.38) : round(size * 0.62)]
    assert nearest(crown.mean((2, 3)), PALETTE["hair"]) == list(range(8))


@pytest.mark.parametrize("name, y", [("background", 0.02), ("shirt", 0.97)])
def test_background_and_shirt_show_their_colours(name, y):
    images = render(every(name, hairstyle="short"), 64, "flat") * 0.5 + 0.5
    spot = images[:, :, int(64 * y), 2] if name == "background" else images[:, :, int(64 * y), 22]
    assert nearest(spot, PALETTE[name]) == list(range(len(PALETTE[name])))


@pytest.mark.parametrize("style", ["flat", "shaded"])
@pytest.mark.parametrize("size", [16, 32, 64])
def test_eye_colours_can_be_told_apart_behind_glasses(style, size):
    batch = Attributes.sample(320, seeded()).replace(pose=0.0, glasses="glasses", eyes=list(range(8)) * 40)
    top, bottom, near, far = (round(size * (1 + at) / 2) for at in (0.08, 0.38, 0.14, 0.40))
    irises = render(batch, size, style)[:, :, top:bottom, near:far]
    colour = irises.mean((2, 3))
    centres = torch.stack([colour[:160][batch.eyes[:160] == i].mean(0) for i in range(8)])
    guess = torch.cdist(colour[160:], centres).argmin(1)
    assert (guess == batch.eyes[160:]).float().mean() > 0.97


@pytest.mark.parametrize("style", ["flat", "shaded"])
def test_a_linear_probe_reads_the_hair_colour_from_16_pixels(style):
    images, attributes = avatars(2500, 16, style, seed=5)
    x = torch.cat([images.flatten(1), torch.ones(2500, 1)], 1).double()
    target = torch.nn.functional.one_hot(attributes.hair, 8).double()
    train = x[:2000]
    weight = torch.linalg.solve(train.T @ train + 30 * torch.eye(x.shape[1]).double(), train.T @ target[:2000])
    guess = (x[2000:] @ weight).argmax(1)
    assert (guess == attributes.hair[2000:]).float().mean() > 0.7


@pytest.mark.parametrize("hairstyle", ["long", "twintails", "spiky"])
def test_a_mirrored_pose_gives_the_mirrored_sketch(hairstyle):
    batch = Attributes.of(20, seeded(), hairstyle=hairstyle)
    mirrored = batch.replace(pose=batch.pose * torch.tensor([-1.0, 1, -1, 1, -1, 1]))
    torch.testing.assert_close(render(mirrored, 64, "sketch"), render(batch, 64, "sketch").flip(3), atol=2e-3, rtol=0)


@pytest.mark.parametrize("column, axis", [("x", 3), ("y", 2)])
@pytest.mark.parametrize("style", ["flat", "sketch"])
def test_a_shift_by_one_pixel_moves_the_drawing(column, axis, style):
    pose = torch.zeros(1, len(POSE))
    pose[0, POSE.index(column)] = (2 / 64) / REACH[column]
    still = portrait(hairstyle="short")
    a, b = (render(batch, 64, style)[:, :, 4:-4, 8:-8] for batch in (still, still.replace(pose=pose)))
    inner = a.narrow(axis, 0, a.shape[axis] - 1), b.narrow(axis, 1, a.shape[axis] - 1)
    torch.testing.assert_close(*inner, atol=1e-3, rtol=0)


@pytest.mark.parametrize("tilt, scale", [(1.0, 0.0), (-0.5, 1.0), (0.5, -1.0)])
def test_tilt_and_scale_transform_the_drawing(tilt, scale):
    still = portrait(hairstyle="short")
    moved = still.replace(pose=[0, 0, tilt, scale, 0, 0])
    angle, factor = tilt * REACH["tilt"], 1 + scale * REACH["scale"]
    turn = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) / factor
    centre = torch.tensor([[0.0], [0.06]])
    affine = torch.cat([turn, centre - turn @ centre], 1).unsqueeze(0)
    grid = torch.nn.functional.affine_grid(affine, (1, 3, 64, 64), align_corners=False)
    upright, after = render(still, 64), render(moved, 64)
    expected = torch.nn.functional.grid_sample(upright, grid, align_corners=False)
    error, motion = ((after - other)[..., 8:-8, 8:-8].abs().mean() for other in (expected, upright))
    assert error < 0.4 * motion


def test_the_styles_show_the_same_avatar():
    batch = Attributes.sample(60, seeded())
    flat, shaded, sketch = (render(batch, 64, style) for style in ("flat", "shaded", "sketch"))
    pairs = zip(flat.flatten(1), shaded.flatten(1), strict=True)
    assert min(torch.corrcoef(torch.stack(pair))[0, 1] for pair in pairs) > 0.75
    assert (flat - shaded).abs().mean() > 0.08
    gray = flat.mean(1)
    step = (gray[:, 1:, 1:] - gray[:, :-1, 1:]).abs() + (gray[:, 1:, 1:] - gray[:, 1:, :-1]).abs()
    ink = sketch.mean(1)[:, 1:, 1:] < 0
    assert step[ink].mean() > 4 * step[~ink].mean()


def test_light_comes_from_the_upper_left():
    batch = Attributes.of(30, seeded(), hairstyle="twintails").replace(pose=0.0, mouth="neutral")
    shaded = render(batch, 64, "shaded")
    assert (shaded[..., :32].mean((1, 2, 3)) > shaded[..., 32:].mean((1, 2, 3)) + 0.03).all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("style", STYLES)
def test_a_gpu_draws_the_same_pictures(style):
    cpu, cuda = avatars(40, 32, style)[0], avatars(40, 32, style, device="cuda")[0]
    assert cuda.device.type == "cuda"
    assert (cpu - cuda.cpu()).abs().mean() < 1e-4
