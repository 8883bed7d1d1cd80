"""Creating an environment and installing into it: what is tried in which order, and what is said when it fails."""

import platform
import shutil
import sys
from collections import namedtuple

import pytest

from ganlib import installation
from ganlib.installation import GB, SetupError, Unreachable

Usage = namedtuple("Usage", "total used free")
PROBE = "PY -m pip --quiet install --dry-run"


@pytest.fixture
def commands(monkeypatch):
    """Record the commands instead of running them; each fails whose words contain one of ``failing``."""

    class Commands(list):
        failing = ()

        def run(self, command, root):
            self.append(" ".join(map(str, command)))
            return int(any(word in self[-1] for word in self.failing))

    commands = Commands()
    monkeypatch.setattr(installation, "run", commands.run)
    return commands


@pytest.mark.parametrize(
    "uv, failing, expected",
    [
        ("uv", (), ["uv pip install --python PY --torch-backend=auto"]),
        ("uv", ("backend",), ["uv pip install --python PY --torch-backend=auto", "uv pip install --python PY --ed"]),
        ("uv", ("uv pip",), ["uv pip", "uv pip", PROBE, "PY -m pip install --editable"]),
        (None, (), ["PY -m pip install --quiet uv", "PY -m uv pip install --python PY --torch-backend=auto"]),
        (None, ("quiet uv",), ["PY -m pip install --quiet uv", PROBE, "PY -m pip install --editable"]),
    ],
)
def test_uv_is_tried_before_pip(monkeypatch, commands, tmp_path, uv, failing, expected):
    monkeypatch.setattr(shutil, "which", lambda name: uv)
    commands.failing = failing
    installation.install(tmp_path, "PY")
    assert len(commands) == len(expected)
    assert all(command.startswith(start) for command, start in zip(commands, expected, strict=True))
    assert commands[-1].endswith("--editable .[lab,test]")


@pytest.mark.parametrize(
    "free, failing, error, words",
    [
        (GB // 2, (".[lab,test]",), SetupError, "is full"),
        (50 * GB, ("pip",), Unreachable, "could not be reached"),
        (50 * GB, (".[lab,test]",), SetupError, "lines above say why"),
    ],
)
def test_a_failed_installation_says_why(monkeypatch, commands, tmp_path, free, failing, error, words):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, free))
    commands.failing = failing
    with pytest.raises(SetupError, match=words) as caught:
        installation.install(tmp_path, "PY")
    assert type(caught.value) is error


def test_without_an_index_pip_is_not_tried_in_vain(monkeypatch, commands, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: "uv")
    commands.failing = ("uv pip", "--dry-run")
    with pytest.raises(Unreachable):
        installation.install(tmp_path, "PY")
    assert not any(command.startswith("PY -m pip install") for command in commands)


def test_little_space_is_a_warning_and_none_an_error(monkeypatch, capsys, tmp_path):
    free = 50 * GB
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(0, 0, free))
    installation.check_machine(tmp_path)
    assert capsys.readouterr().out == ""
    free = installation.WANTED_SPACE - GB // 2
    installation.check_machine(tmp_path)
    assert f"{free / GB:.1f} GB" in capsys.readouterr().out
    free = GB
    with pytest.raises(SetupError, match="is full"):
        installation.check_machine(tmp_path)


def test_a_mac_that_pytorch_left_is_sent_to_conda(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    with pytest.raises(SetupError, match="conda env create"):
        installation.check_machine(tmp_path)


@pytest.mark.parametrize(
    "ensurepip, uv, expected", [(True, None, "-m venv"), (True, "uv", "-m venv"), (False, "uv", "uv venv --seed")]
)
def test_an_environment_is_created_with_venv_or_else_with_uv(monkeypatch, commands, tmp_path, ensurepip, uv, expected):
    monkeypatch.setattr(installation, "has_ensurepip", lambda: ensurepip)
    monkeypatch.setattr(shutil, "which", lambda name: uv)
    installation.create(tmp_path / ".venv")
    assert len(commands) == 1 and expected in commands[0] and commands[0].endswith(str(tmp_path / ".venv"))


def test_debians_half_of_venv_is_named(monkeypatch, commands, tmp_path):
    monkeypatch.setattr(installation, "has_ensurepip", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match=rf"apt install python3\.{sys.version_info[1]}-venv"):
        installation.create(tmp_path / ".venv")


def test_a_failed_creation_is_an_error(commands, tmp_path):
    commands.failing = ("venv",)
    with pytest.raises(SetupError, match="could not be made"):
        installation.create(tmp_path / ".venv")


@pytest.mark.parametrize("given, seen", [(None, "1"), ("0", "0")])
def test_uv_trusts_the_systems_certificates_unless_told_otherwise(monkeypatch, tmp_path, given, seen):
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    if given:
        monkeypatch.setenv("UV_SYSTEM_CERTS", given)
    code = f"import os, sys; sys.exit(3 if os.environ['UV_SYSTEM_CERTS'] == '{seen}' else 4)"
    assert installation.run([sys.executable, "-c", code], tmp_path) == 3


def test_a_program_that_does_not_start_counts_as_failed(tmp_path):
    assert installation.run([tmp_path / "nothing"], tmp_path) == 1
