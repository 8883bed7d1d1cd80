"""A file is whole or it is the previous one."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from ganlib import checkpoints

SAVER = """
import sys, torch
from ganlib import checkpoints
number = 0
while True:
    number += 1
    checkpoints.save({"number": number, "values": torch.full((300_000,), float(number))}, sys.argv[1])
    print(number, flush=True)
"""


def test_round_trip(tmp_path):
    state = {"a": torch.arange(3.0), "b": [1, 2.5, "x"], "c": {"d": None, "e": torch.tensor(True)}}
    path = checkpoints.save(state, tmp_path / "new" / "folder" / "state.pt")
    loaded = checkpoints.load(path)
    assert loaded["b"] == state["b"] and torch.equal(loaded["a"], state["a"]) and loaded["c"]["d"] is None
    assert os.listdir(path.parent) == ["state.pt"]


def test_a_failed_save_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = checkpoints.save({"number": 1}, tmp_path / "state.pt")

    def half(state, file):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(OSError, match="No space left"):
        checkpoints.save({"number": 2}, path)
    assert checkpoints.load(path) == {"number": 1}
    assert os.listdir(tmp_path) == ["state.pt"]


@pytest.mark.slow
def test_killed_while_saving_loses_nothing(tmp_path):
    """Kill a process that saves all the time, at several moments: the file always holds one whole state."""
    path = tmp_path / "state.pt"
    for delay in (0.0, 0.003, 0.011, 0.02):
        process = subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE, text=True)
        first = int(process.stdout.readline())
        time.sleep(delay)
        process.kill()
        announced = [int(line) for line in process.communicate()[0].split()]
        state = checkpoints.load(path)
        assert (state["values"] == state["number"]).all()
        assert state["number"] >= max([first, *announced])


class Evil:
    def __reduce__(self):
        return (os.mkdir, ("evil",))


def test_code_in_a_file_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"x": Evil()}, "evil.pt")
    with pytest.raises(ValueError, match=r"path = evil.pt: damaged"):
        checkpoints.load("evil.pt")
    assert not os.path.exists("evil")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 broken zip"])
def test_unreadable_files(tmp_path, content):
    (tmp_path / "bad.pt").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        checkpoints.load(tmp_path / "bad.pt")


def test_truncated_file(tmp_path):
    path = checkpoints.save({"x": torch.randn(1000)}, tmp_path / "state.pt")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="damaged"):
        checkpoints.load(path)


@pytest.mark.parametrize("value", [np.float64(0.1), np.zeros(2), torch.nn.Linear(1, 1), {1, 2}])
def test_what_could_not_be_read_back_is_not_written(tmp_path, value):
    with pytest.raises(TypeError, match=r"state\['a'\]\[1\] is a"):
        checkpoints.save({"a": [1, value]}, tmp_path / "state.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_random_bytes_are_a_value_error(tmp_path):
    generator = np.random.default_rng(0)
    for number in range(60):
        path = tmp_path / f"{number}.pt"
        path.write_bytes(generator.bytes(int(generator.integers(1, 200))))
        with pytest.raises(ValueError, match="damaged"):
            checkpoints.load(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        checkpoints.load(tmp_path / "none.pt")
