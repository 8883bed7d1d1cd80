"""Batches: every item once per epoch, exact resumption, and no trace in the global random state."""

import itertools
import weakref
from collections.abc import Iterable

import numpy as np
import pytest
import torch
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from ganlib.data import Batches

N, SIZE = 23, 5  # 4 batches per epoch, 3 items left over


class Pairs(Dataset):
    """A map-style data set that is not made of tensors."""

    def __init__(self, n: int = N) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return torch.full((1, 2, 2), i, dtype=torch.uint8), i


def tensors(n: int = N) -> tuple[torch.Tensor, torch.Tensor]:
    i = torch.arange(n)
    return i.to(torch.uint8)[:, None, None, None].repeat(1, 1, 2, 2), i


def labels(batches: Batches, n: int) -> list[list[int]]:
    return [y.tolist() for _, y in itertools.islice(batches, n)]


def flat(lists: Iterable[list[int]]) -> list[int]:
    return list(itertools.chain.from_iterable(lists))


SOURCES = [
    pytest.param(lambda seed=0: Batches(tensors(), SIZE, seed=seed), id="tensors"),
    pytest.param(lambda seed=0: Batches(Pairs(), SIZE, seed=seed), id="dataset"),
    pytest.param(lambda seed=0: Batches(Pairs(), SIZE, seed=seed, workers=2), id="2 workers", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("make", SOURCES)
def test_an_epoch_visits_each_item_at_most_once_and_all_but_the_tail(make):
    batches = make()
    assert batches.batches_per_epoch == 4
    epochs = [flat(labels(batches, 4)) for _ in range(5)]
    for epoch in epochs:
        assert len(set(epoch)) == len(epoch) == 20
    assert len({tuple(epoch) for epoch in epochs}) == 5
    assert set(flat(epochs)) == set(range(N))
    assert batches.epoch == 5


@pytest.mark.parametrize("make", SOURCES)
def test_resumed_equals_uninterrupted(make):
    """Stopped at the start, inside and at both sides of an epoch's edge, and resumed in another object."""
    whole = labels(make(), 14)
    for position in (0, 1, 3, 4, 5, 8):
        first = make()
        head = labels(first, position)
        second = make()
        next(second)
        second.load_state_dict(first.state_dict())
        assert head + labels(second, 14 - position) == whole


def test_tensors_and_dataset_give_the_same_batches():
    for one, other in zip(Batches(tensors(), SIZE), itertools.islice(Batches(Pairs(), SIZE), 9), strict=False):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_position_counts_what_was_consumed_not_what_was_prefetched():
    batches = Batches(Pairs(), SIZE, workers=1)
    labels(batches, 5)
    assert batches.state_dict() == {"epoch": 1, "batch": 1, "length": N, "batch_size": SIZE, "seed": 0}


@pytest.mark.parametrize("data", [tensors(), Pairs()], ids=["tensors", "dataset"])
def test_shares_make_up_the_batches_of_one_process_and_stand_at_the_same_place(data):
    whole = Batches(data, 6, seed=2)
    parts = [Batches(data, 6, seed=2, share=(i, 3)) for i in range(3)]
    for _ in range(7):
        batch, pieces = next(whole), [next(part) for part in parts]
        assert [len(piece[0]) for piece in pieces] == [2, 2, 2]
        for one, joined in zip(batch, map(torch.cat, zip(*pieces, strict=True)), strict=True):
            assert torch.equal(one, joined)
        assert all(part.state_dict() == whole.state_dict() for part in parts)


@pytest.mark.parametrize(("share", "name"), [((0, 2), "batch_size"), ((-1, 5), "share"), ((5, 5), "share")])
def test_a_share_that_is_no_equal_part_is_refused(share, name):
    with pytest.raises(ValueError, match=name):
        Batches(tensors(), SIZE, share=share)


@pytest.mark.parametrize("make", SOURCES)
def test_global_random_state_is_neither_read_nor_written(make):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = labels(make(), 6)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert labels(make(), 6) == one


def test_seeds_give_different_orders():
    assert len({str(labels(Batches(tensors(), SIZE, seed=seed), 4)) for seed in range(20)}) == 20


def test_order_is_uniform():
    """Over many epochs each item is as likely as any other to be dropped."""
    kept = torch.tensor(flat(labels(Batches(tensors(), SIZE), 4 * 2000))).bincount(minlength=N)
    assert (kept - 2000 * 20 / N).abs().max() < 5 * (2000 * (20 / N) * (3 / N)) ** 0.5


def test_next_and_for_share_one_position():
    batches, reference = Batches(tensors(), SIZE), labels(Batches(tensors(), SIZE), 3)
    assert next(batches)[1].tolist() == reference[0]
    for _, y in batches:
        assert y.tolist() == reference[1]
        break
    assert next(batches)[1].tolist() == reference[2]


@pytest.mark.parametrize("data", [torch.arange(8.0), (torch.arange(8.0),), TensorDataset(torch.arange(8.0))])
def test_a_batch_is_always_a_tuple(data):
    batch = next(Batches(data, 4))
    assert isinstance(batch, tuple) and len(batch) == 1 and batch[0].shape == (4,)


class Bare(Pairs):
    def __getitem__(self, i):
        return torch.tensor([float(i)])


def test_a_dataset_of_bare_tensors_gives_tuples_of_one():
    batch = next(Batches(Bare(), 4))
    assert isinstance(batch, tuple) and len(batch) == 1 and batch[0].shape == (4, 1)


def test_images_and_labels_stay_together():
    x, y = next(Batches(tensors(), SIZE))
    torch.testing.assert_close((x[:, 0, 0, 0] + 1) * 127.5, y.float())


def test_a_batch_owns_its_memory():
    x = torch.zeros(6, 2)
    next(Batches(x, 6))[0].fill_(7)
    assert x.eq(0).all()


def test_uint8_images_become_float_in_minus_one_to_one():
    """x / 127.5 - 1, exact at both ends; other tensors are left alone."""
    images = torch.arange(256, dtype=torch.uint8).view(-1, 1, 1, 1)
    x, y = next(Batches((images, torch.arange(256, dtype=torch.uint8)), 256))
    assert x.dtype == torch.float32 and x.min() == -1 and x.max() == 1
    assert y.dtype == torch.uint8
    torch.testing.assert_close(x.flatten().double(), y.double() / 127.5 - 1)
    z = torch.randn(8, 3, 4, 4, dtype=torch.float64)
    assert next(Batches(z, 8))[0].dtype == torch.float64


@pytest.mark.parametrize("size", [1, N])
def test_batches_of_one_and_of_everything(size):
    batches = Batches(tensors(), size)
    seen = flat(labels(batches, batches.batches_per_epoch))
    assert sorted(seen) == list(range(N))


class Failing(Pairs):
    fail = False

    def __getitem__(self, i):
        if self.fail:
            raise KeyboardInterrupt
        return super().__getitem__(i)


def test_an_interrupted_batch_is_given_again():
    data = Failing()
    batches, reference = Batches(data, SIZE), labels(Batches(Pairs(), SIZE), 4)
    assert labels(batches, 2) == reference[:2]
    data.fail = True
    with pytest.raises(KeyboardInterrupt):
        next(batches)
    data.fail = False
    assert labels(batches, 2) == reference[2:]


@pytest.mark.parametrize(
    "change",
    [
        {"length": N + 1},
        {"batch_size": 4},
        {"seed": 1},
        {"seed": None},
        {"batch": 4},
        {"batch": -1},
        {"epoch": -1},
        {"epoch": 0.5},
        {"epoch": None},
    ],
    ids=str,
)
def test_a_state_of_other_batches_is_refused(change):
    batches = Batches(tensors(), SIZE)
    labels(batches, 2)
    state = batches.state_dict()
    with pytest.raises(ValueError, match=next(iter(change))):
        batches.load_state_dict(state | change)
    assert batches.state_dict() == state


class Endless(IterableDataset):
    def __iter__(self):
        return itertools.count()


X = torch.zeros(8, 2)
BAD = [
    (lambda: Batches(X, 0), ValueError, "batch_size = 0"),
    (lambda: Batches(X, 2.0), ValueError, "batch_size = 2.0"),
    (lambda: Batches(X, 9), ValueError, "batch_size = 9.*8 items"),
    (lambda: Batches(X, 4, seed=-1), ValueError, "seed = -1"),
    (lambda: Batches(X, 4, workers=-1), ValueError, "workers = -1"),
    (lambda: Batches((X, X[:7]), 4), ValueError, "same first dimension"),
    (lambda: Batches(torch.tensor(1.0), 1), ValueError, "same first dimension"),
    (lambda: Batches(torch.zeros(0, 2), 1), ValueError, "0 items"),
    (lambda: Batches(np.zeros((8, 2)), 4), TypeError, "data is a ndarray"),
    (lambda: Batches(None, 4), TypeError, "data is a NoneType"),
    (lambda: Batches((x for x in X), 4), TypeError, "data is a generator"),
    (lambda: Batches((X, None), 2), TypeError, "data is a tuple"),
    (lambda: Batches({"x": X}, 1), TypeError, "data is a dict"),
    (lambda: Batches([], 1), TypeError, "data is a list"),
    (lambda: Batches(Endless(), 1), TypeError, "Endless"),
]


@pytest.mark.parametrize("make, kind, message", BAD, ids=[message for _, _, message in BAD])
def test_bad_arguments_are_named(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


@pytest.mark.gpu
def test_tensors_on_the_gpu_give_the_same_batches_there():
    here, there = Batches(tensors(), SIZE), Batches(tuple(t.cuda() for t in tensors()), SIZE)
    for a, b in itertools.islice(zip(here, there, strict=True), 9):
        assert b[0].is_cuda and all(torch.equal(x, y.cpu()) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("data", [tensors(), TensorDataset(*tensors())])
def test_batches_that_nobody_holds_are_gone_at_once(data):
    """Worker processes end when the batches are dropped, not when the garbage collector finds them some time later."""
    batches = Batches(data, SIZE)
    next(batches)
    gone = weakref.ref(batches)
    del batches
    assert gone() is None
