"""Runs of the laboratory: reproducible, resumable, and the same however they are watched."""

import base64
import io
import json
import re
from copy import deepcopy
from dataclasses import asdict, fields
from pathlib import Path

import pytest
import torch
from torch.nn.functional import softplus

from ganlib import losses
from ganlib.data import toys
from ganlib.gans import GAN, R1GAN, WGAN, WGANGP
from ganlib.metrics import grid_js_divergence, sliced_wasserstein
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.viz.ganlab import files
from ganlib.viz.ganlab.curves import CAPACITY, Curve
from ganlib.viz.ganlab.phases import phases
from ganlib.viz.ganlab.run import EXTENT, Run, Yours
from ganlib.viz.ganlab.scene import (
    LAYERS,
    arrows,
    distance_chart,
    loss_chart,
    manifold,
    noise_grid,
    scene,
    surface,
)
from ganlib.viz.ganlab.session import PRETRAINED, Session, pretrained_file
from ganlib.viz.ganlab.settings import DATA, LOSSES, Settings

SMALL = {"width_g": 8, "width_d": 8, "layers_g": 1, "layers_d": 1, "batch": 16}


def small(**settings):
    return Settings(**SMALL | settings)


def flat(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


def state(run):
    return flat(run.gan)


def after(run, n):
    for _ in range(n):
        run.iterate()
    return state(run)


def test_equal_settings_give_equal_runs_whatever_else_draws_random_numbers():
    first = after(Run(small()), 12)
    torch.manual_seed(99)
    run = Run(small())
    for _ in range(12):
        torch.rand(3)
        run.iterate()
        run.fakes()
    assert torch.equal(state(run), first)
    assert not torch.equal(after(Run(small(seed=1)), 12), first)


def test_a_run_leaves_the_notebook_s_random_stream_alone():
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    after(Run(small()), 3)
    assert torch.equal(torch.rand(2), expected)


def test_watching_everything_changes_nothing():
    watched, bare = Run(small(steps_d=2)), Run(small(steps_d=2))
    for _ in range(5):
        watched.iterate()
        assert len(scene(watched, set(LAYERS))) == len(LAYERS)
        bare.iterate()
    assert torch.equal(state(watched), state(bare))


class Normed(MLPGenerator):
    """A generator whose batch norm would notice every extra look."""

    def __init__(self):
        super().__init__(3, (2,), width=8, norm="batch")


@pytest.mark.parametrize("loss", LOSSES)
def test_slow_motion_makes_the_same_updates(loss):
    settings = small(loss=loss, steps_d=2, steps_g=2, penalty=0.1, noise="uniform")
    slow, fast = (Run(settings, Yours(generator=Normed)) for _ in range(2))
    words = []
    for _ in range(3):
        for phase in phases(slow):
            words.append(phase.words)
            scene(slow, set(LAYERS), phase)
        fast.iterate()
    assert torch.equal(state(slow), state(fast)) and slow.iteration == fast.iteration == 3
    assert all(torch.equal(a, b) for a, b in zip(slow.gan.buffers(), fast.gan.buffers(), strict=True))
    assert len(words) == 3 * (2 * 4 + 2 * 3)
    assert slow.losses.state() == fast.losses.state()


class Dropped(torch.nn.Sequential):
    """A generator whose points depend on random numbers besides z."""

    latent_dim = 3

    def __init__(self):
        super().__init__(torch.nn.Linear(3, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 2))


class Own(GAN):
    """A reader's class without a pair of losses: relativistic, with noise on the fakes and a term of its own."""

    def __init__(self, generator, discriminator):
        super().__init__(generator, discriminator, None)

    def fakes(self, x, y=None):
        return super().fakes(x, y) + 0.01 * torch.randn_like(x)

    def discriminator_loss(self, x, y=None):
        apart = self.logits(self.fakes(x).detach()) - self.logits(x)
        return {"relative": softplus(apart).mean(), "drift": 1e-3 * apart.square().mean()}

    def generator_loss(self, x, y=None):
        return {"relative": softplus(self.logits(x) - self.logits(self.fakes(x))).mean()}


def dropping():
    return torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))


@pytest.mark.parametrize("loss", [*LOSSES, "yours"])
@pytest.mark.parametrize("steps_d", [0, 1])
def test_slow_motion_tells_the_very_loss_that_is_minimised(loss, steps_d):
    """With a generator and a discriminator that draw random numbers of their own, too."""
    run = Run(small(loss=loss, penalty=0.1, steps_d=steps_d), Yours(Dropped, dropping, Own))
    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    for _ in range(2):
        words = []
        for phase in phases(run):
            scene(run, set(LAYERS), phase)
            words.append(phase.words)
        for player, at in (("D", 3), ("G", -1))[1 - steps_d :]:
            assert f"from {run.last[player]:.3f} to" in words[at]
    assert torch.equal(torch.rand(2), expected)  # nothing came from the notebook's random stream


