"""Tables: what is written is read back, and never half of it."""

import pytest

from ganlib import studies
from ganlib.studies import tables

ROWS = [
    {"variant": "data in [0, 1]", "seed": 0, "fid": 9.123456789, "digits": 10},
    {"variant": 'a "quoted" name', "seed": 1, "fid": 1e-12, "digits": 0},
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    return tmp_path


def test_what_is_written_is_read_with_six_digits(folder):
    studies.write(ROWS, studies.path_of("trial"))
    back = studies.read("trial")
    assert back == [{**row, "fid": float(f"{row['fid']:.6g}")} for row in ROWS]
    assert [type(value) for value in back[0].values()] == [str, int, float, int]
    assert studies.read(folder / "trial.csv") == back


@pytest.mark.parametrize("rows", [[], [ROWS[0], {"variant": "x"}], [ROWS[0], dict(reversed(ROWS[1].items()))]])
def test_rows_that_are_no_table_leave_the_file_as_it_is(folder, rows):
    studies.write(ROWS, studies.path_of("trial"))
    before = studies.path_of("trial").read_bytes()
    with pytest.raises(ValueError, match="expected the same in all of them"):
        studies.write(rows, studies.path_of("trial"))
    assert studies.path_of("trial").read_bytes() == before


def test_a_missing_table(folder):
    with pytest.raises(FileNotFoundError):
        studies.read("nothing")


def test_record_keeps_what_was_measured_before_a_failure(folder, capsys):
    def trainings():
        yield ROWS[1]
        raise RuntimeError("the machine went away")

    with pytest.raises(RuntimeError):
        studies.record("trial", trainings(), keep=ROWS[:1])
    assert [row["seed"] for row in studies.read("trial")] == [0, 1]
    assert 'variant a "quoted" name, seed 1, fid 1e-12, digits 0' in capsys.readouterr().out
