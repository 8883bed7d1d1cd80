"""What a run writes down on its way, and that writing does not change it."""

from pathlib import Path

import numpy as np
import pytest
import torch
from runs import DIGITS, RING, assert_same_state, rows

from ganlib import checkpoints, metrics
from ganlib.data import avatars, toys
from ganlib.metrics import EXTRACTORS
from ganlib.train import command, main, measures, sources
from ganlib.train.data import Data


def test_how_often_a_run_is_looked_at_does_not_change_it():
    for every in ("1", "4"):
        assert main([*DIGITS, "--every", every, "--out", every]) == 0
    assert_same_state("1", "4")


def test_the_losses_of_a_line_are_the_means_since_the_last_one():
    for every in ("1", "4"):
        assert main([*RING, "--every", every, "--out", every]) == 0
    for column in ("d_adversarial", "g_adversarial"):
        single = [float(row[column]) for row in rows("1")]
        assert float(rows("4")[0][column]) == pytest.approx(np.mean(single), rel=1e-5)


def test_a_metric_plugs_in_and_cannot_disturb_the_run(monkeypatch):
    assert main([*RING, "--out", "before"]) == 0

    def spread(data):
        return (lambda fakes: {"spread": fakes.std().item() + 0 * torch.rand(1).item()}) if data.toy else None

    monkeypatch.setattr(measures, "REGISTRY", [*measures.REGISTRY, spread, lambda data: None])
    assert main([*RING, "--out", "after"]) == 0
    assert float(rows("after")[0]["spread"]) > 0 and "spread" not in rows("before")[0]
    assert_same_state("before", "after")


@pytest.mark.parametrize("new", [True, False])
def test_metrics_of_a_resumed_run_may_have_other_columns(monkeypatch, new):
    registries = [measures.REGISTRY, [*measures.REGISTRY, lambda data: lambda fakes: {"more": 1.5}]]
    for registry, steps in zip(registries if new else registries[::-1], ("4", "6"), strict=True):
        monkeypatch.setattr(measures, "REGISTRY", registry)
        assert main([*RING, "--resume", "--steps", steps]) == 0
    assert [row["more"] for row in rows("runs/gan-ring")] == (["", "", "1.5"] if new else ["1.5", "1.5", ""])


def test_points_of_a_mixture_score_by_their_modes():
    ring = toys.ring()
    data = Data("ring", ring.sample(4000), ring)
    scores = {k: v for measure in measures.measures(data) for k, v in measure(data.items[:2000]).items()}
    assert scores["captured"] == scores["total"] == 8 and scores["sliced_wasserstein"] < 0.05


def test_thumbnails_tell_pictures_apart(monkeypatch):
    """Pictures that nobody has labelled; where Inception is at hand, too, this asks for the other features."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    data = Data("folder", avatars.avatars(400, 16, "shaded")[0])
    (measure,) = measures.measures(data)
    own, noise = data.some(300), torch.rand(300, 3, 16, 16) * 2 - 1
    assert measure(own)["thumbnail_frechet"] < 0.2 * measure(noise)["thumbnail_frechet"]


def test_avatars_of_every_style_score_by_their_classifier():
    data = sources.load(command.settled("gan --data avatars --style shaded --size 16 --count 400".split()))
    (measure,) = measures.measures(data)
    own, noise = data.some(300), torch.rand(300, 3, 16, 16) * 2 - 1
    assert measure(own)["avatar_frechet"] < 0.02 * measure(noise)["avatar_frechet"]


@pytest.mark.parametrize(("gpu", "weights", "column"), [(1, 1, "inception"), (0, 1, "thumbnail"), (1, 0, "thumbnail")])
def test_inception_scores_pictures_where_it_and_a_gpu_are(monkeypatch, gpu, weights, column):
    asked = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(gpu))
    monkeypatch.setattr(metrics, "has_inception", lambda: bool(weights))
    monkeypatch.setattr(torch.Tensor, "to", lambda self, device: asked.append(device) or self)
    monkeypatch.setitem(EXTRACTORS, "inception", EXTRACTORS["pixels"])
    data = Data("folder", torch.rand(40, 3, 8, 8) * 2 - 1)
    (measure,) = measures.measures(data)
    assert measure(data.items).keys() == {f"{column}_frechet"}
    assert ("cuda" in asked) == (column == "inception")


def test_flat_avatars_score_by_their_classifier():
    data = sources.load(command.settled("gan --data avatars --size 32 --count 2500".split()))
    (measure,) = measures.measures(data)
    own, noise = data.some(2000), torch.rand(300, 3, 32, 32) * 2 - 1
    assert measure(own)["coverage"] == 1 > 0.05 > measure(noise)["coverage"]
    assert measure(own)["avatar_frechet"] < 0.2 * measure(noise)["avatar_frechet"]


def test_a_run_that_diverges_says_so_and_keeps_its_last_checkpoint(capsys):
    assert main(RING) == 0
    state = checkpoints.load("runs/gan-ring/checkpoint.pt")
    state["optimizer_g"]["param_groups"][0]["lr"] = 1e38
    checkpoints.save(state, "runs/gan-ring/checkpoint.pt")
    before = Path("runs/gan-ring/checkpoint.pt").read_bytes()
    assert main(["gan", "--out", "runs/gan-ring", "--resume", "--steps", "40", "--every", "10"]) == 1
    assert "diverged before step 10" in capsys.readouterr().err
    assert Path("runs/gan-ring/checkpoint.pt").read_bytes() == before and len(rows("runs/gan-ring")) == 2