def test_slow_motion_walks_from_noise_to_points_and_to_moved_points():
    run = Run(small(steps_d=2))
    walk = list(phases(run))
    assert [phase.words[:18] for phase in walk[0:8:4]] == ["D's update 1 of 2.", "D's update 2 of 2."]
    judged, moved = walk[-2:]
    assert judged.arrows and not any(phase.arrows for phase in walk if phase is not judged)
    assert torch.equal(moved.start, judged.fake) and not torch.equal(moved.fake, judged.fake)
    assert re.search(r"whose length is \d\.\d{3} on average", judged.words)
    kinds = [layer.kind for layer in scene(run, {"surface"}, judged)]
    assert kinds == ["field", "points", "arrows"]


def test_slow_motion_compares_like_with_like():
    """One batch, one noise, before and after: with a rate of next to nothing the loss stays."""
    run = Run(small(loss="wgan_gp", penalty=0.1, rate_d=1e-9, rate_g=1e-9), Yours(Dropped, dropping))
    for phase in phases(run):
        found = re.search(r"from (\S+) to (\S+)\.$", phase.words)
        assert not found or found[1] == found[2]


def test_slow_motion_shows_the_batch_that_the_update_uses(monkeypatch):
    run, seen = Run(small()), {}
    original = run.gan.loss.discriminator

    def judged(real_logits, fake_logits):
        seen["logits"] = torch.cat([real_logits, fake_logits]).detach()
        return original(real_logits, fake_logits)

    walk = phases(run)
    next(walk)
    shown = next(walk)
    expected = run.gan.logits(torch.cat([shown.real, shown.fake])).detach()
    monkeypatch.setattr(run.gan, "loss", run.gan.loss._replace(discriminator=judged))
    run.discriminator_step()
    torch.testing.assert_close(seen["logits"], expected)


@pytest.mark.parametrize(
    ("loss", "penalty", "kind"),
    [
        *((name, 0.0, GAN) for name in losses.by_name if name != "wasserstein"),
        ("hinge", 0.5, R1GAN),
        ("wasserstein", 0.0, WGAN),
        ("wgan_gp", 0.5, WGANGP),
    ],
)
def test_each_loss_is_the_paper_s_class(loss, penalty, kind):
    run = Run(small(loss=loss, penalty=penalty, clip=0.02))
    assert type(run.gan) is kind
    assert run.gan.loss is losses.by_name.get(loss, losses.wasserstein)
    after(run, 2)
    if kind is WGAN:
        assert max(p.abs().max() for p in run.gan.discriminator.parameters()) <= 0.02
    if penalty:
        assert run.gan.penalty_weight == penalty


def test_iterations_do_the_chosen_numbers_of_updates(monkeypatch):
    run = Run(small(steps_d=3, steps_g=2))
    done = []
    for player in ("discriminator", "generator"):
        step = getattr(run.trainer, f"{player}_step")
        monkeypatch.setattr(run.trainer, f"{player}_step", lambda p=player[0], step=step: (done.append(p), step())[1])
    run.iterate()
    assert done == ["d", "d", "d", "g", "g"]


def test_steps_move_one_player_alone():
    run = Run(small())
    g, d = flat(run.gan.generator), flat(run.gan.discriminator)
    run.discriminator_step()
    assert torch.equal(flat(run.gan.generator), g) and not torch.equal(flat(run.gan.discriminator), d)
    d = flat(run.gan.discriminator)
    run.generator_step()
    assert not torch.equal(flat(run.gan.generator), g) and torch.equal(flat(run.gan.discriminator), d)


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


def test_the_reader_s_own_players_loss_and_data():
    module = MLPGenerator(5, (2,), width=4)
    yours = Yours(module, lambda: MLPDiscriminator((2,), width=6), losses.hinge, toys.SwissRoll())
    run = Run(small(data="yours", loss="yours"), yours)
    assert run.latent_dim == 5 and run.gan.loss is losses.hinge and run.toy is yours.data
    before = [p.detach().clone() for p in module.parameters()]
    after(run, 2)
    assert all(torch.equal(p, q) for p, q in zip(module.parameters(), before, strict=True))  # the reader's own is kept
    again = Run(small(data="yours", loss="yours"), yours)
    assert torch.equal(again.gan.generator.net[0].weight, before[0])

    class Mine(R1GAN):
        pass

    assert type(Run(small(loss="yours"), Yours(loss=Mine)).gan) is Mine
    assert manifold(run).shape == (21, 21, 2) and len(scene(run, set(LAYERS))) == len(LAYERS)


