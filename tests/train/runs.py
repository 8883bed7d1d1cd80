"""Small runs of the command, and what tells whether two of them are the same."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import torch

import ganlib
from ganlib import checkpoints

SMALL = ["--width", "8", "--steps", "4", "--every", "2"]
RING = ["gan", "--data", "ring", "--batch-size", "32", *SMALL]
DIGITS = "wgan-gp --data digits --size 8 --width 8 --batch-size 16 --steps 10 --every 3 --decay 0.9".split()


def rows(folder):
    return list(csv.DictReader(io.StringIO((Path(folder) / "metrics.csv").read_text())))


def assert_same_state(one, other):
    """Bit for bit: parameters, optimizers, place in the data, random states."""
    states = [checkpoints.load(Path(folder, "checkpoint.pt")) for folder in (one, other)]
    torch.testing.assert_close(*states, rtol=0, atol=0)


def assert_same_run(one, other):
    """Bit for bit: the state, the metrics, the pictures; and no other files."""
    assert_same_state(one, other)
    files = [sorted(path.relative_to(f) for path in Path(f).rglob("*") if path.is_file()) for f in (one, other)]
    assert files[0] == files[1]
    for name in files[0]:
        if name.suffix in (".csv", ".png"):
            assert Path(one, name).read_bytes() == Path(other, name).read_bytes(), name


def process(*argv, runner=("-m", "ganlib.train")):
    """The command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(ganlib.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, *runner, *argv], env=environment, stdout=subprocess.PIPE, text=True)
