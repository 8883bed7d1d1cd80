"""What is taken out of a chapter, and that nothing of it is left."""

import jupytext
import pytest

from ganlib import build
from ganlib.assign.student import bare, cut, leaks, student_version

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
    assert bare("x = '# no comment'  # one") == "x='#nocomment'"
    assert bare("x = (1,  # cut") == "x=(1,"


@pytest.mark.parametrize("source", build.sources([]), ids=lambda path: path.stem)
def test_no_chapter_of_the_course_leaks(source):
    nb = build.notebook(source)
    student, removed = student_version(nb)
    assert removed and leaks(removed, jupytext.writes(student, fmt="py:percent")) == []
    everything = "\n".join(cell.source for cell in student.cells)
    assert "SOLUTION" not in everything and "def solution" not in everything
    assert "raise NotImplementedError" in everything
    assert len(leaks(removed, jupytext.writes(nb, fmt="py:percent"))) > 0  # the search does find them where they are
