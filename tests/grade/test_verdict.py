"""From what a sandbox left to a grade, a table and pages."""

import csv
import io
import json

import pytest

from ganlib.grade import feedback
from ganlib.grade.records import Record
from ganlib.grade.sandbox import RESULT_BYTES, Outcome
from ganlib.grade.table import harmless, table
from ganlib.grade.verdict import Grade, Row, from_plain, grade, nothing

POINTS = {"one": 60.0, "two": 40.0}
ROWS = {"one": [["a", 10, 10, ""], ["b", 0.5, 50, "too small"]], "two": [["c", 40.0, 40.0, ""]]}


def outcome(ended="done", raw=None, **more):
    left = {"nonce": "n", "parts": ROWS, "flags": [], "notes": [], "changed": [], "canaries": [], "spied": []} | more
    return Outcome(ended, 1.25, json.dumps(left).encode() if raw is None else raw, "n")


def test_points_are_those_of_the_rows():
    result = grade(outcome(), POINTS, 60)
    assert (result.points("one"), result.points("two"), result.total) == (10.5, 40, 50.5)
    assert result.told() == "one: too small" and result.flags == () and result.seconds == 1.25
    assert from_plain(json.loads(json.dumps(result.as_plain()))) == result


@pytest.mark.parametrize(
    "parts",
    [
        {"one": [["a", 61, 61, ""]], "two": []},
        {"one": [["a", 11, 10, ""]], "two": []},
        {"one": [["a", -1, 10, ""]], "two": []},
        {"one": [["a", float("nan"), 10, ""]], "two": []},
        {"one": [["a", 10**400, 10**400, ""]], "two": []},
        {"one": [["a", float("inf"), float("inf"), ""]], "two": []},
        {"one": [["a", "10", "10", ""]], "two": []},
        {"one": [["a", 10]], "two": []},
        {"one": 3, "two": []},
        {"one": []},
        [],
    ],
)
def test_rows_that_make_no_sense_earn_nothing(parts):
    result = grade(outcome(parts=parts), POINTS, 60)
    assert result.total == 0 and "forged result" in result.flags


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b" " * (RESULT_BYTES + 1),
        b'{"nonce": "n"}',
        b'{"nonce": "x"}',
    ],
)
def test_another_result_earns_nothing(raw):
    result = grade(outcome(raw=raw), POINTS, 60)
    assert result.total == 0 and "forged result" in result.flags


@pytest.mark.parametrize(
    "more, flag",
    [
        ({"nonce": "guess"}, "forged result"),
        ({"changed": ["torch.allclose"]}, "replaced torch.allclose"),
        ({"canaries": ["one"]}, "a wrong answer passed one"),
        ({"spied": ["sys._getframe"]}, "looked into the grader by sys._getframe"),
        ({"spied": 3}, "forged result"),
        ({"refused": "it reaches into memory"}, "refused"),
        ({"ended": "time"}, "time"),
        ({"ended": "exit code 137"}, "ended"),
    ],
)
def test_who_tampers_or_does_not_end_earns_nothing(more, flag):
    result = grade(outcome(**more), POINTS, 60)
    assert result.total == 0 and flag in result.flags and result.diagnosis


def test_the_trouble_while_loading_is_told_when_nothing_was_earned():
    parts = {"one": [["one", 0, 60, "one is not defined"]], "two": [["two", 0, 40, "two is not defined"]]}
    result = grade(outcome(parts=parts, notes=["code cell 1: SyntaxError"]), POINTS, 60)
    assert "SyntaxError" in result.told()


def record(student="Ann", total=(10.0, 40.0), **more):
    parts = {"one": (Row("a", total[0], 60, more.pop("diagnosis", "")),), "two": (Row("two", total[1], 40, ""),)}
    return Record(student, more.pop("id", "7"), "a.ipynb", more.pop("note", ""), Grade(parts, **more))


def read(records):
    return list(csv.DictReader(io.StringIO(table(records, POINTS).decode("utf-8-sig"))))


def test_the_table_has_a_line_for_each_with_all_columns():
    (line,) = read([record(seconds=1.5, flags=("imports os",), note="handed in 2 .py files", diagnosis='a,\n"b"')])
    assert line == {
        **{"student": "Ann", "id": "7", "file": "a.ipynb", "one": "10.0", "two": "40.0", "total": "50.0"},
        **{"diagnosis": 'one: a, "b"', "seconds": "1.50", "flags": "imports os; handed in 2 .py files"},
    }


@pytest.mark.parametrize("name", ["Zoë, Müller", '"; DROP', "李明", "a\tb", "Ann\nBob", "🙂"])
def test_names_survive(name):
    (line,) = read([record(name)])
    assert line["student"] == " ".join(name.split())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "|", "%"])
def test_no_cell_is_a_formula(start):
    formula = f"{start}HYPERLINK(1)"
    (line,) = read([record(formula, id=formula, flags=(formula,), note=formula)])
    (other,) = read([Record("x", "", formula, "", nothing(POINTS, formula))])
    for text in (line["student"], line["id"], line["flags"], other["file"], other["diagnosis"]):
        assert text.startswith("'"), text
    assert harmless("a = 1") == "a = 1"


def test_pages_show_what_students_wrote_as_text():
    evil = "<script>alert(1)</script>"
    page = feedback.feedback(record(evil, diagnosis=evil, notes=(evil,)), POINTS).decode()
    page += feedback.summary([record(evil, flags=(evil,))], POINTS).decode()
    assert "<script>" not in page and page.count("&lt;script&gt;") >= 4


def test_each_student_has_a_page_of_her_own():
    names = [
        *("Ann", "ann", "../../etc/passwd", "..", "", "a/b", "a\\b", "李明", "王明", "CON", "x" * 300),
    ]
    files = [feedback.file_name(record(name, id="")) for name in names]
    assert len({file.casefold() for file in files}) == len(files)
    assert all("/" not in f and "\\" not in f and not f.startswith(".") and len(f.encode()) < 255 for f in files)


def test_the_histogram_counts_each_total_once():
    totals = [0, 5, 9.99, 10, 55, 99, 100]
    bins = feedback.histogram(totals, 100)
    assert [count for _, count in bins] == [3, 1, 0, 0, 0, 1, 0, 0, 0, 2]
    assert bins[0][0] == "0 to 10" and sum(count for _, count in bins) == len(totals)


def test_the_summary_names_averages():
    text = "\n".join(feedback.summary_lines([record(), record(total=(30.0, 0.0), flags=("x",))], POINTS))
    assert "2 submissions, 1 with flags" in text and "average 40.0, median 40.0 of 100" in text
    assert "one  average 20.0 of 60" in text
