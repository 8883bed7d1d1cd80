"""The command of a study measures what it is asked for and keeps the rest."""

import pytest

from ganlib import studies
from ganlib.studies import tables
from ganlib.studies.command import command


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """The pairs that were measured; each row says how many measurements came before it."""
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    return []


def study(measured, *arguments):
    def run(variant, seed):
        measured.append((variant, seed))
        return {"variant": variant, "seed": seed, "fid": float(len(measured))}

    command("trial", ["one", "two words"], run, list(arguments))
    return {(row["variant"], row["seed"]): row["fid"] for row in studies.read("trial")}


def test_all_variants_with_seed_after_seed(measured):
    assert len(study(measured)) == 6
    assert measured == [(variant, seed) for seed in (0, 1, 2) for variant in ("one", "two words")]


def test_only_what_is_asked_for_is_measured_again(measured):
    before = study(measured)
    after = study(measured, "--seeds", "1", "3", "--variants", "two words")
    assert measured[6:] == [("two words", 1), ("two words", 3)]
    assert after == before | {("two words", 1): 7, ("two words", 3): 8}
    assert list(after) == [*before, ("two words", 3)]  # in the order of a table that was made at once


def test_rows_of_variants_that_are_no_more_are_dropped(measured):
    studies.write([{"variant": "old", "seed": 0, "fid": 9.0}], studies.path_of("trial"))
    assert ("old", 0) not in study(measured)


def test_unknown_variants_are_refused_before_anything_is_measured(measured, capsys):
    with pytest.raises(SystemExit):
        study(measured, "--variants", "three")
    assert not measured and "'three'" in capsys.readouterr().err
