"""What a process gives up for good: the filter for system calls, and what the sandbox is asked to wait for."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ganlib.grade.imports import SIGNS, wanted
from ganlib.grade.inside import seccomp
from ganlib.grade.inside.seccomp import (
    ALLOW,
    AND,
    AT_LEAST,
    CLONE,
    CLONE3,
    EQUAL,
    FORBIDDEN,
    KILL,
    LOAD,
    MACHINES,
    RETURN,
)

needs_filter = pytest.mark.skipif(not seccomp.supported(), reason="needs Linux on x86_64 or aarch64")
EPERM, ENOSYS = 0x00050001, 0x00050026


def verdict(machine, number, architecture=None, flags=0):
    """What the kernel's filter machine answers to a call, by running its instructions here."""
    seen = {0: number, 4: MACHINES[machine][0] if architecture is None else architecture, 16: flags}
    code, place, value = seccomp.instructions(machine), 0, 0
    while True:
        kind, if_true, if_false, operand = code[place]
        place += 1
        if kind == RETURN:
            return operand
        if kind == LOAD:
            value = seen[operand]
        elif kind == AND:
            value &= operand
        else:
            holds = value == operand if kind == EQUAL else value >= operand
            assert kind in (EQUAL, AT_LEAST)
            place += if_true if holds else if_false


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine):
    column = MACHINES[machine][1]
    forbidden = {numbers[column] for numbers in FORBIDDEN.values() if numbers[column] is not None}
    for number in range(600):
        answer = verdict(machine, number)
        if number in (CLONE[column], CLONE3):
            continue
        assert answer == (EPERM if number in forbidden else ALLOW), number


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_may_be_made_and_processes_not(machine):
    clone = CLONE[MACHINES[machine][1]]
    assert verdict(machine, clone, flags=0x3D0F00) == ALLOW  # the flags of a thread of the C library
    assert verdict(machine, clone, flags=0x01200011) == EPERM  # those of fork
    assert verdict(machine, CLONE3) == ENOSYS


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
    assert (numbers["clone"], numbers["clone3"]) == (CLONE[column], CLONE3)


@needs_filter
@pytest.mark.parametrize(
    "attempt",
    ["os.fork()", "os.execv('/bin/true', ['true'])", "socket.socket()", "os.kill(0, 0)", "subprocess.run(['true'])"],
)
def test_a_filtered_process_cannot(attempt):
    code = f"""
        import os, socket, subprocess, threading
        from ganlib.grade.inside import seccomp
        seccomp.install()
        thread = threading.Thread(target=print, args=("a thread",))
        thread.start(); thread.join()
        try: {attempt}
        except PermissionError: print("refused", flush=True)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=environment
    )
    assert done.stdout.split("\n")[:2] == ["a thread", "refused"], done.stderr


@pytest.mark.parametrize(
    "content, modules",
    [
        (b"import torch", []),
        (b"import torchvision.transforms as T", ["torchvision"]),
        (b'"from ganlib import checks, runtime, viz\\n",', ["ganlib.viz"]),
        (b"from ganlib.data import avatars\nfrom ganlib import losses", ["ganlib.data", "ganlib.losses"]),
        (b"from ganlib import checks\n# viz", []),
        (b"optimizer_d.step()", ["torch._dynamo"]),
    ],
)
def test_what_submissions_import_is_seen_in_their_bytes(content, modules):
    assert wanted([content]) == modules
    assert wanted([b"x", content, b"y"]) == modules
    assert set(modules) <= SIGNS.keys()
