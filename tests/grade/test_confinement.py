"""What a process gives up for good: the filter for system calls, and what the sandbox is asked to wait for."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ganlib.grade.imports import wanted
from ganlib.grade.inside import seccomp
from ganlib.grade.inside.seccomp import ALLOW, AT_LEAST, EQUAL, FORBIDDEN, KILL, LOAD, MACHINES, RETURN

needs_filter = pytest.mark.skipif(not seccomp.supported(), reason="needs Linux on x86_64 or aarch64")
EPERM = 0x00050001


def verdict(machine, number, architecture=None):
    """What the kernel's filter machine answers to a call, by running its instructions here."""
    seen = {0: number, 4: MACHINES[machine][0] if architecture is None else architecture}
    code, place, value = seccomp.instructions(machine), 0, 0
    while True:
        kind, if_true, if_false, operand = code[place]
        place += 1
        if kind == RETURN:
            return operand
        if kind == LOAD:
            value = seen[operand]
        else:
            holds = value == operand if kind == EQUAL else value >= operand
            assert kind in (EQUAL, AT_LEAST)
            place += if_true if holds else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine):
    column = MACHINES[machine][1]
    forbidden = {numbers[column] for numbers in FORBIDDEN.values() if numbers[column] is not None}
    for number in range(600):
        assert verdict(machine, number) == (EPERM if number in forbidden else ALLOW), number


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_end_the_process(machine):
    assert verdict(machine, 39, architecture=0x40000003) == KILL
    if machine == "x86_64":
        assert verdict(machine, 0x40000000 + 39) == EPERM


HEADERS = {
    "x86_64": (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), r"#define __NR_(\w+) (\d+)"),
    "aarch64": (Path("/usr/include/asm-generic/unistd.h"), r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_those_of_the_kernel_s_headers(machine):
    path, definition = HEADERS[machine]
    if not path.exists():
        pytest.skip(f"needs {path}")
    numbers = {name: int(number) for name, number in re.findall(definition, path.read_text())}
    column = MACHINES[machine][1]
    ours = {name: both[column] for name, both in FORBIDDEN.items() if both[column] is not None}
    assert ours == {name: numbers.get(name) for name in ours}


@needs_filter
@pytest.mark.parametrize(
    "attempt",
    [
        "os.fork()",
        "threading.Thread(target=print).start()",
        "os.execv('/bin/true', ['true'])",
        "socket.socket()",
        "os.kill(0, 0)",
        "subprocess.run(['true'])",
    ],
)
def test_a_filtered_process_cannot(attempt):
    code = f"""
        import os, socket, subprocess, threading
        from ganlib.grade.inside import seccomp
        seccomp.install()
        try: {attempt}
        except (PermissionError, RuntimeError): print("refused", flush=True)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=environment
    )
    assert done.stdout == "refused\n", done.stderr


@pytest.mark.parametrize(
    "content, modules",
    [
        (b"import torch", ["torch._dynamo"]),
        (b"import torchvision.transforms as T", ["torch._dynamo", "torchvision", "torchvision.transforms"]),
        (b'"from ganlib import checks, runtime, viz\\n",', ["ganlib.viz"]),
        (b"from ganlib.data import avatars\nfrom ganlib import losses", ["ganlib.data", "ganlib.losses"]),
        (b"from ganlib import checks\n# viz", []),
        (b"from scipy.stats import norm\nimport scipy.__main__, os.path", ["scipy", "scipy.stats"]),
    ],
)
def test_what_submissions_import_is_seen_in_their_bytes(content, modules):
    assert wanted([content]) == modules
    assert wanted([b"x", content, b"y"]) == modules
