"""``python -m ganlib grade``: a class from files to the table."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from classroom import ASSIGNMENT, ENCLOSED, RIGHT, descendants
from wgan_class import classroom, hand_in

import ganlib
from ganlib.grade import command, exercises, sandbox
from ganlib.grade.command import main

needs_bubblewrap = pytest.mark.skipif(not ENCLOSED, reason="needs bubblewrap, and a system that lets it make a sandbox")
HALF = RIGHT.replace(b"x + x", b"x / 2")


def rows(out):
    with open(out, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def options(folder, out, *more):
    quick = ["--seconds", "12", "--part-seconds", "3", "--memory", "1024", "--workers", "2"]
    return [str(folder), "--out", str(out), "--assignment", str(ASSIGNMENT), *quick, *more]


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    return folder


@needs_bubblewrap
@pytest.mark.slow
def test_a_class_with_all_kinds_of_files(handed_in, tmp_path, capsys):
    cells = [{"cell_type": "code", "metadata": {}, "source": part} for part in RIGHT.decode().split("\n\n")]
    (handed_in / "Ann, A.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}))
    (handed_in / "李明.py").write_bytes(HALF)
    (handed_in / "=1+1.py").write_bytes(RIGHT + b"\nimport os\nos.remove('x')\n")
    (handed_in / "cut.ipynb").write_bytes(b'{"cells": [')
    (handed_in / "latin.py").write_bytes(b"x = '\xe9'")
    (handed_in / "syntax.py").write_bytes(b"def f(:\n")
    (handed_in / "loop.py").write_bytes(b"while True:\n    pass\n" + RIGHT)
    (handed_in / "class.py").write_bytes(b"class A:\n    while True: pass\n" + RIGHT)
    (handed_in / "leaves.py").write_bytes(RIGHT + b"class A:\n    import os; os._exit(0)\n")
    (handed_in / "link.py").symlink_to(ASSIGNMENT)
    (handed_in / "notes.txt").write_bytes(b"")
    with open(handed_in / "large.ipynb", "wb") as file:
        file.truncate(200 << 20)
    out = tmp_path / "grades.csv"
    assert main(options(handed_in, out)) == 0
    found = rows(out)
    totals = {name: float(row["total"]) for name, row in found.items()}
    assert totals == {
        **{"Ann, A": 100, "李明": 50, "'=1+1": 100, "loop": 100},
        **dict.fromkeys(("cut", "latin", "syntax", "class", "leaves", "link", "notes", "large"), 0),
    }
    assert found["李明"]["double"] == "10.0" and "it is the half" in found["李明"]["diagnosis"]
    told = {name: row["diagnosis"] for name, row in found.items()}
    for name, words in {
        **{"cut": "no whole notebook", "latin": "not UTF-8", "syntax": "SyntaxError", "class": "stopped after"},
        **{"link": "not followed", "large": "larger than 32 MiB", "notes": "no .ipynb or .py"},
    }.items():
        assert words in told[name], (name, told[name])
    assert found["'=1+1"]["flags"] == "imports os" and found["leaves"]["flags"] == "forged result"
    assert len(list((tmp_path / "grades/feedback").iterdir())) == len(found)
    assert "12 submissions" in capsys.readouterr().out


def process(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(Path(ganlib.__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "ganlib.grade", *arguments],
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore Ctrl-C
    )


@needs_bubblewrap
@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_and_grades_nothing_twice(handed_in, tmp_path):
    for number in range(8):
        wait = b"import time\n\ndef double(x):\n    time.sleep(0.3)\n    return x + x\n" if number % 2 else b""
        (handed_in / f"student {number}.py").write_bytes(RIGHT + wait)
    out, kept = tmp_path / "grades.csv", tmp_path / "grades/records"
    first = process(*options(handed_in, out, "--workers", "1"))
    deadline = time.monotonic() + 120
    while len(list(kept.glob("[!.]*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = {path: path.stat().st_mtime_ns for path in kept.glob("[!.]*.json")}
    assert 3 <= len(before) < 8 and not out.exists()
    assert process(*options(handed_in, out, "--workers", "1")).wait() == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list(kept.glob("*.json"))) == 8
    found = rows(out)
    assert len(found) == 8 and {row["total"] for row in found.values()} == {"100.0"}


@needs_bubblewrap
@pytest.mark.slow
def test_a_sandbox_that_is_lost_is_replaced_and_costs_nobody_points(handed_in, tmp_path, monkeypatch):
    for name in "abc":
        (handed_in / f"{name}.py").write_bytes(RIGHT)
    lose = iter([False, True, False, False, False])
    judge = sandbox.Sandbox.judge

    def sometimes(self, *arguments):
        if next(lose):
            self._process.kill()
        return judge(self, *arguments)

    monkeypatch.setattr(sandbox.Sandbox, "judge", sometimes)
    assert main(options(handed_in, tmp_path / "grades.csv", "--workers", "1")) == 0
    assert {row["total"] for row in rows(tmp_path / "grades.csv").values()} == {"100.0"}


@needs_bubblewrap
@pytest.mark.slow
def test_a_zip_in_its_own_place_and_every_submission_alone_where_worlds_cannot_be_made(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as file:
        file.writestr("../evil.py", RIGHT)
        file.writestr("Ann_1_assignsubmission_file_/a.py", RIGHT)
        file.writestr("Bob_2_assignsubmission_file_/a.py", b"class A:\n    open('/tmp/a', 'w')\n" + RIGHT)
    started = []
    made = sandbox.Sandbox.__init__

    def alone(self, *arguments):
        made(self, *arguments)
        self._reusable = False
        started.append(self)

    monkeypatch.setattr(sandbox.Sandbox, "__init__", alone)
    assert main(options(tmp_path / "class.zip", tmp_path / "grades.csv")) == 0
    found = rows(tmp_path / "grades.csv")
    assert found["Ann"]["total"] == found["Bob"]["total"] == "100.0" and found["evil"]["total"] == "0.0"
    assert len(started) >= 2 and not any(one.usable for one in started)
    assert not (tmp_path.parent / "evil.py").exists()


def test_without_bubblewrap_nothing_is_run(handed_in, tmp_path, monkeypatch, capsys):
    (handed_in / "a.py").write_bytes(RIGHT)
    monkeypatch.setattr(command, "bubblewrap", lambda: None)
    monkeypatch.setattr(command, "Sandbox", lambda *_: pytest.fail("it was started"))
    assert main(options(handed_in, tmp_path / "grades.csv")) == 2
    message = capsys.readouterr().err
    assert "bubblewrap" in message and "--unsafe-no-sandbox" in message


def test_where_namespaces_are_forbidden_it_says_so_and_runs_nothing(handed_in, tmp_path, monkeypatch, capsys):
    (handed_in / "a.py").write_bytes(RIGHT)
    forbidden = tmp_path / "bwrap"
    forbidden.write_text("#!/bin/sh\necho bwrap: setting up uid map: Permission denied >&2\nexit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setattr(command, "bubblewrap", lambda: str(forbidden))
    monkeypatch.setattr(sandbox, "bubblewrap", lambda: str(forbidden))
    monkeypatch.setattr(command.seccomp, "supported", lambda: True)
    monkeypatch.setattr(command, "Sandbox", lambda *_: pytest.fail("it was started"))
    assert main(options(handed_in, tmp_path / "grades.csv")) == 2
    message = capsys.readouterr().err
    assert "setting up uid map" in message and "AppArmor" in message and "Docker" in message


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_unsafe_grades_all_the_same_and_warns(handed_in, tmp_path, capsys):
    (handed_in / "a.py").write_bytes(RIGHT)
    (handed_in / "b.py").write_bytes(HALF)
    assert main(options(handed_in, tmp_path / "grades.csv", "--unsafe-no-sandbox", "--workers", "1")) == 0
    assert {name: row["total"] for name, row in rows(tmp_path / "grades.csv").items()} == {"a": "100.0", "b": "50.0"}
    assert "WARNING" in capsys.readouterr().err


def test_submissions_where_others_could_read_them_are_refused(handed_in, tmp_path, capsys, monkeypatch):
    (handed_in / "a.py").write_bytes(RIGHT)
    monkeypatch.setattr(command, "visible_folders", lambda: [tmp_path])
    monkeypatch.setattr(command, "need_sandbox", lambda: None)
    assert main(options(handed_in, tmp_path / "grades.csv")) == 2
    assert "which submissions can read" in capsys.readouterr().err


def test_results_among_the_submissions_are_refused(handed_in, capsys, monkeypatch):
    (handed_in / "a.py").write_bytes(RIGHT)
    monkeypatch.setattr(command, "need_sandbox", lambda: None)
    assert main(options(handed_in, handed_in / "grades.csv")) == 2
    assert "would be taken for submissions" in capsys.readouterr().err and os.listdir(handed_in) == ["a.py"]


@needs_bubblewrap
@pytest.mark.slow
def test_ctrl_c_stops_at_once_and_records_nothing_wrong(handed_in, tmp_path):
    for name in "abc":
        (handed_in / f"{name}.py").write_bytes(b"import time\n" + RIGHT.replace(b"return x + x", b"time.sleep(99)"))
    long = ["--seconds", "90", "--part-seconds", "80"]
    running = process(*options(handed_in, tmp_path / "grades.csv", *long))
    deadline = time.monotonic() + 120
    while not descendants(running.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(8)
    started = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) == 130 and time.monotonic() - started < 30
    assert not list((tmp_path / "grades/records").glob("*.json")) and not (tmp_path / "grades.csv").exists()


@needs_bubblewrap
@pytest.mark.slow
def test_a_sandbox_that_does_not_start_says_why(handed_in, tmp_path, capsys):
    (handed_in / "a.py").write_bytes(RIGHT)
    (tmp_path / "broken.py").write_text("import nothing_of_this_name")
    argv = [str(handed_in), "--out", str(tmp_path / "g.csv"), "--assignment", str(tmp_path / "broken.py")]
    assert main(argv) == 2
    assert "nothing_of_this_name" in capsys.readouterr().err
    assert not (tmp_path / "g.csv").exists()


@pytest.mark.parametrize(
    "argv",
    [
        ["x", "--out", "grades.txt"],
        ["x"],
        ["x", "--out", "g.csv", "--workers", "0"],
        ["x", "--out", "g.csv", "--seconds", "0"],
    ],
)
def test_arguments_that_mean_nothing_are_refused(argv, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(argv)
    assert stopped.value.code == 2 and "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name, words",
    [
        ("77", "no chapter 77"),
        ("no.such.module", "expected a chapter"),
        ("no_such_file.py", "no such file"),
        ("..", "expected"),
    ],
)
def test_an_assignment_that_is_not_there_is_said(name, words):
    with pytest.raises(ValueError, match=words):
        exercises.target(name)


def test_a_chapter_s_exercises_are_those_that_it_checks():
    assert exercises.target("00") == sandbox.Target("exercises", "fake_batch")
    assert exercises.of_chapter("2").name.startswith("discriminator_loss,")
    assert exercises.of_notebook(exercises.CHAPTERS / "02_minimax_objective.ipynb") == exercises.target("02")
    assert exercises.target("6") == sandbox.Target("module", "ganlib.checks.wgan")
    sources = ["if checks.a(a): pass\nchecks.b(c)\nother.d(d)", "checks.a(a)\nchecks.critic(Critic)"]
    assert exercises.checked(sources) == ["a", "Critic"]


@needs_bubblewrap
@pytest.mark.slow
def test_a_class_that_hands_in_the_wgan_assignment(tmp_path):
    students = classroom(10)
    hand_in(students, tmp_path / "class", "canvas")
    out = tmp_path / "grades.csv"
    assert main([str(tmp_path / "class"), "--out", str(out)]) == 0
    found = rows(out)
    assert set(found) == set(students)
    for name, student in students.items():
        given = {part: float(found[name][part]) for part in student.points}
        assert given == student.points, (name, found[name])
        assert (found[name]["diagnosis"] == "") == (sum(student.points.values()) == 100)
        assert found[name]["flags"] == "" or student.kind not in ("right", "slips"), found[name]
