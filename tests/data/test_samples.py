"""Endless fresh samples."""

import pytest
import torch

from ganlib.data import Samples, toys


def test_batches_are_the_toy_s_own_draws_and_leave_the_global_stream_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    samples = Samples(toys.ring(), 16, seed=3)
    own = torch.Generator().manual_seed(3)
    for batch, _ in zip(samples, range(3), strict=False):
        assert torch.equal(batch, toys.ring().sample(16, own))
    assert torch.equal(torch.rand(1), expected)


def test_peeking_uses_nothing_up():
    samples = Samples(toys.ring(), 4)
    seen = samples.peek()
    assert torch.equal(seen, samples.peek()) and torch.equal(seen, next(samples))
    assert not torch.equal(seen, samples.peek())


def test_a_saved_place_is_found_again():
    samples = Samples(toys.grid(), 8, seed=1)
    next(samples)
    state = samples.state_dict()
    expected = [next(samples) for _ in range(3)]
    other = Samples(toys.grid(), 8, seed=2)
    other.load_state_dict(state)
    assert all(torch.equal(next(other), batch) for batch in expected)


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, None])
def test_a_batch_needs_a_size(batch_size):
    with pytest.raises(ValueError, match=f"batch_size = {batch_size!r}"):
        Samples(toys.ring(), batch_size)
