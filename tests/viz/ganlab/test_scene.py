"""What the laboratory shows of a run."""

import json
from copy import deepcopy

import pytest
import torch
from laboratory_runs import Own, after, small

from ganlib import losses
from ganlib.viz.ganlab.curves import CAPACITY, Curve
from ganlib.viz.ganlab.run import EXTENT, Run, Yours
from ganlib.viz.ganlab.scene import (
    arrows,
    distance_chart,
    loss_chart,
    manifold,
    noise_grid,
    surface,
)
from ganlib.viz.ganlab.settings import LOSSES


def test_surface_and_arrows_are_what_they_say():
    run = Run(small(width_d=16))
    after(run, 5)
    grid = surface(run)
    rows, columns = grid.shape
    left, right, bottom, top = EXTENT
    x = torch.tensor([[left + (right - left) * 3.5 / columns, bottom + (top - bottom) * 40.5 / rows]])
    assert grid[40, 3] == pytest.approx(torch.sigmoid(run.gan.logits(x)).item(), abs=1e-6)
    points = run.fakes()[:20]
    steps = arrows(run, points)
    closer = run.gan.loss.generator(run.gan.logits(points + 0.01 * steps))
    assert closer < run.gan.loss.generator(run.gan.logits(points))
    assert (steps.norm(dim=1) < 0.35).all()


def test_g_s_map_has_cells_of_equal_share():
    for noise, share in (("normal", torch.special.ndtr), ("uniform", lambda seen: (seen + 1) / 2)):
        run = Run(small(noise=noise, noise_dim=3))
        z = noise_grid(run)
        seen = run.origins(z) * (2 if noise == "normal" else 1)
        expected = torch.linspace(0.01, 0.99, 21)
        torch.testing.assert_close(share(seen[4, :, 0]), expected, atol=1e-4, rtol=0)
        torch.testing.assert_close(share(seen[:, 4, 1]), expected, atol=1e-4, rtol=0)
        assert (z[..., 2] == 0).all()
    assert manifold(Run(small(noise_dim=1))).shape == (1, 200, 2)


def test_uniform_noise_is_what_the_generator_sees():
    run, seen = Run(small(noise="uniform", noise_dim=3)), []
    run.gan.generator.generator.register_forward_hook(lambda module, given, made: seen.append(given[0]))
    with run.stream():
        z = run.gan.noise(4000)
    run.fakes(z)
    torch.testing.assert_close(seen[0][:, :2], run.origins(z))
    for k in range(3):
        quantiles = seen[0][:, k].quantile(torch.linspace(0.1, 0.9, 9))
        torch.testing.assert_close(quantiles, torch.linspace(-0.8, 0.8, 9), atol=0.07, rtol=0)


def test_charts_show_what_happened_when():
    run = Run(small())
    after(run, 150)
    lines, xlim, ylim = distance_chart(run)
    xy = {line.name: line.values.reshape(-1, 2) for line in lines}
    assert xy["W"][:, 0].tolist() == [0, 100] and xlim == (0, 150)
    assert xy["JS"][:, 1] == pytest.approx(run.distances["JS"][:, 1]) and ylim[1] > max(xy["W"].max(0)[1], 0.69)
    assert [xy[f"floor {i}"][0, 1] for i in (0, 1)] == pytest.approx(run.floor)
    for k in range(100):
        run.losses.add(-5.0 if k < 8 else 3.0, 1.0)
    run.losses.add(1e6, 1e6)
    run.losses.add(float("nan"), float("inf"))
    lines, xlim, ylim = loss_chart(run)
    assert [line.name for line in lines] == ["D", "G"] and xlim == (0, 150)
    assert ylim[0] < -5 and 3 < ylim[1] < 10  # all is seen, but one wild value does not flatten the rest
    assert (loss_chart(Run(small()))[1:]) == ((0, 10), pytest.approx((0.0, 1.22)))


def test_verdicts_have_the_scale_of_their_loss():
    logits = torch.tensor([-3.0, -0.5, 0.0, 0.25, 2.0])
    expected = {
        "minimax": torch.sigmoid(logits),
        "non_saturating": torch.sigmoid(logits),
        "least_squares": torch.tensor([0.0, 0.0, 0.0, 0.25, 1.0]),
        "hinge": torch.tensor([0.0, 0.25, 0.5, 0.625, 1.0]),
    }
    for loss, verdict in expected.items():
        torch.testing.assert_close(Run(small(loss=loss)).judge(logits), verdict)
    for loss in ("wasserstein", "wgan_gp", "yours"):
        run = Run(small(loss=loss, penalty=0.1), Yours(loss=losses.wasserstein))
        after(run, 3)
        with torch.no_grad():
            known = run.gan.logits(torch.cat([run.real, run.fakes()])).flatten()
        verdict = run.judge(known)
        assert verdict[(known - known.mean()).abs().argmax()].item() in (pytest.approx(0), pytest.approx(1))
        reach = (known - known.mean()).abs().max()
        assert run.judge(known.mean()) == pytest.approx(0.5)
        assert run.judge(known.mean() + reach / 2) == pytest.approx(0.75, abs=1e-3)
        assert (verdict.diff() * known.diff() >= 0).all() and len(verdict.unique()) > 100
        assert run.verdict_name == "score"
    assert Run(small()).verdict_name == "D"


@pytest.mark.parametrize("loss", [*LOSSES, "yours"])
def test_arrows_are_the_way_each_fake_would_go(loss):
    """Against finite differences of what the GAN's class lets G minimise, one point moved at a time."""
    run = Run(small(loss=loss, penalty=0.1, width_d=16), Yours(loss=Own))
    after(run, 3)
    x = run.fakes()[:10]
    real = run.real[: len(x)]

    def objective(points):
        gan = deepcopy(run.gan).double()
        gan.generator.register_forward_hook(lambda *_: points.double())
        with run.stream(keep=False):
            return sum(gan.generator_loss(real.double()).values()).item() * len(x)

    steps = arrows(run, x)
    for i in range(3):
        for k in range(2):
            moved = torch.zeros_like(x)
            moved[i, k] = 1e-4
            slope = (objective(x + moved) - objective(x - moved)) / 2e-4
            length = steps[i].norm()
            gradient = -steps[i, k] / (0.35 - length)  # undoes c g / (1 + |g|)
            assert gradient == pytest.approx(slope, rel=0.02, abs=2e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_verdicts_lie_between_0_and_1_and_keep_the_order(loss):
    run = Run(small(loss=loss, penalty=0.1))
    logits = torch.linspace(-3, 3, 50)
    verdict = run.judge(logits)
    assert verdict.min() >= 0 and verdict.max() <= 1 and (verdict.diff() >= 0).all() and verdict[-1] > verdict[0]


def test_curves_keep_their_averages_when_they_thin_out():
    curve = Curve("a", "b")
    values = torch.arange(5 * CAPACITY + 3).tolist()
    for value in values:
        curve.add(value, -value)
    points = curve["a"]
    assert CAPACITY / 2 <= len(points) < CAPACITY and curve.count == len(values)
    stride = curve.stride
    assert points[0].tolist() == [stride, sum(values[:stride]) / stride]
    assert curve["b"][-1, 1] == -points[-1, 1]
    other = Curve("a", "b")
    other.load(json.loads(json.dumps(curve.state())))
    for both in (curve, other):
        both.add(7.0, 7.0)
    assert other.state() == curve.state()
