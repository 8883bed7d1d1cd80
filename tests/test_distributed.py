"""Several processes together are one process on the joined batch."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import parallel
import pytest
import torch

from ganlib import checkpoints, distributed
from ganlib.distributed import JoinedDraws
from ganlib.gans import WGANGP
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer

ROOT = Path(distributed.__file__).parents[1]
EXACT = {"rtol": 1e-9, "atol": 1e-11}  # float64: sums in another order, after some dozen steps


def all_but_the_batch(outcome):
    """All that a run came to. Of the latest batch, which its state holds too, each process has its share."""
    return {**outcome, "state": {name: part for name, part in outcome["state"].items() if name != "batch"}}


def assert_same(one, other, **tolerance):
    torch.testing.assert_close(all_but_the_batch(one), all_but_the_batch(other), **tolerance)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """What two real processes came to, each by itself."""
    folder = tmp_path_factory.mktemp("two")
    alone = parallel.trainer("WGANGP")
    list(alone.rounds(7))
    alone.save(folder / "alone.pt")
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", parallel.__file__, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, *command], env=environment, check=True, timeout=300)
    return [checkpoints.load(folder / f"{rank}.pt") for rank in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("case", parallel.CASES)
def test_two_processes_are_one_on_the_joined_batch(two, case):
    """Losses, parameters, averages, optimizers' moments, random states and the place in the data, in float64."""
    assert_same(two[0][case], parallel.outcome(parallel.trainer(case)), **EXACT)


@pytest.mark.slow
@pytest.mark.parametrize("case", [*parallel.CASES, "continued"])
def test_both_processes_hold_the_same_bits(two, case):
    assert_same(two[0][case], two[1][case], rtol=0, atol=0)


@pytest.mark.slow
def test_a_run_of_one_process_is_continued_by_two(two):
    alone = parallel.trainer("WGANGP")
    list(alone.rounds(7))
    assert_same(two[0]["continued"], parallel.outcome(alone, 5), **EXACT)


@pytest.mark.slow
def test_processes_agree(two):
    for process in two:
        assert process["anyone"] == [True, False]
        assert process["from zero"][0] == 0 and process["from zero"][1].tolist() == [1, 1]
        assert process["error"] == "division by zero"
        assert "batch norm" in process["refusal"] and "CPU" in process["refusal"]


def test_weights_that_nobody_would_average_are_refused():
    gan = WGANGP(MLPGenerator(2, (2,), width=4), MLPDiscriminator((2,), width=4))
    gan.temperature = torch.nn.Parameter(torch.ones(1))
    with pytest.raises(ValueError, match="WGANGP has weights outside its players: temperature"):
        distributed.distribute(gan)


DRAWS = {
    "rand": lambda n: torch.rand(n, 2),
    "a size": lambda n: torch.randn((n, 3), dtype=torch.float64),
    "size=": lambda n: torch.rand(size=(n,)),
    "randint": lambda n: torch.randint(10, (n, 2)),
    "randint from": lambda n: torch.randint(5, 10, size=(n,)),
    "like": lambda n: torch.randn_like(torch.zeros(n, 2, 2, 2)),
    "like in another layout": lambda n: torch.rand_like(
        torch.zeros(n, 2, 3, 3).to(memory_format=torch.channels_last), dtype=torch.float64
    ),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_the_parts_of_a_draw_make_up_the_draw_of_one_process(draw):
    torch.manual_seed(3)
    whole, after = draw(12), torch.rand(1)
    parts = []
    for rank in range(3):
        torch.manual_seed(3)
        with JoinedDraws(4, rank, 3):
            parts.append(draw(4))
        assert torch.equal(torch.rand(1), after)
    assert torch.equal(torch.cat(parts), whole) and parts[0].dtype == whole.dtype


@pytest.mark.parametrize("shape", [(), (1,), (3, 4), (5, 2)])
def test_a_draw_that_is_not_one_row_a_sample_is_the_same_everywhere(shape):
    draws = []
    for rank in range(2):
        torch.manual_seed(3)
        with JoinedDraws(4, rank, 2):
            draws.append((torch.randn(shape), torch.randint(9, shape), torch.rand_like(torch.zeros(shape))))
    torch.manual_seed(3)
    draws.append((torch.randn(shape), torch.randint(9, shape), torch.rand_like(torch.zeros(shape))))
    for one, other, plain in zip(*draws, strict=True):
        assert torch.equal(one, other) and torch.equal(one, plain)


def test_alone_there_is_nobody_to_ask(monkeypatch):
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    with distributed.group(torch.device("cpu")) as place:
        assert place == (0, 1, torch.device("cpu"))
        assert distributed.anyone(True) and not distributed.anyone(False)
        assert distributed.from_rank_zero(lambda: 5) == 5
    assert not torch.distributed.is_initialized()


@pytest.mark.parametrize(
    ("device", "norm"), [("cpu", "layer"), pytest.param("cuda", "batch", marks=pytest.mark.gpu)], ids=["cpu", "cuda"]
)
def test_a_group_of_one_is_one_process(monkeypatch, device, norm):
    """On a GPU this goes through NCCL and SyncBatchNorm."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    where = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    for name, value in {"TORCHELASTIC_RUN_ID": "run", **where}.items():
        monkeypatch.setenv(name, value)

    def run(wrap):
        torch.manual_seed(0)
        players = MLPGenerator(2, (2,), width=8, norm=norm), MLPDiscriminator((2,), width=8)
        trainer = Trainer(wrap(WGANGP(*players).to(device)), [torch.randn(8, 2)], n_critic=2)
        return parallel.outcome(trainer, 3)

    alone = run(lambda gan: gan)
    with distributed.group(torch.device(device)) as place:
        assert place == (0, 1, torch.device("cpu") if device == "cpu" else torch.device("cuda", 0))
        assert_same(run(distributed.distribute), alone, rtol=1e-5, atol=1e-6)
    assert not torch.distributed.is_initialized()


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "run")
    monkeypatch.setenv("LOCAL_RANK", "2")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(ValueError, match="process 2 finds 2 GPUs"), distributed.group(torch.device("cuda")):
        pass


def test_devices_without_a_way_to_talk_are_refused(monkeypatch):
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "run")
    with pytest.raises(ValueError, match="device = mps"), distributed.group(torch.device("mps")):
        pass


def test_a_process_alone_is_left_as_python_does():
    with pytest.raises(SystemExit) as ended:
        distributed.leave(3)
    assert ended.value.code == 3


def test_a_process_of_torchrun_s_is_left_at_once_and_loses_no_word():
    code = "import atexit; from ganlib import distributed; atexit.register(print, 'late'); print('said'); "
    words = [sys.executable, "-c", code + "distributed.leave(3)"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TORCHELASTIC_RUN_ID": "test"}
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "said\n")
