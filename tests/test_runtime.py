"""Device, seeds and budgets."""

import random

import numpy as np
import pytest
import torch

from ganlib import runtime


def test_device_follows_the_variable(monkeypatch):
    monkeypatch.setenv("GANLIB_DEVICE", "meta")
    assert runtime.device() == torch.device("meta")


def test_an_unknown_device_is_refused(monkeypatch):
    monkeypatch.setenv("GANLIB_DEVICE", "gpu")
    with pytest.raises(ValueError, match="GANLIB_DEVICE = 'gpu', expected"):
        runtime.device()


def test_device_works_for_a_computation():
    where = runtime.device()
    assert torch.ones(2, device=where).sum().item() == 2
    assert runtime.describe_device(where).endswith(".")


def test_describe_the_cpu_says_that_it_is_enough():
    assert "That is enough" in runtime.describe_device(torch.device("cpu"))


def test_seeding_repeats_every_stream():
    def draw():
        generator = runtime.seed_everything(5)
        return random.random(), np.random.rand(), torch.rand(1).item(), torch.rand(1, generator=generator).item()

    assert draw() == draw()


def test_the_returned_generator_is_apart_from_the_global_stream():
    generator = runtime.seed_everything(5)
    torch.rand(3, generator=generator)
    first = torch.rand(1)
    runtime.seed_everything(5)
    assert torch.equal(first, torch.rand(1))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed = "):
        runtime.seed_everything(seed)


def test_budget(monkeypatch):
    monkeypatch.delenv("GANLIB_BUDGET", raising=False)
    assert runtime.budget(full=100, quick=3) == 100
    monkeypatch.setenv("GANLIB_BUDGET", "quick")
    assert runtime.budget(full=100, quick=3) == 3
    monkeypatch.setenv("GANLIB_BUDGET", "fast")
    with pytest.raises(ValueError, match="GANLIB_BUDGET = 'fast'"):
        runtime.budget(full=100, quick=3)
