"""``python -m ganlib assign OUT``: what is in the folders, and when nothing is written."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import jupytext
import nbformat
import pytest
import torch
from chapter_sources import A_CLASS, HEAD, INSIDE, SOURCE, WITH_A_CELL

from ganlib import build
from ganlib.assign import command
from ganlib.assign.command import main
from ganlib.assign.exercises import exercises
from ganlib.assign.folders import zipped
from ganlib.assign.grading import grading
from ganlib.assign.nbgrader import course_notebook
from ganlib.assign.release import prepare
from ganlib.assign.trial import Trial
from ganlib.grade.verdict import Grade, Row


@pytest.fixture
def source(tmp_path):
    """A function that writes a chapter's source and returns its path."""

    def write(text=SOURCE):
        path = tmp_path / "09_small.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def no_trial(monkeypatch):
    """Release without the sandbox: as if the trial had gone well."""
    points = {"discriminator_loss": 10.0, "play": 10.0}
    parts = {part: (Row("a property", 4, 4), Row("another", 6, 6)) for part in points}
    tried = Trial(points, Grade(parts, seconds=0.5), Grade(parts, seconds=0.4))
    monkeypatch.setattr(command, "trial", lambda *_: tried)


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_students_get_all_they_need_and_no_solution(source, tmp_path, no_trial):
    assert main([str(tmp_path / "out"), "--chapter", str(source())]) == 0
    student = tmp_path / "out/student"
    there = files(student)
    needed = {"README.md", "pyproject.toml", "chapters/09_small.ipynb", "chapters/09_small.py", "ganlib/losses.py"}
    assert needed | {"assets/digit_classifier.pt", "ganlib/checks/core.py", "LICENSE"} <= there
    assert not any("__pycache__" in name or name.startswith(("ganlib/grade", "ganlib/assign")) for name in there)
    everything = "\n".join((student / name).read_text() for name in there if name.startswith(("chapters", "README")))
    for secret in ("softplus(-real_logits)", "x - lr * y", "only instructors", "SOLUTION", "solution is folded"):
        assert secret not in everything
    assert "blob/main/chapters/02_minimax_objective.ipynb" in everything and "Open in Colab" not in everything
    nb = nbformat.read(student / "chapters/09_small.ipynb", as_version=4)
    nbformat.validate(nb)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert all(ast.parse(cell.source) and cell.outputs == [] for cell in code)
    assert [cell.source for cell in jupytext.read(student / "chapters/09_small.py").cells] == [
        c.source for c in nb.cells
    ]


def test_instructors_get_the_rest(source, tmp_path, no_trial):
    main([str(tmp_path / "out"), "--chapter", str(source())])
    folder = tmp_path / "out/instructor"
    assert files(folder) == {"README.md", "rubric.md", "hidden_tests.py", "09_small.ipynb", "09_small.py"}
    assert "only instructors run this" in (folder / "hidden_tests.py").read_text()
    assert "softplus(-real_logits)" in (folder / "09_small.ipynb").read_text()
    readme, rubric = (folder / "README.md").read_text(), (folder / "rubric.md").read_text()
    assert "cheat-proof" in readme and "graded in 0.5 s" in readme and "{" not in readme
    assert f"--assignment {tmp_path}/out/instructor/09_small.ipynb" in readme
    assert "on the same numbers" in readme and "200 submissions take about" in readme
    assert "| a property | 4 |" in rubric and "| total | 20 |" in rubric


def test_what_stands_in_the_package_and_what_only_instructors_read_is_told(source, tmp_path, no_trial):
    returns = [line for line in (build.ROOT / "ganlib/losses.py").read_text().split("\n") if "    return " in line]
    path = source(SOURCE.replace("return x, y + lr * x", f"{max(returns, key=len).strip()}") + A_CLASS)
    main([str(tmp_path / "out"), "--chapter", str(path)])
    folder = tmp_path / "out/instructor"
    assert "1 in `ganlib/losses.py`" in (folder / "README.md").read_text()
    assert (folder / "rubric.md").read_text().endswith("## Question 1: 5 points\n\nA good answer names the slope.\n")
    assert "names the slope" not in (tmp_path / "out/student/chapters/09_small.ipynb").read_text()
    assert "names the slope" not in (folder / "hidden_tests.py").read_text()


