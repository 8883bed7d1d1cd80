"""The grid world: its rule and its list of loops are two independent ways to say the same."""

import pytest
import torch
from scipy.ndimage import convolve, generate_binary_structure, label

from ganlib.data import grid_world


def all_pictures(size):
    """Every black-and-white picture of size x size."""
    number, bit = torch.arange(2 ** (size * size)), torch.arange(size * size)
    return ((number[:, None] >> bit) & 1).float().mul(2).sub(1).view(-1, 1, size, size)


def drawn(*rows):
    """A picture from its rows, # for ink."""
    return torch.tensor([[1.0 if c == "#" else -1.0 for c in row] for row in rows])[None, None]


def keys(pictures):
    return {bytes(row) for row in (pictures > 0).flatten(1).byte().numpy()}


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_list_is_what_the_rule_finds_among_all_pictures(size):
    everything = all_pictures(size)
    assert keys(grid_world.loops(size)) == keys(everything[grid_world.is_loop(everything)])


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_every_loop_is_listed_once_and_obeys_the_rule(size):
    loops = grid_world.loops(size)
    assert loops.shape[1:] == (1, size, size) and loops.dtype == torch.float32
    assert set(loops.unique().tolist()) <= {-1.0, 1.0}
    assert len(keys(loops)) == len(loops)
    assert grid_world.is_loop(loops).all()


@pytest.mark.parametrize("size", [5, 6])
def test_the_list_is_closed_under_turning_mirroring_and_moving(size):
    loops = grid_world.loops(size)
    listed = keys(loops)
    assert keys(loops.rot90(1, (2, 3))) == listed
    assert keys(loops.flip(3)) == listed
    movable = loops[(loops[:, 0, 0] < 0).all(1)]
    assert keys(movable.roll(-1, 2)) <= listed
    smaller = grid_world.loops(size - 1)
    assert keys(torch.nn.functional.pad(smaller, (0, 1, 1, 0), value=-1.0)) <= listed


def test_the_rule_agrees_with_an_image_library():
    """On loops, on loops with one pixel flipped, and on noise."""
    generator = torch.Generator().manual_seed(0)
    loops = grid_world.loops(5)
    off_by_one = loops.flatten(1).clone()
    rows = torch.arange(len(loops))
    off_by_one[rows, torch.randint(25, (len(loops),), generator=generator)] *= -1
    noise = torch.rand(300, 25, generator=generator).sub(0.5).sign()
    pictures = torch.cat([loops.flatten(1), off_by_one, noise]).view(-1, 1, 5, 5)
    assert grid_world.is_loop(pictures).tolist() == [says_scipy(picture[0] > 0) for picture in pictures.numpy()]


def says_scipy(ink):
    """One piece, in which every pixel has two neighbours beside it."""
    cross = generate_binary_structure(2, 1)
    with_itself = convolve(ink.astype(int), cross.astype(int), mode="constant")
    return label(ink, cross)[1] == 1 and bool((with_itself[ink] == 3).all())


@pytest.mark.parametrize(
    ("rows", "valid"),
    [
        (("....", ".##.", ".##.", "...."), True),
        (("####", "#..#", "#..#", "####"), True),
        (("####", "#..#", "#..#", "###."), False),  # open
        (("####", "#..#", "####", "#..#"), False),  # a tail, and forks
        (("##..", "##..", "..##", "..##"), False),  # two loops; corners do not touch
        (("####", "####", "####", "####"), False),
        (("....", "....", "....", "...."), False),
        (("....", ".#..", "....", "...."), False),
    ],
)
def test_pictures_that_a_person_can_judge(rows, valid):
    assert grid_world.is_loop(drawn(*rows)).tolist() == [valid]


def test_two_loops_far_apart_are_not_one():
    rows = ("###..###", "#.#..#.#", "###..###")
    assert not grid_world.is_loop(drawn(*rows)).item()
    assert grid_world.is_loop(drawn(*(row[:3] for row in rows))).item()


def test_a_long_winding_loop_is_followed_to_its_end():
    rows = ("###.###", "#.#.#.#", "#.#.#.#", "#.###.#", "#.....#", "#######")
    assert grid_world.is_loop(drawn(*rows)).item()


def test_gray_values_count_as_ink_above_0():
    loop = grid_world.loops(4)[3:4]
    assert grid_world.is_loop(loop * 0.1).item() and grid_world.is_loop(loop.double()).item()
    assert not grid_world.is_loop(-loop).item()


def test_pictures_are_judged_one_by_one():
    pictures = torch.cat([grid_world.loops(4), -grid_world.loops(4)])
    together = grid_world.is_loop(pictures)
    assert together.tolist() == [grid_world.is_loop(picture[None]).item() for picture in pictures]
    assert grid_world.is_loop(pictures[:0]).shape == (0,)


def test_each_call_returns_its_own_tensor():
    kept = grid_world.loops(4).clone()
    grid_world.loops(4).fill_(0.5)
    assert torch.equal(grid_world.loops(4), kept)


@pytest.mark.parametrize("size", [1, 7, 0, 4.0, "6", None])
def test_bad_size(size):
    with pytest.raises(ValueError, match=r"size = .*expected an integer from 2 to 6"):
        grid_world.loops(size)


@pytest.mark.parametrize("shape", [(4, 4), (2, 4, 4), (1, 3, 4, 4)])
def test_bad_shape(shape):
    with pytest.raises(ValueError, match=r"pictures has shape .*expected \(n, 1, height, width\)"):
        grid_world.is_loop(torch.ones(shape))


def test_nan_is_neither_ink_nor_paper():
    with pytest.raises(ValueError, match="holds NaN"):
        grid_world.is_loop(torch.full((1, 1, 4, 4), torch.nan))
