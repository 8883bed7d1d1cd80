"""A notebook's answers: which are right, what stands in for the others, the points so far."""

import re
import sys

import pytest
import torch
from wgan_answers import STUB, answer

from ganlib.checks.core import CheckFailed
from ganlib.checks.wgan import PARTS, Answers

RIGHT = "return real_scores.neg().mean() + fake_scores.mean()"
HEAD = "def critic_loss(real_scores, fake_scores):"


def critic_loss(body=RIGHT):
    return answer(HEAD, body)


def points(answers):
    """The points of each part, and of all, as the table tells them."""
    return {row[1]: int(row[2]) for row in re.finditer(r"^\d? +(.+?) +(\d+) of +\d+", answers.table(), re.MULTILINE)}


def test_an_answer_counts_as_it_is_when_it_is_asked_for():
    notebook = {}
    answers = Answers(notebook)
    assert not answers.is_right("critic_loss")
    notebook["critic_loss"] = critic_loss(STUB)
    assert not answers.is_right("critic_loss")
    notebook["critic_loss"] = critic_loss()
    assert answers.is_right("critic_loss")
    notebook["critic_loss"] = critic_loss("return real_scores.mean() - fake_scores.mean()")
    assert not answers.is_right("critic_loss")
    with pytest.raises(KeyError):
        answers.is_right("no part")


@pytest.mark.parametrize("thrown", ["SystemExit(0)", "RecursionError()", "KeyError('x')"])
def test_whatever_an_answer_raises_it_is_not_right(thrown, capsys):
    answers = Answers({"critic_loss": critic_loss(f"raise {thrown}")})
    assert not answers.ready("critic_loss")
    assert points(answers)["critic_loss"] == 0


def test_by_default_the_running_notebook_is_asked(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "critic_loss", critic_loss(), raising=False)
    assert Answers().is_right("critic_loss") and not Answers({}).is_right("critic_loss")


def test_what_is_missing_is_told_with_its_number(capsys):
    answers = Answers({"critic_loss": critic_loss()})
    assert answers.ready() and answers.ready("critic_loss")
    assert capsys.readouterr().out == ""
    assert not answers.ready("Critic", "critic_loss")
    assert "needs part 1 (Critic)." in capsys.readouterr().out
    assert not answers.ready("generator_loss", "Critic", "clip_weights")
    assert "part 3 (generator_loss), part 1 (Critic) and part 4 (clip_weights)." in capsys.readouterr().out


def test_a_solution_stands_in_until_the_answer_is_right(capsys):
    notebook = {"critic_loss": critic_loss(STUB)}
    answers, solution, own = Answers(notebook), critic_loss(), critic_loss()
    answers.fill_in("critic_loss", solution)
    told = capsys.readouterr().out
    assert told.startswith("Correct: critic_loss.\n") and "stands in for critic_loss" in told
    assert notebook["critic_loss"] is solution and answers.ready("critic_loss")
    assert points(answers)["critic_loss"] == 0 and "the solution stands in" in answers.table()
    notebook["critic_loss"] = own
    answers.fill_in("critic_loss", solution)
    assert notebook["critic_loss"] is own and capsys.readouterr().out == "Correct: critic_loss.\n"
    assert points(answers)["critic_loss"] == PARTS["critic_loss"].points
    assert "stands in" not in answers.table()


def test_a_solution_stands_in_where_there_is_no_answer_at_all(capsys):
    notebook = {}
    Answers(notebook).fill_in("critic_loss", critic_loss())
    assert "critic_loss" in notebook


def test_a_wrong_solution_never_stands_in():
    notebook = {}
    with pytest.raises(CheckFailed, match="sign is wrong"):
        Answers(notebook).fill_in("critic_loss", critic_loss("return real_scores.mean() - fake_scores.mean()"))
    assert notebook == {}


def test_a_wrong_solution_never_stands_in_where_checks_print(monkeypatch, capsys):
    monkeypatch.setenv("GANLIB_STRICT", "0")
    notebook = {}
    Answers(notebook).fill_in("critic_loss", critic_loss("return real_scores.mean() - fake_scores.mean()"))
    assert notebook == {} and capsys.readouterr().out.startswith("Not yet: ")


def test_the_table_counts_as_the_grader_does():
    half = critic_loss("return fake_scores.mean().detach() - real_scores.mean().detach()")
    answers = Answers({"critic_loss": half})
    marks = PARTS["critic_loss"].run({"critic_loss": half}, 7)
    assert 0 < sum(mark.earned for mark in marks) < PARTS["critic_loss"].points
    assert points(answers)["critic_loss"] == points(answers)["all parts"] == sum(mark.earned for mark in marks)
    assert "carries no gradient" in answers.table() and "Critic is not defined" in answers.table()
    assert set(points(answers)) == {*PARTS, "all parts"}


def test_the_tasks_hold_every_property_with_its_points():
    rows = Answers.tasks().split("\n")
    assert rows[-1].split() == ["all", "parts", "100"]
    listed = [row.split(None, 3) if row[:4].strip() else row.split(None, 1) for row in rows[1:-1]]
    expected = []
    for number, (name, part) in enumerate(PARTS.items(), 1):
        first, *others = part.properties
        expected += [[str(number), name, str(part.points), f"{first.points:5}   {first.name}".strip()]]
        expected += [[str(one.points), one.name] for one in others]
    assert [[" ".join(word.split()) for word in row] for row in listed] == [
        [" ".join(word.split()) for word in row] for row in expected
    ]


def test_looking_at_answers_moves_no_random_stream():
    answers = Answers({"critic_loss": critic_loss("torch.manual_seed(1)\n" + RIGHT)})
    torch.manual_seed(3)
    before = torch.get_rng_state()
    answers.ready("critic_loss")
    answers.fill_in("critic_loss", critic_loss())
    answers.table()
    assert torch.equal(torch.get_rng_state(), before)
