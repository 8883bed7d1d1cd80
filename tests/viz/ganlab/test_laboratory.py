"""The laboratory's face without a browser: every control does what it says, and nothing is left running."""

import asyncio
import io
import json
import random
import re
from html import unescape

import ipywidgets
import numpy as np
import pytest
import torch
from ipywidgets import Button, Dropdown, FloatText, IntSlider, IntText, SelectionSlider, ToggleButton
from PIL import Image

from ganlib import losses, viz
from ganlib.models import MLPGenerator
from ganlib.viz.ganlab import laboratory
from ganlib.viz.ganlab.run import Run
from ganlib.viz.ganlab.settings import Settings

SMALL = {"width_g": 8, "width_d": 8, "layers_g": 1, "layers_d": 1, "batch": 16}


def make(**settings):
    return viz.GANLab(**SMALL | settings)


def press(lab, name):
    lab.face.buttons[name].click()


def weights(lab):
    return torch.cat([p.detach().flatten() for p in (*lab.generator.parameters(), *lab.discriminator.parameters())])


def error(lab):
    return unescape(lab.events.box.value)


def live_widgets():
    """All widgets that the kernel holds."""
    module = ipywidgets.widgets.widget
    return module._instances if hasattr(module, "_instances") else ipywidgets.Widget.widgets  # ipywidgets 8, 7


def layer_names(lab):
    return {layer["name"] for layer in lab.face.scene.layers}


def test_training_in_the_laboratory_is_the_bare_run():
    lab, bare = make(), Run(Settings(**SMALL))
    lab.run(30)
    for _ in range(30):
        bare.iterate()
    assert torch.equal(weights(lab), torch.cat([p.detach().flatten() for p in bare.gan.parameters()]))
    assert lab.iteration == 30 and "<b>30</b>" in lab.face.status.value


def test_buttons_step_one_player_both_or_a_phase():
    lab = make()
    before = weights(lab)
    n = sum(p.numel() for p in lab.generator.parameters())
    press(lab, "d")
    after_d = weights(lab)
    assert torch.equal(after_d[:n], before[:n]) and not torch.equal(after_d[n:], before[n:])
    press(lab, "g")
    after_g = weights(lab)
    assert not torch.equal(after_g[:n], after_d[:n]) and torch.equal(after_g[n:], after_d[n:])
    press(lab, "both")
    assert lab.iteration == 1
    press(lab, "phase")
    assert "128" not in lab.face.words.value and "16 noise vectors" in lab.face.words.value
    assert layer_names(lab) == {"surface", "fake"}
    press(lab, "reset")
    assert lab.iteration == 0 and torch.equal(weights(lab), before) and "noise" not in lab.face.words.value


def test_toggles_show_and_hide():
    lab = make()
    assert layer_names(lab) == {"surface", "real", "fake"}
    for name in ("manifold", "arrows"):
        lab.face.toggles[name].value = True
    lab.face.toggles["real"].value = False
    assert layer_names(lab) == {"surface", "manifold", "fake", "arrows"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "swiss roll"),
        ("noise", "uniform"),
        ("noise_dim", 1),
        ("batch", 64),
        ("seed", 3),
        ("loss", "hinge"),
        ("penalty", 0.1),
        ("clip", 0.03),
        *((f"{what}_{player}", value) for player in "gd" for what, value in (("layers", 2), ("width", 16))),
        *((f"optimizer_{player}", "SGD") for player in "gd"),
        *((f"rate_{player}", 1e-2) for player in "gd"),
        *((f"steps_{player}", 3) for player in "gd"),
    ],
)
def test_every_control_sets_its_setting(name, value):
    lab = make()
    lab.face.controls[name].value = value
    assert getattr(lab.settings, name) == value and not error(lab)
    lab.run(2)


def test_the_controls_cover_every_setting():
    assert set(make().face.controls) == set(Settings.__dataclass_fields__)


def test_a_refused_value_is_explained_and_put_back():
    lab = make()
    lab.face.controls["seed"].value = -5
    assert "seed = -5, expected an integer from 0" in error(lab)
    assert lab.settings.seed == 0 and lab.face.controls["seed"].value == 0
    press(lab, "both")
    assert error(lab) == "" and lab.iteration == 1


def test_wgan_gp_gets_a_penalty():
    lab = make()
    lab.face.controls["loss"].value = "wgan_gp"
    assert lab.settings.penalty == 0.1 and lab.face.controls["penalty"].value == 0.1
    lab.run(3)
    assert make(loss="wgan_gp").settings.penalty == 0.1 and make(loss="wgan_gp", penalty=3.0).settings.penalty == 3.0


def test_everything_that_is_pressed_or_moved_has_words_to_explain_it():
    face = make().face
    for control in (*face.buttons.values(), *face.toggles.values(), *face.controls.values(), face.slow, face.upload):
        assert control.tooltip and control.description


