"""Records: whole or absent, once each, with one grader at a time."""

import pytest

from ganlib.grade.records import Record, Records, key
from ganlib.grade.submissions import Submission
from ganlib.grade.verdict import Grade, Row

SETTINGS = {"assignment": "02", "seconds": 60}
RECORD = Record("Zoë", "7", "a.py", "", Grade({"one": (Row("a", 1.0, 2.0, "half"),)}, flags=("x",), seconds=0.5))


def test_what_was_kept_is_there_for_the_next(tmp_path):
    with Records(tmp_path, SETTINGS) as records:
        records.add("abc", RECORD)
        seed = records.seed
    with Records(tmp_path, SETTINGS) as records:
        assert records.find("abc") == RECORD and records.find("other") is None
        assert records.seed == seed


def test_another_class_has_another_seed(tmp_path):
    seeds = []
    for name in "ab":
        with Records(tmp_path / name, SETTINGS) as records:
            seeds.append(records.seed)
    assert seeds[0] != seeds[1]


def test_again_forgets_all_and_draws_another_seed(tmp_path):
    with Records(tmp_path, SETTINGS) as records:
        records.add("abc", RECORD)
        seed = records.seed
    with Records(tmp_path, {"assignment": "03"}, again=True) as records:
        assert records.find("abc") is None and records.seed != seed


def test_other_settings_are_refused(tmp_path):
    with Records(tmp_path, SETTINGS):
        pass
    with pytest.raises(ValueError, match=r"was graded with .*--again begins anew"):
        Records(tmp_path, SETTINGS | {"seconds": 5})


def test_one_grader_at_a_time(tmp_path):
    with Records(tmp_path, SETTINGS):
        with pytest.raises(ValueError, match="another grader is at work"):
            Records(tmp_path, SETTINGS)
    with Records(tmp_path, SETTINGS):
        pass


def test_an_edited_file_is_another_submission():
    ann, bob = Submission("Ann", "1", "a.py"), Submission("Bob", "2", "a.py")
    assert len({key(ann, b"x"), key(ann, b"y"), key(bob, b"x"), key(Submission("Ann", "3", "a.py"), b"x")}) == 4
    assert key(ann, b"x") == key(Submission("Ann", "1", "a.py"), b"x")