def test_what_is_missing_is_said():
    with pytest.raises(ValueError, match='data = "yours"'):
        Run(small(data="yours"))
    with pytest.raises(ValueError, match="draw at least one point"):
        Run(small(data="drawn"))
    with pytest.raises(ValueError, match="generator has no latent_dim"):
        Run(small(), Yours(generator=torch.nn.Linear(2, 2)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "squares"),
        ("noise", "cauchy"),
        ("loss", "wgan"),
        ("optimizer_d", "adam"),
        *((name, -1) for name in ("batch", "layers_g", "width_d", "steps_d", "seed", "rate_g", "clip", "penalty")),
        ("rate_d", float("nan")),
        ("layers_d", 1.5),
        ("steps_g", True),
    ],
)
def test_bad_settings_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} = {value!r}, expected"):
        Settings().change(**{name: value})


def test_settings_that_need_each_other():
    with pytest.raises(ValueError, match=r"penalty = 0\.0, expected a positive weight"):
        Settings(loss="wgan_gp")
    with pytest.raises(ValueError, match="steps_g = 0, expected at least 1"):
        Settings(steps_d=0, steps_g=0)
    with pytest.raises(ValueError, match="colour is no setting, expected one of batch"):
        Settings().change(colour="red")


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


def test_distances_are_those_of_the_fakes_to_the_real_points():
    run = Run(small())
    assert run.distances["JS"][0, 1] == grid_js_divergence(run.fakes(), run.real, EXTENT)
    assert run.distances["W"][0, 1] == sliced_wasserstein(run.fakes(), run.real)
    after(run, 100)
    assert run.distances["W"][-1, 1] == sliced_wasserstein(run.fakes(), run.real) and len(run.distances["W"]) == 2


def test_points_to_look_at_are_none_to_train_on():
    run = Run(small(batch=500))
    assert torch.cdist(run.real, run.samples.peek()).min() > 0
    assert run.floor[0] > 0 and run.floor[1] > 0


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


def test_a_session_finishes_what_slow_motion_began():
    session, bare = Session(small(), Yours()), Run(small())
    for _ in range(3):
        session.next_phase()
    assert session.phase is not None
    session.iterate()
    assert session.phase is None and session.run.iteration == 1
    assert torch.equal(state(session.run), after(bare, 1))
    for _ in range(8):  # seven phases, then the first of the next iteration
        session.next_phase()
    assert session.run.iteration == 2
    session.step_discriminator()
    assert session.run.iteration == 3


def test_a_rate_changes_nothing_but_the_rate():
    class Counting(GAN):
        made = 0

        def __init__(self, *players):
            super().__init__(*players)
            Counting.made += 1

    settings, yours = small(loss="yours", steps_d=0), Yours(loss=Counting)
    session, bare = Session(settings, yours), Run(settings, yours)
    for _ in range(4):
        session.iterate()
        bare.iterate()
        session.change(rate_d=0.3, steps_d=1)
        session.change(rate_d=1e-3, steps_d=0)
    assert Counting.made == 2 and session.run.gan is session.run.trainer.gan
    session.change(loss="hinge")
    session.change(loss="yours")  # the batch that G was given stays the latest
    session.iterate()
    assert torch.equal(state(session.run), after(bare, 1))


def test_a_class_that_cannot_be_made_changes_nothing():
    def broken(generator, discriminator):
        raise RuntimeError("my own slip")

    session = Session(small(), Yours(loss=broken))
    gan = session.run.gan
    with pytest.raises(RuntimeError, match="my own slip"):
        session.change(loss="yours")
    assert session.run.gan is gan is session.run.trainer.gan and session.run.settings.loss == "non_saturating"


def test_live_settings_go_on_and_others_start_anew():
    session = Session(small(), Yours())
    session.iterate()
    run, weights = session.run, state(session.run)
    session.change(loss="wgan_gp", penalty=0.5, rate_d=0.01, steps_d=3)
    assert session.run is run and torch.equal(state(run), weights) and type(run.gan) is WGANGP
    assert {group["lr"] for group in run.optimizers["optimizer_d"].param_groups} == {0.01}
    with pytest.raises(ValueError, match="batch"):
        session.change(batch=0)
    assert session.run is run
    session.change(noise_dim=1)
    assert session.run is not run and session.run.iteration == 0 and session.run.latent_dim == 1


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


@pytest.mark.slow
def test_the_defaults_learn_the_ring():
    from ganlib.metrics import mode_coverage

    torch.set_num_threads(1)
    run = Run(Settings())
    after(run, 4000)
    coverage = mode_coverage(run.fakes(torch.randn(2000, 2, generator=torch.Generator().manual_seed(1))), run.toy)
    assert coverage.captured == 8 and coverage.high_quality > 0.7
