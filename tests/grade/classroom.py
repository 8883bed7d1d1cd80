"""What the tests of the grader share: the assignment that is graded, limits, and a right answer."""

import shutil
from pathlib import Path

from ganlib.grade.inside import seccomp
from ganlib.grade.sandbox import Limits, Target, complaint

ASSIGNMENT = Path(__file__).with_name("assignment.py")
TARGET = Target("file", str(ASSIGNMENT))
LIMITS = Limits(seconds=12, part_seconds=3, loading_seconds=3, memory=1 << 30)
ENCLOSED = bool(shutil.which("bwrap")) and seccomp.supported() and not complaint()
RIGHT = b"""\
import torch

def double(x):
    return x + x

def total(x):
    return x.sum()
"""


def descendants(pid):
    """The processes that a process started, and theirs, by number."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [*children, *(more for child in children for more in descendants(int(child)))]
