"""The environment a command runs in: the current one, or a ``.venv`` that is made, updated, or made anew."""

import errno
import os
import sys
import threading
import venv
from importlib import metadata
from pathlib import Path

import pytest

from ganlib import environment
from ganlib.environment import UNFINISHED, VirtualEnvironment, interpreter, lock, locked, release, requirements, unmet
from ganlib.installation import SetupError, Unreachable

ROOT = Path(environment.__file__).parents[1]
PYPROJECT = """
[project]
dependencies = ["torch>=2.6"]
[project.optional-dependencies]
lab = ["jupyterlab>=4.2"]
test = ["pytest>=8.2"]
"""


@pytest.fixture
def root(tmp_path):
    """The root of a small project."""
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


def test_requirements_are_those_of_the_extras(root):
    assert requirements(root, ()) == {"torch": "2.6"}
    assert requirements(root, ("lab", "test")) == {"torch": "2.6", "jupyterlab": "4.2", "pytest": "8.2"}


def test_requirements_of_this_project_are_all_readable():
    assert {"torch", "jupyterlab", "pytest"} <= requirements(ROOT, ("lab", "test")).keys()


@pytest.mark.parametrize("line", ["torch", "torch==2.6", "torch>=2.6,<3", "torch>=2.6; sys_platform == 'linux'"])
def test_requirements_in_another_form_are_refused(root, line):
    (root / "pyproject.toml").write_text(PYPROJECT.replace("torch>=2.6", line))
    with pytest.raises(ValueError, match="expected name>=version"):
        requirements(root, ())


@pytest.mark.parametrize(
    "installed, met",
    [("2.6", True), ("2.6.0+cpu", True), ("2.11.0", True), ("10.0", True), ("2.5.9", False), ("2", False), ("", False)],
)
def test_unmet_compares_numbers(monkeypatch, root, installed, met):
    def version(name):
        if not installed:
            raise metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(metadata, "version", version)
    assert unmet(root, ()) == ([] if met else ["torch>=2.6"])


def test_release_ignores_closing_zeros_only():
    assert release("2.6.0+cu128") == release("2.6") == (2, 6)
    assert release("2.10") == (2, 10)
    assert release("10.0") == (10,)


def test_an_interpreter_that_has_everything_is_used_in_place(monkeypatch, root):
    monkeypatch.setattr(environment, "unmet", lambda *_: [])
    assert interpreter(root, ("lab",)) == Path(sys.executable)
    assert not (root / ".venv").exists()


def test_without_a_checkout_there_is_nothing_to_start(tmp_path):
    with pytest.raises(SetupError, match="whole repository"):
        interpreter(tmp_path, ("lab",))


@pytest.fixture
def maker(monkeypatch):
    """Creating makes an empty environment with a stub of pip; installing does what a test puts in ``install``."""

    class Maker:
        installs = 0

        def create(self, folder):
            venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False).create(folder)
            site = next(folder.glob("[Ll]ib/**/site-packages"))
            (site / "pip.py").touch()

        def install(self, root, python):
            pass

        def counted(self, root, python):
            self.installs += 1
            assert (root / ".venv" / "ganlib-stamp").read_text() == UNFINISHED
            self.install(root, python)

    maker = Maker()
    monkeypatch.setattr(environment, "create", lambda folder: maker.create(folder))
    monkeypatch.setattr(environment, "install", maker.counted)
    monkeypatch.setattr(environment, "check_machine", lambda root: None)
    return maker


def raises(error):
    """A function that raises ``error``, whatever it is called with."""

    def function(*_):
        raise error

    return function


@pytest.fixture
def made(root, maker):
    """A complete environment with a file in it that shows whether it was kept."""
    made = VirtualEnvironment(root)
    made.ensure(())
    (made.folder / "kept").touch()
    maker.installs = 0
    return made


def test_it_is_made_once(monkeypatch, root, maker):
    monkeypatch.setattr(environment, "unmet", lambda *_: ["torch>=2.6"])
    for _ in range(2):
        assert interpreter(root, ("lab",)) == VirtualEnvironment(root).python
    assert maker.installs == 1


@pytest.mark.parametrize("stamp, expected", [(None, True), (UNFINISHED, False)])
def test_from_inside_it_is_trusted_only_if_complete(monkeypatch, made, maker, stamp, expected):
    monkeypatch.setattr(environment, "unmet", lambda *_: [])
    monkeypatch.setattr(sys, "prefix", str(made.folder))
    if stamp:
        made.stamp.write_text(stamp)
    assert interpreter(made.root, ("lab",)) == made.python
    assert (made.folder / "kept").exists() == expected