def test_controls_without_effect_are_disabled():
    lab = make()
    for loss, penalty, clip in (("hinge", True, False), ("wasserstein", False, True), ("wgan_gp", True, False)):
        lab.change(loss=loss)
        enabled = [not lab.face.controls[name].disabled for name in ("penalty", "clip")]
        assert enabled == [penalty, clip], loss


def test_values_beyond_the_sliders_are_welcome():
    lab = make(rate_d=2e-4, width_d=200, steps_d=40, penalty=0.123, noise_dim=5)
    assert lab.face.controls["rate_d"].value == 2e-4
    lab.change(rate_g=5e-4, layers_g=7, loss="least_squares")
    assert lab.face.controls["rate_g"].value == 5e-4 and lab.face.controls["layers_g"].value == 7
    with pytest.raises(ValueError, match="loss = 'best'"):
        lab.change(loss="best")


def test_drawing_data():
    lab = make()
    lab.face.controls["data"].value = "drawn"
    assert lab.face.scene.drawing and lab.face.scene.layers == [] and lab.face.buttons["use"].layout.display == ""
    press(lab, "use")
    assert "draw at least one point" in error(lab) and lab.face.scene.drawing
    lab.face.scene.set_state({"drawn": [[0.5, 0.5], [-0.5, -0.5]]})  # as the browser tells it
    press(lab, "use")
    assert not lab.face.scene.drawing and lab.settings.data == "drawn" and not error(lab)
    assert lab.face.controls["data"].value == "drawn" and lab.face.buttons["use"].layout.display == "none"
    real = lab.session.run.real
    assert torch.cdist(real, torch.tensor([[0.5, 0.5], [-0.5, -0.5]])).min(dim=1).values.max() < 0.4
    lab.face.controls["seed"].value = 4
    assert lab.settings.data == "drawn"
    lab.face.controls["data"].value = "line"
    lab.face.controls["data"].value = "drawn"
    press(lab, "clear")
    assert lab.face.scene.drawn == []


@pytest.mark.parametrize("name", ["d", "g", "both", "phase", "reset", "pretrained", "save"])
def test_whatever_is_done_instead_ends_the_drawing(name):
    lab = make()
    lab.face.guard.send = lambda content, buffers: None
    lab.face.controls["data"].value = "drawn"
    press(lab, name)
    assert not lab.face.scene.drawing and layer_names(lab) and lab.face.controls["data"].value == "ring"
    assert lab.face.buttons["use"].layout.display == "none" and lab.face.buttons["draw"].layout.display == ""


def test_a_drawing_can_be_changed(tmp_path):
    lab = make()
    press(lab, "draw")
    assert lab.face.controls["data"].value == "drawn" and lab.settings.data == "ring"
    lab.face.scene.set_state({"drawn": [[0.5, 0.5]]})
    press(lab, "use")
    lab.save(tmp_path / "run.json")
    press(lab, "draw")
    assert lab.face.scene.drawing and lab.face.scene.drawn == [[0.5, 0.5]]
    lab.face.scene.set_state({"drawn": [[0.5, 0.5], [-0.5, 0.0]]})
    press(lab, "use")
    assert len(lab.session.drawn) == 2 and not lab.face.scene.drawing
    lab.load(tmp_path / "run.json")
    assert lab.face.scene.drawn == [[0.5, 0.5]] and lab.settings.data == "drawn"


def test_running_ends_slow_motion_the_drawing_and_an_old_complaint():
    lab = make()
    lab.face.controls["seed"].value = -1
    lab.face.slow.value = True
    press(lab, "draw")
    lab.run(3)
    assert lab.iteration == 3 and not lab.face.slow.value and not lab.face.scene.drawing and error(lab) == ""


def test_a_laboratory_that_is_played_in_slow_motion_goes_on_fast_at_once():
    async def main():
        lab = make()
        lab.face.slow.value = True
        press(lab, "play")
        await asyncio.sleep(0.1)
        assert lab.iteration == 0 and lab.session.phase is not None
        lab.face.slow.value = False
        await asyncio.sleep(0.3)
        assert lab.player.playing and lab.iteration > 3 and lab.session.phase is None
        press(lab, "draw")
        assert not lab.player.playing and lab.face.scene.drawing
        press(lab, "play")
        assert lab.player.playing and not lab.face.scene.drawing and lab.face.controls["data"].value == "ring"
        lab.pause()

    asyncio.run(main())


def test_a_cell_that_runs_again_leaves_nothing_of_its_laboratories(cells):
    def run_cell(name, n=2):
        cells.run(name)
        return [make() for _ in range(n)]

    first = run_cell("lab")
    at_first = len(live_widgets())
    for _ in range(3):
        labs = run_cell("lab")
    assert len(live_widgets()) == at_first
    first[0].run(2)  # the old object still computes
    assert first[0].iteration == 2 and labs[0].iteration == 0


