"""Runs in files: they go on exactly, and files that are none are refused."""

import base64
import io
import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
import torch
from laboratory_runs import Dropped, after, small

from ganlib.viz.ganlab import files
from ganlib.viz.ganlab.run import Run, Yours
from ganlib.viz.ganlab.scene import (
    LAYERS,
    scene,
)
from ganlib.viz.ganlab.session import PRETRAINED, Session, pretrained_file
from ganlib.viz.ganlab.settings import DATA, Settings


@pytest.mark.parametrize("optimizer", ["Adam", "RMSprop", "SGD"])
@pytest.mark.parametrize("steps_d", [0, 2])
def test_a_saved_run_goes_on_exactly(tmp_path, optimizer, steps_d):
    settings = small(optimizer_d=optimizer, steps_d=steps_d, noise="uniform", noise_dim=1, loss="hinge", penalty=0.1)
    run = Run(settings)
    after(run, 7)
    run.generator_step()
    found = files.loads(files.save(run, tmp_path / "run.json").read_text())
    assert found.settings == settings and found.iteration == 7
    assert torch.equal(after(found, 5), after(run, 5))
    for name in ("losses", "distances"):  # as text, in which NaN equals NaN
        assert json.dumps(getattr(found, name).state()) == json.dumps(getattr(run, name).state())
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_drawn_run_brings_its_drawing_along():
    xy = torch.tensor([[0.0, 0.5], [1.0, -1.0]])
    run = Run(small(data="drawn"), None, xy)
    found = files.loads(files.dumps(run))
    assert torch.equal(found.drawn, xy) and torch.equal(found.real, run.real)


def test_a_file_is_no_way_to_run_code(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    content, buffer = json.loads(files.dumps(Run(small()))), io.BytesIO()
    torch.save({"gan": Trap()}, buffer)
    content["state"] = base64.b64encode(buffer.getvalue()).decode()
    with pytest.raises(ValueError, match="run: not a file that the laboratory saved"):
        files.loads(json.dumps(content))
    assert not (tmp_path / "sprung").exists()


def test_writing_a_run_does_not_change_it():
    run, bare = (Run(small(), Yours(Dropped)) for _ in range(2))
    after(run, 2)
    files.dumps(run)
    assert torch.equal(after(run, 2), after(bare, 4))


def test_a_diverged_run_is_still_json():
    run = Run(small(rate_g=100.0, rate_d=100.0, optimizer_g="SGD", optimizer_d="SGD", loss="wgan_gp", penalty=1000.0))
    after(run, 120)
    assert not run.fakes().isfinite().all()
    text = files.dumps(run)
    json.loads(text, parse_constant=pytest.fail)
    files.loads(text).iterate()
    scene(run, set(LAYERS))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": "else"}', b"\xff\xfe", "null"],
)
def test_other_files_are_refused(text):
    with pytest.raises(ValueError, match="run: not a file that the laboratory saved"):
        files.loads(text)


def test_damaged_and_foreign_runs_are_refused():
    content = json.loads(files.dumps(Run(small())))
    for change in (
        {"version": 2},
        {"state": content["state"][:200]},
        {"settings": content["settings"] | {"width_g": -1}},
        {"settings": content["settings"] | {"colour": 1}},
    ):
        with pytest.raises(ValueError, match="run: not a file that the laboratory saved"):
            files.loads(json.dumps(content | change))
    for change in (
        {"iteration": "<b>many</b>"},
        {"iteration": None},
        {"last": {"D": "<script>", "G": 0.0}},
        {"last": {"D": [0.0], "G": 0.0}},
        {"drawn": "<b>"},
        {"drawn": {"x": 1}},
        {"losses": content["losses"] | {"points": [[0.0, 1.0, 2.0]]}},
        {"losses": content["losses"] | {"points": [["<b>", 1.0]]}},
        {"losses": content["losses"] | {"stride": []}},
        {"distances": {}},
        {"distances": 3},
    ):
        with pytest.raises(ValueError):  # never another error, which would look like a slip of the course
            files.loads(json.dumps(content | change))
    with pytest.raises(ValueError, match="shape"):
        files.loads(json.dumps(content | {"settings": content["settings"] | {"width_g": 16}}))


@pytest.mark.parametrize("name", DATA)
def test_pretrained_runs_load_and_are_good(name):
    session = Session(Settings(data=name), Yours())
    session.pretrained()
    run = session.run
    assert run.settings.data == name and run.iteration > 1000
    untrained = Run(run.settings)
    assert run.distances["W"][-1, 1] < 0.5 * untrained.distances["W"][0, 1]
    run.iterate()
    assert pretrained_file(name).stat().st_size < 400_000


def test_there_is_no_pretrained_run_for_a_drawing():
    session = Session(small(), Yours())
    session.draw(torch.zeros(3, 2))
    with pytest.raises(ValueError, match="data = 'drawn', expected one that the course has trained on"):
        session.pretrained()
    assert sorted(path.stem for path in PRETRAINED.iterdir()) == sorted(pretrained_file(name).stem for name in DATA)


def test_every_setting_is_in_the_file():
    content = json.loads(files.dumps(Run(small())))
    assert content["settings"] == asdict(small()) and set(content["settings"]) == {f.name for f in fields(Settings)}
