"""The command itself, on tiny sizes."""

import json
import os
import subprocess
import sys
import time
from functools import partial

import pytest
import torch

from ganlib.bench import command, main
from ganlib.bench.cases import CASES, SLOW, Case, Settings

TINY = ["--quick", "--width", "2", "--batch-size", "2", "--device", "cpu"]


@pytest.fixture(autouse=True)
def same_threads():
    before, benchmark = torch.get_num_threads(), torch.backends.cudnn.benchmark
    yield
    torch.set_num_threads(before)
    torch.backends.cudnn.benchmark = benchmark


def test_the_command_prints_a_line_for_each_case_and_writes_the_same_numbers(tmp_path, capsys):
    path = tmp_path / "new" / "bench.json"
    assert main([*TINY, "--only", "dcgan-32", "wgan-gp-32", "points", "figure", "--json", str(path)]) == 0
    report, printed = json.loads(path.read_text()), capsys.readouterr().out
    assert [line["name"] for line in report["lines"]] == ["dcgan-32", "wgan-gp-32", "points", "figure"]
    facts = {"threads": 1, "torch": torch.__version__, "device": "cpu", "dtype": "float32", "width": 2, "batch_size": 2}
    assert {name: report[name] for name in facts} == facts
    assert f"torch {torch.__version__}" in printed and "wall clock" in printed
    for line in report["lines"]:
        row = next(row for row in printed.splitlines() if row.startswith(line["what"]))
        for name, (low, median, high) in line["ms"].items():
            assert 0 < low <= median <= high, name
            assert f"{median:.2f}" in row
        for low, median, high in line["ratio"].values():
            assert f"{median:.2f} ({low:.2f} to {high:.2f})" in row
    pictures, figure = report["lines"][1], report["lines"][3]
    assert set(pictures["ms"]) == {"ours", "plain", "floor"} and set(pictures["ratio"]) == {"plain", "floor"}
    assert pictures["samples_per_second"] == pytest.approx(1000 * 5 * 2 / pictures["ms"]["ours"][1])
    assert set(figure["ms"]) == {"ours", "plain"} and figure["samples_per_second"] is None


def test_a_published_package_has_a_line_of_its_own(capsys, monkeypatch, tmp_path):
    def contenders(settings):
        return {name: partial(torch.randn, 10) for name in ("ours", "plain", "their-package")}

    monkeypatch.setitem(CASES, "points", Case("a distance", contenders))
    path = tmp_path / "bench.json"
    assert main([*TINY, "--only", "points", "--json", str(path)]) == 0
    (line,) = json.loads(path.read_text())["lines"]
    own, theirs = (row for row in capsys.readouterr().out.splitlines() if "a distance" in row or "their-package" in row)
    for row, name in ((own, "plain"), (theirs, "their-package")):
        low, median, high = line["ratio"][name]
        assert f"{line['ms'][name][1]:.2f}" in row and f"{median:.2f} ({low:.2f} to {high:.2f})" in row
    assert theirs.startswith("  by their-package") and own.index("(") == theirs.index("(")


def test_lines_of_long_calls_take_fewer_turns(monkeypatch):
    monkeypatch.setattr(command, "take_turns", lambda contenders, watch, **amount: amount["least"])
    settings = Settings(torch.device("cpu"))
    case, quick = Case("", lambda settings: {}, turns=3), command.parse(["--device", "cpu", "--quick"])
    assert command.measure(case, settings, command.parse(["--device", "cpu"])) == 3
    assert command.measure(case, settings, quick) == 2


@pytest.mark.parametrize("name", [name for name in CASES if name not in SLOW])
def test_every_case_runs(name):
    """Each contender twice, so that what it keeps from call to call is used; in tiny, but the Fréchet distance."""
    contenders = CASES[name].contenders(Settings(torch.device("cpu"), width=2, batch_size=2))
    assert "ours" in contenders
    for call in contenders.values():
        call()
        call()


def test_slow_lines_come_on_request():
    assert not SLOW & set(command.parse([]).only)
    assert set(command.parse(["--full"]).only) == set(CASES)
    assert command.parse(["--only", *SLOW]).only == list(SLOW)


def test_players_are_wider_on_a_gpu_unless_told(monkeypatch):
    monkeypatch.setattr(torch, "zeros", lambda *_, **__: None)
    assert command.parse(["--device", "cpu"]).width == 32
    assert command.parse(["--device", "cuda"]).width == 64
    assert command.parse(["--device", "cuda", "--width", "8"]).width == 8


@pytest.mark.parametrize(
    "words, message",
    [
        (["--only", "dcgan-23"], "dcgan-23"),
        (["--threads", "0"], "--threads: invalid positive value: '0'"),
        (["--batch-size", "x"], "--batch-size: invalid positive value: 'x'"),
        (["--device", "gpu"], "--device gpu: "),
        (["--device", "cpu", "--cpu-time", "--threads", "2"], "--cpu-time counts one thread"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(words, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_an_interrupted_bench_leaves_no_file(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "measure", interrupt)
    with pytest.raises(KeyboardInterrupt):
        main([*TINY, "--only", "points", "--json", str(tmp_path / "bench.json")])
    assert not list(tmp_path.iterdir())


def watch_for(words, monkeypatch):
    """What the command times with, under these arguments."""
    monkeypatch.setattr(command, "take_turns", lambda contenders, watch, **amount: watch)
    return command.measure(CASES["figure"], Settings(torch.device("cpu")), command.parse([*words, "--device", "cpu"]))


def test_cpu_time_does_not_count_what_others_take(monkeypatch):
    assert watch_for(["--cpu-time"], monkeypatch).seconds(lambda: time.sleep(0.1), 1) < 0.05
    assert watch_for([], monkeypatch).seconds(lambda: time.sleep(0.1), 1) >= 0.1


@pytest.mark.slow
def test_it_runs_by_its_name(tmp_path):
    words = [sys.executable, "-m", "ganlib", "bench", *TINY, "--only", "points", "--json", "bench.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "GAN iteration, points" in done.stdout
    assert json.loads((tmp_path / "bench.json").read_text())["lines"][0]["name"] == "points"


@pytest.mark.gpu
def test_every_training_line_runs_on_a_gpu(tmp_path):
    path = tmp_path / "bench.json"
    assert main(["--quick", "--device", "cuda", "--only", "dcgan-64", "wgan-gp-64", "points", "--json", str(path)]) == 0
    assert all(set(line["ratio"]) == {"plain", "floor"} for line in json.loads(path.read_text())["lines"])