def test_the_way_from_z_to_x_starts_at_the_noise():
    lab, sent = make(), []
    lab.face.scene.send = lambda content, buffers: sent.append((content, buffers))
    lab.face.toggles["manifold"].value = True
    press(lab, "travel")
    content, buffers = sent[0]
    assert content["layers"] == ["fake", "manifold"]
    start = np.frombuffer(buffers[0], np.float32).reshape(-1, 2)
    np.testing.assert_allclose(start, lab.session.run.z / 2)
    sizes = {layer["name"]: layer["length"] for layer in lab.face.scene.layers}
    assert [len(b) // 4 for b in buffers] == [sizes["fake"], sizes["manifold"]]


def test_saving_and_loading(tmp_path):
    lab = make(loss="hinge")
    lab.run(5)
    lab.save(tmp_path / "run.json")
    other = viz.GANLab()
    other.load(tmp_path / "run.json")
    assert other.settings == lab.settings and other.face.controls["loss"].value == "hinge"
    lab.run(5)
    other.run(5)
    assert torch.equal(weights(lab), weights(other))
    (tmp_path / "else.json").write_text("{}")
    with pytest.raises(ValueError, match="not a file that the laboratory saved"):
        other.load(tmp_path / "else.json")
    assert other.iteration == 10


def test_downloads_and_uploads():
    lab, sent = make(), []
    lab.run(3)
    lab.face.guard.send = lambda content, buffers: sent.append((content, buffers[0]))
    press(lab, "save")
    press(lab, "picture")
    (run, text), (picture, png) = sent
    assert (run["name"], picture["name"]) == ("ganlab_run.json", "ganlab.png")
    assert json.loads(text)["iteration"] == 3 and Image.open(io.BytesIO(png)).size == (1800, 880)
    for value in (
        ({"name": "run.json", "content": memoryview(text), "size": len(text), "type": ""},),  # ipywidgets 8
        {"run.json": {"metadata": {}, "content": text}},  # ipywidgets 7
    ):
        other = make(loss="hinge")
        other._uploaded(value)
        assert other.iteration == 3 and other.settings == lab.settings


def test_pretrained_start():
    lab = make(data="line")
    press(lab, "pretrained")
    assert lab.iteration > 1000 and lab.settings.data == "line" and lab.face.controls["width_g"].value == 64
    lab = make(data=torch.zeros(3, 2))
    press(lab, "pretrained")
    assert "data = 'yours'" in error(lab)


def test_the_reader_s_own_parts():
    lab = viz.GANLab(
        torch.tensor([[0.0, 0.0], [1.0, 1.0]]),
        generator=lambda: MLPGenerator(3, (2,), width=4),
        loss=losses.AdversarialLoss(losses.hinge.discriminator, losses.hinge.generator),
    )
    assert lab.face.controls["width_g"].disabled and not lab.face.controls["width_d"].disabled
    lab.run(3)
    lab.change(loss="minimax")
    lab.change(loss="yours")
    lab.face.controls["data"].value = "ring"
    lab.face.controls["data"].value = "yours"
    assert not error(lab)


def test_the_numbers_are_those_of_the_run():
    lab = make(steps_g=0)
    lab.run(2)
    run = lab.session.run
    shown = re.sub("<[^>]*>|&ensp;", "", lab.face.status.value)
    assert re.search(r"loss of D (\S+)", shown)[1] == f"{run.last['D']:.3f}" and "of G \u2013" in shown
    assert re.search(r"Wasserstein (\S+)", shown)[1] == f"{run.distances['W'][-1, 1]:.3f}"


def test_the_way_is_shown_once_for_each_phase():
    lab, sent = make(), []
    lab.face.scene.send = lambda content, buffers: sent.append(content)
    press(lab, "phase")
    lab.face.toggles["surface"].value = False
    lab.draw()
    assert len(sent) == 1 and sent[0]["layers"] == ["fake"]
    press(lab, "phase")  # real samples join: whatever is on its way arrives
    assert [content["layers"] for content in sent] == [["fake"], []]


def test_a_saved_file_holds_whole_iterations(tmp_path):
    lab, sent = make(), []
    lab.face.guard.send = lambda content, buffers: sent.append(json.loads(buffers[0]))
    press(lab, "phase")
    press(lab, "save")
    press(lab, "phase")
    lab.save(tmp_path / "run.json")
    assert [sent[0]["iteration"], json.loads((tmp_path / "run.json").read_text())["iteration"]] == [1, 2]
    assert lab.session.phase is None


def test_a_run_with_the_reader_s_parts_comes_back_to_them(tmp_path):
    parts = {"generator": lambda: MLPGenerator(3, (2,), width=4), "loss": losses.hinge, "data": torch.zeros(2, 2)}
    lab, other = make(**parts), make(**parts)
    lab.run(2)
    lab.save(tmp_path / "run.json")
    other.load(tmp_path / "run.json")
    assert torch.equal(weights(lab), weights(other)) and other.settings.loss == "yours"
    assert other.face.controls["noise_dim"].disabled and other.face.controls["width_g"].disabled
    with pytest.raises(ValueError, match='data = "yours"'):
        make().load(tmp_path / "run.json")


def test_what_starts_anew_pauses_and_the_picture_in_the_notebook_follows(monkeypatch):
    monkeypatch.setattr(laboratory, "STILL_AFTER_S", 0.02)

    async def main():
        lab, refreshed = make(), []
        lab.refresh = lambda: refreshed.append(lab.iteration)
        for name, value, plays in (("rate_d", 1e-2, True), ("batch", 32, False)):
            lab.play()
            lab.face.controls[name].value = value
            assert lab.player.playing is plays and getattr(lab.settings, name) == value
        await asyncio.sleep(0.1)
        lab.play()
        await asyncio.sleep(0.1)
        lab.pause()
        await asyncio.sleep(0.1)
        assert refreshed == [0, lab.iteration] and lab.iteration > 0

    asyncio.run(main())


def test_running_ends_with_a_new_still():
    lab, refreshed = make(), []
    lab.refresh = lambda: refreshed.append(lab.iteration)
    lab.run(3)
    assert refreshed == [3]


def test_a_cell_that_runs_again_stops_what_plays(cells):
    async def main():
        cells.run("lab")
        first = make()
        first.play()
        await asyncio.sleep(0.05)
        cells.run("lab")
        make()
        assert not first.player.playing
        await asyncio.sleep(0.01)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()


def test_an_error_in_the_reader_s_network_is_shown():
    class Broken(torch.nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 2)
            self.calls = 0

        def forward(self, z):
            self.calls += self.training
            if self.calls > 3:
                raise RuntimeError("my own slip")
            return self.layer(z)

    lab = viz.GANLab(generator=Broken)
    for _ in range(4):
        press(lab, "both")
    assert "RuntimeError: my own slip" in error(lab)


def test_the_saved_notebook_s_picture_says_what_it_shows():
    lab = make()
    lab.run(2)
    picture = lab.still()
    assert "After 2 iterations on ring" in picture.alt
    assert Image.open(io.BytesIO(picture.png())).size == (1800, 880)


def test_playing_in_a_loop_answers_controls_and_equals_the_bare_run():
    async def main():
        lab = make()
        press(lab, "play")
        assert lab.face.buttons["play"].description == "Pause"
        for rate in (3e-3, 1e-3):
            await asyncio.sleep(0.15)
            lab.face.controls["steps_d"].value = 1
            lab.face.toggles["arrows"].value = rate == 3e-3
        press(lab, "play")
        await asyncio.sleep(0.01)
        assert not lab.player.playing and asyncio.all_tasks() == {asyncio.current_task()}
        return lab

    lab = asyncio.run(main())
    bare = Run(Settings(**SMALL))
    for _ in range(lab.iteration):
        bare.iterate()
    assert lab.iteration > 5
    assert torch.equal(weights(lab), torch.cat([p.detach().flatten() for p in bare.gan.parameters()]))


def random_event(lab, chance):
    """One thing that a reader could do."""
    face = lab.face
    control = chance.choice(
        [*face.buttons.values(), *face.controls.values(), *face.toggles.values(), face.slow, "draw"]
    )
    if control == "draw":
        face.scene.set_state({"drawn": [[chance.uniform(-1, 1), chance.uniform(-1, 1)]]})
    elif isinstance(control, Button):
        control.click()
    elif isinstance(control, ToggleButton):
        control.value = not control.value
    elif isinstance(control, Dropdown | SelectionSlider):
        control.value = chance.choice([value for _, value in control.options])
    elif isinstance(control, IntSlider):
        control.value = chance.randint(control.min, min(control.max, 3))
    elif isinstance(control, IntText | FloatText):
        control.value = chance.randint(-1, 5)


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_a_thousand_random_events_leave_no_exception_and_no_task():
    chance, expected = random.Random(0), ("expected", "draw at least one point")

    async def main():
        lab = make()
        lab.face.guard.download = lambda *content: None
        for _ in range(1000):
            random_event(lab, chance)
            await asyncio.sleep(0.002)
            assert error(lab) == "" or any(words in error(lab) for words in expected), error(lab)
            assert lab.face.controls["loss"].value == lab.settings.loss
        lab.pause()
        await asyncio.sleep(0.05)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(main()) == set()
