"""The view that follows a run, and the question before it."""

import pytest
import torch
from matplotlib.colors import to_rgb

from ganlib import viz
from ganlib.viz import live


def test_losses_are_averaged_into_few_points_and_none_is_lost():
    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=1000)
    for step in range(1, 1001):
        view.update(step, torch.tensor(float(step)), 2.0)
    assert len(view.steps) == live.POINTS and view.steps[-1] == 1000
    discriminator, generator = view.losses
    assert sum(discriminator) / len(discriminator) == pytest.approx(500.5)
    assert set(generator) == {2.0}
    assert view.losses_at(1) == (3.0, 2.0)  # a point covers 5 updates here: the mean of 1 to 5
    assert view.losses_at(1000) == (998.0, 2.0)
    for step in (0, 1001):
        with pytest.raises(ValueError, match=f"step = {step}"):
            view.losses_at(step)


def test_a_view_keeps_no_graph_alive():
    weight = torch.ones(1, requires_grad=True)
    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=1000)
    view.update(1, (3 * weight).sum(), (2 * weight).sum())
    assert not any(loss.requires_grad for pair in view._pending for loss in pair)


def test_moments_keep_the_samples_of_their_update():
    current = torch.full((16, 1, 2, 2), -1.0)
    view = viz.TrainingView(lambda: current, total=10, moments=(0, 5, 10, 99))
    strip = view._frame.strip
    assert list(strip) == [0, 5, 10]
    for step in range(1, 11):
        current = torch.full((16, 1, 2, 2), step / 10 * 2 - 1)
        view.update(step, 0.0, 0.0)
    shown = {moment: ax.images[0].get_array()[0, 0, 0] for moment, ax in strip.items()}
    assert shown == pytest.approx({0: 1.0, 5: 0.5, 10: 0.0})


class Done:
    """A round whose losses are 1 and 2."""

    def __init__(self, number):
        self.number = number

    def losses(self):
        return torch.tensor(1.0), torch.tensor(2.0)


def test_watching_counts_from_its_own_start_and_keeps_the_losses_apart():
    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=10, moments=(5,))
    assert [done.number for done in view.watch(Done(n) for n in range(101, 111))] == list(range(101, 111))
    assert view.steps == list(range(1, 11)) and view.losses == ([1.0] * 10, [2.0] * 10)
    assert view._frame.strip[5].images[0].get_array().shape == (4, 19, 3)


def test_an_interrupted_run_leaves_its_last_state_in_the_picture():
    def rounds():
        yield from (Done(n) for n in range(1, 4))
        raise KeyboardInterrupt

    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=1000)
    with pytest.raises(KeyboardInterrupt):
        list(view.watch(rounds()))
    assert view.steps == [3] and view._frame.bar.get_title(loc="left").startswith("update 3 of 1,000")


def test_the_bar_says_how_far_and_how_long():
    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=400)
    view._frame.show(torch.zeros(4, 1, 4, 4), 100, 10.0, [], [], [])
    assert view._frame.bar.get_title(loc="left") == "update 100 of 400, 10 s, about 30 s to go"
    whole, done = view._frame.bar.patches
    assert (whole.get_width(), done.get_width()) == (1, 0.25)
    assert done.get_facecolor()[:3] == pytest.approx(to_rgb(view.picture.theme.text))


def test_drawing_takes_a_small_share_of_the_time(monkeypatch):
    """With a clock that says each drawing takes 1 s and each update 0.1 s, 1000 updates are drawn some 9 times."""
    clock = [0.0]
    monkeypatch.setattr(live, "perf_counter", lambda: clock[0])
    view = viz.TrainingView(lambda: torch.zeros(4, 1, 4, 4), total=1000)

    class Screen:
        shown = 0

        def update(self, picture):
            self.shown += 1
            clock[0] += 1.0

    view._handle = Screen()
    for step in range(1, 1001):
        clock[0] += 0.1
        view.update(step, 0.0, 0.0)
    assert 2 <= view._handle.shown <= 0.1 * clock[0]


def test_a_view_needs_something_to_follow():
    with pytest.raises(ValueError, match="total = 0"):
        viz.TrainingView(lambda: torch.zeros(1, 1, 2, 2), total=0)


def test_prediction_without_a_browser_tells_the_measured_answer(capsys):
    question = viz.Prediction("Heads or tails?", ["heads", "tails"])
    assert question.answer is None and question.reveal("heads") is None
    assert "Measured:        heads" in capsys.readouterr().out


def test_prediction_compares(capsys):
    question = viz.Prediction("Heads or tails?", ["heads", "tails"])
    question._buttons.value = "tails"
    assert question.reveal("tails") is True
    assert question.reveal("heads") is False
    assert "not what happened" in capsys.readouterr().out


def test_prediction_has_words_for_a_saved_notebook():
    words = viz.Prediction("Heads or tails?", ["heads", "tails"]).still()
    assert "Heads or tails?" in words and "( ) tails" in words


def test_prediction_refuses_bad_choices():
    with pytest.raises(ValueError, match="choices = "):
        viz.Prediction("Sure?", ["yes", "yes"])
    with pytest.raises(ValueError, match="measured = 'edge'"):
        viz.Prediction("Heads or tails?", ["heads", "tails"]).reveal("edge")
