"""Taking turns: who is called when, and what becomes of the times."""

from itertools import cycle

import pytest

from ganlib.bench.measure import Times, Watch, take_turns


class Clock:
    """Stands still except when somebody works."""

    def __init__(self):
        self.now, self.log = 0.0, []

    def __call__(self):
        return self.now

    def work(self, name, *seconds):
        durations = cycle(seconds)

        def call():
            self.log.append(name)
            self.now += next(durations)

        return call


def test_contenders_alternate_and_change_their_order():
    clock = Clock()
    contenders = {"a": clock.work("a", 1.0), "b": clock.work("b", 2.0)}
    times = take_turns(contenders, Watch(clock), seconds=0, least=3, warm_up=2)
    assert "".join(clock.log) == "aaabbb" + "ab" + "ba" + "ab"
    assert times.seconds == {"a": [1.0] * 3, "b": [2.0] * 3}


def test_quick_calls_are_repeated_and_the_time_is_that_of_one():
    clock = Clock()
    times = take_turns({"a": clock.work("a", 0.004)}, Watch(clock), seconds=0, least=2)
    assert len(clock.log) == 2 + 2 * 5
    assert times.seconds["a"] == pytest.approx([0.004] * 2)


def test_the_wait_for_a_device_counts():
    clock = Clock()
    watch = Watch(clock, wait=clock.work("wait", 0.5))
    assert take_turns({"a": clock.work("a", 1.0)}, watch, seconds=0, least=1).seconds["a"] == [1.5]


def test_a_call_that_takes_no_time_on_the_clock_ends():
    assert len(take_turns({"a": lambda: None}, Watch(lambda: 0.0), seconds=0, least=2).seconds["a"]) == 2


def test_turns_go_on_until_the_time_is_up():
    assert len(take_turns({"a": lambda: None}, Watch(), seconds=0.2, least=1).seconds["a"]) > 1


def test_a_ratio_is_the_median_of_the_turns_own_ratios():
    """A busy minute slows both contenders of a turn; the ratio of the medians, 30 / 2 here, would not notice."""
    times = Times({"a": [1.0, 30.0, 300.0], "b": [2.0, 60.0, 1.0]})
    assert times.ratio("a", "b").median == 0.5
    assert times.ratio("b", "a").median == 2.0
    assert times.of("a").median == 30.0


def test_quartiles():
    spread = Times({"a": [4.0, 1.0, 2.0, 3.0, 5.0]}).of("a")
    assert spread == (2.0, 3.0, 4.0)