@pytest.mark.parametrize("place", ["ganlib/out", "assets/out", "ganlib/checks/deep/out"])
def test_a_folder_in_what_students_get_is_refused(source, no_trial, capsys, place):
    assert main([str(build.ROOT / place), "--chapter", str(source())]) == 2
    assert "which students get" in capsys.readouterr().err and not (build.ROOT / place).exists()


def test_a_chapter_of_the_course_is_graded_by_its_number(source, tmp_path):
    for path, given, told in (
        (build.sources(["02"])[0], None, ("02", "exercises", "ganlib.checks")),
        (tmp_path / "06_mine.py", None, ("06", "module", "ganlib.checks.wgan")),
        (build.sources(["02"])[0], "ganlib.checks.wgan", ("ganlib.checks.wgan", "module", "ganlib.checks.wgan")),
        (source(), None, ("out/instructor/09_small.ipynb", "exercises", "ganlib.checks")),
    ):
        made = grading(path, exercises(build.notebook(source())), Path("out"), given)
        assert (made.assignment, made.target.kind, made.module) == told
        assert made.by_properties == (told[1] == "module")
    assert made.target.name == "discriminator_loss,play"


def test_on_colab_the_first_cell_uses_the_folder_that_is_there(source, tmp_path, no_trial, monkeypatch):
    main([str(tmp_path / "out"), "--chapter", str(source())])
    student = tmp_path / "out/student"
    nb = nbformat.read(student / "chapters/09_small.ipynb", as_version=4)
    setup = next(cell.source for cell in nb.cells if "setup" in cell.metadata.get("tags", []))
    assert f'"{build.repository()}"' in setup
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = list(sys.path)
    exec(setup, {})  # elsewhere nothing happens
    assert (ran, sys.path) == ([], before)
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    exec(setup.replace("/content/course", str(student)), {})
    assert (ran, sys.path) == ([], [str(student), *before])
    exec(setup.replace("/content/course", str(tmp_path / "none")), {})
    assert [command[:2] for command in ran] == [["git", "clone"]]


@pytest.mark.slow
def test_the_package_for_students_runs_in_its_place(source, tmp_path, no_trial):
    main([str(tmp_path / "out"), "--chapter", str(source())])
    student = tmp_path / "out/student"
    code = (
        "import ganlib, pathlib\nfrom ganlib import checks, runtime, metrics\n"
        "assert pathlib.Path(ganlib.__file__).is_relative_to(pathlib.Path.cwd()), ganlib.__file__\n"
        "assert (runtime.ASSETS / 'digit_classifier.pt').exists()\n"
        "from ganlib.__main__ import lab\nassert any('09_small.ipynb' in word for word in lab([])), lab([])"
    )
    environment = {**os.environ, "PYTHONPATH": str(student)}
    subprocess.run([sys.executable, "-c", code], cwd=student, env=environment, check=True)


def test_the_zip_has_the_same_files_and_the_same_bytes_each_time(source, tmp_path, no_trial):
    assert main([str(tmp_path / "out"), "--chapter", str(source()), "--zip"]) == 0
    made = tmp_path / "out/09_small.zip"
    assert not (tmp_path / "out/student").exists()
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path)
    assert {"README.md", "chapters/09_small.ipynb", "ganlib/__main__.py"} <= files(tmp_path / "09_small")
    zipped(tmp_path / "09_small", tmp_path / "again.zip", "09_small")
    assert (tmp_path / "again.zip").read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    "text, words",
    [
        (HEAD, "no solution"),
        (SOURCE + "\n# %%\n# return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()\n", "softplus"),
        (SOURCE + "\n# %% [markdown]\n# <code>x = x - lr * y</code> and `return x, y + lr * x`\n", "y + lr"),
        (
            SOURCE + '\n# %% note="return F.softplus(-real_logits).mean()  +  F.softplus(fake_logits).mean()"\n1',
            "softplus",
        ),
        (SOURCE.replace("    # END SOLUTION", ""), "without its # END"),
        (
            SOURCE.replace("    # BEGIN SOLUTION", "    # Begin solution:").replace("    # END SOLUTION", ""),
            "Begin solution:",
        ),
        (
            SOURCE.replace('%% tags=["solution"]', '%% tags=["solutions"]')
            .replace("# BEGIN SOLUTION\ndef", "def")
            .replace("solution);\n# END SOLUTION", "solution);"),
            "def solution(real",
        ),
        (HEAD + WITH_A_CELL.replace("checks.d", "other.d"), "checks nothing"),
        (HEAD + WITH_A_CELL.split('# %% tags=["solution"]')[0] + INSIDE, "has no solution"),
    ],
    ids=[
        *("no solution", "left in a comment", "left in the prose", "left in metadata", "open mark", "no mark"),
        *("a wrong tag", "no check", "no solution cell"),
    ],
)
def test_what_cannot_be_released_leaves_no_files(source, tmp_path, no_trial, capsys, text, words):
    path = source(text)
    before = files(tmp_path)
    assert main([str(tmp_path / "out"), "--chapter", str(path)]) == 2
    assert words in capsys.readouterr().err
    assert files(tmp_path) == before and not (tmp_path / "out").exists()


