"""The folder of a run: no run is lost by mistake, none is mixed with another."""

from pathlib import Path

import pytest
from runs import RING, rows

from ganlib.train import main
from ganlib.train.folder import RunFolder


def test_a_run_that_is_there_is_neither_overwritten_nor_mixed_up(capsys):
    assert main(RING) == 0
    before = {path: path.read_bytes() for path in Path("runs").rglob("*") if path.is_file()}
    for more, message in (
        ([], "--resume goes on with it, --overwrite puts a new one in its place"),
        (["--resume", "--width", "9"], "width = 8 and not 9"),
        (["--resume", "--seed", "1"], "seed = 0 and not 1"),
    ):
        with pytest.raises(SystemExit):
            main([*RING, *more])
        assert message in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["wgan", "--out", "runs/gan-ring", "--resume"])
    assert "name = 'gan' and not 'wgan'" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in Path("runs").rglob("*") if path.is_file()}


def test_overwriting_removes_the_run_and_nothing_else():
    assert main([*RING, "--every", "1"]) == 0
    notes = Path("runs/gan-ring/notes.txt")
    notes.write_text("mine")
    assert main([*RING, "--overwrite"]) == 0
    assert notes.read_text() == "mine"
    assert [row["step"] for row in rows("runs/gan-ring")] == ["2", "4"]
    assert sorted(path.stem for path in Path("runs/gan-ring/samples").iterdir()) == ["000000", "000002", "000004"]


def test_one_process_at_a_time(capsys):
    assert main(RING) == 0
    other = RunFolder("runs/gan-ring")
    other.claim()
    with pytest.raises(SystemExit):
        main([*RING, "--resume"])
    assert "another process is training in runs/gan-ring" in capsys.readouterr().err
    other.close()
    assert main([*RING, "--resume", "--steps", "6"]) == 0


def test_a_broken_checkpoint_is_refused(capsys):
    assert main(RING) == 0
    Path("runs/gan-ring/checkpoint.pt").write_bytes(b"broken")
    with pytest.raises(SystemExit):
        main([*RING, "--resume"])
    assert "damaged" in capsys.readouterr().err
    Path("runs/gan-ring/settings.json").write_text("{")
    with pytest.raises(SystemExit):
        main([*RING, "--resume"])
    assert "settings.json is missing or damaged" in capsys.readouterr().err
