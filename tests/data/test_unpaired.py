"""Two sides without pairs, and folders in the layout trainA, trainB, testA, testB."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganlib.data import FolderImages, UnpairedBatches, avatar_pairs, load_unpaired, unpaired_avatars, unpaired_folders

A, B = torch.arange(10.0), 100 + torch.arange(7.0)


def drawn(batches, n):
    return [next(batches) for _ in range(n)]


def same(first, second):
    return all(
        torch.equal(x, y) for one, other in zip(first, second, strict=True) for x, y in zip(one, other, strict=True)
    )


def test_each_side_goes_through_its_own_epochs():
    batches = UnpairedBatches(A, B, 2, seed=3)
    a, b = zip(*drawn(batches, 15), strict=True)
    for epoch in range(3):
        assert torch.cat(a[5 * epoch : 5 * epoch + 5]).sort().values.equal(A)
    for epoch in range(5):
        items = torch.cat(b[3 * epoch : 3 * epoch + 3])
        assert len(items.unique()) == 6 and set(items.tolist()) <= set(B.tolist())


def test_sides_of_the_same_data_are_shuffled_apart():
    a, b = zip(*drawn(UnpairedBatches(torch.arange(1000), torch.arange(1000), 100), 10), strict=True)
    together = (torch.cat(a) == torch.cat(b)).sum()
    assert together < 10  # one is expected of independent orders


def test_a_seed_fixes_both_sides_and_another_changes_both():
    one, again, other = (drawn(UnpairedBatches(A, B, 5, seed=seed), 2) for seed in (1, 1, 2))
    assert same(one, again)
    assert not any(torch.equal(x, y) for x, y in zip(one[0], other[0], strict=True))


@pytest.mark.parametrize("before", [0, 1, 4, 7])
def test_a_position_is_resumed_exactly(before):
    batches = UnpairedBatches(A, B, 2, seed=1)
    drawn(batches, before)
    state = batches.state_dict()
    expected = drawn(batches, 9)
    fresh = UnpairedBatches(A, B, 2, seed=1)
    drawn(fresh, 2)
    fresh.load_state_dict(state)
    assert same(drawn(fresh, 9), expected)


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_foreign_state_is_refused_and_changes_nothing(side):
    batches = UnpairedBatches(A, B, 2)
    drawn(batches, 3)
    before = batches.state_dict()
    foreign = UnpairedBatches(A, B, 2).state_dict()
    foreign[side]["length"] += 1
    with pytest.raises(ValueError, match="length"):
        batches.load_state_dict(foreign)
    with pytest.raises(ValueError, match="positions of a and b"):
        batches.load_state_dict({"epoch": 0, "batch": 0})
    assert batches.state_dict() == before


class Breaking(torch.utils.data.Dataset):
    """Items 0 to 5; reading one fails when it is told to."""

    broken = False

    def __len__(self):
        return 6

    def __getitem__(self, index):
        if self.broken:
            raise OSError("unplugged")
        return torch.tensor(index)


def test_when_one_side_fails_neither_moves_on():
    data = Breaking()
    batches = UnpairedBatches(A, data, 2)
    drawn(batches, 1)
    before = batches.state_dict()
    data.broken = True
    with pytest.raises(OSError, match="unplugged"):
        next(batches)
    assert batches.state_dict() == before
    data.broken = False
    reference = UnpairedBatches(A, Breaking(), 2)
    drawn(reference, 1)
    assert same(drawn(batches, 2), drawn(reference, 2))


def test_shares_together_are_the_whole_batch():
    whole = next(UnpairedBatches(A, B, 4, seed=5))
    parts = [next(UnpairedBatches(A, B, 4, seed=5, share=(i, 2))) for i in range(2)]
    assert all(torch.equal(torch.cat(both), side) for both, side in zip(zip(*parts, strict=True), whole, strict=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((A, B[:3], 4), "side b: batch_size = 4"),
        ((A[:3], B, 4), "side a: batch_size = 4"),
        ((A, B, 0), "batch_size = 0"),
    ],
)
def test_a_refusal_names_the_side(arguments, words):
    with pytest.raises(ValueError, match=words):
        UnpairedBatches(*arguments)


def test_a_bad_seed_and_a_bad_kind_are_refused():
    with pytest.raises(ValueError, match="seed = -1"):
        UnpairedBatches(A, B, 2, seed=-1)
    with pytest.raises(TypeError, match="side b: data is a str"):
        UnpairedBatches(A, "horses", 2)


@pytest.fixture
def horses(tmp_path):
    """Five red horses and three blue zebras of 8 x 6 pixels to train with, one each to test with."""
    for folder, count, colour in (("trainA", 5, 0), ("trainB", 3, 2), ("testA", 1, 0), ("testB", 1, 2)):
        (tmp_path / folder).mkdir()
        for i in range(count):
            picture = np.zeros((6, 8, 3), dtype=np.uint8)
            picture[:, :, colour] = 200 + i
            Image.fromarray(picture).save(tmp_path / folder / f"{i}.png")
    return tmp_path


def test_both_sides_of_a_folder_are_read(horses):
    a, b = load_unpaired(horses, 4)
    assert a.shape == (5, 3, 4, 4) and b.shape == (3, 3, 4, 4) and a.dtype == torch.uint8
    assert a[:, 0, 0, 0].tolist() == [200, 201, 202, 203, 204] and not a[:, 1:].any()
    assert b[:, 2, 0, 0].tolist() == [200, 201, 202] and not b[:, :2].any()
    assert [len(side) for side in load_unpaired(horses, 4, split="test")] == [1, 1]
    assert [len(side) for side in load_unpaired(horses, 4, limit=2)] == [2, 2]


def test_pictures_read_from_disk_come_without_labels_and_in_floats(horses):
    sides = [FolderImages(folder, 4) for folder in unpaired_folders(horses)]
    a, b = next(UnpairedBatches(*sides, 2))
    assert a.shape == b.shape == (2, 3, 4, 4) and a.dtype == torch.float32
    assert a[:, 1:].eq(-1).all() and b[:, :2].eq(-1).all()


def test_what_is_missing_is_named(horses, tmp_path):
    (horses / "testB" / "0.png").unlink()
    (horses / "testB").rmdir()
    with pytest.raises(FileNotFoundError, match=r"no testB in .*, which holds testA, trainA, trainB"):
        load_unpaired(horses, 4, split="test")
    with pytest.raises(FileNotFoundError, match=r"no trainA and no trainB in .*, which does not exist"):
        unpaired_folders(tmp_path / "zebras")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="which holds no folders"):
        unpaired_folders(tmp_path / "empty")
    with pytest.raises(ValueError, match=r'split = .val., expected "train" or "test"'):
        unpaired_folders(horses, "val")


def test_no_avatar_is_on_both_sides():
    a, b = unpaired_avatars(40, 16, styles=("flat", "flat"))
    assert a.dtype == torch.uint8 and a.shape == (40, 3, 16, 16)
    assert not (a[:, None] == b[None]).flatten(2).all(2).any()


def test_each_side_has_its_style():
    flat, shaded, _ = avatar_pairs(20, 16, 0, ("flat", "shaded"))
    a, b = unpaired_avatars(10, 16)
    assert torch.equal(a, flat[:10]) and torch.equal(b, shaded[10:])