def test_a_failure_half_way_leaves_no_files(source, tmp_path, no_trial, monkeypatch, capsys):
    def fail(*_):
        raise OSError("no space left")

    path = source()
    before = files(tmp_path)
    monkeypatch.setattr(command, "write_instructor", fail)
    assert main([str(tmp_path / "out"), "--chapter", str(path)]) == 2
    assert "no space left" in capsys.readouterr().err
    assert files(tmp_path) == before and not list(tmp_path.glob(".out*"))


def test_a_folder_with_something_in_it_is_not_touched(source, tmp_path, no_trial, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert main([str(out), "--chapter", str(source())]) == 2
    assert "there already" in capsys.readouterr().err and files(out) == {"mine.txt"}
    (out / "mine.txt").unlink()
    assert main([str(out), "--chapter", str(source())]) == 0


def test_chapters_are_named_by_number_or_file(source, capsys):
    assert command.chapter("02") == build.sources(["02"])[0]
    assert command.chapter(str(source())).name == "09_small.py"
    for name, words in (("none.py", "no such file"), ("77", "does not exist")):
        with pytest.raises(ValueError, match=words):
            command.chapter(name)


def test_exercises_and_their_solutions(source):
    first, second = exercises(build.notebook(source()))
    assert (first.name, second.name) == ("discriminator_loss", "play")
    assert first.rest().startswith("if checks.") and second.rest() == "checks.play(play);"
    scope = {}
    exec("import torch.nn.functional as F\n" + first.solved() + "\n" + second.solved(), scope)
    assert scope["play"](1.0, 1.0, 0.5) == (0.5, 1.25) and scope["discriminator_loss"] is scope["solution"]
    assert "checks" not in first.solved()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_trial_runs_the_solution(source, tmp_path, capsys):
    assert main([str(tmp_path / "out"), "--chapter", str(source()), "--assignment", "02"]) == 2
    assert "the solution earns 20 of 50 points" in capsys.readouterr().err
    text = SOURCE.replace("fake_logits).mean()\n\n\nchecks", "fake_logits).mean() / 2\n\n\nchecks")
    assert text != SOURCE and main([str(tmp_path / "out"), "--chapter", str(source(text))]) == 2
    assert "the solution earns 10 of 20 points: discriminator_loss:" in capsys.readouterr().err
    assert main([str(tmp_path / "out"), "--chapter", str(source())]) == 0
    readme = (tmp_path / "out/instructor/README.md").read_text()
    assert float(re.search(r"graded in ([\d.]+) s", readme)[1]) > 0


def course(source, tmp_path):
    main([str(tmp_path / "out"), "--chapter", str(source()), "--nbgrader"])
    folder = tmp_path / "out/nbgrader"
    return folder, nbformat.read(folder / "source/09_small/09_small.ipynb", as_version=4)


def test_nbgrader_s_cells_have_its_metadata(source, tmp_path, no_trial):
    _, nb = course(source, tmp_path)
    marked = [cell for cell in nb.cells if "nbgrader" in cell.metadata]
    ids = [cell.metadata.nbgrader.grade_id for cell in marked]
    assert ids == ["discriminator_loss", "discriminator_loss-check", "play", "play-check"]
    for answer, test in zip(marked[::2], marked[1::2], strict=True):
        assert answer.metadata.nbgrader == {
            **{"grade_id": answer.metadata.nbgrader.grade_id, "schema_version": 3},
            **{"solution": True, "grade": False, "locked": False, "task": False},
        }
        assert test.metadata.nbgrader.points == 10 and test.metadata.nbgrader.grade and test.metadata.nbgrader.locked
        assert "BEGIN SOLUTION" in answer.source and "END SOLUTION" in answer.source and ast.parse(answer.source)
    assert "only instructors" not in json.dumps(nb)


def test_nbgrader_s_answers_are_right(source, tmp_path, no_trial):
    _, nb = course(source, tmp_path)
    answers = [c.source for c in nb.cells if c.metadata.get("nbgrader", {}).get("solution")]
    tests = [c.source for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade")]
    scope = {}
    exec("import torch.nn.functional as F\nfrom ganlib import checks\n" + "\n".join([*answers, *tests]), scope)


def test_hidden_tests_stand_in_the_graded_cell(source):
    hidden = "### BEGIN HIDDEN TESTS\nassert play(0, 0, 1) == (0, 0)\n### END HIDDEN TESTS"
    release = prepare(source(SOURCE.replace("checks.play(play);", f"checks.play(play);\n{hidden}\nplay(1, 2, 3);")))
    points = {"discriminator_loss": 10.0, "play": 10.0}
    nb = course_notebook(release.full, exercises(release.full), points, "ganlib.checks")
    (graded,) = (cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "play-check")
    assert graded.source.endswith(hidden)
    assert sum("HIDDEN" in cell.source for cell in nb.cells) == 1
    assert nb.cells[nb.cells.index(graded) + 1].source == "checks.play(play);\nplay(1, 2, 3);"
    assert "(0, 0)" not in "".join(cell.source for cell in release.student.cells)


def test_a_class_is_filled_method_by_method(source):
    release = prepare(source(HEAD + A_CLASS))
    nb = course_notebook(release.full, exercises(release.full), {"Critic": 12.0}, "ganlib.checks.wgan")
    answer, test = (cell for cell in nb.cells if "nbgrader" in cell.metadata)
    assert test.metadata.nbgrader.points == 12 and "import ganlib.checks.wgan as checks" in test.source
    assert "checks.critic(Critic);" in test.source
    assert answer.source.count("### BEGIN SOLUTION") == answer.source.count("### END SOLUTION") == 2
    assert "NotImplementedError" not in answer.source and '"""Scores pictures."""' in answer.source
    scope = {}
    exec(f"import torch\n{answer.source}", scope)
    assert scope["Critic"](8, 3, 4)(torch.zeros(5, 3, 8, 8)).shape == (5,)
    exec(test.source, scope)


def test_a_class_whose_solution_does_not_fit_is_refused(source):
    other = A_CLASS.replace("    def forward(self, x):\n        return", "    def judge(self, x):\n        return")
    release = prepare(source(HEAD + other))
    with pytest.raises(ValueError, match=r"Critic defines __init__, judge, expected .* leaves open: __init__, forward"):
        course_notebook(release.full, exercises(release.full), {"Critic": 12.0}, "ganlib.checks")


def nbgrader():
    """The command of an nbgrader beside this Python."""
    found = shutil.which("nbgrader", path=str(Path(sys.executable).parent))
    return found or pytest.skip("needs nbgrader in this environment")


@pytest.mark.slow
def test_nbgrader_itself_releases_and_grades_it(source, tmp_path, no_trial):
    program = nbgrader()
    folder, _ = course(source, tmp_path)

    def run(*arguments):
        path = os.pathsep.join([str(Path(program).parent), os.environ["PATH"]])
        environment = {**os.environ, "PYTHONPATH": str(build.ROOT), "PATH": path, "GANLIB_STRICT": "0"}
        subprocess.run([program, *arguments], cwd=folder, env=environment, check=True)

    run("generate_assignment", "09_small")
    released = (folder / "release/09_small/09_small.ipynb").read_text()
    assert "softplus(-real_logits)" not in released and "x - lr * y" not in released
    for student, solves in (("ann", True), ("bob", False)):
        handed_in = folder / "submitted" / student / "09_small"
        handed_in.mkdir(parents=True)
        origin = "source" if solves else "release"
        shutil.copy(folder / origin / "09_small/09_small.ipynb", handed_in)
    run("autograde", "09_small")
    run("export", "--to", "grades.csv")
    lines = (folder / "grades.csv").read_text().splitlines()
    header = lines[0].split(",")
    scores = {line.split(",")[header.index("student_id")]: line.split(",")[header.index("score")] for line in lines[1:]}
    assert {name: float(score) for name, score in scores.items()} == {"ann": 20, "bob": 0}


def test_the_source_s_folders_are_untouched(source, tmp_path, no_trial):
    path = source()
    main([str(tmp_path / "out"), "--chapter", str(path), "--nbgrader"])
    assert path.read_text() == SOURCE and files(tmp_path) - {"09_small.py"} == {
        f"out/{name}" for name in files(tmp_path / "out")
    }
