"""A run that was stopped or killed, whenever that was, goes on as the run that was not."""

import json
import os
import signal
import time
from pathlib import Path

import pytest
import torch
from runs import DIGITS, RING, assert_same_run, assert_same_state, process, rows

from ganlib import checkpoints
from ganlib.train import command, diary, main, measures, sources
from ganlib.train.folder import RunFolder


def test_a_longer_run_is_a_short_one_resumed():
    assert main([*RING, "--steps", "8", "--out", "whole"]) == 0
    assert main([*RING, "--out", "parts", "--resume"]) == 0  # nothing there yet: it begins
    assert main(["gan", "--out", "parts", "--resume", "--steps", "8"]) == 0
    assert_same_run("whole", "parts")
    assert RunFolder("parts").stored()["steps"] == 8


class Killed(BaseException):
    """What no part of the code expects."""


def killing(monkeypatch, at, before):
    """Make write number ``at`` the last one: the process dies before or after it."""
    real, count = checkpoints.replacing, iter(range(1000))

    def replacing(path):
        number = next(count)
        if number > at or (before and number == at):
            raise Killed
        return real(path)

    monkeypatch.setattr(checkpoints, "replacing", replacing)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run of ten steps that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        for name in (diary, measures):
            patch.setattr(name, "SAMPLES", 300)
        assert main([*DIGITS, "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("at", range(15))
def test_a_run_that_dies_between_any_two_writes_goes_on_as_if_it_had_not(whole, monkeypatch, at):
    """3 writes at the start and 3 at each of 4 checkpoints."""
    with monkeypatch.context() as patch, pytest.raises(Killed):
        killing(patch, at, before=True)
        main([*DIGITS, "--out", "run"])
    torch.manual_seed(at)
    assert main([*DIGITS, "--out", "run", "--resume"]) == 0
    assert_same_run(whole, "run")


def test_there_are_as_many_writes_as_were_tested(monkeypatch):
    killing(monkeypatch, 14, before=False)
    assert main([*DIGITS, "--out", "run"]) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_step_and_saves(monkeypatch, capsys, number, code):
    assert main([*RING, "--out", "whole", "--steps", "9", "--every", "9"]) == 0
    note, before = diary.Diary.note, [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]

    def interrupt(self, done):
        note(self, done)
        if done.number == 4:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(diary.Diary, "note", interrupt)
    arguments = ["gan", "--data", "ring", "--batch-size", "32", "--width", "8", "--steps", "9", "--every", "9"]
    assert main([*arguments, "--out", "run"]) == code
    words = capsys.readouterr().out
    assert "python -m ganlib train gan --out run --resume" in words
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before
    assert main(["gan", "--out", "run", "--resume"]) == 0
    assert_same_state("whole", "run")
    assert len(rows("run")) == 2 and int(rows("run")[0]["step"]) in (4, 5)


def test_an_annealed_run_resumes_at_its_rate(monkeypatch):
    arguments = [*RING, "--anneal", "--steps", "8", "--every", "8", "--lr-g", "0.01"]
    assert main([*arguments, "--out", "whole"]) == 0
    note = diary.Diary.note

    def interrupt(self, done):
        note(self, done)
        if done.number == 5:
            os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(diary.Diary, "note", interrupt)
        assert main([*arguments, "--out", "run"]) == 143
    assert main(["gan", "--out", "run", "--resume"]) == 0
    assert_same_state("whole", "run")


def test_annealing_keeps_the_rates_for_half_of_the_steps_and_then_lowers_them_to_0(monkeypatch):
    seen, note = [], diary.Diary.note

    def look(self, done):
        note(self, done)
        seen.append([o.param_groups[0]["lr"] for o in (self.trainer.optimizer_d, self.trainer.optimizer_g)])

    monkeypatch.setattr(diary.Diary, "note", look)
    assert main([*RING, "--anneal", "--steps", "8", "--lr-d", "0.1", "--lr-g", "0.2"]) == 0
    shares = [1, 1, 1, 1, 1, 0.75, 0.5, 0.25]
    assert torch.tensor(seen).allclose(torch.tensor([[0.1 * share, 0.2 * share] for share in shares]))


def test_a_second_interrupt_is_obeyed_at_once():
    with pytest.raises(KeyboardInterrupt), command.stop_signals() as received:
        os.kill(os.getpid(), signal.SIGINT)
        assert received == [signal.SIGINT]
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)


@pytest.fixture
def interruptible():
    """Ctrl-C means what it means in a terminal, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_before_the_run_ends_it_quietly(monkeypatch, interruptible):
    monkeypatch.setattr(sources, "load", lambda settings: os.kill(os.getpid(), signal.SIGINT) or time.sleep(1))
    with pytest.raises(SystemExit) as ended:
        main(RING)
    assert ended.value.code == 130


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_in_the_middle_and_resumed_is_bit_identical():
    """kill -9 on a real process, at moments that nobody chose, until the run is through."""
    arguments = ["r1gan", "--data", "ring", "--width", "16", "--batch-size", "64", "--steps", "60", "--every", "5"]
    more = ["--decay", "0.99", "--n-critic", "2"]
    assert process(*arguments, *more, "--out", "whole").wait() == 0
    kills = 0
    for delay in (0.1, 0.6, None):
        run = process(*arguments, *more, "--out", "run", "--resume")
        run.stdout.readline()  # it is ready to train
        if delay is None:
            assert run.wait() == 0
        else:
            time.sleep(delay)
            run.kill()
            kills += run.wait() == -signal.SIGKILL
        run.stdout.close()
    assert kills == 2
    Path("run/.lock").unlink()
    Path("whole/.lock").unlink()
    for litter in Path("run").rglob(".*.tmp"):
        litter.unlink()
    assert_same_run("whole", "run")


@pytest.mark.slow
def test_two_processes_started_by_torchrun_are_one_run():
    """In float32, where sums in another order differ in the last digits; the run then goes on alone."""
    arguments = ["wgan-gp", "--data", "digits", "--size", "8", "--width", "16", "--batch-size", "32", "--every", "2"]
    runner = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "ganlib.train")
    two = process(*arguments, "--steps", "4", "--out", "two", runner=runner)
    words, _ = two.communicate(timeout=300)
    assert two.returncode == 0 and words.count("step 4  ") == 1
    assert json.loads(Path("two/settings.json").read_text())["made_with"]["processes"] == 2
    assert main([*arguments, "--steps", "4", "--out", "one"]) == 0
    for folder in ("one", "two"):
        assert main(["wgangp", "--out", folder, "--resume", "--steps", "8"]) == 0
    one, two = (checkpoints.load(Path(folder, "checkpoint.pt")) for folder in ("one", "two"))
    for name, value in one["gan"].items():
        torch.testing.assert_close(two["gan"][name], value, rtol=1e-3, atol=1e-5)
    for a, b in zip(rows("one"), rows("two"), strict=True):
        for name, value in a.items():
            if name.startswith(("d_", "g_", "step")):
                assert float(b[name]) == pytest.approx(float(value), rel=1e-3, abs=1e-5)


@pytest.mark.gpu
def test_a_run_on_a_gpu_is_resumed_bit_for_bit():
    arguments = ["wgan-gp", "--data", "digits", "--size", "32", "--width", "8", "--device", "cuda", "--every", "4"]
    assert main([*arguments, "--steps", "8", "--out", "whole"]) == 0
    assert main([*arguments, "--steps", "4", "--out", "parts"]) == 0
    assert main(["wgangp", "--out", "parts", "--resume", "--steps", "8"]) == 0
    assert_same_run("whole", "parts")
