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
from chapter_sources import HEAD, INSIDE, SOURCE, WITH_A_CELL

from ganlib import build
from ganlib.assign import command, release
from ganlib.assign.command import main
from ganlib.assign.exercises import exercises
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
    for secret in ("softplus(-real_logits)", "x - lr * y", "only instructors", "SOLUTION"):
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
    assert "| a property | 4 |" in rubric and "| total | 20 |" in rubric


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
    for name in ("folder", "one", "two"):
        main([str(tmp_path / name), "--chapter", str(source()), *(["--zip"] if name != "folder" else [])])
    with zipfile.ZipFile(tmp_path / "one/09_small.zip") as archive:
        assert set(archive.namelist()) == {f"09_small/{name}" for name in files(tmp_path / "folder/student")}
    assert (tmp_path / "one/09_small.zip").read_bytes() == (tmp_path / "two/09_small.zip").read_bytes()
    assert not (tmp_path / "one/student").exists()


@pytest.mark.parametrize(
    "text, words",
    [
        (HEAD, "no solution"),
        (SOURCE + "\n# %%\n# return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()\n", "softplus"),
        (SOURCE + "\n# %% [markdown]\n# <code>x = x - lr * y</code> and `return x, y + lr * x`\n", "y + lr"),
        (SOURCE.replace("    # END SOLUTION", ""), "without its # END"),
        (HEAD + WITH_A_CELL.replace("checks.d", "other.d"), "checks nothing"),
        (HEAD + WITH_A_CELL.split('# %% tags=["solution"]')[0] + INSIDE, "has no solution"),
    ],
    ids=["no solution", "left in a comment", "left in the prose", "open mark", "no check", "no solution cell"],
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
    assert release.ROOT == build.ROOT
