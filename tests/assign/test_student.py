"""What is taken out of a chapter, and that nothing of it is left."""

import jupytext
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ganlib import build
from ganlib.assign.student import bare, cut, forgotten, leaks, student_version, texts

SECRET = "    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()"


def test_a_stub_stands_where_a_solution_was():
    kept, taken = cut("def f(x):\n    # BEGIN SOLUTION\n    y = 2 * x\n    return y\n    # END SOLUTION\n\nf(1)")
    assert kept == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError\n\nf(1)"
    assert taken == ["    y = 2 * x", "    return y"]


def test_hidden_tests_leave_nothing():
    kept, taken = cut("checks.f(f)\n### BEGIN HIDDEN TESTS\nassert f(3) == 6\n### END HIDDEN TESTS")
    assert (kept, taken) == ("checks.f(f)", ["assert f(3) == 6"])


@pytest.mark.parametrize(
    "source",
    [
        "# BEGIN SOLUTION\nx = 1",
        "x = 1\n# END SOLUTION",
        "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION\n# END SOLUTION",
        "# BEGIN SOLUTION\n# END HIDDEN TESTS",
        "# BEGIN SOLUTION\n# BEGIN HIDDEN TESTS\n# END HIDDEN TESTS\n# END SOLUTION",
    ],
)
def test_marks_that_do_not_pair_are_refused(source):
    with pytest.raises(ValueError, match=r"BEGIN|open"):
        cut(source)


def test_cells_of_solutions_and_of_instructors_are_dropped_words_and_code():
    cells = [new_markdown_cell(name, metadata={"tags": [name]}) for name in ("solution", "instructor", "other")]
    ran = new_code_cell("x = 1", execution_count=3, outputs=[new_output("stream", text=SECRET)])
    nb = new_notebook(cells=[*cells, ran, new_code_cell(SECRET, metadata={"tags": ["solution"]})])
    student, removed = student_version(nb)
    assert [cell.source for cell in student.cells] == ["other", "x = 1"] and removed == [SECRET]
    assert (student.cells[1].outputs, student.cells[1].execution_count) == ([], None)
    assert len(nb.cells) == 5 and ran.outputs  # what came in is as it was


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        SECRET.strip() + "  # as above",
        "x = 1; " + SECRET.replace(" ", "  "),
        "# " + SECRET,
        "<code>" + SECRET.strip() + "</code>",
        SECRET.replace("-real", "- real") + ";",
        "def f(a):" + SECRET,
        SECRET.replace("(", "(\n    # softly\n").replace(")", "  # so\n)").replace(" + ", "\n    + "),
        SECRET.replace(" + ", " \\\n        + "),
        "\n".join("> # " + part for part in SECRET.replace(" + ", "\n + ").split("\n")),
        SECRET.replace("return", "<b>return</b>").replace("F.", "<i>F</i>.<wbr>"),
        SECRET.replace("_", "\\_").replace(" ", "\u00a0"),
        SECRET.replace("real", "re\u200bal").replace("(", "\uff08"),
    ],
)
def test_a_line_that_is_left_is_found_however_it_is_written(text):
    assert leaks([SECRET], f"a = 1\n{text}\nb = 2") == [SECRET.strip()]


def test_characters_of_html_are_read():
    line = "right = (real_logits > 0) & (fake_logits < 0)"
    assert leaks([line], "<code>right = (real_logits &gt; 0) &amp; (fake_logits &lt; 0)</code>") == [line]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "optimizer_d.zero_grad()",
            "loss.backward()",
            "optimizer_g.step()",
            "return x",
            "with torch.no_grad():",
            "x = 1",
        ),
        *("import torch.nn.functional as F", "with frozen(D):", "# a remark of some length", "@torch.no_grad()"),
        "loss = -scores.mean() + weight * penalty  # shown above",
    ],
)
def test_lines_that_all_training_code_has_betray_nothing(line):
    assert leaks([line], f"{line}\n") == []


def test_comments_and_spaces_do_not_count_but_strings_do():
    assert bare("  x  =  1  # one") == "x=1"
    assert bare("x = '# no comment'  # one") == 'x="#nocomment"'
    assert bare("x = (1,  # cut") == "x=(1"


def test_a_statement_of_short_lines_is_found_on_one_line():
    lines = ["    value = (", "        a * b", "        - c(a,", "            b,)", "    )", "    return d"]
    assert leaks(lines, "value = (a * b - c(a, b))") == ["\n".join(lines[:5]).strip()]
    assert (
        leaks(lines, "a * b, c(a, b)") == leaks([*lines[:4], "    )  # shown above"], "value = (a*b - c(a, b))") == []
    )


@pytest.mark.parametrize(
    "line",
    ["# BEGIN  SOLUTION", "# end solution:", "## begin hidden-tests", "class solution(Module):", "  solution = f"],
)
def test_what_an_author_may_have_meant_as_a_solution_is_found(line):
    nb = new_notebook(cells=[new_markdown_cell(line), new_code_cell(f"x = 1\n{line}")])
    assert forgotten(nb) == [line.strip()]
    nb.cells[1].source = "def resolution(x):\n    return solutions[x] == solution  # the end of a solution"
    assert forgotten(nb) == []


def test_whatever_a_notebook_holds_is_searched():
    nb = new_notebook(cells=[new_markdown_cell("words"), new_code_cell("x = 1")])
    assert leaks([SECRET], "\n".join(texts(nb))) == []
    nb.cells[0].attachments = {"answer.txt": {"text/plain": SECRET}}
    nb.cells[1].metadata["note"] = {"deep": [{SECRET: 1}]}
    assert "\n".join(texts(nb)).count(SECRET) == 2


@pytest.mark.parametrize("source", build.sources([]), ids=lambda path: path.stem)
def test_no_chapter_of_the_course_leaks(source):
    nb = build.notebook(source)
    student, removed = student_version(nb)
    assert removed and leaks(removed, jupytext.writes(student, fmt="py:percent")) == []
    everything = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in everything and "def solution" not in everything
    assert "raise NotImplementedError" in everything
    assert len(leaks(removed, jupytext.writes(nb, fmt="py:percent"))) > 0  # the search does find them where they are
