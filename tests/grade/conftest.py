"""One sandbox for all tests that need no fresh one: it takes some seconds to start."""

import shutil

import pytest
from classroom import LIMITS, TARGET

from ganlib.grade.sandbox import Sandbox
from ganlib.grade.verdict import grade


@pytest.fixture(scope="session")
def sandbox():
    if not shutil.which("bwrap"):
        pytest.skip("needs bubblewrap (bwrap), which makes the sandbox")
    with Sandbox(TARGET) as started:
        yield started


@pytest.fixture(scope="session")
def judged(sandbox):
    """From a submission's bytes to its grade."""

    def judge(content, name="submission.py", seed=1):
        content = content if isinstance(content, bytes) else content.encode()
        outcome = sandbox.judge(content, name, seed, LIMITS)
        return grade(outcome, sandbox.points, LIMITS.seconds)

    return judge
