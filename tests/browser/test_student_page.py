"""An assignment as a student meets it: unpacked, opened by its own launcher, solved in part, handed in, and graded."""

import csv
import os
import shutil
import zipfile

import pytest
from readers import reading, served
from screen import beyond, wait_for

from ganlib import assign, grade
from ganlib.grade.sandbox import bubblewrap

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, by which the release tries its solution"),
]
CHAPTER, PARTS = "06", 9
STUB, CHECK = "def critic_loss(", "\n\n\nchecks.critic_loss(critic_loss);"
WRONG = f"{STUB}real_scores, fake_scores):\n    return real_scores.mean() - fake_scores.mean()"
RIGHT = f"{STUB}real_scores, fake_scores):\n    return fake_scores.mean() - real_scores.mean()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a student who has unpacked the zip that the instructor gave out."""
    out, place = tmp_path_factory.mktemp("assignment") / "out", tmp_path_factory.mktemp("student")
    assert assign.main([str(out), "--chapter", CHAPTER, "--zip"]) == 0
    (archive,) = out.glob("*.zip")
    with zipfile.ZipFile(archive) as files:
        files.extractall(place)
    return place / archive.stem


@pytest.fixture(scope="module")
def reader(chromium, folder, tmp_path_factory):
    """The student, in the JupyterLab that the folder's own launcher starts, with the notebook run as it came."""
    home = tmp_path_factory.mktemp("home")
    with served(["-m", "ganlib"], home, folder) as address, reading(chromium, address, folder) as student:
        student.page.goto(address)
        student.page.wait_for_url(f"**/lab/tree/chapters/{folder.name}.ipynb", timeout=60_000)
        student.open(f"chapters/{folder.name}.ipynb")
        student.run_all()
        yield student


def printed(outputs):
    return "".join("".join(output["text"]) for output in outputs if output.get("name") == "stdout")


def test_the_notebook_comes_without_solutions_and_runs_to_its_end(reader, folder):
    assert reader.outputs("error") + reader.outputs("stderr") == []
    told = printed(reader.outputs())
    assert (told.count("Not yet: "), told.count("Correct: ")) == (PARTS, 0)
    text = (folder / f"chapters/{folder.name}.ipynb").read_text(encoding="utf-8")
    assert not any(secret in text for secret in ("BEGIN SOLUTION", "def solution", "class solution"))
    reader.go_to(STUB)
    reader.look("student_unsolved")


def test_a_wrong_answer_is_told_what_is_wrong_and_a_right_one_accepted(reader):
    for source, verdict in ((WRONG, "Not yet: "), (RIGHT, "Correct: critic_loss.")):
        reader.fill_in(STUB, source + CHECK)
        told = printed(reader.run_cell(STUB))
        assert told.startswith(verdict) and ("sign" in told) == (source == WRONG), told
        cell = reader.cell(STUB)
        wait_for(cell, lambda cell=cell, told=told: told.strip() in cell.inner_text())
        reader.look(f"student_{'wrong' if source == WRONG else 'right'}")


def test_in_the_dark_and_in_a_narrow_window(reader):
    with reader.in_the_dark(), reader.window(560, sidebar=False):
        cell = reader.cell(STUB)
        assert beyond(cell, ".cm-editor, .jp-OutputArea-output") == []
        reader.look("student_dark_narrow")


def test_what_is_handed_in_earns_what_is_right(reader, folder, tmp_path):
    reader.fill_in(STUB, RIGHT + CHECK)
    reader.save()
    notebook, answer = folder / f"chapters/{folder.name}.ipynb", RIGHT.splitlines()[-1]
    wait_for(reader.page, lambda: answer in notebook.read_text(encoding="utf-8"))
    handed_in, out = tmp_path / "class", tmp_path / "grades.csv"
    handed_in.mkdir()
    shutil.copy(notebook, handed_in / "ada.ipynb")
    shutil.copy(folder / f"chapters/{folder.name}.py", handed_in / "bob.py")  # never opened
    words = [] if bubblewrap() else ["--unsafe-no-sandbox"]
    assert grade.main([str(handed_in), "--out", str(out), "--assignment", CHAPTER, "--workers", "1", *words]) == 0
    with open(out, newline="", encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert float(rows["ada"]["critic_loss"]) == float(rows["ada"]["total"]) > 0 == float(rows["bob"]["total"])
    assert not rows["ada"]["flags"] and len(list((tmp_path / "grades/feedback").iterdir())) == 2
