"""``python -m ganlib``: which command runs, with which arguments, and how it ends."""

import ast
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ganlib import __main__ as launcher
from ganlib import __version__

ROOT = Path(launcher.__file__).parents[1]
MODULES = [ROOT / "ganlib" / name for name in ("__init__.py", "__main__.py", "environment.py", "installation.py")]
HERE = ("train", "bench", "assign", "grade")  # commands that are given names of files
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")


@pytest.mark.parametrize(
    "argv, extras, expected",
    [
        ([], ("lab",), ["-m", "jupyterlab"]),
        (["lab", "--no-browser"], ("lab",), ["-m", "jupyterlab", "--no-browser"]),
        (["--port", "9999"], ("lab",), ["-m", "jupyterlab", "--port", "9999"]),
        (["test", "-k", "x"], ("lab", "test"), ["-m", "pytest", "-k", "x"]),
        (["build", "01"], ("lab",), ["-c", "01"]),
        (["train", "gan", "--data", "ring"], (), ["-c", "gan", "--data", "ring"]),
        (["bench", "--quick"], (), ["-c", "--quick"]),
        (["assign", "out", "--zip"], ("lab",), ["-c", "out", "--zip"]),
        (["grade", "class", "--out", "g.csv"], (), ["-c", "class", "--out", "g.csv"]),
    ],
)
def test_arguments_reach_the_right_command(monkeypatch, argv, extras, expected):
    calls = {}
    monkeypatch.setattr(launcher, "interpreter", lambda root, extras: calls.update(extras=extras) or Path("PY"))
    monkeypatch.setattr(launcher, "run", lambda command, folder: calls.update(command=command) or 7)
    assert launcher.main(argv) == 7
    command = calls["command"]
    assert calls["extras"] == extras
    start = [word for word in expected if word in ("-m", "jupyterlab", "pytest", "-c")]
    assert command[: 1 + len(start)] == ["PY", *start]
    rest = expected[len(start) :]
    assert command[len(command) - len(rest) :] == rest


def test_lab_opens_the_first_chapter_of_the_whole_course(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    words = launcher.lab([])
    assert f"--ServerApp.root_dir={ROOT}" in words
    assert "--LabApp.default_url=/lab/tree/chapters/00_start_here.ipynb" in words
    assert "--allow-root" not in words


def test_lab_as_root_is_allowed_once(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert launcher.lab([]).count("--allow-root") == launcher.lab(["--allow-root"]).count("--allow-root") == 1


def test_build_calls_main_of_its_module(tmp_path):
    (tmp_path / "someone.py").write_text("def main(argv): return 40 + len(argv)")
    command = [sys.executable, *launcher.module("someone")(["a", "b"])]
    assert subprocess.run(command, cwd=tmp_path).returncode == 42


def test_an_unknown_command_is_refused_with_the_known_ones(capsys):
    assert launcher.main(["tset"]) == 2
    message = capsys.readouterr().err
    assert "'tset'" in message and all(name in message for name in launcher.COMMANDS)


def test_a_folder_without_tests_and_grader_offers_neither(monkeypatch, tmp_path, capsys):
    (tmp_path / "ganlib").mkdir()
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    left = {*launcher.COMMANDS} - {"test", "assign", "grade"}
    assert {line.split()[0] for line in launcher.usage().splitlines() if line.startswith("  ")} == left
    assert launcher.main(["grade"]) == 2 and "expected one of: lab, build, train, bench" in capsys.readouterr().err


def test_help_is_one_screen_and_imports_nothing_to_be_installed():
    code = (
        "import runpy, sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] not in {*sys.stdlib_module_names, 'ganlib'}: raise AssertionError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "sys.argv[1:] = ['--help']\n"
        "runpy.run_module('ganlib', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) < 24 and max(map(len, lines)) <= 120
    assert all(sum(line.split()[:1] == [name] for line in lines) == 1 for name in launcher.COMMANDS)


def test_version(capsys):
    assert launcher.main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_older_pythons_can_read_the_launcher(path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("newer, advice", [(None, "Install a newer one"), ("python3.12", "Start with python3.12 -m")])
def test_a_python_that_is_too_old_is_refused(monkeypatch, capsys, newer, advice):
    monkeypatch.setattr(launcher, "interpreter", lambda *_: pytest.fail("went on"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 6, "final", 0))
    monkeypatch.setattr(shutil, "which", lambda name: name if name == newer else None)
    assert launcher.main(["test"]) == 1
    message = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this is 3.9.6" in message and advice in message


def test_the_oldest_python_is_that_of_pyproject():
    oldest = ".".join(map(str, launcher.OLDEST_PYTHON))
    assert f'requires-python = ">={oldest}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["--port {}", "--port={}", "--ServerApp.port={}", "--no-browser --port {} --debug"])
def test_a_taken_port_is_named_and_a_free_one_is_not(capsys, words):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        launcher.warn_if_port_is_taken(words.format(port).split())
        assert f"Port {port} is taken" in capsys.readouterr().out
    launcher.warn_if_port_is_taken(words.format(port).split())
    assert capsys.readouterr().out == ""


def test_an_impossible_port_is_left_to_jupyterlab(capsys):
    launcher.warn_if_port_is_taken(["--port", "99999"])
    assert capsys.readouterr().out == ""


@pytest.fixture
def handlers():
    """Put the signal handlers back that ``run`` changes."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_run_gives_the_child_the_package_and_its_folder(monkeypatch, tmp_path, handlers):
    monkeypatch.setenv("PYTHONPATH", "/before")
    code = "import os, pathlib; pathlib.Path('seen').write_text(os.environ['PYTHONPATH'])"
    assert launcher.run([sys.executable, "-c", code], tmp_path) == 0
    assert (tmp_path / "seen").read_text() == f"{ROOT}{os.pathsep}/before"


@pytest.mark.parametrize("name", launcher.COMMANDS)
def test_files_named_to_a_command_are_where_the_user_is_and_all_else_runs_in_the_root(monkeypatch, name):
    folders = []
    monkeypatch.setattr(launcher, "interpreter", lambda root, extras: Path("PY"))
    monkeypatch.setattr(launcher, "run", lambda command, folder: folders.append(folder.resolve()) or 0)
    monkeypatch.chdir(ROOT / "tests")
    launcher.main([name])
    assert folders == [ROOT / "tests" if name in HERE else ROOT]


def test_tests_are_strict():
    """``conftest.py`` says so for every run of pytest, from here or by hand, and the notebooks' kernels inherit it."""
    assert os.environ["GANLIB_STRICT"] == "1"


@pytest.mark.parametrize(
    "code, expected",
    [("raise SystemExit(5)", 5), pytest.param("import os; os.kill(os.getpid(), 15)", 128 + 15, marks=posix)],
)
def test_run_returns_the_exit_code(handlers, code, expected):
    assert launcher.run([sys.executable, "-c", code], ROOT) == expected


@posix
@pytest.mark.parametrize("group, number, expected", [(True, signal.SIGINT, 7), (False, signal.SIGTERM, 128 + 15)])
def test_run_waits_for_the_child_when_stopped(group, number, expected):
    """Ctrl-C goes to the whole group and is the child's to handle; SIGTERM to the launcher alone is passed on."""
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.1), sys.exit(7)))\n"
        "print('up', flush=True); time.sleep(30)"
    )
    code = f"import sys; from ganlib.__main__ import run; sys.exit(run([sys.executable, '-c', {child!r}], '.'))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "up\n"
        os.kill(-process.pid if group else process.pid, number)
        assert process.wait(timeout=10) == expected