def test_a_failed_one_is_removed_and_made_anew(root, maker, capsys):
    made = VirtualEnvironment(root)
    maker.install = raises(SetupError("no"))
    with pytest.raises(SetupError, match="no"):
        made.ensure(())
    (made.folder / "rest").touch()
    maker.install = lambda *_: None
    made.ensure(())
    assert "half-made" in capsys.readouterr().out
    assert made.is_ready() and not (made.folder / "rest").exists() and not (root / ".venv.trash").exists()


def test_one_whose_interpreter_does_not_start_is_made_anew(made, maker, capsys):
    made.python.unlink()
    made.python.write_text("not a program")
    made.ensure(())
    assert "does not start" in capsys.readouterr().out
    assert made.is_ready() and not (made.folder / "kept").exists()


def change_pyproject(root, monkeypatch):
    (root / "pyproject.toml").write_text(PYPROJECT + "# changed")


def change_constraints(root, monkeypatch):
    (root / "pins.txt").write_text("torch==2.15.0")
    monkeypatch.setenv("UV_CONSTRAINT", "pins.txt")


@pytest.mark.parametrize("change", [change_pyproject, change_constraints])
def test_a_changed_demand_updates_it_in_place(monkeypatch, made, maker, change):
    change(made.root, monkeypatch)
    made.ensure(())
    made.ensure(())
    assert maker.installs == 1 and (made.folder / "kept").exists()


@pytest.mark.parametrize("enough", [True, False])
def test_an_update_without_network_leaves_it_as_it_was(monkeypatch, made, maker, capsys, enough):
    change_pyproject(made.root, monkeypatch)
    before = made.stamp.read_text()
    maker.install = raises(Unreachable("no index"))
    monkeypatch.setattr(made, "has", lambda extras: enough)
    if enough:
        assert made.ensure(()) == made.python
        assert "used as it is" in capsys.readouterr().out
    else:
        with pytest.raises(Unreachable):
            made.ensure(())
    assert made.stamp.read_text() == before and (made.folder / "kept").exists()


def test_ctrl_c_leaves_nothing_that_is_trusted(root, maker):
    made = VirtualEnvironment(root)
    maker.install = raises(KeyboardInterrupt)
    with pytest.raises(SetupError, match="Stopped"):
        made.ensure(())
    assert not made.is_ready()


@pytest.mark.parametrize(
    "number, words",
    [(errno.ENOSPC, "is full"), (errno.EROFS, "cannot be written"), (errno.EACCES, "cannot be written")],
)
def test_errors_of_the_system_are_put_into_words(root, maker, number, words):
    maker.install = raises(OSError(number, os.strerror(number)))
    with pytest.raises(SetupError, match=words):
        VirtualEnvironment(root).ensure(())


@pytest.mark.parametrize("enough", [True, False])
def test_somebody_elses_is_used_or_refused_but_never_changed(monkeypatch, made, maker, enough):
    made.stamp.unlink()
    monkeypatch.setattr(made, "has", lambda extras: enough)
    if enough:
        assert made.ensure(()) == made.python
    else:
        with pytest.raises(SetupError, match="not made by this launcher"):
            made.ensure(())
    assert maker.installs == 0 and (made.folder / "kept").exists()


def test_another_interpreter_is_asked_what_it_has(monkeypatch, root):
    (root / "ganlib").symlink_to(ROOT / "ganlib", target_is_directory=True)
    other = VirtualEnvironment(root)
    other.python = Path(sys.executable)
    assert other.has(("test",)) == (unmet(root, ("test",)) == [])
    (root / "pyproject.toml").write_text(PYPROJECT.replace("torch>=2.6", "no-such-package-anywhere>=1"))
    assert not other.has(())


def test_a_second_start_waits_for_the_first(made, maker, monkeypatch):
    digest = made.stamp.read_text()
    made.stamp.write_text(UNFINISHED)  # the first start is at work
    with locked(made.root / ".venv.lock"):
        second = threading.Thread(target=made.ensure, args=((),))
        second.start()
        second.join(0.3)
        assert second.is_alive()
        made.stamp.write_text(digest)  # and is done
    second.join(5)
    assert not second.is_alive() and maker.installs == 0 and (made.folder / "kept").exists()


def test_a_lock_ends_with_its_file(tmp_path):
    with open(tmp_path / "lock", "a") as first, open(tmp_path / "lock", "a") as second:
        assert lock(first) and not lock(second)
        first.close()
        assert lock(second)
