"""One sandbox for all tests that need no fresh one: it takes some seconds to start."""

import pytest
from classroom import ENCLOSED, LIMITS, TARGET

from ganlib.grade.sandbox import Sandbox
from ganlib.grade.verdict import grade


@pytest.fixture(scope="session")
def sandbox():
    if not ENCLOSED:
        pytest.skip("needs bubblewrap (bwrap), and a system that lets it make a sandbox")
    with Sandbox(TARGET, imports=["torch._dynamo"]) as started:
        yield started


@pytest.fixture(scope="session")
def judged(sandbox):
    """From a submission's bytes to its grade."""

    def judge(content, name="submission.py", seed=1):
        content = content if isinstance(content, bytes) else content.encode()
        outcome = sandbox.judge(content, name, seed, LIMITS)
        return grade(outcome, sandbox.points, LIMITS.seconds)

    return judge
